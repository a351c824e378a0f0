"""Device commands leave once, not too late, and not again after a crash unless that is harmless."""

import pytest

from device_rules.reading import MINUTE, SECOND
from hub.domain.events import CommandAnswered
from hub.loops import relay


@pytest.fixture
def address() -> str:
    """On SQLite alone: what is tried here asks nothing of the database."""
    return ""


async def state(town, command):
    async with town.store.reading() as tx:
        return (await tx.outbox.command(command.id)).state


async def test_a_command_is_published_once(town):
    command = await town.command()
    await relay.drain(town.office())
    assert town.link.sent == [command.id]
    assert (await state(town, command), await town.row(command.id)) == ("sent", "done")
    assert await relay.drain(town.office()) == 0


async def test_a_command_that_is_too_late_is_not_published_and_the_case_hears_of_it(town):
    command = await town.command()
    town.clock.turn(2 * MINUTE)
    await relay.drain(town.office())
    assert town.link.sent == []
    assert await town.waiting() == [CommandAnswered("case-1", command.id, ok=False, note="expired")]


async def test_a_broker_that_is_away_is_asked_again_until_the_command_expires(town):
    town.link.answers = [False, False]
    command = await town.command()
    for _ in range(3):
        await relay.drain(town.office())
        town.clock.turn(3 * SECOND)
    assert town.link.sent == [command.id]

    town.link.answers = [False] * 99
    late = await town.command(name="defrost")
    for _ in range(30):
        await relay.drain(town.office())
        town.clock.turn(3 * SECOND)
    assert town.link.sent == [command.id]
    assert CommandAnswered("case-1", late.id, ok=False, note="expired") in await town.waiting()


async def test_after_a_crash_only_a_repeatable_command_is_published_again(town):
    once, again = await town.command(), await town.command(repeatable=True, name="report")
    office = town.office()
    assert len(await relay.claim(office, 5)) == 2  # and then the hub was killed
    town.clock.turn(SECOND)
    await relay.recover(office, town.clock.now())
    await relay.drain(office)
    assert town.link.sent == [again.id]
    assert (await state(town, once), await town.row(once.id)) == ("parked", "parked")


async def test_a_link_that_breaks_leaves_the_command_where_a_person_sees_it(town):
    town.link.answers = [ConnectionResetError("192.168.0.7")]
    command = await town.command()
    await relay.drain(town.office())
    assert await state(town, command) == "parked"


async def test_without_a_way_to_devices_a_command_fails_at_once(town):
    command = await town.command()
    await relay.drain(town.office(link=None))
    assert await state(town, command) == "failed"
    assert isinstance((await town.waiting())[0], CommandAnswered)


async def test_a_device_that_answers_before_we_have_noted_the_sending_is_believed(town):
    command = await town.command()
    office = town.office()
    (order,) = await relay.claim(office, 5)
    async with town.store.transaction() as tx:
        await tx.outbox.set_command(command.id, "done", "", town.clock.now())
    await relay.deliver(office, order)
    assert await state(town, command) == "done"
