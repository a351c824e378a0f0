"""What tests are made with: a store that keeps nothing, a clock that is set, a postbox that keeps what is sent.

These are real parts on small ground, not stand-ins: the memory store is the SQL store on a SQLite database of its own.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import threading
import weakref
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from heapq import heappop, heappush
from pathlib import Path
from typing import TypeVar

from sqlalchemy import URL

from hub.clock import micros
from hub.domain.customer import Channel
from hub.ports import Accepted, Envelope, InDoubt, Outcome, Tx
from hub.store import SqlStore, open_store

SATURDAY_EVENING = micros("2026-11-21T17:00:00Z")
"""When stories begin: 18:00 in Berlin, awake for three more hours."""

_Found = TypeVar("_Found")


class FakeClock:
    """Business time that stands still until it is advanced; who waits for a moment goes on when it has come."""

    def __init__(self, now: int = SATURDAY_EVENING) -> None:
        self._now = now
        self._count = 0
        self._waiting: list[tuple[int, int, asyncio.Event]] = []

    def now(self) -> int:
        """The business time in UTC µs."""
        return self._now

    def wall_seconds(self, micros: int) -> float:
        """How many real seconds `micros` would take on the wall's clock."""
        return micros / 1_000_000

    async def wait(self, micros: int) -> None:
        """Wait for `micros` of business time."""
        await self.wait_until(self._now + micros)

    async def wait_until(self, moment: int) -> None:
        """Wait until business time `moment`."""
        if moment <= self._now:
            await asyncio.sleep(0)
            return
        come = asyncio.Event()
        self._count += 1
        heappush(self._waiting, (moment, self._count, come))
        await come.wait()

    async def advance(self, micros: int) -> None:
        """Let `micros` pass: whoever waits wakes at its own moment, in order, and acts before time goes on."""
        await self.set(self._now + micros)

    async def set(self, moment: int) -> None:
        """Go on to `moment`, which may not lie in the past."""
        assert moment >= self._now, "time does not run backwards"
        while self._waiting and self._waiting[0][0] <= moment:
            due, _, come = heappop(self._waiting)
            self._now = max(self._now, due)
            come.set()
            await settle()
        self._now = moment
        await settle()


async def settle() -> None:
    """Let other tasks run until they have had ample chance to act on what has just happened."""
    for _ in range(20):
        await asyncio.sleep(0)


async def eventually(
    check: Callable[[], _Found | Awaitable[_Found]], within: float = 5.0, every: float = 0.02
) -> _Found:
    """The first true answer of `check`, asked every few hundredths of a real second. Raises AssertionError when none
    came `within` so many seconds. The only wait of system tests."""
    loop = asyncio.get_running_loop()
    end = loop.time() + within
    while True:
        answer = check()
        found = await answer if isinstance(answer, Awaitable) else answer
        if found:
            return found
        assert loop.time() < end, f"not within {within} s: {getattr(check, '__name__', check)}"
        await asyncio.sleep(every)


class MemoryStore:
    """A store that lasts as long as the test: the real one, on a SQLite file that is thrown away and never synced.

    Made without waiting (`MemoryStore()`); the database is a copy of one that the migrations have made once.
    """

    def __init__(self, key: str = "the key of the tests") -> None:
        folder = _scratch()
        file = Path(folder) / "store.db"
        shutil.copy(blank(), file)
        url = URL.create("sqlite+aiosqlite", database=str(file))
        self._store = SqlStore(url, key, synchronous="OFF")
        self._gone = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """See `hub.ports.store.Store`."""
        async with self._store.transaction() as tx:
            yield tx

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Tx]:
        """See `hub.ports.store.Store`."""
        async with self._store.reading() as tx:
            yield tx

    async def changed(self, kind: str, within: float) -> None:
        """See `hub.ports.store.Store`."""
        await self._store.changed(kind, within)

    async def close(self) -> None:
        """Close it; nothing remains."""
        await self._store.close()
        self._gone()


def _scratch() -> str:
    memory = Path("/dev/shm")  # noqa: S108 - a directory of our own is made in it
    return tempfile.mkdtemp(prefix="beforehand-", dir=memory if memory.is_dir() else None)


@cache
def blank() -> str:
    """The file of a SQLite database as the migrations make it, to be copied; made once per process, in a thread because
    a loop may be running already."""
    folder = _scratch()
    weakref.finalize(blank, shutil.rmtree, folder, ignore_errors=True)
    file = f"{folder}/template.db"

    def make() -> None:
        async def work() -> None:
            await (await open_store(f"sqlite:///{file}", "none")).close()

        asyncio.run(work())

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    return file


@dataclass(slots=True)
class Postbox:
    """A channel that keeps every envelope. `outcomes` are answered in turn, then `Accepted` for ever.

    `find` answers by what was kept: an envelope whose outcome was `InDoubt` is found when `arrives` is True.
    """

    channel: Channel = Channel.SMS
    in_doubt: str = "find"
    outcomes: deque[Outcome] = field(default_factory=deque)
    envelopes: list[Envelope] = field(default_factory=list)
    arrives: bool = True
    closed: bool = False

    def will(self, outcomes: Iterable[Outcome]) -> None:
        """What the next envelopes are answered."""
        self.outcomes.extend(outcomes)

    async def send(self, envelope: Envelope) -> Outcome:
        """Keep it, and answer as scripted."""
        self.envelopes.append(envelope)
        return self.outcomes.popleft() if self.outcomes else Accepted(self._number(envelope))

    async def find(self, envelope: Envelope) -> Accepted | InDoubt | None:
        """Whether an envelope has arrived."""
        kept = any(one.id == envelope.id for one in self.envelopes)
        return Accepted(self._number(envelope)) if kept and self.arrives else None

    async def close(self) -> None:
        """Nothing more will be sent."""
        self.closed = True

    @staticmethod
    def _number(envelope: Envelope) -> str:
        return f"post-{envelope.id}"
