"""A device that never answers keeps nobody waiting: whoever asks meanwhile has an answer in time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from hub.domain.effects import CommandDevice
from hub.loops import relay
from hub.loops.post import PostOffice
from hub.testing import Postbox
from hub.web.door import Door
from tests.flow.home import Home
from tests.web.hooks.kitchen import kitchen
from tests.web.mcp.assistant import at_home

PATIENCE = 6.0  # real seconds: Amazon hangs up after eight
Says = Callable[[str], Awaitable[object]]


class Hanging:
    """A way to devices on which a command gets stuck."""

    def __init__(self) -> None:
        self.stuck = asyncio.Event()

    async def send(self, command: CommandDevice) -> bool:
        self.stuck.set()
        await asyncio.Event().wait()
        return False


@asynccontextmanager
async def carried(home: Home, door: Door) -> AsyncIterator[Hanging]:
    """Commands leave by the relay, and get stuck."""
    link = Hanging()
    post = PostOffice(home.store, door.clock, home.ctx, {}, Postbox(), link)
    leaving = asyncio.create_task(relay.drain(post))
    yield link
    leaving.cancel()
    with suppress(asyncio.CancelledError):
        await leaving


async def in_time(home: Home, door: Door, asks: Says) -> None:
    """The command is stuck on its way, and every question has its answer."""
    assert len(await home.commands()) == 1
    async with carried(home, door) as link:
        await asyncio.wait_for(link.stuck.wait(), PATIENCE)
        for words in ("how is it", "repeat"):
            async with asyncio.timeout(PATIENCE):
                assert await asks(words)


async def test_an_assistant_has_its_answer_while_the_router_hangs(tmp_path: Path) -> None:
    async with at_home(tmp_path, "ro-1") as ada:
        await ada.home.fails("ro-1", "line-unstable")
        await ada.calls("restart_device")
        await ada.answers("yes")
        await in_time(ada.home, ada.door, ada.answers)


async def test_a_speaker_has_its_answer_while_the_router_hangs(tmp_path: Path) -> None:
    async with kitchen(tmp_path, "ro-1") as here:
        await here.links()
        await here.home.fails("ro-1", "line-unstable")
        await here.ada.open()
        await here.says("AMAZON.YesIntent", "RestartIntent", "AMAZON.YesIntent")

        async def asks(words: str) -> str:
            return await here.ada.intent("StatusIntent" if words == "how is it" else "AMAZON.RepeatIntent")

        await in_time(here.home, here.door, asks)
