"""The telemetry log on SQLite: hourly segment files in one directory, written by one thread, read by another.

`append` answers when the records are on disk. What was appended lately is also kept in memory, so that the judge,
who is usually a moment behind, reads nothing from disk. Positions count the records of a partition from 1.
It never looks at the store and never decides what a record means.
"""

from __future__ import annotations

import asyncio
import fcntl
import math
import os
import shutil
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TypeVar

from device_rules.reading import DAY, HOUR, Record
from hub.log.segments import Segment, connect, create, entries, gather, inventory, of_device, place_of
from hub.log.writer import Landed, Order, Writer, free_share
from hub.ports import Clock, Entry, InUse, Window

KEPT_IN_MEMORY = 32 * 1024 * 1024  # bytes as encoded; the values in memory are a few times larger
OPEN_FILES = 4

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long the log is kept: `age` in µs, `share` of the disk; appends stop below `free` of the disk."""

    age: int = 14 * DAY
    share: float = 0.5
    free: float = 0.10
    look: Callable[[Path], float] = free_share


class SqliteLog:
    """The embedded log. Raises BadInput when the directory is in use, or was made for other partitions."""

    def __init__(
        self, folder: Path, clock: Clock, partitions: int = 16, keeping: Keeping | None = None
    ) -> None:
        self.partitions, self.summary = partitions, partitions
        self._folder, self._clock, self._keeping = folder, clock, keeping or Keeping()
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = _lock(folder)
        segments = inventory(folder, partitions)
        if not segments:
            first, connection = create(folder, 1, clock.now(), dict.fromkeys(range(partitions + 1), 0))
            connection.close()
            segments = [first]
        self._ends = dict(segments[-1].ends)
        self._writer = Writer(folder, clock, segments, (self._keeping.free, self._keeping.look))
        self._reader = ThreadPoolExecutor(1, "log-reader")
        self._files: dict[Path, sqlite3.Connection] = {}
        self._tail: dict[int, deque[Landed]] = {partition: deque() for partition in range(partitions + 1)}
        self._order: deque[int] = deque()  # partitions in the order in which their newest blobs landed
        self._in_memory = 0
        self._waiting: dict[int, list[asyncio.Future[None]]] = {
            partition: [] for partition in range(partitions + 1)
        }
        self._place = lru_cache(200_000)(self._hash)

    @property
    def state(self) -> str:
        """`open`, `full` (less than the least free disk) or `failed` (the disk answered with an error)."""
        return self._writer.state

    def partition_of(self, device: str) -> int:
        """The same for ever: partitions are fixed when the log is created."""
        return self._place(device)

    def _hash(self, device: str) -> int:
        return place_of(device, self.partitions)

    async def append(self, records: Sequence[tuple[int, Record]]) -> None:
        """Write (partition, record) pairs; they are on disk when this returns. Raises LogStopped, having kept none."""
        if not records:
            return
        loop = asyncio.get_running_loop()
        landed: asyncio.Future[None] = loop.create_future()

        def done(what: Sequence[Landed], trouble: Exception | None) -> None:
            loop.call_soon_threadsafe(self._landed, what, landed, trouble)

        self._writer.put(Order(records, done))
        await asyncio.shield(landed)

    def _landed(
        self, what: Sequence[Landed], waiter: asyncio.Future[None], trouble: Exception | None
    ) -> None:
        for group in what:
            self._ends[group.partition] = group.first + len(group.records) - 1
            self._tail[group.partition].append(group)
            self._order.append(group.partition)
            self._in_memory += group.size
            waiting, self._waiting[group.partition] = self._waiting[group.partition], []
            for future in waiting:
                if not future.done():
                    future.set_result(None)
        while self._in_memory > KEPT_IN_MEMORY:
            self._in_memory -= self._tail[self._order.popleft()].popleft().size
        if not waiter.done():
            if trouble:
                waiter.set_exception(trouble)
            else:
                waiter.set_result(None)

    async def read(self, partition: int, after: int, limit: int = 10_000) -> list[Entry]:
        """Records after position `after`, in order; from the oldest kept one where older ones are gone."""
        if after >= self._ends[partition]:
            return []
        tail = self._tail[partition]
        if tail and tail[0].first <= after + 1:
            return self._remembered(tail, after, limit)
        return await self._in_reader(self._read, partition, after, limit)

    def _remembered(self, tail: deque[Landed], after: int, limit: int) -> list[Entry]:
        groups: list[Landed] = []
        for group in reversed(tail):
            groups.append(group)
            if group.first <= after + 1:
                break
        found: list[Entry] = []
        for group in reversed(groups):
            skip = max(0, after + 1 - group.first)
            rest = group.records[skip : skip + limit - len(found)]
            found.extend(map(Entry, range(group.first + skip, group.first + skip + len(rest)), rest))
            if len(found) >= limit:
                break
        return found

    def _read(self, partition: int, after: int, limit: int) -> list[Entry]:
        found: list[Entry] = []
        for segment in list(self._writer.segments):
            if segment.ends[partition] > after and segment.ends[partition] > segment.starts[partition]:
                rows = entries(self._file(segment), partition, after)
                found.extend(islice(rows, limit - len(found)))
            if len(found) >= limit:
                break
        return found

    async def arrived(self, partition: int, after: int) -> None:
        """Wait until the partition holds something after position `after`."""
        while self._ends[partition] <= after:
            bell = asyncio.get_running_loop().create_future()
            self._waiting[partition].append(bell)
            await bell

    async def end(self, partition: int) -> int:
        """The position of the newest record; 0 when there is none."""
        return self._ends[partition]

    async def window(
        self, device: str, span: tuple[int, int], limit: int = 5_000, within: float | None = None
    ) -> Window:
        """Records of a device with `effective` in [since, until) µs, oldest first; the newest `limit` of them, as
        far as they are found `within` real seconds."""
        return await self._in_reader(self._window, device, span, limit, within)

    def _window(self, device: str, span: tuple[int, int], limit: int, within: float | None) -> Window:
        found: list[Record] = []
        partition = self.partition_of(device)
        stop = math.inf if within is None else time.monotonic() + within
        whole = True
        for segment in self._newest_first(span[0]):
            if segment.ends[partition] > segment.starts[partition]:
                file = self._file(segment)
                whole = gather(file, of_device(file, partition, device, span), found, limit, stop)
            if not whole:
                break
        found.reverse()
        found.sort(key=_effective)  # stable: what came in one moment stays in the order of the log
        return Window(found, whole)

    def _newest_first(self, since: int) -> list[Segment]:
        """Segments in which something of `since` or later may be."""
        segments = list(self._writer.segments)
        ends = [after.opened for after in segments[1:]]
        kept = [one for one, end in zip(segments, ends, strict=False) if end > since - HOUR]
        return [segments[-1], *reversed(kept)]

    async def judged(self, positions: Mapping[int, int], now: int) -> None:
        """Everything up to `positions` is judged: delete whole segments that are too old, or too much for the disk."""
        closed = [
            segment
            for segment in self._writer.segments[:-1]
            if all(positions.get(partition, 0) >= end for partition, end in segment.ends.items())
        ]
        gone = await self._in_reader(self._too_much, closed, now)
        if gone:
            self._writer.put(lambda: self._writer.forget(gone))

    def _too_much(self, judged: list[Segment], now: int) -> list[Segment]:
        sizes = {segment.number: segment.size() for segment in self._writer.segments}
        room = shutil.disk_usage(self._folder).total * self._keeping.share
        used, gone = sum(sizes.values()), []
        following = {
            s.number: after.opened
            for s, after in zip(self._writer.segments, self._writer.segments[1:], strict=False)
        }
        for segment in judged:
            if used <= room and now - following.get(segment.number, now) <= self._keeping.age:
                break  # oldest first: what follows is younger
            gone.append(segment)
            used -= sizes.get(segment.number, 0)
            self._close(segment.path)
        return gone

    async def close(self) -> None:
        """Write what is queued and let go of the directory; again: nothing."""
        if self._lock < 0:
            return
        lock, self._lock = self._lock, -1
        await asyncio.to_thread(self._writer.stop)
        await self._in_reader(self._close_all)
        self._reader.shutdown()
        os.close(lock)

    async def _in_reader(self, call: Callable[..., T], *given: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._reader, lambda: call(*given))

    def _file(self, segment: Segment) -> sqlite3.Connection:
        known = self._files.pop(segment.path, None)
        self._files[segment.path] = connection = known or connect(segment.path)
        while len(self._files) > OPEN_FILES:
            self._close(next(iter(self._files)))
        return connection

    def _close(self, path: Path) -> None:
        known = self._files.pop(path, None)
        if known:
            known.close()

    def _close_all(self) -> None:
        for path in list(self._files):
            self._close(path)


def _effective(record: Record) -> int:
    return getattr(record, "effective", 0)


def _lock(folder: Path) -> int:
    """Hold the directory for this process; the system lets go of it when the process ends, however it ends."""
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise InUse(str(folder), "another hub writes this log", "Stop it, or set another log.path") from None
    return descriptor
