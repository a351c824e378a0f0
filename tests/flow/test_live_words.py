"""Where the customer is: languages, proofs, agents' words and thanks, on the channel that they use at the moment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.domain.case import CaseState
from hub.domain.contact import Direction
from hub.domain.conversation import Heard, Intent, Meaning, Reply, Turn
from hub.domain.customer import Address, Basis, BasisKind, Channel, Purpose
from hub.domain.events import MessageHeard, ProofCame
from hub.domain.ids import AddressId, CaseId, Moment, UserId
from hub.domain.play import Try
from hub.flow import converse, handover
from hub.flow.consent_choices import By
from hub.flow.pins import set_pin
from hub.ports import BadInput
from tests.domain.talking import ROUTER
from tests.flow.home import ADA, Home

DAG = UserId("dag")
WRITES_FROM = {Channel.SMS: "ada-sms", Channel.WHATSAPP: "ada-wa"}


async def says_on(home: Home, channel: Channel, text: str, keyed: bool = False) -> Reply:
    """Ada says or keys `text` in a call, or writes it on her page."""
    home.count += 1
    turn = Turn(Heard.TEXT, channel, f"live-{home.count}", text, keyed=keyed)
    async with home.store.transaction() as tx:
        reply = await converse.turn(tx, ADA, turn, home.now, home.ctx)
    await home.drain()
    return reply


def risky(home: Home) -> None:
    """The restart of the router needs a proof from here on."""
    play = home.ctx.plays[ROUTER, "line-unstable"]
    step = next(step for step in play.steps.values() if isinstance(step, Try))
    guarded = replace(play, steps={**play.steps, step.id: replace(step, proof=True)})
    home.ctx = replace(home.ctx, plays={**home.ctx.plays, (ROUTER, "line-unstable"): guarded})


async def to_the_question(home: Home) -> CaseId:
    """Ada stands before the question whether the router shall be restarted."""
    case = await home.fails("ro-1", "line-unstable")
    for heard in (Heard.LAUNCH, Intent.YES, Intent.YES):
        await home.says(heard)
    return case


async def test_a_risky_command_leaves_only_after_the_link_on_the_customers_own_phone(home: Home) -> None:
    risky(home)
    case = await to_the_question(home)
    said = await home.says(Intent.YES)
    assert said.say[0].key == "proof.sent"
    assert await home.commands() == []
    assert "<link>" in (await home.texts())[-1]
    step = (await home.talk(case)).proving
    await home.happens(case, ProofCame(case, step, True, "pressed-1"))
    assert [command.name for command in await home.commands()] == ["restart"]
    await home.happens(case, ProofCame(case, step, True, "pressed-2"))
    assert len(await home.commands()) == 1


async def test_who_does_not_agree_in_time_is_asked_again_and_nothing_was_done(home: Home) -> None:
    risky(home)
    case = await to_the_question(home)
    await home.says(Intent.YES)
    step = (await home.talk(case)).proving
    await home.wakes(11)
    assert (await home.talk(case)).proving == ""
    await home.happens(case, ProofCame(case, step, True, "late"))
    assert await home.commands() == []


async def test_a_pin_counts_on_the_keys_of_a_call_alone_and_is_kept_nowhere(home: Home) -> None:
    risky(home)
    async with home.store.transaction() as tx:
        with pytest.raises(BadInput) as refused:
            await set_pin(tx, ADA, "1234", By("customer", "tests", home.now))
        assert "1234" not in str(refused.value)
        await set_pin(tx, ADA, "4711", By("customer", "tests", home.now))
    case = await home.fails("ro-1", "line-unstable")
    await says_on(home, Channel.PHONE, "1")
    assert (await says_on(home, Channel.PHONE, "yes")).say[0].key == "proof.pin"
    assert (await says_on(home, Channel.PHONE, "my pin is 4711")).say[0].key == "proof.not_here"
    assert await home.writes("4711") != []
    assert await home.commands() == []
    assert (await says_on(home, Channel.PHONE, "4712", keyed=True)).say[0].key == "proof.pin_wrong"
    said = await says_on(home, Channel.PHONE, "4711", keyed=True)
    assert said.say[0].key == "command.sent"
    assert [command.name for command in await home.commands()] == ["restart"]
    kept = [text for _, text in await home.thread(case)]
    async with home.store.reading() as tx:
        kept += [str(fact.data) for fact in await tx.facts.of_case(case)]
    assert not [text for text in kept if "4711" in text or "4712" in text]


async def test_five_wrong_pins_lock_it_and_the_link_is_sent_instead(home: Home) -> None:
    risky(home)
    async with home.store.transaction() as tx:
        await set_pin(tx, ADA, "4711", By("customer", "tests", home.now))
    await home.fails("ro-1", "line-unstable")
    for word in ("1", "yes"):
        await says_on(home, Channel.PHONE, word)
    said = [await says_on(home, Channel.PHONE, f"471{n}", keyed=True) for n in (2, 3, 4, 5, 6)]
    assert [each.key for each in said[-1].say] == ["proof.pin_locked", "proof.sent"]
    assert "<link>" in (await home.texts())[-1]
    assert await home.commands() == []


async def test_another_language_holds_from_here_on_for_every_text(home: Home) -> None:
    await home.fails("hp-1", "icing-up")
    home.count += 1
    turn = Turn(Heard.TEXT, Channel.SMS, "sms-de", "deutsch", Meaning(Intent.LANGUAGE, slot="de"))
    async with home.store.transaction() as tx:
        await converse.turn(tx, ADA, turn, home.now, home.ctx)
    await home.drain()
    assert "Deutsch" in (await home.texts())[-1]
    [again] = await home.writes("1")
    assert "Fenster" in again


async def test_an_agent_is_heard_at_the_speaker_with_the_next_word_and_not_by_text_besides(
    home: Home,
) -> None:
    case = await to_the_question(home)
    await home.says(Intent.PERSON)
    async with home.store.transaction() as tx:
        by = handover.By(DAG, home.now)
        await handover.take(tx, case, by, home.ctx)
        await handover.reply(tx, case, by, "Please press the small button.", home.ctx)
    said = await home.says(Intent.REPEAT)
    assert "small button" in said.say[0].variables["text"]
    await home.wakes(5)
    assert not [text for text in await home.texts() if "small button" in text]


async def test_an_agent_is_read_as_a_text_when_the_customer_has_left_the_speaker(home: Home) -> None:
    case = await to_the_question(home)
    await home.says(Intent.PERSON)
    async with home.store.transaction() as tx:
        await handover.reply(tx, case, handover.By(DAG, home.now), "Please press the small button.", home.ctx)
    await home.wakes(3)
    assert "small button" in (await home.texts())[-1]


async def test_the_customer_goes_back_to_the_steps_and_the_desk_reads_why(home: Home) -> None:
    case = await to_the_question(home)
    before = await home.talk(case)
    await home.says(Intent.PERSON)
    assert (await home.case(case)).state is CaseState.WITH_AGENT
    said = await home.says(Intent.STEPS)
    assert said.ask is not None
    assert (await home.case(case)).state is CaseState.TALKING
    assert ((await home.talk(case)).step, (await home.talk(case)).with_person) == (before.step, False)
    async with home.store.reading() as tx:
        facts = {fact.kind: fact.data for fact in await tx.facts.of_case(case)}
    assert facts["talk.handed_over"]["step"] == before.step
    assert "talk.steps_wanted" in facts


async def left_by(home: Home, case: CaseId) -> list[Channel]:
    """The ways that everything took which was written to Ada."""
    async with home.store.reading() as tx:
        sent = await tx.messages.of_case(case)
    return [each.channel for each in sent if each.direction is Direction.OUT and each.customer == ADA]


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.WHATSAPP, Channel.VOICE, Channel.PHONE])
async def test_a_fix_that_telemetry_proves_before_the_answer_ends_with_thanks_where_the_customer_is(
    home: Home, channel: Channel
) -> None:
    home.ctx = replace(
        home.ctx, policy=replace(home.ctx.policy, channels=frozenset({Channel.SMS, Channel.WHATSAPP}))
    )
    async with home.store.transaction() as tx:
        await tx.people.put_address(Address(AddressId("ada-wa"), ADA, Channel.WHATSAPP, "+4915112345601"))
        agreed = (ADA, Purpose.SERVICE, Channel.WHATSAPP, BasisKind.CONSENT, Moment(0), "DE", "tests")
        await tx.people.add_basis(Basis(*agreed))
    case = await home.fails("ro-1", "line-unstable")
    if channel in (Channel.VOICE, Channel.PHONE):
        for meaning in (Intent.YES, Intent.YES):
            home.count += 1
            turn = Turn(Heard.TEXT, channel, f"t{home.count}", "1", Meaning(meaning))
            async with home.store.transaction() as tx:
                await converse.turn(tx, ADA, turn, home.now, home.ctx)
        await home.drain()
    else:
        home.count += 1
        wrote = MessageHeard(channel.value, f"{channel}-{home.count}", WRITES_FROM[channel], ADA, "1")
        await home.happens(f"person:{ADA}", wrote)
        assert await left_by(home, case) == [Channel.SMS, channel]
    before = len(await home.texts())
    await home.recovers("ro-1", "line-unstable")
    if channel in (Channel.VOICE, Channel.PHONE):
        assert (await home.texts())[before:] == []
        home.count += 1
        turn = Turn(Heard.TEXT, channel, f"t{home.count}", "1", Meaning(Intent.YES))
        async with home.store.transaction() as tx:
            said = await converse.turn(tx, ADA, turn, home.now, home.ctx)
        assert "recovered" in [each.key for each in said.say]
        await home.wakes(5)
        assert (await home.texts())[before:] == []
    else:
        [last] = (await home.texts())[before:]
        assert "Thank you" in last
        assert (await left_by(home, case))[-1] is channel
    over = await home.case(case)
    assert (over.state, over.proved) == (CaseState.RESOLVED, True)
    assert [d for d, _ in await home.thread(case)].count(Direction.OUT) >= 1
