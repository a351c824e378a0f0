"""What is believed of a reading: each metric's slots, its range and its type, ready for the hot path.

For readings that bring most of a model's metrics there is one compiled function, made from checked
names and numbers; a reading that brings a few of many is taken value by value.

A number out of its range, a NaN, a word that the enum does not know or a value of the wrong type is not
believed: the metric becomes unknown, which is what the device then knows about it.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from device_rules.compile import function_of
from device_rules.reading import Micros, Value
from device_rules.rule import Metric, Slot
from device_rules.tree import Kind
from device_rules.vocabulary import KINDS

Take = Callable[[Mapping[str, Value], list[Value | None], list[Micros], Micros], list[str]]
"""Keeps what a reading says in its slots; answers the metrics whose values are not plainly believed."""

LARGEST = sys.float_info.max


class Entry(NamedTuple):
    """One metric at the door: where its value goes and what is believed. Not a number: low is NaN."""

    slot: int
    low: float
    high: float
    others: tuple[int, ...]
    kind: Kind
    values: tuple[str, ...]


def doors(metrics: Iterable[Metric], slots: tuple[Slot, ...]) -> Mapping[str, Entry]:
    """The entry of every metric by name."""
    return {metric.name: _entry(metric, slots) for metric in metrics}


def _entry(metric: Metric, slots: tuple[Slot, ...]) -> Entry:
    places = [place for place, slot in enumerate(slots) if slot.sort == "metric" and slot.name == metric.name]
    kind = KINDS[metric.type]
    low, high = metric.range or (-LARGEST, LARGEST)
    if kind is not Kind.NUMBER:
        low = high = math.nan
    return Entry(places[0], low, high, tuple(places[1:]), kind, metric.values)


def admitted(entry: Entry, value: Value) -> Value | None:
    """The value as it is kept, None when it is not believed."""
    if entry.kind is Kind.NUMBER:
        number = isinstance(value, float | int) and not isinstance(value, bool)
        return float(value) if number and entry.low <= value <= entry.high else None  # type: ignore[operator]
    if entry.kind is Kind.BOOL:
        return value if isinstance(value, bool) else None
    if not isinstance(value, str) or (entry.values and value not in entry.values):
        return None
    return value


def plain(values: Mapping[Any, Any]) -> dict[str, Value]:
    """The values as a snapshot can hold them, whatever was said; what nobody would believe anyway is
    infinite, which unlike NaN is the same as itself."""
    return {name: _plainly(value) for name, value in values.items() if isinstance(name, str)}


def _plainly(value: Any) -> Value:
    if isinstance(value, bool | str):
        return value
    return float(value) if isinstance(value, float | int) and -LARGEST <= value <= LARGEST else math.inf


def compile_take(entries: Mapping[str, Entry]) -> Take:
    """The function that takes a whole reading of these metrics."""
    lines = ["def compiled(values, kept, seen, at):", "    odd = ()", "    get = values.get"]
    for name, entry in entries.items():
        lines += [f"    x = get({name!r})", f"    if {_plain(entry)}:"]
        for slot in (entry.slot, *entry.others):
            lines += [f"        kept[{slot}] = x", f"        seen[{slot}] = at"]
        lines += ["    elif x is not None:", f"        odd = (*odd, {name!r})"]
    return function_of([*lines, "    return odd"])  # type: ignore[return-value]


def _plain(entry: Entry) -> str:
    """Python that is true for a value `x` that is believed as it is."""
    if entry.kind is Kind.NUMBER:
        return f"x.__class__ is float and {entry.low!r} <= x <= {entry.high!r}"
    if entry.kind is Kind.BOOL:
        return "x is True or x is False"
    if not entry.values:
        return "x.__class__ is str"
    return f"x.__class__ is str and x in {{{', '.join(map(repr, entry.values))}}}"
