"""Counting in English: 1 household, 2 households. Pure; for people at the desk and at the command line only."""

from __future__ import annotations


def many(count: int, one: str, more: str = "") -> str:
    """`1 household`, `2 households`; `more` where an s is not enough (`people`)."""
    return f"{count:,} {one if count == 1 else more or f'{one}s'}"
