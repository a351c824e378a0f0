"""Facts as they happen: in order, without gaps, also after a lost connection."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from hub.domain.because import Because
from hub.domain.effects import Note
from tests.web.asking import key
from tests.web.served import served
from tests.web.world import READ_KEY, World

pytestmark = pytest.mark.system


async def happens(here: World, *kinds: str) -> None:
    async with here.store.transaction() as tx:
        for kind in kinds:
            await tx.facts.add(
                Note(None, None, kind, Because.FAULT_RAISED, {"text": "not for the stream"}), here.now
            )


async def events(answer: httpx.Response) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """(id, data) of each event."""
    fields: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields.get("data"):
            yield fields.get("id", ""), json.loads(fields["data"])
            fields = {}


async def read(address: str, count: int, **headers: str) -> list[tuple[str, dict[str, Any]]]:
    """The first `count` events that a listener with these headers gets."""
    found: list[tuple[str, dict[str, Any]]] = []
    sent = {name.replace("_", "-"): value for name, value in headers.items()} | key(READ_KEY)
    async with (
        httpx.AsyncClient() as client,
        client.stream("GET", f"{address}/api/v1/stream", headers=sent) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        async for event in events(answer):
            found.append(event)
            if len(found) == count:
                return found
    return found


async def test_a_listener_hears_a_fact_when_it_happens_and_nobody_s_words(here: World) -> None:
    async with served(here.door) as address:
        listening = asyncio.create_task(read(address, 1))
        hello = await read(address, 1)
        assert hello[0][1]["seq"] == (await listening)[0][1]["seq"]
        both = asyncio.create_task(read(address, 3, last_event_id=hello[0][0]))
        await happens(here, "one", "two", "three")
        told = await asyncio.wait_for(both, 5)
    assert [data["kind"] for _, data in told] == ["one", "two", "three"]
    assert told[0][1]["sentence"] == "A rule found the device failing."
    assert "not for the stream" not in json.dumps(told)


async def test_who_comes_back_misses_nothing_and_hears_nothing_twice(here: World) -> None:
    await happens(here, "one", "two", "three", "four")
    async with served(here.door) as address:
        first = await read(address, 2, last_event_id="0")
        rest = await read(address, 2, last_event_id=first[-1][0])
    assert [data["kind"] for _, data in first + rest] == ["one", "two", "three", "four"]
    assert [int(seq) for seq, _ in first + rest] == sorted({int(seq) for seq, _ in first + rest})
