"""Conversations, replies already given, and speakers linked to customers.

The platform's user ids and the pairing codes are kept as keyed hashes only.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec
from sqlalchemy import select

from hub.domain.conversation import Conversation
from hub.domain.customer import Channel
from hub.domain.ids import CaseId, CustomerId, Moment
from hub.store.rows import Work, to_json
from hub.store.tables import codes, conversations, links, replies


class SqlTalks:
    """See `hub.ports.store.Talks`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def get(self, case: CaseId) -> Conversation | None:
        query = select(conversations.c.body).where(conversations.c.case == case)
        body = await self._work.value(self._work.locked(query))
        return msgspec.json.decode(body, type=Conversation) if body else None

    async def save(self, conversation: Conversation) -> None:
        body = msgspec.json.encode(conversation).decode()
        await self._work.put(conversations, {"case": conversation.case, "body": body})

    async def reply_to(self, channel: Channel, key: str) -> dict[str, Any] | None:
        """The reply already given to this turn."""
        body = await self._work.value(
            select(replies.c.reply).where(replies.c.channel == channel.value, replies.c.key == key)
        )
        return json.loads(body) if body else None

    async def remember(self, channel: Channel, key: str, reply: dict[str, Any], at: Moment) -> None:
        """Keep the reply to a turn; the first one given stays."""
        await self._work.add(
            replies, {"channel": channel.value, "key": key, "reply": to_json(reply), "at": at}
        )

    async def linked(self, platform: str, user: str) -> CustomerId | None:
        """Whose speaker account this is."""
        customer: CustomerId | None = await self._work.value(
            select(links.c.customer).where(
                links.c.platform == platform, links.c.user == self._account(platform, user)
            )
        )
        return customer

    async def link(self, platform: str, user: str, customer: CustomerId, at: Moment) -> None:
        account = self._account(platform, user)
        await self._work.put(links, {"platform": platform, "user": account, "customer": customer, "at": at})

    async def unlink(self, platform: str, user: str) -> None:
        await self._work.remove(links, {"platform": platform, "user": self._account(platform, user)})

    async def new_code(self, customer: CustomerId, code: str, expires: Moment) -> None:
        """A pairing code for a customer, valid until `expires`; it replaces an earlier one of theirs."""
        await self._work.remove(codes, {"customer": customer})
        await self._work.put(codes, {"hash": self._code(code), "customer": customer, "expires": expires})

    async def use_code(self, platform: str, user: str, code: str, now: Moment) -> CustomerId | None:
        """Link the account that says a valid code, and use the code up. None when the code is wrong or too old."""
        customer = await self._work.value(
            codes.delete()
            .where(codes.c.hash == self._code(code), codes.c.expires > now)
            .returning(codes.c.customer)
        )
        if customer is None:
            return None
        await self.link(platform, user, customer, now)
        return CustomerId(customer)

    def _account(self, platform: str, user: str) -> str:
        return self._work.hash("account", platform, user)

    def _code(self, code: str) -> str:
        return self._work.hash("code", code)
