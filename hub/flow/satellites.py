"""Satellites: whose speaker it is, and what is told to whoever speaks to it or is spoken to through it.

A satellite belongs to a customer by the settings, or because they said a code there that only they had. One that belongs to
nobody hears how it is linked, and nothing about anybody. Every satellite is its own account on the platform `ha`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import msgspec

from hub.domain.because import Because
from hub.domain.case import CaseState
from hub.domain.contact import MessageClass, Phrase
from hub.domain.conversation import Expecting, Heard, Question, Reply, Turn
from hub.domain.customer import Address, Basis, BasisKind, Channel, Health, Purpose
from hub.domain.effects import Note, WakeAt
from hub.domain.events import ReceiptCame
from hub.domain.ids import AddressId, CustomerId, MessageId, Moment, derive
from hub.domain.satellite import address_of
from hub.flow.context import Context
from hub.flow.converse import turn as converse
from hub.flow.hearing import asked_now
from hub.flow.saying import Draft, send
from hub.ports import Tx

PLATFORM = "ha"
CODE_DIGITS = 6
GREETED = (MessageClass.FIRST, MessageClass.REMINDER, MessageClass.SAFETY)
MARK = "satellites"
ASK = Question(Expecting.NOTHING, (), (Phrase("link.ask"),))
NEEDS_LINK = Reply((Phrase("link.needed"),), ASK)
ASK_CODE = Reply((Phrase("link.ask"),), ASK)
WRONG_CODE = Reply((Phrase("link.wrong"),), ASK)
LINKED = Reply((Phrase("link.done"),), end=True)
LOCKED = Reply((Phrase("link.locked"),), end=True)


async def owner(tx: Tx, place: str) -> CustomerId | None:
    """Whose satellite it is."""
    customer = await tx.talks.linked(PLATFORM, place)
    return CustomerId(customer) if customer is not None else None


async def told(tx: Tx, place: str, turn: Turn, now: Moment, ctx: Context) -> Reply:
    """The reply to one turn at a satellite. Whoever is not known there can only say their code."""
    code = code_in(turn)
    customer = await owner(tx, place)
    if customer is None or code:
        return await _link(tx, place, turn, code, now)
    return await converse(tx, customer, turn, now, ctx)


def code_in(turn: Turn) -> str:
    """The six digits in somebody's words; "" when there are not exactly six."""
    return digits(turn.text) if turn.kind is Heard.TEXT else ""


def digits(text: str) -> str:
    """The six digits in `text`; "" when there are not exactly six."""
    found = "".join(str(int(letter)) for letter in text[:200] if letter.isdecimal())
    return found if len(found) == CODE_DIGITS else ""


async def _link(tx: Tx, place: str, turn: Turn, code: str, now: Moment) -> Reply:
    before = await tx.talks.reply_to(Channel.VOICE, turn.key)
    if before is not None:
        return msgspec.convert(before, Reply)
    reply = await _paired(tx, place, code, now) if code else NEEDS_LINK
    await tx.talks.remember(Channel.VOICE, turn.key, msgspec.to_builtins(reply), now)
    return reply


async def _paired(tx: Tx, place: str, code: str, now: Moment) -> Reply:
    """A right code links the satellite, and is a yes to being spoken to there: they asked for the code to that end."""
    if await tx.talks.locked(PLATFORM, place, now):
        return LOCKED
    before = await owner(tx, place)
    customer = await tx.talks.use_code(PLATFORM, place, code, now)
    if customer is None:
        return WRONG_CODE
    await _move(tx, place, before, CustomerId(customer))
    line = Basis(
        CustomerId(customer),
        Purpose.SERVICE,
        Channel.VOICE,
        BasisKind.CONSENT,
        now,
        who="satellite",
        how="code said to the speaker",
    )
    await tx.people.add_basis(line)
    data = {"customer": customer, "channel": str(Channel.VOICE), "how": "satellite"}
    await tx.facts.add(Note(None, None, "customer.subscribed", Because.SPEAKER_ON, data), now)
    return LINKED


async def map_out(tx: Tx, satellites: Mapping[str, str], now: Moment) -> None:
    """Link satellites as the settings say: place → customer. One that the settings named before and do not any more belongs
    to nobody. What the settings say is a way to somebody, not their leave: that is on record by itself, or nothing is said.
    """
    before: dict[str, str] = json.loads(await tx.house.mark(MARK) or "{}")
    for place, customer in before.items():
        if satellites.get(place) != customer and await owner(tx, place) == customer:
            await tx.people.set_health(address_id(CustomerId(customer), place), Health.DEAD)
            await tx.talks.unlink(PLATFORM, place)
    linked: dict[str, str] = {}
    for place, customer in satellites.items():
        if await tx.people.customer(CustomerId(customer)) is None:
            continue  # not imported yet
        linked[place] = customer
        known = await owner(tx, place)
        if known != customer or before.get(place) != customer:
            await tx.talks.link(PLATFORM, place, CustomerId(customer), now)
            await _move(tx, place, known, CustomerId(customer))
    if before != linked:
        await tx.house.set_mark(MARK, json.dumps(linked))


