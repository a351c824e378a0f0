"""A backtest's report in the terminal: one table of rules, the reasons behind the gate, what to look at, what changed.

It fits a terminal of a hundred columns. It only shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

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

WIDEST = 100
COLOURS = {"safety": "bold red", "critical": "red", "major": "yellow", "minor": "", "info": "dim"}
STATES = {"new": "green", "changed": "yellow", "gone": "red", "same": "dim"}


def show(report: Report) -> None:
    """Print the whole report."""
    console = Console(highlight=False)
    console.width = min(console.width, WIDEST) if console.is_terminal else WIDEST
    book = report.after
    console.print(Text(f"{book.model}, version {book.version}: what it would have done", "bold"))
    for line in heard(report):
        console.print(line, style="dim", markup=False)
    console.print()
    if report.after.total.episodes:
        console.print(_rules(report))
        console.print()
    if silent := never(report):
        console.print(Text(silent, "dim"))
        console.print()
    _sections(report, console)
    if report.before is not None:
        _compared(report, console)
    for line in warnings(report):
        console.print(line, style="yellow", markup=False)


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    for number, name in enumerate(columns):
        table.add_column(name, justify="right" if number > 1 else "left", overflow="fold")
    return table


def _rules(report: Report) -> Table:
    table = _table(
        "rule",
        "severity",
        "epi-\nsodes",
        "de-\nvices",
        "healed\nalone",
        "median\nlength",
        "custo-\nmers",
        "con-\ntacts",
        "messages",
        "agent\ncases",
    )
    for each in report.after.rules:
        if each.episodes:
            name = each.rule + (" (trial)" if each.trial else "")
            table.add_row(name, Text(each.severity, COLOURS[each.severity]), *_figures(each))
    table.add_section()
    table.add_row("all", "", *_figures(report.after.total), style="bold")
    return table


def _figures(each: Figures) -> list[str]:
    counts = (each.episodes, each.devices, each.healed)
    return [
        *(_number(count) for count in counts),
        span(each.median_clear),
        _number(each.customers),
        _number(each.contacts),
        channels(each),
        _number(each.tickets),
    ]


def _number(count: int) -> str:
    return f"{count:,}" if count else "–"


def _sections(report: Report, console: Console) -> None:
    total = report.after.total
    _section(console, "What the rules did not see", report.source.gaps)
    if total.sent:
        _section(console, "Messages", [f"{kinds(total)}; {many(total.segments, 'SMS segment')}"])
    for title, pick in (("Held back", "held"), ("Refused", "refused"), ("Why agents have them", "agents")):
        _section(console, title, _because(report, pick))
    _section(
        console, "Look at", [f"{each.rule}: {line}" for each in report.after.rules for line in advice(each)]
    )
    _section(
        console,
        "Longest",
        [
            f"{each.rule}: {each.device}, from {moment(each.since)}, {span(each.lasted)}{' and still raised' if each.open else ''}"
            for each in total.longest
        ],
    )


def _because(report: Report, pick: str) -> list[str]:
    """Reasons by rule, the most frequent first."""
    lines = []
    for each in report.after.rules:
        told = [f"{count:,} × {words}" for count, words in reasons(getattr(each, pick))]
        lines += [f"{each.rule}: {line}" for line in told]
    return lines


def _section(console: Console, title: str, lines: Iterable[str]) -> None:
    found = list(lines)
    if not found:
        return
    console.print(Text(title, "bold"))
    for line in found:
        console.print(Text(f"  {line}"))
    console.print()


def _compared(report: Report, console: Console) -> None:
    before = report.before
    assert before is not None
    console.print(Text(f"Against {before.book}, version {before.version}", "bold"))
    table = _table("rule", "", "episodes", "devices", "customers", "contacts", "messages", "agent\ncases")
    for each in report.differences:
        if each.state != "same" or _moved(each):
            table.add_row(each.rule, Text(each.state, STATES[each.state]), *_changes(each.before, each.after))
    table.add_section()
    table.add_row("all", "", *_changes(before.total, report.after.total), style="bold")
    console.print(table)
    console.print()


PICKS: tuple[Callable[[Figures], int], ...] = (
    lambda each: each.episodes,
    lambda each: each.devices,
    lambda each: each.customers,
    lambda each: each.contacts,
    lambda each: each.sent,
    lambda each: each.tickets,
)


def _moved(each: Difference) -> bool:
    empty = Figures()
    return any(pick(each.before or empty) != pick(each.after or empty) for pick in PICKS)


def _changes(before: Figures | None, after: Figures | None) -> list[str]:
    empty = Figures()
    return [_change(pick(before or empty), pick(after or empty)) for pick in PICKS]


def _change(before: int, after: int) -> str:
    if before == after:
        return _number(after)
    return f"{before:,} → {after:,}"
