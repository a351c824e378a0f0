"""The loop `judge`: ticks that never run ahead of the devices, silence that stands still while we are deaf, checkpoints."""

import asyncio
import sqlite3

import pytest
from structlog.testing import capture_logs

from device_rules import Describe, Reading, RuleBook, Tick
from device_rules.reading import MINUTE, SECOND
from hub.clock import fast_clock, micros
from hub.flow.judge import Judge
from hub.log.sqlite import Keeping, SqliteLog
from hub.loops.judge import Bench, Ticker, judge_all
from hub.ports.telemetry import Gauges
from hub.store import open_store
from hub.testing import eventually

BOOK = RuleBook.parse(
    """
model: acme/pump
version: 1
expect_every: 60s
metrics:
  temp: {type: float}
rules:
  - {id: hot, title: Too hot, severity: major, when: temp > 30, for: 1m}
"""
)


class Ears:
    """What the source would say."""

    def __init__(self, since: int | None) -> None:
        self.listening_since, self.waits_since = since, None

    def oldest(self) -> int | None:
        return self.waits_since


@pytest.fixture
async def log(tmp_path, clock):
    log = SqliteLog(tmp_path / "log", clock, 2)
    yield log
    await log.close()


async def test_time_never_runs_ahead_of_a_message_that_still_waits_for_the_log(clock, log, store):
    start = clock.now()
    ears = Ears(start - MINUTE)
    ticker = Ticker(ears, Bench([], log, store, clock, Gauges()), log, clock)
    assert ticker.tick() == Tick(start, start - MINUTE)
    ears.waits_since = start + SECOND
    await clock.advance(3 * SECOND)
    assert ticker.tick() == Tick(start + SECOND, start - MINUTE)
    ears.waits_since = start  # it never runs backwards either
    assert ticker.tick().now == start + SECOND


async def test_silence_stands_still_while_we_are_deaf_or_far_behind(clock, log, store):
    start = clock.now()
    ears = Ears(None)
    ticker = Ticker(ears, Bench([], log, store, clock, Gauges()), log, clock)
    assert ticker.tick().listening_since == start
    await clock.advance(MINUTE)
    assert ticker.tick().listening_since == start + MINUTE  # still deaf
    ears.listening_since = start + MINUTE
    await clock.advance(MINUTE)
    assert ticker.tick() == Tick(start + 2 * MINUTE, start + MINUTE)
    ears.waits_since = clock.now()
    await clock.advance(20 * SECOND)  # the log does not keep up
    ticker.tick()
    ears.waits_since = None
    await clock.advance(SECOND)
    assert ticker.tick().listening_since == start + 2 * MINUTE + 20 * SECOND


async def test_a_fault_is_raised_and_saved_on_time_although_no_reading_comes_any_more(tmp_path, store):
    clock = fast_clock(micros("2026-11-21T17:00:00Z"), 60.0)
    log = SqliteLog(tmp_path / "fast", clock, 2)
    judges = [Judge(n, [BOOK], log, store, Gauges()) for n in range(2)]
    bench = Bench(judges, log, store, clock, Gauges())
    await bench.restore()
    now, place = clock.now(), log.partition_of("d")
    loops = asyncio.create_task(judge_all(bench, Ticker(Ears(now), bench, log, clock)))
    await log.append(
        [(place, Describe("d", now, now, BOOK.model)), (place, Reading("d", now, now, {"temp": 40.0}))]
    )

    async def raised():
        async with store.reading() as tx:
            return await tx.inbox.next(10)

    (row,) = await eventually(raised, within=10)
    assert (row.event.change.rule, row.event.change.at) == ("hot", now + MINUTE)
    assert row.at - now < 10 * MINUTE
    loops.cancel()
    await asyncio.gather(loops, return_exceptions=True)
    await log.close()


async def test_a_log_that_stops_does_not_end_the_ticks(tmp_path, clock, store):
    free = [0.01]
    log = SqliteLog(tmp_path / "full", clock, 1, Keeping(look=lambda _: free[0]))
    log._writer._looked = -10.0
    bench = Bench([], log, store, clock, Gauges())
    ticking = asyncio.create_task(Ticker(Ears(clock.now()), bench, log, clock).run())
    await eventually(lambda: log.state == "full")
    free[0] = 0.5
    assert await eventually(lambda: log._ends[0])
    ticking.cancel()
    await log.close()


async def test_a_checkpoint_that_fails_is_told_without_values_until_it_is_saved(tmp_path, clock, log):
    file = tmp_path / "hub.sqlite"
    store, gauges = await open_store(f"sqlite:///{file}", "the key of the tests"), Gauges()
    judge = Judge(0, [BOOK], log, store, gauges)
    bench = Bench([judge], log, store, clock, gauges)
    await log.append([(0, Tick(clock.now(), clock.now()))])
    await judge.step()
    with sqlite3.connect(file) as other:
        other.execute(
            "CREATE TRIGGER broken BEFORE INSERT ON partitions BEGIN SELECT RAISE(ABORT, '+4915550100001'); END"
        )
    with capture_logs() as lines:
        saving = asyncio.create_task(bench.save([judge]))
        told = await eventually(lambda: gauges.unsaved)
        with sqlite3.connect(file) as other:
            other.execute("DROP TRIGGER broken")
        await saving
    await store.close()

    assert "hub/store" in told
    assert "4915550100001" not in told + str(lines)
    assert [line["event"] for line in lines] == ["checkpoint waits", "checkpoint saved again"]
    assert (gauges.unsaved, judge.saved) == ("", judge.position)
