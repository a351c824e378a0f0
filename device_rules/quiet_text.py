"""Writes, for one book, the function that reads for devices of which all is well.

It takes a reading that brings every metric of the book and finds that no rule can begin: an envelope of limits per metric first, then whatever else the rules ask, then the windows. Anything
else it leaves to the ward, which judges exactly. So what is quick here is only that nothing happens.

The text is made from checked nodes and names alone, never from what an author wrote.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Iterator

from device_rules.book import RuleBook
from device_rules.compile import Python, joined
from device_rules.envelope import Envelope, limit_of
from device_rules.groups import counted_of
from device_rules.plan import OF_METRICS, conditions_of
from device_rules.rule import Metric, Rule
from device_rules.source import Source
from device_rules.tree import Kind, Node, leaves
from device_rules.vocabulary import KINDS

LARGEST = sys.float_info.max
CLOCKS = {"hour", "weekday"}
WATCHED = {"share", "times"}


class Quiet:
    """The source of one book's function. `known` are the slots that are never None in it."""

    def __init__(self, book: RuleBook) -> None:
        self.book = book
        self.metrics = list(book.metrics.values())
        self.place = {name: number for number, name in enumerate(book.metrics)}
        self.by_slot = {source.slot: (index, source) for index, source in enumerate(book.sources)}
        self.held = {name: number for number, name in enumerate(book.plan.held)}
        self.known = frozenset(
            place for place, slot in enumerate(book.slots) if slot.sort in {"metric", "silence"}
        ) | {source.slot for source in book.sources if source.form == "prev"}
        self.say = Python(self.known)
        self.envelope = Envelope(
            frozenset(place for place, slot in enumerate(book.slots) if slot.sort == "metric")
        )
        for rule in self._always_asked():
            self.envelope.add(rule.when)
        for source in book.sources:
            if source.form in {"consecutive", "sequence"}:
                for node in conditions_of(source):
                    self.envelope.add(node)
        self.calm = {source.slot for source in book.sources if self._rises_only_as_it_happens(source)}
        counted = counted_of(book)
        self.watched = [watch.node for watch in counted.watches] if counted else []
        shared = [source.condition for source in book.sources if source.form == "share" and source.condition]
        self.pushed = frozenset(
            [leaf.slot for node in shared for leaf in leaves(node)]
            + [source.base for source in book.sources if source.form in OF_METRICS - {"prev"}]
        )

    def _always_asked(self) -> list[Rule]:
        """The rules that any reading may begin."""
        return begun_by_readings(self.book)

    def lines(self) -> list[str]:
        """The function, line by line."""
        return [
            "def compiled(self, reading):",
            "    if self.ward is None:",
            "        at = reading.effective",
            "        received = reading.received",
            "        values = reading.values",
            f"        if 0 < at - self.effective < {self.book.layout.shortest} and received >= self.received \\",
            "                and not reading.late and not reading.retained:",
            "            try:",
            *self._indent(self._unpacked(), 4),
            *self._indent(self._judged(), 4),
            "            except (KeyError, TypeError):",
            "                pass",
            *self._indent(self._else(), 1),
        ]

    def _else(self) -> Iterator[str]:
        """What is done with any other reading."""
        yield "return closely(self, reading)"

    def _unpacked(self) -> Iterator[str]:
        """The values; what is sent on change and was not sent is as it was."""
        if self.held or any(source.form == "prev" for source in self.book.sources):
            yield "old = self.values"
        for metric in self.metrics:
            entry = self.book.doors[metric.name]
            name, value = f"v{entry.slot}", f"values[{metric.name!r}]"
            if metric.name in self.held:
                yield f"{name} = values.get({metric.name!r})"
                yield f"h{entry.slot} = {name} is None"
                yield f"if h{entry.slot}:"
                yield f"    {name} = old[{self.place[metric.name]}]"
                if metric.values:
                    yield "else:"
                    yield f"    {name} = words{entry.slot}[{name}]"
            else:
                yield f"{name} = {f'words{entry.slot}[{value}]' if metric.values else value}"

    def _values(self) -> Iterator[str]:
        """Keep the values, and when what is sent on change was sent."""
        slots = [self.book.doors[name].slot for name in self.held]
        if slots:
            yield f"if {joined('or', [f'h{slot}' for slot in slots])}:"
            yield f"    ages = self.ages or ({'self.effective, ' * len(slots)})"
            parts = [f"ages[{number}] if h{slot} else at" for number, slot in enumerate(slots)]
            yield f"    self.ages = ({', '.join(parts)},)"
            yield "elif self.ages is not None:"
            yield "    self.ages = None"
        yield f"self.values = ({', '.join(self._kept_values())},)"

    def _kept_values(self) -> list[str]:
        """All values, and after them the previous ones of those metrics that are asked for these."""
        previous = [source for source in self.book.sources if source.form == "prev"]
        values = [f"v{self.book.doors[metric.name].slot}" for metric in self.metrics]
        return values + [f"old[{self.place[self._metric(source)]}]" for source in previous]

    def _judged(self) -> Iterator[str]:
        """The limits, the other conditions of latest values, the windows, and then the keeping."""
        plain = [node for node in self.envelope.asked if not self._windows_in(node)]
        late = [node for node in self.envelope.asked if self._windows_in(node)]
        yield from self._named([*plain, *self.watched])
        tests = [test for metric in self.metrics for test in self._plain(metric)]
        tests += [f"not {self.say.surely(node)}" for node in plain]
        tests += [self.say.surely(node, False) for node in self.watched]
        tests += self._brought()
        yield f"if {joined('and', tests)}:"
        kept = [*self._pushed(), *self._stirred(late)]
        late = [node for node in late if not self._is_calm(node)]
        kept += [*self._named(late, windows=True), *self._refused(late), *self._kept()]
        yield from self._indent(kept, 1)

    def _brought(self) -> Iterator[str]:
        """What must hold besides for those metrics alone that the reading brings: nothing, all are looked at."""
        yield from ()

    def _named(self, nodes: list[Node], windows: bool = False) -> Iterator[str]:
        """The values that these conditions look at, besides metrics."""
        for slot in sorted({leaf.slot for node in nodes for leaf in leaves(node)}):
            sort, name = self.book.slots[slot].sort, f"v{slot}"
            index, source = self.by_slot.get(slot, (-1, None))
            if sort == "attribute":
                numbers = [place for place, _ in self.book.layout.attributes]
                yield f"{name} = self.who.fixed[{numbers.index(slot)}]"
            elif sort == "presence":
                yield "presence = self.beside and self.beside.presence"
                yield f"{name} = presence and presence.state.value"
            elif sort == "silence" or (source is not None and source.form == "missing"):
                yield f"{name} = False"
            elif source is not None and source.form == "prev":
                yield f"{name} = old[{self.place[self._metric(source)]}]"
            elif source is not None and source.form in CLOCKS:
                yield f"{name} = float({source.form}(at, self.who.zone))"
            elif source is not None and windows and not self._is_pushed(source):
                yield f"{name} = self.windows[{index}].value(at)"
            elif sort == "metric" and slot not in {entry.slot for entry in self.book.doors.values()}:
                yield f"{name} = v{self.book.doors[self.book.slots[slot].name].slot}"

    def _rises_only_as_it_happens(self, source: Source) -> bool:
        """Whether all that is asked of a count is that it be not too high: it only falls until something happens."""
        nodes = [node for node in self.envelope.asked if source.slot in {leaf.slot for leaf in leaves(node)}]
        limits = [limit_of(node) for node in nodes]
        inner = [node for other in self.book.sources for node in conditions_of(other)]
        apart = all(source.slot != leaf.slot for node in inner for leaf in leaves(node))
        rises = all(limit is not None and limit[1] in {"<", "<="} for limit in limits)
        return source.form == "times" and apart and rises

    def _plain(self, metric: Metric) -> Iterator[str]:
        """What must hold for the value of a metric: that no simple rule begins; and, where it is pushed into a
        window, that it is believed. Otherwise belief need not be asked for: what is not believed is unknown,
        and what is not true with some value is not true with an unknown one either."""
        entry = self.book.doors[metric.name]
        name, slots = f"v{entry.slot}", (entry.slot, *entry.others)
        low, high = (-math.inf, math.inf)
        if not self.pushed.isdisjoint(slots):
            yield from self._believed(metric)
            if KINDS[metric.type] is Kind.NUMBER:
                low, high = metric.range or (-LARGEST, LARGEST)
        limits = [limit for slot in slots for limit in self.envelope.limits.get(slot, ())]
        floor = max([(low, False)] + [(value, op == ">") for op, value in limits if op in {">", ">="}])
        roof = min([(high, True)] + [(value, op != "<") for op, value in limits if op in {"<", "<="}])
        below = f"{floor[0]!r} {'<' if floor[1] else '<='} " if floor[0] > -math.inf else ""
        above = f" {'<=' if roof[1] else '<'} {roof[0]!r}" if roof[0] < math.inf else ""
        if below or above:
            yield f"{below}{name}{above}"

    def _believed(self, metric: Metric) -> Iterator[str]:
        """What else must hold, besides its range, for a value to be believed."""
        name, kind = f"v{self.book.doors[metric.name].slot}", KINDS[metric.type]
        if kind is Kind.NUMBER:
            yield f"{name}.__class__ is float"
        elif kind is Kind.BOOL:
            yield f"({name} is True or {name} is False)"
        elif not metric.values:
            yield f"{name}.__class__ is str"

    def _all_believed(self, node: Node) -> str:
        names = {self.book.slots[leaf.slot].name for leaf in leaves(node)}
        tests: list[str] = []
        for metric in self.metrics:
            if metric.name in names:
                tests += self._believed(metric)
                if KINDS[metric.type] is Kind.NUMBER:
                    low, high = metric.range or (-LARGEST, LARGEST)
                    tests.append(f"{low!r} <= v{self.book.doors[metric.name].slot} <= {high!r}")
        return joined("and", tests)

    def _pushed(self) -> Iterator[str]:
        """Every window slides on; from here on the ward must not slide them again."""
        if any(self._is_pushed(source) and source.slot not in self.calm for source in self.book.sources):
            yield "windows = self.windows"
        for index, source in enumerate(self.book.sources):
            if source.form in OF_METRICS and source.form != "prev":
                yield f"v{source.slot} = windows[{index}].told(at, v{self.book.doors[self._metric(source)].slot})"
        for index, source in enumerate(self.book.sources):
            if source.form == "share" and source.condition is not None:
                yield from self._named([source.condition], windows=True)
                yield from self._looked(index, source.condition)
                yield f"v{source.slot} = windows[{index}].value(at)"
            elif source.form == "times" and source.condition is not None and source.slot not in self.calm:
                yield from self._named([source.condition], windows=True)
                yield from self._counted(index, source, source.condition)

    def _stirred(self, late: list[Node]) -> Iterator[str]:
        """Counts that can rise only as something happens are left alone while nothing does."""
        counts = [one for one in enumerate(self.book.sources) if one[1].slot in self.calm]
        conditions = [source.condition for _, source in counts if source.condition is not None]
        if counts:
            yield from self._named(conditions, windows=True)
            yield f"if {' or '.join([*map(self.say.surely, conditions), 'not self.calm'])}:"
            yield "    windows = self.windows"
            for (index, source), node in zip(counts, conditions, strict=True):
                yield from self._indent(self._counted(index, source, node), 1)
            yield f"    self.calm = {' and '.join(f'windows[{index}].last is False' for index, _ in counts)}"
            yield from self._indent(self._refused([node for node in late if self._is_calm(node)]), 1)

    def _is_calm(self, node: Node) -> bool:
        return any(leaf.slot in self.calm for leaf in leaves(node))

    def _counted(self, index: int, source: Source, node: Node) -> Iterator[str]:
        """A count is told its condition where that is news, and asked what it is worth where it may be too high."""
        worth = f"windows[{index}].value(at)"
        yield f"if {self.say.surely(node)} or windows[{index}].last is not False:"
        yield f"    if {self._all_believed(node)}:"
        yield from self._indent(self._looked(index, node), 2)
        yield f"    v{source.slot} = {worth}"
        yield "else:"
        yield f"    v{source.slot} = {'None' if source.slot in self.calm else worth}"

    def _looked(self, index: int, node: Node) -> Iterator[str]:
        """Push what is known of a condition."""
        yield f"if {self.say.surely(node)}:"
        yield f"    windows[{index}].push(at, True)"
        yield f"elif {self.say.surely(node, False)}:"
        yield f"    windows[{index}].push(at, False)"

    def _refused(self, late: list[Node]) -> Iterator[str]:
        if late:
            yield f"if {joined('or', [self.say.surely(node) for node in late])}:"
            yield "    return ahead(self, reading)"

    def _kept(self) -> Iterator[str]:
        yield from self._values()
        yield "self.effective = at"
        yield "self.received = at if received == at else received"
        yield "kept = self.kept"
        yield "if kept is not None:"
        yield "    kept.append(self)"
        yield "    self.kept = None"
        yield "return nothing"

    def _windows_in(self, node: Node) -> bool:
        return any(leaf.slot in self.by_slot and self._is_kept(leaf.slot) for leaf in leaves(node))

    def _is_kept(self, slot: int) -> bool:
        return self.by_slot[slot][1].form not in {"prev", "missing", *CLOCKS}

    def _metric(self, source: Source) -> str:
        return self.book.slots[source.base].name if source.base >= 0 else ""

    @staticmethod
    def _is_pushed(source: Source) -> bool:
        return source.form in OF_METRICS - {"prev"} or source.form in WATCHED

    @staticmethod
    def _indent(lines: Iterable[str], depth: int) -> list[str]:
        return [f"{'    ' * depth}{line}" for line in lines]


def begun_by_readings(book: RuleBook) -> list[Rule]:
    """The rules that look at any metric."""
    asked = 0
    for bits in book.plan.asked.values():
        asked |= bits
    return [rule for number, rule in enumerate(book.rules) if asked >> number & 1]
