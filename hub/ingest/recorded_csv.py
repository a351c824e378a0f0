"""A CSV file of a recording as records: the headings `device`, `at`, then a metric each; an empty cell was not sent.

Cells are separated by commas, semicolons or tabs. Columns that no rule book knows are left out, and named at the end.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import IO, Protocol

from device_rules.reading import Describe, Event, Presence, PresenceState, Reading, Record, Value
from hub.ingest.recorded_times import BadMoment, Moments, believed

ROWS = 5_000
LATE = 300_000_000
ABSENT = frozenset({"", "null", "na", "n/a", "none", "-"})
OURS = ("device", "at", "received", "model", "event", "presence")
_TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}

Cell = Callable[[str], Value]


class Lines(Protocol):
    """Where lines that cannot be read are told, and columns that nobody knows."""

    ignored: set[str]

    def add(self, place: str, cause: str) -> None: ...


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where things stand: the columns of ours by name, and of the metrics with how their cells are read."""

    ours: Mapping[str, int]
    metrics: tuple[tuple[str, int, Cell], ...]

    @property
    def simple(self) -> bool:
        """Device, time and metrics: what nearly all files hold."""
        return set(self.ours) == {"device", "at"}


def read_csv(name: str, plain: IO[bytes], kinds: Mapping[str, str], lines: Lines) -> Iterator[list[Record]]:
    """The records of a CSV file, some thousand rows at a time."""
    text = io.TextIOWrapper(plain, "utf-8-sig", errors="replace", newline="")
    heading = text.readline()
    separator = max(",;\t", key=heading.count)
    headings = [cell.strip() for cell in next(csv.reader([heading], delimiter=separator), [])]
    if "device" not in headings or "at" not in headings:
        lines.add(f"{name}:1", "the headings must name “device” and “at”, then the metrics")
        return
    lines.ignored |= {cell for cell in headings if cell and cell not in OURS and cell not in kinds}
    reader = _Rows(name, _plan(headings, kinds, decimal_comma=separator == ";"), lines)
    rows = csv.reader(text, delimiter=separator)
    line = 2
    while batch := _some(rows, name, lines):
        yield reader.read(batch, line)
        line += len(batch)
    text.detach()


def _some(rows: Iterator[list[str]], name: str, lines: Lines) -> list[list[str]]:
    try:
        return list(islice(rows, ROWS))
    except csv.Error as error:
        lines.add(name, f"this is no CSV: {error}")
        return []


def _plan(headings: list[str], kinds: Mapping[str, str], *, decimal_comma: bool) -> _Plan:
    ours = {cell: column for column, cell in enumerate(headings) if cell in OURS}
    number: Cell = _comma if decimal_comma else float
    cells: Mapping[str, Cell] = {"float": number, "int": number, "bool": _truth}
    metrics = tuple(
        (cell, column, cells.get(kinds[cell], str))
        for column, cell in enumerate(headings)
        if cell in kinds and cell not in OURS
    )
    return _Plan(ours, metrics)


def _comma(cell: str) -> float:
    return float(cell.replace(",", "."))


def _truth(cell: str) -> bool:
    try:
        return _TRUTH[cell.strip().lower()]
    except KeyError:
        raise ValueError(f"“{cell[:40]}” is neither true nor false") from None


class _Rows:
    """Turns rows into records by the plan of the headings."""

    def __init__(self, name: str, plan: _Plan, lines: Lines) -> None:
        self._name, self._plan, self._lines = name, plan, lines
        self._moments = Moments()
        self._device, self._at = plan.ours["device"], plan.ours["at"]
        self._names = [name for name, _, _ in plan.metrics]
        self._numbers = [(name, column) for name, column, read in plan.metrics if read is float]
        self._others = [each for each in plan.metrics if each[2] is not float]

    def read(self, rows: list[list[str]], line: int) -> list[Record]:
        """The records of `rows`, the first of which stands in `line`."""
        if self._plan.simple:
            for way in (self._by_columns, self._simply):
                try:
                    return way(rows)
                except (ValueError, IndexError):  # an empty cell, or something wrong: look more closely
                    pass
        records: list[Record] = []
        for number, row in enumerate(rows, line):
            if not any(row):
                continue
            try:
                records += self._full(row)
            except IndexError:
                self._lines.add(f"{self._name}:{number}", "there are fewer cells than headings")
            except (BadMoment, ValueError) as error:
                self._lines.add(f"{self._name}:{number}", str(error))
        return records

    def _by_columns(self, rows: list[list[str]]) -> list[Record]:
        """The quickest way, when no cell is empty: a column at a time."""
        columns = list(zip(*rows, strict=True))
        if any("" in column for column in columns):
            raise ValueError("an empty cell")
        at = [self._moments[when] for when in columns[self._at]]
        cells = [
            columns[column] if read is str else list(map(read, columns[column]))
            for _, column, read in self._plan.metrics
        ]
        names = self._names
        values = [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]
        return list(map(Reading, columns[self._device], at, at, values))

    def _simply(self, rows: list[list[str]]) -> list[Record]:
        moments, device, when = self._moments, self._device, self._at
        numbers, others = self._numbers, self._others
        records: list[Record] = []
        for row in rows:
            at = moments[row[when]]
            values: dict[str, Value] = {
                name: float(cell) for name, column in numbers if (cell := row[column])
            }
            for name, column, read in others:
                if (cell := row[column]) not in ABSENT:
                    values[name] = read(cell)
            if values:
                records.append(Reading(row[device], at, at, values))
        return records

    def _full(self, row: list[str]) -> list[Record]:
        device, at = row[self._device].strip(), self._moments[row[self._at].strip()]
        if not device:
            raise ValueError("“device” is empty")
        received = self._moments[when] if (when := self._cell(row, "received")) else at
        effective = believed(at, received)
        records: list[Record] = []
        if model := self._cell(row, "model"):
            records.append(Describe(device, received, effective, model))
        if presence := self._cell(row, "presence"):
            records.append(Presence(device, received, effective, PresenceState(presence), source="recording"))
        if event := self._cell(row, "event"):
            records.append(Event(device, received, effective, event))
        values = self._values(row)
        if values:
            late = received - effective > LATE
            records.append(Reading(device, received, effective, values, None, False, late))
        return records

    def _cell(self, row: list[str], name: str) -> str:
        column = self._plan.ours.get(name)
        return row[column].strip() if column is not None else ""

    def _values(self, row: list[str]) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for name, column, read in self._plan.metrics:
            cell = row[column]
            if cell.strip().lower() in ABSENT:
                continue
            try:
                values[name] = read(cell.strip())
            except ValueError:
                raise ValueError(f"column {name}: “{cell[:40]}” cannot be read") from None
        return values
