"""`beforehand backup` and `beforehand restore`: everything the store holds, in one file."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from hub.bootstrap.keeping import Restored, back_up, hear_since, restore_from
from hub.cli.opening import Config, settings_of
from hub.cli.say import plainly
from hub.clock import iso
from hub.domain.plural import many

NO_LIST = (
    "there is no list of erasures beside this store. If one was kept where the hub ran before (erasures.jsonl), run now: "
    "beforehand people erase-again FILE"
)
File = Annotated[Path, typer.Argument(help="The backup file.")]


@plainly
def backup(file: File, config: Config = None) -> None:
    """Write everything the store holds into one file, while the hub runs.

    The telemetry log is not in it: copy its directory too if packets, replay and backtests must survive.
    """
    settings = settings_of(config)
    with _progress("writing") as bar:
        task = bar.add_task("", total=None)
        manifest = asyncio.run(
            back_up(settings, file, lambda table, rows: bar.update(task, description=_row(table, rows)))
        )
    typer.echo(
        f"{file}: {many(manifest.rows, 'row')}, the state of {iso(manifest.at)}, tables {manifest.revision}."
    )
    typer.echo("It holds names and numbers of your customers: keep it where only you can read it.")


@plainly
def restore(
    file: File,
    erasures: Annotated[
        Path | None, typer.Option(help="Another list of erasures, besides the one that the hub keeps.")
    ] = None,
    config: Config = None,
) -> None:
    """Read a backup into an empty database. All contacts stay paused; resume them when all is well.

    What was waiting to be sent is not sent any more. Who was erased since is erased again. The STOPs that customers have said
    since are fetched from the carrier.
    """
    settings = settings_of(config)
    with _progress("reading") as bar:
        task = bar.add_task("", total=None)
        told = asyncio.run(
            restore_from(
                settings, file, erasures, lambda table, rows: bar.update(task, description=_row(table, rows))
            )
        )
    _tell(told)


@plainly
def catch_up(config: Config = None) -> None:
    """Fetch from the carrier what customers have written since the backup that was restored, and hear every STOP in it."""
    typer.echo(asyncio.run(hear_since(settings_of(config))))


def _tell(told: Restored) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"[green]✓[/green] {many(told.rows, 'row')}, the state of {iso(told.at)}")
    aside = f"{many(told.messages, 'waiting message')} and {many(told.commands, 'device command')}"
    console.print(f"[green]✓[/green] {aside} set aside")
    console.print(f"[green]✓[/green] {many(told.erased, 'erasure')} done again")
    if told.kept is None:
        console.print(f"[yellow]![/] {NO_LIST}")
    console.print(f"[{'green' if told.caught else 'yellow'}]{'✓' if told.caught else '!'}[/] {told.words}")
    console.print("All contacts are paused. Look at the open tickets in the console, then run:")
    for line in () if told.caught else ("beforehand catch-up   # until the carrier has been read",):
        console.print(f"  {line}", markup=False)
    console.print("  beforehand resume")


def _progress(doing: str) -> Progress:
    return Progress(TextColumn(doing), BarColumn(), TextColumn("{task.description}"), transient=True)


def _row(table: str, rows: int) -> str:
    return f"{table}: {rows:,}"
