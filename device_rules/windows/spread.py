"""`stddev(m, w)`: how far observations lie apart. Parts by Welford's recurrence, put together by Chan's formula.

The order is that of 13 and 14 of `docs/rules-exactly.md`, so the result has the same last bit as that of
a computation from nothing.
"""

from __future__ import annotations

from functools import reduce
from itertools import islice
from math import sqrt
from typing import TypeAlias

from device_rules.hold import NEVER
from device_rules.reading import Micros, Value
from device_rules.source import Source
from device_rules.windows.buckets import Bucketed
from device_rules.windows.exact import Kept
from device_rules.windows.fold import chunk_of
from device_rules.windows.state import Observed, State, numbers

Spread: TypeAlias = tuple[int, float, float]
"""How many, their mean, and the sum of the squares of the distances from it."""
NOTHING: Spread = (0, 0.0, 0.0)


def with_one(spread: Spread, x: float) -> Spread:
    """One more, by Welford's recurrence."""
    n, mean, squares = spread
    n += 1
    d = x - mean
    mean += d / n
    return n, mean, squares + d * (x - mean)


def merged(a: Spread, b: Spread) -> Spread:
    """Both together, by Chan's formula."""
    n_a, mean_a, squares_a = a
    if not n_a:
        return b
    n_b, mean_b, squares_b = b
    n = n_a + n_b
    d = mean_b - mean_a
    return n, mean_a + d * n_b / n, squares_a + squares_b + d * d * n_a * n_b / n


def deviation(spread: Spread) -> float:
    """The population standard deviation."""
    return sqrt(spread[2] / spread[0])


class Deviation(Kept):
    """`stddev(m, w)`, exact. The oldest chunk is kept as spreads from its newest observation back."""

    __slots__ = ("begin", "chunks", "middle", "tail", "width")

    def __init__(self, source: Source) -> None:
        super().__init__(source, least=max(2, source.needed))
        self.width = chunk_of(source.span)
        self.begin: Micros = NEVER  # of the newest chunk
        self.chunks: list[Spread] = []  # all but the oldest; the last is the one being filled
        self.tail: list[Spread] = []  # of the oldest chunk, [-1] of all that is left
        self.middle = NOTHING  # all but the oldest and the newest

    def _take(self, at: Micros, value: Observed) -> None:
        self.values.append(value)
        begin = at // self.width * self.width
        if begin == self.begin and self.chunks:
            self.chunks[-1] = with_one(self.chunks[-1], value)
        elif begin == self.begin or not self.tail:  # the oldest chunk is the one being filled
            self._line_up(len(self.values))
        else:
            self.chunks.append(with_one(NOTHING, value))
            self._settle()
        self.begin = begin

    def _line_up(self, size: int) -> None:
        spread = NOTHING
        self.tail = [spread := with_one(spread, x) for x in reversed(self.values[:size])]

    def _settle(self) -> None:
        self.middle = reduce(merged, islice(self.chunks, max(0, len(self.chunks) - 1)), NOTHING)

    def _drop(self) -> None:
        del self.values[0]
        self.tail.pop()
        if not self.tail and self.chunks:
            self._line_up(self.chunks[0][0])
            del self.chunks[0]
            self._settle()

    def _worth(self) -> Value | None:
        if not self.chunks:
            return deviation(self.tail[-1])
        return deviation(merged(merged(self.middle, self.chunks[-1]), self.tail[-1]))

    def _checked(self, left: State, size: int) -> list[Observed]:
        return numbers(left, size)


class BucketDeviation(Bucketed):
    """`stddev(m, w)` over long windows."""

    __slots__ = ("before", "spread")
    fresh = (0.0, 0.0)

    def __init__(self, source: Source) -> None:
        super().__init__(source, least=max(2, source.needed))

    def _current(self) -> tuple[Observed, ...]:
        return self.spread[1:]

    def _resume(self, *current: Observed) -> None:
        mean, squares = current
        self.spread: Spread = (self.size - self.older, mean, squares)

    def _settle(self) -> None:
        means, squares = self.columns
        before = NOTHING
        for part in zip(self.counts, means, squares, strict=True):
            before = merged(before, part)
        self.before = before

    def _take(self, at: Micros, value: Observed) -> None:
        self.spread = with_one(self.spread, value)

    def _worth(self) -> Value | None:
        return deviation(merged(self.before, self.spread))
