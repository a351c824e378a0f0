"""`beforehand run`: the hub itself."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys
from contextlib import suppress

import structlog
import typer

from hub.bootstrap.front import application, door_of, listening, served
from hub.bootstrap.keyed import keep_fingerprint
from hub.bootstrap.soundness import sound
from hub.bootstrap.wiring import Hub, open_hub
from hub.cli.opening import Config, settings_of
from hub.cli.say import plainly
from hub.domain.gate import Mode
from hub.settings import DEFAULT_SECRET, Settings

WARNING = (
    "store.secret is still the default. It keys the list of who said STOP: set BEFOREHAND_STORE_SECRET (or _FILE) now, "
    "before people are imported, and keep it."
)


@plainly
def run(config: Config = None) -> None:
    """Run the hub: listen to devices, judge, contact, converse, and serve console, API and hooks."""
    quiet_logs()
    asyncio.run(_run(sound(settings_of(config))))


def quiet_logs() -> None:
    """One line per happening on standard error, as key=value. Never a message's text, a number, a name or a token."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="level=%(levelname)s event=%(message)r"
    )
    for loud in ("httpx", "httpcore", "twilio", "twilio.http_client", "apscheduler"):
        logging.getLogger(loud).setLevel(logging.ERROR)


async def _run(settings: Settings) -> None:
    line = listening(settings.web.host, settings.web.port)
    hub = await open_hub(settings)
    try:
        await keep_fingerprint(hub.store, settings)
        await hub.restore()
        async with served(application(door_of(hub)), line):
            await _greet(hub, line.getsockname()[1])
            await until_told(hub)
    finally:
        await hub.close()


async def _greet(hub: Hub, port: int) -> None:
    async with hub.store.reading() as tx:
        switches = await tx.house.switches()
    typer.echo(
        f"Beforehand listens to {bare(hub.settings.mqtt.url)}; the console is on http://{hub.settings.web.host}:{port}/console"
    )
    if hub.settings.store.secret == DEFAULT_SECRET:
        typer.echo(WARNING)
    if switches.mode is not Mode.LIVE:
        typer.echo(f"Sending mode: {switches.mode}. Nothing reaches a customer until: beforehand go-live")


SWEEPS = (50_000, 20, 100)
"""How many new objects, and how many sweeps, until garbage is looked for: at Python's own 700 a storm of faults
spends two thirds of its time on looking."""


async def until_told(hub: Hub) -> None:
    """Run the hub until SIGTERM or SIGINT."""
    hub.ctx.ears.ready()
    gc.collect()
    gc.freeze()  # what is there by now stays: looking through it again and again would stop the hub for 150 ms each time
    gc.set_threshold(*SWEEPS)
    task = asyncio.create_task(hub.run(), name="hub")
    loop = asyncio.get_running_loop()
    for told in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(told, task.cancel)
    with suppress(asyncio.CancelledError):
        await task


def bare(dsn: str) -> str:
    """An address without name and password."""
    scheme, _, rest = dsn.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"
