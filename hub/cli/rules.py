"""`beforehand rules`: check, test, try out and show rule books. Nothing here contacts anybody."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from device_rules import RuleBook
from device_rules.rehearsal import run_tests
from hub.bootstrap.shelf import plays_of, read_book
from hub.cli.backtest import backtest
from hub.cli.say import plainly

app = typer.Typer(help="Check, test, try out and show rule books.", no_args_is_help=True)
app.command()(backtest)
PathArgument = Annotated[
    str,
    typer.Argument(metavar="PATH", help="A rules.yaml, a folder with one, or the name of a shipped pack."),
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
    plays = plays_of(path)
    rules = "1 rule" if len(book.rules) == 1 else f"{len(book.rules)} rules"
    beside = f" and {plays} guided fixes" if plays else ""
    typer.echo(f"{book.model}, version {book.version}: {rules}{beside}, sound.")


@app.command()
@plainly
def test(path: PathArgument) -> None:
    """Run the tests in the book, on their own clock."""
    results = run_tests(read_book(path))
    for result in results:
        typer.secho(str(result), fg=None if result.passed else "red")
    failed = sum(not result.passed for result in results)
    typer.echo(f"{len(results) - failed} passed, {failed} failed")
    if failed:
        raise typer.Exit(1)


@app.command()
@plainly
def show(path: PathArgument) -> None:
    """Show what a book watches: one line per rule."""
    book = read_book(path)
    table = Table(title=f"{book.model}, version {book.version}", title_justify="left")
    for column in ("rule", "what it means", "severity", "tests", "guided fix"):
        table.add_column(column, overflow="fold")
    for rule in book.rules:
        shadow = " (on trial)" if rule.shadow else ""
        table.add_row(
            rule.id, rule.title + shadow, str(rule.severity), str(len(rule.tests)), rule.play or "–"
        )
    Console().print(table)
