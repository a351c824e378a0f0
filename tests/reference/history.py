"""All that one device ever told, kept whole, and what is known of it at a moment (1, 2, 6 to 8, 20).

Moments called `at` are of the device's own time, those called `hub` of the hub's clock.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from device_rules.book import RuleBook
from device_rules.reading import Describe, Micros, PresenceState, Reading, Value
from device_rules.rule import WHILE_HEARD, Metric, Slot
from device_rules.vocabulary import fitting

GONE = (PresenceState.OFFLINE_CLEAN, PresenceState.OFFLINE_LOST, PresenceState.STALE)


@dataclass(frozen=True, slots=True)
class Observation:
    """A value and the own time at which it was observed; None is one that is not believed."""

    at: Micros
    value: Value | None


@dataclass(slots=True)
class History:
    """One device's."""

    book: RuleBook
    described: Describe
    listening_since: Micros | None
    taken: list[Reading] = field(default_factory=list)
    observed: dict[str, list[Observation]] = field(default_factory=dict)
    retained: dict[str, Observation] = field(default_factory=dict)
    presence: list[tuple[Micros, PresenceState]] = field(default_factory=list)  # by the hub's clock
    lives: list[tuple[Micros, Micros]] = field(default_factory=list)  # by the hub's clock, and its own time
    filled: set[str] = field(default_factory=set)  # by retained readings since the last record
    worn: set[Slot] = field(default_factory=set)
    clock: Reading | None = None  # the first of the readings of the newest moment

    # -- two clocks ------------------------------------------------------------------------------
    @property
    def skew(self) -> Micros:
        """What the own time is ahead of the hub's clock."""
        return self.clock.effective - self.clock.received if self.clock is not None else 0

    @property
    def late(self) -> bool:
        """Whether what was last taken came late."""
        return self.clock is not None and self.clock.late

    @property
    def heard(self) -> Micros | None:
        """The hub's moment of the last sign of life."""
        return max((hub for hub, _ in self.lives), default=None)

    @property
    def heard_until(self) -> Micros | None:
        """The own time until which the device counts as heard."""
        last = max((own for _, own in self.lives), default=None)
        return None if last is None else last + 3 * self.book.expect_every

    def is_heard(self, at: Micros) -> bool:
        """Whether the device counts as heard at a moment."""
        return self.heard_until is not None and at < self.heard_until

    @property
    def silent_since(self) -> Micros | None:
        """The hub's moment from which silence counts; None when it does not (20)."""
        if self.heard is None or self.listening_since is None:
            return None
        return max(self.heard, self.listening_since)

    def jitter(self, rule: str, span: Micros) -> Micros:
        """What is added to a silence of `span` when the hub itself was away since the device was heard."""
        if self.heard is None or self.silent_since == self.heard:
            return 0
        name = f"{self.described.device}\x00{rule}".encode()
        return int.from_bytes(hashlib.blake2b(name, digest_size=6).digest(), "big") % (span // 10)

    # -- taking records in -----------------------------------------------------------------------
    def is_taken(self, reading: Reading) -> bool:
        """Whether a reading is news (2)."""
        if reading.retained:
            return False
        if not self.taken or reading.effective > self.taken[-1].effective:
            return True
        return reading.effective == self.taken[-1].effective and not self.is_repeated(reading)

    def is_repeated(self, reading: Reading) -> bool:
        """Whether these values of this moment were taken before."""
        same = [old for old in self.taken if old.effective == reading.effective]
        return any(alike(old.values, reading.values) for old in same)

    def is_first(self, reading: Reading) -> bool:
        """Whether nothing of its moment, nor of a later one, was taken before."""
        return self.clock is None or reading.effective > self.clock.effective

    def take(self, reading: Reading) -> None:
        """Take a reading that is news. The first of its moment sets the clock and is the sign of life."""
        self.taken.append(reading)
        if self.is_first(reading):
            self.hear(reading.received, reading.effective)
            self.clock = reading
        for name, value in reading.values.items():
            if name in self.book.metrics:
                believed = believable(self.book.metrics[name], value)
                self.observed.setdefault(name, []).append(Observation(reading.effective, believed))
                self.worn -= {slot for slot in self.worn if slot.name == name}

    def hear(self, hub: Micros, own: Micros) -> None:
        """A sign of life."""
        self.lives.append((hub, own))
        self.worn -= {slot for slot in self.worn if slot.gap == WHILE_HEARD}

    def is_disproved(self, hub: Micros) -> bool:
        """Whether the last sign of presence said that it was gone, and a reading received at `hub` says it is not."""
        return bool(self.presence) and self.presence[-1][0] <= hub and self.presence[-1][1] in GONE

    def fill(self, reading: Reading) -> None:
        """Fill in what a retained reading says of metrics of which nothing was ever known."""
        for name, value in reading.values.items():
            if name in self.book.metrics and self.last(name) is None:
                believed = believable(self.book.metrics[name], value)
                if believed is not None:
                    self.retained[name] = Observation(reading.effective, believed)
                    self.filled.add(name)

    # -- what is known ---------------------------------------------------------------------------
    def last(self, metric: str) -> Observation | None:
        """The newest observation of a metric, worn off or not."""
        if metric in self.observed:
            return self.observed[metric][-1]
        return self.retained.get(metric)

    def until(self, metric: str, gap: Micros) -> Micros | None:
        """The own time from which on the last observation has worn off."""
        last = self.last(metric)
        if last is None or last.value is None:
            return None
        return self.heard_until if gap == WHILE_HEARD else last.at + gap

    def wear_off(self, at: Micros) -> None:
        """What has worn off at a moment stays so until it is observed, or the device heard, again."""
        for slot in self.book.slots:
            if slot.sort == "metric" and slot not in self.worn:
                until = self.until(slot.name, slot.gap)
                if until is not None and until <= at:
                    self.worn.add(slot)

    def value(self, slot: Slot) -> Value | None:
        """What is in a slot."""
        if slot.sort == "attribute":
            return self.attribute(slot.name)
        if slot.sort == "presence":
            return self.presence[-1][1].value if self.presence else None
        last = self.last(slot.name)
        return None if last is None or slot in self.worn or self.heard is None else last.value

    def attribute(self, name: str) -> Value | None:
        """The device's own value, else the book's (8)."""
        text = self.book.attributes[name]
        own = self.described.attributes.get(name)
        fit = None if own is None else fitting(text, own)
        if fit is None and text.default is not None:
            return fitting(text, text.default)
        return fit


def alike(one: dict[str, Value], other: dict[str, Value]) -> bool:
    """The same values; NaN is the same as NaN."""
    return repr(sorted(one.items())) == repr(sorted(other.items()))


def believable(metric: Metric, value: Value) -> Value | None:
    """The value as the rules see it, None when it is not believed (6)."""
    if metric.type in ("float", "int"):
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        low, high = metric.range or (-1e300, 1e300)
        return float(value) if low <= value <= high else None
    if metric.type == "bool":
        return value if isinstance(value, bool) else None
    if not isinstance(value, str) or (metric.type == "enum" and value not in metric.values):
        return None
    return value
