"""An assistant that brings its own words: the official SDK's own client, over real HTTP, with an access token of Ada's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

from device_rules.reading import HOUR
from hub.domain.ids import CustomerId, Moment
from hub.domain.policy import CALENDARS
from hub.log.sqlite import SqliteLog
from hub.ports.grants import Granted, Token
from hub.testing import FakeClock, MemoryStore
from hub.web.door import Door, Program
from tests.flow.home import ADA, Home
from tests.web.hooks.kitchen import HomeTime
from tests.web.served import served

SECRET = "a secret of the house"
PROGRAM = Program("helper", "a-secret-for-the-helper", ("https://helper.example/back",), "devices")


class Assistant:
    """What an assistant has: tools, and what came back last."""

    def __init__(self, home: Home, door: Door, client: Client, url: str) -> None:
        self.home, self.door, self.client, self.url = home, door, client, url
        self.last: dict[str, Any] = {}

    async def calls(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The structured answer of a tool; its question is kept for `answers`."""
        result = await self.client.call_tool(tool, arguments)
        assert not result.is_error, result.content
        assert isinstance(result.structured_content, dict)
        self.last = result.structured_content
        await self.home.drain()
        return self.last

    async def answers(self, words: str, **more: str) -> dict[str, Any]:
        """The person answers what was asked last."""
        asked = self.last.get("question") or {}
        return await self.calls("next_step", answer=words, **{"question": asked.get("id", ""), **more})

    async def fails(self, tool: str, **arguments: Any) -> str:
        """What an assistant reads when a call cannot be done."""
        result = await self.client.call_tool(tool, arguments)
        assert result.is_error, result.structured_content
        return " ".join(getattr(each, "text", "") for each in result.content)


async def token(home: Home, who: CustomerId = ADA, scope: str = "devices", life: int = HOUR) -> str:
    """An access token, as the hub's own authorization server gives it after account linking."""
    name = f"token-of-{who}-{scope}-{life}"
    async with home.store.transaction() as tx:
        kept = Token(Granted(name, PROGRAM.id, who, scope), "access", Moment(home.now + life))
        await tx.grants.put_token(name, kept)
    return name


@asynccontextmanager
async def connected(url: str, key: str) -> AsyncIterator[Client]:
    """The SDK's client with this key."""
    async with (
        httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}) as http,
        Client(streamable_http_client(f"{url}/mcp", http_client=http), mode="legacy") as client,
    ):
        yield client


@asynccontextmanager
async def at_home(
    folder: Path, *devices: str, who: CustomerId = ADA, booked: bool = True
) -> AsyncIterator[Assistant]:
    """An assistant of `who` in a home with `devices`, whose maker offers appointments where they can be `booked`."""
    store = MemoryStore()
    log = SqliteLog(folder / "log", FakeClock())
    home = Home(store, log)
    home.ctx = replace(home.ctx, policy=replace(home.ctx.policy, calendars=CALENDARS if booked else {}))
    await home.move_in(*devices)
    door = Door(store, HomeTime(home), home.ctx, secret=SECRET, programs={PROGRAM.id: PROGRAM})
    async with served(door) as url, connected(url, await token(home, who)) as client:
        yield Assistant(home, door, client, url)
    await log.close()
    await store.close()
