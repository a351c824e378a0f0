"""On which line of a settings file something stands. tomllib does not say it, so the file is looked through once more.

Only headers and names at the beginning of a line are found, which is where people write them; what stands within a line or
a list has the line of what it stands in. It never judges: a file that is no TOML has been refused before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

Path = tuple[str | int, ...]

_NAME = r"""(?:"[^"]*"|'[^']*'|[\w-]+)"""
_NAMES = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_NAMES})\s*\]")
_ENTRY = re.compile(rf"\s*({_NAMES})\s*=")
_PIECE = re.compile(r""""([^"]*)"|'([^']*)'|([\w-]+)""")


def lines_of(text: str) -> Mapping[Path, int]:
    """Path → line, counted from 1."""
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    closing = ""
    for number, line in enumerate(text.splitlines(), 1):
        if closing:
            closing = "" if closing in line else closing
            continue
        if header := _HEADER.match(line):
            table = _table(_names(header[2]), counts, another=header[1] == "[[")
            _note(found, table, number)
        elif entry := _ENTRY.match(line):
            _note(found, (*table, *_names(entry[1])), number)
            closing = next((mark for mark in ('"""', "'''") if line.count(mark) % 2), "")
    return found


def _names(text: str) -> list[str]:
    return ["".join(piece) for piece in _PIECE.findall(text)]


def _table(names: Sequence[str], counts: dict[Path, int], *, another: bool) -> Path:
    """Where a header leads to: into the last table of each list on the way."""
    path: Path = ()
    for place, name in enumerate(names, 1):
        path = (*path, name)
        if another and place == len(names):
            counts[path] = counts.get(path, 0) + 1
        if path in counts:
            path = (*path, counts[path] - 1)
    return path


def _note(found: dict[Path, int], path: Path, number: int) -> None:
    """The line of a path, and of what it stands in where that has none of its own."""
    for length in range(1, len(path) + 1):
        found.setdefault(path[:length], number)