async def _move(tx: Tx, place: str, before: CustomerId | None, customer: CustomerId) -> None:
    """The satellite is a way to its customer, and no longer one to whoever had it before."""
    if before is not None and before != customer:
        await tx.people.set_health(address_id(before, place), Health.DEAD)
    name = address_id(customer, place)
    await tx.people.put_address(Address(name, customer, Channel.VOICE, address_of(place)))


def address_id(customer: CustomerId, place: str) -> AddressId:
    """The address that a satellite is to its customer."""
    return AddressId(derive("addr", customer, Channel.VOICE, place))


async def language_of(tx: Tx, place: str) -> str:
    """The language of the satellite's customer."""
    customer = await owner(tx, place)
    person = await tx.people.customer(customer) if customer is not None else None
    return person.language if person is not None else "en"


async def receipt(tx: Tx, message: str, status: str, code: str, now: Moment) -> None:
    """What became of a message at a satellite, in order with its case."""
    known = await tx.messages.get(MessageId(message))
    if known is not None:
        came = ReceiptCame(message, status, code, "", channel=str(Channel.VOICE))
        await tx.inbox.put(known.case or known.id, came, now)


async def cut_off(tx: Tx, place: str, now: Moment) -> bool:
    """The talk at a satellite broke off in the middle of a question: it is asked again in writing, now. False when nothing
    was being asked."""
    customer = await owner(tx, place)
    if customer is None:
        return False
    for case in await tx.cases.of_customer(customer, now):
        talk = await tx.talks.get(case.id)
        asked = talk is not None and talk.channel is Channel.VOICE and talk.customer == customer
        if talk is not None and asked and (talk.expecting is not Expecting.NOTHING or talk.guess):
            await tx.talks.save(replace(talk, heard=None, silences=0))  # nobody is near any more
            await tx.wakes.put(WakeAt(case.id, "check", now, token="silence"))  # noqa: S106 - not a password
            return True
    return False


async def answered(tx: Tx, about: tuple[str, str], turn: Turn, now: Moment, ctx: Context) -> Reply:
    """The reply to somebody's first answer to our first words: `about` is the place and the message. They were asked whether
    we may speak, so that is what they answer."""
    place, message = about
    customer = await owner(tx, place)
    known = await tx.messages.get(MessageId(message))
    case = await tx.cases.get(known.case, lock=True) if known is not None and known.case is not None else None
    talk = await tx.talks.get(case.id) if case is not None else None
    waits = case is not None and case.state.open and case.state is not CaseState.WITH_AGENT
    if customer is None or talk is None or not waits or talk.with_person or talk.ended:
        launch = Turn(Heard.LAUNCH, Channel.VOICE, f"{turn.key}:late", language=turn.language, private=False)
        return await told(tx, place, launch, now, ctx)
    asked = replace(talk, customer=customer, guess="open", confirm="", asked=now, channel=Channel.VOICE)
    await tx.talks.save(asked)
    return await told(tx, place, turn, now, ctx)


async def greets(tx: Tx, message: str) -> bool:
    """Whether a message asks if we may speak: about a case of which somebody is to be told."""
    known = await tx.messages.get(MessageId(message))
    return known is not None and known.kind in GREETED


async def asked_by(
    tx: Tx, message: str, language: str, ctx: Context
) -> tuple[Expecting, tuple[Phrase, ...]] | None:
    """What a message in the middle of a talk asks for, and its options; None when it asks nothing."""
    known = await tx.messages.get(MessageId(message))
    talk = await tx.talks.get(known.case) if known is not None and known.case is not None else None
    if known is None or talk is None or not known.question:
        return None
    case = await tx.cases.get(talk.case)
    site = await tx.people.site(case.site) if case is not None and case.site is not None else None
    expecting, options = asked_now(talk, language, site.zone if site is not None else ctx.policy.zone)
    return expecting, tuple(Phrase(each) for each in options)


async def in_writing(tx: Tx, message: str, now: Moment, ctx: Context) -> None:
    """Words that could not be said leave as a text, through the gate like every other."""
    known = await tx.messages.get(MessageId(message))
    if known is None:
        return
    draft = Draft(
        known.case,
        known.customer,
        Channel.SMS,
        known.kind,
        f"written:{known.id}",
        known.phrases,
        question=known.question,
    )
    await send(tx, draft, now, ctx)
