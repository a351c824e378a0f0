"""Seen: somebody opened the link of a message. That is no answer: the ladder goes on, and the desk can see it."""

from __future__ import annotations

from hub.domain.because import Because
from hub.domain.effects import Note
from hub.domain.ids import CaseId, CustomerId, Moment
from hub.ports import Tx


async def link_opened(tx: Tx, case: CaseId, customer: CustomerId, how: str, now: Moment) -> bool:
    """The customer opened the link of the newest message about `case`, on `how` (page, push). It is written down once a
    contact, for every case that the message told of; False when there is nothing new in it."""
    mine = [each for each in await tx.messages.contacts_of(case) if each.customer == customer]
    newest = max(mine, key=lambda each: (each.at, each.id), default=None)
    if newest is None or not await tx.cases.mark_seen(newest.id, how, now):
        return False
    for each in newest.cases:
        found = await tx.cases.get(each)
        data = {"contact": newest.id, "channel": str(newest.channel), "how": how}
        device = found.device if found is not None else None
        await tx.facts.add(Note(each, device, "contact.seen", Because.LINK_OPENED, data), now)
    return True
