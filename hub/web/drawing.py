"""The picture of a chart: one small SVG, with the threshold line and the shaded time of the fault.

Pure: told a `Chart`, answers markup. The same picture serves the console, and later the customer's page and a help
desk's attachment. Colours come from the page (CSS classes); title and description say what the eye may miss.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup, escape

from device_rules.reading import DAY, HOUR, MINUTE
from hub.web.chart import Chart, Series, brief, number, pieces, summary, thin, ticks, with_unit
from hub.web.when import clock_in, day_in

PANEL, STRIP, GAP, TOP, FOOT = 104, 30, 20, 20, 24
NEAR = 13  # two labels closer than this (px) would overlap
STEPS = (
    *(minutes * MINUTE for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * HOUR for hours in (1, 2, 3, 6, 12)),
    DAY,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Size:
    """How wide the picture is, with room for words on both sides; `times` is how many times stand at its foot at most.
    `name` tells two pictures on one page apart."""

    name: str
    width: int
    left: int
    right: int
    times: int


WIDE = Size("wide", 760, 48, 92, 7)
SMALL = Size("small", 380, 36, 88, 3)


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


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart on a surface of some size."""

    chart: Chart
    size: Size

    @property
    def right(self) -> int:
        """Where the drawing ends and the words at its right begin."""
        return self.size.width - self.size.right

    def x(self, moment: int) -> float:
        """Where `moment` stands."""
        chart = self.chart
        share = (min(max(moment, chart.start), chart.end) - chart.start) / max(1, chart.end - chart.start)
        return self.size.left + share * (self.right - self.size.left)

    def across(self, kind: str, y: float, more: str = "") -> str:
        """A line from left to right."""
        return (
            f'<line class="{kind}" {more} x1="{self.size.left}" x2="{self.right}" y1="{y:.1f}" y2="{y:.1f}"/>'
        )


def draw(chart: Chart, size: Size = WIDE) -> Markup:
    """The SVG. A series without points says so."""
    picture, body, y = Picture(chart, size), [], float(TOP)
    for series in chart.series:
        height = STRIP if series.states else PANEL
        body += _panel(picture, series, y, height)
        y += height + GAP
    bottom, name = y - GAP, size.name
    parts = [
        f'<svg class="chart {name}" role="img" aria-labelledby="chart-{name}-title chart-{name}-desc"',
        f' viewBox="0 0 {size.width} {bottom + FOOT:.0f}" xmlns="http://www.w3.org/2000/svg">',
        f'<title id="chart-{name}-title">{escape(chart.title)}</title>',
        f'<desc id="chart-{name}-desc">{escape(summary(chart))}</desc>',
        *_shade(picture, bottom),
        *body,
        *_times(picture, bottom),
        "</svg>",
    ]
    return Markup("".join(parts))  # noqa: S704 - every word in it went through escape()


def _shade(picture: Picture, bottom: float) -> list[str]:
    chart = picture.chart
    left, right = picture.x(chart.begun), picture.x(chart.over or chart.end)
    raised = picture.x(chart.raised)
    found = f"found {clock_in(chart.raised, chart.zone)}"
    anchor, nudge = ("end", -5) if raised > picture.right - 70 else ("start", 5)
    return [
        f'<rect class="fault-window" data-from="{chart.begun}" data-until="{chart.over or ""}" x="{left:.1f}"',
        f' y="{TOP - 12}" width="{max(2.0, right - left):.1f}" height="{bottom - TOP + 12:.1f}" rx="3"/>',
        f'<line class="raised" x1="{raised:.1f}" x2="{raised:.1f}" y1="{TOP - 12}" y2="{bottom:.1f}"/>',
        f'<text class="raised-label" x="{raised + nudge:.1f}" y="{TOP - 2}" text-anchor="{anchor}">{found}</text>',
    ]


