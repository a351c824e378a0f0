"""The judge of groups: many devices fail at once, in any partitions, and whatever is restarted it is one fault and one
case, saved once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from device_rules import Describe, Reading, RuleBook, Tick
from device_rules.fault import ChangeKind
from device_rules.reading import SECOND, Record, Standing, Tally
from hub.domain.because import Because
from hub.domain.case import CaseState, TicketStatus
from hub.domain.device import Device
from hub.domain.ids import CaseId, DeviceId, Moment
from hub.domain.policy import Policy
from hub.flow import ARROWS
from hub.flow.context import Context
from hub.flow.group_judge import GroupJudge
from hub.flow.judge import Judge, checkpoint
from hub.log.sqlite import Keeping, SqliteLog
from hub.ports import Checkpoint
from hub.ports.telemetry import Gauges, LogStopped
from hub.store import SqlStore
from hub.testing import FakeClock
from tests.stories.book import EARS, SHELF

BOOK = RuleBook.parse("""
model: acme/pump
version: 1
expect_every: 10s
metrics:
  room: {type: float, unit: "°C", range: [0, 51.2]}
rules:
  - id: cold-cohort
    title: The house is not getting warm
    severity: major
    when: room < 15
    share_of: cohort(firmware)
    fraction: 20%
    at_least: 10
    for: 30s
    clear_for: 1m
  - id: coldest
    title: Colder than nearly all others
    severity: minor
    when: room < fleet(room, "p5") - 2
    for: 1m
