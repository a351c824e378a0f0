"""Statements that are built once and run often: SQLAlchemy writes the SQL, and SQLite's writer gets it as it stands.

Building a statement anew, and finding it again among those already compiled, costs twenty times what SQLite needs to
answer it. It runs nothing itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import BindParameter, bindparam
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import ClauseElement, Select
from sqlalchemy.sql.compiler import SQLCompiler

Row = Mapping[str, Any]
_DIALECT = sqlite.dialect(paramstyle="qmark")
_POSTGRES: Dialect = asyncpg.dialect()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Found:
    """What a statement answered: its rows by column name, and how many rows it changed."""

    rows: Sequence[Row]
    count: int

    @property
    def value(self) -> Any:
        """The first column of the first row, or None."""
        return next(iter(self.rows[0].values())) if self.rows else None


class Prepared:
    """One statement with the names of what it is given: by `given` where it asks, by `columns` where it writes."""

    def __init__(self, statement: Any, columns: Sequence[str] = ()) -> None:
        self.statement: Any = statement
        self._columns = list(columns)

    @cached_property
    def _compiled(self) -> tuple[str, tuple[str, ...], dict[str, Any]]:
        return self._compile(_DIALECT)

    @cached_property
    def _compiled_postgres(self) -> tuple[str, tuple[str, ...], dict[str, Any]]:
        return self._compile(_POSTGRES)

    def _compile(self, dialect: Dialect) -> tuple[str, tuple[str, ...], dict[str, Any]]:
        element: ClauseElement = self.statement
        made = element.compile(
            dialect=dialect,
            column_keys=self._columns or None,
            compile_kwargs={"render_postcompile": True},
        )
        assert isinstance(made, SQLCompiler)
        order = tuple(made.positiontup or ())
        # What is still to be given stands there as None or as a symbol of SQLAlchemy's, which is no plain number.
        fixed = {name: value for name, value in made.params.items() if type(value) in (str, int)}
        return made.string, order, fixed

    @property
    def sql(self) -> str:
        """The statement as SQLite reads it."""
        return self._compiled[0]

    @property
    def postgres_sql(self) -> str:
        """The statement as PostgreSQL reads it."""
        return self._compiled_postgres[0]

    def filled(self, values: Row) -> list[Any]:
        """The values in the order of the statement's question marks. Raises KeyError when one is missing."""
        _, order, fixed = self._compiled
        return [fixed[name] if name in fixed else values[name] for name in order]

    def postgres_filled(self, values: Row) -> list[Any]:
        """The values as PostgreSQL counts them. Raises KeyError when one is missing."""
        _, order, fixed = self._compiled_postgres
        return [fixed[name] if name in fixed else values[name] for name in order]

    @cached_property
    def held(self) -> Prepared:
        """The same query, holding its rows until the transaction ends."""
        return Prepared(self._select.with_for_update())

    @cached_property
    def held_skipping(self) -> Prepared:
        """As `held`, leaving out the rows that somebody else holds."""
        return Prepared(self._select.with_for_update(skip_locked=True))

    @property
    def _select(self) -> Select[Any]:
        assert isinstance(self.statement, Select)
        return self.statement


def given(name: str) -> BindParameter[Any]:
    """A place in a statement that is filled when it runs."""
    return bindparam(name, required=False)
