"""`beforehand people pin`: whether somebody has a PIN for telephone calls; sending them a link for one; removing it.

It never sets one and never shows one: a PIN is known to the person alone.
"""

from __future__ import annotations

import asyncio
import getpass
from typing import Annotated

import typer

from hub.bootstrap.wiring import bare_context
from hub.cli.opening import Config, settings_of, store_of
from hub.cli.say import plainly
from hub.clock import parse_clock
from hub.domain.asked import Verdict
from hub.domain.ids import CustomerId, Moment
from hub.flow.consent_choices import By
from hub.flow.context import Context
from hub.flow.pins import newest_case, remove_pin, send_link, tell_of_change
from hub.ports import BadInput, Tx

Send = Annotated[bool, typer.Option("--send-link", help="Text them a link with which they choose one.")]
Remove = Annotated[bool, typer.Option("--remove", help="Remove it, as they asked us to.")]


@plainly
def pin(customer: str, send: Send = False, remove: Remove = False, config: Config = None) -> None:
    """Whether CUSTOMER has a PIN for telephone calls. Only they can set one, on their own page; the desk can remove it."""
    settings = settings_of(config)
    if send and remove:
        raise BadInput("--send-link", "it cannot be sent and removed at once", "Name one of the two.")
    if send and not settings.web.public_url:
        raise BadInput("web.public_url", "there is no address for the link", "Set web.public_url first.")
    now = Moment(parse_clock(settings.clock).now())
    doing = _remove if remove else _send if send else _look

    async def done() -> str:
        async with store_of(settings) as store, store.transaction() as tx:
            return await doing(tx, CustomerId(customer), now, bare_context(settings))

    typer.echo(asyncio.run(done()))


async def _look(tx: Tx, customer: CustomerId, now: Moment, _: Context) -> str:
    await _known(tx, customer)
    if not await tx.bookings.keeps_pin(customer):
        return f"{customer} has no PIN."
    locked = not await tx.bookings.has_pin(customer, now)
    return f"{customer} has a PIN{', which is locked for an hour at most' if locked else ''}."


async def _remove(tx: Tx, customer: CustomerId, now: Moment, ctx: Context) -> str:
    await _known(tx, customer)
    if not await remove_pin(tx, customer, By(getpass.getuser(), "command line", now)):
        return f"{customer} has no PIN: nothing has changed."
    await tell_of_change(tx, customer, None, now, ctx)
    return f"{customer} has no PIN any more, and is told so."


async def _send(tx: Tx, customer: CustomerId, now: Moment, ctx: Context) -> str:
    decision = await send_link(tx, customer, await newest_case(tx, customer, now), now, ctx)
    if decision.verdict is Verdict.DENY:
        raise BadInput(customer, decision.because.agent, "No link was sent.")
    return f"A link is on its way to {customer}. They choose their PIN on the page that it opens."


async def _known(tx: Tx, customer: CustomerId) -> None:
    if await tx.people.customer(customer) is None:
        raise BadInput(customer, "there is no such customer", "Look for them by name or number.")
