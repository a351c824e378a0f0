"""Long windows of one metric: 256 buckets aligned to the epoch, each with a few numbers instead of its observations.

The bucket being filled is the current one; the others are closed, and what they amount to together is
worked out once, when a bucket is closed or leaves. So a newcomer costs next to nothing.
"""

from __future__ import annotations

from abc import abstractmethod
from bisect import bisect_left

from device_rules.hold import NEVER
from device_rules.reading import Micros, Value
from device_rules.source import BUCKETS, Source
from device_rules.windows.sliding import Sliding
from device_rules.windows.state import Observed, State, moments_of, numbers, parts, steps_of, whole_numbers


class Bucketed(Sliding):
    """What all such windows share. `size` counts all observations, `older` those in closed buckets.

    `columns` hold what each closed bucket remembers, `_current` the same of the current one, which
    `_resume` sets. `end` is where the current bucket ends, `fade` when the oldest one leaves.
    """

    __slots__ = ("columns", "counts", "end", "fade", "keys", "number", "older", "size", "width")
    fresh: tuple[Observed, ...] = ()
    """What an empty bucket remembers."""

    def __init__(self, source: Source, least: int = 1) -> None:
        self.width = -(-source.span // BUCKETS)
        super().__init__(least)
        self._clear()

    def _clear(self) -> None:
        self.keys: list[int] = []  # the numbers of the closed buckets
        self.counts: list[int] = []
        self.columns: list[list[Observed]] = [[] for _ in self.fresh]
        self.size = self.older = 0
        self.number = 0
        self.end: Micros = -NEVER
        self.fade: Micros = NEVER
        self._resume(*self.fresh)
        self._settle()

    @abstractmethod
    def _take(self, at: Micros, value: Observed) -> None:
        """Put it into the current bucket, in which it is counted already."""

    @abstractmethod
    def _worth(self) -> Value | None:
        """The value of all buckets; only asked when they hold enough."""

    def _current(self) -> tuple[Observed, ...]:
        """What the current bucket remembers."""
        return ()

    def _resume(self, *current: Observed) -> None:
        """Set what the current bucket remembers."""

    def _settle(self) -> None:
        """The closed buckets are other ones now."""

    def _now(self) -> Value | None:
        return self._worth() if self.size >= self.needed else None

    def push(self, at: Micros, value: Observed) -> None:
        self.ahead = None
        if at >= self.end:
            self._turn(at)
        self.size += 1
        self._take(at, value)

    def value(self, at: Micros) -> Value | None:
        if at >= self.fade:
            return self._later(at)
        self.ahead = None
        return self._worth() if self.size >= self.needed else None

    def _turn(self, at: Micros) -> None:
        """Close the current bucket; the one of `at` is the current one."""
        if at >= self.fade:
            self._forget(at)
        if self.size:
            self.keys.append(self.number)
            self.counts.append(self.size - self.older)
            self.older = self.size
            for column, kept in zip(self.columns, self._current(), strict=True):
                column.append(kept)
        self._begin(at // self.width)
        self._resume(*self.fresh)
        self._settle()

    def _begin(self, number: int) -> None:
        """This bucket is the current one; moments that follow from it."""
        self.number = number
        self.end = (number + 1) * self.width
        self.fade = ((self.keys[0] if self.keys else number) + BUCKETS) * self.width

    def _leave(self, at: Micros) -> None:
        self._forget(at)
        if self.size:
            self._begin(self.number)
            self._settle()

    def _forget(self, at: Micros) -> None:
        """The buckets that have left by `at` go; the others have still to be settled."""
        oldest = at // self.width - BUCKETS + 1
        if self.number < oldest:
            self._clear()
            return
        gone = bisect_left(self.keys, oldest)
        left = sum(self.counts[:gone])
        self.size -= left
        self.older -= left
        for column in (self.keys, self.counts, *self.columns):
            del column[:gone]

    def _first_leaves(self) -> Micros:
        return self.fade

    def _state(self) -> State:
        if not self.size:
            return []
        columns = [[*column, kept] for column, kept in zip(self.columns, self._current(), strict=True)]
        return [steps_of([*self.keys, self.number]), [*self.counts, self.size - self.older], *columns]

    def _restore(self, state: State) -> None:
        if state in ([], ()):
            return
        keys, counts, *columns = parts(state, 2 + len(self.columns))
        self.keys = moments_of(keys)
        self.counts = whole_numbers(counts)
        self.columns = self._checked(columns, len(self.keys))
        if len(self.counts) != len(self.keys) or not self.keys or min(self.counts) < 1:
            raise ValueError("other buckets than counts")
        self.size = sum(self.counts)
        self.older = self.size - self.counts.pop()
        self._begin(self.keys.pop())
        self._resume(*[column.pop() for column in self.columns])
        self._settle()

    def _checked(self, columns: list[State], size: int) -> list[list[Observed]]:
        return [numbers(column, size) for column in columns]


class BucketCount(Bucketed):
    """`count(m, w)`."""

    __slots__ = ()

    def __init__(self, source: Source) -> None:
        super().__init__(source, least=0)

    def _take(self, at: Micros, value: Observed) -> None:
        pass

    def _worth(self) -> Value:
        return float(self.size)
