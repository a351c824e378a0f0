"""`beforehand rules`: check, test, try out and show rule books. Nothing here contacts anybody."""

from __future__ import annotations

import asyncio
import json
import textwrap
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from device_rules import RuleBook, Why, as_text
from device_rules.explain import as_json
from device_rules.rehearsal import run_tests
from device_rules.rule import Rule
from device_rules.yaml_file import nearest
from hub.bootstrap.beside import beside
from hub.bootstrap.explaining import explained
from hub.bootstrap.shelf import read_book
from hub.cli.backtest import backtest
from hub.cli.opening import Config, settings_of, store_of
from hub.cli.rule_page import memory_page, rule_page
from hub.cli.rule_source import source_page
from hub.cli.say import plainly
from hub.clock import iso
from hub.domain.plural import many
from hub.ports import BadInput
from hub.settings import Settings

WIDTH = 100
app = typer.Typer(help="Check, test, try out and show rule books.", no_args_is_help=True)
app.command()(backtest)
PathArgument = Annotated[
    str,
    typer.Argument(metavar="PATH", help="A rules.yaml, a folder with one, or the name of a shipped pack."),
]
Shown = Annotated[
    str,
    typer.Argument(metavar="PATH|DEVICE", help="A book, as for the other commands; with --why, a device."),
]
RuleArgument = Annotated[
    str, typer.Argument(metavar="[RULE]", help="The id of one rule.", show_default=False)
]
RuleOption = Annotated[
    str, typer.Option("--rule", metavar="ID", help="The same, for --source.", show_default=False)
]

Transcript = Annotated[
    str,
    typer.Option(
        metavar="LANGUAGE",
        help="Print what the customer reads in every story, in this language (en).",
        show_default=False,
    ),
]


@app.command()
@plainly
def check(
    path: PathArgument, schema: bool = typer.Option(False, help="Print the JSON Schema for editors.")
) -> None:
    """Say whether a book is sound; every mistake with file, line and the nearest right word."""
    book = read_book(path)
    if schema:
        typer.echo(json.dumps(RuleBook.schema(), indent=2))
        return
    plays = len(beside(path, book).plays)
    rules = many(len(book.rules), "rule")
    fixes = f" and {many(plays, 'guided fix', 'guided fixes')}" if plays else ""
    typer.echo(f"{book.model}, version {book.version}: {rules}{fixes}, sound.")
    typer.echo(memory_page(book))


@app.command()
@plainly
def test(path: PathArgument, transcript: Transcript = "") -> None:
    """Run the tests in the book, on their own clock, and the stories of the guided fixes beside it, in every language."""
    book = read_book(path)
    told = beside(path, book)
    results = [(str(result), result.passed) for result in run_tests(book)]
    results += [(str(walked), not walked.astray) for walked in told.walked(transcript)]
    for text, passed in results:
        typer.secho(text, fg=None if passed else "red")
    failed = sum(not passed for _, passed in results)
    typer.echo(f"{len(results) - failed} passed, {failed} failed")
    if failed:
        raise typer.Exit(1)


@app.command()
@plainly
def show(  # noqa: PLR0913, PLR0917 - one parameter an option
    what: Shown,
    rule: RuleArgument = "",
    source: bool = typer.Option(False, help="Print the Python that is generated from the book."),
    rule_: RuleOption = "",
    why: bool = typer.Option(False, help="Say why RULE is raised on DEVICE right now, or why it is not."),
    as_json_: bool = typer.Option(False, "--json", help="With --why: for programs."),
    config: Config = None,
) -> None:
    """Show a book (PATH), one rule of it in words (PATH RULE), or why a rule is raised on a device (--why DEVICE RULE)."""
    named = rule or rule_
    if why:
        _explain(settings_of(config), what, named, as_json_)
        return
    book = read_book(what)
    found = _rule(book, named) if named else None
    if source:
        typer.echo(source_page(book, found))
    elif found is not None:
        typer.echo(rule_page(book, found))
    else:
        Console().print(_table(book))


def _rule(book: RuleBook, rule_id: str) -> Rule:
    """Raises BadInput for a rule that the book does not have."""
    found = book.rule(rule_id)
    if found is None:
        ids = [each.id for each in book.rules]
        remedy = nearest(rule_id, ids).strip() or f"Its rules are: {', '.join(ids)}."
        raise BadInput(rule_id, f"{book.name} has no such rule", remedy)
    return found


def _table(book: RuleBook) -> Table:
    table = Table(title=f"{book.model}, version {book.version}", title_justify="left")
    for column in ("rule", "what it means", "severity", "tests", "guided fix"):
        table.add_column(column, overflow="fold")
    for rule in book.rules:
        shadow = " (on trial)" if rule.shadow else ""
        table.add_row(
            rule.id, rule.title + shadow, str(rule.severity), str(len(rule.tests)), rule.play or "–"
        )
    return table


def _explain(settings: Settings, device: str, rule: str, plain: bool) -> None:
    if not rule:
        raise BadInput("--why", "it is not said which rule", "Write: beforehand rules show --why DEVICE RULE")
    found = asyncio.run(_why(settings, device, rule))
    if plain:
        typer.echo(json.dumps(as_json(found), indent=2, ensure_ascii=False))
        return
    typer.echo(f"{device}, as of {iso(found.at)}")
    for line in as_text(found).split("\n"):
        typer.echo(_wrapped(line))


async def _why(settings: Settings, device: str, rule: str) -> Why:
    async with store_of(settings) as store:
        return await explained(settings, store, device, rule)


def _wrapped(line: str) -> str:
    """A line of an explanation within the page; what is broken stands in under its beginning."""
    margin = " " * (len(line) - len(line.lstrip()))
    return textwrap.fill(
        line.lstrip(),
        WIDTH,
        initial_indent=margin,
        subsequent_indent=f"{margin}    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
