"""Internal events still to be handled, in order per key. An event that fails again and again is put aside alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import exists, func, select

from hub.domain.events import Event
from hub.domain.ids import Moment
from hub.ports import InboxRow
from hub.store.prepared import Prepared, given
from hub.store.rows import Work
from hub.store.tables import inbox

TRIES = 5

# The first of its key is the one before which there is none. Asked row by row in the order of their numbers, this ends with
# the limit, however long the inbox is.
_EARLIER = inbox.alias("earlier")
_FIRST = ~exists().where(_EARLIER.c.parked == 0, _EARLIER.c.key == inbox.c.key, _EARLIER.c.seq < inbox.c.seq)
_NEXT = Prepared(select(inbox).where(inbox.c.parked == 0, _FIRST).order_by(inbox.c.seq).limit(given("most")))

_PUT = Prepared(inbox.insert(), ("key", "event", "at", "tries", "parked", "why"))
_encode = msgspec.json.Encoder().encode
_event: msgspec.json.Decoder[Any] = msgspec.json.Decoder(Event)


class AlreadyTaken(Exception):
    """Another one has handled this event meanwhile: what was done with it here must not be kept."""


class SqlInbox:
    """See `hub.ports.store.Inbox`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def put(self, key: str, event: Event, at: Moment) -> None:
        self._work.rung.add("inbox")
        await self._work.insert(
            inbox,
            {
                "key": key,
                "event": msgspec.json.encode(event).decode(),
                "at": at,
                "tries": 0,
                "parked": 0,
                "why": "",
            },
        )

    async def put_all(self, events: Sequence[tuple[str, Event]], at: Moment) -> None:
        """Many events at once, in their order."""
        if events:
            self._work.rung.add("inbox")
            rest = {"at": at, "tries": 0, "parked": 0, "why": ""}
            rows = [{"key": key, "event": _encode(event).decode(), **rest} for key, event in events]
            await self._work.line.write(_PUT, rows)

    async def next(self, limit: int) -> list[InboxRow]:
        """The oldest event of each key, oldest first. On PostgreSQL they are held until the transaction ends, and
        keys that somebody else holds are left out."""
        return [
            InboxRow(row["seq"], row["key"], _event.decode(row["event"]), row["at"], row["tries"])
            for row in await self._work.all(self._work.locked(_NEXT, skip=True), most=limit)
        ]

    async def done(self, row: InboxRow) -> None:
        """The event has been handled. Raises `AlreadyTaken` when it is gone, so that nothing is done twice."""
        if not await self._work.remove(inbox, {"seq": row.seq}):
            raise AlreadyTaken(f"inbox row {row.seq}")

    async def failed(self, row: InboxRow, why: str) -> None:
        """The event could not be handled: it is tried again, and after the fifth time parked where a person sees it.
        Later events of its key go on then."""
        tries = row.tries + 1
        self._work.rung.add("inbox")
        await self._work.change(
            inbox, {"seq": row.seq}, {"tries": tries, "parked": int(tries >= TRIES), "why": why}
        )

    async def depth(self) -> int:
        """How many events wait; parked ones do not."""
        return int(await self._work.value(select(func.count()).where(inbox.c.parked == 0)) or 0)
