"""`unusual(m)`: the score of a streaming detector, which is told the metric's average of every minute."""

from __future__ import annotations

from math import isfinite

from device_rules.hold import NEVER
from device_rules.reading import MINUTE, Micros, Value
from device_rules.source import Source
from device_rules.windows.habit import Spans
from device_rules.windows.state import Observed, State, numbers, parts
from device_rules.windows.tailguard import TailGuard

LEARNING = 100
"""Unknown until so many minutes have been heard."""


class Unusual:
    """`unusual(m)`."""

    __slots__ = ("guard", "score", "spans")
    resting = True

    def __init__(self, _source: Source) -> None:
        self.spans = Spans(MINUTE)
        self.guard = TailGuard()
        self.score = 0.0

    def told(self, at: Micros, value: Observed) -> Value | None:
        """Push it and say how unusual the last whole minute was."""
        self.push(at, value)
        return self.score if self.guard.n >= LEARNING else None

    def push(self, at: Micros, value: Observed) -> None:
        spans = self.spans
        if at >= spans.end:
            ended = spans.over(at)
            if ended is not None and isfinite(ended[1]):
                self.score = self.guard.push(ended[0] * 60, ended[1])
        spans.total += value
        spans.n += 1

    def value(self, at: Micros) -> Value | None:
        return self.score if self.guard.n >= LEARNING else None

    def due(self) -> Micros:
        return NEVER

    def freeze(self) -> State:
        return [self.spans.freeze(), self.guard.freeze(), self.score]

    def thaw(self, state: State) -> None:
        """Take the state of another one into this fresh one. Raises ValueError for another shape."""
        spans, guard, score = parts(state, 3)
        self.spans.thaw(spans)
        self.guard.thaw(guard)
        (self.score,) = numbers([score], 1)
