"""A maker's own JSON without code: topic pattern, path per metric, scale, unit and time, set in `beforehand.toml`.

    [[mqtt.mapping]]
    topic = "acme/{device_id}/state"
    model = "acme/heatpump-x1"
    time = "meta.when"                        # path; `time_format` is auto, s, ms, us or iso
    [mqtt.mapping.metrics]
    room_temp = "sensors[0].t"
    supply_temp = {path = "sensors[1].t", scale = 0.1, unit = "°F"}
    mode = {path = "m", values = {1 = "heat", 2 = "off"}}
    [mqtt.mapping.presence]
    topic = "acme/{device_id}/lwt"
    online = "1"
    offline = "0"

Pure. What a path does not find is no value, not an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from device_rules.reading import PresenceState, Value
from hub.ingest.decoders.payload import (
    LONGEST_NAME,
    Unusable,
    as_kind,
    from_iso,
    moment,
    presence,
    read,
    values,
)
from hub.ports import BadInput
from hub.ports.telemetry import Decoded, Happened, Heard, Rejected, Seen, Stood

UNITS: Mapping[str, tuple[float, float]] = {
    "°F": (5 / 9, -160 / 9), "K": (1.0, -273.15), "kPa": (0.01, 0.0), "hPa": (0.001, 0.0), "mbar": (0.001, 0.0),
    "psi": (0.0689476, 0.0), "kW": (1000.0, 0.0), "mW": (0.001, 0.0), "Wh": (0.001, 0.0), "mV": (0.001, 0.0),
    "mA": (0.001, 0.0), "ms": (0.001, 0.0),
}  # fmt: skip
"""What turns a foreign unit into the one that books use (°C, bar, W, kWh, V, A, s): factor and summand."""

TIMES = {"s": 1_000_000.0, "ms": 1_000.0, "us": 1.0}
NO_METRIC = Rejected("none of the mapped metrics is in the payload")
NO_DEVICE = Rejected("the topic names no usable device")
NO_PRESENCE = Rejected("the presence payload is neither of the mapped words")
NO_EVENT = Rejected("the mapped event has no name")
NO_OBJECT = Rejected("the payload is not a JSON object")

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Metric:
    """Where a metric stands in the payload and what turns it into ours."""

    name: str
    path: Path
    scale: float = 1.0
    offset: float = 0.0
    words: Mapping[str, Value] | None = None


class MappingDecoder:
    """One mapping of the settings. Raises BadInput when it makes no sense."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._topic = pattern(settings.get("topic", ""))
        self._model = str(settings.get("model", ""))
        self._metrics = [metric(name, spec) for name, spec in settings.get("metrics", {}).items()]
        if not self._metrics:
            raise BadInput(
                "mqtt.mapping.metrics", "no metric is mapped", 'Add one, such as room_temp = "t.room"'
            )
        self._time = path(settings["time"]) if settings.get("time") else None
        self._format = settings.get("time_format") or "auto"
        if self._format not in ("auto", "iso", *TIMES):
            raise BadInput(
                "mqtt.mapping.time_format", "there is no such format", "Use auto, iso, s, ms or us"
            )
        self._presence = dict(settings.get("presence") or {})
        self._presence_topic = pattern(self._presence["topic"]) if self._presence else None
        self._events = dict(settings.get("events") or {})
        self._events_topic = pattern(self._events["topic"]) if self._events else None
        self._event_name = path(self._events.get("name", "event"))
        named = (settings.get("topic", ""), self._presence.get("topic"), self._events.get("topic"))
        self.filters = tuple(filter_of(topic) for topic in named if topic)

    def decode(self, topic: str, payload: bytes, seen: Seen) -> Decoded | None:
        """The parts of the message; None when the topic is none of this mapping's."""
        try:
            if found := self._topic.fullmatch(topic):
                return self._reading(found["device_id"], payload, seen)
            if self._presence_topic and (found := self._presence_topic.fullmatch(topic)):
                return self._stood(found["device_id"], payload)
            if self._events_topic and (found := self._events_topic.fullmatch(topic)):
                return self._happened(found["device_id"], payload)
        except Unusable as error:
            return Rejected(str(error))
        return None

    def _reading(self, device: str, payload: bytes, seen: Seen) -> Decoded:
        if not usable(device):
            return NO_DEVICE
        found, kinds = read(payload), seen.kinds(device)
        if type(found) not in (dict, list):
            return NO_OBJECT
        metrics: dict[str, Value] = {}
        refused: list[Rejected] = []
        for one in self._metrics:
            raw = look(found, one.path)
            if raw is None:
                continue
            value = convert(one, raw, kinds.get(one.name))
            if value is None:
                refused.append(Rejected(f"{one.name} has the wrong type"))
            else:
                metrics[one.name] = value
        if not metrics:
            return refused or NO_METRIC
        return [Heard(device, metrics, self._sent(found), self._model), *refused]

    def _sent(self, found: Any) -> int | None:
        value = look(found, self._time) if self._time else None
        if self._format == "iso":
            return from_iso(value) if type(value) is str else None
        number = as_kind(value, "number") if self._format in TIMES else None
        return round(number * TIMES[self._format]) if isinstance(number, float) else moment(value)

    def _stood(self, device: str, payload: bytes) -> Decoded:
        if not usable(device):
            return NO_DEVICE
        said: Any = payload[:256].decode("utf-8", "replace").strip()
        if self._presence.get("path"):
            said = look(read(payload), path(self._presence["path"]))
        words = {str(self._presence.get("online", "online")): PresenceState.ONLINE}
        words[str(self._presence.get("offline", "offline"))] = PresenceState.OFFLINE_LOST
        state = words.get(str(said)) or presence(said)
        return [Stood(device, state, "", "mapping", self._model)] if state else NO_PRESENCE

    def _happened(self, device: str, payload: bytes) -> Decoded:
        if not usable(device):
            return NO_DEVICE
        found = read(payload)
        name = look(found, self._event_name)
        if type(found) is not dict or type(name) not in (str, int) or name == "":
            return NO_EVENT
        return [
            Happened(device, str(name)[:LONGEST_NAME], values(found, {}, []), self._sent(found), self._model)
        ]


