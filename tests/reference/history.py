"""All that one device ever told, kept whole, and what is known of it at a moment (1, 2, 6 to 8, 20).

Moments called `at` are of the device's own time, those called `hub` of the hub's clock.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from device_rules.book import RuleBook
from device_rules.reading import DAY, Describe, Event, Micros, PresenceState, Reading, Value
from device_rules.rule import WHILE_HEARD, Metric, Slot
from device_rules.vocabulary import fitting

FEWEST_PAUSES = 20
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
    heard: Micros | None = None  # the last sign of life, by the hub's clock
    heard_own: Micros | None = None  # and by its own
    received: dict[str, Micros] = field(default_factory=dict)  # by the hub's clock
    events: list[Event] = field(default_factory=list)
    pauses: list[Micros] = field(default_factory=list)
    unheard: bool = False
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
    def heard_until(self) -> Micros | None:
        """The own time until which the device counts as heard."""
        return None if self.heard_own is None else self.heard_own + 3 * self.book.expect_every

    def is_heard(self, at: Micros) -> bool:
        """Whether the device counts as heard at a moment."""
        return self.heard_until is not None and at < self.heard_until and not self.unheard

    def counts_from(self, last: Micros | None) -> Micros | None:
        """The hub's moment from which a silence counts; None when it does not (20)."""
        if last is None or self.listening_since is None:
            return None
        return max(last, self.listening_since)

    def jitter(self, last: Micros | None, name: str, span: Micros) -> Micros:
        """What is added to a silence of `span` when the hub itself was away since `last`."""
        if last is None or self.counts_from(last) == last:
            return 0
        text = f"{self.described.device}\x00{name}".encode()
        return int.from_bytes(hashlib.blake2b(text, digest_size=6).digest(), "big") % (span // 10)

    def learned(self, least: Micros) -> Micros | None:
        """Three times the longest pause of late; None before there were twenty."""
        if len(self.pauses) < FEWEST_PAUSES:
            return None
        blocks = [self.pauses[begin : begin + 8] for begin in range(0, len(self.pauses), 8)]
        longest = max(max(block) for block in blocks[-8:])
        return min(max(3 * longest, least), 7 * DAY)

    def is_repeated_event(self, event: Event) -> bool:
        """Whether it is one of the last eight events once more."""
        return any(
            (old.effective, old.name, old.data) == (event.effective, event.name, event.data)
            for old in self.events[-8:]
        )

    # -- taking records in -----------------------------------------------------------------------
    def is_taken(self, reading: Reading) -> bool:
        """Whether a reading is news (2)."""
        if reading.retained or self.is_repeated(reading):
            return False
        return not self.taken or reading.effective >= self.taken[-1].effective

    def is_repeated(self, reading: Reading) -> bool:
        """Whether it is of the newest moment, and its values were taken then."""
        newest = self.clock is not None and reading.effective == self.clock.effective
        same = [old for old in self.taken if old.effective == reading.effective] if newest else []
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
                self.received[name] = reading.received
                believed = believable(self.book.metrics[name], value)
                self.observed.setdefault(name, []).append(Observation(reading.effective, believed))
                self.worn -= {slot for slot in self.worn if slot.name == name}

    def hear(self, hub: Micros, own: Micros) -> None:
        """A sign of life."""
        if self.heard is not None and self.heard < hub and (self.listening_since or self.heard) <= self.heard:
            self.pauses.append(hub - self.heard)
        self.heard = hub if self.heard is None else max(self.heard, hub)
        self.heard_own = own if self.heard_own is None else max(self.heard_own, own)
        self.unheard = False
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
        self.unheard = self.unheard or not self.is_heard(at)
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
