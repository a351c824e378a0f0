"""Erasing a person, and telling them everything that is kept about them.

Erasing blanks names, addresses, texts, agents' notes and remembered replies; ids, moments, reasons, the ledger and the
keyed hashes of the suppression list stay, so that the accounts add up and STOP outlives the person's name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, Table, and_, func, or_, select

from hub.domain.customer import Health
from hub.domain.ids import CustomerId, Moment
from hub.ports.rights import Erasure
from hub.store.prepared import Row
from hub.store.rights import Chosen
from hub.store.rows import escaped, to_json
from hub.store.tables import (
    addresses,
    bases,
    cases,
    codes,
    contacts,
    customers,
    decisions,
    facts,
    inbox,
    links,
    messages,
    persons,
    replies,
    residences,
    suppressions,
)
from hub.store.tables_consent import erasures, preferences, reviews
from hub.store.tables_links import page_links, page_visits, photos
from hub.store.tables_oauth import grants, proofs, tokens
from hub.store.tables_talk import bookings, pins

_WORDS = ("text", "note", "words")
"""Keys of a fact under which people at the desk write freely."""
_MINE: Mapping[str, Any] = {
    "customers": (customers, customers.c.id),
    "names": (persons, persons.c.customer),
    "addresses": (addresses, addresses.c.customer),
    "homes": (residences, residences.c.customer),
    "bases": (bases, bases.c.customer),
    "preferences": (preferences, preferences.c.customer),
    "reviews": (reviews, reviews.c.customer),
    "speakers": (links, links.c.customer),
    "appointments": (bookings, bookings.c.customer),
    "contacts": (contacts, contacts.c.customer),
    "messages": (messages, messages.c.customer),
}


class Erasing(Chosen):
    """The rest of `hub.ports.rights.Rights`."""

    async def belongings(self, customer: CustomerId) -> Mapping[str, Any]:
        """Everything that is kept about the person, rows by kind as they stand."""
        found = {
            name: await self._rows(select(table).where(column == customer))
            for name, (table, column) in _MINE.items()
        }
        said = select(messages.c.id).where(messages.c.customer == customer)
        found["decisions"] = await self._rows(select(decisions).where(decisions.c.message.in_(said)))
        found["cases"] = await self._rows(select(cases).where(cases.c.id.in_(_cases(customer))))
        found["photos"] = await self._rows(
            select(photos.c.id, photos.c["case"], photos.c.kind, photos.c.size, photos.c.at).where(
                photos.c.customer == customer
            )
        )
        found["timeline"] = await self._rows(
            select(facts).where(facts.c.case.in_(_cases(customer))).order_by(facts.c.seq)
        )
        return found

    async def _rows(self, query: Select[Any]) -> list[dict[str, Any]]:
        return [dict(row) for row in await self._work.all(query)]

    async def remains(self, customer: CustomerId) -> Mapping[str, int]:
        """How many rows of each kind still say something of the person: what `erase` would blank."""
        found = {name: await self._many(table, condition) for name, table, condition in _speaking(customer)}
        found["notes"] = len(await self._notes(customer))
        return {kind: count for kind, count in found.items() if count}

    async def _many(self, table: Table, condition: Any) -> int:
        return int(await self._work.value(select(func.count()).select_from(table).where(condition)))

    async def erase(self, customer: CustomerId, who: str, at: Moment) -> Mapping[str, int]:
        """See `Rights`. The suppression hashes of all their addresses are kept, or made now: nobody who was erased is
        written to because a list still holds their number."""
        told = dict.fromkeys(_KINDS, 0) | dict(await self.remains(customer))
        await self._suppress(customer, at)
        await self._blank_notes(customer)
        for name, table, condition in _speaking(customer):
            blank = _BLANK.get(name)
            await self._work.run(
                table.delete().where(condition)
                if blank is None
                else table.update().where(condition).values(blank)
            )
        for each in (page_links, page_visits, codes, proofs, grants, tokens, pins):
            await self._work.remove(each, {"customer": customer})
        await self.add_erasure(Erasure(self.sign("customer", customer), at, who))
        return told

    async def erasures(self) -> list[Erasure]:
        """Everybody who was erased, each with the last time, oldest first."""
        rows = await self._work.all(select(erasures).order_by(erasures.c.at, erasures.c.hash))
        return [Erasure(row["hash"], row["at"], row["who"]) for row in rows]

    async def add_erasure(self, erasure: Erasure) -> None:
        row = {"hash": erasure.hash, "at": erasure.at, "who": erasure.who}
        await self._work.put(erasures, row)
        self._work.erased.append(erasure)

    async def _suppress(self, customer: CustomerId, at: Moment) -> None:
        mine = await self._work.all(select(addresses).where(addresses.c.customer == customer))
        hashes = {self._work.hash("customer", customer)}
        hashes |= {self._work.hash("address", row["value"]) for row in mine if row["value"]}
        for each in sorted(hashes):
            await self._work.add(suppressions, {"hash": each, "since": at, "because": "erased"})

    async def _notes(self, customer: CustomerId) -> Sequence[Row]:
        """What people at the desk wrote freely into the timeline of the person's cases."""
        rows = await self._work.all(
            select(facts.c.seq, facts.c.data).where(
                facts.c.case.in_(_cases(customer)), or_(*(facts.c.data.like(f'%"{key}"%') for key in _WORDS))
            )
        )
        return [row for row in rows if _written(json.loads(row["data"]))]

    async def _blank_notes(self, customer: CustomerId) -> None:
        for row in await self._notes(customer):
            data = {**json.loads(row["data"])}
            await self._work.change(
                facts, {"seq": row["seq"]}, {"data": to_json(data | dict.fromkeys(_written(data), ""))}
            )


