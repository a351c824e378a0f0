"""An incident speaks: one message to each household, one recipient each, canary first, then paced; news, and the end.

Woke(incident) → messages through the gate into the outbox, a small handful in one transaction, and the next wake. Whom
it reaches is asked anew each time. A case's ladder does not send what the incident has sent: it counts as its step.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from device_rules.reading import HOUR
from hub.domain import talk as core
from hub.domain.because import Because
from hub.domain.case import Case, CaseState, To
from hub.domain.contact import Contact, Message, MessageClass, Phrase
from hub.domain.conversation import Conversation, Reply
from hub.domain.customer import Channel
from hub.domain.events import Woke
from hub.domain.gate import Decision, Verdict
from hub.domain.ids import CustomerId, Moment
from hub.domain.incident import Incident, Member, MemberState, Told
from hub.domain.ladder import recipients
from hub.domain.passages import Contacted
from hub.domain.wording import as_message
from hub.flow.context import Context
from hub.flow.incident_words import Reader, first_words, reads
from hub.flow.knowing import knowledge_of
from hub.flow.onward import onward
from hub.flow.saying import Draft, compose, judge, noted, post
from hub.ports import Tx

RELEVANT = 4 * HOUR  # a first message is worth delivering for at least so long
FULL = (Because.KILL_SWITCH, Because.CAP_FLEET)  # what stops everybody, not this household alone


class Became(Enum):
    """What became of a household's turn."""

    TOLD = "told"
    WAITS = "waits"
    APART = "apart"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Letter:
    """What would leave for one household, as the ladder step `step` of `case`."""

    case: Case
    step: int
    message: Message
    contact: Contact
    talk: Conversation


async def tell_household(tx: Tx, incident: Incident, member: Member, now: Moment, ctx: Context) -> Became:
    """Tell the household of `member` about all its cases that wait; or why not, until when, or that it goes its own way."""
    case = await tx.cases.get(member.case, lock=True)
    if case is None or case.state is not CaseState.CONTACTING or case.contacted is not None:
        await tx.incidents.set_state(member, MemberState.APART, now, Because.INCIDENT_FOUND.name)
        return Became.APART
    mates = [member]
    if member.site is not None:
        mates = await tx.incidents.together(incident.id, member.site, MemberState.WAITING)
        if await _known(tx, incident, member, mates, now):
            return Became.TOLD
    best: Decision | None = None
    people = recipients(await tx.people.residents(case.site, now)) if case.site else []
    for customer in people:
        decision = await _offer(tx, incident, (case, customer, mates), now, ctx)
        if decision.verdict is Verdict.ALLOW:
            return Became.TOLD
        if best is None or (best.verdict is Verdict.DENY and decision.verdict is Verdict.HOLD):
            best = decision
    return await _not_told(tx, mates, best, now)


async def _known(tx: Tx, incident: Incident, member: Member, mates: list[Member], now: Moment) -> bool:
    """Whether this household, or the person who would be told for it, knows it already: then its cases just join."""
    assert member.site is not None
    people = recipients(await tx.people.residents(member.site, now))
    earlier = [told for who in people[:1] for told in await tx.incidents.told_to(incident.id, who)]
    if not earlier:
        return False
    told = next((each for each in earlier if each.household == member.site), None)
    if told is None:
        told = replace(earlier[0], household=member.site, ended=None)
        await tx.incidents.tell(told)
    elif told.ended is not None:
        await tx.incidents.set_told(replace(told, ended=None))
    await _mark(tx, mates, MemberState.TOLD, now, Because.INCIDENT_TOLD)
    return True


