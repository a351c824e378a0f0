"""Sheets: customers, sites, devices and bases as rows of text, from CSV or from the API, checked cell by cell.

All mistakes of a sheet are told at once, each with file, line, column and remedy. Nothing here looks into the store.
An empty cell says nothing: what is known stays.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from hub.domain.customer import BasisKind, Channel, Purpose
from hub.domain.site import Role
from hub.flow.cells import (
    BadCell,
    Parser,
    attribute,
    clock_time,
    country,
    email,
    ident,
    language,
    moment,
    one_of,
    phone,
    words,
    zone,
)
from hub.ports import BadInput


class Sheet(StrEnum):
    """What a sheet lists."""

    SITES = "sites"
    CUSTOMERS = "customers"
    DEVICES = "devices"
    BASES = "bases"


COLUMNS: Mapping[Sheet, Mapping[str, Parser]] = {
    Sheet.SITES: {"site": ident, "zone": zone, "country": country, "label": words},
    Sheet.CUSTOMERS: {
        "customer": ident,
        "name": words,
        "language": language,
        "phone": phone,
        "email": email,
        "zone": zone,
        "site": ident,
        "role": one_of(Role),
        "since": moment,
        "quiet_from": clock_time,
        "quiet_to": clock_time,
    },
    Sheet.DEVICES: {
        "device": ident,
        "model": words,
        "name": words,
        "serial": words,
        "firmware": words,
        "site": ident,
        "room": words,
        "since": moment,
    },
    Sheet.BASES: {
        "customer": ident,
        "purpose": one_of(Purpose),
        "channel": one_of(Channel),
        "kind": one_of(BasisKind),
        "country": country,
        "at": moment,
        "who": words,
        "how": words,
        "wording": words,
    },
}
"""Every column of every sheet, and how its cells are read. Devices may have `attr.NAME` columns besides."""

REQUIRED: Mapping[Sheet, tuple[str, ...]] = {
    Sheet.SITES: ("site", "zone"),
    Sheet.CUSTOMERS: ("customer", "name"),
    Sheet.DEVICES: ("device", "model"),
    Sheet.BASES: ("customer", "purpose", "channel", "kind", "at", "how"),
}
_SUBJECT = {
    Sheet.SITES: "site",
    Sheet.CUSTOMERS: "customer",
    Sheet.DEVICES: "device",
    Sheet.BASES: "customer",
}
_TELLING = {  # a column that only one sheet has, for files with another name
    "device": Sheet.DEVICES,
    "purpose": Sheet.BASES,
    "customer": Sheet.CUSTOMERS,
    "label": Sheet.SITES,
    "zone": Sheet.SITES,
}
_ATTRIBUTE = "attr."


class BadSheet(BadInput):
    """What is wrong with what was to be imported: all of it. `rows` are those that could be read, to be looked at for further
    mistakes; of the sheets in `unread` some could not be, so that what they list is not known."""

    def __init__(
        self,
        problems: Sequence[BadInput],
        rows: Sequence[Row] = (),
        unread: Collection[Sheet] = frozenset(Sheet),
    ) -> None:
        super().__init__(problems[0].place, problems[0].cause, problems[0].remedy)
        self.problems, self.rows, self.unread = tuple(problems), tuple(rows), frozenset(unread)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a sheet; `cells` holds the columns that say something, read. `line` counts from 1, headings too. Some of the
    cells of a `broken` row could not be read: it is only looked at for what else is wrong with it."""

    sheet: Sheet
    file: str
    line: int
    cells: Mapping[str, Any]
    broken: bool = False

    @property
    def id(self) -> str:
        """What the row is about."""
        return str(self.cells[_SUBJECT[self.sheet]])

    @property
    def attributes(self) -> dict[str, Any]:
        """The cells of `attr.NAME` columns by NAME."""
        return {
            name.removeprefix(_ATTRIBUTE): value
            for name, value in self.cells.items()
            if name.startswith(_ATTRIBUTE)
        }

    def bad(self, column: str, cause: str, remedy: str) -> BadInput:
        """The mistake in `column` of this row."""
        return BadInput(_place(self.file, self.line, column), cause, remedy)


