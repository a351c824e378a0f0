"""The store on SQLite or PostgreSQL: engines, transactions, and the bell that rings after a commit.

SQLite: WAL, one writer connection (`BEGIN IMMEDIATE`, every commit on disk), a few readers that never block it.
PostgreSQL: a pool; row locks where the aggregates ask for them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from sqlalchemy import URL, create_engine, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from hub.ports import Store, Tx
from hub.ports import store as port
from hub.ports.bookings import Bookings
from hub.ports.grants import Grants
from hub.ports.incidents import Incidents
from hub.ports.pages import Pages
from hub.ports.upkeep import Upkeep
from hub.store.bell import Bell
from hub.store.bookings import SqlBookings
from hub.store.cases import SqlCases
from hub.store.devices import SqlDevices
from hub.store.erasure_file import ErasureFile
from hub.store.errands import SqlErrands
from hub.store.facts import SqlFacts, write_lines
from hub.store.faults import SqlFaults
from hub.store.grants import SqlGrants
from hub.store.house import SqlHouse
from hub.store.inbox import SqlInbox
from hub.store.incidents import SqlIncidents
from hub.store.line import Direct, Line, Pooled
from hub.store.messages import SqlMessages
from hub.store.outbox import SqlOutbox
from hub.store.pages import SqlPages
from hub.store.partitions import SqlPartitions
from hub.store.people import SqlPeople
from hub.store.rows import Work
from hub.store.talks import SqlTalks
from hub.store.upkeep import SqlUpkeep
from hub.store.wakes import SqlWakes
from hub.store.whole import whole

_BUSY = 10_000  # ms that another process (a backup, an import) may hold the database
_READERS = 4
_WRITERS = 16


class SqlTx:
    """See `hub.ports.store.Tx`."""

    def __init__(self, work: Work) -> None:
        self.devices: port.Devices = SqlDevices(work)
        self.people: port.People = SqlPeople(work)
        self.faults: port.Faults = SqlFaults(work)
        self.cases: port.Cases = SqlCases(work)
        self.messages: port.Messages = SqlMessages(work)
        self.talks: port.Talks = SqlTalks(work)
        self.facts: port.Facts = SqlFacts(work)
        self.inbox: port.Inbox = SqlInbox(work)
        self.outbox: port.Outbox = SqlOutbox(work)
        self.errands: port.Errands = SqlErrands(work)
        self.wakes: port.Wakes = SqlWakes(work)
        self.partitions: port.Partitions = SqlPartitions(work)
        self.house: port.House = SqlHouse(work)
        self.upkeep: Upkeep = SqlUpkeep(work)
        self.incidents: Incidents = SqlIncidents(work)
        self.bookings: Bookings = SqlBookings(work)
        self.pages: Pages = SqlPages(work)
        self.grants: Grants = SqlGrants(work)


class SqlStore(Store):
    """See `hub.ports.store.Store`. `secret` keys the hashes of the suppression list and of linked accounts; `erased` is the
    list beside the store on which everybody stands before their erasure counts."""

    def __init__(
        self, url: URL, secret: str, *, synchronous: str = "FULL", erased: ErasureFile | None = None
    ) -> None:
        self._postgres = url.get_backend_name() == "postgresql"
        self._secret = secret.encode()
        self._erased = erased
        self._bell = Bell()
        self._one_writer = asyncio.Lock()
        self._direct: Engine | None = None
        if self._postgres:
            self._reader = create_async_engine(url, pool_size=_WRITERS, max_overflow=0)
        else:
            self._direct = direct_engine(url, synchronous=synchronous)
            self._reader = sqlite_engine(url, synchronous=synchronous, reads=True)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """A transaction that commits when its block ends, and rolls back when it raises. Raises BadInput when somebody
        was erased in it and the list of erasures cannot be written."""
        async with self._writing() as line:
            work = Work(line, self._postgres, True, self._secret)
            yield SqlTx(work)
            await write_lines(work)
            if self._erased is not None and work.erased:
                await asyncio.to_thread(self._erased.keep, work.erased)
            await line.commit()
            self._bell.ring(work.rung)

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[Line]:
        if self._direct is None:
            async with _begun(self._reader) as connection:
                yield Pooled(connection)
            return
        async with self._one_writer:
            line = Direct(self._direct, _BUSY)
            try:
                await line.begin()
                yield line
            finally:
                line.close()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Tx]:
        """A view of one moment that never blocks the writer. Writing in it is an error of the database."""
        options = (
            {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True} if self._postgres else {}
        )
        async with _begun(self._reader, options) as connection:
            yield SqlTx(Work(Pooled(connection), self._postgres, False, self._secret))

    def connected(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A bare connection, for backups and for tests that look into the rooms themselves."""
        return self._reader.connect()

    async def changed(self, kind: str, within: float) -> None:
        """Wait until this process commits a row of `kind`, or `within` real seconds are over."""
        await self._bell.wait(kind, within)

    async def close(self) -> None:
        """Close every connection."""
        await self._reader.dispose()
        if self._direct is not None:
            self._direct.dispose()


@asynccontextmanager
async def _begun(
    engine: AsyncEngine, options: Mapping[str, Any] | None = None
) -> AsyncIterator[AsyncConnection]:
    """A connection in a new transaction. What was not committed when the block ends is rolled back."""
    connection = engine.connect()
    try:
        await whole(_begin(connection, options or {}))
        yield connection
    finally:
        if connection.sync_connection is not None:
            await whole(connection.close())


async def _begin(connection: AsyncConnection, options: Mapping[str, Any]) -> None:
    await connection.start()
    await connection.execution_options(**options)
    await connection.begin()


def sqlite_engine(url: URL, *, synchronous: str = "FULL", reads: bool = False) -> AsyncEngine:
    """An engine on a SQLite file: one connection that writes, or a few that only read."""
    engine = create_async_engine(url, pool_size=_READERS if reads else 1, max_overflow=0)
    _prepared(engine.sync_engine, synchronous, reads=reads)
    return engine


def direct_engine(url: URL, *, synchronous: str = "FULL") -> Engine:
    """An engine with the one connection that writes, to be used without a thread of its own."""
    plain = url.set(drivername="sqlite+pysqlite")
    engine = create_engine(plain, pool_size=1, max_overflow=0, connect_args={"check_same_thread": False})
    _prepared(engine, synchronous, reads=False)
    return engine


def _prepared(engine: Engine, synchronous: str, *, reads: bool) -> None:
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver must not open transactions of its own
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout = {_BUSY}",
            "journal_mode = WAL",
            f"synchronous = {synchronous}",
            "foreign_keys = ON",
            f"query_only = {'ON' if reads else 'OFF'}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
