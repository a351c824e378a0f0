"""`forecast(m, ahead, w)`: the straight line of least squares through the window, read `ahead` after its newest observation.

Moments are whole numbers of µs and add up exactly. What they weigh the values with is counted from the
beginning of each chunk or bucket, so that no digits are lost; see 14 of `docs/rules-exactly.md`.
"""

from __future__ import annotations

from device_rules.reading import Micros, Value
from device_rules.source import Source
from device_rules.windows.buckets import Bucketed
from device_rules.windows.exact import Exact
from device_rules.windows.fold import ChunkSum, chunk_of, fold
from device_rules.windows.state import Observed, State, numbers, parts, whole


class Forecast(Exact):
    """Of an exact window. `moments` and `squares` are the sums of t and t²."""

    __slots__ = ("moments", "reach", "squares", "weighed", "xs")

    def __init__(self, source: Source) -> None:
        super().__init__(source, least=max(2, source.needed))
        self.reach = int(source.argument)
        self.xs = ChunkSum(chunk_of(source.span))
        self.weighed = ChunkSum(chunk_of(source.span))
        self.moments = self.squares = 0

    def _take(self, at: Micros, value: Observed) -> None:
        self.xs.add(at, value)
        self.weighed.add(at, value * (at % self.xs.width))
        self.moments += at
        self.squares += at * at

    def _drop(self) -> None:
        at = self.ats[0]
        self.xs.drop()
        self.weighed.drop()
        self.moments -= at
        self.squares -= at * at

    def _worth(self) -> Value | None:
        ats = self.ats
        n = len(ats)
        spread = n * self.squares - self.moments * self.moments
        if not spread:
            return None
        width = self.xs.width
        begins = [ats[max(0, place)] // width * width for place in self._places()]
        newest = begins[-1]
        weighed = fold(
            [
                y + x * (begin - newest)
                for begin, x, y in zip(begins, self.xs.sums, self.weighed.sums, strict=True)
            ]
        )
        total = self.xs.total()
        late = self.moments - n * newest
        slope = (n * weighed - late * total) / spread
        return (total + slope * (n * (ats[-1] + self.reach - newest) - late)) / n

    def _places(self) -> list[int]:
        """Per chunk, where in the window it begins (the oldest one at or before 0)."""
        gone = self.xs.first + self.xs.gone
        return [start - gone for start in self.xs.starts]

    def _left(self) -> list[Observed]:
        return self.xs.left()


class BucketForecast(Bucketed):
    """Of a long window. A bucket remembers the sums of x, of x × (t from its beginning), of t and of t²."""

    __slots__ = ("before", "last_at", "reach", "sums")
    fresh = (0.0, 0.0, 0, 0)
    before: tuple[float, float, int, int]
    sums: tuple[float, float, int, int]

    def __init__(self, source: Source) -> None:
        self.reach = int(source.argument)
        self.last_at = 0
        super().__init__(source, least=max(2, source.needed))

    def _current(self) -> tuple[Observed, ...]:
        return self.sums

    def _resume(self, *current: Observed) -> None:
        x, weighed, moments, squares = current
        self.sums = (x, weighed, moments, squares)

    def _settle(self) -> None:
        """The same of all closed buckets, only that x × t counts from the beginning of the current one."""
        xs, weighed, moments, squares = self.columns
        width, number = self.width, self.number
        turned = [y + x * ((key - number) * width) for key, x, y in zip(self.keys, xs, weighed, strict=True)]
        self.before = (fold(xs), fold(turned), sum(moments), sum(squares))

    def _take(self, at: Micros, value: Observed) -> None:
        x, weighed, moments, squares = self.sums
        weight = at - self.number * self.width
        self.sums = (x + value, weighed + value * weight, moments + at, squares + at * at)
        self.last_at = at

    def _worth(self) -> Value | None:
        x_before, weighed_before, moments_before, squares_before = self.before
        x, weighed, moments, squares = self.sums
        n = self.size
        moments += moments_before
        spread = n * (squares + squares_before) - moments * moments
        if not spread:
            return None
        newest = self.number * self.width
        total = x_before + x
        late = moments - n * newest
        slope = (n * (weighed_before + weighed) - late * total) / spread
        return (total + slope * (n * (self.last_at + self.reach - newest) - late)) / n

    def _state(self) -> State:
        state = super()._state()
        if state:
            state[-2:] = [
                [str(item) for item in column] for column in state[-2:]
            ]  # 64 bits may not hold them
            state.append(self.last_at)
        return state

    def _restore(self, state: State) -> None:
        if not state:
            return super()._restore(state)
        *rest, last_at = parts(state, 7)
        self.last_at = whole(last_at)
        super()._restore(rest)
        return None

    def _checked(self, columns: list[State], size: int) -> list[list[Observed]]:
        total, weighed, *sums = columns
        if not all(isinstance(text, str) for column in sums for text in parts(column, size)):
            raise ValueError("not sums of moments")
        exact = [[int(text) for text in column] for column in sums]
        return [numbers(total, size), numbers(weighed, size), *exact]
