"""What one device has said: the latest value of each slot, when it was observed, and when it wears off.

`values[slot]` is None while the value is unknown. A periodic metric wears off after its gap; one that is
sent on change holds while the device is heard, and is known again when the device is heard again. What
wore off is kept aside for people to see, never for judging.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from device_rules.book import RuleBook
from device_rules.hold import NEVER
from device_rules.intake import admitted
from device_rules.reading import Micros, Value
from device_rules.rule import WHILE_HEARD

NONE: frozenset[int] = frozenset()


class Memory:
    """The values of one device, under one book. All moments are the device's own time in µs."""

    __slots__ = ("book", "heard", "layout", "listening", "old", "recalled", "seen", "values")

    def __init__(self, book: RuleBook) -> None:
        width = len(book.slots)
        self.book, self.layout = book, book.layout
        self.values: list[Value | None] = [None] * width
        self.old: list[Value | None] = [None] * width
        self.seen: list[Micros] = [0] * width
        self.heard: Micros = 0
        self.listening = False
        self.recalled: frozenset[int] = NONE  # slots whose value was retained by the broker, and is no news

    def take(self, values: Mapping[str, Value], at: Micros) -> None:
        """Keep what a live reading of `at` says; names the book does not know are passed over."""
        book = self.book
        doors = book.doors
        if self.recalled:
            self._renew(values)
        odd: Iterable[str] = values
        if len(values) * 3 > len(doors):
            odd = book.take(values, self.values, self.seen, at)
        for name in odd:
            if name in doors:
                self.admit(name, values[name], at)

    def admit(self, name: str, value: Value, at: Micros) -> None:
        """Keep what was said of one metric of the book, if it is believed; else it is unknown from now on."""
        entry = self.book.doors[name]
        believed = admitted(entry, value)
        self.put(entry.slot, believed, at)
        for slot in entry.others:
            self.put(slot, believed, at)

    def put(self, slot: int, value: Value | None, at: Micros) -> None:
        """Keep one value; None says that from `at` on it is unknown."""
        if value is None:
            gone = self.values[slot]
            self.old[slot] = None if self.book.slots[slot].gap == WHILE_HEARD else gone
        self.values[slot] = value
        self.seen[slot] = at

    def recall(self, values: Mapping[str, Value], at: Micros, dated: bool) -> None:
        """Keep what a retained message says: only what is not known better, and never as news."""
        for name, value in values.items():
            entry = self.book.doors.get(name)
            believed = admitted(entry, value) if entry else None
            if entry is None or believed is None:
                continue
            for slot in (entry.slot, *entry.others):
                if self.seen[slot] == 0 or (dated and at > self.seen[slot]):
                    waits = self.book.slots[slot].gap == WHILE_HEARD and not self.listening
                    self.values[slot], self.old[slot] = (None, believed) if waits else (believed, None)
                    self.seen[slot] = at
                    self.recalled |= {slot}

    def _renew(self, names: Iterable[str]) -> None:
        """These are observed now."""
        self.recalled -= self.slots_of(names)

    def slots_of(self, names: Iterable[str]) -> set[int]:
        """The slots of these metrics."""
        doors = self.book.doors
        entries = [doors[name] for name in names if name in doors]
        return {slot for entry in entries for slot in (entry.slot, *entry.others)}

    def fix(self, attributes: Sequence[Value | None]) -> None:
        """Take these values for the attributes."""
        for (slot, _), value in zip(self.layout.attributes, attributes, strict=True):
            self.values[slot] = value

    def hear(self, at: Micros) -> bool:
        """The device is heard at `at`; True when what holds while it is heard is known again by that."""
        self.heard = max(at, self.heard)
        if self.listening:
            return False
        self.listening = True
        for slot in self.layout.steady:
            if self.values[slot] is None:
                self.values[slot], self.old[slot] = self.old[slot], None
        return True

    def expire(self, at: Micros) -> Micros:
        """Forget, for judging, what has worn off by `at`; answers when the next value will."""
        due, values, seen, old = NEVER, self.values, self.seen, self.old
        for gap, slots in self.layout.wearing:
            edge = at - gap
            for slot in slots:
                if values[slot] is not None:
                    if seen[slot] <= edge:
                        old[slot], values[slot] = values[slot], None
                    elif seen[slot] + gap < due:
                        due = seen[slot] + gap
        if self.listening and self.heard + self.layout.unheard_after <= at:
            self.listening = False
            for slot in self.layout.steady:
                if values[slot] is not None:
                    self.old[slot], values[slot] = values[slot], None
        return min(due, self.heard + self.layout.unheard_after) if self.listening else due

    def next_expiry(self) -> Micros:
        """When the next value wears off, NEVER when none will."""
        due = self.heard + self.layout.unheard_after if self.listening else NEVER
        for slot, gap in self.layout.fading:
            if self.values[slot] is not None:
                due = min(due, self.seen[slot] + gap)
        return due

    def whole(self, at: Micros) -> bool:
        """Whether every metric is known, and as of `at` unless a quiet device need not repeat it."""
        values, seen, layout = self.values, self.seen, self.layout
        for slot in layout.repeated:
            if seen[slot] != at:
                return False
        return None not in [values[slot] for slot in layout.measured]

    def ages(self) -> list[Micros]:
        """When the metrics were observed that a quiet device need not repeat, in the order of the plan."""
        doors, seen = self.book.doors, self.seen
        return [seen[doors[name].slot] for name in self.book.plan.held]

    def plain(self) -> list[Value]:
        """The values of all metrics, in the order of the book; they must be `whole`."""
        return [self.values[entry.slot] for entry in self.book.doors.values()]  # type: ignore[misc]

    def latest(self) -> dict[str, tuple[Value, Micros]]:
        """The last known value of every metric with the time of its observation, worn off or not."""
        found: dict[str, tuple[Value, Micros]] = {}
        for entry_name, entry in self.book.doors.items():
            value = self.values[entry.slot]
            shown = self.old[entry.slot] if value is None else value
            if shown is not None:
                found[entry_name] = (shown, self.seen[entry.slot])
        return found
