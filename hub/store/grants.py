"""Account linking in the store. One-time codes, authorization codes and tokens are recognised by keyed hashes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from device_rules.reading import DAY, MINUTE
from hub.domain.ids import CustomerId, Moment
from hub.ports.grants import Code, Granted, Token
from hub.store.prepared import Row
from hub.store.rows import Work
from hub.store.tables_oauth import grants, proofs, tokens

PROOF_LIFE = 10 * MINUTE
WRONG_TRIES = 5


class SqlGrants:
    """See `hub.ports.grants.Grants`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def ask(self, asked: str, customer: CustomerId, code: str, at: Moment) -> None:
        """Keep a one-time code that was sent to `customer`; only the newest of one asking counts."""
        row = {"asked": self._hash("asked", asked), "customer": customer, "code": self._hash("proof", code)}
        await self._work.put(proofs, {**row, "at": at, "expires": at + PROOF_LIFE, "wrong": 0})

    async def asked_since(self, customer: CustomerId, since: Moment) -> int:
        """How many one-time codes were sent to `customer` since then."""
        query = select(func.count()).where(proofs.c.customer == customer, proofs.c.at > since)
        return int(await self._work.value(query) or 0)

    async def prove(self, asked: str, code: str, now: Moment) -> CustomerId | None:
        """Whose one-time code that is; it is used up. None when it is wrong, too old, or was guessed at too often."""
        name = self._hash("asked", asked)
        newest = select(proofs).where(proofs.c.asked == name).order_by(proofs.c.at.desc()).limit(1)
        row = await self._work.one(self._work.locked(newest))
        if row is None or row["expires"] <= now or row["wrong"] >= WRONG_TRIES:
            return None
        if row["code"] != self._hash("proof", code):
            await self._work.change(proofs, {"asked": name, "at": row["at"]}, {"wrong": row["wrong"] + 1})
            return None
        await self._work.change(proofs, {"asked": name}, {"expires": now})
        return CustomerId(row["customer"])

    async def put_code(self, code: str, kept: Code) -> None:
        """Keep an authorization code."""
        rest = {"redirect": kept.redirect, "challenge": kept.challenge}
        row = {"hash": self._hash("grant", code), **_granted(kept.granted), **rest}
        await self._work.add(grants, {**row, "expires": kept.expires, "used": kept.used})

    async def code(self, code: str) -> Code | None:
        """An authorization code, used or not; its row is held until the transaction ends."""
        query = select(grants).where(grants.c.hash == self._hash("grant", code))
        row = await self._work.one(self._work.locked(query))
        if row is None:
            return None
        return Code(_grant(row), row["redirect"], row["challenge"], row["expires"], row["used"])

    async def use_code(self, code: str, at: Moment) -> bool:
        """Use a code up; False when it was used before."""
        where = {"hash": self._hash("grant", code), "used": None}
        return await self._use(grants, where, at)

    async def put_token(self, token: str, kept: Token) -> None:
        """Keep a token."""
        row = {"hash": self._hash("token", token), **_granted(kept.granted), "kind": kept.kind}
        await self._work.add(tokens, {**row, "expires": kept.expires, "used": kept.used})

    async def token(self, token: str) -> Token | None:
        """A token, good or not; in a transaction its row is held until the end."""
        query = select(tokens).where(tokens.c.hash == self._hash("token", token))
        row = await self._work.one(self._work.locked(query))
        return None if row is None else Token(_grant(row), row["kind"], row["expires"], row["used"])

    async def use_token(self, token: str, at: Moment) -> bool:
        """Use a token up; False when it was used before."""
        return await self._use(tokens, {"hash": self._hash("token", token), "used": None}, at)

    async def end_family(self, family: str, at: Moment) -> None:
        """Take back every token of one act of linking."""
        await self._use(tokens, {"family": family, "used": None}, at)

    async def allowed(self, customer: CustomerId, now: Moment) -> list[str]:
        """The programs that `customer` lets act for them: those with a token that is still good for something."""
        good = (tokens.c.customer == customer, tokens.c.used.is_(None), tokens.c.expires > now)
        found = select(tokens.c.client).where(*good).distinct().order_by(tokens.c.client)
        return [str(row["client"]) for row in await self._work.all(found)]

    async def end_client(self, client: str, customer: CustomerId, at: Moment) -> None:
        """Take back everything that `customer` allowed `client`."""
        await self._use(tokens, {"client": client, "customer": customer, "used": None}, at)

    async def forget(self, now: Moment) -> int:
        """Forget what has been over for a day; how many rows that was. A code's or token's second use is told until then."""
        over = (each.delete().where(each.c.expires < now - DAY) for each in (proofs, grants, tokens))
        return sum([await self._work.count(each) for each in over])

    async def _use(self, table: Any, where: dict[str, Any], at: Moment) -> bool:
        which = [
            table.c[name].is_(None) if value is None else table.c[name] == value
            for name, value in where.items()
        ]
        return await self._work.count(table.update().where(*which).values(used=at)) > 0

    def _hash(self, kind: str, secret: str) -> str:
        return self._work.hash("oauth", kind, secret)


def _granted(granted: Granted) -> dict[str, str]:
    who = {"family": granted.family, "client": granted.client}
    return {**who, "customer": granted.customer, "scope": granted.scope}


def _grant(row: Row) -> Granted:
    return Granted(row["family"], row["client"], CustomerId(row["customer"]), row["scope"])
