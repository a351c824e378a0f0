"""One genuine request, answered within a transaction: events are heeded, turns are told to the conversation, repeated ones
get what they got before. A touch counts only for the step that its screen was made for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec
import structlog

from device_rules.reading import SECOND
from hub.domain.conversation import Conversation, Heard, Intent, Meaning, Reply
from hub.domain.customer import Channel
from hub.domain.danger import number_of, sentence
from hub.domain.ids import CustomerId, Moment
from hub.domain.wording import WHICH
from hub.flow.asked_case import devices_of
from hub.flow.converse import turn as converse
from hub.flow.placing import place
from hub.flow.visit import Visit
from hub.ports import Tx
from hub.ports.beside import NOTHING_BESIDE, Beside
from hub.web.door import Door, Translator
from hub.web.hooks.alexa_events import EVENTS, MESSAGE, kind_of, language_of, table
from hub.web.hooks.alexa_link import (
    PROGRAM,
    account,
    beside_link,
    customer_of,
    happened,
    keep_account,
    to_link,
)
from hub.web.hooks.alexa_pause import Meanwhile

TOUCH, SCREEN = "Alexa.Presentation.APL.UserEvent", "Alexa.Presentation.APL"
ASKS = ("AMAZON.StartOverIntent", "StatusIntent")
ACTS = (Intent.CHOICE, Intent.YES, Intent.NO, Intent.DONE)
ANSWERS_SOON = 30 * SECOND  # a device that was commanded so lately may answer any moment
WORKING = ("sending", "sent")  # it has left; what is still queued has its own wait

log = structlog.get_logger(__name__)

Answer = tuple[Reply | None, Beside]


async def reply_to(tx: Tx, door: Door, voice: Translator, body: Mapping[str, Any], now: Moment) -> Answer:
    """What is said to this request, and what goes beside it; no reply for events and whatever we do not know."""
    user, kind = account(body), kind_of(body)
    if kind.startswith(EVENTS):
        await happened(tx, body, user, now)
        return None, NOTHING_BESIDE
    if kind == MESSAGE:
        await _message(tx, body, now)
        return None, NOTHING_BESIDE
    said = voice.heard(body, language_of(body, door.ctx.words.languages()))
    if said is None or not user:
        return None, NOTHING_BESIDE
    customer = await customer_of(tx, body, now)
    before = await tx.talks.reply_to(Channel.VOICE, said.key)
    if before is not None:
        reply = msgspec.convert(before, Reply)
        known = customer is not None and said.meaning.intent is not Intent.LINK
        old = Visit(tx, customer or CustomerId(""), None, said, now, door.ctx)
        return reply, await _beside(old, body) if known else beside_link(reply)
    if customer is None and said.meaning.intent is Intent.DANGER:
        return _in_danger(said.meaning.slot, door), NOTHING_BESIDE
    if customer is None or said.meaning.intent is Intent.LINK:
        reply = await to_link(tx, user, said, now, in_app=PROGRAM in door.programs)
        await tx.talks.remember(Channel.VOICE, said.key, msgspec.to_builtins(reply), now)
        return reply, beside_link(reply)
    await keep_account(tx, body, now)
    visit = await _as_shown(Visit(tx, customer, None, said, now, door.ctx), body)
    reply = await converse(tx, customer, visit.turn, now, door.ctx)
    return reply, await _beside(visit, body, new=True)


def _in_danger(kind: str, door: Door) -> Reply:
    """Somebody whom no account tells us about hears what is safe; nobody knows where to send help."""
    policy = door.ctx.policy
    said = sentence(kind, number_of(kind, policy.country, policy.emergency))
    return replace(said, say=said.say[:1], to_person=False)


async def _message(tx: Tx, body: Mapping[str, Any], now: Moment) -> None:
    """A message of ours that Amazon brings back, perhaps more than once: it is heeded the first time."""
    name = table(body, "request").get("requestId")
    if not isinstance(name, str) or await tx.talks.reply_to(Channel.VOICE, name) is not None:
        return
    await tx.talks.remember(Channel.VOICE, name, {}, now)
    log.info("speaker_message")


async def _as_shown(visit: Visit, body: Mapping[str, Any]) -> Visit:
    """A touch on a screen that we have left behind repeats what is asked now: it never answers another question."""
    said = visit.turn
    if kind_of(body) != TOUCH or said.meaning.intent not in ACTS:
        return visit
    if table(body, "request").get("token") == await _step(visit):
        return visit
    return replace(visit, turn=replace(said, meaning=Meaning(Intent.REPEAT)))


async def _beside(visit: Visit, body: Mapping[str, Any], *, new: bool = False) -> Beside:
    """The customer's own names when a session begins, and the step for a screen: the one that it had the first time."""
    names: dict[str, str] = {}
    if visit.turn.kind is Heard.LAUNCH:
        names = {device.id: device.name for device in await devices_of(visit) if device.name}
    if SCREEN not in table(body, "context", "System", "device", "supportedInterfaces"):
        return Beside(names)
    shown = f"{visit.turn.key}#screen"
    before = None if new else await visit.tx.talks.reply_to(Channel.VOICE, shown)
    step = str((before or {}).get("step", "")) or await _step(visit)
    if new:
        await visit.tx.talks.remember(Channel.VOICE, shown, {"step": step}, visit.now)
    return Beside(names, step)


async def _step(visit: Visit) -> str:
    there = await place(replace(visit, turn=replace(visit.turn, kind=Heard.TEXT)))
    return standing(there.talk) if there is not None else "none"


def standing(talk: Conversation) -> str:
    """Where a conversation stands, in one word for a screen: the step of the play, or what else is being asked."""
    if talk.guess:
        return "which" if talk.guess.startswith(WHICH) else f"guess-{talk.guess.partition(':')[0]}"
    if talk.booking:
        return f"{talk.booking}-{talk.offers[0] if talk.offers else 'none'}"
    return "proof" if talk.proving else talk.step or "opening"


async def settled(
    door: Door, body: Mapping[str, Any], now: Moment, meanwhile: Meanwhile, within: float
) -> None:
    """Somebody asks how it is while a device is about to answer a command: wait for it a little, and say so."""
    name = table(body, "request", "intent").get("name")
    if kind_of(body) != "LaunchRequest" and name not in ASKS:
        return
    try:
        async with asyncio.timeout(within):
            while await _working(door, body, now):
                meanwhile.hurry()
                await door.store.changed("facts", 0.5)
    except TimeoutError:
        return


async def _working(door: Door, body: Mapping[str, Any], now: Moment) -> bool:
    async with door.store.reading() as tx:
        customer = await customer_of(tx, body, now)
        if customer is None:
            return False
        for case in await tx.cases.of_customer(customer, now):
            for row in await tx.outbox.commands_of(case.id):
                if row.state in WORKING and now - row.at <= ANSWERS_SOON:
                    return True
    return False
