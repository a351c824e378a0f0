"""The rules engine of one partition: told what the log says, record by record, it answers fault changes.

The same records give the same changes, bit for bit, whatever the batches, restarts and snapshots in
between. It is single-threaded and pure: no clock, no store, no log call. Ticks are records too: without
them no time passes here but what the readings themselves bring.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter

from device_rules.book import RuleBook
from device_rules.device import NOTHING, Device
from device_rules.explain import Why, why_of
from device_rules.fault import FaultChange
from device_rules.groups import counted_of
from device_rules.groups_roll import Roll
from device_rules.hold import NEVER
from device_rules.kinds import kind_of
from device_rules.open_fault import OpenFault, open_faults_of
from device_rules.reading import (
    Describe,
    Event,
    Micros,
    Presence,
    Reading,
    Record,
    Standing,
    Tally,
    Tick,
    Value,
)
from device_rules.report import Report, report_of
from device_rules.silence import Listening
from device_rules.snapshot import freeze, thaw
from device_rules.wheel import Wheel
from device_rules.who import Who, who_is

IN_TURN = attrgetter("at", "device")
MOST_WHOS = 10_000  # descriptions that are remembered, so that devices described alike share one


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
        self._listening = Listening()
        self._kinds = {model: kind_of(book, self._listening) for model, book in self._books.items()}
        self._whos: dict[object, Who] = {}
        self._devices: dict[str, Device] = {}
        self._changed: list[Device] = []
        self._wheel: Wheel[Device] = Wheel()
        self._roll = Roll(self._books.values())

    def judge(self, record: Record) -> list[FaultChange]:
        """What follows from the next record of the log; not to be changed by the caller.

        Readings of undescribed devices change nothing.
        """
        if record.__class__ is Reading:
            try:
                device = self._devices[record.device]
            except KeyError:
                return NOTHING
            changes = device.read(record)
            if changes is not NOTHING:
                self._place(device)
            return changes
        if isinstance(record, Tick):
            return self._tick(record)
        if isinstance(record, Describe):
            return self._describe(record)
        if isinstance(record, Event | Presence):
            return self._notice(record)
        return self._hear(record) if isinstance(record, Standing) else NOTHING

    def tallies(self) -> list[Tally]:
        """What was counted about groups since the last call: told at every whole ten seconds, for a `Town`."""
        return self._roll.tallies()

    @property
    def groups_changed(self) -> bool:
        """Whether what the engine itself knows of groups differs from what the last `snapshot_groups` answered."""
        return self._roll.standings.changed

    def snapshot_groups(self) -> bytes:
        """What the engine itself knows of groups, to be kept beside the devices."""
        return self._roll.standings.freeze()

    def restore_groups(self, blob: bytes) -> bool:
        """Take that back, before the devices; False when it cannot be used: it will be told again soon."""
        return self._roll.thaw(blob)

    def next_wake(self) -> Micros | None:
        """The hub's moment (UTC µs) at which the next tick is wanted; None when nothing waits for one."""
        return self._wheel.first

    def values(self, device: str) -> dict[str, tuple[Value, Micros]]:
        """The last known value of each metric and when it was observed (effective, UTC µs)."""
        found = self._devices.get(device)
        return found.latest() if found else {}

    def presence(self, device: str) -> Presence | None:
        """The device's presence as last known."""
        found = self._devices.get(device)
        return found.presence if found else None

    def last_received(self, device: str) -> Micros | None:
        """When something live was last received from the device (hub time, UTC µs)."""
        found = self._devices.get(device)
        if found is None or found.ward is None:
            return found.received if found else None
        return found.ward.ears.heard or None

    def model(self, device: str) -> str | None:
        """The model that the device was described as, if it has a book."""
        found = self._devices.get(device)
        return found.who.book.model if found else None

    def open_faults(self, device: str) -> list[OpenFault]:
        """The device's open faults, in the order in which their rules are judged."""
        found = self._devices.get(device)
        return open_faults_of(found) if found else []

    def report(self) -> Report:
        """How many devices there are, how they are and what they take, by model; quick enough for once a minute."""
        return report_of(self._books, self._devices)

    def why(self, device: str, rule: str, now: Micros) -> Why:
        """Why `rule` is raised on `device` at the hub's `now`, or why not. Raises KeyError for neither."""
        return why_of(self._devices[device].look(), rule, now, self._listening.since)

    def changed(self) -> set[str]:
        """The devices whose state differs from what their last `snapshot`, `restore` or `mark` left."""
        return {device.id for device in self._changed if device.kept is None}

    def mark(self) -> None:
        """Take all devices as kept."""
        for device in self._changed:
            device.kept = self._changed
        self._changed.clear()

    def snapshot(self, device: str) -> bytes:
        """The device's state as bytes, and note it as kept. Raises KeyError for an undescribed device."""
        found = self._devices[device]
        blob = freeze(found)
        self._keep(found)
        return blob

    def restore(self, device: str, blob: bytes) -> bool:
        """Take back a snapshot; False when it cannot be used and the log must be replayed instead.

        Since when the hub listens is no device's state: an engine that takes over hears it with the next tick.
        """
        found = thaw(device, blob, self._kinds, self._who)
        if found is None:
            return False
        if (before := self._devices.get(device)) is not None:
            self._forget(before)
        self._devices[device] = found
        found.kept = self._changed
        self._roll.enroll(found)
        self._place(found, anew=True)
        return True

    def reload(self, book: RuleBook) -> None:
        """Judge the devices of its model by `book` from now on.

        Rules and windows whose judging did not change keep all their state, a changed rule keeps a raised
        fault's id, and the faults of rules that are gone are closed at the next tick. Raises KeyError for a
        model that the engine has no book for.
        """
        if book.model not in self._books:
            raise KeyError(book.model)
        kept = {
            name: freeze(device)
            for name, device in self._devices.items()
            if device.who.book.model == book.model or counted_of(device.who.book) is not None
        }
        standings = self._roll.standings.freeze()
        self._books[book.model], self._kinds[book.model] = book, kind_of(book, self._listening)
        self._whos.clear()
        self._roll = Roll(self._books.values())
        self._roll.thaw(standings)
        for name, blob in kept.items():
            self._let_go(self._devices.pop(name))
            self.restore(name, blob)
            self._devices[name].touch()

    def _forget(self, device: Device) -> None:
        """Another one takes its name: nobody counts it, keeps it or wakes it any more."""
        self._roll.strike(device)
        self._let_go(device)

    def _let_go(self, device: Device) -> None:
        self._keep(device)
        device.wake = None

    def _keep(self, device: Device) -> None:
        if device.kept is None:
            device.kept = self._changed
            self._changed.remove(device)

    def _who(self, record: Describe) -> Who:
        own = record.device if record.device in self._overrides else ""
        said = tuple(sorted(map(repr, record.attributes.items())))  # 1 and True are equal, and not the same
        key = (record.model, record.firmware, record.site, record.zone, record.region, own, said)
        found = self._whos.get(key)
        if found is None:
            if len(self._whos) >= MOST_WHOS:
                self._whos.clear()
            given = self._overrides.get(record.device, {})
            found = self._whos[key] = who_is(self._books[record.model], record, given)
        return found

    def _place(self, device: Device, anew: bool = False) -> None:
        """See to it that the device is woken when it wants to be."""
        wake = device.wake_at(self._listening.since, anew)
        if wake < NEVER:
            self._wheel.place(device, wake)

    def _tick(self, tick: Tick) -> list[FaultChange]:
        now, wheel = tick.now, self._wheel
        since = self._listening.since = max(tick.listening_since, self._listening.since)
        changes: list[FaultChange] = []
        while due := wheel.due(now):
            for device in due:
                wake = device.wake_at(since, True)
                if wake <= now:
                    ward = device.admit()
                    changes += ward.tick(now, since)
                    wake = ward.wake_at(since, True)
                    if wake <= now:
                        wake = now + 1
                if wake < NEVER:
                    wheel.place(device, wake)
        changes.sort(key=IN_TURN)
        self._roll.tick(now)
        return changes

    def _hear(self, standing: Standing) -> list[FaultChange]:
        changes: list[FaultChange] = []
        for device, found in self._roll.hear(standing):
            changes += found
            self._place(device, anew=True)
        changes.sort(key=IN_TURN)
        return changes

    def _describe(self, record: Describe) -> list[FaultChange]:
        known = self._devices.get(record.device)
        kind = self._kinds.get(record.model)
        closing: list[FaultChange] = []
        if known is not None and (kind is None or known.who.book.model != record.model):
            closing = known.admit().close_all(record.received)
            self._forget(self._devices.pop(record.device))
            known = None
        if kind is not None:
            if known is None:
                known = self._devices[record.device] = kind(record.device, self._who(record), None)
                self._changed.append(known)
            closing = [*closing, *known.describe(self._who(record), record.received)]
            self._roll.enroll(known)
            self._place(known, anew=True)
        return closing

    def _notice(self, record: Event | Presence) -> list[FaultChange]:
        device = self._devices.get(record.device)
        if device is None:
            return NOTHING
        changes = device.admit().notice(record)
        self._place(device, anew=True)
        return changes