def _written(data: Mapping[str, Any]) -> list[str]:
    """The keys of a fact under which somebody wrote something."""
    return [key for key in _WORDS if isinstance(data.get(key), str) and data[key]]


_KINDS = ("names", "addresses", "replies", "messages", "notes", "speakers", "waiting", "photos")
_BLANK: Mapping[str, Mapping[str, Any]] = {
    "names": {"name": ""},
    "addresses": {"value": "", "health": Health.DEAD.value},
    "replies": {"reply": "{}"},
    "messages": {"text": "", "phrases": "[]"},
}
"""What takes the place of what is blanked; rows of another kind are deleted."""


def _speaking(customer: CustomerId) -> Sequence[tuple[str, Table, Any]]:
    """The rows that say something of the person, by kind. Replies are kept by channel and the provider's key, which is that of
    the message they answer; `waiting` are texts of theirs that nobody has taken yet."""
    heard = select(messages.c.provider_id).where(
        messages.c.customer == customer, messages.c.provider_id != ""
    )
    theirs = f'%"customer":"{escaped(customer)}"%'
    said = or_(messages.c.text != "", messages.c.phrases != "[]")
    return (
        ("names", persons, and_(persons.c.customer == customer, persons.c.name != "")),
        ("addresses", addresses, and_(addresses.c.customer == customer, addresses.c.value != "")),
        ("replies", replies, and_(replies.c.key.in_(heard), replies.c.reply != "{}")),
        ("messages", messages, and_(messages.c.customer == customer, said)),
        ("speakers", links, links.c.customer == customer),
        ("waiting", inbox, inbox.c.event.like(theirs, escape="\\")),
        ("photos", photos, photos.c.customer == customer),
    )


def _cases(customer: CustomerId) -> Select[Any]:
    """The cases of a person: those they were told about or spoke of, and those of their homes in their own time."""
    said = select(messages.c.case).where(messages.c.customer == customer, messages.c.case.is_not(None))
    lived = (
        select(cases.c.id)
        .join(residences, residences.c.site == cases.c.site)
        .where(
            residences.c.customer == customer,
            residences.c.since <= cases.c.opened,
            or_(residences.c.until.is_(None), residences.c.until > cases.c.opened),
        )
    )
    return select(cases.c.id).where(and_(or_(cases.c.id.in_(said), cases.c.id.in_(lived))))
