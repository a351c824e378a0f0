"""Conversations, replies already given, and speakers linked to customers.

The platform's user ids and the pairing codes are kept as keyed hashes only.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec
from sqlalchemy import select

from device_rules.reading import HOUR
from hub.domain.conversation import Conversation
from hub.domain.customer import Channel
from hub.domain.ids import CaseId, CustomerId, Moment
from hub.store.prepared import Prepared, given
from hub.store.rows import Work, to_json
from hub.store.tables import codes, conversations, links, replies, tries

_GET = Prepared(select(conversations.c.body).where(conversations.c.case == given("case")))

WRONG_TRIES = 5
LOCK = HOUR
"""An account that said so many wrong codes must wait. Source: voice-platforms, section 6 (five tries); the hour is ours."""


class SqlTalks:
    """See `hub.ports.store.Talks`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def get(self, case: CaseId) -> Conversation | None:
        body = await self._work.value(self._work.locked(_GET), case=case)
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

    async def new_code(self, customer: CustomerId, code: str, expires: Moment) -> bool:
        """A pairing code for a customer, valid until `expires`; it replaces an earlier one of theirs. False when
        somebody else has it: two people never share a code."""
        await self._work.remove(codes, {"customer": customer})
        row = {"hash": self._code(code), "customer": customer, "expires": expires}
        return await self._work.add(codes, row)

    async def locked(self, platform: str, user: str, now: Moment) -> bool:
        """Whether this account has said too many wrong codes."""
        return await self._wrong(self._account(platform, user), now) >= WRONG_TRIES

    async def use_code(self, platform: str, user: str, code: str, now: Moment) -> CustomerId | None:
        """Link the account that says a valid code, and use the code up. None when the code is wrong or too old, or the
        account is locked."""
        account = self._account(platform, user)
        await self._work.add(tries, {"account": account, "wrong": 0, "until": now})
        wrong = await self._wrong(account, now)
        if wrong >= WRONG_TRIES:
            return None
        customer = await self._work.value(
            codes.delete()
            .where(codes.c.hash == self._code(code), codes.c.expires > now)
            .returning(codes.c.customer)
        )
        if customer is None:
            values = {"wrong": wrong + 1, "until": now + LOCK}
            await self._work.change(tries, {"account": account}, values)
            return None
        await self._work.remove(tries, {"account": account})
        await self.link(platform, user, customer, now)
        return CustomerId(customer)

    async def _wrong(self, account: str, now: Moment) -> int:
        """How many wrong codes an account has said lately; the row is held until the transaction ends."""
        query = select(tries.c.wrong).where(tries.c.account == account, tries.c.until > now)
        return int(await self._work.value(self._work.locked(query)) or 0)

    def _account(self, platform: str, user: str) -> str:
        return self._work.hash("account", platform, user)

    def _code(self, code: str) -> str:
        return self._work.hash("code", code)
