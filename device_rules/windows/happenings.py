"""What watches conditions and events: `share`, `times`, `consecutive`, `count(event…)`.

They are told the known truth of their condition whenever it is looked at, and nothing while it is unknown.
Everything is counted in whole numbers, so what leaves may be subtracted.
"""

from __future__ import annotations

from bisect import bisect_right, insort

from device_rules.hold import NEVER
from device_rules.reading import DAY, Micros, Value
from device_rules.source import MOST_EXACT, Source
from device_rules.windows.buckets import Bucketed
from device_rules.windows.exact import Exact
from device_rules.windows.state import Observed, State, moments_of, parts, steps_of, whole, whole_numbers


class Share(Exact):
    """`share(cond, w)`, exact: of the looks that knew, how many found it true."""

    __slots__ = ("found", "truths")
    resting = False

    def __init__(self, source: Source) -> None:
        super().__init__(source, least=max(1, source.needed))
        self.truths: list[int] = []
        self.found = 0

    def _take(self, at: Micros, value: Observed) -> None:
        truth = 1 if value else 0
        self.truths.append(truth)
        self.found += truth

    def _drop(self) -> None:
        self.found -= self.truths.pop(0)

    def _worth(self) -> Value:
        return self.found / len(self.ats)

    def _left(self) -> list[Observed]:
        return self.truths[:]

    def _checked(self, left: State, size: int) -> list[Observed]:
        if len(whole_numbers(left)) != size or not set(left) <= {0, 1}:
            raise ValueError("not so many truths")
        return list(left)


class BucketShare(Bucketed):
    """`share(cond, w)` over long windows."""

    __slots__ = ("before", "found")
    before: int
    found: int
    fresh = (0,)
    resting = False

    def __init__(self, source: Source) -> None:
        super().__init__(source, least=max(1, source.needed))

    def _current(self) -> tuple[Observed, ...]:
        return (self.found,)

    def _resume(self, *current: Observed) -> None:
        (self.found,) = current

    def _settle(self) -> None:
        self.before = sum(self.columns[0])

    def _take(self, at: Micros, value: Observed) -> None:
        if value:
            self.found += 1

    def _worth(self) -> Value:
        return (self.before + self.found) / self.size

    def _checked(self, columns: list[State], size: int) -> list[list[Observed]]:
        if len(whole_numbers(columns[0])) != size:
            raise ValueError("other truths than buckets")
        return [whole_numbers(columns[0])]


class Events:
    """`count(event.NAME, w)`: told at every event that matches. None is known as well.

    Own time may go back a little between events and readings, so what has left is kept a day longer.
    """

    __slots__ = ("asked", "ats", "span")
    resting = True

    def __init__(self, source: Source) -> None:
        self.span = source.span
        self.ats: list[Micros] = []
        self.asked: Micros = -NEVER

    def told(self, at: Micros, value: Observed) -> Value | None:
        """Push it and say how many there are now."""
        self.push(at, value)
        return self.value(at)

    def push(self, at: Micros, value: Observed) -> None:
        """One more, when `value` is true."""
        self.asked = at
        if value:
            ats = self.ats
            insort(ats, at)
            if len(ats) > MOST_EXACT or ats[0] <= at - self.span - DAY:
                del ats[: max(bisect_right(ats, at - self.span - DAY), len(ats) - MOST_EXACT)]

    def value(self, at: Micros) -> Value | None:
        self.asked = at
        ats = self.ats
        return float(len(ats) - bisect_right(ats, at - self.span)) if ats else 0.0

    def due(self) -> Micros:
        ats = self.ats
        place = bisect_right(ats, self.asked - self.span)
        return ats[place] + self.span if place < len(ats) else NEVER

    def freeze(self) -> State:
        return [self.asked, *steps_of(self.ats)]

    def thaw(self, state: State) -> None:
        """Take the state of another one into this fresh one. Raises ValueError for another shape."""
        if not state:
            raise ValueError("not even a moment")
        self.asked, *steps = whole_numbers(state)
        self.ats = moments_of(steps)


class Times(Events):
    """`times(cond, w)`: how often it became true: last known false, now true."""

    __slots__ = ("last",)

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.last: bool | None = None

    def push(self, at: Micros, value: Observed) -> None:
        super().push(at, value and self.last is False)
        self.last = bool(value)

    @property
    def resting(self) -> bool:  # type: ignore[override]
        """It was known false last, so another false is no news."""
        return self.last is False

    def freeze(self) -> State:
        return [self.last, super().freeze()]

    def thaw(self, state: State) -> None:
        last, ats = parts(state, 2)
        super().thaw(ats)
        self.last = truth_of(last)


class Consecutive:
    """`consecutive: n`: whether the last `n` looks that knew all found it true."""

    __slots__ = ("number", "streak")

    def __init__(self, source: Source) -> None:
        self.number = int(source.argument)
        self.streak = 0

    def told(self, at: Micros, value: Observed) -> Value | None:
        """Push it and say whether they are enough."""
        self.push(at, value)
        return self.streak >= self.number

    def push(self, at: Micros, value: Observed) -> None:
        self.streak = min(self.streak + 1, self.number) if value else 0

    def value(self, at: Micros) -> Value | None:
        return self.streak >= self.number

    def due(self) -> Micros:
        return NEVER

    @property
    def resting(self) -> bool:
        """There is no streak to end."""
        return self.streak == 0

    def freeze(self) -> State:
        return self.streak

    def thaw(self, state: State) -> None:
        """Take the state of another one into this fresh one. Raises ValueError for another shape."""
        self.streak = min(whole(state), self.number)


def truth_of(state: State) -> bool | None:
    """The state, if it is a truth, or None. Raises ValueError otherwise."""
    if state is None or state is True or state is False:
        return state
    raise ValueError("not a truth")
