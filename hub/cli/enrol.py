"""`beforehand import`: customers, sites, devices and bases from CSV files, as a sync."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from hub.bootstrap.keyed import keep_fingerprint
from hub.bootstrap.shelf import take_down
from hub.cli.opening import Config, settings_of, store_of
from hub.cli.say import plainly
from hub.clock import parse_clock
from hub.domain.ids import Moment
from hub.flow.register import Report, sync, with_all_mistakes
from hub.flow.sheets import BadSheet, Row, gathered, read_csv
from hub.ports import BadInput
from hub.settings import Settings

Files = Annotated[
    list[Path], typer.Argument(metavar="FILE…", help="customers.csv, sites.csv, devices.csv, bases.csv")
]


@plainly
def import_(
    files: Files,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    config: Config = None,
) -> None:
    """Bring the registers up to date: adds and changes what is listed, deletes nothing, never undoes a STOP."""
    typer.echo(str(asyncio.run(_sync(settings_of(config), files, dry_run))))


def rows_of(files: Sequence[Path]) -> list[Row]:
    """The rows of CSV files. Raises BadSheet with the mistakes of all of them."""
    return gathered([partial(_rows_of, file) for file in files])


def _rows_of(file: Path) -> list[Row]:
    try:
        text = text_of(file)
    except BadInput as mistake:
        raise BadSheet([mistake]) from None
    return read_csv(file.name, text)


def text_of(file: Path) -> str:
    """The text of a CSV file. Raises BadInput."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BadInput(
            str(file), "there is no such file", "Check its name and the folder you are in."
        ) from None
    except IsADirectoryError:
        raise BadInput(str(file), "this is a folder", f"Name the files in it: {file}/*.csv") from None
    except OSError as error:
        raise BadInput(str(file), f"it cannot be read: {error.strerror}", "Check its rights.") from None
    except UnicodeDecodeError:
        raise BadInput(str(file), "it is not written in UTF-8", "Save it as CSV in UTF-8.") from None


async def _sync(settings: Settings, files: Sequence[Path], dry_run: bool) -> Report:
    now = Moment(parse_clock(settings.clock).now())
    shelf, home = take_down(settings.rules.packs), settings.policy.country
    async with store_of(settings, fresh=True) as store:
        try:
            report = await sync(store, rows_of(files), now, dry_run, home)
        except BadSheet as bad:
            raise (await with_all_mistakes(store, bad, now, home) if bad.rows else bad) from None
        if not dry_run:
            await keep_fingerprint(store, settings)
    return report.held_against(shelf.books, shelf.words.languages())