def usable(device: str) -> bool:
    """Whether a name from a topic can be a device's id."""
    return 0 < len(device) <= LONGEST_NAME and device.isprintable()


def pattern(topic: str) -> re.Pattern[str]:
    """The expression that a topic must match; `{device_id}` is one level, `+` any one level. Raises BadInput."""
    if topic.count("{device_id}") != 1 or "#" in topic:
        raise BadInput(
            "mqtt.mapping.topic",
            "it does not say where the device's id stands",
            "Write acme/{device_id}/state",
        )
    return re.compile(
        re.escape(topic).replace(r"\{device_id\}", "(?P<device_id>[^/]+)").replace(r"\+", "[^/]+")
    )


def filter_of(topic: str) -> str:
    """The MQTT filter of a topic pattern. A level that holds the id and more becomes `+`."""
    return "/".join("+" if "{device_id}" in level else level for level in topic.split("/"))


def metric(name: str, spec: Any) -> Metric:
    """A metric from its settings: a path, or a table. Raises BadInput naming the metric."""
    place = f"mqtt.mapping.metrics.{name}"
    table: Any = {"path": spec} if isinstance(spec, str) else spec
    known = {"path", "scale", "offset", "unit", "values"}
    if not isinstance(table, Mapping) or "path" not in table or not known >= table.keys():
        raise BadInput(
            place, "it is neither a path nor a table with a path", f"Known keys: {', '.join(sorted(known))}"
        )
    factor, summand = UNITS.get(table.get("unit", ""), (1.0, 0.0))
    scale, offset = float(table.get("scale", 1.0)), float(table.get("offset", 0.0))
    words = {str(key): value for key, value in table["values"].items()} if "values" in table else None
    return Metric(name, path(table["path"]), scale * factor, offset * factor + summand, words)


def path(text: str) -> Path:
    """`$.a.b[0].c` as steps. Raises BadInput when it is not such a path."""
    steps = re.findall(r"([^.\[\]]+)|\[(\d+)\]", text.removeprefix("$.").removeprefix("$"))
    if not steps or not re.fullmatch(r"(\$\.?)?([^.\[\]]+|\[\d+\])(\.[^.\[\]]+|\[\d+\])*", text):
        raise BadInput("mqtt.mapping", "it is not a path", "Write sensors[0].temperature")
    return tuple(int(index) if index else name for name, index in steps)


def look(found: Any, steps: Path) -> Any:
    """What stands at the path, or None."""
    for step in steps:
        if type(step) is str and type(found) is dict:
            found = found.get(step)
        elif type(step) is int and type(found) is list and step < len(found):
            found = found[step]
        else:
            return None
    return found


def convert(one: Metric, raw: Any, kind: str | None) -> Value | None:
    """The value in our words and units; None when it has the wrong type."""
    if one.words is not None:
        word = one.words.get(str(raw).lower() if type(raw) is bool else str(raw))
        return None if word is None else as_kind(word, kind)
    value = as_kind(raw, kind)
    if isinstance(value, float) and (one.scale != 1.0 or one.offset != 0.0):
        return value * one.scale + one.offset
    return value
