"""What every telemetry log promises: durable before it answers, in order, without a gap, resumable after a kill."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from device_rules.reading import DAY, HOUR, Count, Reading, Standing, Tally, Tick, Vote
from hub.log.sqlite import Keeping, SqliteLog
from hub.ports import BadInput
from hub.ports.telemetry import LogStopped

START = 1_795_280_400_000_000
APPENDER = """
import asyncio, sys
from pathlib import Path
from hub.log.sqlite import SqliteLog
from tests.contracts.test_log import HandClock, reading
async def main():
    log = SqliteLog(Path(sys.argv[1]), HandClock(), 4)
    number = await log.end(0)
    while True:
        number += 1
        await log.append([(0, reading("a", number)), (1, reading("b", number)), (0, reading("c", number))])
        print(number, flush=True)
asyncio.run(main())
"""


class HandClock:
    """A clock that stands until it is moved."""

    def __init__(self, now: int = START) -> None:
        self.moment = now

    def now(self) -> int:
        return self.moment

    async def wait(self, micros: int) -> None:
        self.moment += micros

    async def wait_until(self, moment: int) -> None:
        self.moment = moment

    def wall_seconds(self, micros: int) -> float:
        return 0.0


def reading(device: str, number: int) -> Reading:
    return Reading(device, START + number, START + number, {"n": float(number), "mode": "heat"})


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def log(tmp_path: Path, clock: HandClock):
    log = SqliteLog(tmp_path / "log", clock, 4)
    yield log
    await log.close()


async def numbers(
    log: SqliteLog, partition: int, after: int = 0, limit: int = 10_000
) -> list[tuple[int, float]]:
    return [(entry.position, entry.record.values["n"]) for entry in await log.read(partition, after, limit)]


async def test_what_a_device_said_is_read_in_order_from_any_position(log):
    for batch in range(5):
        await log.append([(1, reading("a", batch * 10 + n)) for n in range(10)])

    assert await numbers(log, 1) == [(n + 1, n) for n in range(50)]
    assert await numbers(log, 1, after=17, limit=5) == [(18, 17), (19, 18), (20, 19), (21, 20), (22, 21)]
    assert await numbers(log, 1, after=50) == []
    assert await log.end(1) == 50
    assert await log.end(0) == 0


async def test_every_kind_of_record_comes_back_as_it_was(log, tmp_path, clock):
    tick = Tick(START, START - 5)
    odd = Reading("gerät/ü", START, START - 9, {"t": 21.5, "on": True, "s": "x"}, sent=1, late=True)
    await log.append([(0, tick), (0, odd)])
    await log.close()

    again = SqliteLog(tmp_path / "log", clock, 4)
    assert [entry.record for entry in await again.read(0, 0)] == [tick, odd]
    await again.close()


async def test_a_reopened_log_goes_on_where_it_was_whatever_segments_lie_between(tmp_path, clock):
    for day in range(3):
        log = SqliteLog(tmp_path / "log", clock, 4)
        for n in range(3):
            await log.append([(2, reading("a", day * 3 + n))])
            clock.moment += HOUR
        await log.close()
    log = SqliteLog(tmp_path / "log", clock, 4)

    assert await numbers(log, 2) == [(n + 1, n) for n in range(9)]
    assert await numbers(log, 2, after=4, limit=2) == [(5, 4), (6, 5)]
    assert len(list((tmp_path / "log").glob("*.log.sqlite"))) >= 9
    await log.close()


async def test_a_device_stays_in_its_partition_for_ever(log):
    places = [log.partition_of(f"hp-{n}") for n in range(400)]
    assert places[:6] == [2, 0, 0, 3, 3, 2]  # fixed by the first release: a change would tear histories apart
    assert all(places.count(partition) > 60 for partition in range(4))


async def test_another_number_of_partitions_is_refused_with_a_remedy(log, tmp_path, clock):
    await log.close()
    with pytest.raises(BadInput, match=r"4 partitions, the settings say 8.*log\.partitions = 4"):
        SqliteLog(tmp_path / "log", clock, 8)


async def test_two_hubs_cannot_write_one_log(log, tmp_path, clock):
    with pytest.raises(BadInput, match="another hub writes this log"):
        SqliteLog(tmp_path / "log", clock, 4)


async def test_a_waiting_judge_is_woken_when_something_arrives(log):
    waiting = asyncio.create_task(log.arrived(3, 0))
    await log.append([(2, reading("a", 1))])
    assert not waiting.done()
    await log.append([(3, reading("a", 1))])
    await asyncio.wait_for(waiting, 5)


async def test_appends_that_come_together_are_all_there(log):
    await asyncio.gather(*(log.append([(n % 4, reading("a", n))]) for n in range(400)))
    found = [number for partition in range(4) for _, number in await numbers(log, partition)]
    assert sorted(found) == list(range(400))


async def test_the_last_hours_of_one_device_are_found_for_its_packet(log, clock):
    for n in range(60):
        await log.append([(log.partition_of(d), reading(d, n)) for d in ("a", "b", "c")])
        clock.moment += HOUR // 10
    found = await log.window("b", (START + 10, START + 20))
    assert [(r.device, r.values["n"]) for r in found.records] == [("b", n) for n in range(10, 20)]
    newest = await log.window("b", (START, START + 60), limit=3)
    assert [r.values["n"] for r in newest.records] == [57, 58, 59]
    assert found.whole and not newest.whole


async def test_a_search_that_takes_too_long_ends_with_what_it_has_and_says_so(log, clock):
    for n in range(200):
        await log.append([(log.partition_of("b"), reading("b", n))])
    hurried = await log.window("b", (START, START + 200), within=0.0)
    assert len(hurried.records) < 200 and not hurried.whole
    assert (await log.window("b", (START, START + 200), within=60.0)).whole


async def test_old_segments_go_but_never_what_is_not_yet_judged(tmp_path, clock):
    log = SqliteLog(tmp_path / "log", clock, 2, Keeping(age=DAY))
    for n in range(50):
        await log.append([(0, reading("a", n))])
        clock.moment += HOUR
    await log.judged({0: 10, 1: 0}, clock.moment)
    await log.close()

    log = SqliteLog(tmp_path / "log", clock, 2, Keeping(age=DAY))
    assert await numbers(log, 0) == [(n + 1, n) for n in range(10, 50)]
    await log.judged({0: 50, 1: 0}, clock.moment)
    await log.close()

    log = SqliteLog(tmp_path / "log", clock, 2, Keeping(age=DAY))
    first = (await log.read(0, 0, 1))[0]
    assert 23 < first.position < 28  # a day is kept
    await log.close()


async def test_a_log_that_outgrows_its_share_of_the_disk_drops_its_oldest_hours(tmp_path, clock):
    log = SqliteLog(tmp_path / "log", clock, 1, Keeping(share=0.0))
    for n in range(5):
        await log.append([(0, reading("a", n))])
        clock.moment += HOUR
    await log.judged({0: 5}, clock.moment)
    await log.append([(0, reading("a", 5))])
    assert (await log.end(0)) == 6
    await log.close()

    log = SqliteLog(tmp_path / "log", clock, 1, Keeping(share=0.0))
    assert (await log.read(0, 0))[-1].position == 6
    assert len(list((tmp_path / "log").glob("*.log.sqlite"))) <= 2
    await log.close()


async def test_a_nearly_full_disk_stops_appends_clearly_until_there_is_room(tmp_path, clock):
    free = [0.5]
    log = SqliteLog(tmp_path / "log", clock, 1, Keeping(look=lambda _: free[0]))
    log._writer._looked = -10.0  # the next append looks at the disk
    free[0] = 0.05
    with pytest.raises(LogStopped, match="5% free, less than 10%"):
        await log.append([(0, reading("a", 1))])
    assert log.state == "full"

    free[0] = 0.2
    await log.append([(0, reading("a", 2))])
    assert (log.state, await numbers(log, 0)) == ("open", [(1, 2.0)])
    await log.close()


async def test_a_segment_that_a_crash_left_empty_is_replaced(log, tmp_path, clock):
    await log.append([(0, reading("a", 1))])
    await log.close()
    (tmp_path / "log" / "00000002.log.sqlite").touch()

    log_again = SqliteLog(tmp_path / "log", clock, 4)
    await log_again.append([(0, reading("a", 2))])
    assert await numbers(log_again, 0) == [(1, 1), (2, 2)]
    await log_again.close()


@pytest.mark.parametrize("line", [1, 40, 200])
async def test_everything_that_was_acknowledged_survives_a_kill(tmp_path, line):
    for _ in range(2):
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", APPENDER, str(tmp_path / "log"),
            stdout=subprocess.PIPE, cwd=Path(__file__).parents[2],
        )  # fmt: skip
        for _ in range(line):
            said = await child.stdout.readline()
        child.send_signal(signal.SIGKILL)
        rest = (await child.stdout.read()).split()
        await child.wait()
        acknowledged = int((rest or [said])[-1])

        log = SqliteLog(tmp_path / "log", HandClock(), 4)
        first, second = await numbers(log, 0), await numbers(log, 1)
        await log.close()
        assert [position for position, _ in first] == list(range(1, len(first) + 1))
        assert [position for position, _ in second] == list(range(1, len(second) + 1))
        assert first[-1][1] >= acknowledged
        assert second[-1][1] >= acknowledged
        assert len(first) == 2 * len(second)  # a batch is there as a whole, or not at all


async def test_what_the_partitions_counted_lies_in_a_partition_of_its_own(log, tmp_path, clock):
    tally = Tally(START, 3, True, (Count("group:fleet:m", "cold", 3, 2, 1),), (Vote("g", "w", ("a",)),))
    standing = Standing(START, "m", {"fleet(t)": None}, (Vote("g", "w", ("a",), (), ("b",)),))
    place = log.partition_of("a")
    await log.append([(log.summary, tally), (place, standing), (place, reading("a", 1))])
    await log.close()

    again = SqliteLog(tmp_path / "log", clock, 4)
    assert again.summary == again.partitions == 4
    assert [entry.record for entry in await again.read(again.summary, 0)] == [tally]
    assert [entry.record for entry in await again.read(place, 0)] == [standing, reading("a", 1)]
    assert (await again.window("a", (START, START + 9))).records == [reading("a", 1)]
    assert (await again.window("group:fleet:m", (0, START + 9))).records == []
    await again.close()


async def test_a_log_from_before_there_was_a_summary_goes_on(log, tmp_path, clock):
    await log.append([(2, reading("a", 1))])
    await log.close()
    with sqlite3.connect(tmp_path / "log" / "00000001.log.sqlite") as file:
        file.execute("DELETE FROM starts WHERE partition = 4")

    again = SqliteLog(tmp_path / "log", clock, 4)
    await again.append([(again.summary, Tally(START))])
    assert await numbers(again, 2) == [(1, 1)]
    assert await again.end(again.summary) == 1
    await again.close()
