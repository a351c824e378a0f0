"""What the functions of one metric say of its observations (10 to 14). They look through all of them, every time.

Sums are taken as they come: the made-up values are multiples of a half, so the order does not matter.
"""

from __future__ import annotations

import math
from itertools import groupby, pairwise
from typing import TypeAlias

from device_rules.reading import SECOND, Micros, Value
from device_rules.source import BUCKETS, MOST_EXACT, Source

Seen: TypeAlias = tuple[Micros, Value]
"""When, and what."""


def is_exact(source: Source) -> bool:
    """Whether every observation is kept, not buckets."""
    return source.expected <= MOST_EXACT


def width(source: Source) -> Micros:
    """Of a bucket."""
    return -(-source.span // BUCKETS)


def leaves_at(source: Source, at: Micros) -> Micros:
    """When an observation of moment `at` is no more in the window."""
    if is_exact(source):
        return at + source.span
    return (at // width(source) + BUCKETS) * width(source)


def value(source: Source, seen: list[Seen], now: Micros) -> Value | None:
    """The value of a window function over what is in its window, from oldest to newest."""
    if source.form in ("stuck", "prev"):
        return None
    if len(seen) < source.needed:
        return None
    if source.form in ("first", "last"):
        return seen[0 if source.form == "first" else -1][1]
    if source.form in ("count", "changes", "increase", "rate", "delta"):
        return _of_steps(source, seen)
    numbers = [float(one) for _, one in seen]
    if source.form == "forecast":
        return forecast(seen, source.argument)
    return _of_numbers(source, numbers, seen)


def _of_numbers(source: Source, numbers: list[float], seen: list[Seen]) -> float | None:
    match source.form:
        case "avg":
            return sum(numbers) / len(numbers)
        case "min":
            return min(numbers)
        case "max":
            return max(numbers)
        case "sum":
            return sum(numbers)
        case "stddev":
            mean = sum(numbers) / len(numbers)
            return math.sqrt(sum((number - mean) ** 2 for number in numbers) / len(numbers))
    assert source.form == "quantile", source.form
    ranked = sorted(numbers if is_exact(source) else averages(source, seen))
    return ranked[math.ceil(source.argument * len(ranked)) - 1]


def averages(source: Source, seen: list[Seen]) -> list[float]:
    """Of the buckets."""
    found = []
    for _, group in groupby(seen, lambda one: one[0] // width(source)):
        numbers = [float(value) for _, value in group]
        found.append(sum(numbers) / len(numbers))
    return found


def _of_steps(source: Source, seen: list[Seen]) -> float | None:
    if source.form == "count":
        return float(len(seen))
    steps = list(pairwise(seen))
    if source.form == "changes":
        return float(len([1 for one, other in steps if one[1] != other[1]]))
    gained = sum(rise(float(one[1]), float(other[1]), source.counter) for one, other in steps)
    if source.form == "increase":
        return gained
    seconds = (seen[-1][0] - seen[0][0]) / SECOND
    delta = float(seen[-1][1]) - float(seen[0][1])
    if source.form == "delta":
        return delta
    return None if seconds == 0 else (gained if source.counter else delta) / seconds


def rise(before: float, after: float, counter: bool) -> float:
    """By how much it rose; a counter that fell began again at 0."""
    if after >= before:
        return after - before
    return after if counter else 0.0


def forecast(seen: list[Seen], ahead: float) -> float | None:
    """The straight line of least squares, read `ahead` after the newest."""
    newest = seen[-1][0]
    times = [(at - newest) / SECOND for at, _ in seen]
    numbers = [float(value) for _, value in seen]
    n, mean_t, mean_x = len(seen), sum(times) / len(seen), sum(numbers) / len(seen)
    spread = sum((t - mean_t) ** 2 for t in times)
    if n < 2 or spread == 0:
        return None
    slope = sum((t - mean_t) * (x - mean_x) for t, x in zip(times, numbers, strict=True)) / spread
    return mean_x + slope * (ahead / SECOND - mean_t)
