"""Patience in a call: a caller is answered in time even when we are slow, and hears the answer once it is there.

Work goes on while the caller is told to wait a moment; the carrier then asks again and finds it. Nothing is done twice: the
same request joins the work that is under way, and a turn that was told before gets its old reply.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

PATIENCE = 4.0  # real seconds of silence on the line before a word is said; the carrier itself gives up after fifteen
ASKS = 4  # times that the carrier is told to ask again, before we apologise


class Underway:
    """What is being worked on, by the key of its turn. One for each process; another one finds the turn's reply stored."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._tasks: dict[str, asyncio.Task[str]] = {}

    async def answer(self, key: str, work: Callable[[], Awaitable[str]]) -> str | None:
        """What `work` answers, of which there is one for each `key` at a time; None when it is not ready in time. Raises
        what the work raises."""
        task = self._tasks.get(key)
        if task is None:
            task = self._tasks[key] = asyncio.ensure_future(work())
            task.add_done_callback(lambda done: self._over(key, done))
        done, _ = await asyncio.wait({task}, timeout=self._patience)
        return task.result() if done else None

    def _over(self, key: str, task: asyncio.Task[str]) -> None:
        """A reply that nobody has fetched is stored with its turn, so nothing is kept here."""
        self._tasks.pop(key, None)
        if not task.cancelled():
            task.exception()  # told by whoever waited for it
