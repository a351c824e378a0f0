"""Who is who in a ticket: everybody who wrote, was written to or belongs to the home, by name and role.

Reads only. It is told per ticket, because a home may have an owner, somebody who lives there and a second contact, and what one
of them said must never stand under the name of another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.domain.case import Case
from hub.domain.contact import Message
from hub.domain.conversation import Conversation
from hub.domain.ids import CustomerId, Moment
from hub.domain.site import Residence, Role
from hub.ports import FactRow, Tx

RANKS = (Role.OWNER, Role.OCCUPANT, Role.SECOND_CONTACT, Role.CARETAKER, Role.INSTALLER)
HOME = (Role.OWNER, Role.OCCUPANT)


@dataclass(frozen=True, slots=True)
class Named:
    """A person of a ticket. `role` is None where they do not (or no longer) belong to the home; `here` is whether they do
    now; `stopped` whether their own words ended what we write to them."""

    name: str
    role: Role | None = None
    here: bool = False
    stopped: bool = False

    def __str__(self) -> str:
        role = plain_role(self.role)
        return f"{self.name or 'Somebody without a name'}{f' ({role})' if role else ''}"


People = Mapping[CustomerId, Named]


def plain_role(role: Role | None) -> str:
    """A role as people read it."""
    return role.value.replace("_", " ") if role else ""


async def people(
    tx: Tx, case: Case, story: tuple[Sequence[Message], Sequence[FactRow]], now: Moment
) -> People:
    """Everybody of the home, in the order in which they count, then whoever else wrote or was written to."""
    here = ranked(await _residents(tx, case, now))
    roles = {one.customer: one.role for one in reversed(here)}
    messages, facts = story
    told = [CustomerId(str(fact.data["customer"])) for fact in facts if fact.data.get("customer")]
    order = dict.fromkeys((*(one.customer for one in here), *(one.customer for one in messages), *told))
    return {
        who: Named(
            await tx.people.name(who),
            roles.get(who),
            who in roles,
            await tx.people.suppressed(who) is not None,
        )
        for who in order
    }


def ranked(residents: Sequence[Residence]) -> list[Residence]:
    """The owner before occupants before others; a role that has no rank comes last."""
    last = len(RANKS)
    return sorted(residents, key=lambda one: RANKS.index(one.role) if one.role in RANKS else last)


async def whom(tx: Tx, case: Case, now: Moment) -> tuple[CustomerId | None, Role | None]:
    """Who lives with the device now: the owner before occupants before others."""
    here = ranked(await _residents(tx, case, now))
    return (here[0].customer, here[0].role) if here else (None, None)


async def role_of(tx: Tx, case: Case, customer: CustomerId, now: Moment) -> Role | None:
    """What somebody is to the home of a case; None when they do not belong to it."""
    mine = [one for one in ranked(await _residents(tx, case, now)) if one.customer == customer]
    return mine[0].role if mine else None


async def talks_with(tx: Tx, case: Case, talk: Conversation | None, now: Moment) -> CustomerId | None:
    """With whom a case is talked about: who was asked, or is to be and still belongs to the home."""
    if talk is None or talk.customer is None:
        return None
    there = talk.asked is not None or await role_of(tx, case, talk.customer, now) is not None
    return talk.customer if there else None


async def about(tx: Tx, case: Case, now: Moment) -> str:
    """Whom the list names for a ticket: with whom it is talked about, with the role where that is not the owner; else the owner."""
    talking = await talks_with(tx, case, await tx.talks.get(case.id), now)
    if talking is not None and await tx.people.customer(talking) is not None:
        role = await role_of(tx, case, talking, now)
        return str(Named(await tx.people.name(talking), None if role in HOME else role))
    owner, _ = await whom(tx, case, now)
    return await tx.people.name(owner) if owner else ""


async def _residents(tx: Tx, case: Case, now: Moment) -> list[Residence]:
    if case.site is None:
        return []
    return [one for one in await tx.people.residents(case.site, now) if one.holds_at(now)]
