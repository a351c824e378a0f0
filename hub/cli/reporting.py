"""`beforehand report` and `beforehand alive`: how the last days went, and whether the hub still lives."""

from __future__ import annotations

import asyncio

import msgspec
import typer

from hub.cli.opening import Config, settings_of, store_of
from hub.cli.say import plainly
from hub.clock import iso, parse_clock
from hub.domain.ids import Moment
from hub.domain.report import Report
from hub.flow.reporting import in_words
from hub.ports import BadInput
from hub.ports.upkeep import Beat
from hub.settings import Settings
from hub.settings.kinds import duration
from hub.settings.slips import Slip

DAY = 86_400_000_000


@plainly
def report(
    days: int = typer.Option(7, min=1, help="How many days back."),
    as_json: bool = typer.Option(False, "--json", help="For programs."),
    config: Config = None,
) -> None:
    """What devices did in the last days, what became of it, and how many messages people had."""
    settings = settings_of(config)
    now = Moment(parse_clock(settings.clock).now())
    found = asyncio.run(_report(settings, Moment(now - days * DAY), now))
    if as_json:
        typer.echo(msgspec.json.encode(found).decode())
        return
    typer.echo(f"From {iso(found.since)} to {iso(found.until)}")
    typer.echo(in_words(found))


async def _report(settings: Settings, since: Moment, until: Moment) -> Report:
    async with store_of(settings) as store, store.reading() as tx:
        return await tx.upkeep.report(since, until)


@plainly
def alive(
    within: str = typer.Option("2m", help="How old the last sign of life may be."), config: Config = None
) -> None:
    """Say whether the hub lives and is well; ends with 1 when it does not. For a cron job on another machine, or systemd."""
    settings = settings_of(config)
    now, most = parse_clock(settings.clock).now(), _span(within)
    beat = asyncio.run(_beat(settings))
    if beat is None:
        typer.echo(
            "The hub has never given a sign of life. The first comes a few seconds after: beforehand run"
        )
        raise typer.Exit(1)
    if now - beat.at > most:
        typer.echo(f"The hub is dead: its last sign of life came at {iso(beat.at)}. Start it: beforehand run")
        raise typer.Exit(1)
    if beat.note:
        typer.echo(f"The hub lives, and is not well. {beat.note}")
        raise typer.Exit(1)
    typer.echo(f"The hub lives and is well (seen at {iso(beat.at)}).")


async def _beat(settings: Settings) -> Beat | None:
    async with store_of(settings) as store, store.reading() as tx:
        return next((beat for beat in await tx.upkeep.beats() if beat.name == "hub"), None)


def _span(text: str) -> int:
    try:
        return duration(text)
    except Slip as slip:
        raise BadInput("--within", slip.cause, slip.remedy) from None