async def _offer(
    tx: Tx, incident: Incident, to: tuple[Case, CustomerId, list[Member]], now: Moment, ctx: Context
) -> Decision:
    """Ask the gate for one person; allowed, it leaves."""
    case, customer, mates = to
    letter = await letter_for(tx, incident, (case, customer), now, ctx)
    if letter is None:
        return Decision(Verdict.DENY, Because.CHANNEL_ABSENT, None, (), "")
    decision = await judge(tx, letter.message, now, ctx)
    await noted(tx, letter.message, decision, now)
    if decision.verdict is not Verdict.ALLOW:
        return decision
    contact = replace(letter.contact, cases=tuple(each.case for each in mates))
    if not await post(tx, letter.message, contact, now):
        return Decision(Verdict.DENY, Because.CAP_CASE, None, (), "")  # this very step was said before
    told = Told(incident.id, case.site or case.id, customer, case.id, letter.message.id, now, incident.number)
    await tx.incidents.set_told(told)
    await tx.talks.save(letter.talk)
    await _mark(tx, mates, MemberState.TOLD, now, Because.INCIDENT_TOLD)
    await onward(tx, letter.case, Contacted(letter.step), now, ctx)
    return decision


async def letter_for(
    tx: Tx, incident: Incident, to: tuple[Case, CustomerId], now: Moment, ctx: Context
) -> Letter | None:
    """What would leave for a person about a case; None when no step of its ladder leaves by itself. Reads only."""
    case, customer = to
    step = way(case, ctx)
    if step is None:
        return None
    channel = case.ladder[step].channel
    talk, phrases, question = await _speech(tx, incident, (case, customer, channel), now, ctx)
    draft = Draft(
        case.id,
        customer,
        channel,
        MessageClass.FIRST,
        f"step:{step}",
        phrases=phrases,
        question=question,
        written_by=incident.id,
        expires=Moment(now + RELEVANT),
    )
    message, contact = await compose(tx, draft, now)
    return Letter(replace(case, step=step), step, message, contact, talk)


def way(case: Case, ctx: Context) -> int | None:
    """The next step of the ladder whose message leaves by itself, over a channel that is set up."""
    steps = range(case.step, len(case.ladder))
    leaving = ctx.policy.channels - {Channel.AGENT}
    fitting = (n for n in steps if case.ladder[n].channel in leaving and case.ladder[n].to is To.HOUSEHOLD)
    return next(fitting, None)


async def _speech(
    tx: Tx, incident: Incident, to: tuple[Case, CustomerId, Channel], now: Moment, ctx: Context
) -> tuple[Conversation, tuple[Phrase, ...], bool]:
    """The conversation as it stands afterwards, the phrases, and whether they ask something."""
    case, customer, channel = to
    person = await tx.people.customer(customer)
    language = person.language if person else "en"
    talk = Conversation(case.id, customer, channel=channel, language=language)
    knowledge = await knowledge_of(tx, case, now, ctx)
    talk, reply, _ = core.begin(talk, None, knowledge, now)
    site = await tx.people.site(case.site) if case.site else None
    reader = Reader(knowledge.device_name, reads(language, ctx.words), site.zone if site else ctx.policy.zone)
    said = Reply(say=first_words(incident, reader, now), ask=reply.ask)
    return talk, as_message(said, MessageClass.FIRST), reply.ask is not None


async def _not_told(tx: Tx, mates: list[Member], best: Decision | None, now: Moment) -> Became:
    """Held: they wait. Refused: each goes on by its own ladder, which tries every way and ends with an agent."""
    if best is not None and best.verdict is Verdict.HOLD and best.until is not None:
        if best.because in FULL:
            return Became.STOPPED
        await _mark(tx, mates, MemberState.WAITING, best.until, best.because)
        return Became.WAITS
    await _mark(tx, mates, MemberState.APART, now, best.because if best else Because.NO_CUSTOMER)
    for mate in mates:
        await tx.inbox.put(mate.case, Woke(mate.case, "release"), now)
    return Became.APART


async def _mark(tx: Tx, mates: list[Member], state: MemberState, due: Moment, because: Because) -> None:
    for mate in mates:
        await tx.incidents.set_state(mate, state, due, because.name)
