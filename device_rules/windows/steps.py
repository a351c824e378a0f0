"""From one observation to the next, in exact windows: `first`, `delta`, `rate`, `increase`, `changes`.

A step belongs to its later observation, and counts while the earlier one is in the window too.
"""

from __future__ import annotations

from device_rules.reading import Micros, Value
from device_rules.source import Source
from device_rules.windows.exact import Exact, Kept
from device_rules.windows.fold import ChunkSum, chunk_of
from device_rules.windows.state import Observed, State, moments_of, numbers, parts


class First(Kept):
    """`first(m, w)`."""

    __slots__ = ()

    def _worth(self) -> Value:
        return self.values[0]  # type: ignore[no-any-return]


class Delta(Kept):
    """`delta(m, w)`: last − first."""

    __slots__ = ()

    def __init__(self, source: Source) -> None:
        super().__init__(source, least=2)

    def _worth(self) -> Value:
        return float(self.values[-1] - self.values[0])


class DeltaRate(Delta):
    """`rate(m, w)` of a gauge: delta per second."""

    __slots__ = ()

    def _worth(self) -> Value | None:  # type: ignore[override]
        passed = self.ats[-1] - self.ats[0]
        return (self.values[-1] - self.values[0]) / (passed / 1e6) if passed else None


class Changes(Kept):
    """`changes(m, w)`: how many neighbours differ."""

    __slots__ = ("number",)

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.number = 0

    def _take(self, at: Micros, value: Observed) -> None:
        values_ = self.values
        if values_ and values_[-1] != value:
            self.number += 1
        values_.append(value)

    def _drop(self) -> None:
        values_ = self.values
        if len(values_) > 1 and values_[0] != values_[1]:
            self.number -= 1
        del values_[0]

    def _worth(self) -> Value:
        return float(self.number)


class Increase(Exact):
    """`increase(m, w)`: the sum of the steps up; a step down of a counter is a reset and counts as the new value."""

    __slots__ = ("counter", "last", "steps")

    def __init__(self, source: Source) -> None:
        super().__init__(source, least=2)
        self.counter = source.counter
        self.steps = ChunkSum(chunk_of(source.span))
        self.last = 0.0

    def _take(self, at: Micros, value: Observed) -> None:
        step = 0.0
        if len(self.ats) > 1:
            step = step_between(self.last, value, self.counter)
        self.last = value
        self.steps.add(at, step)

    def _drop(self) -> None:
        self.steps.drop()

    def _worth(self) -> Value | None:
        return self.steps.total_but_first()

    def _left(self) -> list[Observed]:
        return self.steps.left()

    def _state(self) -> State:
        return [*super()._state(), self.last]

    def _restore(self, state: State) -> None:
        steps, left, last = parts(state, 3)
        moments = moments_of(steps)
        for at, step in zip(moments, numbers(left, len(moments)), strict=True):
            self.ats.append(at)
            self.steps.add(at, step)
        (self.last,) = numbers([last], 1)


class IncreaseRate(Increase):
    """`rate(m, w)` of a counter: increase per second."""

    __slots__ = ()

    def _worth(self) -> Value | None:
        passed = self.ats[-1] - self.ats[0]
        return self.steps.total_but_first() / (passed / 1e6) if passed else None


def step_between(before: float, after: float, counter: bool) -> float:
    """What a step counts for `increase`."""
    if after >= before:
        return after - before
    return after if counter else 0.0
