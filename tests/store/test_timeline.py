"""Who follows the timeline misses no line, however many write it at once; and writers never wait for each other."""

import asyncio
from pathlib import Path

import pytest

from hub.domain.because import Because
from hub.domain.effects import Note
from hub.domain.ids import Moment
from hub.store import SqlStore, open_store
from tests.conftest import SECRET

NOTE = Note(None, None, "test.line", Because.ALLOWED, {})


@pytest.fixture
async def shared(postgres_dsn: str) -> SqlStore:
    made = await open_store(postgres_dsn, SECRET)
    yield made
    await made.close()


async def seen(store: SqlStore, after: int) -> list[int]:
    async with store.reading() as tx:
        return [fact.seq for fact in await tx.facts.since(after)]


async def newest(store: SqlStore) -> int:
    async with store.reading() as tx:
        return await tx.facts.newest()


async def test_a_line_is_not_shown_before_an_earlier_one_that_is_not_committed_yet(shared: SqlStore) -> None:
    async with shared.transaction() as slow:
        await slow.facts.add(NOTE, Moment(1))
        async with asyncio.timeout(5), shared.transaction() as quick:  # nobody waits for the slow one
            await quick.facts.add(NOTE, Moment(2))
        assert len(await seen(shared, 0)) == 1
    lines = await seen(shared, 0)
    assert lines == sorted(lines)
    assert len(lines) == 2
    assert await newest(shared) == lines[-1]


async def test_a_transaction_sees_its_own_lines(shared: SqlStore) -> None:
    async with shared.transaction() as tx:
        await tx.facts.add(NOTE, Moment(1))
        assert [fact.kind for fact in await tx.facts.since(0)] == ["test.line"]
        await tx.facts.add(NOTE, Moment(2))
        assert await tx.facts.newest() == (await tx.facts.since(0))[-1].seq


async def test_twenty_writers_and_a_reader_who_resumes(shared: SqlStore) -> None:
    read: list[int] = []

    async def write() -> None:
        for _ in range(10):
            async with shared.transaction() as tx:
                for _ in range(3):
                    await tx.facts.add(NOTE, Moment(1))

    async def follow(writers: "asyncio.Task[None]") -> None:
        while True:
            over = writers.done()
            read.extend(await seen(shared, read[-1] if read else 0))
            if over:
                return

    async def all_write() -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(12):
                group.create_task(write())

    writers = asyncio.create_task(all_write())
    await follow(writers)
    await writers
    assert read == await seen(shared, 0)
    assert len(read) == 360


async def test_a_number_that_was_given_up_holds_nobody_back(shared: SqlStore) -> None:
    with pytest.raises(KeyError):
        async with shared.transaction() as tx:
            await tx.facts.add(NOTE, Moment(1))
            raise KeyError
    async with shared.transaction() as tx:
        await tx.facts.add(NOTE, Moment(1))
    [line] = await seen(shared, 0)
    assert await newest(shared) == line


async def test_on_sqlite_lines_are_shown_as_they_are_committed(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path}/s.db", SECRET)
    async with store.transaction() as tx:
        await tx.facts.add(NOTE, Moment(1))
    [line] = await seen(store, 0)
    assert await newest(store) == line
    await store.close()
