"""`beforehand bookings`: who is rung and visited, in order, on this machine. Changes nothing."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from device_rules.reading import DAY
from hub.cli.opening import Config, settings_of, store_of
from hub.cli.say import plainly
from hub.clock import parse_clock
from hub.domain.ids import Moment
from hub.domain.slots import label
from hub.settings import Settings


@plainly
def bookings(
    days: Annotated[int, typer.Option(help="How many days ahead.")] = 7,
    seat: Annotated[str, typer.Option(help="Only those of this installer (their login).")] = "",
    config: Config = None,
) -> None:
    """List the calls and visits that are booked, the next ones first."""
    lines = asyncio.run(_listed(settings_of(config), days, seat))
    typer.echo("\n".join(lines) if lines else "Nothing is booked.")


async def _listed(settings: Settings, days: int, seat: str) -> list[str]:
    now = Moment(parse_clock(settings.clock).now())
    async with store_of(settings) as store, store.reading() as tx:
        found = await tx.bookings.between(now, Moment(now + days * DAY), seat)
        return [
            f"{label(each.slot.starts, settings.policy.zone, 'en')}  {each.slot.kind}  {each.seat}  {each.case}"
            for each in found
        ]
