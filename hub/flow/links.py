"""Links to a person's own page: each opens once, within a day, and then belongs to the browser it was opened in.

A message has one link however often it is tried: its token is derived from the message's id and the key of the house, and
kept as a hash only. In stored words the link is a mark, which becomes an address when the message leaves.
"""

from __future__ import annotations

import base64
from dataclasses import replace

from device_rules.reading import HOUR
from hub.domain.asked import Decision
from hub.domain.contact import Message, MessageClass, Phrase
from hub.domain.customer import Channel
from hub.domain.ids import CaseId, CustomerId, Moment
from hub.flow.context import Context
from hub.flow.saying import Draft, send
from hub.flow.seen import link_opened
from hub.ports import Tx
from hub.ports.pages import PageLink, PageVisit

LIFE = 24 * HOUR  # source: contact-governance, section 9 (a link's token is single-use and lives a day)
MARK = "<link>"
"""What stands for the link in words that are kept."""
BESIDE = (Channel.EMAIL, Channel.PUSH, Channel.WHATSAPP)
"""Channels that show a link beside the words. A text has one only where its words ask for it."""
BYTES = 16


def with_link(phrase: Phrase) -> Phrase:
    """`phrase` with the mark as its variable {link}."""
    return replace(phrase, variables={**phrase.variables, "link": MARK})


async def link_of(tx: Tx, message: Message, base: str, now: Moment) -> str:
    """The address of the page that `message` leads to, made now; empty for messages that lead nowhere. `base` is how the
    world reaches us (empty: it does not)."""
    wanted = MARK in message.text or message.channel in BESIDE
    if not base or not wanted or message.case is None or message.kind is MessageClass.COMPLIANCE:
        return ""
    token = await make(tx, message.customer, message.case, message.id, now)
    return f"{base.rstrip('/')}/p/{token}"


async def make(tx: Tx, customer: CustomerId, case: CaseId, what: str, now: Moment) -> str:
    """The token of the link that `what` (a message's id) carries; asked for again, the same one, for another day."""
    sealed = bytes.fromhex(tx.people.sign("page", f"{customer}\n{case}\n{what}"))[:BYTES]
    token = base64.urlsafe_b64encode(sealed).decode().rstrip("=")
    await tx.pages.put_link(token, PageLink(customer, case, now, Moment(now + LIFE)))
    return token


async def open_link(tx: Tx, token: str, visit: str, now: Moment) -> PageVisit | None:
    """Somebody opens the link: it is used up, and `visit` (a token for their browser) may look at the page for a day. None
    when it was used before, is over, or is none of ours. That they looked is *seen*, and no answer."""
    if not await tx.pages.use_link(token, now):
        return None
    link = await tx.pages.link(token)
    assert link is not None
    made = PageVisit(link.customer, link.case, Moment(now + LIFE))
    await tx.pages.open_visit(visit, made)
    await link_opened(tx, link.case, link.customer, "page", now)
    return made


async def send_again(tx: Tx, link: PageLink, now: Moment, ctx: Context) -> Decision:
    """A new link by text, to the number on file: the gate says whether it may leave."""
    phrase = with_link(Phrase("page.again"))
    what = f"page-link:{now}"
    draft = Draft(link.case, link.customer, Channel.SMS, MessageClass.TURN, what, (phrase,))
    return await send(tx, draft, now, ctx)
