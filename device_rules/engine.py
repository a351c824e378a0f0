"""The rules engine of one partition: told what the log says, record by record, it answers fault changes.

The same records give the same changes, bit for bit, whatever the batches, restarts and snapshots in
between. It is single-threaded and pure: no clock, no store, no log call. Ticks are records too: without
them no time passes here but what the readings themselves bring.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping

import msgspec

from device_rules.book import RuleBook
from device_rules.device import Device
from device_rules.explain import Why, why_of
from device_rules.fault import FaultChange, Severity, fault_id
from device_rules.hold import NEVER
from device_rules.reading import Describe, Event, Micros, Presence, Reading, Record, Tick, Value
from device_rules.snapshot import freeze, thaw


class OpenFault(msgspec.Struct, frozen=True):
    """A fault that is raised and not cleared; `start` and `raised` are the device's own time (µs)."""

    fault: str
    device: str
    rule: str
    severity: Severity
    start: Micros
    raised: Micros
    number: int
    unstable: bool
    shadow: bool


class Engine:
    """Judges the devices of one partition by the books of their models.

    `overrides` are attribute values by device id that outweigh what a `Describe` record says.
    """

    def __init__(
        self, books: Iterable[RuleBook], *, overrides: Mapping[str, Mapping[str, Value]] | None = None
    ) -> None:
        self._books: dict[str, RuleBook] = {}
        for book in books:
            if book.model in self._books:
                raise ValueError(
                    f"two rule books for {book.model}: {self._books[book.model].name} and {book.name}"
                )
            self._books[book.model] = book
        self._overrides = overrides or {}
        self._devices: dict[str, Device] = {}
        self._changed: set[str] = set()
        self._wakes: list[tuple[Micros, str]] = []
        self._listening_since: Micros = 0

    def judge(self, record: Record) -> list[FaultChange]:
        """What follows from the next record of the log. Readings of undescribed devices change nothing."""
        if record.__class__ is Reading:
            device = self._devices.get(record.device)
            if device is None:
                return []
            self._changed.add(record.device)
            changes = device.read(record)
            if device.episodes or device.wake == NEVER:
                self._schedule(device)
            return changes
        if isinstance(record, Tick):
            return self._tick(record)
        if isinstance(record, Describe):
            return self._describe(record)
        assert isinstance(record, Event | Presence)
        return self._notice(record)

    def next_wake(self) -> Micros | None:
        """The hub's moment (UTC µs) at which the next tick is wanted; None when nothing waits for one."""
        while self._wakes:
            wake, device_id = self._wakes[0]
            device = self._devices.get(device_id)
            if device is not None and device.wake == wake:
                return wake
            heapq.heappop(self._wakes)
        return None

    def values(self, device: str) -> dict[str, tuple[Value, Micros]]:
        """The last known value of each metric and when it was observed (effective, UTC µs)."""
        found = self._devices.get(device)
        return found.memory.latest() if found else {}

    def presence(self, device: str) -> Presence | None:
        """The device's presence as last known."""
        found = self._devices.get(device)
        return found.presence if found else None

    def last_received(self, device: str) -> Micros | None:
        """When something live was last received from the device (hub time, UTC µs)."""
        found = self._devices.get(device)
        return (found.heard or None) if found else None

    def model(self, device: str) -> str | None:
        """The model that the device was described as, if it has a book."""
        found = self._devices.get(device)
        return found.book.model if found else None

    def open_faults(self, device: str) -> list[OpenFault]:
        """The device's open faults, in the order in which their rules are judged."""
        found = self._devices.get(device)
        return [
            OpenFault(
                fault=fault_id(device, rule.id, fault.start),
                device=device,
                rule=rule.id,
                severity=fault.severity,
                start=fault.start,
                raised=fault.raised,
                number=fault.number,
                unstable=episode.unstable,
                shadow=rule.shadow,
            )
            for number, episode in sorted(found.episodes.items() if found else ())
            if (fault := episode.fault) is not None and (rule := found.book.rules[number])  # type: ignore[union-attr]
        ]

    def why(self, device: str, rule: str, now: Micros) -> Why:
        """Why `rule` is raised on `device` at the hub's `now`, or why not. Raises KeyError for neither."""
        return why_of(self._devices[device], rule, now, self._listening_since)

    def changed(self) -> set[str]:
        """The devices whose state differs from what their last `snapshot`, `restore` or `mark` left."""
        return set(self._changed)

    def mark(self) -> None:
        """Take all devices as kept."""
        self._changed.clear()

    def snapshot(self, device: str) -> bytes:
        """The device's state as bytes, and note it as kept. Raises KeyError for an undescribed device."""
        blob = freeze(self._devices[device])
        self._changed.discard(device)
        return blob

    def restore(self, device: str, blob: bytes) -> bool:
        """Take back a snapshot; False when it cannot be used and the log must be replayed instead."""
        found = thaw(device, blob, self._books)
        if found is None:
            return False
        self._devices[device] = found
        self._changed.discard(device)
        self._schedule(found)
        return True

    def _schedule(self, device: Device) -> None:
        wake = device.wake_at(self._listening_since)
        if wake < device.wake:
            device.wake = wake
            heapq.heappush(self._wakes, (wake, device.id))

    def _tick(self, tick: Tick) -> list[FaultChange]:
        self._listening_since = max(tick.listening_since, self._listening_since)
        changes: list[FaultChange] = []
        while self._wakes and self._wakes[0][0] <= tick.now:
            wake, device_id = heapq.heappop(self._wakes)
            device = self._devices.get(device_id)
            if device is None or device.wake != wake:
                continue
            device.wake = NEVER
            self._changed.add(device_id)
            changes += device.tick(tick.now, self._listening_since)
            self._schedule(device)
        changes.sort(key=lambda change: (change.at, change.device))
        return changes

    def _describe(self, record: Describe) -> list[FaultChange]:
        book, known = self._books.get(record.model), self._devices.get(record.device)
        self._changed.add(record.device)
        closing: list[FaultChange] = []
        if known is not None and known.book is not book:
            for number, episode in known.episodes.items():
                if episode.fault is not None:
                    known.withdrawn[known.book.rules[number].id] = episode.fault
            closing = known.withdraw(max(known.own(record.received), known.effective))
            del self._devices[record.device]
        if book is not None:
            device = self._devices.setdefault(record.device, Device(record.device, book))
            device.describe(record.firmware, {**record.attributes, **self._overrides.get(record.device, {})})
        return closing

    def _notice(self, record: Event | Presence) -> list[FaultChange]:
        device = self._devices.get(record.device)
        if device is None:
            return []
        self._changed.add(record.device)
        changes = device.notice(record)
        self._schedule(device)
        return changes
