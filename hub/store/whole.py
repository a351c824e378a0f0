"""A call to the database is finished whole, also when nobody wants its answer any more.

A task that is cancelled in the middle of a call (a browser has gone, the hub stops) would leave its connection in an
unknown state, on SQLite with the one lock that everybody needs. So the call ends first, and the cancellation comes after.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

_Answer = TypeVar("_Answer")


async def whole(call: Coroutine[Any, Any, _Answer]) -> _Answer:
    """The answer of `call`. Raises CancelledError after the call has ended, if somebody cancelled meanwhile."""
    task = asyncio.ensure_future(call)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        task.exception()  # it has been seen; the cancellation is what counts
        raise cancelled
    return task.result()
