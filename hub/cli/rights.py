"""`beforehand people`: what we know about a person, erasing one, and taking an import back."""

from __future__ import annotations

import asyncio
import getpass
import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from hub.bootstrap.wiring import bare_context
from hub.cli.opening import Config, settings_of, store_of
from hub.cli.say import plainly
from hub.clock import iso, parse_clock
from hub.domain.ids import CustomerId, Moment
from hub.flow.consent_choices import By
from hub.flow.consent_erasure import as_lines, erase, export, from_lines, reapply_erasures
from hub.flow.consent_undo import undo
from hub.flow.context import Context
from hub.ports import BadInput, Tx
from hub.settings import Settings

people = typer.Typer(help="People: what we know about one, erasing one, imports.", no_args_is_help=True)
Answer = TypeVar("Answer")
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask again.")]
MOST = 50


@people.command("export")
@plainly
def export_(
    customer: str,
    out: Annotated[Path | None, typer.Option(help="Write it into this file.")] = None,
    config: Config = None,
) -> None:
    """Everything that is kept about CUSTOMER, as one JSON document."""
    settings = settings_of(config)
    found = asyncio.run(_in(settings, lambda tx, by, _: export(tx, CustomerId(customer), by.now)))
    text = json.dumps(found, indent=2, ensure_ascii=False)
    if out is None:
        typer.echo(text)
        return
    try:
        with os.fdopen(
            os.open(out, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8"
        ) as file:
            file.write(text + "\n")
    except FileExistsError:
        raise BadInput(str(out), "there is a file already", "Name one that does not exist yet.") from None
    except OSError as error:
        raise BadInput(str(out), f"it cannot be written: {error.strerror}", "Name another file.") from None
    typer.echo(f"{out}: give it to nobody but {customer}, and keep no copy.")


@people.command("erase")
@plainly
def erase_(customer: str, yes: Yes = False, config: Config = None) -> None:
    """Erase CUSTOMER: names, numbers, messages and notes are blanked for good; their numbers stay suppressed."""
    if not yes and typer.prompt(f"This cannot be undone. Type {customer} to erase") != customer:
        raise typer.BadParameter("Nothing was erased.")
    told = asyncio.run(_in(settings_of(config), lambda tx, by, ctx: erase(tx, CustomerId(customer), by, ctx)))
    rows = ", ".join(f"{number} {kind}" for kind, number in told.items() if number)
    typer.echo(f"{customer} is erased: {rows or 'there was nothing left'}.")
    paper = settings_of(config).paper.file
    if paper.exists():
        typer.echo(f"What was written on paper is not looked through: delete {paper} when nobody needs it.")
    typer.echo("Keep the list of erasures beside your backups: beforehand people erasures")


@people.command()
@plainly
def erasures(config: Config = None) -> None:
    """The list of erasures, hashes only: `beforehand restore --erasures FILE` does them again after a restore."""
    typer.echo(
        as_lines(asyncio.run(_in(settings_of(config), lambda tx, _, __: tx.people.erasures()))), nl=False
    )


@people.command("erase-again")
@plainly
def erase_again(file: Path, config: Config = None) -> None:
    """Erase again everybody on the list in FILE, after a backup has been restored."""
    try:
        listed = from_lines(file.read_text(encoding="utf-8"), file.name)
    except OSError as error:
        raise BadInput(str(file), f"it cannot be read: {error.strerror}", "Name another file.") from None
    settings = settings_of(config)
    again = asyncio.run(_in(settings, lambda tx, by, ctx: reapply_erasures(tx, listed, by.now, ctx)))
    typer.echo(f"{again} of {len(listed)} were here again, and are erased.")


@people.command()
@plainly
def imports(config: Config = None) -> None:
    """The last imports, the newest first."""
    for row in asyncio.run(_in(settings_of(config), lambda tx, _, __: tx.people.imports(MOST))):
        back = f", taken back {iso(row.undone)}" if row.undone is not None else ""
        typer.echo(f"{row.id}  {iso(row.at)}  {row.who}{back}")


@people.command("undo-import")
@plainly
def undo_import(batch: str, yes: Yes = False, config: Config = None) -> None:
    """Take the import BATCH back, as far as nobody has changed it since. A STOP is never undone."""
    if not yes and not typer.confirm(f"Take {batch} back?"):
        raise typer.BadParameter("Nothing was changed.")
    typer.echo(str(asyncio.run(_in(settings_of(config), lambda tx, by, _: undo(tx, batch, by)))))


async def _in(settings: Settings, doing: Callable[[Tx, By, Context], Awaitable[Answer]]) -> Answer:
    """Do it in one transaction, as whoever sits at this terminal."""
    by = By(getpass.getuser(), "command line", Moment(parse_clock(settings.clock).now()))
    async with store_of(settings) as store, store.transaction() as tx:
        return await doing(tx, by, bare_context(settings))
