"""Waiting for work: a bell that is listened to before one looks, so that nothing rings unheard in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hub.domain.ids import Moment
from hub.ports import Clock, Store

IDLE = 1.0  # real seconds: how long a row put by another process may go unnoticed
LEAST = 0.001


@asynccontextmanager
async def bell(store: Store, kind: str, within: float) -> AsyncIterator[asyncio.Future[None]]:
    """Listen from now on for rows of `kind`; await what it gives to sleep until it rings or `within` seconds are over."""
    ringing = asyncio.ensure_future(store.changed(kind, within))
    try:
        yield ringing
    finally:
        ringing.cancel()


async def rest(ringing: asyncio.Future[None], within: float) -> None:
    """Sleep until `ringing` rings, at most `within` real seconds."""
    await asyncio.wait((ringing,), timeout=within)


def until(clock: Clock, due: Moment | None) -> float:
    """Real seconds until `due` (None: nothing is), at most IDLE."""
    if due is None:
        return IDLE
    return min(IDLE, max(LEAST, clock.wall_seconds(due - clock.now())))


def real(clock: Clock, seconds: float) -> int:
    """Business time (µs) that passes in so many real seconds."""
    return int(seconds * 1e6 / clock.wall_seconds(1_000_000))
