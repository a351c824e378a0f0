"""How a statement reaches the database: over a pooled asynchronous connection, or directly on the spot.

SQLite answers a statement in some microseconds; handing each to another thread and back costs ten times as much. So its
one writer runs statements where it stands, on the loop's thread, and prepared ones without asking SQLAlchemy again.
What can take long, waiting for the lock of another process, a large batch and the commit that has to reach the disk,
waits in a thread.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, cast

from sqlalchemy.engine import Connection, CursorResult, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import Executable

from hub.store.prepared import Found, Prepared, Row
from hub.store.whole import whole

MANY = 50
"""Rows in one statement from which on it is handed to a thread: about a millisecond of SQLite's time."""

Rows = Sequence[Mapping[str, Any]] | None


class Line(Protocol):
    """A connection in a transaction."""

    async def execute(self, statement: Executable, rows: Rows = None) -> CursorResult[Any]: ...
    async def ask(self, query: Prepared, values: Row) -> Found: ...
    async def write(self, change: Prepared, rows: Sequence[Row]) -> None: ...
    async def commit(self) -> None: ...


class Pooled:
    """Every call crosses to the driver, and is finished whole.

    On PostgreSQL the first statement goes by SQLAlchemy, which begins the transaction. Prepared ones that follow go to
    the driver as they stand: SQLAlchemy's way costs three times what the driver and PostgreSQL together need.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._driver: Any = None
        self._plans: dict[str, Any] = {}

    async def execute(self, statement: Executable, rows: Rows = None) -> CursorResult[Any]:
        """Execute `statement`, once per row when there are rows."""
        answer = await whole(self._connection.execute(statement, rows))
        await self._begun()
        return answer

    async def ask(self, query: Prepared, values: Row) -> Found:
        """Run `query` with `values`."""
        if self._driver is not None:
            return await whole(self._straight(query, values))
        answer = await whole(self._connection.execute(query.statement, dict(values)))
        await self._begun()
        rows = cast(Sequence[Row], answer.mappings().all()) if answer.returns_rows else ()
        return Found(rows, answer.rowcount)

    async def write(self, change: Prepared, rows: Sequence[Row]) -> None:
        """Run `change` once per row."""
        await whole(self._connection.execute(change.statement, [dict(row) for row in rows]))
        await self._begun()

    async def commit(self) -> None:
        """Commit."""
        await whole(self._connection.commit())

    async def _begun(self) -> None:
        """From here on there is a transaction: remember the driver, and the plans that it has made before."""
        if self._driver is None and self._connection.dialect.name == "postgresql":
            raw = await self._connection.get_raw_connection()
            self._driver, self._plans = raw.driver_connection, raw.info.setdefault("plans", {})

    async def _straight(self, query: Prepared, values: Row) -> Found:
        sql = query.postgres_sql
        try:
            plan = self._plans.get(sql)
            if plan is None:
                plan = self._plans[sql] = await self._driver.prepare(sql)
            rows = [dict(row) for row in await plan.fetch(*query.postgres_filled(values))]
        except Exception as error:
            if self._driver.is_closed():
                await self._connection.invalidate(error)
            raise _told_so(sql, error) from error
        count = plan.get_statusmsg().rpartition(" ")[2]
        return Found(rows, int(count) if count.isdigit() else len(rows))


class Direct:
    """SQLite's writer, used on the spot. `patience` (ms) is how long another process may hold the lock."""

    def __init__(self, engine: Engine, patience: int) -> None:
        self._engine, self._patience = engine, patience
        self._connection: Connection | None = None
        self._raw: sqlite3.Connection | None = None
        self._before = 0  # rows that this connection had changed when the transaction began

    async def begin(self) -> None:
        """Connect and take the write lock, waiting in a thread while another process holds it."""
        self._connection = self._engine.connect()
        raw = cast(sqlite3.Connection, self._connection.connection.dbapi_connection)
        self._raw = raw
        try:
            raw.execute("PRAGMA busy_timeout = 0")
            self._connection.begin()
        except OperationalError:
            raw.execute(f"PRAGMA busy_timeout = {self._patience}")
            await whole(asyncio.to_thread(self._connection.begin))
        else:
            raw.execute(f"PRAGMA busy_timeout = {self._patience}")
        self._before = raw.total_changes

    async def execute(self, statement: Executable, rows: Rows = None) -> CursorResult[Any]:
        """Execute `statement`, once per row when there are rows."""
        assert self._connection is not None
        return self._connection.execute(statement, rows)

    async def ask(self, query: Prepared, values: Row) -> Found:
        """Run `query` with `values`."""
        assert self._raw is not None
        try:
            cursor = self._raw.execute(query.sql, query.filled(values))
            if cursor.description is None:
                return Found((), cursor.rowcount)
            names = [column[0] for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor]
            return Found(rows, len(rows))
        except sqlite3.Error as error:
            raise _told(query, error) from error

    async def write(self, change: Prepared, rows: Sequence[Row]) -> None:
        """Run `change` once per row."""
        assert self._raw is not None
        filled = [change.filled(row) for row in rows]
        try:
            if len(rows) > MANY:
                await whole(asyncio.to_thread(self._raw.executemany, change.sql, filled))
            else:
                self._raw.executemany(change.sql, filled)
        except sqlite3.Error as error:
            raise _told(change, error) from error

    async def commit(self) -> None:
        """Commit: the disk has it when this returns. Where nothing was written there is nothing to wait for."""
        assert self._connection is not None and self._raw is not None
        if self._raw.total_changes == self._before:
            self._connection.rollback()
            return
        await whole(asyncio.to_thread(self._connection.commit))

    def close(self) -> None:
        """Give the connection back; what was not committed is undone."""
        if self._connection is not None:
            self._connection.close()


def _told_so(sql: str, error: Exception) -> BaseException:
    """The driver's error as SQLAlchemy tells it, without the values: class 23 of PostgreSQL's codes is about integrity."""
    kind = IntegrityError if str(getattr(error, "sqlstate", "")).startswith("23") else DBAPIError
    return kind(sql, None, error, hide_parameters=True)


def _told(statement: Prepared, error: sqlite3.Error) -> BaseException:
    """The error as SQLAlchemy tells it, without the values."""
    return DBAPIError.instance(statement.sql, None, error, sqlite3.Error, hide_parameters=True)
