"""`beforehand rules`: check, test and show rule books. Nothing here contacts anybody."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from device_rules import RuleBook
from device_rules.rehearsal import run_tests
from hub.bootstrap import rules as shelf
from hub.cli.say import plainly

app = typer.Typer(help="Check, test and show rule books.", no_args_is_help=True)
PathArgument = Annotated[
    str, typer.Argument(help="A rules.yaml, a folder with one, or the name of a shipped pack.")
]


@app.command()
@plainly
def check(
    path: PathArgument, schema: bool = typer.Option(False, help="Print the JSON Schema for editors.")
) -> None:
    """Say whether a book is sound; every mistake with file, line and the nearest right word."""
    if schema:
        typer.echo(json.dumps(RuleBook.schema(), indent=2))
        return
    book = shelf.read_book(path)
    typer.echo(f"{book.model}, version {book.version}: {len(book.rules)} rules, sound.")


@app.command()
@plainly
def test(path: PathArgument) -> None:
    """Run the tests in the book, on their own clock."""
    results = run_tests(shelf.read_book(path))
    for result in results:
        mark = "[green]✓[/green]" if result.passed else "[red]✗[/red]"
        Console(highlight=False).print(f"{mark} {result.rule}: {result.name}")
        if not result.passed:
            typer.echo(f"    {result.message}")
    failed = sum(not result.passed for result in results)
    typer.echo(f"{len(results) - failed} passed, {failed} failed")
    if failed:
        raise typer.Exit(1)


@app.command()
@plainly
def show(path: PathArgument) -> None:
    """Show what a book watches: one line per rule."""
    book = shelf.read_book(path)
    table = Table(title=f"{book.model}, version {book.version}", title_justify="left")
    for column in ("rule", "severity", "raised when", "guided fix"):
        table.add_column(column, overflow="fold")
    for rule in book.rules:
        table.add_row(rule.id, str(rule.severity), rule.summary, rule.play or "–")
    Console().print(table)


def path_of(text: str) -> Path:
    """The path a person named."""
    return Path(text).expanduser()
