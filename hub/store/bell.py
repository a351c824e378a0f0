"""The bell: tells the loops of this process that something was committed, so that they need not poll.

A loop that reads, finds nothing and then waits must not miss what was committed in between: for each waiting task the
bell remembers what it had rung when that task last stopped waiting.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary


class Bell:
    """One bell for several kinds ("inbox", "outbox", "wakes", "facts")."""

    def __init__(self) -> None:
        self._rung: Counter[str] = Counter()
        self._seen: WeakKeyDictionary[asyncio.Task[Any], dict[str, int]] = WeakKeyDictionary()
        self._waiting: dict[str, asyncio.Event] = {}

    def ring(self, kinds: Iterable[str]) -> None:
        """Something of these kinds was committed."""
        for kind in kinds:
            self._rung[kind] += 1
            waiting = self._waiting.pop(kind, None)
            if waiting is not None:
                waiting.set()

    async def wait(self, kind: str, within: float) -> None:
        """Wait until `kind` rings (or has rung since this task last waited), or `within` real seconds are over."""
        task = asyncio.current_task()
        assert task is not None
        seen = self._seen.setdefault(task, {})
        if seen.get(kind, self._rung[kind]) == self._rung[kind]:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._waiting.setdefault(kind, asyncio.Event()).wait(), within)
        seen[kind] = self._rung[kind]
