"""What many tests share: a store and a clock of their own."""

from collections.abc import AsyncIterator

import pytest

from hub.testing import FakeClock, MemoryStore


@pytest.fixture
async def store() -> AsyncIterator[MemoryStore]:
    made = MemoryStore()
    yield made
    await made.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()
