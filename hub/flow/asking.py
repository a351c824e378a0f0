"""Asking the gate: gather everything a decision rests on, ask, and keep the answer. Never sends anything.

Used when a message is made and again, by the relay, when it is about to leave. Whoever wants the decision and an
acknowledgement never to pass each other holds the case's row before asking.
"""

from __future__ import annotations

from dataclasses import replace

from device_rules.reading import DAY, HOUR
from hub.domain.case import Case
from hub.domain.contact import Message, MessageClass, MessageStatus, Phrase
from hub.domain.customer import Customer, QuietHours
from hub.domain.gate import Asked, Decision, History, decide
from hub.domain.ids import Moment
from hub.flow.context import Context
from hub.ports import BadInput, Tx

NO_QUIET = QuietHours(0, 0)
CAPPED = (MessageClass.FIRST, MessageClass.REMINDER)
NEVER_LEFT = (MessageStatus.CANCELLED, MessageStatus.FAILED, MessageStatus.EXPIRED)


async def judge(tx: Tx, message: Message, now: Moment, ctx: Context) -> Decision:
    """Ask the gate about `message` at `now` and keep the decision."""
    decision = decide(await gather(tx, message, now, ctx), now)
    await tx.messages.decided(message.id, message.case, decision, now)
    return decision


async def gather(tx: Tx, message: Message, now: Moment, ctx: Context) -> Asked:
    """Everything the gate wants to know about `message`; the message itself is never counted against itself."""
    case = await tx.cases.get(message.case) if message.case else None
    customer = await tx.people.customer(message.customer) or Customer(message.customer, message.language)
    address = await tx.people.address(message.address) if message.address else None
    history = await tx.messages.history(message.case, message.customer, message.address, now)
    if not ctx.policy.quiet_hours:
        customer = replace(customer, quiet=NO_QUIET)
    return Asked(
        message=message,
        customer=customer,
        address=address,
        case=case,
        bases=tuple(await tx.people.bases(message.customer)),
        suppressed=await tx.people.suppressed(message.customer) is not None,
        zones=await zones_of(tx, customer, case, now, ctx),
        history=without(history, await tx.messages.get(message.id), now),
        switches=await tx.house.switches(),
        caps=ctx.policy.caps,
        text=await rendered(tx, message, ctx),
        test_address=address is not None and address.value in ctx.policy.test_numbers,
    )


async def zones_of(
    tx: Tx, customer: Customer, case: Case | None, now: Moment, ctx: Context
) -> tuple[str, ...]:
    """The zones that may be the person's: what they told us; else those of all their sites; else the house's."""
    if customer.zone:
        return (customer.zone,)
    sites = await tx.people.sites_of(customer.id, now)
    if not sites and case is not None and case.site is not None:
        site = await tx.people.site(case.site)
        sites = [site] if site else []
    return tuple(sorted({site.zone for site in sites})) or (ctx.policy.zone,)


async def rendered(tx: Tx, message: Message, ctx: Context) -> str:
    """The text of `message`; empty when a phrase, variable or language is missing (the lint then stops the send)."""
    if message.text or not message.phrases:
        return message.text
    name = await tx.people.name(message.customer)
    own = {"name": given_name(name), "brand": ctx.policy.brand, "phone": ctx.policy.phone}
    try:
        parts = [
            ctx.words.text(Phrase(phrase.key, own | phrase.variables), message.language)
            for phrase in message.phrases
        ]
    except BadInput:
        return ""
    return " ".join(part for part in parts if part)


def given_name(name: str) -> str:
    """What we call a person: the first of two names, or the whole where it begins with a title."""
    first, _, rest = name.partition(" ")
    return name if first.endswith(".") or not rest else first


def without(history: History, stored: Message | None, now: Moment) -> History:
    """`history` less the one message that is being judged, as far as it has been counted."""
    if stored is None or stored.kind not in CAPPED or stored.status in NEVER_LEFT:
        return history
    age, first = now - stored.at, stored.kind is MessageClass.FIRST
    return replace(
        history,
        case_firsts=max(0, history.case_firsts - first),
        case_reminders=max(0, history.case_reminders - (not first)),
        customer_day=max(0, history.customer_day - (age < DAY)),
        customer_week=max(0, history.customer_week - (age < 7 * DAY)),
        fleet_hour=max(0, history.fleet_hour - (first and age < HOUR)),
    )
