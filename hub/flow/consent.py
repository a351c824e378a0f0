"""Consent in a conversation: what STOP, START and HELP mean for this very person, now. Strangers have rights, too.

It changes no conversation: it says how a turn is to be taken, and keeps what has to be kept besides.
"""

from __future__ import annotations

from dataclasses import replace

from device_rules.reading import DAY
from hub.domain.because import Because
from hub.domain.consent_words import Word, keyword, leaning, tongue_of
from hub.domain.contact import MessageClass, Phrase
from hub.domain.conversation import Expecting, Intent, Meaning
from hub.domain.customer import Address, Channel, Customer, Health, Person
from hub.domain.effects import Note
from hub.domain.greetings import is_thanks
from hub.domain.ids import AddressId, CaseId, CustomerId, Moment, derive
from hub.flow.context import Context
from hub.flow.saying import Draft, compose, send
from hub.flow.visit import Visit
from hub.ports import Tx

OWN_ANSWER = (Intent.STOP, Intent.START, Intent.HELP, Intent.DANGER, Intent.WRONG_NUMBER)
"""What is answered, or left alone, after a STOP as before it."""
STRANGER = "stranger"
"""The kind of id of somebody who wrote to us and whom nobody knows."""


def is_stranger(customer: str) -> bool:
    """Whether this is somebody whom nobody knows, and who wrote one of the three words."""
    return customer.startswith(f"{STRANGER}_")


async def as_meant(visit: Visit) -> Visit:
    """YES is START for somebody who has said stop, when no question of ours is open; in all other cases it is a yes."""
    if visit.turn.meaning.intent is not Intent.YES or visit.live or not await has_stopped(visit):
        return visit
    if visit.address is not None and await visit.tx.messages.open_question(visit.address) is not None:
        return visit
    return replace(visit, turn=replace(visit.turn, meaning=Meaning(Intent.START)))


async def has_stopped(visit: Visit) -> bool:
    """Whether this person has said stop before, here or altogether."""
    return await visit.tx.people.suppressed(visit.customer, visit.turn.channel) is not None


async def stops_again(visit: Visit) -> bool:
    """Whether this turn is a STOP of somebody who has said so before: it was confirmed once, and once is enough."""
    return visit.turn.meaning.intent is Intent.STOP and await has_stopped(visit)


async def mark_own_words(visit: Visit, case: CaseId | None, again: bool) -> None:
    """A STOP that is no keyword counted at once; a person reads it again, for we may have misunderstood."""
    said = visit.turn.meaning.intent is Intent.STOP and not (visit.live or visit.opt_out or again)
    if not said or keyword(visit.turn.text) is Word.STOP:
        return
    await visit.tx.people.add_review(visit.customer, visit.turn.key, visit.now)
    data = {"customer": visit.customer, "message": visit.turn.key}
    await visit.tx.facts.add(Note(case, None, "consent.review", Because.STOP_IN_OWN_WORDS, data), visit.now)


async def still_writes(visit: Visit) -> bool:
    """Whether somebody we know who has stopped us writes all the same, and not one of the words that have an answer of their
    own, or want none."""
    said = visit.turn.meaning.intent
    if visit.live or visit.opt_out or is_stranger(visit.customer) or said in (*OWN_ANSWER, Intent.GOODBYE):
        return False
    return bool(visit.turn.text.strip()) and not is_thanks(visit.turn.text) and await has_stopped(visit)


async def say_stopped(visit: Visit) -> None:
    """That they have stopped us, how to undo it, and our number: the answer to their own text, once a day, on no case."""
    what = f"stopped:{visit.now // DAY}"
    said = (Phrase("stop.stands"),)
    draft = Draft(None, visit.customer, visit.turn.channel, MessageClass.COMPLIANCE, what, said)
    message, _ = await compose(visit.tx, draft, visit.now)
    if await visit.tx.messages.get(message.id) is None:
        await send(visit.tx, draft, visit.now, visit.ctx)


def what_of(visit: Visit) -> str:
    """What names the reply to this turn. A stranger gets one answer to each of the three words, and no second."""
    if is_stranger(visit.customer) and visit.turn.meaning.intent is not Intent.DANGER:
        return f"word:{visit.turn.meaning.intent}"
    return f"turn:{visit.turn.key}"


async def take_in(tx: Tx, where: tuple[Channel, str], text: str, ctx: Context) -> Address | None:
    """Somebody nobody knows wrote `text` from `where` (channel, address). If it is STOP (in words of their own, too), START or
    HELP, or tells of danger, they become a person without a name, who can be answered and whose number can be stopped; else
    None: nothing of a stranger is kept."""
    channel, value = where
    counts, spoken = _counts(text, ctx)
    if not value or not counts:
        return None
    stranger = CustomerId(derive(STRANGER, tx.people.sign("address", value)))
    address = Address(
        AddressId(derive("addr", stranger, channel)), stranger, channel, value, Health.UNVERIFIED
    )
    if await tx.people.customer(stranger) is None:
        language = spoken if spoken in ctx.words.languages() else "en"
        await tx.people.put_customer(Customer(stranger, language=language), Person(stranger, ""))
        await tx.people.put_address(address)
    return address


def _counts(text: str, ctx: Context) -> tuple[bool, str]:
    """Whether a stranger's words are taken in, and the language that they are in, as far as it can be told."""
    meant = ctx.ears.understand(text, "en", Expecting.NOTHING, ())
    if meant.intent is Intent.DANGER:
        return True, meant.language
    if keyword(text) is not None:
        return True, tongue_of(text)
    return meant.intent is Intent.STOP, leaning(text)


async def wrong_number(tx: Tx, address: AddressId | None, case: CaseId | None, now: Moment) -> None:
    """The number is somebody else's: nothing more goes there."""
    if address is None:
        return
    await tx.people.set_health(address, Health.SUSPENDED)
    note = Note(case, None, "address.suspended", Because.WRONG_NUMBER, {"address": address})
    await tx.facts.add(note, now)
