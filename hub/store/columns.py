"""Columns of a few kinds, so that a table reads like a list of what it keeps. It names no table."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Text

Long = BigInteger().with_variant(
    Integer, "sqlite"
)  # SQLite counts up INTEGER keys only; its integers are 64 bits


def key(*names: str) -> list[Column[Any]]:
    """Text columns that make up the primary key."""
    return [Column(name, Text, primary_key=True) for name in names]


def words(*names: str) -> list[Column[Any]]:
    """Text that is always there, be it empty."""
    return [Column(name, Text, nullable=False) for name in names]


def maybe_text(*names: str) -> list[Column[Any]]:
    """Text that may be unknown."""
    return [Column(name, Text, nullable=True) for name in names]


def number(*names: str) -> list[Column[Any]]:
    """A whole number or moment that is always there."""
    return [Column(name, BigInteger, nullable=False) for name in names]


def maybe(*names: str) -> list[Column[Any]]:
    """A whole number or moment that may be unknown."""
    return [Column(name, BigInteger, nullable=True) for name in names]


def seq() -> Column[Any]:
    """A number that counts the rows up."""
    return Column("seq", Long, primary_key=True, autoincrement=True)


def of(name: str, target: str, *, in_key: bool = True) -> Column[Any]:
    """A reference, checked when the transaction ends, so that its lines may be written in any order."""
    held = ForeignKey(target, deferrable=True, initially="DEFERRED")
    return Column(name, Text, held, primary_key=in_key, nullable=False)
