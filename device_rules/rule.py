"""One compiled rule, the metrics it may look at, and the places where their values are kept.

Constants all: made once when a book is loaded, never changed while devices are judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from device_rules.fault import Severity
from device_rules.hold import Span
from device_rules.model import TestText, Type
from device_rules.reading import Micros
from device_rules.tree import Node

WHILE_HEARD: Micros = 0
"""The gap of a metric that is sent on change: it holds while the device is heard."""
FOREVER: Micros = -1
"""The gap of what does not wear off: attributes, presence, silence."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A measured value of this model. `every` is None when it is sent on change; spans are µs.

    An observation holds for `max_gap`; WHILE_HEARD (0) means as long as the device is heard.
    """

    name: str
    type: Type
    unit: str
    range: tuple[float, float] | None
    every: Micros | None
    max_gap: Micros
    kind: Literal["gauge", "counter"]
    values: tuple[str, ...]
    title: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A place among a device's values: a metric with the gap that a rule asks for, or another name."""

    name: str
    sort: Literal["metric", "attribute", "presence", "silence", "derived"]
    gap: Micros


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a rule may raise: on `days` (1 Monday … 7 Sunday) from `start` to `end` (µs of the day, local).

    An `end` at or before `start` is on the next day; the hours after midnight belong to the day before.
    """

    days: tuple[int, ...]
    start: Micros
    end: Micros


@dataclass(frozen=True, slots=True)
class Group:
    """Of whom a rule asks a share: `by` is ("fleet",), ("site",) or some of ("model", "firmware", "region").

    The rule holds when `fraction` (0..1) of at least `at_least` devices with a known answer say yes.
    """

    by: tuple[str, ...]
    fraction: float
    at_least: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One compiled rule. `conditions` are `when`, `clear` (which `when` outweighs) and the levels.

    `proof_slots` hold the metrics of `when` whose observations wear off: a fresh one of these is proof.
    `silent_for` of a `learned` silence is the shortest it can be (µs). `looks` are all slots that its
    conditions look at, those behind derived values included, `events` the names of the events they count.
    """

    id: str
    title: str
    severity: Severity
    conditions: tuple[Node, ...]
    need: Span
    calm: Span
    levels: tuple[Severity, ...]
    unless: tuple[str, ...]
    silent_for: Micros | None
    silence_slot: int
    proof_slots: tuple[int, ...]
    rests_on_readings: bool
    packet: tuple[str, ...]
    play: str
    shadow: bool
    fingerprint: str
    tests: tuple[TestText, ...]
    schedule: Schedule | None = None
    heeds_maintenance: bool = True
    group: Group | None = None
    learned: bool = False
    looks: frozenset[int] = frozenset()
    events: frozenset[str] = frozenset()

    @property
    def when(self) -> Node:
        """The condition that raises."""
        return self.conditions[0]

    @property
    def clear(self) -> Node:
        """The condition that clears, with `when` taken out of it."""
        return self.conditions[1]

    def severity_with(self, levels: list[bool]) -> Severity:
        """The worst of the rule's own severity and the levels that are on."""
        worst = self.severity
        if not levels:
            return worst
        for severity, on in zip(self.levels, levels, strict=True):
            if on and severity.rank > worst.rank:
                worst = severity
        return worst
