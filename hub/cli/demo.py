"""`beforehand demo` and `beforehand simulate`: a whole hub in a simulated world, told in plain words as it happens.

The hub is the real one, on a fast clock, with its data in a folder that is gone afterwards. It is given nothing that a
hub of a maker would not have: a broker, a carrier, an Alexa cloud, registers to import.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TextIO

import structlog
import typer

from hub.bootstrap.front import application, door_of, listening, served
from hub.bootstrap.skill_model import skill_models
from hub.bootstrap.wiring import Hub, open_hub
from hub.cli import aloud
from hub.cli.say import plainly
from hub.cli.story import Teller
from hub.clock import WallClock, fast_clock
from hub.domain.agent import AgentRole, User
from hub.domain.ids import Moment, UserId
from hub.flow.register import sync
from hub.flow.sheets import read_csv
from hub.flow.switching import go_live
from hub.ports import BadInput
from hub.settings import Settings
from hub.web.passwords import new_token, token_hash
from simulators.scenario import Scenario, load
from simulators.talk.api import beside
from simulators.talk.room import Room
from simulators.world import World
from simulators.written import BadWriting

STORY = "one-afternoon"
PORTS_TO_TRY = 20
HOST = "127.0.0.1"
AGENT = UserId("dag")

Port = Annotated[int, typer.Option(help="Where the console listens; the next free one when it is taken.")]
Log = Annotated[Path | None, typer.Option(help="Write the hub's log lines here.")]
Speak = Annotated[
    Path | None, typer.Option(help="Put what is said aloud into this folder, as sound (espeak-ng).")
]


@plainly
def demo(
    once: Annotated[bool, typer.Option("--once", help="End when the story is over.")] = False,
    port: Port = 8080,
    log: Log = None,
    speak: Speak = None,
) -> None:
    """Tell the whole story in about half a minute, with the console open and live."""
    if speak is not None:
        aloud.can_speak()
    _tell(STORY, Telling(port, once, log, speak))


@plainly
def simulate(
    scenario: Annotated[str, typer.Argument(help="A scenario file, or the name of a shipped one.")],
    port: Port = 8080,
    log: Log = None,
) -> None:
    """Play a scenario once and say whether it ended as it should."""
    _tell(scenario, Telling(port, True, log))


@dataclass(frozen=True, slots=True)
class Telling:
    """How to tell it."""

    port: int
    once: bool
    log: Path | None
    speak: Path | None = None


def _tell(name: str, how: Telling) -> None:
    try:
        story = load(name)
    except BadWriting as mistake:
        raise BadInput("scenario", str(mistake)) from None
    with contextlib.ExitStack() as stack:
        quiet(stack.enter_context(how.log.open("w", encoding="utf-8")) if how.log else None)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="beforehand-")))
        if not asyncio.run(_play(story, folder, how)):
            raise typer.Exit(1)


def quiet(file: TextIO | None) -> None:
    """The hub's log lines go to `file`, or nowhere: in the terminal the story is told."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file) if file else structlog.ReturnLoggerFactory(),
        cache_logger_on_first_use=False,
    )


async def _play(story: Scenario, folder: Path, how: Telling) -> bool:
    """The whole evening; True when it ended as it should."""
    clock = fast_clock(story.starts, 1.0)
    teller = Teller(story)
    async with contextlib.AsyncExitStack() as stack:
        line = free_line(how.port)
        url = f"http://{HOST}:{line.getsockname()[1]}"
        teller.opening(url, taken=how.port if line.getsockname()[1] != how.port else None)
        world = await stack.enter_async_context(World(story, clock, teller.line))
        hub = await _hub(world, folder, clock, url)
        stack.push_async_callback(hub.close)
        key = await _settle_in(hub, world)
        await hub.restore()
        brand = str(story.policy.get("brand", "Nordwarm"))
        room = await stack.enter_async_context(Room(world, skill_models(brand)))
        front = application(door_of(hub, AGENT, world.cloud.fetch))
        await stack.enter_async_context(served(beside(room, front), line))
        running = asyncio.create_task(hub.run(), name="hub")
        stack.push_async_callback(_end, running)
        clock.change_rate(story.rate)
        await world.begin(url, key)
        ended_well = await _until_over(world, running, room)
        if not room.taken.is_set():
            teller.closing(ended_well, await world.missing())
        if how.speak is not None:
            clock.change_rate(1.0)
            await aloud.render(story, world.story, hub.shelf, how.speak, teller.note)
        if not how.once:
            await room.open()
            await _stay(running, lambda: teller.staying(url))
    return ended_well


async def _until_over(world: World, running: asyncio.Task[None], room: Room) -> bool:
    """Play the story, unless somebody takes over before its end; a hub that breaks down on the way breaks the story too."""
    story = asyncio.create_task(world.play())
    taken = asyncio.create_task(room.taken.wait())
    await asyncio.wait({story, running, taken}, return_when=asyncio.FIRST_COMPLETED)
    over = taken.done()
    taken.cancel()
    if running.done() or over:
        story.cancel()
    if running.done():
        await running
    return True if over else await story


async def _stay(running: asyncio.Task[None], say: Callable[[], None]) -> None:
    """Keep hub and world alive, in real time, until somebody presses Ctrl-C."""
    say()
    stop = asyncio.Event()
    for told in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(told, stop.set)
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({stopping, running}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()


async def _end(running: asyncio.Task[None]) -> None:
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


async def _hub(world: World, folder: Path, clock: WallClock, url: str) -> Hub:
    """A hub set up for this world."""
    roots = folder / "roots.pem"
    roots.write_bytes(world.cloud.roots())
    given = world.settings()
    given["alexa"]["roots"] = roots
    settings = Settings.model_validate(
        {
            **given,
            "store": {"dsn": f"sqlite:///{folder}/hub.sqlite", "secret": new_token()},
            "log": {"path": folder / "log", "partitions": 2},
            "paper": {"file": folder / "paper.txt"},
            "web": {"public_url": url},
        }
    )
    return await open_hub(settings, screen=None, clock=clock)


async def _settle_in(hub: Hub, world: World) -> str:
    """Import the registers, employ the agent, go live; the API key of the agent's desk."""
    now = Moment(hub.clock.now())
    rows = [row for name, text in world.registers().items() for row in read_csv(name, text)]
    await sync(hub.store, rows, now, False)
    key = new_token()
    async with hub.store.transaction() as tx:
        await tx.house.put_user(User(AGENT, "Dag Holm", AgentRole.SUPERVISOR))
        await tx.house.add_key(token_hash(key), str(AGENT), ["read", "tickets"])
        await go_live(tx, now, hub.ctx)
    return key


def free_line(port: int) -> socket.socket:
    """A listening socket on `port` or the next free one. Raises BadInput when none of the next twenty is free."""
    for candidate in range(port, port + PORTS_TO_TRY):
        with contextlib.suppress(BadInput):
            return listening(HOST, candidate)
    return listening(HOST, port)
