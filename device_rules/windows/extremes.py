"""`min(m, w)` and `max(m, w)`: of what could still become the extreme, nothing else is kept.

Whoever is followed by one at least as extreme never will be. The moments of all observations are kept
beside, for a window must be filled to be known.
"""

from __future__ import annotations

from device_rules.reading import Micros, Value
from device_rules.source import Source
from device_rules.windows.exact import Exact
from device_rules.windows.state import Observed, State, moments_of, numbers, parts, steps_of, whole_numbers


class Max(Exact):
    """`max(m, w)`, exact. `tops` fall; `places` are their indices in `ats`, counted from `gone` earlier ones."""

    __slots__ = ("gone", "places", "tops")

    def __init__(self, source: Source) -> None:
        super().__init__(source, least=max(1, source.needed))
        self.tops: list[float] = []
        self.places: list[int] = []
        self.gone = 0

    def _take(self, at: Micros, value: Observed) -> None:
        tops = self.tops
        places = self.places
        while tops and tops[-1] <= value:
            del tops[-1], places[-1]
        tops.append(value)
        places.append(len(self.ats) - 1 + self.gone)

    def _drop(self) -> None:
        if self.places[0] == self.gone:
            del self.tops[0], self.places[0]
        self.gone += 1

    def _worth(self) -> Value:
        return self.tops[0]

    def _left(self) -> list[Observed]:
        return self.tops

    def _state(self) -> State:
        return [steps_of(self.ats), self.tops[:], [place - self.gone for place in self.places]]

    def _restore(self, state: State) -> None:
        steps, tops, places = parts(state, 3)
        self.ats = moments_of(steps)
        self.places = whole_numbers(places)
        self.tops = numbers(tops, len(self.places))
        if bool(self.ats) != bool(self.tops) or self.places[-1:] != [len(self.ats) - 1][: len(self.ats)]:
            raise ValueError("extremes of other observations")


class Min(Max):
    """`min(m, w)`, exact. Its `tops` rise."""

    __slots__ = ()

    def _take(self, at: Micros, value: Observed) -> None:
        tops = self.tops
        places = self.places
        while tops and tops[-1] >= value:
            del tops[-1], places[-1]
        tops.append(value)
        places.append(len(self.ats) - 1 + self.gone)
