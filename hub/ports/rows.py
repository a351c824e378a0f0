"""Rows as the store hands them out: values that exist because something is kept, not because the domain needs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from device_rules.fault import FaultChange, Severity
from hub.domain.contact import Message
from hub.domain.device import DeviceState
from hub.domain.effects import CommandDevice
from hub.domain.events import Event
from hub.domain.ids import CaseId, DeviceId, Moment


@dataclass(frozen=True, slots=True)
class FaultRow:
    """A fault as saved: its newest change and the moments of its life (UTC µs)."""

    change: FaultChange
    raised: Moment
    cleared: Moment | None
    severity: Severity
    known_before_live: bool


@dataclass(frozen=True, slots=True)
class FactRow:
    """One line of the timeline, as stored."""

    seq: int
    at: Moment
    case: CaseId | None
    device: DeviceId | None
    kind: str
    because: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class InboxRow:
    """An internal event still to be handled."""

    seq: int
    key: str
    event: Event
    at: Moment
    tries: int = 0


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """What we owe the world: a message or a device command. `claimed` is when this attempt committed its claim."""

    id: str
    item: Message | CommandDevice
    due: Moment
    state: str
    attempts: int
    claimed: Moment | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class CommandRow:
    """A device command and what became of it: queued, sent, done, failed, timed_out or parked."""

    command: CommandDevice
    state: str
    note: str
    at: Moment


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Everything the judge saves at once: log position, snapshots and states of changed devices of one partition."""

    partition: int
    position: int
    snapshots: dict[str, bytes]
    states: tuple[DeviceState, ...]


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Refused telemetry: how often, why, and one sample (first bytes only). Key: (topic, reason)."""

    topic: str
    reason: str
    count: int
    first: Moment
    last: Moment
    sample: bytes
