"""The one thread that writes the log: takes what is queued, commits it at once, and tells the loop.

Several appends that wait together share a commit. It never answers before the commit has reached the disk.
"""

from __future__ import annotations

import queue
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from device_rules.reading import HOUR, Record
from hub.log.segments import Segment, blob, connect, create, drop
from hub.ports import Clock
from hub.ports.telemetry import LogStopped

MOST = 20_000  # records in one commit
LOOK = 1.0  # real seconds between two looks at the free disk


@dataclass(frozen=True, slots=True)
class Landed:
    """Records that are safe now: partition, first position, records, bytes on disk."""

    partition: int
    first: int
    records: list[Record]
    size: int


Done = Callable[[Sequence[Landed], Exception | None], None]
"""Called from the writer's thread: what landed, or why nothing did."""


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants written, and whom to tell."""

    records: Sequence[tuple[int, Record]]
    done: Done


def free_share(folder: Path) -> float:
    """The free share (0..1) of the disk that holds `folder`."""
    disk = shutil.disk_usage(folder)
    return disk.free / disk.total


class Writer:
    """Owns the newest segment. `state` is open, full or failed; `segments` is oldest first."""

    def __init__(
        self, folder: Path, clock: Clock, segments: list[Segment], free: tuple[float, Callable[[Path], float]]
    ):
        self.state = "open"
        self.segments = segments
        self._folder, self._clock = folder, clock
        self._least, self._free = free
        self._looked = 0.0
        self._queue: queue.SimpleQueue[Order | Callable[[], None] | None] = queue.SimpleQueue()
        self._connection = connect(segments[-1].path)
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def put(self, order: Order | Callable[[], None]) -> None:
        """Queue records, or something else to be done in the writer's thread."""
        self._queue.put(order)

    def stop(self) -> None:
        """Write what is queued, then end the thread and close the file. Blocks."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while True:
            orders, then = self._next()
            if orders:
                self._write(orders)
            if then is None:
                break
            then()
        self._connection.close()

    def _next(self) -> tuple[list[Order], Callable[[], None] | None]:
        """All orders that wait now (up to MOST records), and what comes after them (None: the end)."""
        item, orders, count = self._queue.get(), [], 0
        while isinstance(item, Order):
            orders.append(item)
            count += len(item.records)
            if count >= MOST or self._queue.empty():
                return orders, _nothing
            item = self._queue.get()
        return orders, item

    def _write(self, orders: list[Order]) -> None:
        landed: list[Landed] = []
        trouble: Exception | None = None
        try:
            self._check_disk()
            landed = self._commit(orders)
            self.state = "open"
        except LogStopped as error:
            trouble = error
        except Exception as error:  # noqa: BLE001 - whoever waits must be told, whatever it was
            self.state = "failed"
            trouble = LogStopped(f"The log in {self._folder} cannot be written: {error}")
        for number, order in enumerate(orders):
            order.done(landed if number == 0 else (), trouble)

    def _check_disk(self) -> None:
        now = time.monotonic()
        if now - self._looked < LOOK and self.state == "open":
            return
        self._looked = now
        free = self._free(self._folder)
        if free < self._least:
            self.state = "full"
            raise LogStopped(
                f"The disk of {self._folder} has {free:.0%} free, less than {self._least:.0%}: "
                "nothing is acknowledged until there is room"
            )

    def _commit(self, orders: list[Order]) -> list[Landed]:
        groups: dict[int, list[Record]] = {}
        for order in orders:
            for partition, record in order.records:
                group = groups.get(partition)
                if group is None:
                    groups[partition] = [record]
                else:
                    group.append(record)
        segment = self._segment()
        rows = [
            blob(partition, segment.ends[partition] + 1, records) for partition, records in groups.items()
        ]
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.executemany(
                "INSERT INTO blobs (partition, first, count, low, high, data) VALUES (?, ?, ?, ?, ?, ?)", rows
            )
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        for partition, records in groups.items():
            segment.ends[partition] += len(records)
        return [Landed(row[0], row[1], groups[row[0]], len(row[5])) for row in rows]

    def _segment(self) -> Segment:
        """The newest segment; a new one when the hour has changed."""
        newest = self.segments[-1]
        now = self._clock.now()
        if now // HOUR <= newest.opened // HOUR:
            return newest
        fresh, connection = create(self._folder, newest.number + 1, now, newest.ends)
        self._connection.close()
        self._connection = connection
        self.segments.append(fresh)
        return fresh

    def forget(self, gone: list[Segment]) -> None:
        """Delete closed segments. Only in the writer's thread."""
        for segment in gone:
            if segment is not self.segments[-1]:
                self.segments.remove(segment)
                drop(segment)


def _nothing() -> None:
    """Nothing comes after these orders."""


__all__ = ["Landed", "LogStopped", "Order", "Writer", "free_share", "sqlite3"]
