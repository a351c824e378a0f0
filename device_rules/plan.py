"""Who is asked when: for each thing that can arrive, the rules that look at it and the derived values they need.

Rules are numbered in the order in which they are judged; a set of rules is an int with a bit for each.
Made once per book; nothing here changes while devices are judged, but for the memory of answers given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from device_rules.compile import Judge, Mask, compile_judge, compile_mask
from device_rules.reading import Micros
from device_rules.rule import Rule, Slot
from device_rules.source import EventMatch, Source
from device_rules.steady import MOST_LISTED, held_of
from device_rules.tree import Node, leaves

MOST_REMEMBERED = 1_000

OF_METRICS = frozenset(
    [
        "avg",
        "min",
        "max",
        "sum",
        "count",
        "stddev",
        "quantile",
        "first",
        "last",
        "delta",
        "increase",
        "rate",
        "changes",
        "prev",
        "stuck",
        "drift",
        "unusual",
        "forecast",
    ]
)
OF_CONDITIONS = frozenset(["share", "times", "consecutive", "sequence"])
KEPT = OF_METRICS | OF_CONDITIONS | {"events"}
"""The forms that remember something per device; the others are worked out on the spot or told."""
LOOKING_BACK = frozenset(["prev", "stuck"])
TOLD = frozenset(["fleet", "any", "all"])
"""The forms whose values come from the judge of groups."""


class Silence(NamedTuple):
    """Something that comes true when nothing is heard for `span` µs: of the device, or of one metric.

    `slot` is where the answer goes, `base` the slot of the metric (-1: the whole device), `key` what its
    delay after our own absence is drawn from. `learned` spans come from the device's own habit.
    """

    slot: int
    span: Micros
    base: int
    key: str
    learned: bool


class Watcher(NamedTuple):
    """A derived value that watches conditions or events: how to find their truth, and when to look.

    `judge` answers the truth of every condition, `events` the event of each step that is one. `brings`
    are the slots of which a reading must bring one (empty: any reading) for a `consecutive` to count it.
    `place` is the number of the source, `until` what ends a sequence that has come to its end.
    """

    place: int
    source: Source
    judge: Judge
    events: tuple[EventMatch | None, ...]
    brings: frozenset[int]
    until: Judge | None


@dataclass(frozen=True, slots=True)
class Plan:
    """The questions of one book. `asked` and `masks` are by metric: the rules whose `when` looks at it, and
    which of these are known to be true."""

    sources: tuple[Source, ...]
    asked: Mapping[str, int]
    masks: Mapping[str, Mask]
    by_event: Mapping[str, int]
    by_slot: Mapping[int, int]
    pushed: Mapping[str, tuple[int, ...]]
    counted: Mapping[str, tuple[int, ...]]
    watchers: tuple[Watcher, ...]
    needed_by_watchers: tuple[int, ...]
    sequences: tuple[int, ...]
    silences: tuple[Silence, ...]
    every_rule: int
    of_rule: tuple[tuple[int, ...], ...]
    prevs: Mapping[str, tuple[int, ...]]
    previous: tuple[int, ...]
    learns: bool
    keeps: bool
    quick: bool
    shares: bool
    held: tuple[str, ...]
    _remembered: dict[int, tuple[int, ...]] = field(default_factory=dict)

    @property
    def wide(self) -> bool:
        """Whether a quiet device is looked at by what its readings bring."""
        return len(self.held) > MOST_LISTED

    def sources_of(self, rules: int) -> tuple[int, ...]:
        """The derived values that these rules look at."""
        found = self._remembered.get(rules)
        if found is None:
            numbers = (number for number in range(len(self.of_rule)) if rules >> number & 1)
            found = tuple(sorted({index for number in numbers for index in self.of_rule[number]}))
            if len(self._remembered) >= MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[rules] = found
        return found


def plan_of(rules: Sequence[Rule], slots: Sequence[Slot], sources: tuple[Source, ...]) -> Plan:
    """The plan of a book."""
    place = {source.slot: index for index, source in enumerate(sources)}
    by_slot, by_event = _askers(rules, sources, place)
    watchers = tuple(
        _watcher(index, source, slots, _behind(source, sources, place))
        for index, source in enumerate(sources)
        if source.form in OF_CONDITIONS
    )
    asked = _asked(slots, by_slot, watchers)
    return Plan(
        sources=sources,
        asked=asked,
        masks={name: _mask(rules, bits, len(slots)) for name, bits in asked.items()},
        by_event=by_event,
        by_slot=by_slot,
        pushed=_by_name(
            (slots[source.base].name, index)
            for index, source in enumerate(sources)
            if source.form in OF_METRICS and source.form != "prev"
        ),
        counted=_by_name(
            (one.event.name, index) for index, one in enumerate(sources) if one.event is not None
        ),
        watchers=watchers,
        needed_by_watchers=_inner(watchers, place),
        sequences=tuple(index for index, source in enumerate(sources) if source.form == "sequence"),
        silences=_silences(rules, sources),
        every_rule=sum(1 << number for number, rule in enumerate(rules) if rule.group is None),
        of_rule=tuple(_sources_in(rule.conditions, place) for rule in rules),
        prevs=_by_name(
            (slots[one.base].name, index) for index, one in enumerate(sources) if one.form in LOOKING_BACK
        ),
        previous=tuple(index for index, source in enumerate(sources) if source.form == "prev"),
        learns=any(rule.learned for rule in rules),
        keeps=any(source.form in KEPT for source in sources),
        quick=_quick(rules, sources),
        shares=any(rule.group is not None for rule in rules),
        held=held_of(slots, sources),
    )


def _askers(
    rules: Sequence[Rule], sources: Sequence[Source], place: Mapping[int, int]
) -> tuple[dict[int, int], dict[str, int]]:
    """The rules that look at each slot and at each event; one that asks about a group is asked of the group."""
    by_slot: dict[int, int] = {}
    by_event: dict[str, int] = {}
    for number, rule in enumerate(rules):
        if rule.group is None:
            for slot in _looked_at(rule.when, sources, place):
                by_slot[slot] = by_slot.get(slot, 0) | 1 << number
            for name in _events_of(rule.when, sources, place):
                by_event[name] = by_event.get(name, 0) | 1 << number
    return by_slot, by_event


def _asked(slots: Sequence[Slot], by_slot: Mapping[int, int], watchers: Sequence[Watcher]) -> dict[str, int]:
    """The rules that look at each metric; a `consecutive` over none that wears off looks at every one."""
    rows = [
        watcher.source.slot
        for watcher in watchers
        if watcher.source.form == "consecutive" and not watcher.brings
    ]
    every = 0
    for row in rows:
        every |= by_slot.get(row, 0)
    asked: dict[str, int] = {}
    for place, slot in enumerate(slots):
        bits = every | by_slot.get(place, 0)
        if slot.sort == "metric" and bits:
            asked[slot.name] = asked.get(slot.name, 0) | bits
    return asked


def _quick(rules: Sequence[Rule], sources: Sequence[Source]) -> bool:
    """Whether devices can be quiet: nothing is told from outside or learned from pauses, and what is counted for
    a group can be seen from the latest values alone."""
    derived = {source.slot for source in sources}
    shares = [rule for rule in rules if rule.group is not None]
    return not (
        any(rule.learned for rule in rules)
        or any(source.form in TOLD for source in sources)
        or any(leaf.slot in derived for rule in shares for leaf in leaves(rule.when))
    )


def conditions_of(source: Source) -> tuple[Node, ...]:
    """The conditions that a derived value watches."""
    if source.condition is not None:
        return (source.condition,)
    return tuple(step.watched for step in source.steps if not isinstance(step.watched, EventMatch))


def _looked_at(node: Node, sources: Sequence[Source], place: Mapping[int, int]) -> set[int]:
    """Every slot that a condition looks at, those behind derived values included."""
    found: set[int] = set()
    for leaf in leaves(node):
        found.add(leaf.slot)
        if leaf.slot in place:
            source = sources[place[leaf.slot]]
            if source.base >= 0:
                found.add(source.base)
            for inner in conditions_of(source):
                found |= _looked_at(inner, sources, place)
    return found


def _events_of(node: Node, sources: Sequence[Source], place: Mapping[int, int]) -> set[str]:
    names: set[str] = set()
    for leaf in leaves(node):
        if leaf.slot in place:
            source = sources[place[leaf.slot]]
            matches = [source.event, *(step.watched for step in source.steps)]
            names |= {match.name for match in matches if isinstance(match, EventMatch)}
            for inner in conditions_of(source):
                names |= _events_of(inner, sources, place)
    return names


def _sources_in(conditions: Sequence[Node], place: Mapping[int, int]) -> tuple[int, ...]:
    return tuple(
        dict.fromkeys(place[leaf.slot] for node in conditions for leaf in leaves(node) if leaf.slot in place)
    )


def _inner(watchers: Sequence[Watcher], place: Mapping[int, int]) -> tuple[int, ...]:
    conditions = [node for watcher in watchers for node in conditions_of(watcher.source)]
    conditions += [watcher.source.until for watcher in watchers if watcher.source.until is not None]
    return _sources_in(conditions, place)


def _behind(source: Source, sources: Sequence[Source], place: Mapping[int, int]) -> set[int]:
    """Every slot that the conditions of a derived value look at."""
    return {slot for node in conditions_of(source) for slot in _looked_at(node, sources, place)}


def _watcher(index: int, source: Source, slots: Sequence[Slot], seen: set[int]) -> Watcher:
    conditions = conditions_of(source)
    return Watcher(
        index,
        source,
        compile_judge(conditions, len(slots)),
        tuple(step.watched if isinstance(step.watched, EventMatch) else None for step in source.steps),
        frozenset(slot for slot in seen if slots[slot].sort == "metric" and slots[slot].gap > 0),
        compile_judge([source.until], len(slots)) if source.until is not None else None,
    )


def _mask(rules: Sequence[Rule], bits: int, width: int) -> Mask:
    asked = {number: rules[number].when for number in range(len(rules)) if bits >> number & 1}
    return compile_mask(list(asked.values()), width, list(asked))


def _by_name(pairs: Iterable[tuple[str, int]]) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for name, index in pairs:
        found[name] = (*found.get(name, ()), index)
    return found


def _silences(rules: Sequence[Rule], sources: Sequence[Source]) -> tuple[Silence, ...]:
    of_devices = [
        Silence(rule.silence_slot, rule.silent_for, -1, rule.id, rule.learned)
        for rule in rules
        if rule.silent_for is not None
    ]
    of_metrics = [
        Silence(source.slot, source.span, source.base, source.text, False)
        for source in sources
        if source.form == "missing"
    ]
    return (*of_devices, *of_metrics)
