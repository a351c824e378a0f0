"""The relay carries what is owed once, to a real carrier, out of a real store."""

import asyncio
import json
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from device_rules.reading import HOUR, MINUTE, SECOND
from hub.domain.asked import Mode, Switches
from hub.domain.because import Because
from hub.domain.contact import MessageClass, Phrase
from hub.domain.contact import MessageStatus as S
from hub.domain.customer import Health
from hub.domain.events import MessageFailed, ReceiptCame
from hub.flow.receipts import receipt_came
from hub.loops import relay
from hub.loops.breaker import Breaker
from hub.loops.post import ATTEMPTS, LOOKS, patience
from hub.ports import Accepted, InDoubt, TryLater

NUMBER = "+46701740605"


async def test_a_message_that_is_owed_leaves_once_and_its_words_stay_on_it(town):
    message = await town.owe()
    assert await relay.drain(town.office()) == 1
    assert await relay.drain(town.office()) == 0
    (sent,) = town.carrier.created()
    after = await town.now(message)
    assert after.status is S.ACCEPTED
    assert after.provider_id == sent.sid
    assert after.text == sent.body
    assert sent.body.startswith("Nordwarm: Hello Ada.")
    assert town.carrier.asked[0].form["StatusCallback"].endswith(f"?m={message.id}")
    assert await town.row(message.id) == "done"
    assert await town.story() == ["message.sent"]


async def test_the_message_itself_does_not_count_against_its_own_caps(town):
    await town.owe("step:0", MessageClass.FIRST)
    await relay.drain(town.office())
    await town.owe("step:1", MessageClass.REMINDER)
    await relay.drain(town.office())
    assert len(town.carrier.created()) == 2


async def test_on_paper_nothing_reaches_the_carrier(town):
    await switch(town, Mode.PAPER)
    message = await town.owe()
    await relay.drain(town.office())
    assert town.carrier.asked == []
    assert json.loads(town.paper_file.read_text())["id"] == message.id
    assert await town.story() == ["message.on_paper"], "nobody reads of it that it was sent"
    after = await town.now(message)
    assert (after.status, after.because) == (S.ACCEPTED, Because.MODE_PAPER)


async def test_with_test_numbers_only_a_number_on_the_list_is_reached(town):
    await switch(town, Mode.TEST_NUMBERS)
    written = await town.owe("step:0")
    await relay.drain(town.office())
    assert town.carrier.created() == []
    assert town.paper_file.exists()
    assert (await town.now(written)).because is Because.NOT_A_TEST_NUMBER

    town.ctx = replace(town.ctx, policy=replace(town.ctx.policy, test_numbers=frozenset({NUMBER})))
    sent = await town.owe("turn:1", MessageClass.TURN)
    await relay.drain(town.office())
    assert (await town.now(sent)).provider_id == town.carrier.created()[0].sid


async def test_after_an_acknowledgement_nothing_is_claimed(town):
    message = await town.owe()
    await town.save(acknowledged=town.clock.now(), acknowledged_by="sms")
    assert await relay.drain(town.office()) == 0
    assert town.carrier.asked == []
    assert (await town.now(message)).status is S.CANCELLED
    assert await town.waiting() == []


async def test_a_message_that_was_already_on_its_way_when_somebody_answered_has_crossed(town):
    message = await town.owe()
    office = town.office()
    (parcel,) = await relay.claim(office, 5)
    await town.save(acknowledged=town.clock.now(), acknowledged_by="sms")
    await relay.deliver(office, parcel)
    after = await town.now(message)
    assert (after.status, after.because) == (S.ACCEPTED, Because.CROSSED)


async def test_at_night_a_message_waits_for_the_morning_and_is_judged_again(town):
    town.clock.turn(6 * HOUR)  # midnight in Berlin
    message = await town.owe()
    await relay.drain(town.office())
    assert town.carrier.asked == []
    assert (await town.now(message)).because is Because.QUIET_HOURS
    town.clock.turn(9 * HOUR)
    await relay.drain(town.office())
    assert len(town.carrier.created()) == 1


