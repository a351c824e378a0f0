"""Returning: what must happen after a backup has been restored, before anybody may be contacted again.

What was waiting in the backup may have been sent since: it is set aside, not sent again. What customers wrote since is not in
the backup: nobody may be contacted before the STOPs among it have been heard. Nothing is sent here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from hub.domain.because import Because
from hub.domain.contact import Message, MessageStatus
from hub.domain.conversation import Expecting, Intent
from hub.domain.customer import Channel
from hub.domain.effects import Note
from hub.domain.events import MessageHeard
from hub.domain.ids import CommandId, Moment
from hub.flow.consent import take_in
from hub.flow.context import Context
from hub.flow.converse import heard
from hub.ports import Tx

OWED = ("queued", "sending", "in_doubt", "parked")
PAGE = 500
WORDS = {Intent.STOP: "stop", Intent.START: "start"}


@dataclass(frozen=True, slots=True)
class Text:
    """What somebody wrote to us: the carrier's id of it, the number it came from (personal data), the words, the moment."""

    key: str
    sender: str
    words: str
    at: Moment


@dataclass(frozen=True, slots=True)
class Caught:
    """What the texts since the backup came to: how many there were, and how many said stop or start."""

    texts: int
    stops: int
    starts: int


async def set_aside(tx: Tx, now: Moment) -> tuple[int, int]:
    """Nothing that was owed at the time of the backup leaves: how many messages and device commands that were."""
    messages = commands = 0
    for state in OWED:
        while rows := await tx.outbox.page(state, PAGE):
            for row in rows:
                await tx.outbox.settle(row.id, "done", note="restored")
                if isinstance(row.item, Message):
                    messages += 1
                    gone = replace(row.item, status=MessageStatus.EXPIRED, because=Because.RESTORED)
                    await tx.messages.update(gone)
                else:
                    commands += 1
                    await tx.outbox.set_command(CommandId(row.item.id), "expired", "restored", now)
    data: dict[str, Any] = {"messages": messages, "commands": commands}
    await tx.facts.add(Note(None, None, "house.restored", Because.RESTORED, data), now)
    return messages, commands


async def catch_up(tx: Tx, texts: Sequence[Text], now: Moment, ctx: Context) -> Caught:
    """Hear the STOPs and STARTs among `texts`, in their order; nobody is answered. Contacts may be resumed after this."""
    stops = starts = 0
    for text in sorted(texts, key=lambda each: (each.at, each.key)):
        address = await tx.people.find_address(Channel.SMS, text.sender)
        if address is None:
            here = (Channel.SMS, text.sender)
            address = await take_in(tx, here, text.words, ctx)
        customer = await tx.people.customer(address.customer) if address else None
        language = customer.language if customer else "en"
        intent = ctx.ears.understand(text.words, language, Expecting.NOTHING, ()).intent
        if intent not in WORDS or await tx.talks.reply_to(Channel.SMS, f"hook:{text.key}") is not None:
            continue
        await tx.talks.remember(Channel.SMS, f"hook:{text.key}", {}, now)
        stops += intent is Intent.STOP
        starts += intent is Intent.START
        event = MessageHeard(
            str(Channel.SMS),
            text.key,
            address.id if address else "",
            address.customer if address else "",
            text.words,
            WORDS[intent],  # as if the carrier had answered: it is too late for an answer of ours
        )
        await heard(tx, event, now, ctx)
    switches = await tx.house.switches()
    await tx.house.set_switches(replace(switches, unheard_since=None))
    caught = Caught(len(texts), stops, starts)
    data: dict[str, Any] = {"texts": caught.texts, "stops": stops, "starts": starts}
    await tx.facts.add(Note(None, None, "house.caught_up", Because.RESTORED, data), now)
    return caught
