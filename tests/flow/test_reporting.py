"""The report counts what happened, in words that can be read aloud; what is too old is forgotten, and nothing else."""

from dataclasses import replace
from pathlib import Path

from device_rules.reading import DAY, HOUR
from hub.domain.because import Because
from hub.domain.contact import Direction, MessageStatus
from hub.domain.ids import Moment
from hub.domain.report import Report
from hub.flow import owed
from hub.flow.reporting import in_words
from hub.log.sqlite import SqliteLog
from hub.loops.upkeep import forgetting
from hub.store import SqlStore
from hub.testing import FakeClock
from tests.flow.home import ADA, START, Home


async def a_week(store: SqlStore, folder: Path, clock: FakeClock) -> Home:
    """One case that was answered and healed, one that heals before anybody hears of it."""
    home = Home(store, SqliteLog(folder / "log", clock, 2))  # type: ignore[arg-type]
    await home.move_in("hp-1", "fr-1")
    await home.fails("hp-1", "icing-up")
    await home.writes("1")
    home.now = Moment(home.now + HOUR)
    await home.recovers("hp-1", "icing-up")
    return home


async def test_a_week_is_counted(both: SqlStore, clock: FakeClock, tmp_path: Path) -> None:
    home = await a_week(both, tmp_path, clock)
    async with both.reading() as tx:
        report = await tx.upkeep.report(Moment(START - DAY), Moment(home.now + 1))
        before = await tx.upkeep.report(Moment(START - DAY), START)
    assert (report.opened, report.contacted, report.acknowledged, report.proved) == (1, 1, 1, 1)
    assert report.faults == {"icing-up": 1}
    assert sum(report.messages["sms"].values()) >= 2
    assert report.to_resolve is not None
    assert before == Report(Moment(START - DAY), START, rows=report.rows)
    words = in_words(report)
    assert "1 fault raised (icing-up 1)." in words
    assert "1 resolved and proved by telemetry" in words


async def test_what_is_too_old_is_forgotten_with_all_that_hangs_on_it(
    both: SqlStore, clock: FakeClock, tmp_path: Path
) -> None:
    home = await a_week(both, tmp_path, clock)
    [case] = [each.id for each in await home.cases()] or [None]
    await home.fails("fr-1", "warm")  # a case that is open stays, however old it is
    await clock.set(START + 400 * DAY)
    await forgetting(both, clock, 396 * DAY).work()
    async with both.reading() as tx:
        report = await tx.upkeep.report(Moment(0), Moment(clock.now()))
        assert report.cases == {"warm": 1}
        assert await tx.people.name(ADA) == "Ada Berg"
        if case is not None:
            assert await tx.messages.of_case(case) == []


async def test_what_is_young_is_kept(both: SqlStore, clock: FakeClock, tmp_path: Path) -> None:
    await a_week(both, tmp_path, clock)
    await clock.set(START + 300 * DAY)
    await forgetting(both, clock, 396 * DAY).work()
    async with both.reading() as tx:
        assert (await tx.upkeep.report(Moment(0), Moment(clock.now()))).opened == 1


def test_an_empty_week_reads_well() -> None:
    words = in_words(Report(Moment(0), Moment(DAY)))
    assert words.splitlines()[0] == "0 faults raised."
    assert "None" not in words


async def test_what_was_written_on_paper_is_not_counted_as_sent(
    both: SqlStore, clock: FakeClock, tmp_path: Path
) -> None:
    home = await a_week(both, tmp_path, clock)
    [case] = await home.cases()
    async with both.transaction() as tx:
        for each in await tx.messages.of_case(case.id):
            if each.direction is Direction.OUT:
                written = replace(each, status=MessageStatus.ACCEPTED, because=Because.MODE_PAPER)
                await tx.messages.update(written)
        report = await tx.upkeep.report(Moment(0), Moment(home.now + 1))
        rows = [row for state in ("queued", "done") for row in await owed.listed(tx, state, 50)]
    assert report.paper["sms"] >= 2 and "sms" not in report.messages
    assert "by SMS on paper: written down, not sent" in in_words(report)
    assert {row.status for row in rows} == {"on paper"}
    assert "written down, not sent" in rows[0].reason


async def test_only_what_people_said_themselves_counts_as_an_answer_or_an_opt_out(
    both: SqlStore, clock: FakeClock, tmp_path: Path
) -> None:
    home = Home(both, SqliteLog(tmp_path / "log", clock, 2))  # type: ignore[arg-type]
    await home.move_in("hp-1")
    await home.fails("hp-1", "icing-up")
    await home.recovers("hp-1", "icing-up")
    async with both.transaction() as tx:
        await tx.people.suppress(ADA, home.now, str(Because.ERASED))
        erased = await tx.upkeep.report(Moment(0), Moment(home.now + 1))
        await tx.people.unsuppress(ADA, home.now, "start_said")
        await tx.people.suppress(ADA, home.now, str(Because.STOP_SAID))
        stopped = await tx.upkeep.report(Moment(0), Moment(home.now + 1))
    assert (erased.contacted, erased.acknowledged, erased.opt_outs) == (1, 0, 0)
    assert stopped.opt_outs == 1  # one person, however many addresses are listed