async def test_a_denied_message_tells_its_case_that_nobody_will_read_it(town):
    async with town.store.transaction() as tx:
        await tx.people.suppress("ada", town.clock.now(), "stop_said")
    message = await town.owe()
    await relay.drain(town.office())
    assert (await town.now(message)).status is S.FAILED
    assert isinstance((await town.waiting())[0], MessageFailed)
    assert town.carrier.asked == []


async def test_a_phrase_that_is_missing_stops_the_send_and_not_the_relay(town):
    bad = await town.owe("step:0", phrases=(Phrase("nowhere"),))
    good = await town.owe("turn:1", MessageClass.TURN)
    await relay.drain(town.office())
    assert (await town.now(bad)).because is Because.TEXT_REFUSED
    assert (await town.now(good)).status is S.ACCEPTED


async def test_a_busy_carrier_is_tried_later_and_not_before_it_says(town):
    town.carrier.misbehave("busy")
    message = await town.owe()
    await relay.drain(town.office())
    assert (await town.now(message)).status is S.QUEUED
    assert await relay.drain(town.office()) == 0
    town.clock.turn(16 * MINUTE)
    await relay.drain(town.office())
    assert (await town.now(message)).status is S.ACCEPTED
    assert await town.story() == ["message.later", "message.sent"]


async def test_a_carrier_that_stays_busy_is_given_up_and_the_case_hears_of_it(town, strange):
    strange.outcomes = [TryLater("20429")] * ATTEMPTS
    message = await town.owe()
    office = town.office(notifiers={"sms": strange})
    for _ in range(ATTEMPTS):
        await relay.drain(office)
        town.clock.turn(16 * MINUTE)
    assert (await town.now(message)).status is S.EXPIRED
    assert len(strange.sent) == ATTEMPTS
    assert [type(event) for event in await town.waiting()] == [MessageFailed]


async def test_a_message_too_old_to_be_useful_does_not_leave(town):
    message = await town.owe(expires=town.clock.now() + MINUTE)
    town.clock.turn(HOUR)
    await relay.drain(town.office())
    assert (await town.now(message)).status is S.EXPIRED
    assert town.carrier.asked == []


async def test_a_number_that_is_none_is_not_used_again(town):
    town.carrier.misbehave("refuse", code=21211)
    message = await town.owe()
    await relay.drain(town.office())
    assert (await town.now(message)).status is S.FAILED
    async with town.store.reading() as tx:
        assert (await tx.people.address(message.address)).health is Health.DEAD
    assert [type(event) for event in await town.waiting()] == [MessageFailed]


async def test_somebody_who_opted_out_at_the_carrier_has_said_stop(town):
    town.carrier.misbehave("refuse", code=21610)
    message = await town.owe()
    await relay.drain(town.office())
    assert (await town.now(message)).because is Because.OPTED_OUT_AT_CARRIER
    async with town.store.reading() as tx:
        assert await tx.people.suppressed("ada") is not None


@pytest.mark.parametrize("kind", ["time_out_after_acceptance", "hang_up_after_acceptance"])
async def test_a_message_that_the_carrier_took_without_saying_so_is_found_and_not_sent_twice(town, kind):
    town.carrier.misbehave(kind)
    message = await town.owe()
    await relay.drain(town.office())
    assert (await town.now(message)).status is S.IN_DOUBT
    assert await relay.drain(town.office()) == 0  # the receipt has thirty seconds
    town.clock.turn(31 * SECOND)
    await relay.drain(town.office())
    after = await town.now(message)
    assert (after.status, after.provider_id) == (S.ACCEPTED, town.carrier.created()[0].sid)
    assert len(town.carrier.created()) == 1


