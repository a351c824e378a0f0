"""Pauses stop what waits already, say so, and let it go again at once; what is parked is a person's to decide."""

import asyncio
import json
from dataclasses import replace

import pytest

from device_rules.reading import MINUTE, SECOND
from hub.domain.asked import Mode, Switches, Verdict
from hub.domain.because import Because
from hub.domain.contact import MessageClass, Phrase
from hub.domain.contact import MessageStatus as S
from hub.domain.customer import Channel
from hub.domain.effects import WakeAt
from hub.domain.events import CommandAnswered, MessageFailed
from hub.domain.ids import Moment
from hub.domain.pauses import PROVIDERS, Pause, Scope
from hub.flow import owed
from hub.flow.pausing import pause_part, resume_part
from hub.flow.saying import Draft, send
from hub.flow.switching import pause as switch
from hub.loops import relay, wake
from hub.ports import BadInput, InDoubt
from notifiers import NOTIFIERS
from tests.loops.conftest import ADA, PUMP


@pytest.fixture
def address() -> str:
    """On SQLite alone: what is tried here asks nothing of the database."""
    return ""


async def pause(town, scope, name):
    async with town.store.transaction() as tx:
        await pause_part(tx, Pause(scope, name, "flood", "dag", Moment(town.clock.now())))


async def resume(town, scope, name):
    async with town.store.transaction() as tx:
        await resume_part(tx, (scope, name), "dag", Moment(town.clock.now()))


PARTS = [(Scope.RULE, "icing"), (Scope.CHANNEL, "sms"), (Scope.PROVIDER, "twilio")]


@pytest.mark.parametrize(("scope", "name"), PARTS)
async def test_a_paused_part_holds_what_waits_already_and_resuming_lets_it_go_at_once(town, scope, name):
    message = await town.owe()
    await pause(town, scope, name)
    assert await relay.drain(town.office()) == 0
    assert ((await town.now(message)).because, town.carrier.asked) == (Because.PAUSED_HERE, [])
    await resume(town, scope, name)
    assert await relay.drain(town.office()) == 1
    assert len(town.carrier.created()) == 1


@pytest.mark.parametrize(
    ("scope", "name"), [(Scope.RULE, "leak"), (Scope.CHANNEL, "push"), (Scope.PROVIDER, "mail")]
)
async def test_a_pause_of_something_else_holds_nothing(town, scope, name):
    await town.owe()
    await pause(town, scope, name)
    assert await relay.drain(town.office()) == 1


async def test_who_writes_about_a_paused_rule_is_still_answered(town):
    await pause(town, Scope.RULE, "icing")
    await town.owe("turn:1", MessageClass.TURN)
    assert await relay.drain(town.office()) == 1


async def test_a_running_relay_heeds_a_pause_within_seconds_and_says_who_and_why(town):
    running = asyncio.create_task(relay.run(town.office()))
    async with town.store.transaction() as tx:
        await switch(tx, "dag", True, "storm", Moment(town.clock.now()))
    message = await town.owe()
    async with asyncio.timeout(5):
        while (await town.now(message)).because is not Because.KILL_SWITCH:
            await town.store.changed("facts", 0.05)
    async with town.store.transaction() as tx:
        await switch(tx, "dag", False, "", Moment(town.clock.now()))
    async with asyncio.timeout(5):
        while (await town.now(message)).status is not S.ACCEPTED:
            await town.store.changed("facts", 0.05)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    async with town.store.reading() as tx:
        facts = {fact.kind: fact.data for fact in await tx.facts.since(0)}
    assert facts["house.paused"] == {"by": "dag", "why": "storm"}


async def test_what_is_not_paused_cannot_be_resumed_and_a_channel_has_to_exist(town):
    with pytest.raises(BadInput, match="not paused"):
        await resume(town, Scope.RULE, "icing")
    with pytest.raises(BadInput, match="no such channel"):
        await pause(town, Scope.CHANNEL, "smoke signals")


@pytest.mark.parametrize(
    ("scope", "name", "remedy"),
    [
        (Scope.PROVIDER, "twillio", "Did you mean twilio? There are: alexa, mail,"),
        (Scope.INCIDENT, "inc_nope", "none that is open"),
    ],
)
async def test_a_slip_in_a_pause_does_not_look_like_success(town, scope, name, remedy):
    with pytest.raises(BadInput, match=f"no such {scope}") as told:
        await pause(town, scope, name)
    assert remedy in told.value.remedy
    async with town.store.reading() as tx:
        assert (await tx.house.switches()).pauses == ()


def test_every_channel_that_ships_is_carried_by_a_provider_that_can_be_paused():
    for channel, made in NOTIFIERS.items():
        if channel is not Channel.PAPER:
            assert getattr(made, "provider", "") in ("", *PROVIDERS)
            assert getattr(made, "provider", "") or channel in PROVIDERS


async def parked(town, strange):
    """A message of which nobody can tell whether it left."""
    strange.in_doubt, strange.outcomes = "park", [InDoubt("TimeoutError")]
    message = await town.owe()
    office = town.office(notifiers={Channel.SMS: strange})
    await relay.drain(office)
    return message, office


async def do(town, act, row):
    async with town.store.transaction() as tx:
        return await act(tx, row, "dag", Moment(town.clock.now()))


async def test_what_is_parked_is_shown_in_words_and_without_the_number(town, strange):
    message, _ = await parked(town, strange)
    async with town.store.reading() as tx:
        (row,) = await owed.listed(tx, "parked", 10)
    assert (row.id, row.what, row.to) == (message.id, "first by sms", "+46…605")
    assert row.reason == "The provider did not answer in time."
    assert "4670174" not in str(row)