""")
COHORT = "group:cohort:acme/pump|2.3.1|"
PARTITIONS = 2


@dataclass
class Hub:
    """Judges of two partitions and of groups, over a real log and a real store, restarted at will."""

    store: SqlStore
    clock: FakeClock
    log: SqliteLog
    judges: list[Judge] = field(init=False)
    groups: GroupJudge = field(init=False)

    def __post_init__(self) -> None:
        self._new()

    def _new(self) -> None:
        self.judges = [Judge(n, [BOOK], self.log, self.store, Gauges()) for n in range(PARTITIONS)]
        self.groups = GroupJudge([BOOK], self.log, self.store, Gauges())

    @property
    def owners(self) -> list[Judge | GroupJudge]:
        return [*self.judges, self.groups]

    async def restart(self) -> None:
        """What was not saved is lost."""
        self._new()
        for owner in self.owners:
            await owner.restore()

    async def judged(self) -> None:
        """Everybody reads what there is, until nobody has anything to tell."""
        behind = True
        while behind:
            behind = False
            for owner in self.owners:
                while owner.position < await self.log.end(owner.partition):
                    await owner.step()
                    behind = True

    async def save(self) -> int:
        return await checkpoint(self.store, self.owners, self.clock.now())

    async def hear(self, *records: Record) -> None:
        placed = [(self.log.partition_of(record.device), record) for record in records]
        await self.log.append(placed)

    async def describe(self, devices: int) -> None:
        now = self.clock.now()
        async with self.store.transaction() as tx:
            for number in range(devices):
                await tx.devices.put(
                    Device(DeviceId(f"d{number}"), BOOK.model, f"pump {number}", firmware="2.3.1")
                )
        await self.hear(*(Describe(f"d{n}", now, now, BOOK.model, "2.3.1") for n in range(devices)))

    async def rounds(self, count: int, cold: int = 0, devices: int = 20) -> AsyncIterator[int]:
        """So many times ten seconds: all devices report, the first `cold` of them a cold house."""
        for step in range(count):
            await self.clock.advance(10 * SECOND)
            now = self.clock.now()
            await self.hear(
                *(Reading(f"d{n}", now, now, {"room": 10.0 if n < cold else 20.0}) for n in range(devices))
            )
            await self.log.append([(partition, Tick(now, 0)) for partition in range(PARTITIONS)])
            await self.judged()
            yield step

    async def go(self, count: int, cold: int = 0) -> None:
        """The same, with nothing in between but a checkpoint."""
        async for _ in self.rounds(count, cold):
            pass
        await self.save()

    async def told(self) -> list[tuple[str, str, ChangeKind, int]]:
        """What the inbox was given, in order."""
        found = []
        async with self.store.transaction() as tx:
            while rows := await tx.inbox.next(10):
                for row in rows:
                    change = row.event.change
                    found.append((change.device, change.rule, change.kind, change.at))
                    assert row.key == change.device
                    await tx.inbox.done(row)
        return found


@pytest.fixture
async def hub(both: SqlStore, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Hub]:
    await clock.set(clock.now() + 10 * SECOND - clock.now() % (10 * SECOND))
    log = SqliteLog(tmp_path / "log", clock, PARTITIONS)
    hub = Hub(both, clock, log)
    await hub.describe(20)
    yield hub
    await log.close()


async def test_many_devices_of_one_firmware_fail_and_it_is_one_fault_saved_once(hub: Hub) -> None:
    began = hub.clock.now()
    await hub.go(5)
    await hub.go(8, cold=5)
    await hub.go(12)
    assert await hub.told() == [
        (COHORT, "cold-cohort", ChangeKind.RAISED, began + 90 * SECOND),
        (COHORT, "cold-cohort", ChangeKind.CLEARED, began + 200 * SECOND),
    ]
    async with hub.store.reading() as tx:
        (row,) = await tx.faults.page("", 10)
    assert row.change.device == COHORT
    assert row.change.title == "5 of 20 acme/pump with firmware 2.3.1: The house is not getting warm"


@pytest.mark.parametrize("saved_every", [4, 1000])
async def test_restarts_in_between_double_nothing_and_lose_nothing(hub: Hub, saved_every: int) -> None:
    began, step = hub.clock.now(), 0
    for count, cold in ((5, 0), (8, 5), (12, 0)):
        async for _ in hub.rounds(count, cold):
            step += 1
            if step % saved_every == 0:
                await hub.save()
            if step % 3 == 0:
                await hub.restart()
                await hub.judged()
    await hub.save()
    assert await hub.told() == [
        (COHORT, "cold-cohort", ChangeKind.RAISED, began + 90 * SECOND),
        (COHORT, "cold-cohort", ChangeKind.CLEARED, began + 200 * SECOND),
    ]


async def test_one_device_hears_how_the_fleet_does_in_the_log_of_its_own_partition(hub: Hub) -> None:
    await hub.describe(24)
    async for step in hub.rounds(12, cold=1, devices=24):
        if step == 4:
            await hub.save()
            await hub.restart()
    await hub.save()
    assert [(device, rule) for device, rule, _, _ in await hub.told()] == [("d0", "coldest")]
    for partition in range(PARTITIONS):
        records = [entry.record for entry in await hub.log.read(partition, 0)]
        (standing, *again) = [record for record in records if isinstance(record, Standing)]
        assert standing.fleet == {'fleet(room, "p5")': pytest.approx(20.2)}
        assert {one.at for one in again} != {standing.at}
    counted = [entry.record for entry in await hub.log.read(hub.log.summary, 0)]
    assert all(isinstance(record, Tally) for record in counted)


async def test_a_snapshot_of_groups_that_cannot_be_used_is_rebuilt_from_the_log(hub: Hub) -> None:
    await hub.go(5)
    await hub.go(8, cold=5)
    async with hub.store.transaction() as tx:
        position, _ = await tx.partitions.load(hub.log.summary)
        await tx.partitions.save(Checkpoint(hub.log.summary, position, {COHORT: b"of another version"}, ()))
    await hub.restart()
    await hub.go(12)
    kinds = [kind for _, _, kind, _ in await hub.told()]
    assert kinds == [ChangeKind.RAISED, ChangeKind.CLEARED]


async def test_while_the_log_is_full_what_was_counted_is_still_owed(
    both: SqlStore, clock: FakeClock, tmp_path: Path
) -> None:
    free = [0.5]
    log = SqliteLog(tmp_path / "full", clock, PARTITIONS, Keeping(look=lambda _: free[0]))
    hub = Hub(both, clock, log)
    await hub.describe(20)
    await hub.log.append([(0, Tick(clock.now(), 0))])
    free[0] = 0.01
    log._writer._looked = -10.0
    judge = hub.judges[0]
    with pytest.raises(LogStopped):
        await judge.step()
    assert (judge.unsaved, len(judge.tallies)) == (0, 1)
    free[0] = 0.5
    await judge._tell()
    assert judge.unsaved == judge.position
    assert await log.end(log.summary) == 1
    await log.close()


async def test_it_becomes_one_case_that_an_agent_has_and_that_ends_with_the_fault(hub: Hub) -> None:
    ctx = Context(Policy(), SHELF.plays, SHELF.words, EARS, hub.log)

    async def drain() -> None:
        while True:
            async with hub.store.transaction() as tx:
                rows = await tx.inbox.next(1)
                for row in rows:
                    await ARROWS[type(row.event)](tx, row.event, Moment(hub.clock.now()), ctx)
                    await tx.inbox.done(row)
            if not rows:
                return

    await hub.go(5)
    await hub.go(8, cold=5)
    await drain()
    async with hub.store.reading() as tx:
        (case,) = await tx.cases.page("unassigned", "", 10)
    assert (case.device, case.status, case.needs_agent) == (
        COHORT,
        TicketStatus.NEEDS_AGENT,
        Because.GROUP_FAULT,
    )
    await hub.restart()
    await hub.go(12)
    await drain()
    async with hub.store.reading() as tx:
        over = await tx.cases.get(CaseId(case.id))
        assert over is not None and (over.state, over.proved) == (CaseState.RESOLVED, True)
        assert await tx.outbox.page("queued", 10) == []
