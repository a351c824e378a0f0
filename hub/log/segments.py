"""Segment files of the SQLite log: one database file per hour of business time, dropped by deleting the file.

A segment holds blobs: (partition, first position, count, time span, msgpack list of records). It knows where every
partition stood when it began, so that positions go on even when all older files are gone. It decides nothing.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from device_rules.reading import Record, Standing, Tally, Tick
from hub.ports import BadInput, Entry

SUFFIX = ".log.sqlite"
VERSION = 1
STEPS = 10_000  # of SQLite's, between two looks at the time: some milliseconds
SCHEMA = """
CREATE TABLE meta (version INTEGER, partitions INTEGER, opened INTEGER);
CREATE TABLE starts (partition INTEGER PRIMARY KEY, position INTEGER);
CREATE TABLE blobs (id INTEGER PRIMARY KEY, partition INTEGER, first INTEGER, count INTEGER,
                    low INTEGER, high INTEGER, data BLOB);
CREATE INDEX by_position ON blobs (partition, first);
CREATE INDEX by_time ON blobs (partition, high, low);
"""
# A blob is found by the greatest `first` that is not after the wanted position; then in order.
READ = """
SELECT first, count, data FROM blobs WHERE partition = :p AND first >= coalesce(
  (SELECT max(first) FROM blobs WHERE partition = :p AND first <= :wanted), :wanted)
ORDER BY first
"""
# SQLite itself passes over the blobs in which the device is not named: reading them all would take seconds.
WINDOW = """
SELECT data FROM blobs WHERE partition = ? AND high >= ? AND low < ? AND instr(data, ?) > 0 ORDER BY high DESC, first DESC
"""

TIMELESS = (Tick, Tally, Standing)  # records that are of no device
ENCODER = msgspec.msgpack.Encoder()
DECODER = msgspec.msgpack.Decoder(list[Record])


@dataclass(slots=True)
class Segment:
    """One file: its number, when it was opened (business µs), and up to where each partition goes in it."""

    number: int
    path: Path
    opened: int
    starts: dict[int, int] = field(default_factory=dict)
    ends: dict[int, int] = field(default_factory=dict)

    def size(self) -> int:
        """Bytes on disk, the write-ahead file included."""
        return sum(part.stat().st_size for part in self.files() if part.exists())

    def files(self) -> tuple[Path, ...]:
        """The database and SQLite's two companions."""
        return self.path, Path(f"{self.path}-wal"), Path(f"{self.path}-shm")


def place_of(device: str, partitions: int) -> int:
    """The partition of a device, the same for ever."""
    digest = hashlib.blake2b(device.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") % partitions


def connect(path: Path) -> sqlite3.Connection:
    """A connection that commits only when told and whose commits survive a power cut."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA wal_autocheckpoint=4000")
    return connection


def create(
    folder: Path, number: int, opened: int, starts: dict[int, int]
) -> tuple[Segment, sqlite3.Connection]:
    """A new, empty segment: either wholly there or, after a crash, recognisably not."""
    path = folder / f"{number:08d}{SUFFIX}"
    connection = connect(path)
    connection.execute("BEGIN IMMEDIATE")
    for statement in SCHEMA.split(";"):
        connection.execute(statement)
    # The last partition is the summary's: its number is how many others there are.
    connection.execute("INSERT INTO meta VALUES (?, ?, ?)", (VERSION, max(starts), opened))
    connection.executemany("INSERT INTO starts VALUES (?, ?)", starts.items())
    connection.execute("COMMIT")
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)  # the name of the new file must survive a power cut as well
    os.close(descriptor)
    return Segment(number, path, opened, dict(starts), dict(starts)), connection


def inventory(folder: Path, partitions: int) -> list[Segment]:
    """The segments in `folder`, oldest first; a file that a crash left without its tables is removed.

    Raises BadInput when they were made for another number of partitions, or by a newer version.
    """
    found = []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        segment = _open(path, partitions)
        if segment:
            found.append(segment)
        else:
            drop(Segment(0, path, 0))
    return found


def _open(path: Path, partitions: int) -> Segment | None:
    connection = connect(path)
    try:
        made = connection.execute("SELECT version, partitions, opened FROM meta").fetchone()
        starts = dict(connection.execute("SELECT partition, position FROM starts"))
        rows = connection.execute("SELECT partition, max(first + count - 1) FROM blobs GROUP BY partition")
        ends = starts | dict(rows)
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return None
        raise
    finally:
        connection.close()
    version, count, opened = made
    if version != VERSION:
        raise BadInput(str(path), f"it was written by another version ({version})", "Use that version's hub.")
    if count != partitions:
        raise BadInput(
            str(path.parent),
            f"the log has {count} partitions, the settings say {partitions}",
            f"Set log.partitions = {count}, or start with another log directory",
        )
    for places in (starts, ends):
        places.setdefault(partitions, 0)  # written before there was a summary
    return Segment(int(path.name.removesuffix(SUFFIX)), path, opened, starts, ends)


def drop(segment: Segment) -> None:
    """Remove the segment's files."""
    for part in segment.files():
        part.unlink(missing_ok=True)


def entries(connection: sqlite3.Connection, partition: int, after: int) -> Iterator[Entry]:
    """Records of `partition` after position `after` in this segment, in order."""
    for first, count, data in connection.execute(READ, {"p": partition, "wanted": after + 1}):
        if first + count - 1 <= after:
            continue
        for position, record in enumerate(DECODER.decode(data), first):
            if position > after:
                yield Entry(position, record)


def of_device(
    connection: sqlite3.Connection, partition: int, device: str, span: tuple[int, int]
) -> Iterator[Record]:
    """Records of `device` with `effective` in [since, until), newest first."""
    since, until = span
    named = ENCODER.encode(device)  # with its length: d1 is not found where only d10 is
    for (data,) in connection.execute(WINDOW, (partition, since, until, named)):
        for record in reversed(DECODER.decode(data)):
            if isinstance(record, TIMELESS) or record.device != device:
                continue
            if since <= record.effective < until:
                yield record


def gather(
    connection: sqlite3.Connection, rows: Iterator[Record], found: list[Record], limit: int, stop: float
) -> bool:
    """Add `rows` of `connection` to `found`, at most up to `limit`, and no longer than until `stop` (monotonic seconds);
    whether those were all."""
    connection.set_progress_handler(lambda: time.monotonic() > stop, STEPS)
    try:
        for row in rows:
            if len(found) >= limit or time.monotonic() > stop:
                return False
            found.append(row)
    except sqlite3.OperationalError as error:
        if "interrupted" not in str(error):
            raise
        return False
    finally:
        connection.set_progress_handler(None, 0)
    return True


def blob(partition: int, first: int, records: list[Record]) -> tuple[int, int, int, int, int, bytes]:
    """One row: the records of one partition in one commit."""
    times = [record.effective for record in records if not isinstance(record, TIMELESS)] or [0]
    return partition, first, len(records), min(times), max(times), ENCODER.encode(records)