async def test_a_person_has_a_parked_message_sent_and_the_timeline_says_who(town, strange):
    message, office = await parked(town, strange)
    assert (await do(town, owed.release, message.id)).state == "queued"
    await relay.drain(office)
    assert len(strange.sent) == 2
    assert (await town.now(message)).status is S.ACCEPTED
    assert "outbox.released" in await town.story()


async def test_what_a_person_releases_still_passes_the_gate(town, strange):
    message, office = await parked(town, strange)
    await town.save(acknowledged=town.clock.now(), acknowledged_by="sms")
    await do(town, owed.release, message.id)
    await relay.drain(office)
    assert len(strange.sent) == 1


async def test_what_a_person_drops_never_leaves_and_its_case_hears_of_it(town):
    message = await town.owe()
    await do(town, owed.drop, message.id)
    assert await relay.drain(town.office()) == 0
    assert (await town.now(message)).because is Because.DROPPED
    assert await town.waiting() == [MessageFailed("case-1", message.id, "dropped")]
    with pytest.raises(BadInput, match="cancelled, not queued or parked"):
        await do(town, owed.drop, message.id)


async def test_what_waits_for_its_next_try_is_tried_when_a_person_says_so(town):
    town.carrier.misbehave("busy")
    message = await town.owe()
    await relay.drain(town.office())
    assert await relay.drain(town.office()) == 0
    await do(town, owed.retry, message.id)
    assert await relay.drain(town.office()) == 1
    assert (await town.now(message)).status is S.ACCEPTED


@pytest.mark.parametrize("mode", [Mode.PAPER, Mode.TEST_NUMBERS])
async def test_a_rehearsal_restarts_nobodys_device_and_the_play_goes_on(town, mode):
    async with town.store.transaction() as tx:
        await tx.house.set_switches(Switches(mode))
    command = await town.command()
    await relay.drain(town.office())
    assert town.link.sent == []
    assert "restart" in json.loads(town.paper_file.read_text())["text"]
    assert await town.waiting() == [CommandAnswered("case-1", command.id, ok=True, note="rehearsed")]
    assert await town.story() == ["command.rehearsed"]


async def test_a_device_for_tests_is_commanded_before_sending_is_live(town):
    async with town.store.transaction() as tx:
        await tx.house.set_switches(Switches(Mode.TEST_NUMBERS))
    command = await town.command()
    await relay.drain(town.office(test_devices=frozenset({PUMP})))
    assert town.link.sent == [command.id]


async def test_while_all_is_paused_a_command_waits_as_long_as_it_is_of_use(town):
    async with town.store.transaction() as tx:
        await tx.house.set_switches(replace(await tx.house.switches(), paused=True))
    command = await town.command()
    await relay.drain(town.office())
    assert (town.link.sent, await town.row(command.id)) == ([], "queued")
    town.clock.turn(30 * SECOND)
    async with town.store.transaction() as tx:
        await switch(tx, "dag", False, "", Moment(town.clock.now()))
    await relay.drain(town.office())
    assert town.link.sent == [command.id]

    async with town.store.transaction() as tx:
        await switch(tx, "dag", True, "storm", Moment(town.clock.now()))
    late = await town.command(name="defrost")
    town.clock.turn(2 * MINUTE)
    await relay.drain(town.office())
    assert CommandAnswered("case-1", late.id, ok=False, note="paused") in await town.waiting()


@pytest.mark.parametrize(("scope", "name"), [(None, ""), (Scope.CHANNEL, "sms")])
async def test_what_is_said_during_a_pause_leaves_at_once_when_it_is_over(town, scope, name):
    if scope is None:
        await flip(town, True)
    else:
        await pause(town, scope, name)
    draft = Draft("case-1", ADA, Channel.SMS, MessageClass.TURN, "turn:1", (Phrase("goodbye"),))
    async with town.store.transaction() as tx:
        decision = await send(tx, draft, Moment(town.clock.now()), town.ctx)
    assert decision.verdict is Verdict.HOLD
    assert await relay.drain(town.office()) == 0
    async with town.store.reading() as tx:
        (row,) = await owed.listed(tx, "queued", 10)
    assert "paused" in row.reason  # why it waits is listed
    town.clock.turn(SECOND)
    if scope is None:
        await flip(town, False)
    else:
        await resume(town, scope, name)
    assert await relay.drain(town.office()) == 1
    assert len(town.carrier.created()) == 1


async def test_steps_that_waited_for_the_end_of_a_pause_are_taken_within_half_a_minute_and_not_all_at_once(
    town,
):
    now = Moment(town.clock.now())
    async with town.store.transaction() as tx:
        for number, minutes in enumerate((5, 15, 40)):
            await tx.wakes.put(WakeAt(f"case-{number}", "release", Moment(now + minutes * MINUTE), "0"))
        await tx.wakes.put(WakeAt("case-0", "expire", Moment(now + 5 * MINUTE)))
    await flip(town, True)
    await flip(town, False)
    counts = []
    for _ in range(3):
        counts.append(await wake.step(town.store, town.clock))
        town.clock.turn(15 * SECOND)
    assert counts == [0, 1, 1]  # of 40 minutes, which is another reason's, and of the end of the case: none
    assert {each.case for each in await town.waiting()} == {"case-0", "case-1"}


async def flip(town, paused):
    async with town.store.transaction() as tx:
        await switch(tx, "dag", paused, "storm", Moment(town.clock.now()))
