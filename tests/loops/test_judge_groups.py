"""The loop `judge` with groups: all judges run side by side, and a fault of the fleet is saved without anybody's help."""

import asyncio

from device_rules import Describe, Reading, RuleBook
from device_rules.reading import MINUTE
from hub.clock import fast_clock, micros
from hub.flow.judge import Judge
from hub.log.sqlite import SqliteLog
from hub.loops.judge import Bench, Ticker, judge_all
from hub.ports.telemetry import Gauges
from hub.testing import eventually
from tests.loops.test_judge import Ears

BOOK = RuleBook.parse(
    """
model: acme/pump
version: 1
expect_every: 60s
metrics:
  temp: {type: float}
rules:
  - id: hot-fleet
    title: Too hot
    severity: major
    when: temp > 30
    share_of: fleet
    fraction: 50%
    at_least: 4
    for: 1m
"""
)


async def test_a_fault_of_the_fleet_is_raised_and_saved_while_everything_runs(tmp_path, store):
    clock = fast_clock(micros("2026-11-21T17:00:00Z"), 60.0)
    log, gauges = SqliteLog(tmp_path / "fast", clock, 2), Gauges()
    bench = Bench([Judge(n, [BOOK], log, store, gauges) for n in range(2)], log, store, clock, gauges)
    await bench.restore()
    now = clock.now()
    loops = asyncio.create_task(judge_all(bench, Ticker(Ears(now), bench, log, clock)))
    for name in "abcd":
        place = log.partition_of(name)
        described = Describe(name, now, now, BOOK.model)
        await log.append([(place, described), (place, Reading(name, now, now, {"temp": 40.0}))])

    async def raised():
        async with store.reading() as tx:
            return await tx.inbox.next(10)

    (row,) = await eventually(raised, within=10)
    assert (row.key, row.event.change.title) == ("group:fleet:acme/pump", "4 of 4 acme/pump: Too hot")
    assert row.event.change.at - row.event.change.start == MINUTE
    assert await eventually(lambda: bench.saved()[log.summary], within=10)
    assert gauges.judged[log.summary] <= gauges.written[log.summary]
    loops.cancel()
    await asyncio.gather(loops, return_exceptions=True)
    await log.close()
