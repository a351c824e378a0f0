"""Reading quickly under a book with many metrics that are sent on change: what is not brought costs nothing.

A rule that looks at such metrics alone (and at attributes and presence) can begin only as one of them is brought,
so it is asked only then: by a table from the name of a metric to the limits of its numbers and to what else must
hold. All other rules are asked with every reading, as quiet_text.py has it. The values of a device lie in lists,
in which only what is brought is written. A reading that brings everything is looked at as a whole.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from device_rules.book import RuleBook
from device_rules.compile import function_of
from device_rules.envelope import Envelope
from device_rules.plan import conditions_of
from device_rules.quiet_text import Quiet, begun_by_readings
from device_rules.reading import Value
from device_rules.rule import Metric, Rule
from device_rules.tree import Kind, leaves
from device_rules.vocabulary import KINDS

APART = frozenset(["attribute", "presence"])
Look: TypeAlias = Callable[[Any, Mapping[str, Value], list[Value]], bool]


class Entrance(NamedTuple):
    """What is done with a metric that is brought: the places of its value and of its moment; the words that it
    may say (None: there are none); else between what it must lie, both included; and what else must hold."""

    place: int
    age: int
    words: dict[str, str] | None
    low: float | str
    high: float | str
    looks: tuple[Look, ...]


Table: TypeAlias = Mapping[str, Entrance]


class WideQuiet(Quiet):
    """The source of the function of such a book, and of its table. `apart` are the rules, by their id, that are
    asked only as one of these metrics is brought; `everywhere` are the metrics that every reading brings."""

    def __init__(self, book: RuleBook) -> None:
        rules = begun_by_readings(book)
        self.apart = {rule.id: names for rule in rules if (names := held_by(rule, book))}
        super().__init__(book)
        self.everywhere = [metric for metric in self.metrics if metric.name not in self.held]
        near = self._near()
        self.metrics = [
            metric
            for metric in self.metrics
            if metric.name not in self.held or not near.isdisjoint(self._slots(metric))
        ]
        self.limits, self.others = self._sorted()

    def _always_asked(self) -> list[Rule]:
        return [rule for rule in super()._always_asked() if rule.id not in self.apart]

    def _near(self) -> set[int]:
        """The slots that are looked at with every reading, brought or not."""
        nodes = [*self.envelope.asked, *self.watched]
        nodes += [node for source in self.book.sources for node in conditions_of(source)]
        return {leaf.slot for node in nodes for leaf in leaves(node)} | set(self.envelope.limits)

    def _sorted(self) -> tuple[Envelope, list[tuple[int, Rule]]]:
        """The rules that are nothing but limits of one metric, and by number the others that stand apart."""
        limits, others = Envelope(self.envelope.metrics), []
        for number, rule in enumerate(self.book.rules):
            names, own = self.apart.get(rule.id, ()), Envelope(self.envelope.metrics)
            own.add(rule.when)
            if names and (own.asked or len(names) > 1):
                others.append((number, rule))
            elif names:
                limits.add(rule.when)
        return limits, others

    def _slots(self, metric: Metric) -> tuple[int, ...]:
        entry = self.book.doors[metric.name]
        return (entry.slot, *entry.others)

    def _unpacked(self) -> Iterator[str]:
        yield "old = self.values"
        for metric in self.metrics:
            yield from self._value(metric)

    def _value(self, metric: Metric) -> Iterator[str]:
        """The value of one metric; what was not brought is as it was."""
        name, slot = metric.name, self.book.doors[metric.name].slot
        if name not in self.held:
            yield f"v{slot} = {f'words{slot}[values[{name!r}]]' if metric.values else f'values[{name!r}]'}"
            return
        yield f"v{slot} = values.get({name!r})"
        yield f"if v{slot} is None:"
        yield f"    v{slot} = old[{self.place[name]}]"

    def _brought(self) -> Iterator[str]:
        every = len(self.book.metrics)
        yield f"(len(values) == {len(self.everywhere)} or len(values) != {every} and all_well(self, values, old))"

    def _else(self) -> Iterator[str]:
        yield f"return (whole if len(reading.values) == {len(self.book.metrics)} else closely)(self, reading)"

    def _values(self) -> Iterator[str]:
        previous = [source for source in self.book.sources if source.form == "prev"]
        for number, source in enumerate(previous, len(self.book.metrics)):
            yield f"old[{number}] = old[{self.place[self._metric(source)]}]"
        for metric in self.everywhere:
            yield f"old[{self.place[metric.name]}] = v{self.book.doors[metric.name].slot}"
        yield f"if len(values) != {len(self.everywhere)}:"
        yield "    ages = self.ages"
        yield "    for name in values:"
        yield "        if name in brought:"
        yield "            place, age, words, _, _, _ = brought[name]"
        yield "            old[place] = values[name] if words is None else words[values[name]]"
        yield "            ages[age] = at"

    def table_lines(self) -> list[str]:
        """The text of what makes the table: an entrance for each metric, after the functions that some need."""
        lines = ["def compiled():"]
        looks: dict[str, list[str]] = {name: [] for name in self.held}
        for number, rule in self.others:
            lines += self._indent(self._rule(number, rule), 1)
            for name in self.apart[rule.id]:
                looks[name].append(f"rule_{number}")
        lines.append("    return {")
        for name in self.held:
            lines += self._indent(self._entrance(self.book.metrics[name], looks[name]), 2)
        return [*lines, "    }"]

    def _rule(self, number: int, rule: Rule) -> Iterator[str]:
        """Whether a rule does not begin by what is brought."""
        yield f"def rule_{number}(self, values, old):"
        for name in self.apart[rule.id]:
            yield from self._indent(self._value(self.book.metrics[name]), 1)
        yield from self._indent(self._named([rule.when]), 1)
        yield f"    return not {self.say.surely(rule.when)}"

    def _entrance(self, metric: Metric, looks: list[str]) -> Iterator[str]:
        name, places = metric.name, f"{self.place[metric.name]}, {self.held[metric.name]}"
        asked = "".join(f"{look}, " for look in looks)
        words = f"words{self.book.doors[name].slot}" if metric.values else None
        low, high = self._between(metric)
        yield f"{name!r}: ({places}, {words}, {low!r}, {high!r}, ({asked})),"

    def _between(self, metric: Metric) -> tuple[float | str, float | str]:
        """The lowest and the highest value with which no rule of limits begins; whatever is no value has no place."""
        if KINDS[metric.type] is Kind.TEXT:
            return "", chr(sys.maxunicode)
        low, high = -math.inf, math.inf
        for op, value in [one for slot in self._slots(metric) for one in self.limits.limits.get(slot, ())]:
            if op in {">", ">="}:
                low = max(low, value if op == ">=" else math.nextafter(value, math.inf))
            else:
                high = min(high, value if op == "<=" else math.nextafter(value, -math.inf))
        return low, high


class WholeQuiet(Quiet):
    """The source of the function for readings that bring every metric of such a book."""

    def __init__(self, book: RuleBook) -> None:
        super().__init__(book)
        self.moments = len(self.held)
        self.held = {}

    def _values(self) -> Iterator[str]:
        yield f"self.values = [{', '.join(self._kept_values())}]"
        yield f"self.ages = [at] * {self.moments}"


def held_by(rule: Rule, book: RuleBook) -> tuple[str, ...]:
    """The metrics that a rule looks at, if all are sent on change and nothing else can begin it; else none."""
    names: dict[str, None] = {}
    for leaf in leaves(rule.when):
        slot = book.slots[leaf.slot]
        if slot.sort == "metric" and slot.name in book.plan.held:
            names[slot.name] = None
        elif slot.sort not in APART:
            return ()
    return tuple(names)


def table_of(wide: WideQuiet, words: Mapping[str, dict[str, str]]) -> Table:
    """What is made of its text."""
    made: dict[str, Entrance] = function_of(wide.table_lines(), inf=math.inf, **words)()  # type: ignore[assignment]
    return made


def look_at(table: Table) -> Look:
    """The function that finds that no rule begins by what a reading brings. TypeError for what is no value."""
    find = table.get

    def all_well(device: Any, values: Mapping[str, Any], old: list[Value]) -> bool:
        for name, value in values.items():
            entrance = find(name)
            if entrance is None:
                continue
            _, _, words, low, high, looks = entrance
            if not low <= value <= high if words is None else value not in words:
                return False
            for look in looks:
                if not look(device, values, old):
                    return False
        return True

    return all_well
