"""Ways out: what is urgent goes first, each provider at its own pace and with its own breaker, and round one that is down."""

import asyncio

import pytest

from device_rules.fault import Severity
from device_rules.reading import MINUTE, SECOND
from hub.domain.because import Because
from hub.domain.case import Step
from hub.domain.contact import MessageClass
from hub.domain.contact import MessageStatus as S
from hub.domain.customer import Address, Basis, BasisKind, Channel, Purpose
from hub.domain.events import MessageFailed
from hub.domain.ids import AddressId, Moment
from hub.loops import relay
from hub.loops.falling import hand_back
from hub.loops.ways import ways_of
from hub.ports import TryLater
from hub.ports.pace import Pace, pace_of
from tests.loops.conftest import ADA, Strange

PUSH = AddressId("ada-push")


@pytest.fixture
def push():
    return Strange(channel=Channel.PUSH)


async def with_push(town, push, **changed):
    """An office that also pushes, and Ada's telephone for it."""
    async with town.store.transaction() as tx:
        await tx.people.put_address(Address(PUSH, ADA, Channel.PUSH, "token-1"))
        at = Moment(town.clock.now() - MINUTE)
        await tx.people.add_basis(Basis(ADA, Purpose.SERVICE, Channel.PUSH, BasisKind.CONTRACT, at))
    return town.office(notifiers={Channel.SMS: town.sms, Channel.PUSH: push}, **changed)


def turn(number):
    return {"kind": MessageClass.TURN, "text": f"Answer {number}.", "phrases": ()}


async def test_an_answer_leaves_before_a_storm_of_older_first_messages(town, strange):
    for number in range(9):
        await town.owe(f"step:{number}")
    town.clock.turn(SECOND)
    answer = await town.owe("turn:1", **turn(1))
    warning = await town.owe("warn:1", MessageClass.SAFETY)
    parcels = await relay.claim(town.office(notifiers={Channel.SMS: strange}), 2)
    assert [parcel.message.id for parcel in parcels] == [warning.id, answer.id]


async def test_relays_together_keep_to_the_pace_of_a_provider(town, strange):
    pace = Pace("sms", rate=2.0)
    offices = [
        town.office(notifiers={Channel.SMS: strange}, ways=ways_of({Channel.SMS: strange}, {"sms": pace}))
        for _ in range(3)
    ]
    for number in range(12):
        await town.owe(f"turn:{number}", **turn(number))
    carried = []
    for _ in range(4):
        carried.append(sum([await relay.drain(office) for office in offices]))
        town.clock.turn(SECOND)
    assert carried == [2, 2, 2, 2]


async def test_leave_that_was_not_used_is_there_for_the_next(town, strange):
    ways = ways_of({Channel.SMS: strange}, {"sms": Pace("sms", rate=3.0)})
    office = town.office(notifiers={Channel.SMS: strange}, ways=ways)
    await town.owe("turn:0", **turn(0))
    await relay.drain(office)
    for number in range(1, 6):
        await town.owe(f"turn:{number}", **turn(number))
    assert await relay.drain(office) == 2


async def test_a_slow_provider_delays_no_other(town, push, strange):
    office = await with_push(town, push)
    notifiers = {Channel.SMS: strange, Channel.PUSH: push}
    office = town.office(notifiers=notifiers, ways=ways_of(notifiers, {"sms": Pace("sms", rate=1.0)}))
    for number in range(3):
        await town.owe(f"turn:{number}", **turn(number))
        await town.owe(f"push:{number}", **turn(number), channel=Channel.PUSH, address=PUSH)
    await relay.drain(office)
    assert (len(strange.sent), len(push.sent)) == (1, 3)


async def test_a_provider_that_fails_rests_alone(town, push, strange):
    strange.outcomes = [TryLater("busy")] * 99
    office = await with_push(town, push)
    notifiers = {Channel.SMS: strange, Channel.PUSH: push}
    office = town.office(notifiers=notifiers, ways=ways_of(notifiers, {}))
    for number in range(8):
        await town.owe(f"turn:{number}", **turn(number))
    await relay.drain(office)
    asked = len(strange.sent)
    assert office.ways.resting(town.clock.now()) == ["sms"]
    assert office.ways.unproved() == ["push", "sms"]
    assert ways_of(notifiers, {}).unproved() == [
        "push",
        "sms",
    ]  # a hub that begins anew knows of nothing that was taken
    for number in range(8, 12):
        await town.owe(f"turn:{number}", **turn(number))
        await town.owe(f"push:{number}", **turn(number), channel=Channel.PUSH, address=PUSH)
    await relay.drain(office)
    assert (len(strange.sent), len(push.sent)) == (asked, 4)
    town.clock.turn(6 * SECOND)
    assert (office.ways.resting(town.clock.now()), office.ways.unproved()) == ([], ["sms"])
    strange.outcomes = []
    await relay.drain(office)
    assert office.ways.unproved() == []
    assert len(strange.sent) > asked + 4, "one tries the way, and then the others follow"


