"""The chart of a fault as values: metrics with their thresholds, between two moments, around the time of the fault.

Pure. `drawing.py` makes the picture; here is what it shows, the same in words, and the arithmetic of round numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from hub.web.when import clock_in

MAX_POINTS = 240
MAX_GAPS = 4  # a hole of more than four times the usual distance is drawn as a hole

Point = tuple[int, float]


@dataclass(frozen=True, slots=True)
class Series:
    """One metric: numbers in `points` (moment, value), or states in `states` (moment, word); times grow.

    `threshold` is what the rule compares with, `rule` that comparison in words.
    """

    name: str
    unit: str = ""
    points: tuple[Point, ...] = ()
    states: tuple[tuple[int, str], ...] = ()
    threshold: float | None = None
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn between `start` and `end` (UTC µs). The fault is shaded from `begun` until `over` (None: still),
    and marked where it was `raised`. `zone` is the IANA zone of the times at the foot."""

    title: str
    start: int
    end: int
    begun: int
    raised: int
    over: int | None
    series: tuple[Series, ...]
    zone: str = "UTC"


def summary(chart: Chart) -> str:
    """The picture in words, for ears."""
    parts = [f"{chart.title}. From {clock_in(chart.start, chart.zone)} to {clock_in(chart.end, chart.zone)}."]
    over = f"until {clock_in(chart.over, chart.zone)}" if chart.over else "and still there"
    parts.append(f"Fault since {clock_in(chart.begun, chart.zone)}, {over}.")
    for series in chart.series:
        last = series.points[-1][1] if series.points else (series.states[-1][1] if series.states else None)
        if last is not None:
            rule = f", rule: {series.rule}" if series.rule else ""
            parts.append(f"{series.name} is {number(last)}{with_unit(series)}{rule}.")
    return " ".join(parts)


def ticks(low: float, high: float) -> list[float]:
    """Two to five round values between `low` and `high`."""
    raw = (high - low) / 3
    size = 10 ** math.floor(math.log10(raw))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= raw)
    first = math.ceil(low / step)
    return [index * step for index in range(first, math.floor(high / step) + 1)]


def pieces(points: Sequence[Point]) -> list[list[Point]]:
    """The points cut where nothing was heard for much longer than usual: a hole is not a straight line."""
    steps = sorted(later[0] - earlier[0] for earlier, later in pairwise(points))
    limit = MAX_GAPS * steps[len(steps) // 2] if steps else 0
    out: list[list[Point]] = []
    for point in points:
        if out and point[0] - out[-1][-1][0] <= limit:
            out[-1].append(point)
        else:
            out.append([point])
    return out


def thin(points: Sequence[Point], most: int = MAX_POINTS) -> list[Point]:
    """At most about `most` points, keeping the lowest and the highest of every bucket: no spike is lost."""
    if len(points) <= most:
        return list(points)
    size = math.ceil(len(points) / (most // 2))
    out: list[Point] = []
    for begin in range(0, len(points), size):
        bucket = points[begin : begin + size]
        ends = {min(bucket, key=_value), max(bucket, key=_value)}
        out += sorted(ends)
    return out


def _value(point: Point) -> float:
    return point[1]


def number(value: float | str | bool) -> str:
    """A value as precise as people need it, with a real minus sign: `1780`, `−18.9`, `0.75`."""
    if isinstance(value, str | bool):
        return str(value)
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    text = f"{value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text.replace("-", "−")


def brief(value: float) -> str:
    """A value for the edge of a scale: `200k`, `1.2M`."""
    for size, letter in ((1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            return f"{number(value / (1000 if letter == 'k' else size))}{letter}"
    return number(value)


def with_unit(series: Series) -> str:
    """The unit behind a space, or nothing."""
    return f" {series.unit}" if series.unit else ""
