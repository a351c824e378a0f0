"""Sums that come out the same to the last bit, however they are kept: over chunks of an exact window.

This is 13 of `docs/rules-exactly.md`. A chunk that is being filled is summed as it comes; of the oldest
one, sums from its newest observation backwards are kept, so that what leaves is forgotten and never
subtracted. It knows observations only as numbers that come and go in order.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from itertools import accumulate

from device_rules.hold import NEVER
from device_rules.reading import Micros
from device_rules.source import CHUNKS


def fold_plainly(numbers: Iterable[float]) -> float:
    """The sum from first to last, one rounding per step."""
    total = 0.0
    for number in numbers:
        total += number
    return total


fold: Callable[[Iterable[float]], float] = sum if sys.version_info < (3, 12) else fold_plainly
"""As `fold_plainly`. From Python 3.12 on `sum` compensates, which is nicer, and not the same number."""


def chunk_of(span: Micros) -> Micros:
    """How long a chunk of a window of `span` µs is."""
    return -(-span // CHUNKS)


class ChunkSum:
    """The sum of what is in an exact window, in chunks of `width` µs aligned to the epoch.

    `values` holds the oldest chunk whole, until none of it is left. While there is only one chunk, it is
    the oldest, so every newcomer changes the beginning of its sum; `end` then sends all to `open`.
    """

    __slots__ = ("close", "end", "first", "gone", "starts", "sums", "tail", "values", "width")

    def __init__(self, width: Micros) -> None:
        self.width = width
        self._clear()

    def _clear(self) -> None:
        self.values: list[float] = []
        self.first = 0  # how many were there before `values`
        self.gone = 0  # how many at the head of `values` have left
        self.starts: list[int] = []  # per chunk, how many were there before it
        self.sums: list[float] = []  # per chunk; the first is that of what is left
        self.tail: list[
            float
        ] = []  # of the oldest chunk: sums from its newest value back; last: all that is left
        self.close: Micros = -NEVER  # where the newest chunk ends
        self.end: Micros = -NEVER  # up to where newcomers are simply added to it

    def add(self, at: Micros, value: float) -> None:
        """One more, not older than the last one."""
        self.values.append(value)
        if at < self.end:
            self.sums[-1] += value
        else:
            self.open(at, value)

    def open(self, at: Micros, value: float) -> None:
        """One more, which begins a chunk or stands in the only one. It is in `values` already."""
        if at < self.close:  # still the only chunk
            self.tail = []
            self.sums[0] = fold(self.values[: self.gone - len(self.values) - 1 : -1])
            return
        self.close = at // self.width * self.width + self.width
        if self.sums:
            self.end = self.close
        self.starts.append(self.first + len(self.values) - 1)
        self.sums.append(value)

    def drop(self) -> None:
        """The oldest one leaves."""
        tail = self.tail
        if not tail:
            tail = self._line_up()
        del tail[-1]
        self.gone += 1
        if tail:
            self.sums[0] = tail[-1]
        elif len(self.sums) == 1:
            self._clear()
        else:
            self._next_chunk()

    def _line_up(self) -> list[float]:
        """Sums of the oldest chunk from its newest value back, for all of its values that are left."""
        values = self.values
        size = self.starts[1] - self.first if len(self.starts) > 1 else len(values)
        self.tail = list(accumulate(values[self.gone : size][::-1]))
        return self.tail

    def _next_chunk(self) -> None:
        """Nothing is left of the oldest chunk; the next one is the oldest."""
        starts = self.starts
        sums = self.sums
        del self.values[: self.gone], starts[0], sums[0]
        self.first = starts[0]
        self.gone = 0
        if len(sums) == 1:
            self.end = -NEVER
        sums[0] = self._line_up()[-1]

    def total(self) -> float:
        """The sum of all."""
        return fold(self.sums)

    def total_but_first(self) -> float:
        """The sum of all but the oldest one."""
        tail = self.tail or self._line_up()
        rest = tail[-2] if len(tail) > 1 else 0.0
        return fold([rest, *self.sums[1:]])

    def left(self) -> list[float]:
        """What is in the window, from oldest to newest."""
        return self.values[self.gone :]
