"""Judge: faults from the log, saved once, whatever is restarted, replayed or refused by the store in between."""

from contextlib import asynccontextmanager

import pytest

from device_rules import Describe, Reading, RuleBook, Tick
from device_rules.fault import ChangeKind
from device_rules.reading import HOUR, MINUTE
from hub.domain.asked import Mode, Switches
from hub.domain.ids import DeviceId, Moment
from hub.flow.judge import Judge, checkpoint
from hub.log.sqlite import SqliteLog
from hub.ports import Checkpoint
from hub.ports.telemetry import Gauges

RULES = """
model: acme/pump
version: 1
expect_every: 60s
metrics:
  temp: {type: float}
rules:
  - {id: hot, title: Too hot, severity: major, when: temp > 30, for: 20m, clear_for: 5m}
  - {id: silent, title: Not heard, severity: minor, silent_for: 15m}
"""
BOOK = RuleBook.parse(RULES)


class Bench:
    """A judge of one partition, that can be restarted at will."""

    def __init__(self, store, clock, folder) -> None:
        self.store, self.clock = store, clock
        self.log = SqliteLog(folder / "log", clock, 1)
        self.judge = self.new()

    def new(self) -> Judge:
        return Judge(0, [BOOK], self.log, self.store, Gauges())

    async def restart(self) -> None:
        self.judge = self.new()
        await self.judge.restore()

    async def judged(self) -> bool:
        """Judge all there is; True when a change waits to be saved."""
        news = False
        while self.judge.position < await self.log.end(0):
            news = await self.judge.step() or news
        return news

    async def save(self) -> int:
        return await checkpoint(self.store, [self.judge], self.clock.now())

    async def minutes(self, count: int, temp: float | None, save_every: int = 0, listening: int = 0) -> None:
        """So many minutes pass; with a `temp` the device reports it every minute."""
        for n in range(count):
            await self.clock.advance(MINUTE)
            now = self.clock.now()
            records = [Tick(now, listening)]
            if temp is not None:
                records.insert(0, Reading("d", now, now, {"temp": temp}))
            await self.log.append([(0, record) for record in records])
            news = await self.judged()
            if news or (save_every and n % save_every == 0):
                await self.save()

    async def faults(self) -> list[tuple[str, str, int]]:
        """What the store has, and that the inbox has exactly one row for each change."""
        found = []
        async with self.store.transaction() as tx:
            while rows := await tx.inbox.next(10):
                for row in rows:
                    found.append((row.event.change.rule, row.event.change.kind.value, row.event.change.at))
                    assert row.key == "d"
                    await tx.inbox.done(row)
        return found


@pytest.fixture
async def bench(store, clock, tmp_path):
    bench = Bench(store, clock, tmp_path)
    await bench.log.append([(0, Describe("d", clock.now(), clock.now(), BOOK.model))])
    yield bench
    await bench.log.close()


async def test_a_fault_is_raised_and_cleared_once_and_the_device_is_shown_as_it_stands(bench):
    start = bench.clock.now() + MINUTE
    await bench.minutes(25, 35.0)
    await bench.minutes(10, 20.0)
    await bench.save()
    assert await bench.faults() == [
        ("hot", "raised", start + 20 * MINUTE),
        ("hot", "cleared", start + 30 * MINUTE),
    ]
    async with bench.store.reading() as tx:
        state = await tx.devices.state(DeviceId("d"))
        (row,) = await tx.faults.page("", 10)
    assert state.values == {"temp": (20.0, bench.clock.now())}
    assert state.received == bench.clock.now()
    assert (row.raised, row.cleared) == (start + 20 * MINUTE, start + 30 * MINUTE)


@pytest.mark.parametrize("saved_every", [0, 1, 7])
async def test_a_hub_restarted_in_the_middle_of_twenty_minutes_raises_on_time(bench, saved_every):
    start = bench.clock.now() + MINUTE
    await bench.minutes(10, 35.0, saved_every)
    await bench.restart()
    await bench.minutes(5, 35.0, saved_every)
    await bench.restart()
    await bench.minutes(10, 35.0, saved_every)
    assert await bench.faults() == [("hot", "raised", start + 20 * MINUTE)]


