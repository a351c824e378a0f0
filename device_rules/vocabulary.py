"""What the conditions of a book may speak of, and the slot in which each value is kept.

Metrics, attributes, `presence`, one answer per rule that asks about silence, and the functions of time. A
rule with its own `max_gap` gets its own slots for the metrics it looks at, since for it they wear off at
another time; so do functions of time under another `max_gap` or coverage.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from device_rules.comparison import Wrong
from device_rules.durations import spell_span
from device_rules.functions import FUNCTIONS
from device_rules.language import Names
from device_rules.limits import MOST_SOURCES, TOO_MANY
from device_rules.model import ON_CHANGE, AttributeText, BookText, MetricText, NeedsText
from device_rules.reading import Micros, PresenceState, Value
from device_rules.rule import FOREVER, WHILE_HEARD, Metric, Slot
from device_rules.source import EventMatch, Source
from device_rules.tree import Kind, Node, Ref, leaves
from device_rules.yaml_file import Path

KINDS = {"float": Kind.NUMBER, "int": Kind.NUMBER, "bool": Kind.BOOL, "enum": Kind.TEXT, "text": Kind.TEXT}
PRESENCES = tuple(state.value for state in PresenceState)
RESERVED = {"attr", "presence", "true", "false", "null", "every", "attributes"}

PLAIN = NeedsText()
UNTOLD = frozenset(["missing", "fleet", "any", "all", "hour", "weekday"])
"""What these tell does not come with the device's own readings."""

LARGEST = 1e300

Complain = Callable[[Path, str], None]


@dataclass(frozen=True, slots=True)
class _Plain(Mapping[str, Ref]):
    """The metrics and `presence` under one `max_gap`; a slot is taken when a name is first looked up."""

    words: Vocabulary
    gap: Micros | None

    def __getitem__(self, name: str) -> Ref:
        return self.words.ref(name, self.gap)

    def __iter__(self) -> Iterator[str]:
        yield from self.words.metrics
        yield "presence"

    def __len__(self) -> int:
        return len(self.words.metrics) + 1


class _Watch:
    """Where the functions of time in a rule with these needs are kept."""

    def __init__(self, words: Vocabulary, needs: NeedsText) -> None:
        self.words, self.needs = words, needs
        self.expect_every, self.coverage = words.draft.expect_every, needs.coverage

    def metric(self, name: str) -> Metric | None:
        """The metric of that name."""
        return self.words.metrics.get(name)

    def watch(self, source: Source) -> Source:
        """The source with its slot, the same one for the same meaning."""
        return self.words.watch(source, self.needs)


