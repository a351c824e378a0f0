"""The open transaction as the aggregates use it: run, read, add, put; and values to and from columns.

It never commits: the store does, when the block of the transaction ends.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast, overload

from sqlalchemy import Table, and_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult
from sqlalchemy.sql import Executable, Select

from hub.ports.rights import Erasure
from hub.store.line import Line
from hub.store.prepared import Found, Prepared, Row, given

Values = Mapping[str, Any]


def to_json(value: Any) -> str:
    """Compact JSON text; keys keep their order, letters stay readable."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def keyed(secret: bytes, *parts: str) -> str:
    """The hash of `parts` that only `secret` makes."""
    return hmac.new(secret, "\x00".join(parts).encode(), hashlib.sha256).hexdigest()


def fingerprint(secret: str) -> str:
    """By which a secret is known again; it tells nobody what it is."""
    return keyed(secret.encode(), "fingerprint", "the secret that this store was made with")


@dataclass(slots=True)
class Work:
    """One open transaction. `writes` is False while reading; `rung` gathers which bells to ring after the commit; `lines` of
    the timeline wait for its end, and so does the list of who was `erased`."""

    line: Line
    postgres: bool
    writes: bool
    secret: bytes
    rung: set[str] = field(default_factory=set)
    lines: list[Values] = field(default_factory=list)
    erased: list[Erasure] = field(default_factory=list)

    def hash(self, *parts: str) -> str:
        """The keyed hash of `parts`: recognises them again, tells nobody what they were."""
        return keyed(self.secret, *parts)

    @overload
    def locked(self, query: Prepared, *, skip: bool = False) -> Prepared: ...
    @overload
    def locked(self, query: Select[Any], *, skip: bool = False) -> Select[Any]: ...
    def locked(self, query: Prepared | Select[Any], *, skip: bool = False) -> Prepared | Select[Any]:
        """`query`, holding its rows until the transaction ends. SQLite has one writer and needs no row locks."""
        if not (self.postgres and self.writes):
            return query
        if isinstance(query, Prepared):
            return query.held_skipping if skip else query.held
        return query.with_for_update(skip_locked=skip)

    async def run(self, statement: Executable) -> CursorResult[Any]:
        """Execute `statement`."""
        return await self.line.execute(statement)

    async def ask(self, query: Executable | Prepared, **values: Any) -> Found:
        """Run `query`; `values` fill in what a prepared one asks for."""
        if isinstance(query, Prepared):
            return await self.line.ask(query, values)
        answer = await self.run(query)
        rows = cast(Sequence[Row], answer.mappings().all()) if answer.returns_rows else ()
        return Found(rows, answer.rowcount)

    async def count(self, statement: Executable | Prepared, **values: Any) -> int:
        """How many rows `statement` changed."""
        return (await self.ask(statement, **values)).count

    async def one(self, query: Executable | Prepared, **values: Any) -> Row | None:
        """The first row of `query`, by column name."""
        rows = (await self.ask(query, **values)).rows
        return rows[0] if rows else None

    async def all(self, query: Executable | Prepared, **values: Any) -> Sequence[Row]:
        """All rows of `query`, by column name."""
        return (await self.ask(query, **values)).rows

    async def value(self, query: Executable | Prepared, **values: Any) -> Any:
        """The first column of the first row of `query`, or None."""
        return (await self.ask(query, **values)).value

    async def add(self, table: Table, values: Values) -> bool:
        """Insert a row; False when a unique index says that it is already there."""
        return (await self.line.ask(_adding(table, tuple(values), self.postgres), values)).count == 1

    async def insert(self, table: Table, values: Values) -> int:
        """Insert a row into a table that counts, and answer its number. A row that is already there is an error."""
        made = await self.line.ask(_inserting(table, tuple(values), self.postgres), values)
        return int(made.value)

    async def put(self, table: Table, values: Values, *, keep: Sequence[str] = ()) -> None:
        """Insert a row or replace it by primary key, leaving the columns in `keep` as they were."""
        await self.line.ask(_putting(table, tuple(values), tuple(keep), self.postgres), values)

    async def put_all(self, table: Table, rows: Sequence[Values], *, keep: Sequence[str] = ()) -> None:
        """Insert or replace many rows of the same shape."""
        if rows:
            await self.line.write(_putting(table, tuple(rows[0]), tuple(keep), self.postgres), rows)

    async def change(self, table: Table, where: Values, values: Values) -> int:
        """Set `values` in the rows whose columns equal `where`; how many there were."""
        change = _changing(table, tuple(where), tuple(values))
        return (await self.line.ask(change, {**values, **_asked(where)})).count

    async def remove(self, table: Table, where: Values) -> int:
        """Delete the rows whose columns equal `where`; how many there were."""
        return (await self.line.ask(_removing(table, tuple(where)), _asked(where))).count


def _insert(table: Table, postgres: bool) -> sqlite.Insert | postgresql.Insert:
    return postgresql.insert(table) if postgres else sqlite.insert(table)


@cache
def _adding(table: Table, names: tuple[str, ...], postgres: bool) -> Prepared:
    return Prepared(_insert(table, postgres).on_conflict_do_nothing(), names)


@cache
def _inserting(table: Table, names: tuple[str, ...], postgres: bool) -> Prepared:
    return Prepared(_insert(table, postgres).returning(table.c.seq), names)


@cache
def _putting(table: Table, names: tuple[str, ...], keep: tuple[str, ...], postgres: bool) -> Prepared:
    key = [column.name for column in table.primary_key]
    insert = _insert(table, postgres)
    changed = {name: insert.excluded[name] for name in names if name not in key and name not in keep}
    return Prepared(insert.on_conflict_do_update(index_elements=key, set_=changed), names)


@cache
def _changing(table: Table, where: tuple[str, ...], names: tuple[str, ...]) -> Prepared:
    return Prepared(table.update().where(and_(*_equal(table, where))), names)


@cache
def _removing(table: Table, where: tuple[str, ...]) -> Prepared:
    return Prepared(table.delete().where(and_(*_equal(table, where))))


_WHERE = "where_"  # before the names of what is asked, for the same column may be written too


def _equal(table: Table, where: tuple[str, ...]) -> list[Any]:
    return [table.c[name] == given(_WHERE + name) for name in where]


def _asked(where: Values) -> dict[str, Any]:
    return {_WHERE + name: value for name, value in where.items()}


def escaped(text: str) -> str:
    """`text` for LIKE: what a person types is never a pattern (escape character: backslash)."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
