"""`beforehand check`: whether the hub could run with these settings, and which promises they switch off; also beside a hub
that runs, from which it takes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
import typer
from rich.console import Console
from rich.markup import escape

from hub.bootstrap.channels import public_url
from hub.bootstrap.hints import hints_of
from hub.bootstrap.promises import broken_promises
from hub.bootstrap.shelf import Shelf, take_down
from hub.bootstrap.soundness import sound
from hub.bootstrap.wiring import open_hub, probe_of
from hub.cli.opening import Config, settings_of, store_of
from hub.cli.running import WARNING, bare
from hub.cli.say import plainly
from hub.domain.plural import many
from hub.ports import InUse
from hub.ports.store import Store
from hub.ports.telemetry import Gauges
from hub.settings import DEFAULT_SECRET, Settings

CONNECT_SECONDS = 10.0
RUNS = "a hub runs with this log. It goes on with the settings that it was started with: start it anew for these."


@plainly
def check(config: Config = None) -> None:
    """Say whether the configuration is sound, and whether store, broker and log can be reached."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())  # the ticks below say it all
    settings = sound(settings_of(config))
    failed = asyncio.run(_check(settings))
    if failed:
        raise typer.Exit(1)


async def _check(settings: Settings) -> bool:
    console = Console(highlight=False)
    promises = broken_promises(settings)
    async with _opened(settings) as (store, shelf, runs):
        books = many(len(shelf.books), "rule book")
        fixes = many(len(shelf.plays), "guided fix", "guided fixes")
        console.print(f"[green]✓[/green] settings, {books}, {fixes}")
        for hint in (*promises, *await hints_of(settings, store, shelf.books)):
            _warn(console, str(hint))
    for line in shelf.lending():
        _warn(console, line)
    console.print(f"[green]✓[/green] store {bare(settings.store.dsn)}, log {settings.log.path}")
    if runs:
        _warn(console, f"{settings.log.path}: {RUNS}")
    if settings.store.secret == DEFAULT_SECRET:
        _warn(console, WARNING)
    failed = await _no_broker(settings, console)
    sms = "set up" if settings.sms.account_sid else "not set up: paper only"
    console.print(f"  web {public_url(settings)}, sms {sms}")
    return failed


def _warn(console: Console, line: str) -> None:
    console.print(f"[yellow]![/yellow] {escape(line)}", soft_wrap=True)


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[tuple[Store, Shelf, bool]]:
    """The store, the rules and guided fixes, and whether a hub runs with these settings: then its log is left alone."""
    try:
        hub = await open_hub(settings, screen=None)
    except InUse:
        async with store_of(settings) as store:
            yield store, take_down(settings.rules.packs), True
        return
    try:
        yield hub.store, hub.shelf, False
    finally:
        await hub.close()


async def _no_broker(settings: Settings, console: Console) -> bool:
    """Whether the broker cannot be reached, which is said."""
    gauges, place = Gauges(), bare(settings.mqtt.url)
    probe = probe_of(settings, gauges)
    try:
        probe.start()
        async with asyncio.timeout(CONNECT_SECONDS):
            await probe.connected()
    except TimeoutError:
        console.print(f"[red]✗[/red] broker {place}: {gauges.trouble or 'no answer'}")
        return True
    finally:
        await probe.close()
    console.print(f"[green]✓[/green] broker {place}")
    return False
