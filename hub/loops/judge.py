"""The loop `judge`: every partition judged as its records arrive, checkpoints, and the ticks that let time pass.

A fault change is saved at once, everything else at most once a second. A tick goes into the log for every partition
once a second of business time and when an engine asked for it, but never faster than every 50 ms of real time.
"""

from __future__ import annotations

import asyncio
from collections import ChainMap
from collections.abc import Sequence
from typing import Protocol

import structlog

from device_rules.reading import SECOND, Tick
from hub.flow.group_judge import GroupJudge
from hub.flow.judge import Judge, checkpoint
from hub.ports import Clock, Log, Store
from hub.ports.telemetry import Gauges, LogStopped
from hub.ports.trouble import where

EVERY = 1.0  # real seconds between two checkpoints; more when they are long
POSITIONS = 60.0  # real seconds after which a mere position is saved too, so that the log can be tidied
FASTEST = 0.05  # real seconds between two ticks
LAGGING = 5.0  # real seconds that a message may wait for the log before our silence clocks stand still
MANY = 4  # records in one turn from which on it pays to wait for more
GATHER = 0.05  # real seconds; a turn costs as much as ten records, and nobody notices a twentieth of a second
SHARE = 20  # a checkpoint that takes long comes less often: a twentieth of the time at most
PAUSE = 0.5  # real seconds after a failed checkpoint

log_line = structlog.get_logger()


class Hearing(Protocol):
    """What the source knows about our own ears."""

    @property
    def listening_since(self) -> int | None: ...
    def oldest(self) -> int | None: ...


class Bench:
    """All judges of this process, and the one place where they are saved."""

    def __init__(self, judges: Sequence[Judge], log: Log, store: Store, clock: Clock, gauges: Gauges) -> None:
        self.judges = tuple(judges)
        self.groups = GroupJudge(judges[0].books if judges else (), log, store, gauges)
        self.owners: tuple[Judge | GroupJudge, ...] = (*self.judges, self.groups)
        self._log, self._store, self._clock, self.gauges = log, store, clock, gauges
        self._one_at_a_time = asyncio.Lock()

    async def restore(self) -> None:
        """Every judge takes up where it stood."""
        for judge in self.owners:
            await judge.restore()

    def described(self) -> ChainMap[str, bytes]:
        """What every device was described as."""
        return ChainMap(*(judge.described for judge in self.judges))

    def next_wake(self) -> int | None:
        """The earliest moment (business µs) at which an engine wants a tick."""
        wakes = [wake for judge in self.judges if (wake := judge.engine.next_wake()) is not None]
        return min(wakes, default=None)

    def saved(self) -> dict[int, int]:
        """Up to where each partition of the log is judged and saved."""
        return {judge.partition: judge.saved for judge in self.owners}

    async def save(self, judges: Sequence[Judge | GroupJudge]) -> None:
        """One checkpoint, tried until it works: a judge does not go on with a fault that is not saved."""
        told = False
        while True:
            try:
                async with self._one_at_a_time:
                    await checkpoint(self._store, judges, self._clock.now())
            except Exception as error:  # noqa: BLE001 - the store's troubles come in many shapes
                self.gauges.unsaved = where(error)
                if not told:
                    log_line.error("checkpoint waits", error=self.gauges.unsaved)
                told = True
                await asyncio.sleep(PAUSE)
            else:
                self.gauges.unsaved = ""
                if told:
                    log_line.info("checkpoint saved again")
                return

    async def judge(self, judge: Judge | GroupJudge) -> None:
        """One partition, until cancelled."""
        while True:
            before = judge.position
            try:
                news = await judge.step()
            except Exception as error:  # noqa: BLE001 - the disk's troubles: nothing is lost, the records are still there
                log_line.error("judge waits", partition=judge.partition, error=where(error))
                await asyncio.sleep(PAUSE)
                continue
            if news:
                await self.save((judge,))
            # The web and the other partitions get their turn; a busy partition gathers a little before its next one.
            await asyncio.sleep(GATHER if judge.position - before >= MANY else 0)

    async def keep(self) -> None:
        """Periodic checkpoints, and the log told what it may drop, until cancelled."""
        loop = asyncio.get_running_loop()
        pause, told = EVERY, loop.time()
        while True:
            await asyncio.sleep(pause)
            began = loop.time()
            whole = began - told > POSITIONS
            due = [judge for judge in self.owners if judge.unsaved and (whole or judge.engine.changed())]
            if due:
                await self.save(due)
            if whole:
                told = began
                await self._log.judged(self.saved(), self._clock.now())
            pause = max(EVERY, SHARE * (loop.time() - began))
            self.gauges.log_state = self._log.state
            for judge in self.owners:
                self.gauges.written[judge.partition] = await self._log.end(judge.partition)


class Ticker:
    """Time for the engine: what it is told of `now` and of how long we have been listening."""

    def __init__(self, hearing: Hearing, bench: Bench, log: Log, clock: Clock) -> None:
        self._hearing, self._bench, self._log, self._clock = hearing, bench, log, clock
        self._deaf_until = 0
        self._last = 0

    def tick(self) -> Tick:
        """Now, but never past a message that still waits for the log; and since when we hear without a gap."""
        now = self._clock.now()
        oldest = self._hearing.oldest()
        since = self._hearing.listening_since
        waiting = 0 if oldest is None else now - oldest
        self._bench.gauges.lag = waiting / SECOND
        if since is None or self._clock.wall_seconds(waiting) > LAGGING:
            self._deaf_until = now
        moment = max(self._last, now if oldest is None else min(now, oldest))
        self._last = moment
        return Tick(moment, min(moment, max(since or now, self._deaf_until)))

    async def run(self) -> None:
        """Tick until cancelled."""
        while True:
            tick = self.tick()
            try:
                await self._log.append([(partition, tick) for partition in range(self._log.partitions)])
            except LogStopped:
                self._deaf_until = self._clock.now()
            await asyncio.sleep(max(FASTEST, self._clock.wall_seconds(self._until_next(tick.now))))

    def _until_next(self, last: int) -> int:
        """µs of business time until the next tick is wanted."""
        wake = self._bench.next_wake()
        now = self._clock.now()
        due = last + SECOND if wake is None else min(last + SECOND, max(wake, now))
        return due - now


async def judge_all(bench: Bench, ticker: Ticker) -> None:
    """Judge every partition until cancelled. The bench must have been restored."""
    async with asyncio.TaskGroup() as group:
        for judge in bench.owners:
            group.create_task(bench.judge(judge), name=f"judge {judge.partition}")
        group.create_task(bench.keep(), name="checkpoints")
        group.create_task(ticker.run(), name="ticks")
