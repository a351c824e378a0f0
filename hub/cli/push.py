"""`beforehand push`: keys for notifications in browsers, and links with which people turn them on."""

from __future__ import annotations

import asyncio

import typer

from hub.bootstrap.channels import public_url
from hub.bootstrap.push import new_vapid_keys
from hub.cli.opening import Config, settings_of, store_of
from hub.cli.say import plainly
from hub.clock import parse_clock
from hub.domain.ids import CustomerId, Moment
from hub.ports import BadInput
from hub.settings import Settings
from hub.web.push_links import new_token

push = typer.Typer(help="Notifications in browsers: keys and links.", no_args_is_help=True)


@push.command()
@plainly
def keys() -> None:
    """Make a VAPID key pair and print it. Make it once: with another key, every browser has to subscribe again."""
    private, public = new_vapid_keys()
    typer.echo(
        f'[push]\nvapid_key = "{private}"  # a secret\nvapid_subject = "mailto:you@example.com"\n# public: {public}'
    )


@push.command()
@plainly
def link(customer: str, config: Config = None) -> None:
    """Print a link with which CUSTOMER turns notifications on; it works once, for a day."""
    settings = settings_of(config)
    if not settings.push.vapid_key:
        raise BadInput(
            "push.vapid_key", "notifications in browsers are not set up", "Run: beforehand push keys"
        )
    typer.echo(asyncio.run(_link(settings, CustomerId(customer))))


async def _link(settings: Settings, customer: CustomerId) -> str:
    async with store_of(settings) as store, store.reading() as tx:
        known = await tx.people.customer(customer)
    if known is None:
        raise BadInput(customer, "there is no such customer", "See: GET /api/v1/customers")
    now = Moment(parse_clock(settings.clock).now())
    return f"{public_url(settings)}/push/{new_token(settings.store.secret, customer, now)}"
