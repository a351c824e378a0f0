"""The chart: metrics around a fault as one small SVG, with the threshold line and the shaded time of the fault.

Pure: told series and moments, answers markup. The same picture serves the console, and later the customer's page and
a help desk's attachment. Colours come from the page (CSS classes); words and a table say what the eye may miss.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

from device_rules.reading import DAY, HOUR, MINUTE
from hub.web.when import clock_in, day_in

WIDTH, PANEL, STRIP, GAP = 760, 128, 30, 22
LEFT, RIGHT, TOP, FOOT = 52, 84, 20, 24
MAX_POINTS = 240
MAX_GAPS = 4  # a hole of more than four times the usual distance is drawn as a hole
STEPS = (
    MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
)

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

    def x(self, moment: int) -> float:
        """Where `moment` stands across the picture."""
        span = max(1, self.end - self.start)
        share = (min(max(moment, self.start), self.end) - self.start) / span
        return LEFT + share * (WIDTH - LEFT - RIGHT)


@dataclass(frozen=True, slots=True)
class Scale:
    """The values between `low` and `high`, drawn between the pixels `top` and `bottom`."""

    low: float
    high: float
    top: float
    bottom: float

    def y(self, value: float) -> float:
        """Where `value` stands."""
        share = (value - self.low) / (self.high - self.low)
        return self.bottom - min(max(share, 0.0), 1.0) * (self.bottom - self.top)


def summary(chart: Chart) -> str:
    """The picture in words, for ears."""
    parts = [f"{chart.title}. From {clock_in(chart.start, chart.zone)} to {clock_in(chart.end, chart.zone)}."]
    over = f"until {clock_in(chart.over, chart.zone)}" if chart.over else "and still there"
    parts.append(f"Fault since {clock_in(chart.begun, chart.zone)}, {over}.")
    for series in chart.series:
        last = series.points[-1][1] if series.points else (series.states[-1][1] if series.states else None)
        if last is not None:
            rule = f", rule: {series.rule}" if series.rule else ""
            parts.append(f"{series.name} is {number(last)}{_unit(series)}{rule}.")
    return " ".join(parts)


def draw(chart: Chart) -> Markup:
    """The SVG. Empty series are named and say so."""
    body: list[str] = []
    y = float(TOP)
    for series in chart.series:
        height = STRIP if series.states else PANEL
        body += _panel(chart, series, y, height)
        y += height + GAP
    bottom = y - GAP
    parts = [
        f'<svg class="chart" role="img" aria-labelledby="chart-title chart-desc" viewBox="0 0 {WIDTH} {bottom + FOOT:.0f}"'
        ' xmlns="http://www.w3.org/2000/svg" preserveAspectRatio="xMinYMin meet">',
        f'<title id="chart-title">{escape(chart.title)}</title>',
        f'<desc id="chart-desc">{escape(summary(chart))}</desc>',
        *_shade(chart, bottom),
        *body,
        *_times(chart, bottom),
        "</svg>",
    ]
    return Markup("".join(parts))  # noqa: S704 - every word in it went through escape()


def _shade(chart: Chart, bottom: float) -> list[str]:
    left, right = chart.x(chart.begun), chart.x(chart.over or chart.end)
    raised = chart.x(chart.raised)
    found = f"raised {clock_in(chart.raised, chart.zone)}"
    anchor, nudge = ("end", -5) if raised > WIDTH * 0.7 else ("start", 5)
    return [
        f'<rect class="fault-window" data-from="{chart.begun}" data-until="{chart.over or ""}" x="{left:.1f}"'
        f' y="{TOP - 12}" width="{max(2.0, right - left):.1f}" height="{bottom - TOP + 12:.1f}" rx="3"/>',
        f'<line class="raised" x1="{raised:.1f}" x2="{raised:.1f}" y1="{TOP - 12}" y2="{bottom:.1f}"/>',
        f'<text class="raised-label" x="{raised + nudge:.1f}" y="{TOP - 2}" text-anchor="{anchor}">{found}</text>',
    ]


def _panel(chart: Chart, series: Series, top: float, height: int) -> list[str]:
    head = f'<g class="panel" data-metric="{escape(series.name)}">'
    name = f'<text class="metric" x="{LEFT}" y="{top + 10:.1f}">{escape(series.name)}</text>'
    if series.states:
        return [head, *_strip(chart, series, top), "</g>"]
    if not series.points:
        nothing = f'<text class="nothing" x="{LEFT}" y="{top + 40:.1f}">nothing was heard in this time</text>'
        return [head, name, nothing, "</g>"]
    scale = _scale(series, top + 22, top + height)
    return [head, *_grid(scale), name, *_threshold(series, scale), *_lines(chart, series, scale), "</g>"]


def _scale(series: Series, top: float, bottom: float) -> Scale:
    values = [value for _, value in series.points]
    if series.threshold is not None:
        values.append(series.threshold)
    low, high = min(values), max(values)
    room = (high - low) * 0.12 or max(1.0, abs(high) * 0.1)
    return Scale(low - room, high + room, top, bottom)


def _grid(scale: Scale) -> list[str]:
    out = []
    for tick in ticks(scale.low, scale.high):
        y = scale.y(tick)
        out.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        out.append(
            f'<text class="tick" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{number(tick)}</text>'
        )
    return out


def _threshold(series: Series, scale: Scale) -> list[str]:
    if series.threshold is None:
        return []
    y = scale.y(series.threshold)
    word = f"{escape(series.rule)}" if series.rule else f"{number(series.threshold)}{_unit(series)}"
    return [
        f'<line class="threshold" data-threshold="{series.threshold}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>',
        f'<text class="threshold-label" x="{WIDTH - RIGHT}" y="{y - 5:.1f}" text-anchor="end">{word}</text>',
    ]


def _lines(chart: Chart, series: Series, scale: Scale) -> list[str]:
    out = []
    for piece in pieces(series.points):
        path = " ".join(f"{chart.x(at):.1f},{scale.y(value):.1f}" for at, value in thin(piece))
        out.append(f'<polyline class="line" points="{path}"/>')
    at, value = series.points[-1]
    x, y = chart.x(at), scale.y(value)
    out.append(f'<circle class="now" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>')
    label = f"{number(value)}{_unit(series)}"
    out.append(f'<text class="value" x="{x + 9:.1f}" y="{y + 4:.1f}">{escape(label)}</text>')
    return out


def _strip(chart: Chart, series: Series, top: float) -> list[str]:
    out = [f'<text class="metric" x="{LEFT}" y="{top + 8:.1f}">{escape(series.name)}</text>']
    words = sorted({word for _, word in series.states})
    ends = [at for at, _ in series.states[1:]] + [chart.end]
    for (at, word), end in zip(series.states, ends, strict=True):
        left, right = chart.x(at), chart.x(end)
        if right - left < 0.5:
            continue
        shade = words.index(word) % 4
        out.append(
            f'<rect class="state s{shade}" x="{left:.1f}" y="{top + 14:.1f}" width="{right - left:.1f}" height="16"/>'
        )
        if right - left > 9 * len(word):
            out.append(
                f'<text class="state-word" x="{left + 6:.1f}" y="{top + 26:.1f}">{escape(word)}</text>'
            )
    return out


def _times(chart: Chart, bottom: float) -> list[str]:
    span = chart.end - chart.start
    step = next((step for step in STEPS if span / step <= 7), DAY)
    out, at = [], chart.start - chart.start % step + step
    while at <= chart.end:
        x = chart.x(at)
        word = day_in(at, chart.zone) if step >= DAY else clock_in(at, chart.zone)
        out.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{bottom:.1f}" y2="{bottom + 5:.1f}"/>')
        out.append(f'<text class="tick" x="{x:.1f}" y="{bottom + 18:.1f}" text-anchor="middle">{word}</text>')
        at += step
    return out


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
    """A value as people write it: no needless zeros, a real minus sign."""
    if isinstance(value, str | bool):
        return str(value)
    return f"{value:.4g}".replace("-", "−") if "e" not in f"{value:.4g}" else f"{value:.0f}".replace("-", "−")


def _unit(series: Series) -> str:
    return f" {series.unit}" if series.unit else ""