@pytest.mark.parametrize("kind", ["hang_up_before_acceptance", "server_error", "bad_gateway"])
async def test_a_message_that_is_proven_absent_is_sent_again(town, kind):
    town.carrier.misbehave(kind)
    message = await town.owe()
    await relay.drain(town.office())
    town.clock.turn(31 * SECOND)
    await relay.drain(town.office())
    assert (await town.now(message)).status is S.ACCEPTED
    assert len(town.carrier.created()) == 1
    assert "message.again" in await town.story()


async def test_a_receipt_settles_a_doubt_before_anybody_asks(town):
    message = await town.owe()
    strange_sid = "SM" + "0" * 32
    town.carrier.misbehave("hang_up_after_acceptance")
    await relay.drain(town.office())
    await receipt(town, message, "delivered", strange_sid)
    after = await town.now(message)
    assert (after.status, after.provider_id) == (S.DELIVERED, strange_sid)
    assert await town.row(message.id) == "done"
    asked = len(town.carrier.asked)
    town.clock.turn(HOUR)
    assert await relay.drain(town.office()) == 0
    assert len(town.carrier.asked) == asked


async def test_a_doubt_that_nobody_can_settle_is_parked_where_a_person_sees_it(town, strange):
    strange.outcomes = [InDoubt("reset")]
    strange.found = [InDoubt("several_alike")] * LOOKS
    message = await town.owe()
    office = town.office(notifiers={"sms": strange})
    for _ in range(LOOKS + 2):
        await relay.drain(office)
        town.clock.turn(16 * MINUTE)
    assert await town.row(message.id) == "parked"
    assert (await town.now(message)).status is S.IN_DOUBT
    assert len(strange.sent) == 1
    assert (await town.waiting())[0].because == "in_doubt"


async def test_a_channel_that_cannot_be_asked_does_as_it_declares(town, strange):
    strange.in_doubt, strange.outcomes = "park", [InDoubt("reset")]
    message = await town.owe()
    await relay.drain(town.office(notifiers={"sms": strange}))
    assert await town.row(message.id) == "parked"

    strange.in_doubt, strange.outcomes = "resend", [InDoubt("reset")]
    second = await town.owe("turn:1", MessageClass.TURN)
    await relay.drain(town.office(notifiers={"sms": strange}))
    assert (await town.now(second)).status is S.ACCEPTED
    assert len(strange.sent) == 3


async def test_a_safety_message_in_doubt_is_sent_again_at_once_and_marked(town):
    town.carrier.misbehave("hang_up_after_acceptance")
    message = await town.owe("safety:1", MessageClass.SAFETY)
    await relay.drain(town.office())
    assert (await town.now(message)).status is S.ACCEPTED
    assert len(town.carrier.created()) == 2
    assert "message.again" in await town.story()


async def test_after_a_crash_a_message_that_had_been_claimed_is_looked_for(town):
    gone, never = await town.owe("step:0"), await town.owe("turn:9", MessageClass.TURN)
    office = town.office()
    first, second = await relay.claim(office, 5)
    left = first if first.message.id == gone.id else second
    await office.notifiers["sms"].send(left.envelope)  # and then the hub was killed
    town.clock.turn(SECOND)
    assert await relay.recover(office, town.clock.now()) == 2
    town.clock.turn(31 * SECOND)
    await relay.drain(office)
    assert (await town.now(gone)).status is S.ACCEPTED
    assert (await town.now(never)).status is S.ACCEPTED
    assert len(town.carrier.created()) == 2


async def test_after_a_crash_what_is_harmless_twice_is_sent_again_though_nobody_can_be_asked(town, strange):
    strange.in_doubt, strange.found = "resend", [InDoubt("cannot_be_asked")]
    message = await town.owe()
    office = town.office(notifiers={"sms": strange})
    (parcel,) = await relay.claim(office, 5)
    await parcel.notifier.send(parcel.envelope)  # and then the hub was killed
    town.clock.turn(SECOND)
    assert await relay.recover(office, town.clock.now()) == 1
    town.clock.turn(31 * SECOND)
    await relay.drain(office)
    assert (await town.now(message)).status is S.ACCEPTED
    assert [one.id for one in strange.sent] == [message.id, message.id]


