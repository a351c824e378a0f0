"""`beforehand people`: what we know about a person, their PIN, erasing one, and taking an import back."""

from __future__ import annotations

import asyncio
import getpass
import json
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from hub.bootstrap.erasures import erasure_file
from hub.bootstrap.keeping import erasures_in
from hub.bootstrap.wiring import bare_context
from hub.cli.opening import Config, settings_of, store_of
from hub.cli.pins import pin
from hub.cli.say import plainly
from hub.clock import iso, parse_clock
from hub.domain.ids import CustomerId, Moment
from hub.domain.plural import many
from hub.flow.consent_choices import By
from hub.flow.consent_erasure import before, erase, export, reapply_erasures
from hub.flow.consent_undo import about, undo
from hub.flow.context import Context
from hub.ports import BadInput, Tx
from hub.ports.erasures import as_lines
from hub.settings import Settings

people = typer.Typer(help="People: what we know about one, PINs, erasing one, imports.", no_args_is_help=True)
people.command()(pin)
Answer = TypeVar("Answer")
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask again.")]
MOST = 50
ONE = {
    "names": ("name",),
    "addresses": ("address", "addresses"),
    "replies": ("reply", "replies"),
    "messages": ("message",),
    "notes": ("note",),
    "speakers": ("linked speaker",),
    "waiting": ("text that waits", "texts that wait"),
    "photos": ("photo",),
}
"""How one row of each kind is called, and several, where an s is not enough."""


@people.command("export")
@plainly
def export_(
    customer: str,
    out: Annotated[Path | None, typer.Option(help="Write it into this file.")] = None,
    config: Config = None,
) -> None:
    """Everything that is kept about CUSTOMER, as one JSON document."""
    settings = settings_of(config)
    now = Moment(parse_clock(settings.clock).now())
    found = asyncio.run(_look(settings, lambda tx: export(tx, CustomerId(customer), now)))
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
    settings, who = settings_of(config), CustomerId(customer)
    stands = asyncio.run(_look(settings, lambda tx: before(tx, who)))
    if not stands.remains and stands.erased is not None:
        typer.echo(f"{customer} was erased at {iso(stands.erased)} already: nothing has changed.")
        return
    if trouble := erasure_file(settings).trouble():
        raise BadInput(
            "store.erasures", f"{trouble}; nobody can be erased", "Mend its rights, then erase again."
        )
    if not yes:
        typer.echo(f"What we know of {customer}: {_rows(stands.remains)}.")
        if typer.prompt(f"This cannot be undone. Type {customer} to erase it") != customer:
            raise BadInput(customer, "that is not the id: nothing was erased", "Run it again.")
    told = asyncio.run(_in(settings, lambda tx, by, ctx: erase(tx, who, by, ctx)))
    typer.echo(f"{customer} is erased: {_rows(told)}.")
    if settings.paper.file.exists():
        paper = settings.paper.file
        typer.echo(f"What was written on paper is not looked through: delete {paper} when nobody needs it.")
    kept = erasure_file(settings).path
    typer.echo(f"{kept} keeps this for `beforehand restore`. Copy it to where your backups are.")


def _rows(kinds: Mapping[str, int]) -> str:
    """`1 name, 2 addresses`."""
    told = [many(count, *ONE.get(kind, (kind, kind))) for kind, count in kinds.items() if count]
    return ", ".join(told) or "nothing that names them"


@people.command()
@plainly
def erasures(config: Config = None) -> None:
    """The list of erasures, hashes only. The hub keeps it in a file that `beforehand restore` reads by itself."""
    settings = settings_of(config)
    typer.echo(as_lines(asyncio.run(_look(settings, lambda tx: tx.people.erasures()))), nl=False)


@people.command("erase-again")
@plainly
def erase_again(file: Path, config: Config = None) -> None:
    """Erase again everybody on the list in FILE, after a backup has been restored without it."""
    listed, settings = erasures_in(file), settings_of(config)
    again = asyncio.run(_in(settings, lambda tx, by, ctx: reapply_erasures(tx, listed, by.now, ctx)))
    here = "was here again, and is erased" if again == 1 else "were here again, and are erased"
    typer.echo(f"{again} of {len(listed)} {here}.")


@people.command()
@plainly
def imports(config: Config = None) -> None:
    """The last imports, the newest first."""
    found = asyncio.run(_look(settings_of(config), lambda tx: tx.people.imports(MOST)))
    if not found:
        typer.echo("Nothing has been imported yet.")
    for row in found:
        back = f", taken back {iso(row.undone)}" if row.undone is not None else ""
        typer.echo(f"{row.id}  {iso(row.at)}  {row.who}{back}")


@people.command("undo-import")
@plainly
def undo_import(batch: str, yes: Yes = False, config: Config = None) -> None:
    """Take the import BATCH back, as far as nobody has changed it since. A STOP is never undone."""
    settings = settings_of(config)
    row, brought = asyncio.run(_look(settings, lambda tx: about(tx, batch)))
    if not yes:
        typer.echo(f"{batch} of {iso(row.at)}, by {row.who}, brought {brought}.")
        if not typer.confirm("Take it back?"):
            raise BadInput(batch, "nothing was changed", "Run it again when you are sure.")
    typer.echo(str(asyncio.run(_in(settings, lambda tx, by, _: undo(tx, batch, by)))))


async def _look(settings: Settings, looking: Callable[[Tx], Awaitable[Answer]]) -> Answer:
    """Look, and change nothing: never in the hub's way."""
    async with store_of(settings) as store, store.reading() as tx:
        return await looking(tx)


async def _in(settings: Settings, doing: Callable[[Tx, By, Context], Awaitable[Answer]]) -> Answer:
    """Do it in one transaction, as whoever sits at this terminal."""
    by = By(getpass.getuser(), "command line", Moment(parse_clock(settings.clock).now()))
    async with store_of(settings) as store, store.transaction() as tx:
        return await doing(tx, by, bare_context(settings))
