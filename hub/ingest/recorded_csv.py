"""A CSV file of a recording as records: the headings `device`, `at`, then a metric each; an empty cell was not sent.

Cells are separated by commas, semicolons or tabs. Columns that no rule book knows are left out, and named at the end.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from typing import IO, Protocol

from device_rules.reading import Describe, Event, Presence, PresenceState, Reading, Record, Value
from hub.ingest.recorded_dates import Dated, Piece, same
from hub.ingest.recorded_times import BadMoment, Moments, believed

BLOCK = 1 << 17  # letters at a time: what the processor's cache holds
QUOTED = 1_000  # lines of one cell in quotes
LATE = 300_000_000
TOO_MANY = "there are more cells than headings"
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
    width: int
    separator: str

    @property
    def simple(self) -> bool:
        """Device, time and metrics: what nearly all files hold."""
        return set(self.ours) == {"device", "at"}


def read_csv(name: str, plain: IO[bytes], kinds: Mapping[str, str], lines: Lines) -> Iterator[Piece]:
    """The records of a CSV file, some thousand rows at a time."""
    text = io.TextIOWrapper(plain, "utf-8-sig", errors="replace")
    heading = text.readline()
    separator = max(",;\t", key=heading.count)
    headings = [cell.strip() for cell in next(csv.reader([heading], delimiter=separator), [])]
    if "device" not in headings or "at" not in headings:
        lines.add(f"{name}:1", "the headings must name “device” and “at”, then the metrics")
        return
    lines.ignored |= {cell for cell in headings if cell and cell not in OURS and cell not in kinds}
    plan = _plan(headings, kinds, separator)
    reader, line = _Rows(name, plan, lines), 2
    for block in _blocks(text):
        yield Piece(reader.read(block, line), partial(reader.find, block, line))
        line += block.count("\n")
    text.detach()


def _blocks(text: io.TextIOWrapper) -> Iterator[str]:
    """Some thousand whole rows at a time; a cell in quotes may hold line breaks."""
    while block := text.read(BLOCK):
        parts = [block, text.readline()]
        odd = sum(part.count('"') for part in parts) % 2
        while odd and len(parts) < QUOTED and (more := text.readline()):
            parts.append(more)
            odd ^= more.count('"') % 2
        yield "".join(parts)


def _plan(headings: list[str], kinds: Mapping[str, str], separator: str) -> _Plan:
    ours = {cell: column for column, cell in enumerate(headings) if cell in OURS}
    number: Cell = _comma if separator == ";" else float
    cells: Mapping[str, Cell] = {"float": number, "int": number, "bool": _truth}
    metrics = tuple(
        (cell, column, cells.get(kinds[cell], str))
        for column, cell in enumerate(headings)
        if cell in kinds and cell not in OURS
    )
    return _Plan(ours, metrics, len(headings), separator)


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

    def read(self, block: str, line: int) -> list[Record]:
        """The records of whole rows, the first of which stands in `line`."""
        if self._plan.simple:
            try:
                if (columns := self._columns(block)) is not None:
                    return self._by_columns(columns)
                return self._simply(self._rows(block))
            except (ValueError, IndexError, csv.Error):  # something is wrong: look row by row
                pass
        return self._one_by_one(block, line)

    def find(self, block: str, line: int, record: Dated) -> int | None:
        """The number of the line that a record of this block comes from."""
        rows = csv.reader(io.StringIO(block), delimiter=self._plan.separator)
        while True:
            number = line + rows.line_num
            try:
                row = next(rows, None)
                if row is None:
                    return None
                if any(row) and any(same(each, record) for each in self._full(row)):
                    return number
            except (IndexError, BadMoment, ValueError, csv.Error):
                continue

    def _columns(self, block: str) -> list[list[str]] | None:
        """The cells by column, cut without looking at rows; None when a row is in quotes, too long, or too short."""
        separator, width = self._plan.separator, self._plan.width + 1
        if '"' in block:
            return None
        cells = block.rstrip("\n").replace("\n", f"{separator}\n{separator}").split(separator)
        ends = cells[width - 1 :: width]
        if len(cells) % width != width - 1 or ends.count("\n") != len(ends):
            return None
        return [cells[column::width] for column in range(width - 1)]

    def _rows(self, block: str) -> list[list[str]]:
        return [row for row in csv.reader(io.StringIO(block), delimiter=self._plan.separator) if any(row)]

    def _one_by_one(self, block: str, line: int) -> list[Record]:
        records: list[Record] = []
        rows = csv.reader(io.StringIO(block), delimiter=self._plan.separator)
        while True:
            number = line + rows.line_num
            try:
                row = next(rows, None)
                if row is None:
                    return records
                records += self._full(row) if any(row) else ()
            except IndexError:
                self._lines.add(f"{self._name}:{number}", "there are fewer cells than headings")
            except (BadMoment, ValueError, csv.Error) as error:
                self._lines.add(f"{self._name}:{number}", str(error))

    def _by_columns(self, columns: list[list[str]]) -> list[Record]:
        """The quickest way, when no cell is empty: a column at a time."""
        if "" in columns[self._device] or any("" in columns[column] for _, column, _ in self._others):
            return self._simply(list(map(list, zip(*columns, strict=True))))
        at = [self._moments[when] for when in columns[self._at]]
        try:
            cells = [
                columns[column] if read is str else list(map(read, columns[column]))
                for _, column, read in self._plan.metrics
            ]
        except ValueError:
            return self._simply(list(map(list, zip(*columns, strict=True))))
        values = map(dict, map(zip, repeat(self._names), zip(*cells, strict=True)))
        return list(map(Reading, columns[self._device], at, at, values))

    def _simply(self, rows: list[list[str]]) -> list[Record]:
        moments, device, when = self._moments, self._device, self._at
        numbers, others = self._numbers, self._others
        records: list[Record] = []
        for row in rows:
            if any(row[self._plan.width :]):
                raise ValueError(TOO_MANY)
            at = moments[row[when]]
            values: dict[str, Value] = {
                name: float(cell) for name, column in numbers if (cell := row[column])
            }
            for name, column, read in others:
                if (cell := row[column]) not in ABSENT:
                    values[name] = read(cell)
            if not row[device]:
                raise ValueError("“device” is empty")
            if values:
                records.append(Reading(row[device], at, at, values))
        return records

    def _full(self, row: list[str]) -> list[Record]:
        if any(row[self._plan.width :]):
            raise ValueError(TOO_MANY)
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
