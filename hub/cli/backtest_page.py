"""A backtest's report as one page that needs nothing else: for the desk, the phone and the archive, in light and dark.

Geometry and words are made here, the page itself is `backtest_page.html`. It fetches nothing and knows no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hub.cli.backtest_table import PICKS
from hub.cli.backtest_words import (
    advice,
    channels,
    heard,
    kinds,
    many,
    moment,
    never,
    reasons,
    span,
    warnings,
)
from hub.flow.rehearsal_report import Difference, Figures, Report
from hub.flow.rehearsal_time import Scale

WIDE, HIGH = 10, 32  # of one bar of the time line, in units of its drawing
COLUMNS = ("Episodes", "Devices", "Customers", "Contacts", "Messages", "Agent cases")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: where, how large, and what it says to a pointer."""

    x: float
    y: float
    width: float
    height: float
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """A rule with everything that the page shows about it."""

    figures: Figures
    bars: list[Bar]
    most: str
    facts: list[tuple[str, list[str]]]
    advice: list[str]
    messages: str
    lasts: str


def page_of(report: Report) -> str:
    """The page as text."""
    scale = report.after.scale
    page = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template("backtest_page.html")
    return (
        page.render(
            report=report,
            heard=heard(report),
            warnings=warnings(report),
            cards=_cards(report),
            rows=[_row(each, scale) for each in report.after.rules if each.episodes],
            never=never(report),
            total=report.after.total,
            width=len(scale.spans) * WIDE,
            high=HIGH,
            marks=_marks(scale),
            top=_top(report.after.total),
            longest=_longest(report.after.total),
            columns=COLUMNS,
            changes=_changes(report),
        )
        + "\n"
    )


def _cards(report: Report) -> list[tuple[str, str, str]]:
    """The figures that matter most: number, what it is, and the difference to the book in force."""
    after, before = report.after.total, report.before.total if report.before else None
    healed = f"{after.healed / after.episodes:.0%}" if after.episodes else "–"
    picked = [
        (after.episodes, "episodes", before.episodes if before else None),
        (after.customers, "customers contacted", before.customers if before else None),
        (after.sent, "messages", before.sent if before else None),
        (after.segments, "SMS segments", before.segments if before else None),
        (after.tickets, "cases for agents", before.tickets if before else None),
    ]
    cards = [(f"{count:,}", what, _against(count, old)) for count, what, old in picked]
    return [*cards, (healed, "healed before anybody was contacted", "")]


def _against(now: int, before: int | None) -> str:
    if before is None:
        return ""
    return "as now" if now == before else f"{now - before:+,} against {before:,} now".replace("-", "−")


def _row(each: Figures, scale: Scale) -> Row:
    most = max(each.spans.values(), default=0)
    facts = [
        ("Episodes", _episodes(each)),
        ("Messages", [f"{kinds(each)}; {many(each.segments, 'SMS segment')}"] if each.sent else []),
        ("Held back", _because(each.held)),
        ("Refused", _because(each.refused)),
        ("Why agents have them", _because(each.agents)),
        ("Longest", _longest(each)),
    ]
    return Row(
        each,
        _bars(each, scale, most),
        f"at most {most:,} {'an' if scale.unit == 'hour' else 'a'} {scale.unit}" if most else "never",
        [(name, lines) for name, lines in facts if lines],
        advice(each),
        channels(each),
        span(each.median_clear),
    )


def _bars(each: Figures, scale: Scale, most: int) -> list[Bar]:
    places = {name: number for number, name in enumerate(scale.spans)}
    bars = []
    for name, count in each.spans.items():
        height = max(3.0, round(HIGH * count / most, 1))
        left = places[name] * WIDE + 1.0
        bars.append(Bar(left, HIGH - height, WIDE - 2, height, f"{name}: {many(count, 'episode')}"))
    return bars


def _marks(scale: Scale) -> list[str]:
    """At most five names under the time line, the first and the last among them."""
    count = len(scale.spans)
    if count <= 1:
        return list(scale.spans)
    places = sorted({round(number * (count - 1) / 4) for number in range(5)})
    return [scale.spans[place] for place in places]


def _episodes(each: Figures) -> list[str]:
    mix = ", ".join(f"{count:,} {name}" for name, count in each.severities.items())
    lines = [f"worst severity: {mix}"] if mix else []
    for count, words in (
        (each.healed, "cleared before anybody was contacted"),
        (each.brief, "over within twice clear_for"),
        (each.again, "came back within an hour"),
        (each.unstable, "unstable"),
        (each.open, "still raised at the end"),
        (each.reopened, "opened a case again"),
    ):
        lines += [f"{words}: {count:,}"] if count else []
    return lines


def _because(counted: dict[str, int]) -> list[str]:
    return [f"{count:,} × {words}" for count, words in reasons(counted)]


def _longest(each: Figures) -> list[str]:
    return [
        f"{one.device}, from {moment(one.since)}: {span(one.lasted)}{', still raised' if one.open else ''}"
        for one in each.longest
    ]


def _top(total: Figures) -> list[tuple[str, int, float]]:
    """Devices with the most episodes: name, how many, and the share of the bar."""
    most = max((count for _, count in total.top), default=1)
    return [(device, count, round(100 * count / most, 1)) for device, count in total.top]


def _changes(report: Report) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """The comparison's rows: rule, state, and per column the words and which way it went."""
    rows = [
        (each.rule, each.state, _cells(each.before, each.after))
        for each in report.differences
        if _tells(each)
    ]
    if report.before is not None:
        rows.append(("all rules", "", _cells(report.before.total, report.after.total)))
    return rows


def _tells(each: Difference) -> bool:
    return each.state != "same" or any(way for _, way in _cells(each.before, each.after))


def _cells(before: Figures | None, after: Figures | None) -> list[tuple[str, str]]:
    empty = Figures()
    cells = []
    for pick in PICKS:
        old, new = pick(before or empty), pick(after or empty)
        if old == new:
            cells.append((f"{new:,}", ""))
        else:
            cells.append((f"{old:,} → {new:,}", "up" if new > old else "down"))
    return cells
