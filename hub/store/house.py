"""Switches, people at the desk, keys of programs, and telemetry that was refused."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import and_, select

from hub.domain.agent import AgentRole, User
from hub.domain.asked import Switches
from hub.domain.ids import Moment, UserId
from hub.ports import Quarantined
from hub.store.prepared import Prepared, Row
from hub.store.rows import Work, to_json
from hub.store.tables import codes, keys, notices, quarantine, replies, sessions, suppressions, tries, users
from hub.store.tables_consent import erasures
from hub.store.tables_links import page_links, page_visits
from hub.store.tables_oauth import tokens
from hub.store.tables_talk import pins

_SWITCHES = "switches"
_MARK = "mark:"
_KEYED = (suppressions.c.hash, erasures.c.hash, pins.c.hash, tokens.c.hash)
_GET_SWITCHES = Prepared(select(notices.c.body).where(notices.c.name == _SWITCHES))


def user_of(row: Row) -> User:
    """The user in a row of `users`."""
    return User(row["id"], row["name"], AgentRole(row["role"]), row["password"])


class SqlHouse:
    """See `hub.ports.store.House`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def switches(self, *, lock: bool = False) -> Switches:
        """As people have set them; a hub that nobody has touched sends on paper. `lock` is for whoever will set them."""
        body = await self._work.value(self._work.locked(_GET_SWITCHES) if lock else _GET_SWITCHES)
        return msgspec.json.decode(body, type=Switches) if body else Switches()

    async def set_switches(self, switches: Switches) -> None:
        await self._work.put(notices, {"name": _SWITCHES, "body": msgspec.json.encode(switches).decode()})

    async def mark(self, name: str) -> str | None:
        """What was noted under this name; None when nothing was."""
        body: str | None = await self._work.value(
            select(notices.c.body).where(notices.c.name == _MARK + name)
        )
        return body

    async def set_mark(self, name: str, text: str) -> None:
        await self._work.put(notices, {"name": _MARK + name, "body": text})

    async def keyed(self) -> bool:
        """Whether anything is kept that another secret would not find again."""
        return any([await self._work.value(select(each).limit(1)) for each in _KEYED])

    async def user(self, user: UserId) -> User | None:
        row = await self._work.one(select(users).where(users.c.id == user))
        return user_of(row) if row else None

    async def put_user(self, user: User) -> None:
        await self._work.put(
            users,
            {"id": user.id, "name": user.name, "role": user.role.value, "password": user.password},
        )

    async def users(self) -> list[User]:
        return [user_of(row) for row in await self._work.all(select(users).order_by(users.c.id))]

    async def open_session(self, token_hash: str, user: UserId, expires: Moment) -> None:
        await self._work.put(sessions, {"hash": token_hash, "user": user, "expires": expires})

    async def session(self, token_hash: str, now: Moment) -> UserId | None:
        """Whose session it is, unless it is over or closed."""
        user: UserId | None = await self._work.value(
            select(sessions.c.user).where(sessions.c.hash == token_hash, sessions.c.expires > now)
        )
        return user

    async def close_session(self, token_hash: str) -> None:
        await self._work.remove(sessions, {"hash": token_hash})

    async def close_sessions(self, user: UserId) -> int:
        """End all sessions of a person; how many there were."""
        return await self._work.count(sessions.delete().where(sessions.c.user == user))

    async def add_key(self, key_hash: str, name: str, scopes: Sequence[str]) -> None:
        await self._work.put(keys, {"hash": key_hash, "name": name, "scopes": to_json(list(scopes))})

    async def key(self, key_hash: str) -> tuple[str, tuple[str, ...]] | None:
        """Name and scopes of a program's key."""
        row = await self._work.one(select(keys).where(keys.c.hash == key_hash))
        return (row["name"], tuple(json.loads(row["scopes"]))) if row else None

    async def keys(self) -> list[tuple[str, tuple[str, ...]]]:
        """Name and scopes of every key, by name; of no key more than its hash is kept."""
        rows = await self._work.all(select(keys).order_by(keys.c.name, keys.c.hash))
        return [(row["name"], tuple(json.loads(row["scopes"]))) for row in rows]

    async def revoke(self, name: str) -> int:
        """Forget all keys of this name; how many there were."""
        return await self._work.count(keys.delete().where(keys.c.name == name))

    async def quarantine(self, rows: Iterable[Quarantined]) -> None:
        """Add to what was refused: counts add up per topic and reason, the newest sample stays."""
        for row in rows:
            same = and_(quarantine.c.topic == row.topic, quarantine.c.reason == row.reason)
            new = {"count": row.count, "first": row.first, "last": row.last, "sample": row.sample}
            if await self._work.add(quarantine, {"topic": row.topic, "reason": row.reason, **new}):
                continue
            await self._work.run(
                quarantine.update()
                .where(same)
                .values(count=quarantine.c["count"] + row.count, last=row.last, sample=row.sample)
            )

    async def quarantined(self, limit: int = 100) -> list[Quarantined]:
        """What was refused, most recent first."""
        rows = await self._work.all(
            select(quarantine)
            .order_by(quarantine.c["last"].desc(), quarantine.c.topic, quarantine.c.reason)
            .limit(limit)
        )
        return [Quarantined(**{**row, "sample": bytes(row["sample"])}) for row in rows]

    async def tidy(self, now: Moment, older: Moment) -> int:
        """Forget what has run out by `now`, and what nobody needs any more since `older`; how many rows that was."""
        over = (
            sessions.delete().where(sessions.c.expires <= now),
            codes.delete().where(codes.c.expires <= now),
            tries.delete().where(tries.c.until <= now),
            quarantine.delete().where(quarantine.c.last < older),
            replies.delete().where(replies.c.at < older),
            page_visits.delete().where(page_visits.c.expires <= now),
            page_links.delete().where(page_links.c.expires < older),
        )
        return sum([await self._work.count(each) for each in over])
