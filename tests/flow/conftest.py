"""A home for the arrows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.log.sqlite import SqliteLog
from hub.testing import FakeClock, MemoryStore
from tests.flow.home import Home


@pytest.fixture
async def home(store: MemoryStore, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Home]:
    log = SqliteLog(tmp_path / "log", clock)
    made = Home(store, log)
    await made.move_in("hp-1", "fr-1", "ro-1")
    yield made
    await log.close()
