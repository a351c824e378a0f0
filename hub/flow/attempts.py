"""Attempts: what one step of a ladder would say to one person, and what the gate says to that. Sends nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from device_rules.reading import HOUR
from hub.domain import talk as core
from hub.domain.because import Because
from hub.domain.case import Case
from hub.domain.contact import Contact, Direction, Message, MessageClass, Phrase
from hub.domain.conversation import Conversation, Reply
from hub.domain.customer import Channel
from hub.domain.gate import Decision, Verdict
from hub.domain.ids import CustomerId, Moment
from hub.domain.ladder import LOST, kind_of, recipients
from hub.domain.site import Role
from hub.domain.wording import as_message, to_second_contact
from hub.flow.context import Context
from hub.flow.knowing import known_of
from hub.flow.saying import Draft, asked, compose, judge, noted
from hub.ports import Tx

ASKING = (MessageClass.FIRST, MessageClass.REMINDER, MessageClass.SAFETY)
RELEVANT = 4 * HOUR  # a first message is worth delivering for at least so long


@dataclass(frozen=True, slots=True)
class Speech:
    """What there is to say to one person about one case, and where its conversation stands then."""

    case: Case
    name: str
    talk: Conversation
    reply: Reply


@dataclass(frozen=True, slots=True)
class Attempt:
    """One step towards one person, ready to leave if the gate lets it."""

    speech: Speech
    draft: Draft
    message: Message
    contact: Contact
    decision: Decision


async def speech_for(tx: Tx, case: Case, to: tuple[CustomerId, Channel], now: Moment, ctx: Context) -> Speech:
    """What to say: the opening to somebody new, else the open question in other words. A second contact is not walked through
    a guided fix of a device that is not theirs."""
    customer, channel = to
    person = await tx.people.customer(customer)
    language = person.language if person else "en"
    before = await tx.talks.get(case.id) or Conversation(case.id, customer)
    if before.customer != customer:
        before = Conversation(case.id, customer, play=before.play, language=language)
    knowledge, play = await known_of(tx, case, now, ctx)
    if await is_second(tx, case, customer, now):
        play = None
    speak = core.begin if before.asked is None else core.remind
    talk, reply, _ = speak(replace(before, channel=channel), play, knowledge, now)
    return Speech(case, knowledge.device_name, talk, reply)


async def attempt_at(tx: Tx, case: Case, customer: CustomerId, now: Moment, ctx: Context) -> Attempt:
    """One step towards one person, with the gate's answer, which is kept. A refusal is written down at once."""
    attempt = await weighed(tx, case, customer, now, ctx)
    await tx.messages.decided(attempt.message.id, case.id, attempt.decision, now)
    if attempt.decision.verdict is not Verdict.ALLOW:
        await noted(tx, attempt.message, attempt.decision, now)
    return attempt


async def weighed(tx: Tx, case: Case, customer: CustomerId, now: Moment, ctx: Context) -> Attempt:
    """One step towards one person, with the gate's answer. Reads only."""
    step = case.ladder[case.step]
    speech = await speech_for(tx, case, (customer, step.channel), now, ctx)
    kind = kind_of(case)
    draft = Draft(
        case.id,
        customer,
        step.channel,
        kind,
        f"step:{case.step}",
        phrases=await _addressed(tx, case, customer, as_message(speech.reply, kind), now),
        question=speech.reply.ask is not None,
        expires=Moment(now + max(step.wait, RELEVANT)),
    )
    message, contact = await compose(tx, draft, now)
    decision = await asked(tx, message, now, ctx)
    return Attempt(speech, draft, message, contact, decision)


async def _addressed(
    tx: Tx, case: Case, customer: CustomerId, phrases: tuple[Phrase, ...], now: Moment
) -> tuple[Phrase, ...]:
    """A second contact person is told why they, of all people, are asked."""
    if not await is_second(tx, case, customer, now):
        return phrases
    asked = any(
        each.direction is Direction.OUT and each.customer != customer and each.status not in LOST
        for each in await tx.messages.of_case(case.id)
        if each.kind in ASKING and each.at >= case.opened
    )
    return to_second_contact(phrases, asked=asked)


async def is_second(tx: Tx, case: Case, customer: CustomerId, now: Moment) -> bool:
    """Whether this person does not live where the device of `case` stands, and is asked in the place of who does."""
    residents = await tx.people.residents(case.site, now) if case.site else []
    named = any(each.customer == customer and each.role is Role.SECOND_CONTACT for each in residents)
    return named and customer not in recipients(residents)


async def may_join(tx: Tx, attempt: Attempt, case: Case, now: Moment, ctx: Context) -> bool:
    """Whether the gate lets the message of `attempt` speak of `case` too; the answer is kept with its reason."""
    said = replace(
        attempt.message, case=case.id, kind=kind_of(case), question=False
    )  # it asks for the first one
    decision = await judge(tx, said, now, ctx)
    if decision.verdict is not Verdict.ALLOW:
        return False
    await noted(tx, said, replace(decision, because=Because.BUNDLED), now)
    return True
