"""Saying: one message to one person, through the gate and into the outbox. There is no other way out for words."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.contact import Contact, Direction, Message, MessageClass, Phrase
from hub.domain.customer import Channel
from hub.domain.effects import Note, Say
from hub.domain.gate import Decision, Verdict, decide
from hub.domain.ids import CaseId, CustomerId, Moment, contact_id, message_id
from hub.domain.ladder import address_for
from hub.flow.ask import gather, release
from hub.flow.context import Context
from hub.ports import Tx


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants said: `what` names it within the case, so that the same thing is said once. It leaves `after` that
    moment (None: now), unless the person hears it before in a live session."""

    case: CaseId | None
    customer: CustomerId
    channel: Channel
    kind: MessageClass
    what: str
    phrases: tuple[Phrase, ...] = ()
    text: str = ""
    question: bool = False
    written_by: str = "hub"
    expires: Moment | None = None
    after: Moment | None = None


async def say(tx: Tx, wanted: Say, now: Moment, ctx: Context) -> Decision:
    """Carry out a `Say`: allowed, it leaves now; held, it waits in the outbox; denied, a line of the timeline says why."""
    draft = Draft(
        wanted.case,
        wanted.customer,
        wanted.channel,
        wanted.kind,
        wanted.what,
        phrases=wanted.phrases,
        question=wanted.question,
    )
    return await send(tx, draft, now, ctx)


async def send(tx: Tx, draft: Draft, now: Moment, ctx: Context) -> Decision:
    """Ask the gate and put what it allowed, or held, into the outbox. Asked again when it is about to leave."""
    message, contact = await compose(tx, draft, now)
    decision = await judge(tx, message, now, ctx)
    await noted(tx, message, decision, now)
    if decision.verdict is not Verdict.DENY:
        held = decision.verdict is Verdict.HOLD
        due = release(message, decision, ctx.policy) if held else now
        waits = str(decision.because) if held else ""
        await post(tx, message, contact, max(due, draft.after or due), waits)
    return decision


async def asked(tx: Tx, message: Message, now: Moment, ctx: Context) -> Decision:
    """What the gate would say about `message` as its words are now. Reads only."""
    return decide(await gather(tx, message, now, ctx), now)


async def judge(tx: Tx, message: Message, now: Moment, ctx: Context) -> Decision:
    """Ask the gate about `message` as its words are now, and keep the decision."""
    decision = await asked(tx, message, now, ctx)
    await tx.messages.decided(message.id, message.case, decision, now)
    return decision


async def compose(tx: Tx, draft: Draft, now: Moment) -> tuple[Message, Contact]:
    """The message and the contact that it belongs to, with ids derived from what is said to whom."""
    address = address_for(await tx.people.addresses(draft.customer), draft.channel)
    customer = await tx.people.customer(draft.customer)
    case = draft.case or CaseId("")
    attempt = contact_id(case, draft.what, draft.customer)
    message = Message(
        id=message_id(attempt, draft.what, address.id if address else ""),
        contact=attempt,
        case=draft.case,
        customer=draft.customer,
        address=address.id if address else None,
        channel=draft.channel,
        kind=draft.kind,
        direction=Direction.OUT,
        at=now,
        phrases=draft.phrases,
        language=customer.language if customer else "en",
        text=draft.text,
        question=draft.question,
        expires=draft.expires,
        written_by=draft.written_by,
    )
    cases = (draft.case,) if draft.case else ()
    return message, Contact(attempt, draft.customer, draft.channel, draft.what, now, cases)


async def post(tx: Tx, message: Message, contact: Contact, due: Moment, waits: str = "") -> bool:
    """Into the thread and the outbox, with what it `waits` for; False when exactly this was said before."""
    await tx.messages.add_contact(contact)
    if not await tx.messages.add(message):
        return False
    await tx.outbox.put(message, due, waits)
    if message.question and message.address is not None and message.case is not None:
        await tx.messages.ask(message.address, message.case, message.at)
    return True


async def noted(tx: Tx, message: Message, decision: Decision, now: Moment) -> None:
    """One line of the timeline about what the gate said: `message.allowed`, `message.held`, `message.denied`."""
    kinds = {Verdict.ALLOW: "message.allowed", Verdict.HOLD: "message.held", Verdict.DENY: "message.denied"}
    data = {
        "message": message.id,
        "customer": message.customer,
        "channel": str(message.channel),
        "class": str(message.kind),
        "until": decision.until,
    }
    await tx.facts.add(Note(message.case, None, kinds[decision.verdict], decision.because, data), now)
