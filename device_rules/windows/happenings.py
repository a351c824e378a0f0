"""What watches conditions and events: `share`, `times`, `consecutive`, `count(event…)`.

They are told the known truth of their condition whenever it is looked at, and nothing while it is unknown.
Everything is counted in whole numbers, so what leaves may be subtracted.
"""

from __future__ import annotations

from device_rules.hold import NEVER
from device_rules.reading import Micros, Value
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
    """`count(event.NAME, w)`: told at every event that matches. None is known as well."""

    __slots__ = ("ats", "span")
    resting = True

    def __init__(self, source: Source) -> None:
        self.span = source.span
        self.ats: list[Micros] = []

    def told(self, at: Micros, value: Observed) -> Value | None:
        """Push it and say how many there are now."""
        self.push(at, value)
        return self.value(at)

    def push(self, at: Micros, value: Observed) -> None:
        """One more, when `value` is true."""
        if value:
            self.ats.append(at)
            if len(self.ats) > MOST_EXACT:
                del self.ats[0]

    def value(self, at: Micros) -> Value | None:
        ats = self.ats
        edge = at - self.span
        while ats and ats[0] <= edge:
            del ats[0]
        return float(len(ats))

    def due(self) -> Micros:
        return self.ats[0] + self.span if self.ats else NEVER

    def freeze(self) -> State:
        return steps_of(self.ats)

    def thaw(self, state: State) -> None:
        """Take the state of another one into this fresh one. Raises ValueError for another shape."""
        self.ats = moments_of(state)


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