def _panel(picture: Picture, series: Series, top: float, height: int) -> list[str]:
    left = picture.size.left
    head = f'<g class="panel" data-metric="{escape(series.name)}">'
    name = f'<text class="metric" x="{left}" y="{top + 10:.1f}">{escape(series.name)}</text>'
    if series.states:
        return [head, name, *_strip(picture, series, top), "</g>"]
    if not series.points:
        nothing = f'<text class="nothing" x="{left}" y="{top + 40:.1f}">nothing was heard in this time</text>'
        return [head, name, nothing, "</g>"]
    scale = _scale(series, top + 22, top + height)
    return [
        head,
        *_grid(picture, scale),
        name,
        *_lines(picture, series, scale),
        *_labels(picture, series, scale),
        "</g>",
    ]


def _scale(series: Series, top: float, bottom: float) -> Scale:
    values = [value for _, value in series.points]
    if series.threshold is not None:
        values.append(series.threshold)
    low, high = min(values), max(values)
    least = max(1.0, abs(high) * 0.1)  # a line that hardly moves is drawn as one, not as mountains
    room = max((high - low) * 0.12, (least - (high - low)) / 2)
    return Scale(low - room, high + room, top, bottom)


def _grid(picture: Picture, scale: Scale) -> list[str]:
    out = []
    for tick in ticks(scale.low, scale.high):
        y, x = scale.y(tick), picture.size.left - 8
        out.append(picture.across("grid", y))
        out.append(f'<text class="tick" x="{x}" y="{y + 4:.1f}" text-anchor="end">{brief(tick)}</text>')
    return out


def _lines(picture: Picture, series: Series, scale: Scale) -> list[str]:
    out = []
    for piece in pieces(series.points):
        path = " ".join(f"{picture.x(at):.1f},{scale.y(value):.1f}" for at, value in thin(piece))
        out.append(f'<polyline class="line" points="{path}"/>')
    at, value = series.points[-1]
    return [*out, f'<circle class="now" cx="{picture.x(at):.1f}" cy="{scale.y(value):.1f}" r="3.5"/>']


def _labels(picture: Picture, series: Series, scale: Scale) -> list[str]:
    """The newest value and the threshold, in words at the right; moved apart where they would overlap."""
    x, last = picture.right + 9, series.points[-1][1]
    y = scale.y(last)
    shown = f'<text class="value" x="{x}" y="{y + 4:.1f}">{escape(number(last) + with_unit(series))}</text>'
    if series.threshold is None:
        return [shown]
    line = scale.y(series.threshold)
    beside = line if abs(line - y) >= NEAR else y + (NEAR if line >= y else -NEAR)
    word = escape(series.rule or number(series.threshold) + with_unit(series))
    return [
        shown,
        picture.across("threshold", line, f'data-threshold="{series.threshold}"'),
        f'<text class="threshold-label" x="{x}" y="{beside + 4:.1f}">{word}</text>',
    ]


def _strip(picture: Picture, series: Series, top: float) -> list[str]:
    out: list[str] = []
    words = sorted({word for _, word in series.states})
    ends = [at for at, _ in series.states[1:]] + [picture.chart.end]
    for (at, word), end in zip(series.states, ends, strict=True):
        left, wide = picture.x(at), picture.x(end) - picture.x(at)
        if wide < 0.5:
            continue
        box = f'x="{left:.1f}" y="{top + 16:.1f}" width="{wide:.1f}" height="15" rx="2"'
        out.append(f'<rect class="state s{words.index(word) % 4}" {box}/>')
        if wide > 8 * len(word):
            out.append(
                f'<text class="state-word" x="{left + 6:.1f}" y="{top + 27.5:.1f}">{escape(word)}</text>'
            )
    return out


def _times(picture: Picture, bottom: float) -> list[str]:
    chart = picture.chart
    step = next((step for step in STEPS if (chart.end - chart.start) / step <= picture.size.times), DAY)
    out, at = [], chart.start - chart.start % step + step
    while at <= chart.end:
        x = picture.x(at)
        word = day_in(at, chart.zone) if step >= DAY else clock_in(at, chart.zone)
        out.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{bottom:.1f}" y2="{bottom + 5:.1f}"/>')
        out.append(f'<text class="tick" x="{x:.1f}" y="{bottom + 18:.1f}" text-anchor="middle">{word}</text>')
        at += step
    return out
