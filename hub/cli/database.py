"""`beforehand db`: bring the store up to date."""

from __future__ import annotations

import asyncio

import typer

from hub.bootstrap.wiring import upgrade_the_store
from hub.cli.opening import Config, settings_of
from hub.cli.say import plainly

db = typer.Typer(help="The store's own care.", no_args_is_help=True)


@db.callback()
def about() -> None:
    """The store's own care."""


@db.command()
@plainly
def upgrade(config: Config = None) -> None:
    """Bring the database up to the version of this program. Stop the hub first, and keep a backup."""
    before, after = asyncio.run(upgrade_the_store(settings_of(config)))
    typer.echo(
        f"The store is at {after}" + (" already." if before == after else f"; it was {before or 'empty'}.")
    )