def read_csv(name: str, text: str) -> list[Row]:
    """The rows of the CSV file `name` with headings, separated by commas, semicolons or tabs.

    What it lists is told by its name (`customers.csv`, `sites-2026.csv`) or else by its headings. Raises BadSheet.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    headings = next((line for line in lines if line.strip()), "")
    if not headings:
        raise BadSheet([BadInput(name, "the file is empty", "The first line names the columns")])
    separator = max(",;\t", key=headings.count)
    reader = csv.reader(lines, delimiter=separator, strict=True)
    columns: list[str] = []
    found: list[tuple[int, dict[str, str]]] = []
    uneven: list[BadInput] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                columns = [cell.strip().lower() for cell in cells]
                continue
            uneven += _uneven(f"{name}, line {reader.line_num}", columns, cells)
            found.append((reader.line_num, dict(zip(columns, cells, strict=False))))
    except csv.Error as error:
        place = f"{name}, line {reader.line_num}"
        raise BadSheet([BadInput(place, f"this is no CSV: {error}", "Check the quotation marks")]) from error
    return _rows(_sheet_of(name, columns), name, columns, found, uneven)


def read_files(files: Iterable[tuple[str, str]]) -> list[Row]:
    """The rows of several CSV files, (name, text) each. Raises BadSheet with the mistakes of all of them."""
    return gathered([partial(read_csv, name, text) for name, text in files])


def gathered(readings: Iterable[Callable[[], list[Row]]]) -> list[Row]:
    """The rows of several sheets, each read by a call. Raises BadSheet with the mistakes of all of them."""
    rows: list[Row] = []
    problems: list[BadInput] = []
    unread: set[Sheet] = set()
    for read in readings:
        try:
            rows += read()
        except BadSheet as bad:
            problems += bad.problems
            rows += bad.rows
            unread |= bad.unread
    if problems:
        raise BadSheet(problems, rows, unread)
    return rows


def read_rows(sheet: Sheet, rows: Iterable[Mapping[str, object]], name: str = "") -> list[Row]:
    """The same from a program: one mapping per row, values as text, numbers or truth. Raises BadSheet."""
    texts = [
        (number, {key: "" if value is None else str(value) for key, value in row.items()})
        for number, row in enumerate(rows, 1)
    ]
    columns = list(dict.fromkeys(key for _, row in texts for key in row))
    return _rows(sheet, name or sheet.value, columns, texts)


def _sheet_of(name: str, columns: Sequence[str]) -> Sheet:
    stem = name.replace("\\", "/").rsplit("/", 1)[-1].lower()
    for sheet in Sheet:
        if stem.startswith(sheet.value):
            return sheet
    for column, sheet in _TELLING.items():
        if column in columns:
            return sheet
    names = ", ".join(f"{sheet}.csv" for sheet in Sheet)
    raise BadSheet(
        [BadInput(f"{name}, line 1", "nobody can tell what this lists", f"Call it one of {names}")]
    )


def _uneven(place: str, columns: Sequence[str], cells: Sequence[str]) -> list[BadInput]:
    if len(cells) <= len(columns):
        return []
    cause = f"there are {len(cells)} cells under {len(columns)} headings"
    return [BadInput(place, cause, "Quote a cell that holds the separator")]


def _rows(
    sheet: Sheet,
    name: str,
    columns: Sequence[str],
    found: Sequence[tuple[int, Mapping[str, str]]],
    uneven: Sequence[BadInput] = (),
) -> list[Row]:
    problems = _wrong_columns(sheet, name, columns)
    if problems:
        raise BadSheet(problems, unread={sheet})
    crooked = {problem.place for problem in uneven}  # whose cells stand in wrong columns
    problems, rows = [*uneven], []
    for line, texts in found:
        if f"{name}, line {line}" in crooked:
            continue
        cells, wrong = _read(sheet, texts)
        problems += [BadInput(_place(name, line, column), *why) for column, why in wrong.items()]
        rows.append(Row(sheet, name, line, cells, broken=bool(wrong)))
    if problems:
        told = [row for row in rows if _SUBJECT[sheet] in row.cells]
        raise BadSheet(problems, told, {sheet} if uneven or len(told) < len(rows) else ())
    return rows


def _wrong_columns(sheet: Sheet, name: str, columns: Sequence[str]) -> list[BadInput]:
    known, problems = COLUMNS[sheet], []
    for column in columns:
        if column in known or (sheet is Sheet.DEVICES and column.startswith(_ATTRIBUTE)):
            continue
        near = difflib.get_close_matches(column, known, 1)
        remedy = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(known)}"
        problems.append(BadInput(f"{name}, line 1, column {column}", f"{sheet} have no such column", remedy))
    missing = [column for column in REQUIRED[sheet] if column not in columns]
    return problems + [
        BadInput(f"{name}, line 1", f"the column {column} is missing", "Add it") for column in missing
    ]


def _read(sheet: Sheet, texts: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, tuple[str, str]]]:
    """The cells that say something, and what is wrong by column."""
    cells: dict[str, Any] = {}
    wrong: dict[str, tuple[str, str]] = {}
    for column, text in texts.items():
        if not text.strip():
            continue
        try:
            cells[column] = COLUMNS[sheet].get(column, attribute)(text.strip())
        except BadCell as bad:
            wrong[column] = (bad.cause, bad.remedy)
    for column in REQUIRED[sheet]:
        if column not in cells and column not in wrong:
            wrong[column] = ("this cell must not be empty", "Fill it in")
    return cells, wrong


def _place(name: str, line: int, column: str) -> str:
    return f"{name}, line {line}, column {column}"
