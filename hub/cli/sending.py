"""`beforehand go-live`, `pause` and `outbox`: how far messages may go, and what is still owed."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from hub.bootstrap.channels import channels_of
from hub.bootstrap.wiring import bare_context
from hub.cli.opening import Config, settings_of, store_of
from hub.cli.say import plainly
from hub.clock import WallClock, iso, parse_clock
from hub.domain.contact import Message
from hub.domain.customer import Channel
from hub.domain.gate import Mode
from hub.domain.ids import Moment, UserId
from hub.flow.switching import GoLiveList, set_mode, would_contact
from hub.flow.switching import go_live as live
from hub.flow.switching import pause as switch
from hub.ports import BadInput
from hub.settings import DEFAULT_SECRET, Settings

BY = UserId("command line")


@plainly
def go_live(
    mode: Annotated[Mode, typer.Option(help="How far messages may go.")] = Mode.LIVE,
    yes: bool = typer.Option(False, "--yes", help="Do not ask."),
    config: Config = None,
) -> None:
    """List who would be contacted in the next hour, then let messages reach customers.

    Faults that are already there are listed and never contacted about.
    """
    settings = settings_of(config)
    if mode is not Mode.PAPER:
        _ready_to_send(settings, mode)
    if mode is not Mode.LIVE:
        asyncio.run(_mode(settings, mode))
        typer.echo(f"Sending mode: {mode}.")
        return
    _show(asyncio.run(_listed(settings)))
    if not yes and not typer.confirm("Go live? Messages will reach customers"):
        raise typer.Exit(1)
    listed = asyncio.run(_live(settings))
    typer.echo(f"Sending is live. {len(listed.known)} cases were there before and are left to your team.")


def _ready_to_send(settings: Settings, mode: Mode) -> None:
    if not settings.sms.account_sid and channels_of(settings) <= {Channel.SMS, Channel.PAPER}:
        raise BadInput(
            "sms",
            "no channel is set up that could send",
            "Set sms.account_sid, sms.auth_token and sms.sender.",
        )
    if settings.store.secret == DEFAULT_SECRET:
        raise BadInput(
            "store.secret",
            "it is still the default",
            "Set BEFOREHAND_STORE_SECRET (or _FILE) to a long random text.",
        )
    if mode is Mode.TEST_NUMBERS and not settings.policy.test_numbers:
        raise BadInput("policy.test_numbers", "there is none", "List the numbers that may be reached.")


def _now(settings: Settings) -> Moment:
    clock: WallClock = parse_clock(settings.clock)
    return Moment(clock.now())


async def _mode(settings: Settings, mode: Mode) -> None:
    async with store_of(settings) as store, store.transaction() as tx:
        await set_mode(tx, mode, _now(settings))


async def _listed(settings: Settings) -> GoLiveList:
    async with store_of(settings) as store, store.reading() as tx:
        return await would_contact(tx, _now(settings))


async def _live(settings: Settings) -> GoLiveList:
    async with store_of(settings) as store, store.transaction() as tx:
        return await live(tx, _now(settings), bare_context(settings))


def _show(listed: GoLiveList) -> None:
    if not listed.known:
        typer.echo("No fault is open: nobody would be contacted in the next hour.")
        return
    table = Table(title="Known at go-live: these are listed, not contacted", title_justify="left")
    for column in ("device", "rule", "severity", "would have been contacted"):
        table.add_column(column)
    for each in listed.known:
        when = "not within the hour" if each not in listed.soon or each.due is None else iso(each.due)
        table.add_row(each.device, each.rule, each.severity, when)
    Console().print(table)


@plainly
def pause(
    why: str = typer.Argument("paused from the command line"),
    resume: bool = typer.Option(False, "--resume", help="Let contacts run again."),
    config: Config = None,
) -> None:
    """Stop all contacts at once (or let them run again)."""
    asyncio.run(_pause(settings_of(config), not resume, why))
    typer.echo(
        "Contacts run again; what waited is judged anew."
        if resume
        else "All contacts are paused. Resume: beforehand pause --resume"
    )


async def _pause(settings: Settings, paused: bool, why: str) -> None:
    async with store_of(settings) as store, store.transaction() as tx:
        await switch(tx, BY, paused, why, _now(settings))


@plainly
def outbox(
    state: str = typer.Option("parked", help="queued, sending, in_doubt, parked, done or cancelled."),
    release: str = typer.Option("", help="Queue the parked row with this id again."),
    config: Config = None,
) -> None:
    """Show what is owed to the world; release what was parked for a person to decide."""
    settings = settings_of(config)
    if release:
        asyncio.run(_release(settings, release))
        typer.echo(f"{release} is queued again.")
        return
    rows = asyncio.run(_rows(settings, state))
    table = Table(title=f"{len(rows)} {state}", title_justify="left")
    for column in ("id", "what", "due", "attempts"):
        table.add_column(column, overflow="fold")
    for row_id, what, due, attempts in rows:
        table.add_row(row_id, what, due, attempts)
    Console().print(table)


async def _rows(settings: Settings, state: str) -> list[tuple[str, str, str, str]]:
    async with store_of(settings) as store, store.reading() as tx:
        rows = await tx.outbox.page(state, 200)
    told = []
    for row in rows:
        item = row.item
        what = (
            f"{item.kind} by {item.channel}"
            if isinstance(item, Message)
            else f"command {item.name} to {item.device}"
        )
        told.append((row.id, what, iso(row.due), str(row.attempts)))
    return told


async def _release(settings: Settings, row_id: str) -> None:
    async with store_of(settings) as store, store.transaction() as tx:
        row = await tx.outbox.get(row_id)
        if row is None or row.state != "parked":
            raise BadInput(row_id, "no parked row has this id", "List them with: beforehand outbox")
        await tx.outbox.settle(row_id, "queued", due=_now(settings), note="released by a person")
