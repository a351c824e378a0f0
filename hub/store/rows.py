"""The open transaction as the aggregates use it: run, read, add, put; and values to and from columns.

It never commits: the store does, when the block of the transaction ends.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Table, and_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult, RowMapping
from sqlalchemy.sql import Executable, Select

from hub.store.line import Line

Values = Mapping[str, Any]


def to_json(value: Any) -> str:
    """Compact JSON text; keys keep their order, letters stay readable."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


@dataclass(slots=True)
class Work:
    """One open transaction. `writes` is False while reading; `rung` gathers which bells to ring after the commit."""

    line: Line
    postgres: bool
    writes: bool
    secret: bytes
    rung: set[str] = field(default_factory=set)

    def hash(self, *parts: str) -> str:
        """The keyed hash of `parts`: recognises them again, tells nobody what they were."""
        return hmac.new(self.secret, "\x00".join(parts).encode(), hashlib.sha256).hexdigest()

    def locked(self, query: Select[Any], *, skip: bool = False) -> Select[Any]:
        """`query`, holding its rows until the transaction ends. SQLite has one writer and needs no row locks."""
        if not (self.postgres and self.writes):
            return query
        return query.with_for_update(skip_locked=skip)

    async def run(self, statement: Executable) -> CursorResult[Any]:
        """Execute `statement`."""
        return await self.line.execute(statement)

    async def count(self, statement: Executable) -> int:
        """How many rows `statement` changed."""
        return (await self.run(statement)).rowcount

    async def one(self, query: Executable) -> RowMapping | None:
        """The first row of `query`, by column name."""
        return (await self.run(query)).mappings().first()

    async def all(self, query: Executable) -> Sequence[RowMapping]:
        """All rows of `query`, by column name."""
        return (await self.run(query)).mappings().all()

    async def value(self, query: Executable) -> Any:
        """The first column of the first row of `query`, or None."""
        return (await self.run(query)).scalar()

    async def add(self, table: Table, values: Values) -> bool:
        """Insert a row; False when a unique index says that it is already there."""
        return await self.count(self._insert(table).values(**values).on_conflict_do_nothing()) == 1

    async def insert(self, table: Table, values: Values) -> int:
        """Insert a row into a table that counts, and answer its number. A row that is already there is an error."""
        made = await self.run(self._insert(table).values(**values).returning(table.c.seq))
        return int(made.scalar_one())

    async def put(self, table: Table, values: Values, *, keep: Sequence[str] = ()) -> None:
        """Insert a row or replace it by primary key, leaving the columns in `keep` as they were."""
        await self.put_all(table, [values], keep=keep)

    async def put_all(self, table: Table, rows: Sequence[Values], *, keep: Sequence[str] = ()) -> None:
        """Insert or replace many rows of the same shape."""
        if not rows:
            return
        key = [column.name for column in table.primary_key]
        insert = self._insert(table)
        changed = {name: insert.excluded[name] for name in rows[0] if name not in key and name not in keep}
        upsert = insert.on_conflict_do_update(index_elements=key, set_=changed)
        await self.line.execute(upsert, [dict(row) for row in rows])

    async def change(self, table: Table, where: Values, values: Values) -> int:
        """Set `values` in the rows whose columns equal `where`; how many there were."""
        return await self.count(table.update().where(equal(table, where)).values(**values))

    async def remove(self, table: Table, where: Values) -> int:
        """Delete the rows whose columns equal `where`; how many there were."""
        return await self.count(table.delete().where(equal(table, where)))

    def _insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        return postgresql.insert(table) if self.postgres else sqlite.insert(table)


def equal(table: Table, where: Values) -> ColumnElement[bool]:
    """The condition that every column named in `where` has that value."""
    return and_(*(table.c[name] == value for name, value in where.items()))


def escaped(text: str) -> str:
    """`text` for LIKE: what a person types is never a pattern (escape character: backslash)."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
