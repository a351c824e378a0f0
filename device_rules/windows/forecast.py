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
from device_rules.windows.state import Observed, State, numbers, parts, whole, whole_numbers


class Forecast(Exact):
    """Of an exact window. `moments` and `squares` are the sums of t and t²."""

    __slots__ = ("ahead", "moments", "squares", "weighed", "xs")

    def __init__(self, source: Source) -> None:
        super().__init__(source, least=max(2, source.needed))
        self.ahead = int(source.argument)
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
        return (total + slope * (n * (ats[-1] + self.ahead - newest) - late)) / n

    def _places(self) -> list[int]:
        """Per chunk, where in the window it begins (the oldest one at or before 0)."""
        gone = self.xs.first + self.xs.gone
        return [start - gone for start in self.xs.starts]

    def _left(self) -> list[Observed]:
        return self.xs.left()


class BucketForecast(Bucketed):
    """Of a long window. A bucket remembers the sums of x, of x × t, of t and of t², with t from its beginning."""

    __slots__ = ("ahead", "before", "last_at", "sums")
    fresh = (0.0, 0.0, 0, 0)
    sums: list[Observed]

    def __init__(self, source: Source) -> None:
        self.ahead = int(source.argument)
        self.last_at = 0
        super().__init__(source, least=max(2, source.needed))

    def _current(self) -> tuple[Observed, ...]:
        return tuple(self.sums)

    def _resume(self, *current: Observed) -> None:
        self.sums = list(current)

    def _settle(self) -> None:
        """The same sums of all closed buckets, with t from the beginning of the current one."""
        weighed: list[float] = []
        moments = squares = 0
        for key, n, x, y, t, tt in zip(self.keys, self.counts, *self.columns, strict=True):
            away = (key - self.number) * self.width
            weighed.append(y + x * away)
            moments += t + n * away
            squares += tt + 2 * away * t + n * away * away
        self.before = (fold(self.columns[0]), fold(weighed), moments, squares)

    def _take(self, at: Micros, value: Observed) -> None:
        t = at - self.number * self.width
        sums = self.sums
        sums[0] += value
        sums[1] += value * t
        sums[2] += t
        sums[3] += t * t
        self.last_at = at

    def _worth(self) -> Value | None:
        n = self.size
        total, weighed, late, squares = (
            before + now for before, now in zip(self.before, self.sums, strict=True)
        )
        spread = n * squares - late * late
        if not spread:
            return None
        slope = (n * weighed - late * total) / spread
        ahead = self.last_at - self.number * self.width + self.ahead
        return float((total + slope * (n * ahead - late)) / n)

    def freeze(self) -> State:
        state = super().freeze()
        if state:
            state[-1] = [str(squares) for squares in state[-1]]  # 64 bits may not hold them
            state.append(self.last_at)
        return state

    def thaw(self, state: State) -> None:
        if not state:
            return super().thaw(state)
        *rest, last_at = parts(state, 7)
        self.last_at = whole(last_at)
        super().thaw(rest)
        return None

    def _checked(self, columns: list[State], size: int) -> list[list[Observed]]:
        total, weighed, moments, squares = columns
        if not all(isinstance(text, str) and text.isdecimal() for text in parts(squares, size)):
            raise ValueError("not sums of squares")
        exact = [int(text) for text in squares]
        return [numbers(total, size), numbers(weighed, size), whole_numbers(numbers(moments, size)), exact]
