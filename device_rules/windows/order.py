"""`quantile(m, w, p)`: the observations (in long windows the averages of buckets) kept in order of size."""

from __future__ import annotations

from bisect import bisect_left, insort
from math import ceil

from device_rules.reading import Micros, Value
from device_rules.source import Source
from device_rules.windows.bucket_sums import BucketTotal
from device_rules.windows.exact import Kept
from device_rules.windows.state import Observed, State, numbers


class Quantile(Kept):
    """`quantile(m, w, p)`, exact."""

    __slots__ = ("p", "ranked")

    def __init__(self, source: Source) -> None:
        super().__init__(source, least=max(1, source.needed))
        self.p = source.argument
        self.ranked: list[float] = []

    def _take(self, at: Micros, value: Observed) -> None:
        self.values.append(value)
        insort(self.ranked, value)

    def _drop(self) -> None:
        oldest = self.values.pop(0)
        del self.ranked[bisect_left(self.ranked, oldest)]

    def _worth(self) -> Value:
        return self.ranked[ceil(self.p * len(self.ranked)) - 1]

    def _checked(self, left: State, size: int) -> list[Observed]:
        return numbers(left, size)


class BucketQuantile(BucketTotal):
    """`quantile(m, w, p)` of the buckets' averages."""

    __slots__ = ("p", "ranked")

    def __init__(self, source: Source) -> None:
        self.p = source.argument
        super().__init__(source, least=max(1, source.needed))

    def _settle(self) -> None:
        self.ranked: list[float] = sorted(
            total / n for total, n in zip(self.columns[0], self.counts, strict=True)
        )

    def _worth(self) -> Value:
        ranked = self.ranked
        average: float = self.total / (self.size - self.older)
        wanted = ceil(self.p * (len(ranked) + 1)) - 1
        place = bisect_left(ranked, average)
        if wanted == place:
            return average
        return self.ranked[wanted if wanted < place else wanted - 1]
