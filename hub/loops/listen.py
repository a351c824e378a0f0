"""The loop `listen`: a batch from the source, sorted out, into the log, and only then acknowledged.

When log or store cannot take it, the batch waits here and the broker holds the rest; nothing is acknowledged early
and nothing is given up. Beside it, refused telemetry is written down once a second and the registry is kept fresh.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Protocol, TypeVar

import structlog

from hub.flow.listen import Listener
from hub.ports import Log, Store
from hub.ports.telemetry import LogStopped, Raw
from hub.ports.trouble import where

T = TypeVar("T")
PAUSE = 1.0  # real seconds before another attempt to write
FLUSH = 1.0  # real seconds between two writes of the quarantine
REFRESH = 10.0  # real seconds between two looks at the whole registry; longer when it is large

log_line = structlog.get_logger()


class Source(Protocol):
    """Where batches come from."""

    async def batch(self) -> Sequence[Raw]: ...
    def ack(self, batch: Sequence[Raw]) -> None: ...


async def listen(source: Source, listener: Listener, log: Log) -> None:
    """Take batches until cancelled."""
    while True:
        batch = await source.batch()
        found = await keep_trying("sort", partial(listener.sort, batch))
        await keep_trying("log", partial(log.append, found.records))
        await keep_trying("answers", partial(listener.answer, found.answers))
        source.ack(batch)


async def keep_trying(what: str, attempt: Callable[[], Awaitable[T]]) -> T:
    """Try until it works: telemetry that was not acknowledged must not be given up."""
    told = False
    while True:
        try:
            return await attempt()
        except LogStopped as error:
            if not told:
                log_line.error("log stopped", because=str(error))
        except Exception as error:  # noqa: BLE001 - the store's troubles come in many shapes, and none may end the loop
            if not told:
                log_line.error("listen waits", at=what, error=where(error))
        told = True
        await asyncio.sleep(PAUSE)


async def keep_quarantine(listener: Listener, store: Store) -> None:
    """Write what was refused, at most once a second, until cancelled."""
    while True:
        await asyncio.sleep(FLUSH)
        await keep_trying("quarantine", lambda: listener.quarantine.flush(store))


async def keep_registry(listener: Listener, known: Mapping[str, bytes]) -> None:
    """Notice devices that others have registered or changed, until cancelled. `known`: what the judge remembers."""
    loop = asyncio.get_running_loop()
    while True:
        began = loop.time()
        await keep_trying("registry", lambda: listener.introduce(dict(known)))
        await asyncio.sleep(max(REFRESH, 20 * (loop.time() - began)))
