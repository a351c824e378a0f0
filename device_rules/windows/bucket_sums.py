"""`sum`, `avg`, `min` and `max` over long windows: one number per bucket."""

from __future__ import annotations

from device_rules.hold import NEVER
from device_rules.reading import Micros, Value
from device_rules.source import Source
from device_rules.windows.buckets import Bucketed
from device_rules.windows.fold import fold
from device_rules.windows.state import Observed


class BucketTotal(Bucketed):
    """`sum(m, w)`."""

    __slots__ = ("before", "total")
    before: float
    total: float
    fresh = (0.0,)

    def _current(self) -> tuple[Observed, ...]:
        return (self.total,)

    def _resume(self, *current: Observed) -> None:
        (self.total,) = current

    def _settle(self) -> None:
        self.before = fold(self.columns[0])

    def _take(self, at: Micros, value: Observed) -> None:
        self.total += value

    def _worth(self) -> Value:
        return self.before + self.total


class BucketAverage(BucketTotal):
    """`avg(m, w)`."""

    __slots__ = ()

    def __init__(self, source: Source) -> None:
        super().__init__(source, least=max(1, source.needed))

    def told(self, at: Micros, value: Observed) -> Value | None:
        """As of any other, with fewer calls."""
        self.ahead = None
        if at >= self.end:
            self._turn(at)
        self.total = total = self.total + value
        self.size = size = self.size + 1
        return (self.before + total) / size if size >= self.needed else None

    def _worth(self) -> Value:
        return (self.before + self.total) / self.size


class BucketMax(Bucketed):
    """`max(m, w)`. Of the closed buckets, `holder` (its number) has the extreme."""

    __slots__ = ("before", "holder", "top")
    before: float
    top: float
    fresh = (float("-inf"),)

    def __init__(self, source: Source) -> None:
        super().__init__(source, least=max(1, source.needed))

    def _current(self) -> tuple[Observed, ...]:
        return (self.top,)

    def _resume(self, *current: Observed) -> None:
        (self.top,) = current

    def _settle(self) -> None:
        tops = self.columns[0]
        if not tops:
            self.before = self.fresh[0]
            self.holder = -NEVER
        elif self.holder < self.keys[0]:
            self.before = max(tops)
            self.holder = self.keys[tops.index(self.before)]
        elif tops[-1] >= self.before:
            self.before = tops[-1]
            self.holder = self.keys[-1]

    def _take(self, at: Micros, value: Observed) -> None:
        if value > self.top:  # noqa: PLR1730 (a call costs more)
            self.top = value

    def _worth(self) -> Value:
        return self.top if self.top > self.before else self.before


class BucketMin(BucketMax):
    """`min(m, w)`."""

    __slots__ = ()
    fresh = (float("inf"),)

    def _settle(self) -> None:
        tops = self.columns[0]
        if not tops:
            self.before = self.fresh[0]
            self.holder = -NEVER
        elif self.holder < self.keys[0]:
            self.before = min(tops)
            self.holder = self.keys[tops.index(self.before)]
        elif tops[-1] <= self.before:
            self.before = tops[-1]
            self.holder = self.keys[-1]

    def _take(self, at: Micros, value: Observed) -> None:
        if value < self.top:  # noqa: PLR1730 (a call costs more)
            self.top = value

    def _worth(self) -> Value:
        return self.top if self.top < self.before else self.before
