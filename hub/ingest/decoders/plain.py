"""The default convention: `devices/{id}/telemetry`, `/events`, `/status` and `/commands/{id}/result`, in plain JSON.

Telemetry is a flat or nested object, `{"ts": …, "values": {…}}`, a list of these, or a bare value on
`devices/{id}/telemetry/{metric}`. See message-conventions 3.1. Pure: it never asks for the time or keeps anything.
"""

from __future__ import annotations

from typing import Any

from hub.ingest.decoders.payload import (
    LONGEST_NAME,
    MOST_ITEMS,
    Unusable,
    as_kind,
    moment,
    presence,
    read,
    values,
)
from hub.ports.telemetry import Answered, Decoded, Happened, Heard, Part, Rejected, Seen, Stood

NO_DEVICE = Rejected("the topic names no usable device")
NOT_A_READING = Rejected("a reading is a JSON object of metrics")
NOT_AN_EVENT = Rejected("an event is a JSON object with `event`")
NOT_A_STATUS = Rejected("a status is online or offline")
NOT_A_RESULT = Rejected("a result is a JSON object with `ok`")
TOO_MANY = Rejected(f"a batch has more than {MOST_ITEMS} readings")


class PlainDecoder:
    """`devices/…`, as in the public interface."""

    filters: tuple[str, ...] = (
        "devices/+/telemetry",
        "devices/+/events",
        "devices/+/status",
        "devices/+/commands/+/result",
    )

    def decode(self, topic: str, payload: bytes, seen: Seen) -> Decoded | None:
        """The parts of the message; None when the topic is not of this convention."""
        level = topic.split("/")
        if level[0] != "devices" or len(level) < 3:
            return None
        device = level[1]
        if not device or len(device) > LONGEST_NAME or not device.isprintable():
            return NO_DEVICE
        try:
            if level[2] == "telemetry" and len(level) == 3:
                return telemetry(device, read(payload), seen)
            return _other(device, level[2:], payload, seen)
        except Unusable as error:
            return Rejected(str(error))


def _other(device: str, level: list[str], payload: bytes, seen: Seen) -> Decoded | None:
    match level:
        case ["telemetry", metric]:
            return _scalar(device, metric, read(payload), seen)
        case ["events"]:
            return _event(device, read(payload))
        case ["status"]:
            return _status(device, payload)
        case ["commands", command, "result"]:
            return _result(device, command, read(payload))
    return None


def telemetry(device: str, found: Any, seen: Seen) -> Decoded:
    """Readings of one device. Raises Unusable."""
    if type(found) is dict:
        return _reading(device, found, seen)
    if type(found) is not list:
        return NOT_A_READING
    if len(found) > MOST_ITEMS:
        return TOO_MANY
    parts: list[Part] = []
    for item in found:
        parts.extend(_reading(device, item, seen) if type(item) is dict else [NOT_A_READING])
    parts.sort(key=_sent)  # a batch need not be in the order of time
    return parts


def _sent(part: Part) -> int:
    return part.sent or 0 if isinstance(part, Heard) else 0


def _reading(device: str, found: dict[str, Any], seen: Seen) -> list[Part]:
    sent = moment(found.pop("ts", None))
    inner = found.get("values")
    if type(inner) is dict and len(found) == 1:
        found = inner
    refused: list[Rejected] = []
    metrics = values(found, seen.kinds(device), refused)
    if refused and not metrics:
        return [*refused]
    return [Heard(device, metrics, sent), *refused] if refused else [Heard(device, metrics, sent)]


def _scalar(device: str, metric: str, found: Any, seen: Seen) -> Decoded:
    value = as_kind(found, seen.kinds(device).get(metric))
    if value is None or not metric.isprintable():
        return Rejected("the value has the wrong type")
    return [Heard(device, {metric: value})]


def _event(device: str, found: Any) -> Decoded:
    if type(found) is str and found:
        return [Happened(device, found[:LONGEST_NAME])]
    name = found.pop("event", None) if type(found) is dict else None
    if type(name) is not str or not name:
        return NOT_AN_EVENT
    sent = moment(found.pop("ts", None))
    refused: list[Rejected] = []
    return [Happened(device, name[:LONGEST_NAME], values(found, {}, refused), sent), *refused]


def _status(device: str, payload: bytes) -> Decoded:
    found: Any = payload[:64].decode("utf-8", "replace").strip()
    if found.startswith(("{", '"')):
        found = read(payload)
    state = presence(found)
    if state is None:
        return NOT_A_STATUS
    reason = found.get("reason") if type(found) is dict else None
    return [Stood(device, state, str(reason)[:LONGEST_NAME] if reason else "", "status")]


def _result(device: str, command: str, found: Any) -> Decoded:
    if type(found) is not dict or type(found.get("ok")) is not bool or not command.isprintable():
        return NOT_A_RESULT
    note = found.get("error") or found.get("note") or ""
    return [Answered(device, command[:LONGEST_NAME], found["ok"], str(note)[:LONGEST_NAME])]
