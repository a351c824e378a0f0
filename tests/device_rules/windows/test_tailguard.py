"""The detector of the unusual, against a plain retelling of its description: every point, every number kept."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest

from device_rules.windows.tailguard import TailGuard


class Average:
    def __init__(self, rate: float) -> None:
        self.rate, self.n, self.e = rate, 0, 0.0

    def hear(self, x: float) -> None:
        if self.n == 0:
            self.e = x
        c = 1 / (self.n + 1)
        self.e = self.e + max(c, self.rate) * (x - self.e)
        self.n += 1


class OneTail:
    def __init__(self) -> None:
        self.q = self.s = self.m1 = self.m2 = 0.0
        self.j = self.n = 0

    def score(self, e: float) -> float:
        if not (e > 0 and self.n > 100 and self.j > 3 and self.m1 > 0):
            return 0.0
        v = max(self.m2 - self.m1**2, 1e-12 * self.m1**2)
        r = self.m1**2 / v
        k, sigma = max(-0.2, (1 - r) / 2), self.m1 * (r + 1) / 2
        if abs(k) < 0.001:
            rarity = e / sigma
        else:
            t = 1 + k * e / sigma
            rarity = 30.0 if t < 1e-6 else math.log(t) / k
        return min(30.0, (math.log(100) + rarity) / math.log(10))

    def hear(self, y: float) -> float:
        if self.n == 0:
            self.q = y
        e = y - self.q
        score = self.score(e)
        a = 1 / (self.n + 1) if self.n < 500 else 0.002
        self.s += a * (abs(e) - self.s)
        g = 0.02 * self.s
        if self.n < 200 and (self.n + 1) ** -0.7 > 0.02:
            g = self.s * (self.n + 1) ** -0.7
        self.q = self.q + 0.99 * g if e > 0 else self.q - 0.01 * g
        if e > 0:
            b = max(1 / (self.j + 1), 0.02)
            clipped = min(e, 8 * self.m1) if self.j > 20 else e
            self.m1 += b * (clipped - self.m1)
            self.m2 += b * (clipped**2 - self.m2)
            self.j += 1
        self.n += 1
        return score


class Retold:
    def __init__(self) -> None:
        self.spike, self.excursion, self.quick, self.slow, self.profile = map(
            Average, (0.05, 0.002, 0.1, 0.01, 0.01)
        )
        self.hours: dict[int, tuple[int, float]] = {}
        self.tails = [OneTail() for _ in range(8)]
        self.memory: list[float] = []

    def residuals(self, ts: int, x: float) -> list[float]:
        first = self.spike.n == 0
        r0, r1 = (0.0, 0.0) if first else (x - self.spike.e, x - self.excursion.e)
        for average in (self.spike, self.excursion, self.quick, self.slow, self.profile):
            average.hear(x)
        h = ts // 3600 % 24
        k, p = self.hours.get(h, (0, 0.0))
        r3 = x - (p if k > 3 else self.profile.e)
        self.hours[h] = (k + 1, p + max(1 / (k + 1), 0.2) * (x - p))
        return [r0, r1, self.quick.e - self.slow.e, r3]

    def push(self, ts: int, x: float) -> float:
        signed = [sign * r for r in self.residuals(ts, x) for sign in (1, -1)]
        m = max(tail.hear(y) for tail, y in zip(self.tails, signed, strict=True))
        told = m if m > 0 and m > max(self.memory[-90:], default=0.0) else 0.0
        self.memory.append(m)
        return told


def constant(dice: random.Random, i: int) -> float:
    return 7.0 + (dice.random() > 0.995)


def daily(dice: random.Random, i: int) -> float:
    return 20 + 5 * math.sin(i / 300) + dice.gauss(0, 0.3) + (40 if i % 977 == 976 else 0)


def heavy(dice: random.Random, i: int) -> float:
    return dice.paretovariate(1.5) * dice.choice([-1, 1])


@pytest.mark.parametrize("course", [constant, daily, heavy])
def test_every_point_scores_as_the_description_says(course: Any) -> None:
    dice = random.Random(8)
    guard, retold = TailGuard(), Retold()
    emitted = 0
    for i in range(4000):
        x = course(dice, i)
        score = guard.push(1_700_000_000 + 300 * i, x)
        assert score == pytest.approx(retold.push(1_700_000_000 + 300 * i, x), rel=1e-6, abs=1e-9)
        emitted += score > 0
    assert emitted > 5
