"""TailGuard: a streaming detector of what a series hardly ever does. One configuration for all metrics.

`push` tells a score, about −log10 of the probability of so large a deviation; 0: nothing to report. It never
looks ahead, knows no range and no length, and is never trained. Four residuals feed eight one-sided
tails; each has a running 99 % quantile and a generalised Pareto tail, fitted by moments. A score is
emitted only when it beats those of the last 90 points.
"""

from __future__ import annotations

from math import log
from typing import TypeAlias

from device_rules.windows.state import State, numbers, parts, whole

MEMORY = 90
"""A score must beat those of so many points before it."""
PROFILE = 24
"""Bins of the daily profile: hours."""
_LN10 = log(10)
_LN100 = log(100)
_GAIN = [(n + 1) ** -0.7 for n in range(200)]

Tail: TypeAlias = list[float]
"""q (the quantile), s (mean distance from it), m1, m2 (moments of the excess), j (how many excesses)."""


def tail_score(e: float, m1: float, m2: float) -> float:
    """−log10 of the probability of an excess beyond `e`, if excesses have these moments; 30 at most."""
    v = max(m2 - m1 * m1, 1e-12 * m1 * m1)
    if not v > 0:  # too small for floats to tell
        return 0.0
    ratio = m1 * m1 / v
    shape = max((1 - ratio) / 2, -0.2)
    sigma = m1 * (ratio + 1) / 2
    if abs(shape) < 0.001:
        rarity = e / sigma
    else:
        t = 1 + shape * e / sigma
        rarity = log(t) / shape if t >= 1e-6 else 30.0
    return min(30.0, (_LN100 + rarity) / _LN10)


def heard(tail: Tail, y: float, n: int, pace: float) -> float:
    """Let the tail hear its `n`-th value (from 0); its score, 0 when there is none."""
    if n == 0:
        tail[0] = y
    q, s, m1, m2, j = tail
    e = y - q
    score = 0.0
    if e > 0 and n > 100 and j > 3 and m1 > 0:
        score = tail_score(e, m1, m2)
    s += pace * (abs(e) - s)
    gain = s * _GAIN[n] if n < 200 and _GAIN[n] > 0.02 else 0.02 * s
    if e > 0:
        tail[0] = q + 0.99 * gain
        b = max(1 / (j + 1), 0.02)
        if j > 20 and e > 8 * m1:
            e = 8 * m1
        tail[2] = m1 + b * (e - m1)
        tail[3] = m2 + b * (e * e - m2)
        tail[4] = j + 1
    else:
        tail[0] = q - 0.01 * gain
    tail[1] = s
    return score


class TailGuard:
    """The detector of one metric of one device."""

    __slots__ = ("averages", "bins", "n", "records", "seen", "tails")

    def __init__(self) -> None:
        self.n = 0
        self.averages = [0.0] * 4  # with rates 0.05, 0.002, 0.1, 0.01
        self.bins = [0.0] * PROFILE
        self.seen = [0] * PROFILE  # points per bin, counted up to 5, for the rest moves by a fifth
        self.tails: list[Tail] = [[0.0] * 5 for _ in range(8)]
        self.records: list[tuple[int, float]] = []  # (n, score), falling

    def push(self, seconds: int, x: float) -> float:
        """The next point, at `seconds` since the epoch: its score, or 0."""
        n = self.n
        residuals = self._residuals(seconds // 3600 % PROFILE, x)
        pace = 1 / (n + 1) if n < 500 else 0.002
        best = 0.0
        tails = iter(self.tails)
        for r in residuals:
            up = heard(next(tails), r, n, pace)
            down = heard(next(tails), -r, n, pace)
            best = max(best, up, down)
        self.n = n + 1
        return self._record(n, best)

    def _residuals(self, hour: int, x: float) -> tuple[float, float, float, float]:
        """How far the point is from what was: spike, excursion, shift of level, break of the daily habit."""
        averages = self.averages
        if self.n == 0:
            averages[:] = [x] * 4
        c = 1 / (self.n + 1)
        fast, slow, quick, steady = averages
        averages[0] = fast + max(c, 0.05) * (x - fast)
        averages[1] = slow + max(c, 0.002) * (x - slow)
        averages[2] = quick = quick + max(c, 0.1) * (x - quick)
        averages[3] = steady = steady + max(c, 0.01) * (x - steady)
        seen = self.seen[hour]
        usual = self.bins[hour]
        habit = x - (usual if seen > 3 else steady)
        self.seen[hour] = seen = min(seen + 1, 5)
        self.bins[hour] = usual + max(1 / seen, 0.2) * (x - usual)
        return x - fast, x - slow, quick - steady, habit

    def _record(self, n: int, score: float) -> float:
        """The score, if it is larger than any of the last points; else 0."""
        records = self.records
        if records and records[0][0] < n - MEMORY:
            del records[0]
        if score <= 0:
            return 0.0
        best = records[0][1] if records else 0.0
        while records and records[-1][1] <= score:
            del records[-1]
        records.append((n, score))
        return score if score > best else 0.0

    def freeze(self) -> State:
        """All of it; at most 2 KB as msgpack."""
        return [
            self.n,
            self.averages[:],
            self.bins[:],
            self.seen[:],
            [item for tail in self.tails for item in tail],
            [self.n - n for n, _ in self.records],
            [score for _, score in self.records],
        ]

    def thaw(self, state: State) -> None:
        """Take the state of another one into this fresh one. Raises ValueError for another shape."""
        n, averages, bins, seen, tails, ages, scores = parts(state, 7)
        self.n = whole(n)
        self.averages = numbers(averages, 4)
        self.bins = numbers(bins, PROFILE)
        self.seen = [whole(item) for item in numbers(seen, PROFILE)]
        flat = numbers(tails, 40)
        self.tails = [flat[place : place + 5] for place in range(0, 40, 5)]
        kept = numbers(scores, len(parts(ages, len(ages))))
        self.records = [(self.n - whole(age), score) for age, score in zip(ages, kept, strict=True)]
