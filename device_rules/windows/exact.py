"""Exact windows of one metric: every observation in (t − w, t] is kept, the newest 512 at most.

What is computed from them is kept along, so that a newcomer costs a fixed amount. Nothing is ever
subtracted from a sum of floats: the result is that of adding anew what is in the window.
"""

from __future__ import annotations

from abc import abstractmethod

from device_rules.hold import NEVER
from device_rules.reading import Micros, Value
from device_rules.source import MOST_EXACT, Source
from device_rules.windows.fold import ChunkSum, chunk_of, fold
from device_rules.windows.sliding import Sliding
from device_rules.windows.state import Observed, State, moments_of, numbers, parts, steps_of, values


class Exact(Sliding):
    """What all exact windows share: the moments of what they hold, and when the oldest leaves."""

    __slots__ = ("ats", "span")

    def __init__(self, source: Source, least: int = 1) -> None:
        super().__init__(least)
        self.span = source.span
        self.ats: list[Micros] = []

    @abstractmethod
    def _take(self, at: Micros, value: Observed) -> None:
        """Put it in; its moment is the last in `ats` already."""

    @abstractmethod
    def _drop(self) -> None:
        """The oldest leaves; its moment is the first in `ats` still."""

    @abstractmethod
    def _worth(self) -> Value | None:
        """The value of what is in the window; only asked when that is enough."""

    def _now(self) -> Value | None:
        return self._worth() if len(self.ats) >= self.needed else None

    def push(self, at: Micros, value: Observed) -> None:
        self.ahead = None
        ats = self.ats
        ats.append(at)
        self._take(at, value)
        if ats[0] <= at - self.span or len(ats) > MOST_EXACT:
            self._leave(at)

    def value(self, at: Micros) -> Value | None:
        ats = self.ats
        if ats and ats[0] <= at - self.span:
            return self._later(at)
        self.ahead = None
        return self._worth() if len(ats) >= self.needed else None

    def _leave(self, at: Micros) -> None:
        """Drop what is too old, and what is too much."""
        ats = self.ats
        edge = at - self.span
        while ats and (ats[0] <= edge or len(ats) > MOST_EXACT):
            self._drop()
            del ats[0]

    def _first_leaves(self) -> Micros:
        return self.ats[0] + self.span if self.ats else NEVER

    def _state(self) -> State:
        return [steps_of(self.ats), self._left()]

    @abstractmethod
    def _left(self) -> list[Observed]:
        """The observations in the window, from oldest to newest."""

    def _restore(self, state: State) -> None:
        steps, left = parts(state, 2)
        moments = moments_of(steps)
        for at, value in zip(moments, self._checked(left, len(moments)), strict=True):
            self.ats.append(at)
            self._take(at, value)

    def _checked(self, left: State, size: int) -> list[Observed]:
        return numbers(left, size)


class Count(Exact):
    """`count(m, w)`: how many; none is known as well."""

    __slots__ = ()

    def __init__(self, source: Source) -> None:
        super().__init__(source, least=0)

    def _take(self, at: Micros, value: Observed) -> None:
        pass

    def _drop(self) -> None:
        pass

    def _worth(self) -> Value:
        return float(len(self.ats))

    def _left(self) -> list[Observed]:
        return []

    def _checked(self, left: State, size: int) -> list[Observed]:
        return [True] * size


class Total(Exact):
    """`sum(m, w)`."""

    __slots__ = ("sums",)

    def __init__(self, source: Source, least: int = 1) -> None:
        super().__init__(source, least)
        self.sums = ChunkSum(chunk_of(source.span))

    def _take(self, at: Micros, value: Observed) -> None:
        self.sums.add(at, value)

    def _drop(self) -> None:
        self.sums.drop()

    def _leave(self, at: Micros) -> None:
        ats = self.ats
        edge = at - self.span
        drop = self.sums.drop
        while ats and (ats[0] <= edge or len(ats) > MOST_EXACT):
            drop()
            del ats[0]

    def _worth(self) -> Value:
        return self.sums.total()

    def _left(self) -> list[Observed]:
        return self.sums.left()


class Average(Total):
    """`avg(m, w)`."""

    __slots__ = ()

    def __init__(self, source: Source) -> None:
        super().__init__(source, least=max(1, source.needed))

    def told(self, at: Micros, value: Observed) -> Value | None:
        """As of any other, with fewer calls: this is the busiest of all windows."""
        self.ahead = None
        ats = self.ats
        ats.append(at)
        chunks = self.sums
        chunks.values.append(value)
        if at < chunks.end:
            chunks.sums[-1] += value
        else:
            chunks.open(at, value)
        number = len(ats)
        edge = at - self.span
        if ats[0] <= edge or number > MOST_EXACT:
            tail = chunks.tail
            if len(tail) > 1 and ats[1] > edge:  # just one leaves, and others of its chunk stay
                del tail[-1], ats[0]
                chunks.sums[0] = tail[-1]
                chunks.gone += 1
                number -= 1
            else:
                self._leave(at)
                number = len(ats)
        return fold(chunks.sums) / number if number >= self.needed else None

    def _worth(self) -> Value:
        return self.sums.total() / len(self.ats)


class Kept(Exact):
    """An exact window that keeps the observations as they are, whatever their type."""

    __slots__ = ("values",)

    def __init__(self, source: Source, least: int = 1) -> None:
        super().__init__(source, least)
        self.values: list[Observed] = []

    def _take(self, at: Micros, value: Observed) -> None:
        self.values.append(value)

    def _drop(self) -> None:
        del self.values[0]

    def _left(self) -> list[Observed]:
        return self.values[:]

    def _checked(self, left: State, size: int) -> list[Observed]:
        return values(left, size)
