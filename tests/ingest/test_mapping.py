"""A maker's own JSON, read by settings alone."""

import json

import pytest

from device_rules.reading import PresenceState
from hub.ingest.decoders import conventions
from hub.ports import BadInput
from hub.ports.telemetry import Happened, Heard, Rejected, Stood

ACME = {
    "topic": "acme/{device_id}/state",
    "model": "acme/x1",
    "time": "meta.when",
    "time_format": "ms",
    "metrics": {
        "room": "sensors[0].t",
        "supply": {"path": "$.sensors[1].t", "scale": 0.1, "offset": 1},
        "outside": {"path": "out", "unit": "°F"},
        "mode": {"path": "m", "values": {"1": "heat", "true": "off"}},
    },
    "presence": {"topic": "acme/{device_id}/lwt", "online": "1", "offline": "0"},
    "events": {"topic": "acme/{device_id}/alarm", "name": "code"},
}


class Book:
    def kinds(self, device: str) -> dict[str, str]:
        return {"room": "number", "mode": "text"}


ALL = conventions([ACME])


def decode(topic: str, payload: object) -> object:
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    found = ALL.decode(topic, raw, Book())
    return list(found) if not isinstance(found, Rejected) else found


def test_a_makers_own_shape_becomes_readings_in_our_words_and_units():
    payload = {"meta": {"when": 1767225600123}, "sensors": [{"t": "20.5"}, {"t": 345}], "out": 50, "m": 1}
    (heard,) = decode("acme/hp-1/state", payload)
    assert (heard.device, heard.model, heard.sent) == ("hp-1", "acme/x1", 1767225600123000)
    assert heard.values.pop("mode") == "heat"
    assert heard.values == pytest.approx({"room": 20.5, "supply": 35.5, "outside": 10.0})


def test_what_a_path_does_not_find_is_no_value_and_no_error():
    assert decode("acme/hp-1/state", {"m": True}) == [Heard("hp-1", {"mode": "off"}, None, "acme/x1")]
    assert decode("acme/hp-1/state", {"x": 1}) == Rejected("none of the mapped metrics is in the payload")
    assert decode("acme/hp-1/state", {"m": 9, "sensors": [{"t": "?"}]}) == [
        Rejected("room has the wrong type"),
        Rejected("mode has the wrong type"),
    ]
    assert decode("acme/hp-1/state", b"\xff") == Rejected("the payload is not UTF-8")
    assert decode("acme/hp-1/state", 4) == Rejected("the payload is not a JSON object")


def test_presence_and_alarms_of_the_maker_are_understood():
    assert decode("acme/d/lwt", b"1") == [Stood("d", PresenceState.ONLINE, "", "mapping", "acme/x1")]
    assert decode("acme/d/lwt", b"0") == [Stood("d", PresenceState.OFFLINE_LOST, "", "mapping", "acme/x1")]
    assert decode("acme/d/lwt", b"?") == Rejected("the presence payload is neither of the mapped words")
    assert decode("acme/d/alarm", {"code": 42}) == [Happened("d", "42", {"code": 42.0}, None, "acme/x1")]


def test_the_default_convention_is_still_understood_beside_it():
    assert decode("devices/d/telemetry", {"n": 1}) == [Heard("d", {"n": 1.0})]
    assert ALL.filters[:4] == ("acme/+/state", "acme/+/lwt", "acme/+/alarm", "devices/+/telemetry")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"topic": "acme/state"}, "where the device's id stands"),
        ({"metrics": {}}, "no metric is mapped"),
        ({"metrics": {"room": {"pth": "x"}}}, "metrics.room: it is neither a path nor a table"),
        ({"metrics": {"room": "a..b"}}, "it is not a path"),
        ({"time_format": "minutes"}, "Use auto, iso, s, ms or us"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused_with_a_remedy(change, complaint):
    with pytest.raises(BadInput, match=complaint):
        conventions([ACME | change])
