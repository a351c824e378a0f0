"""The bell: a loop that waits hears every commit that concerns it, and only commits."""

import asyncio

import pytest

from hub.domain.because import Because
from hub.domain.effects import Note, WakeAt
from hub.domain.events import Woke
from hub.testing import MemoryStore

LONG, SHORT = 20.0, 0.02


async def note(store: MemoryStore) -> None:
    async with store.transaction() as tx:
        await tx.facts.add(Note(None, "hp1", "raised", Because.FAULT_RAISED), 1)


async def heard(store: MemoryStore, kind: str) -> bool:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await store.changed(kind, LONG)
    return loop.time() - begun < LONG / 2


async def test_a_loop_that_waits_hears_a_commit(store: MemoryStore) -> None:
    waiting = [asyncio.create_task(heard(store, "facts")) for _ in range(2)]
    await note(store)
    assert await asyncio.gather(*waiting) == [True, True]


async def test_a_loop_hears_at_once_what_was_committed_since_it_last_looked(store: MemoryStore) -> None:
    await store.changed("facts", SHORT)
    await note(store)
    assert await heard(store, "facts")


async def test_a_loop_that_has_heard_everything_waits_again(store: MemoryStore) -> None:
    await store.changed("facts", SHORT)
    await note(store)
    await store.changed("facts", LONG)
    quiet = asyncio.create_task(store.changed("facts", LONG))
    done, _ = await asyncio.wait([quiet], timeout=SHORT)
    assert not done
    quiet.cancel()


async def test_what_was_rolled_back_or_is_of_another_kind_rings_nothing(store: MemoryStore) -> None:
    listening = asyncio.create_task(store.changed("facts", LONG))
    with pytest.raises(RuntimeError):
        async with store.transaction() as tx:
            await tx.facts.add(Note(None, "hp1", "raised", Because.FAULT_RAISED), 1)
            raise RuntimeError("power cut")
    async with store.transaction() as tx:
        await tx.wakes.put(WakeAt("case_1", "hold", 5))
    done, _ = await asyncio.wait([listening], timeout=SHORT)
    assert not done
    listening.cancel()


async def test_each_kind_has_its_own_bell(store: MemoryStore) -> None:
    tasks = {kind: asyncio.create_task(heard(store, kind)) for kind in ("inbox", "wakes", "facts")}
    async with store.transaction() as tx:
        await tx.inbox.put("case_1", Woke("case_1", "hold"), 1)
        await tx.wakes.put(WakeAt("case_1", "hold", 5))
        await tx.facts.add(Note(None, "hp1", "raised", Because.FAULT_RAISED), 1)
    assert all(await asyncio.gather(*tasks.values()))


async def test_nobody_waits_longer_than_asked(store: MemoryStore) -> None:
    async with asyncio.timeout(5):
        await store.changed("outbox", SHORT)
