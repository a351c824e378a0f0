"""The default convention: everything a real device might say, and everything it should not."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_rules.reading import PresenceState
from hub.ingest.decoders import conventions
from hub.ports.telemetry import Answered, Happened, Heard, Rejected, Stood
from tests.promises import tried


class Book:
    """What the rule book of every device here declares."""

    def kinds(self, device: str) -> dict[str, str]:
        return {"temp": "number", "on": "bool", "mode": "text"} if device != "stranger" else {}


ALL = conventions([])


def decode(topic: str, payload: object) -> object:
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    found = ALL.decode(topic, raw, Book())
    return list(found) if not isinstance(found, Rejected) else found


TELEMETRY = [
    ({"temp": 21.5, "n": 3}, [Heard("d", {"temp": 21.5, "n": 3.0})]),
    ({"temp": "21.5", "on": "ON", "mode": "heat"}, [Heard("d", {"temp": 21.5, "on": True, "mode": "heat"})]),
    ({"temp": 3, "on": 0}, [Heard("d", {"temp": 3.0, "on": False})]),
    ({"free": "21.5", "flag": True}, [Heard("d", {"free": "21.5", "flag": True})]),
    ({"a": {"b": {"c": 1}}, "temp": None}, [Heard("d", {"a.b.c": 1.0})]),
    ({"temp": 1, "ts": 1767225600123}, [Heard("d", {"temp": 1.0}, 1767225600123000)]),
    ({"temp": 1, "ts": 1767225600}, [Heard("d", {"temp": 1.0}, 1767225600000000)]),
    ({"temp": 1, "ts": 1767225600.25}, [Heard("d", {"temp": 1.0}, 1767225600250000)]),
    ({"temp": 1, "ts": 1767225600123456}, [Heard("d", {"temp": 1.0}, 1767225600123456)]),
    ({"temp": 1, "ts": 1767225600123456789}, [Heard("d", {"temp": 1.0}, 1767225600123457)]),
    ({"temp": 1, "ts": "2026-01-01T00:00:00.5Z"}, [Heard("d", {"temp": 1.0}, 1767225600500000)]),
    ({"temp": 1, "ts": "2026-01-01T01:00:00+01:00"}, [Heard("d", {"temp": 1.0}, 1767225600000000)]),
    ({"temp": 1, "ts": "2026-01-01T00:00:00"}, [Heard("d", {"temp": 1.0})]),  # whose midnight?
    ({"temp": 1, "ts": "soon"}, [Heard("d", {"temp": 1.0})]),
    ({"temp": 1, "ts": None}, [Heard("d", {"temp": 1.0})]),
    ({"ts": 4, "values": {"temp": 1}}, [Heard("d", {"temp": 1.0}, 4_000_000)]),
    ({"values": {"temp": 1}}, [Heard("d", {"temp": 1.0})]),
    ([{"temp": 2, "ts": 9}, {"temp": 1, "ts": 8}], [Heard("d", {"temp": n}, int(7 + n) * 10**6) for n in (1.0, 2.0)]),
    ({}, [Heard("d", {})]),
    ({"temp": "warm"}, [Rejected("temp has the wrong type: the book wants a number")]),
    (
        {"temp": True, "mode": "x"},
        [Heard("d", {"mode": "x"}), Rejected("temp has the wrong type: the book wants a number")],
    ),
    ({"temp": [1], "n": 1}, [Heard("d", {"n": 1.0}), Rejected("temp has the wrong type: the book wants a number")]),
    ({"mode": 4}, [Rejected("mode has the wrong type: the book wants a text")]),
    ({"x": 10**400}, [Rejected("a metric has the wrong type")]),
    ({"temp": "inf"}, [Rejected("temp has the wrong type: the book wants a number")]),
    ({"x" * 200: 1}, [Rejected("a metric's name is too long or not printable")]),
    ({"x": "y" * 2000}, [Rejected("a metric has the wrong type")]),
    (7, Rejected("a reading is a JSON object of metrics")),
    ([7, {"n": 1}], [Rejected("a reading is a JSON object of metrics"), Heard("d", {"n": 1.0})]),
]  # fmt: skip


@pytest.mark.parametrize(("payload", "expected"), TELEMETRY, ids=lambda value: str(value)[:50])
def test_a_reading_is_understood_as_it_was_meant(payload, expected):
    assert decode("devices/d/telemetry", payload) == expected


GARBAGE = [
    (b"", "the payload is empty"),
    (b"\x00\x01\x02\xff", "the payload is not UTF-8"),
    (b'{"temp": "\xff"}', "the payload is not UTF-8"),
    (b"temp=4", "the payload is not JSON"),
    (b'{"temp": NaN}', "NaN and Infinity are not JSON"),
    (b'{"temp": -Infinity}', "NaN and Infinity are not JSON"),
    (b'{"temp": 1, "temp": 2}', "a key stands twice in one object"),
    (b'{"t": "a:b", "a": {"x": 1, "x": 2}}', "a key stands twice in one object"),
    (b"[" * 200_000, "the payload is nested too deeply"),
    (b'{"a":' * 20 + b"1" + b"}" * 20, "nested deeper than 8"),
    (b"x" * 1_000_000, "the payload is larger than 256 KB"),
    (json.dumps({f"m{n}": n for n in range(300)}).encode(), "more than 256 metrics"),
    (json.dumps([{}] * 2000).encode(), "a batch has more than 1000 readings"),
]


@pytest.mark.parametrize(("payload", "because"), GARBAGE, ids=[because for _, because in GARBAGE])
def test_garbage_is_refused_with_a_reason(payload, because):
    assert decode("devices/d/telemetry", payload) == Rejected(because)


OTHERS = [
    ("devices/d/telemetry/temp", b"21.5", [Heard("d", {"temp": 21.5})]),
    ("devices/d/telemetry/temp", b'"cold"', Rejected("the value has the wrong type")),
    ("devices/d/events", {"event": "error", "code": "E42", "ts": 8}, [Happened("d", "error", {"code": "E42"}, 8_000_000)]),
    ("devices/d/events", "reboot", [Happened("d", "reboot")]),
    ("devices/d/events", {"code": 1}, Rejected("an event is a JSON object with `event`")),
    ("devices/d/status", b"online", [Stood("d", PresenceState.ONLINE, "", "status")]),
    ("devices/d/status", b"Offline", [Stood("d", PresenceState.OFFLINE_LOST, "", "status")]),
    ("devices/d/status", {"state": "offline", "reason": "x"}, [Stood("d", PresenceState.OFFLINE_LOST, "x", "status")]),
    ("devices/d/status", b"\xff\xfe", Rejected("a status is online or offline")),
    ("devices/d/status", b"", Rejected("a status is online or offline")),
    ("devices/d/commands/c1/result", {"ok": True}, [Answered("d", "c1", True)]),
    ("devices/d/commands/c1/result", {"ok": False, "error": "busy"}, [Answered("d", "c1", False, "busy")]),
    ("devices/d/commands/c1/result", {"ok": "yes"}, Rejected("a result is a JSON object with `ok`")),
    ("devices/d/commands/c1", {"ok": True}, Rejected("no convention knows this topic")),
    ("devices//telemetry", {}, Rejected("the topic names no usable device")),
    ("devices/a\x07b/telemetry", {}, Rejected("the topic names no usable device")),
    ("devices/a\udcffb/telemetry", {}, Rejected("the topic names no usable device")),
    ("other/topic", {}, Rejected("no convention knows this topic")),
    ("devices/d/unknown", {}, Rejected("no convention knows this topic")),
]  # fmt: skip


@pytest.mark.parametrize(("topic", "payload", "expected"), OTHERS, ids=lambda value: str(value)[:40])
def test_events_status_and_answers_are_told_apart(topic, payload, expected):
    assert decode(topic, payload) == expected


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner, max_size=5),
    max_leaves=30,
)
kinds_of_topic = st.sampled_from(
    [
        "devices/d/telemetry",
        "devices/d/telemetry/temp",
        "devices/d/events",
        "devices/d/status",
        "devices/d/commands/c/result",
    ]
)


@tried(300)
@given(kinds_of_topic, st.binary(max_size=200) | anything.map(lambda value: json.dumps(value).encode()))
def test_whatever_a_device_sends_the_answer_is_readings_or_a_reason(topic, payload):
    found = ALL.decode(topic, payload, Book())
    for part in [found] if isinstance(found, Rejected) else found:
        if isinstance(part, Heard):
            assert all(type(value) in (float, str, bool) for value in part.values.values())
            assert all(value - value == 0 for value in part.values.values() if type(value) is float)
        elif isinstance(part, Rejected):
            assert part.because
        else:
            assert isinstance(part, Happened | Stood | Answered)