async def falling(town, push, ladder):
    """A case whose newest message waits for a push service that has been down for long."""
    push.outcomes = [TryLater("down")] * 99
    office = await with_push(town, push)
    await town.save(ladder=ladder, step=1, severity=Severity.MAJOR)
    message = await town.owe("step:0", channel=Channel.PUSH, address=PUSH)
    return office, message


async def test_when_a_provider_is_down_for_long_the_ladder_goes_round_it(town, push):
    office, message = await falling(town, push, (Step(Channel.PUSH, MINUTE), Step(Channel.SMS, MINUTE)))
    assert await hand_back(office, ["push"]) == 1
    now = await town.now(message)
    assert (now.status, now.because) == (S.FAILED, Because.PROVIDER_DOWN)
    assert await town.waiting() == [MessageFailed("case-1", message.id, "provider_down")]
    push.outcomes = []
    town.clock.turn(MINUTE)
    assert await relay.drain(office) == 0
    assert push.sent == [], "what was handed back never leaves after all"


async def test_without_another_way_a_message_waits_for_its_provider(town, push):
    office, message = await falling(town, push, (Step(Channel.PUSH, MINUTE), Step(Channel.AGENT, 0)))
    assert await hand_back(office, ["push"]) == 0
    assert (await town.now(message)).status is S.QUEUED
    push.outcomes = []
    town.clock.turn(2 * MINUTE)
    assert await relay.drain(office) == 1


async def test_what_may_have_left_is_never_handed_back(town, push):
    office, message = await falling(town, push, (Step(Channel.PUSH, MINUTE), Step(Channel.SMS, MINUTE)))
    await relay.claim(office, 1)  # and then the hub was killed
    await relay.recover(office, Moment(town.clock.now() + 1))
    town.clock.turn(MINUTE)
    assert await hand_back(office, ["push"]) == 0
    assert (await town.now(message)).status is S.IN_DOUBT


async def test_a_running_relay_goes_round_a_provider_by_itself(town, push):
    office, message = await falling(town, push, (Step(Channel.PUSH, MINUTE), Step(Channel.SMS, MINUTE)))
    way = ways_of(office.notifiers, {})
    for _ in range(5):
        way.by_provider["push"].breaker.told(TryLater("down"), town.clock.now())
    town.clock.turn(6 * MINUTE)
    way.by_provider["push"].breaker.until = town.clock.now() + MINUTE
    running = asyncio.create_task(relay.run(town.office(notifiers=office.notifiers, ways=way)))
    async with asyncio.timeout(10):
        while (await town.now(message)).because is not Because.PROVIDER_DOWN:
            town.clock.turn(6 * SECOND)
            way.by_provider["push"].breaker.until = town.clock.now() + MINUTE
            await town.store.changed("outbox", 0.05)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def test_a_channel_may_say_how_fast_it_may_be_asked(strange):
    assert pace_of(strange) == Pace("sms")
    strange.provider, strange.rate_per_second, strange.at_once = "twilio", 10, 3
    assert pace_of(strange) == Pace("twilio", 10.0, 3)


async def test_a_relay_that_lives_keeps_what_it_is_sending_and_a_dead_ones_is_looked_for(town, strange):
    mine = town.office(notifiers={Channel.SMS: strange}, name="alive")
    theirs = town.office(notifiers={Channel.SMS: strange}, name="dead")
    await relay.signs(theirs)
    await town.owe("turn:0", **turn(0))
    await relay.claim(theirs, 1)
    assert await relay.recover(mine, Moment(town.clock.now() + 1), await relay.signs(mine)) == 0
    town.clock.turn(30 * SECOND)
    alive = await relay.signs(mine)
    assert alive == ["alive"]
    await town.owe("turn:1", **turn(1))
    await relay.claim(mine, 1)
    assert await relay.recover(mine, Moment(town.clock.now() + 1), alive) == 1
