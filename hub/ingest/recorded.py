"""Recorded telemetry from files: JSON lines and CSV, plain or gzipped, in batches of records, as fast as it can be read.

A line that cannot be read is counted, the first ten are shown with their place, and the rest goes on. It judges nothing.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Any, cast

from device_rules.reading import Record
from hub.ingest.recorded_csv import read_csv
from hub.ingest.recorded_dates import Dates
from hub.ingest.recorded_json import read_json
from hub.ports import BadInput

SHOWN = 10


@dataclass(slots=True)
class Mistakes:
    """Lines that could not be read: how many, and the first ten, each with file, line and cause. `astray` lines
    were set aside for their dates, `dates` are the first ten of them; `ignored` are columns that no book knows."""

    count: int = 0
    first: list[str] = field(default_factory=list)
    ignored: set[str] = field(default_factory=set)
    astray: int = 0
    dates: list[str] = field(default_factory=list)

    def add(self, place: str, cause: str) -> None:
        """One more."""
        self.count += 1
        if len(self.first) < SHOWN:
            self.first.append(f"{place}: {cause}")

    def set_aside(self, place: Callable[[], str], cause: str) -> None:
        """One more line whose date cannot be right."""
        self.astray += 1
        if len(self.dates) < SHOWN:
            self.dates.append(f"{place()}: {cause}")


@dataclass(frozen=True, slots=True)
class Batch:
    """Some records in the order of the file; `done` counts the bytes of all files read so far."""

    records: Sequence[Record]
    done: int


class Files:
    """A recording in files, read in the order of their first records. `kinds` are the types of the known metrics
    (`float`, `int`, `bool`, `enum`, `text`). Raises BadInput for a file that is not there or has no usable form."""

    def __init__(self, paths: Sequence[Path], kinds: Mapping[str, str]) -> None:
        self.mistakes = Mistakes()
        self._kinds = kinds
        self._paths = sorted(paths, key=lambda path: (self._begins(path), str(path)))
        self.names = [path.name for path in self._paths]
        self.size = sum(path.stat().st_size for path in paths)

    def __iter__(self) -> Iterator[Batch]:
        before = 0
        for path in self._paths:
            with path.open("rb") as raw:
                for records in self._read(path, raw, self.mistakes):
                    yield Batch(records, before + raw.tell())
            before += path.stat().st_size

    def _read(self, path: Path, raw: IO[bytes], mistakes: Mistakes) -> Iterator[list[Record]]:
        zipped = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        plain = cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if zipped else raw
        try:
            if _is_csv(path, plain):
                pieces = read_csv(path.name, plain, self._kinds, mistakes)
            else:
                pieces = read_json(path.name, plain, mistakes)
            yield from Dates(path.name, mistakes).sift(pieces)
        except (EOFError, OSError) as error:
            mistakes.add(path.name, f"the rest cannot be read: {error}")

    def _begins(self, path: Path) -> int:
        """The moment of the file's first record that has one; what has none comes last."""
        try:
            with path.open("rb") as raw:
                batches = islice(self._read(path, raw, Mistakes()), 1)
                moments = [_moment(record) for records in batches for record in records]
        except FileNotFoundError:
            raise BadInput(
                str(path), "there is no such file", "Check its name and the folder you are in."
            ) from None
        except OSError as error:
            raise BadInput(
                str(path), f"it cannot be read: {error.strerror}", "Name a file of JSON lines or CSV."
            ) from None
        return min(moments, default=1 << 62)


def _moment(record: Any) -> int:
    return int(record.received)


def _is_csv(path: Path, plain: IO[bytes]) -> bool:
    name = path.name.lower().removesuffix(".gz")
    if name.endswith((".csv", ".tsv")):
        return True
    if name.endswith((".jsonl", ".json", ".ndjson")):
        return False
    begin = plain.read(4096).lstrip(b"\xef\xbb\xbf \r\n\t")
    plain.seek(0)
    return not begin.startswith(b"{")
