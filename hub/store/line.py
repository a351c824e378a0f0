"""How a statement reaches the database: over a pooled asynchronous connection, or directly on the spot.

SQLite answers a statement in some microseconds; handing each to another thread and back costs ten times as much. So its
one writer runs statements where it stands, on the loop's thread. What can take long, waiting for the lock of another
process, a large batch and the commit that has to reach the disk, waits in a thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy.engine import Connection, CursorResult, Engine
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import Executable

from hub.store.whole import whole

MANY = 50
"""Rows in one statement from which on it is handed to a thread: about a millisecond of SQLite's time."""

Rows = Sequence[Mapping[str, Any]] | None


class Line(Protocol):
    """A connection in a transaction."""

    async def execute(self, statement: Executable, rows: Rows = None) -> CursorResult[Any]: ...
    async def commit(self) -> None: ...


class Pooled:
    """Every call crosses to the driver, and is finished whole."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def execute(self, statement: Executable, rows: Rows = None) -> CursorResult[Any]:
        """Execute `statement`, once per row when there are rows."""
        return await whole(self._connection.execute(statement, rows))

    async def commit(self) -> None:
        """Commit."""
        await whole(self._connection.commit())


class Direct:
    """SQLite's writer, used on the spot."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    async def begin(self) -> None:
        """Connect and take the write lock, waiting in a thread while another process holds it."""
        await whole(asyncio.to_thread(self._begin))

    def _begin(self) -> None:
        self._connection = self._engine.connect()
        self._connection.begin()

    async def execute(self, statement: Executable, rows: Rows = None) -> CursorResult[Any]:
        """Execute `statement`, once per row when there are rows."""
        assert self._connection is not None
        if rows is not None and len(rows) > MANY:
            return await whole(asyncio.to_thread(self._connection.execute, statement, rows))
        return self._connection.execute(statement, rows)

    async def commit(self) -> None:
        """Commit: the disk has it when this returns."""
        assert self._connection is not None
        await whole(asyncio.to_thread(self._connection.commit))

    def close(self) -> None:
        """Give the connection back; what was not committed is undone."""
        if self._connection is not None:
            self._connection.close()