class Vocabulary:
    """The names of one book. Mistakes go to `complain` with their path."""

    def __init__(self, draft: BookText, complain: Complain) -> None:
        self.draft, self.complain = draft, complain
        self.slots: list[Slot] = []
        self._places: dict[Slot, int] = {}
        self._sources: dict[int, Source] = {}
        self._notes: dict[int, frozenset[str]] = {}
        self.metrics = {name: self._metric(name, text) for name, text in draft.metrics.items()}
        for metric in self.metrics.values():
            self.slot(Slot(metric.name, "metric", metric.max_gap))
        self.attributes = {name: self._attribute(name, text) for name, text in draft.attributes.items()}
        self.said = {word for metric in self.metrics.values() for word in metric.values} | set(PRESENCES)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The derived values; those that stand inside others come before them."""
        return tuple(self._sources.values())

    def source(self, slot: int) -> Source | None:
        """The derived value that is kept there."""
        return self._sources.get(slot)

    def slot(self, slot: Slot) -> int:
        """The place of `slot` among a device's values."""
        place = self._places.setdefault(slot, len(self.slots))
        if place == len(self.slots):
            self.slots.append(slot)
        return place

    def names(self, needs: NeedsText = PLAIN) -> Names:
        """The names as a rule with these needs sees them."""
        return Names(_Plain(self, needs.max_gap), self.attributes, _Watch(self, needs), self.said)

    def ref(self, name: str, gap: Micros | None) -> Ref:
        """A metric or `presence`; a metric that fades wears off after `gap`. Raises KeyError."""
        if name == "presence":
            slot = self.slot(Slot("presence", "presence", FOREVER))
            return Ref("presence", Kind.TEXT, slot, "", PRESENCES)
        metric = self.metrics[name]
        own = metric.max_gap if gap is None or metric.max_gap == WHILE_HEARD else gap
        slot = self.slot(Slot(name, "metric", own))
        return Ref(name, KINDS[metric.type], slot, metric.unit, metric.values, metric.range)

    def watch(self, source: Source, needs: NeedsText) -> Source:
        """The source at its slot, its name telling what its needs change; one for one meaning. Raises Wrong."""
        notes = self._noted(source, needs)
        text = f"{source.text} [{', '.join(sorted(notes))}]" if notes else source.text
        slot = self.slot(Slot(text, "derived", FOREVER))
        self._notes[slot] = notes
        if len(self._sources) >= MOST_SOURCES and slot not in self._sources:
            raise Wrong(TOO_MANY)
        return self._sources.setdefault(slot, replace(source, text=text, slot=slot))

    def looks(self, node: Node) -> Iterator[tuple[int, Source | None]]:
        """Every slot that `node` looks at, each with the derived value that is kept there or observes it."""
        for leaf in leaves(node):
            source = self._sources.get(leaf.slot)
            yield leaf.slot, source
            if source is not None:
                yield from self.within(source)

    def within(self, source: Source) -> Iterator[tuple[int, Source | None]]:
        """What a derived value looks at itself, as `looks` tells it."""
        if source.base >= 0:
            yield source.base, source
        for inner in conditions_of(source):
            yield from self.looks(inner)

    def rests_on(self, node: Node) -> set[int]:
        """The slots whose observations `node` rests on; that something is missing, or what others tell, is none."""
        found: set[int] = set()
        for leaf in leaves(node):
            source = self._sources.get(leaf.slot)
            if source is None or source.form not in UNTOLD:
                found.add(leaf.slot)
            if source is not None and source.form not in UNTOLD:
                found |= {source.base} - {-1}
                for inner in conditions_of(source):
                    found |= self.rests_on(inner)
        return found

    def _noted(self, source: Source, needs: NeedsText) -> frozenset[str]:
        """The needs that make this value another one than the same call has in a rule without any."""
        notes: set[str] = set()
        filled = source.form in FUNCTIONS and FUNCTIONS[source.form].filled and source.expected
        if filled and needs.coverage != PLAIN.coverage:
            notes.add(f"coverage {needs.coverage:g}")
        for place, _ in self.within(source):
            slot = self.slots[place]
            notes |= self._notes.get(place, frozenset())
            if slot.sort == "metric" and slot.gap != self.metrics[slot.name].max_gap:
                notes.add(f"max_gap {spell_span(slot.gap)}")
        return frozenset(notes)

    def _metric(self, name: str, text: MetricText) -> Metric:
        path: Path = ("metrics", name)
        if keyword.iskeyword(name) or name in RESERVED:
            self.complain(path, f"`{name}` is a word of the language; call the metric something else")
        self._check(path, text)
        every = self.draft.expect_every if text.every is None else text.every
        gap = WHILE_HEARD if every == ON_CHANGE else 3 * every
        return Metric(
            name=name,
            type=text.type,
            unit=text.unit,
            range=text.range,
            every=every or None,
            max_gap=gap if text.max_gap is None else text.max_gap,
            kind=text.kind,
            values=tuple(text.values),
            title=text.title,
        )

    def _check(self, path: Path, text: MetricText) -> None:
        number = text.type in {"float", "int"}
        if (text.type == "enum") != bool(text.values):
            self.complain(path, "an enum needs `values: […]`, and nothing else has them")
        low, high = text.range or (0.0, 1.0)
        if not (-LARGEST < low < high < LARGEST and (number or text.range is None)):
            self.complain(
                (*path, "range"), "a range is for a number and goes from low to high, like [-40, 120]"
            )
        if text.kind == "counter" and not number:
            self.complain((*path, "kind"), "only a number can be a counter")
        if text.max_gap == 0:
            self.complain((*path, "max_gap"), "an observation must hold for some time; write a span like 3m")

    def _attribute(self, name: str, text: AttributeText) -> Ref:
        path: Path = ("attributes", name)
        if (text.type == "enum") != bool(text.values):
            self.complain(path, "an enum needs `values: […]`, and nothing else has them")
        if text.default is not None and fitting(text, text.default) is None:
            self.complain((*path, "default"), f"`{text.default}` is not a value of type {text.type}")
        slot = self.slot(Slot(name, "attribute", FOREVER))
        return Ref(f"attr.{name}", KINDS[text.type], slot, text.unit, tuple(text.values), measured=False)


def conditions_of(source: Source) -> list[Node]:
    """The conditions that a derived value watches."""
    watched = (source.condition, *(step.watched for step in source.steps))
    return [node for node in watched if node is not None and not isinstance(node, EventMatch)]


def events_of(source: Source) -> list[EventMatch]:
    """The events that a derived value counts or waits for."""
    watched = (source.event, *(step.watched for step in source.steps))
    return [match for match in watched if isinstance(match, EventMatch)]


def fitting(text: AttributeText, value: object) -> Value | None:
    """An attribute's value as the engine keeps it; None when it is of the wrong type."""
    kind = KINDS[text.type]
    if kind is Kind.NUMBER and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if abs(value) < 1e300 else None
    if kind is Kind.BOOL and isinstance(value, bool):
        return value
    if kind is Kind.TEXT and isinstance(value, str) and (not text.values or value in text.values):
        return value
    return None
