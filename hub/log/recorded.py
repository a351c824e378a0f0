"""The hub's own SQLite log as a recording: read in the order of time over all partitions, also while the hub writes it.

Opens every file read-only and takes no lock, so it is never in the hub's way. It writes nothing and judges nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

from device_rules.reading import Describe, Record, Tick
from hub.log.segments import DECODER, SUFFIX
from hub.ports import BadInput

SPAN = 60_000_000  # µs of records that are put in order at a time

_moment = attrgetter("received")


@dataclass(frozen=True, slots=True)
class Slice:
    """Records in the order in which the hub received them; `done` counts the bytes of blobs read so far."""

    records: list[Record]
    done: int


class LogRecording:
    """What the log in `folder` has of the last `since` µs before its newest record (None: all of it), and before that
    only who the devices are. Raises BadInput when there is no log."""

    def __init__(self, folder: Path, since: int | None = None) -> None:
        self._paths = sorted(folder.glob(f"*{SUFFIX}"))
        if not self._paths:
            raise BadInput(
                str(folder), "there is no telemetry log here", "Set log.path, or name files with --from."
            )
        measures = [self._measure(path) for path in self._paths]
        self.size = sum(size for size, _ in measures)
        self._begin = 0 if since is None else max(high for _, high in measures) - since

    def __iter__(self) -> Iterator[Slice]:
        done, waiting = 0, list[Record]()
        for path in self._paths:
            with _reading(path) as connection:
                until = 0
                for size, low, data in connection.execute(
                    "SELECT length(data), low, data FROM blobs ORDER BY id"
                ):
                    done += size
                    if until and low > until + SPAN:
                        ready, waiting = _parted(waiting, until)
                        yield Slice(ready, done)
                    until = max(until, low)
                    waiting += self._wanted(DECODER.decode(data))
        waiting.sort(key=_time)
        yield Slice(waiting, done)

    def _wanted(self, records: list[Record]) -> list[Record]:
        """From the beginning on, all; before, only who the devices are."""
        if not self._begin:
            return records
        return [each for each in records if _time(each) >= self._begin or each.__class__ is Describe]

    def _measure(self, path: Path) -> tuple[int, int]:
        with _reading(path) as connection:
            row = connection.execute("SELECT sum(length(data)), max(high) FROM blobs").fetchone()
        return (row[0] or 0, row[1] or 0)


def _parted(records: list[Record], until: int) -> tuple[list[Record], list[Record]]:
    """Those up to `until`, in order, and the rest."""
    records.sort(key=_time)
    cut = next((number for number, each in enumerate(records) if _time(each) > until), len(records))
    return records[:cut], records[cut:]


def _time(record: Record) -> int:
    return record.now if isinstance(record, Tick) else record.received


class _reading:  # noqa: N801 - used as a verb
    """A read-only connection, closed at the end; a file that the hub has just dropped is empty."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> sqlite3.Connection:
        try:
            self._connection = sqlite3.connect(
                f"{self._path.absolute().as_uri()}?mode=ro", uri=True, timeout=10
            )
            self._connection.execute("SELECT version FROM meta").fetchone()
        except sqlite3.Error as error:
            raise BadInput(
                str(self._path), f"it cannot be read: {error}", "Is it a log of the hub?"
            ) from None
        return self._connection

    def __exit__(self, *_: object) -> None:
        self._connection.close()
