"""`drift(m, w)`: how far a device has moved from its own habit, in standard deviations.

The habit is that of its first 30 samples, each the average of a span of `w`; later samples move a slow
average of their distance from it. The constants are those that found wear in public run-to-failure data.
"""

from __future__ import annotations

from device_rules.hold import NEVER
from device_rules.reading import Micros, Value
from device_rules.source import Source
from device_rules.windows.spread import NOTHING, Spread, deviation, with_one
from device_rules.windows.state import Observed, State, numbers, parts, whole

HABIT = 30
"""So many samples make the habit."""
PACE = 0.15
"""How much of the way to a new sample the slow average goes."""


class Spans:
    """Averages over spans aligned to the epoch, each told when the first observation of a later one comes."""

    __slots__ = ("end", "n", "number", "total", "width")

    def __init__(self, width: Micros) -> None:
        self.width = width
        self.end: Micros = -NEVER
        self.number = self.n = 0
        self.total = 0.0

    def over(self, at: Micros) -> tuple[int, float] | None:
        """The number and the average of the span that is over now; the span of `at` begins."""
        ended = (self.number, self.total / self.n) if self.n else None
        self.number = at // self.width
        self.end = (self.number + 1) * self.width
        self.n = 0
        self.total = 0.0
        return ended

    def freeze(self) -> State:
        return [self.number, self.n, self.total]

    def thaw(self, state: State) -> None:
        """Raises ValueError for a state of another shape."""
        number, n, total = parts(state, 3)
        self.number, self.n = whole(number), whole(n)
        (self.total,) = numbers([total], 1)
        if self.n:
            self.end = (self.number + 1) * self.width


class Drift:
    """`drift(m, w)`."""

    __slots__ = ("away", "habit", "samples", "spans")
    resting = True

    def __init__(self, source: Source) -> None:
        self.spans = Spans(source.span)
        self.habit: Spread = NOTHING
        self.away = 0.0
        self.samples = 0  # after the habit

    def told(self, at: Micros, value: Observed) -> Value | None:
        """Push it and say how far away the device is."""
        self.push(at, value)
        return abs(self.away) if self.samples else None

    def push(self, at: Micros, value: Observed) -> None:
        spans = self.spans
        if at >= spans.end:
            ended = spans.over(at)
            if ended is not None:
                self._sample(ended[1])
        spans.total += value
        spans.n += 1

    def _sample(self, x: float) -> None:
        if self.habit[0] < HABIT:
            self.habit = with_one(self.habit, x)
            return
        mean = self.habit[1]
        sigma = max(deviation(self.habit), 1e-9 * max(1.0, abs(mean)))
        self.away += PACE * ((x - mean) / sigma - self.away)
        self.samples = 1

    def value(self, at: Micros) -> Value | None:
        return abs(self.away) if self.samples else None

    def due(self) -> Micros:
        return NEVER

    def freeze(self) -> State:
        return [self.spans.freeze(), list(self.habit), self.away, self.samples]

    def thaw(self, state: State) -> None:
        """Take the state of another one into this fresh one. Raises ValueError for another shape."""
        spans, habit, away, samples = parts(state, 4)
        self.spans.thaw(spans)
        n, mean, squares = parts(habit, 3)
        mean, squares, self.away = numbers([mean, squares, away], 3)
        self.habit = (whole(n), mean, squares)
        self.samples = whole(samples)
