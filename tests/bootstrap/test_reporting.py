"""The report on all engines of a hub: added up, and not made anew for everybody who asks."""

from pathlib import Path

from device_rules import Describe, Reading, RuleBook
from hub.bootstrap.reporting import Reporter
from hub.flow.judge import Judge
from hub.log.sqlite import SqliteLog
from hub.loops.judge import Bench
from hub.ports.telemetry import Gauges

BOOK = RuleBook.parse("""
model: acme/pump
version: 1
expect_every: 60s
metrics: {temp: {}}
rules:
  - {id: hot, title: Too hot, severity: major, when: temp > 30}
""")


async def test_the_engines_of_a_hub_are_reported_together_and_at_most_once_a_minute(
    store, clock, tmp_path: Path
) -> None:
    log, gauges = SqliteLog(tmp_path / "log", clock, 2), Gauges()
    judges = [Judge(number, [BOOK], log, store, gauges) for number in range(2)]
    reporter = Reporter(Bench(judges, log, store, clock, gauges))
    for number, judge in enumerate(judges):
        judge.engine.judge(Describe(f"pump-{number}", 0, 0, BOOK.model))
        judge.engine.judge(Reading(f"pump-{number}", 1, 1, {"temp": 99.0}))

    report = await reporter()
    assert (report.devices, report.ward, report.open_faults) == (2, 2, 2)

    judges[0].engine.judge(Describe("pump-9", 0, 0, BOOK.model))
    assert await reporter() is report
    await log.close()
