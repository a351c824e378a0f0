"""`beforehand go-live`: how far messages may go."""

from __future__ import annotations

import asyncio
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.table import Table

from hub.bootstrap.channels import channels_of
from hub.bootstrap.wiring import bare_context
from hub.cli.opening import Config, settings_of, store_of
from hub.cli.say import plainly
from hub.clock import WallClock, iso, parse_clock
from hub.domain.customer import Channel
from hub.domain.gate import Mode
from hub.domain.ids import Moment
from hub.flow.switching import GoLiveList, set_mode, would_contact
from hub.flow.switching import go_live as live
from hub.ports import BadInput
from hub.settings import DEFAULT_SECRET, Settings
from hub.web.access import LOCAL


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
    if not listed.known:
        typer.echo("Sending is live.")
        return
    there = "case was there before and is" if len(listed.known) == 1 else "cases were there before and are"
    typer.echo(f"Sending is live. {len(listed.known)} {there} left to your team.")


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
    if (
        settings.sms.account_sid
        and not settings.web.public_url
        and urlsplit(settings.sms.base_url).hostname not in LOCAL
    ):
        raise BadInput(
            "web.public_url",
            "customers could not answer: not even their STOP would reach the hub",
            "Write public_url = 'https://…', the address under which the world reaches the hub.",
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
        return await would_contact(tx, _now(settings), bare_context(settings))


async def _live(settings: Settings) -> GoLiveList:
    async with store_of(settings) as store, store.transaction() as tx:
        return await live(tx, _now(settings), bare_context(settings))


def _show(listed: GoLiveList) -> None:
    if not listed.known:
        typer.echo("No fault is open: nobody would be contacted in the next hour.")
        return
    table = Table(title="Known at go-live: these are listed, not contacted", title_justify="left")
    for column in ("device", "rule", "severity", "customer", "by", "would have been contacted"):
        table.add_column(column, overflow="fold")
    for each in listed.known:
        when = "not within the hour" if each not in listed.soon or each.due is None else iso(each.due)
        who, by = each.customer or "nobody", each.channel or ""
        when = f"{'not now' if each.passing else 'never'}: {each.refused}" if each.refused else when
        table.add_row(each.device, each.rule, each.severity, who, by, when)
    Console().print(table)