async def test_a_crash_after_the_commit_and_before_we_knew_doubles_nothing(bench):
    await bench.minutes(25, 35.0)
    await bench.save()
    async with bench.store.transaction() as tx:  # the checkpoint of another time: everything is judged again
        await tx.partitions.save(Checkpoint(0, 0, {}, ()))
    again = Judge(0, [BOOK], bench.log, bench.store, Gauges())
    bench.judge = again
    await bench.judged()
    assert await bench.save() == 0
    assert len(await bench.faults()) == 1


async def test_when_the_store_refuses_a_checkpoint_nothing_is_forgotten(bench, store):
    class Full(Exception):
        """The store's disk is full."""

    class Refusing:
        @asynccontextmanager
        async def transaction(self):
            async with store.transaction() as tx:
                yield tx
                raise Full

    bench.store = Refusing()
    await bench.minutes(19, 35.0)
    with pytest.raises(Full):
        await bench.minutes(10, 35.0)
    bench.store = store
    assert await bench.save() == 1
    assert len(await bench.faults()) == 1
    await bench.restart()
    assert bench.judge.engine.open_faults("d")


async def test_a_snapshot_that_cannot_be_used_is_rebuilt_from_the_log(bench):
    start = bench.clock.now() + MINUTE
    await bench.minutes(15, 35.0, 5)
    await bench.save()
    async with bench.store.transaction() as tx:
        position, _ = await tx.partitions.load(0)
        await tx.partitions.save(Checkpoint(0, position, {"d": b"from another version"}, ()))
    await bench.restart()
    assert bench.judge.position == position
    await bench.minutes(10, 35.0)
    assert await bench.faults() == [("hot", "raised", start + 20 * MINUTE)]


async def test_a_hub_that_was_stopped_for_an_hour_raises_no_silence_fault_on_return(bench):
    await bench.minutes(10, 20.0, 1)
    await bench.clock.advance(HOUR)
    await bench.restart()
    back = bench.clock.now()
    await bench.minutes(14, None, listening=back)
    assert await bench.faults() == []
    await bench.minutes(4, None, listening=back)
    assert [(rule, kind) for rule, kind, _ in await bench.faults()] == [("silent", "raised")]


@pytest.mark.parametrize(("live_after", "known"), [(-1, False), (2, True)])
async def test_what_was_broken_before_sending_went_live_is_known_and_stays_so(bench, live_after, known):
    """`live_after` minutes after the fault began; -1: before it."""
    live = bench.clock.now() + MINUTE + live_after * MINUTE
    async with bench.store.transaction() as tx:
        await tx.house.set_switches(Switches(Mode.LIVE, live_since=Moment(live)))
    await bench.minutes(25, 35.0)
    await bench.minutes(10, 20.0)
    async with bench.store.reading() as tx:
        (row,) = await tx.faults.page("", 10)
        events = [one.event for one in await tx.inbox.next(10)]
    assert (row.known_before_live, events[0].known_before_live) == (known, known)


async def test_a_fault_handled_on_paper_still_clears_after_sending_went_live(bench):
    await bench.minutes(25, 35.0)
    async with bench.store.transaction() as tx:
        await tx.house.set_switches(Switches(Mode.LIVE, live_since=Moment(bench.clock.now())))
        for row in await tx.inbox.next(10):
            await tx.inbox.done(row)
    await bench.minutes(10, 20.0)
    async with bench.store.reading() as tx:
        (row,) = await tx.inbox.next(10)
    assert row.event.change.kind is ChangeKind.CLEARED
    assert not row.event.known_before_live


async def test_the_judge_remembers_what_a_device_was_described_as(bench):
    await bench.minutes(2, 20.0, 1)
    before = dict(bench.judge.described)
    await bench.restart()
    assert bench.judge.described == before
    assert len(before["d"]) == 8
    assert bench.judge.engine.model("d") == BOOK.model


async def test_a_log_that_was_begun_anew_is_judged_from_its_beginning(bench, clock, tmp_path):
    await bench.log.append([(0, Describe("d", clock.now(), clock.now(), BOOK.model))])
    await bench.minutes(30, 20.0)
    await bench.save()
    await bench.log.close()
    bench.log = SqliteLog(tmp_path / "another disk", clock, 1)
    await bench.restart()
    await bench.minutes(30, 99.0)
    assert [(rule, kind) for rule, kind, _ in await bench.faults()] == [("hot", "raised")]
    await bench.log.close()
