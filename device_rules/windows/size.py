"""How much memory a window can take: a bound per form, which the tests hold against full windows.

Counted are lists with their spare room, and each number in them as an object of its own, although a
device's windows share most of them. Texts are counted as references: they belong to the readings.
"""

from __future__ import annotations

from device_rules.source import BUCKETS, MOST_EXACT, Form, Source

_FRAME = 1_500
"""The object itself, its lists while they are empty, and what is kept per chunk."""
_TWICE = 2
"""A window that is asked about later moments has a copy."""
_ENTRY = 42
"""A number of up to 64 bits as an object, its place in a list, and an eighth of that to spare."""
_COLUMNS: dict[Form, int] = {
    "count": 1,
    "events": 1,
    "times": 1,
    "share": 2,
    "avg": 3,
    "sum": 3,
    "min": 3,
    "max": 3,
    "quantile": 3,
    "first": 2,
    "delta": 2,
    "changes": 2,
    "increase": 3,
    "rate": 3,
    "stddev": 6,
    "forecast": 5,
}
"""How many numbers an exact window keeps per observation, at most."""
_LONG: dict[Form, int] = {
    "rate": 5,
    "increase": 5,
    "changes": 5,
    "first": 4,
    "delta": 4,
    "stddev": 5,
    "forecast": 7,
}
"""How many numbers a long window keeps per bucket, at most; others keep three."""
_SMALL: dict[Form, int] = {"unusual": 8_000, "drift": 1_000}
"""What neither grows with a window nor is next to nothing."""


def most_bytes(source: Source) -> int:
    """A bound of the memory, in bytes, that the window of this source takes per device."""
    form = source.form
    if form not in _COLUMNS:
        return _SMALL.get(form, 500)
    if source.expected > MOST_EXACT and form not in ("events", "times"):
        return _TWICE * (_FRAME + BUCKETS * _LONG.get(form, 3) * _ENTRY)
    return _TWICE * (_FRAME + MOST_EXACT * _COLUMNS[form] * _ENTRY)
