"""Due moments come back as events; commands that nobody answered have timed out; housekeeping survives a bad chore."""

import asyncio
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from device_rules.reading import DAY, HOUR, MINUTE
from hub.domain.agent import AgentRole, User
from hub.domain.customer import Channel
from hub.domain.effects import WakeAt
from hub.domain.events import CommandAnswered, Woke
from hub.loops import relay, sweep, wake
from hub.loops.sweep import Chore
from hub.loops.upkeep import beating
from hub.ports import Quarantined
from hub.testing import eventually


@pytest.fixture
def address() -> str:
    """On SQLite alone: what is tried here asks nothing of the database."""
    return ""


async def test_a_due_moment_becomes_an_event_and_a_later_one_waits(town):
    now = town.clock.now()
    async with town.store.transaction() as tx:
        await tx.wakes.put(WakeAt("case-1", "hold", now + MINUTE))
        await tx.wakes.put(WakeAt("case-2", "step", now + HOUR, token="3"))
    assert await wake.step(town.store, town.clock) == 0
    town.clock.turn(2 * MINUTE)
    assert await wake.step(town.store, town.clock) == 1
    assert await town.waiting() == [Woke("case-1", "hold")]
    town.clock.turn(HOUR)
    await wake.step(town.store, town.clock)
    assert Woke("case-2", "step", "3") in await town.waiting()


async def test_a_command_that_the_device_never_answers_times_out(town):
    command = await town.command()
    await relay.drain(town.office())
    town.clock.turn(2 * MINUTE)
    await wake.step(town.store, town.clock)
    assert await town.waiting() == [CommandAnswered("case-1", command.id, ok=False, note="timed out")]


async def test_a_command_that_was_answered_in_time_does_not_time_out(town):
    command = await town.command()
    await relay.drain(town.office())
    async with town.store.transaction() as tx:
        assert await tx.outbox.set_command(command.id, "done", "", town.clock.now())
    town.clock.turn(2 * MINUTE)
    await wake.step(town.store, town.clock)
    assert await town.waiting() == []


async def test_a_running_loop_hears_of_new_wakes(town):
    running = asyncio.create_task(wake.run(town.store, town.clock))
    async with town.store.transaction() as tx:
        await tx.wakes.put(WakeAt("case-1", "hold", town.clock.now()))
    async with asyncio.timeout(5):
        while not await town.waiting():
            await town.store.changed("inbox", 0.05)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_chore_that_fails_is_logged_and_the_others_are_done():
    done = asyncio.Event()

    async def bad() -> None:
        raise OSError("/home/ada is full")

    async def good() -> None:
        done.set()

    with capture_logs() as lines:
        chores = [Chore("bad", 0.05, bad), Chore("good", 0.1, good)]
        running = asyncio.create_task(sweep.run(chores))
        await asyncio.wait_for(done.wait(), 5)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert lines[0] == {
        "event": "chore_failed",
        "log_level": "error",
        "chore": "bad",
        "error": lines[0]["error"],
    }
    assert "ada" not in str(lines)


async def test_a_hub_that_has_just_started_gives_its_first_sign_of_life_long_before_its_interval(town):
    async def well() -> None:
        return None

    beat = beating(town.store, town.clock, {"store": well}, None)
    assert (beat.every, beat.first) == (30.0, 3.0)
    running = asyncio.create_task(sweep.run([replace(beat, first=0.01)]))
    await eventually(lambda: _beaten(town), within=5)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def _beaten(town) -> bool:
    async with town.store.reading() as tx:
        return [each.name for each in await tx.upkeep.beats()] == ["hub"]


async def test_old_sessions_and_old_refused_telemetry_are_forgotten_and_new_ones_stay(town):
    now = town.clock.now()
    async with town.store.transaction() as tx:
        await tx.house.put_user(User("dag", "Dag", AgentRole.AGENT))
        await tx.house.open_session("old", "dag", now + HOUR)
        await tx.house.open_session("new", "dag", now + 90 * DAY)
        await tx.house.quarantine([Quarantined("t", "garbage", 1, now, now, b"?")])
        await tx.talks.remember(Channel.SMS, "hook:SM1", {}, now)
    town.clock.turn(31 * DAY)
    async with town.store.transaction() as tx:
        await tx.house.quarantine([Quarantined("t2", "garbage", 1, now, town.clock.now(), b"?")])
    with capture_logs() as lines:
        await sweep.sweep(sweep.tidying(town.store, town.clock))
    assert [line["rows"] for line in lines] == [3]
    async with town.store.reading() as tx:
        assert [one.topic for one in await tx.house.quarantined()] == ["t2"]
        assert await tx.house.session("new", town.clock.now()) == "dag"
        assert await tx.talks.reply_to(Channel.SMS, "hook:SM1") is None