async def test_a_receipt_that_is_faster_than_the_answer_is_not_undone(town):
    message = await town.owe()
    office = town.office()
    (parcel,) = await relay.claim(office, 5)
    await receipt(town, message, "delivered", "")
    await relay.deliver(office, parcel)
    after = await town.now(message)
    assert after.status is S.DELIVERED
    assert after.provider_id == town.carrier.created()[0].sid


async def test_two_relays_never_send_the_same_message(town):
    for n in range(12):
        await town.owe(f"turn:{n}", MessageClass.TURN)
    offices = [town.office(at_once=3) for _ in range(3)]
    await asyncio.gather(*(relay.drain(office) for office in offices))
    await relay.drain(offices[0])
    bodies = [sent.body for sent in town.carrier.created()]
    assert len(bodies) == 12


async def test_a_row_that_cannot_be_judged_is_set_aside_without_its_values_and_the_others_leave(town):
    class Broken(dict):
        def get(self, key, default=None):
            raise RuntimeError("+46701740605 said stop")

    bad = await town.owe()
    office = town.office(notifiers=Broken())
    with capture_logs() as lines:
        running = asyncio.create_task(relay.run(office))
        while await town.row(bad.id) != "parked":
            await asyncio.wait_for(town.store.changed("outbox", 0.05), 5)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert [line["event"] for line in lines] == ["relay_row_failed", "relay_row_parked"]
    assert "4670174" not in str(lines)


async def test_a_running_relay_sends_at_once_what_is_put_into_the_outbox(town):
    running = asyncio.create_task(relay.run(town.office()))
    await asyncio.gather(*(town.owe(f"turn:{n}", MessageClass.TURN) for n in range(10)))
    await town.carrier.until(lambda carrier: len(carrier.created()) == 10, within=30)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert len({sent.body for sent in town.carrier.created()}) == 10


async def switch(town, mode):
    async with town.store.transaction() as tx:
        await tx.house.set_switches(Switches(mode))


async def receipt(town, message, status, sid):
    async with town.store.transaction() as tx:
        came = ReceiptCame(message.id, status, provider_id=sid)
        await receipt_came(tx, came, town.clock.now(), town.ctx)


def test_waits_double_up_to_a_quarter_of_an_hour_and_two_messages_do_not_wait_alike():
    waits = [patience("msg", n) for n in range(1, 30)]
    assert all(SECOND * 2.5 <= wait <= 15 * MINUTE for wait in waits)
    assert patience("msg", 1) == patience("msg", 1) != patience("other", 1)
    assert patience("msg", 1, at_least=60) == 60 * SECOND


async def test_a_carrier_that_is_down_is_left_alone_while_commands_still_leave(town, strange):
    strange.outcomes = [TryLater("ClientConnectorError")] * 99
    for n in range(30):
        await town.owe(f"turn:{n}", MessageClass.TURN, text=f"Message {n}.")
    order = await town.command()
    with capture_logs() as lines:
        await relay.drain(town.office(notifiers={"sms": strange}))
    assert 5 <= len(strange.sent) <= 8
    assert town.link.sent == [order.id]
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["messages_rest"]


def test_one_message_that_gets_through_opens_the_way_for_all():
    breaker, now = Breaker(), 0
    rests = []
    for _ in range(12):
        breaker.told(TryLater("busy"), now)
        rests.append(breaker.until - now)
        now = max(now, breaker.until)
    assert max(rests[:4]) <= 0
    assert rests[4] == 5 * SECOND
    assert rests[-1] == MINUTE
    breaker.told(Accepted("SM1"), now)
    assert (breaker.resting(now), breaker.allowed(16)) == (False, 16)
