"""Due moments come back as events; commands that nobody answered have timed out; housekeeping survives a bad chore."""

import asyncio

from structlog.testing import capture_logs

from device_rules.reading import HOUR, MINUTE
from hub.domain.effects import WakeAt
from hub.domain.events import CommandAnswered, Woke
from hub.loops import relay, sweep, wake
from hub.loops.sweep import Chore


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
