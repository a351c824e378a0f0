"""Facts as they happen, as server-sent events: in order of `seq`, without gaps, resuming from `Last-Event-ID`.

Holds no state of its own: each listener reads the timeline from where it stands. Carries no personal data, because
facts hold none.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent

from hub.domain.because import Because
from hub.ports import FactRow, Store
from hub.web.access import Scope, door, needs
from hub.web.door import Door

PATIENCE = 10.0  # real seconds between looks when nothing rings the bell; another process may have written
BATCH = 500
WORDS = frozenset({"text"})  # what people wrote stays on the ticket
router = APIRouter(tags=["stream"])


def sentence(because: str) -> str:
    """The agent's sentence of a stored reason; an unknown one (of a newer release) is shown as it is."""
    try:
        return Because[because.upper()].agent
    except KeyError:
        return because


def told(fact: FactRow) -> dict[str, Any]:
    """A fact as JSON."""
    return {
        "seq": fact.seq,
        "at": fact.at,
        "case": fact.case,
        "device": fact.device,
        "kind": fact.kind,
        "because": fact.because,
        "sentence": sentence(fact.because),
        "data": {name: value for name, value in fact.data.items() if name not in WORDS},
    }


async def follow(store: Store, after: int | None) -> AsyncIterator[ServerSentEvent]:
    """Every fact after `after` (None: from now on), for as long as somebody listens."""
    if after is None:
        async with store.reading() as tx:
            after = await tx.facts.newest()
        yield ServerSentEvent(event="hello", id=str(after), data={"seq": after}, retry=2000)
    while True:
        bell = asyncio.create_task(
            store.changed("facts", PATIENCE)
        )  # listens before it looks: no fact falls between
        try:
            async with store.reading() as tx:
                facts = await tx.facts.since(after, BATCH)
            for fact in facts:
                after = fact.seq
                yield ServerSentEvent(event="fact", id=str(fact.seq), data=told(fact))
            if len(facts) < BATCH:
                await bell
        finally:
            bell.cancel()


@router.get("/api/v1/stream", response_class=EventSourceResponse, dependencies=[Depends(needs(Scope.READ))])
async def stream(
    house: Annotated[Door, Depends(door)],
    last_event_id: Annotated[str | None, Header()] = None,
    after: Annotated[int | None, Query(ge=0, description="Start behind this fact.")] = None,
) -> AsyncIterator[ServerSentEvent]:
    """The timeline as it grows. Reconnect with `Last-Event-ID` to miss nothing; without it, it begins now."""
    start = int(last_event_id) if last_event_id and last_event_id.isdecimal() else after
    async for event in follow(house.store, start):
        yield event
