"""What the web tests share: the world, the application on it, and somebody who asks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from hub.domain.ids import UserId
from hub.web.access import COOKIE, open_session
from hub.web.app import create_app
from tests.web.world import World, world


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as made:
        yield made


@pytest.fixture
def app(here: World) -> FastAPI:
    return create_app(here.door)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who has not signed in."""
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as made:
        yield made


@pytest.fixture
async def dag(app: FastAPI, here: World) -> AsyncIterator[httpx.AsyncClient]:
    """The agent, signed in."""
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as made:
        async with here.store.reading() as tx:
            user = await tx.house.user(UserId("dag"))
        assert user is not None
        made.cookies.set(COOKIE, await open_session(here.door, user))
        yield made
