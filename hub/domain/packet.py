"""The diagnostic packet: frozen when the case opens, enriched by further immutable parts, each with its hash.

Built from an allow-list: what is not named here does not leave. It holds ids of people, never names or addresses.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from device_rules.fault import FaultChange, Leaf, as_json
from device_rules.reading import MINUTE, Event, Presence, Reading, Record, Value
from hub.domain.case import Case
from hub.domain.device import Device, DeviceState
from hub.domain.ids import CaseId, CustomerId, Moment

SCHEMA = 1
BEFORE = 60 * MINUTE
AFTER = 10 * MINUTE
POINTS = 240  # per metric: enough for a chart, small enough for a note in somebody's help desk
EVENTS = 50


@dataclass(frozen=True, slots=True)
class PacketPart:
    """Part `number` of the packet of `case`; `body` is JSON-ready, `sha256` its fingerprint, chained to the part before."""

    case: CaseId
    number: int
    at: Moment
    body: dict[str, Any]
    sha256: str


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything a packet is built from. `records` are what the log has of the device around the fault; `past` are
    earlier cases of the device; not `whole` when there was no time to find all the records."""

    case: Case
    change: FaultChange
    device: Device | None
    state: DeviceState | None
    owner: CustomerId | None
    records: Sequence[Record]
    past: Sequence[Case]
    siblings: Sequence[str] = ()
    whole: bool = True


def seal(case: CaseId, number: int, at: Moment, body: dict[str, Any], before: str = "") -> PacketPart:
    """The part with its hash over (hash of the part before, canonical JSON of the body)."""
    text = before + json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return PacketPart(case, number, at, body, hashlib.sha256(text.encode()).hexdigest())


def build(found: Findings, now: Moment) -> dict[str, Any]:
    """The body of the first part, taken at `now` from the hub's own history (the device may be dead)."""
    samples = window(found.records, wanted_metrics(found.change))
    return {
        "schema": SCHEMA,
        "case": found.case.id,
        "device": _device(found),
        "taken_at": {"hub": now, "device": found.change.at, "received": found.state and found.state.received},
        "trigger": _trigger(found.change),
        "window": samples,
        "clock": clock(found.records),
        "connectivity": _connectivity(found),
        "events": _events(found.records),
        "reboots": [each for each in _events(found.records) if "boot" in each["name"]],
        "neighbours": list(found.siblings),
        "past_cases": [_past(case) for case in found.past if case.id != found.case.id],
        "completeness": _completeness(found, samples),
        "redactions": ["names, addresses and telephone numbers are not part of a packet"],
    }


def wanted_metrics(change: FaultChange) -> list[str]:
    """The metrics that matter: those the rule lists and those its condition looked at."""
    return list(dict.fromkeys([*change.packet, *_metrics(change.evidence.when)]))


def _metrics(leaf: Leaf) -> list[str]:
    inside = [metric for part in leaf.parts for metric in _metrics(part)]
    return [leaf.metric, *inside] if leaf.metric else inside


def window(records: Sequence[Record], metrics: Sequence[str]) -> dict[str, list[tuple[int, Value]]]:
    """Samples per metric, (effective µs, value), thinned to at most `POINTS`; the first and the last always stay."""
    found: dict[str, list[tuple[int, Value]]] = {metric: [] for metric in metrics}
    for record in records:
        if isinstance(record, Reading):
            for metric in found.keys() & record.values.keys():
                found[metric].append((record.effective, record.values[metric]))
    return {metric: _thinned(samples) for metric, samples in found.items()}


def _thinned(samples: list[tuple[int, Value]]) -> list[tuple[int, Value]]:
    samples.sort(key=lambda sample: sample[0])
    if len(samples) <= POINTS:
        return samples
    last = len(samples) - 1
    return [samples[round(index * last / (POINTS - 1))] for index in range(POINTS)]


def clock(records: Sequence[Record]) -> dict[str, Any]:
    """How far the device's own clock is from ours: the smallest lag in µs, and how many readings gave a time."""
    lags = [
        r.received - r.sent
        for r in records
        if isinstance(r, Reading) and r.sent is not None and not r.retained
    ]
    if not lags:
        return {"quality": "absent", "lag": None, "readings": 0}
    lag = min(lags, key=abs)
    quality = "good" if abs(lag) < MINUTE else "offset"
    return {"quality": quality, "lag": lag, "readings": len(lags)}


def _device(found: Findings) -> dict[str, Any]:
    device = found.device
    if device is None:
        return {"id": found.case.device, "model": found.change.evidence.model, "registered": False}
    return {
        "id": device.id,
        "model": device.model,
        "name": device.name,
        "serial": device.serial,
        "firmware": device.firmware,
        "firmware_since": device.firmware_since,
        "room": device.room,
        "site": found.case.site,
        "owner": found.owner,
        "attributes": dict(device.attributes),
        "registered": True,
    }


def _trigger(change: FaultChange) -> dict[str, Any]:
    return {
        "fault": change.fault,
        "rule": change.rule,
        "title": change.title,
        "severity": str(change.severity),
        "start": change.start,
        "raised": change.at,
        "evidence": as_json(change.evidence),
    }


def _connectivity(found: Findings) -> dict[str, Any]:
    state = found.state
    history = [
        {"at": r.effective, "state": str(r.state), "reason": r.reason, "source": r.source}
        for r in found.records
        if isinstance(r, Presence)
    ]
    return {
        "presence": str(state.presence) if state else "unknown",
        "since": state.presence_since if state else None,
        "reason": state.presence_reason if state else "",
        "history": history[-EVENTS:],
        "radio": {
            name: value for name, (value, _) in (state.values if state else {}).items() if name in _RADIO
        },
        "power": {
            name: value for name, (value, _) in (state.values if state else {}).items() if name in _POWER
        },
    }


_RADIO = ("rssi", "lqi", "snr", "signal", "linkquality")
_POWER = ("battery", "battery_level", "voltage", "power_source")


def _events(records: Sequence[Record]) -> list[dict[str, Any]]:
    found = [
        {"at": each.effective, "name": each.name, "data": dict(each.data)}
        for each in records
        if isinstance(each, Event)
    ]
    return found[-EVENTS:]


def _past(case: Case) -> dict[str, Any]:
    return {
        "case": case.id,
        "rule": case.rule,
        "opened": case.opened,
        "closed": case.closed,
        "closing": case.closing or ("recovered" if case.proved else str(case.state)),
        "proved": case.proved,
    }


def _completeness(found: Findings, samples: dict[str, list[tuple[int, Value]]]) -> dict[str, Any]:
    asked = {
        "registration": found.device is not None,
        "live_state": found.state is not None,
        "owner": found.owner is not None,
        "firmware": bool(found.device and found.device.firmware),
        **{f"samples:{metric}": bool(values) for metric, values in samples.items()},
    }
    return {
        "asked": list(asked),
        "got": [name for name, got in asked.items() if got],
        "missing": [name for name, got in asked.items() if not got],
        "timed_out": [] if found.whole else ["older_samples"],
    }
