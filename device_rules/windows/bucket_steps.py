"""From one observation to the next, over long windows: `first`, `delta`, `rate`, `increase`, `changes`.

A step belongs to the bucket of its later observation. Each bucket remembers what its steps amount to with
and without the one that led into it, for that one does not count in the oldest bucket of the window.
"""

from __future__ import annotations

from device_rules.reading import Micros, Value
from device_rules.source import Source
from device_rules.windows.buckets import Bucketed
from device_rules.windows.fold import fold
from device_rules.windows.state import Observed, State, numbers, parts, values, whole_numbers
from device_rules.windows.steps import step_between


class BucketFirst(Bucketed):
    """`first(m, w)`, `delta(m, w)` and `rate(m, w)` of a gauge need the first of each bucket, with its moment."""

    __slots__ = ("first", "first_at", "last", "last_at")
    fresh = (None, 0)

    def _current(self) -> tuple[Observed, ...]:
        return (self.first, self.first_at)

    def _resume(self, *current: Observed) -> None:
        self.first, self.first_at = current

    def _take(self, at: Micros, value: Observed) -> None:
        if self.size == self.older + 1:
            self.first = value
            self.first_at = at
        self.last = value
        self.last_at = at

    def _oldest(self) -> tuple[Observed, Micros]:
        """The first observation in the window, and its moment."""
        firsts, first_ats = self.columns
        return (firsts[0], first_ats[0]) if firsts else (self.first, self.first_at)

    def _worth(self) -> Value | None:
        return self._oldest()[0]  # type: ignore[no-any-return]

    def _state(self) -> State:
        state = super()._state()
        return [*state, self.last, self.last_at] if state else state

    def _restore(self, state: State) -> None:
        if not state:
            return super()._restore(state)
        *rest, last, last_at = parts(state, 6)
        super()._restore(rest)
        (self.last,) = values([last], 1)
        (self.last_at,) = whole_numbers([last_at])
        return None

    def _checked(self, columns: list[State], size: int) -> list[list[Observed]]:
        firsts, first_ats = columns
        if len(whole_numbers(first_ats)) != size:
            raise ValueError("other moments than buckets")
        return [values(firsts, size), whole_numbers(first_ats)]


class BucketDelta(BucketFirst):
    """`delta(m, w)`."""

    __slots__ = ()

    def __init__(self, source: Source) -> None:
        super().__init__(source, least=2)

    def _worth(self) -> Value | None:
        return float(self.last - self._oldest()[0])


class BucketDeltaRate(BucketDelta):
    """`rate(m, w)` of a gauge."""

    __slots__ = ()

    def _worth(self) -> Value | None:
        first, first_at = self._oldest()
        passed = self.last_at - first_at
        return (self.last - first) / (passed / 1e6) if passed else None


class BucketSteps(Bucketed):
    """The sum of steps; what a step counts for is the form's."""

    __slots__ = ("before", "first_at", "inner", "last", "last_at", "whole")
    before: float
    inner: float
    whole: float
    first_at: Micros
    fresh = (0.0, 0.0, 0)

    def __init__(self, source: Source, least: int = 2) -> None:
        self.last: Observed = None
        self.last_at = 0
        super().__init__(source, least)

    def _step(self, value: Observed) -> float:
        """What the step from the last observation to this one counts for."""
        return 1.0 if value != self.last else 0.0

    def _current(self) -> tuple[Observed, ...]:
        return (self.inner, self.whole, self.first_at)

    def _resume(self, *current: Observed) -> None:
        self.inner, self.whole, self.first_at = current

    def _settle(self) -> None:
        inner, whole, _ = self.columns
        self.before = fold([*inner[:1], *whole[1:]])

    def _take(self, at: Micros, value: Observed) -> None:
        step = self._step(value) if self.size > 1 else 0.0
        if self.size == self.older + 1:
            self.first_at = at
        else:
            self.inner += step
        self.whole += step
        self.last = value
        self.last_at = at

    def _sum(self) -> float:
        return self.before + self.whole if self.older else self.inner

    def _worth(self) -> Value | None:
        return self._sum()

    def _state(self) -> State:
        state = super()._state()
        return [*state, self.last, self.last_at] if state else state

    def _restore(self, state: State) -> None:
        if not state:
            return super()._restore(state)
        *rest, last, last_at = parts(state, 7)
        super()._restore(rest)
        (self.last,) = values([last], 1)
        (self.last_at,) = whole_numbers([last_at])
        return None

    def _checked(self, columns: list[State], size: int) -> list[list[Observed]]:
        inner, whole, first_ats = columns
        if len(whole_numbers(first_ats)) != size:
            raise ValueError("other moments than buckets")
        return [numbers(inner, size), numbers(whole, size), whole_numbers(first_ats)]


class BucketChanges(BucketSteps):
    """`changes(m, w)`."""

    __slots__ = ()

    def __init__(self, source: Source) -> None:
        super().__init__(source, least=1)


class BucketIncrease(BucketSteps):
    """`increase(m, w)`."""

    __slots__ = ("counter",)

    def __init__(self, source: Source) -> None:
        self.counter = source.counter
        super().__init__(source)

    def _step(self, value: Observed) -> float:
        return step_between(self.last, value, self.counter)


class BucketIncreaseRate(BucketIncrease):
    """`rate(m, w)` of a counter."""

    __slots__ = ()

    def _worth(self) -> Value | None:
        passed = self.last_at - (self.columns[2][0] if self.older else self.first_at)
        return self._sum() / (passed / 1e6) if passed else None
