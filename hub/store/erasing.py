"""Erasing a person, and telling them everything that is kept about them.

Erasing blanks names, addresses, texts, agents' notes and remembered replies; ids, moments, reasons, the ledger and the
keyed hashes of the suppression list stay, so that the accounts add up and STOP outlives the person's name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, and_, or_, select

from hub.domain.customer import Health
from hub.domain.ids import CustomerId, Moment
from hub.ports.rights import Erasure
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

    async def erase(self, customer: CustomerId, who: str, at: Moment) -> Mapping[str, int]:
        """See `Rights`. The suppression hashes of all their addresses are kept, or made now: nobody who was erased is
        written to because a list still holds their number."""
        told = {
            "names": await self._work.change(persons, {"customer": customer}, {"name": ""}),
            "addresses": await self._addresses(customer, at),
            "replies": await self._replies(customer),
            "messages": await self._messages(customer),
            "notes": await self._notes(customer),
            "speakers": await self._work.remove(links, {"customer": customer}),
            "waiting": await self._waiting(customer),
            "photos": await self._work.remove(photos, {"customer": customer}),
        }
        for each in (page_links, page_visits):
            await self._work.remove(each, {"customer": customer})
        for each in (codes, proofs, grants, tokens, pins):
            await self._work.remove(each, {"customer": customer})
        await self.add_erasure(Erasure(self.sign("customer", customer), at, who))
        return told

    async def erasures(self) -> list[Erasure]:
        """Everybody who was erased, oldest first."""
        rows = await self._work.all(select(erasures).order_by(erasures.c.at, erasures.c.hash))
        return [Erasure(row["hash"], row["at"], row["who"]) for row in rows]

    async def add_erasure(self, erasure: Erasure) -> None:
        row = {"hash": erasure.hash, "at": erasure.at, "who": erasure.who}
        await self._work.add(erasures, row)

    async def _addresses(self, customer: CustomerId, at: Moment) -> int:
        mine = await self._work.all(select(addresses).where(addresses.c.customer == customer))
        hashes = {self._work.hash("customer", customer)}
        hashes |= {self._work.hash("address", row["value"]) for row in mine if row["value"]}
        for each in sorted(hashes):
            await self._work.add(suppressions, {"hash": each, "since": at, "because": "erased"})
        gone = {"value": "", "health": Health.DEAD.value}
        return await self._work.change(addresses, {"customer": customer}, gone)

    async def _messages(self, customer: CustomerId) -> int:
        blank: Any = messages.update().where(messages.c.customer == customer)
        return await self._work.count(blank.values(text="", phrases="[]"))

    async def _replies(self, customer: CustomerId) -> int:
        """Replies are kept by channel and the provider's key, which is that of the message they answer."""
        heard = select(messages.c.provider_id).where(
            messages.c.customer == customer, messages.c.provider_id != ""
        )
        blank: Any = replies.update().where(replies.c.key.in_(heard))
        return await self._work.count(blank.values(reply="{}"))

    async def _notes(self, customer: CustomerId) -> int:
        """What people at the desk wrote freely into the timeline of the person's cases."""
        rows = await self._work.all(
            select(facts.c.seq, facts.c.data).where(
                facts.c.case.in_(_cases(customer)), or_(*(facts.c.data.like(f'%"{key}"%') for key in _WORDS))
            )
        )
        for row in rows:
            data = {**json.loads(row["data"])}
            blank = {key: "" for key in _WORDS if isinstance(data.get(key), str)}
            await self._work.change(facts, {"seq": row["seq"]}, {"data": to_json(data | blank)})
        return len(rows)

    async def _waiting(self, customer: CustomerId) -> int:
        """Texts of theirs that nobody has taken yet."""
        theirs = f'%"customer":"{escaped(customer)}"%'
        gone = inbox.delete().where(inbox.c.event.like(theirs, escape="\\"))
        return await self._work.count(gone)


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
