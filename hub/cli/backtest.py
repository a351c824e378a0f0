"""`beforehand rules backtest`: what a book would have done with recorded telemetry. Contacts nobody, writes only reports."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

from device_rules import RuleBook
from device_rules.backtest import Backtest, Counts, Turn
from device_rules.durations import parse_span
from device_rules.reading import Describe
from hub.bootstrap.rehearsal import People, own_log, people_of, terms_of
from hub.bootstrap.shelf import read_book
from hub.cli.backtest_page import page_of
from hub.cli.backtest_table import show
from hub.cli.enrol import rows_of
from hub.cli.opening import Config, settings_of
from hub.cli.say import plainly
from hub.domain.ids import Moment
from hub.flow.rehearsal_episodes import episodes_of
from hub.flow.rehearsal_pass import Part, judge
from hub.flow.rehearsal_report import Judged, Outcome, Report, Source, differences, outcome_of
from hub.flow.rehearsal_speech import Terms
from hub.flow.rehearsal_unseen import Unseen
from hub.flow.rehearse import rehearse
from hub.flow.sheets import Row
from hub.ingest.recorded import Files
from hub.ports import BadInput
from hub.settings import Settings

BookPath = Annotated[
    str,
    typer.Argument(metavar="PATH", help="A rules.yaml, a folder with one, or the name of a shipped pack."),
]
MoreFiles = Annotated[list[Path] | None, typer.Argument(metavar="[FILE]…", hidden=True)]
FromFiles = Annotated[
    list[Path] | None,
    typer.Option("--from", metavar="FILE…", help="Recorded telemetry: JSON lines or CSV, plain or gzipped."),
]
FromLog = Annotated[bool, typer.Option("--from-log", help="The hub's own log, also while the hub runs.")]
Since = Annotated[
    str,
    typer.Option(metavar="SPAN", help="Of the hub's log only the last 7d, 12h … before its newest record."),
]
AgainstPath = Annotated[
    str, typer.Option(metavar="PATH", help="The book to compare with (default: the one in force).")
]
CustomerFiles = Annotated[
    list[Path] | None,
    typer.Option("--customers", metavar="FILE.csv", help="Rehearse with the people in these import files."),
]
HtmlFile = Annotated[Path | None, typer.Option(metavar="OUT.html", help="Write the report as one page.")]
JsonFile = Annotated[
    Path | None, typer.Option("--json", metavar="OUT", help="Write the report for programs.")
]


@dataclass(frozen=True, slots=True)
class _Recording:
    """What is judged: its parts, how many bytes they are, and whether they bring their own ticks."""

    parts: Iterable[Part]
    size: int
    ticking: bool
    files: Files | None = None


@plainly
def backtest(  # noqa: PLR0913, PLR0917 - one parameter an option
    path: BookPath,
    more: MoreFiles = None,
    from_: FromFiles = None,
    from_log: FromLog = False,
    since: Since = "",
    against: AgainstPath = "",
    customers: CustomerFiles = None,
    html: HtmlFile = None,
    json_: JsonFile = None,
    config: Config = None,
) -> None:
    """Say what a book would have done: judge recorded telemetry, rehearse whom it would have contacted, send nothing."""
    settings, book = settings_of(config), read_book(path)
    if since and not from_log:
        raise BadInput("--since", "it is for the hub's own log", "Use it with --from-log, or leave it out.")
    rows = rows_of(customers or ())
    recording = _recording(settings, book, [*(from_ or ()), *(more or ())], since if from_log else None)
    report = asyncio.run(_report(settings, (book, against), recording, rows))
    show(report)
    for file, text in ((html, page_of), (json_, _as_json)):
        if file is not None:
            _write(file, text(report))


def _as_json(report: Report) -> str:
    return json.dumps(report.as_plain(), indent=2, ensure_ascii=False) + "\n"


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(str(file), f"it cannot be written: {error.strerror}", "Name another file.") from None
    typer.echo(f"Written: {file}", err=True)


def _recording(settings: Settings, book: RuleBook, files: list[Path], since: str | None) -> _Recording:
    if files and since is not None:
        raise BadInput("--from", "files and the hub's own log cannot be mixed", "Leave one of them out.")
    if since is not None:
        log = own_log(settings, _span(since) if since else None)
        return _Recording(log, log.size, ticking=False)
    if not files:
        raise BadInput("--from", "no recording is named", "Name files with --from, or use --from-log.")
    found = Files(files, {name: metric.type for name, metric in book.metrics.items()})
    return _Recording(found, found.size, ticking=True, files=found)


def _span(text: str) -> int:
    try:
        return parse_span(text)
    except ValueError:
        raise BadInput("--since", f"“{text}” is no span", "Write 90m, 12h or 7d.") from None


async def _report(
    settings: Settings, books: tuple[RuleBook, str], recording: _Recording, rows: list[Row]
) -> Report:
    book, against = books
    terms, shelf = terms_of(settings, book)
    force = read_book(against) if against else shelf.books.get(book.model)
    if force is not None and force.model != book.model:
        raise BadInput(against, f"it is a book for {force.model}", f"Compare with one for {book.model}.")
    judged = [book] if force is None or _same(force, book) else [book, force]
    async with people_of(settings, rows) as people:
        passes = [_pass(one, people, recording) for one in judged]
        unseen = Unseen(book)
        turns = _judge(passes, recording, unseen)
        counts = passes[0].counts
        outcomes = [
            await _outcome(one, found, (people, terms), counts)
            for one, found in zip(judged, turns, strict=True)
        ]
    compared = differences((book, outcomes[0]), (judged[1], outcomes[1])) if len(judged) > 1 else []
    source = _source(recording, counts, people, unseen)
    return Report(outcomes[0], outcomes[1] if compared else None, compared, source)


def _same(one: RuleBook, other: RuleBook) -> bool:
    return Path(one.name).read_bytes() == Path(other.name).read_bytes()


def _source(recording: _Recording, counts: Counts, people: People, unseen: Unseen) -> Source:
    files = recording.files
    return Source(
        what=", ".join(files.names) if files else "the hub's log",
        people=people.source,
        counts=counts,
        bad=files.mistakes.count if files else 0,
        mistakes=list(files.mistakes.first) if files else [],
        astray=files.mistakes.astray if files else 0,
        dates=list(files.mistakes.dates) if files else [],
        gaps=unseen.sentences(files.mistakes.ignored if files else ()),
    )


def _pass(book: RuleBook, people: People, recording: _Recording) -> Backtest:
    def introduce(device: str, moment: int) -> Describe:
        known = people.describe(device, moment)
        return known or Describe(device, moment, moment, book.model)

    zone = people.zone if recording.ticking else ""
    return Backtest([book], introduce, ticking=recording.ticking, zone=zone)


def _judge(passes: Sequence[Backtest], recording: _Recording, unseen: Unseen) -> list[list[Turn]]:
    with _progress() as bar:
        task = bar.add_task("judging", total=recording.size, speed="")
        parts = unseen.watching(recording.parts)
        return judge(passes, parts, lambda done: _advance(bar, task, done, passes[0]))


def _progress() -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _advance(bar: Progress, task: TaskID, done: int, judging: Backtest) -> None:
    elapsed = bar.tasks[0].elapsed
    speed = f"{judging.counts.readings / elapsed:,.0f} readings/s" if elapsed else ""
    bar.update(task, completed=done, speed=speed)


async def _outcome(book: RuleBook, turns: list[Turn], house: tuple[People, Terms], counts: Counts) -> Outcome:
    people, terms = house
    devices = sorted({(turn.change.device, turn.change.evidence.model) for turn in turns})
    homes = await people.homes(devices, terms)
    with _progress() as bar:
        task = bar.add_task("rehearsing", total=counts.last - counts.first, speed=f"{len(turns):,} changes")
        ledger = rehearse(
            turns,
            homes,
            terms,
            Moment(counts.last),
            lambda moment: bar.update(task, completed=moment - counts.first),
        )
    return outcome_of(book, Judged(episodes_of(turns), ledger, counts.first, counts.last))
