"""`beforehand outbox`: what is owed to the world, and what a person may do with what waits or is parked."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

import typer
from rich.console import Console
from rich.table import Table

from hub.cli.opening import Config, settings_of, store_of
from hub.cli.say import plainly
from hub.clock import WallClock, iso, parse_clock
from hub.domain.ids import Moment, UserId
from hub.domain.plural import many
from hub.flow import owed
from hub.ports import Tx
from hub.settings import Settings

BY = UserId("command line")
MOST = 200
outbox = typer.Typer()
Act = Callable[[Tx, str, UserId, Moment], Awaitable[owed.Owed]]


@outbox.callback(invoke_without_command=True)
@plainly
def parked(context: typer.Context, config: Config = None) -> None:
    """What is owed to the world, and why it waits; what is parked waits for a person."""
    if context.invoked_subcommand is None:
        _list(settings_of(config), "")


@outbox.command("list")
@plainly
def list_(
    state: str = typer.Option(
        "", help="Only queued, sending, in_doubt, parked, done or cancelled (default: all that has not left)."
    ),
    config: Config = None,
) -> None:
    """List what has not left yet, what is parked first, each with why it waits; or what is in one state, earliest due first."""
    _list(settings_of(config), state)


def _list(settings: Settings, state: str) -> None:
    rows = asyncio.run(_listed(settings, state))
    found = Counter(row.state for row in rows)
    states = (state,) if state else ("parked", *(each for each in owed.WAITING[1:] if found[each]))
    title = ", ".join(f"{found[each]} {each.replace('_', ' ')}" for each in states)
    table = Table(title=title, title_justify="left")
    for column in ("id", "state", "what", "to", "due", "tries", "why"):
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(row.id, row.state, row.what, row.to, iso(row.due), str(row.attempts), row.reason)
    Console().print(table)
    if MOST in found.values():
        typer.echo(f"There may be more: {MOST} of each state are listed.")


@outbox.command()
@plainly
def show(row: str, config: Config = None) -> None:
    """Show one row."""
    _tell(asyncio.run(_shown(settings_of(config), row)))


@outbox.command()
@plainly
def release(row: str, config: Config = None) -> None:
    """Have a parked row sent (again): you have made sure that it had not arrived. The gate is asked before it leaves."""
    _tell(asyncio.run(_act(settings_of(config), owed.release, row)))


@outbox.command()
@plainly
def retry(row: str, config: Config = None) -> None:
    """Have what waits for its next try tried at once."""
    _tell(asyncio.run(_act(settings_of(config), owed.retry, row)))


@outbox.command()
@plainly
def drop(row: str, config: Config = None) -> None:
    """Drop a row: it will not leave any more, and its case hears of it."""
    _tell(asyncio.run(_act(settings_of(config), owed.drop, row)))


def _tell(row: owed.Owed) -> None:
    lines = {
        "": f"{row.id}: {row.what}" + (f" to {row.to}" if row.to else ""),
        "state": f"{row.state}, due {iso(row.due)}, tried {many(row.attempts, 'time')}",
        "status": row.status,
        "case": row.case or "",
        "why": row.reason,
    }
    for name, words in lines.items():
        if words:
            typer.echo(f"  {name}: {words}" if name else words)


async def _listed(settings: Settings, state: str) -> list[owed.Owed]:
    async with store_of(settings) as store, store.reading() as tx:
        return await (owed.listed(tx, state, MOST) if state else owed.waiting(tx, MOST))


async def _shown(settings: Settings, row: str) -> owed.Owed:
    async with store_of(settings) as store, store.reading() as tx:
        return await owed.shown(tx, row)


async def _act(settings: Settings, act: Act, row: str) -> owed.Owed:
    clock: WallClock = parse_clock(settings.clock)
    async with store_of(settings) as store, store.transaction() as tx:
        return await act(tx, row, BY, Moment(clock.now()))
