"""However much a device sends, what is kept of it stays within the bound that the report names."""

from __future__ import annotations

import random
import sys
from typing import Any, get_args

import pytest

from device_rules.reading import SECOND
from device_rules.source import Form, Source
from device_rules.windows import most_bytes, window_of

ROW: tuple[Form, ...] = tuple(
    form
    for form in get_args(Form)
    if form not in ("sequence", "prev", "missing", "hour", "weekday", "open", "fleet", "any", "all")
)


def bytes_of(thing: Any, counted: set[int]) -> int:
    """The memory of it and of everything it refers to, each counted once."""
    if id(thing) in counted or isinstance(thing, type):
        return 0
    counted.add(id(thing))
    size = sys.getsizeof(thing)
    if isinstance(thing, list | tuple):
        return size + sum(bytes_of(item, counted) for item in thing)
    slots = {slot for kind in type(thing).__mro__ for slot in getattr(kind, "__slots__", ())}
    return size + sum(bytes_of(getattr(thing, slot), counted) for slot in slots if hasattr(thing, slot))


@pytest.mark.parametrize("expected", [60, 86_400])
@pytest.mark.parametrize("course", ["falling", "wild"])
@pytest.mark.parametrize("form", ROW)
def test_the_memory_of_a_window_is_bounded(form: Form, course: str, expected: int) -> None:
    dice = random.Random(1)
    source = Source("x", form, 0, span=86_400 * SECOND, expected=expected, argument=0.5)
    window, at, most = window_of(source), 1_767_225_600 * SECOND, 0
    for number in range(1200):
        at += 110 * SECOND
        value: Any = {"falling": -1.0, "wild": dice.random()}[course] * (number + 0.5)
        window.push(at, number % 2 == 0 if form in ("share", "times") else value)
        window.value(at + 1000 * SECOND)
        if number % 300 == 299:
            most = max(most, bytes_of(window, set()))
    assert most <= most_bytes(source)
    assert most_bytes(source) <= 300_000
