"""The hub's own SQLite log as a recording: read in the order of time over all partitions, also while the hub writes it.

Opens every file read-only and takes no lock, so it is never in the hub's way. It writes nothing and judges nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from device_rules.reading import Describe, Record, Standing, Tally, Tick
from hub.log.segments import DECODER, SUFFIX
from hub.ports import BadInput

SPAN = 400_000_000  # µs of records put in order at a time: longer than a believed clock can be ahead


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
            with reading(path) as connection:
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
        """From the beginning on, all; before, only who the devices are. What was counted about groups is left out: it
        was counted for the rules of that time."""
        return [
            each
            for each in records
            if not isinstance(each, Tally | Standing)
            and (each.__class__ is Describe or _time(each) >= self._begin)
        ]

    def _measure(self, path: Path) -> tuple[int, int]:
        with reading(path) as connection:
            row = connection.execute("SELECT sum(length(data)), max(high) FROM blobs").fetchone()
        return (row[0] or 0, row[1] or 0)


def _parted(records: list[Record], until: int) -> tuple[list[Record], list[Record]]:
    """Those up to `until`, in order, and the rest."""
    records.sort(key=_time)
    cut = next((number for number, each in enumerate(records) if _time(each) > until), len(records))
    return records[:cut], records[cut:]


def _time(record: Record) -> int:
    if isinstance(record, Tally | Standing):
        return record.at
    return record.now if isinstance(record, Tick) else record.received


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A read-only connection, closed at the end. Raises BadInput when it cannot be read."""
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10)
        connection.execute("SELECT version FROM meta").fetchone()
    except sqlite3.Error as error:
        raise BadInput(str(path), f"it cannot be read: {error}", "Is it a log of the hub?") from None
    try:
        yield connection
    finally:
        connection.close()
