"""Whom an incident has told, what became of it, and what came back. Written to by `hub/flow/incident_send.py` alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, and_, cast, distinct, func, select

from hub.domain.agent import AgentRole
from hub.domain.contact import Direction, Message, MessageStatus
from hub.domain.ids import CaseId, CustomerId, Moment
from hub.domain.incident import MemberState, Told
from hub.domain.receipts import LOST
from hub.ports.incidents import Tally
from hub.store.messages import message_of
from hub.store.prepared import Prepared, Row, given
from hub.store.rows import Work
from hub.store.tables import cases, messages, users, wakes
from hub.store.tables_incidents import members, told

_TOLD = [column.name for column in told.c]
_MEMBER_OPEN = select(members.c.case).join(cases, cases.c.id == members.c.case).where(cases.c.is_open == 1)
_ANY_OPEN = Prepared(_MEMBER_OPEN.where(members.c.incident == given("incident")).limit(1))
_ANY_WAITING = Prepared(
    _MEMBER_OPEN.where(
        members.c.incident == given("incident"), members.c.state == MemberState.WAITING.value
    ).limit(1)
)
_OPEN_THERE = (
    _MEMBER_OPEN.where(members.c.incident == told.c.incident, members.c.site == told.c.household)
    .where(members.c.state == MemberState.TOLD.value)
    .correlate(told)
)
_OPEN_CASE = Prepared(
    _MEMBER_OPEN.where(members.c.incident == given("incident"), members.c.site == given("household"))
    .order_by(members.c.case)
    .limit(1)
)
_SENT = select(told, messages.c.status).join(messages, messages.c.id == told.c.message)
_UNENDED = _SENT.where(told.c.incident == given("incident"), told.c.ended.is_(None)).order_by(
    told.c.at, told.c.household
)
_RECOVERED = Prepared(_UNENDED.where(~_OPEN_THERE.exists()).limit(given("most")))
_WITHDRAWN = Prepared(
    _UNENDED.where(messages.c.status == MessageStatus.CANCELLED.value, _OPEN_THERE.exists()).limit(
        given("most")
    )
)
_COUNT_TOLD = Prepared(select(func.count()).where(told.c.incident == given("incident")))
_STILL = Prepared(_UNENDED.limit(given("most")))


def told_of(row: Row) -> Told:
    """The household in a row of `told`."""
    return Told(**{name: row[name] for name in _TOLD})


class ToldHouseholds:
    """The part of `hub.ports.incidents.Incidents` about who was told."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def tell(self, household: Told) -> bool:
        """This household is told; False when it was before."""
        return await self._work.add(told, {name: getattr(household, name) for name in _TOLD})

    async def untell(self, household: Told) -> None:
        """The message never left: the household knows nothing."""
        await self._work.remove(told, {"incident": household.incident, "household": household.household})

    async def set_told(self, household: Told) -> None:
        await self._work.put(told, {name: getattr(household, name) for name in _TOLD})

    async def told_to(self, incident: str, customer: CustomerId) -> list[Told]:
        """The households of one person that were told."""
        query = select(told).where(told.c.incident == incident, told.c.customer == customer)
        return [told_of(row) for row in await self._work.all(query.order_by(told.c.at, told.c.household))]

    async def newest_told(self, incident: str, limit: int) -> list[tuple[Told, MessageStatus]]:
        """Who was told last, with what became of the messages."""
        order = (told.c.at.desc(), told.c.household.desc())
        return await self._with_status(_SENT.where(told.c.incident == incident).order_by(*order).limit(limit))

    async def told_page(self, incident: str, after: str, limit: int) -> list[tuple[Told, MessageStatus]]:
        """Who was told, by household, beginning after `after`."""
        query = _SENT.where(told.c.incident == incident, told.c.household > after)
        return await self._with_status(query.order_by(told.c.household).limit(limit))

    async def behind(self, incident: str, number: int, limit: int) -> list[Told]:
        """Households that have not been sent update `number` and have not been told that it is over."""
        return await self._told(
            and_(told.c.incident == incident, told.c.number < number, told.c.ended.is_(None)), limit
        )

    async def unended(self, incident: str, limit: int) -> list[tuple[Told, MessageStatus]]:
        """Households that have not been told that it is over."""
        return await self._with_status(_STILL, incident=incident, most=limit)

    async def recovered(self, incident: str, limit: int) -> list[tuple[Told, MessageStatus]]:
        """Those of them in which no case of the incident is open any more."""
        return await self._with_status(_RECOVERED, incident=incident, most=limit)

    async def withdrawn(self, incident: str, limit: int) -> list[Told]:
        """Households whose message was cancelled before it left, with cases that are still open."""
        return [each for each, _ in await self._with_status(_WITHDRAWN, incident=incident, most=limit)]

    async def open_case(self, incident: str, household: str) -> CaseId | None:
        """An open case of the household."""
        case: CaseId | None = await self._work.value(_OPEN_CASE, incident=incident, household=household)
        return case

    async def count_told(self, incident: str) -> int:
        """How many households were told."""
        return int(await self._work.value(_COUNT_TOLD, incident=incident) or 0)

    async def any_open(self, incident: str) -> bool:
        """Whether any case of the incident is open."""
        return await self._work.one(_ANY_OPEN, incident=incident) is not None

    async def any_waiting(self, incident: str) -> bool:
        """Whether any open case of the incident has not been told."""
        return await self._work.one(_ANY_WAITING, incident=incident) is not None

    async def households(self, incident: str) -> int:
        """How many households it reaches: those that wait with open cases, and those told."""
        waiting = (
            select(func.count(distinct(members.c.site)))
            .join(cases, cases.c.id == members.c.case)
            .where(members.c.incident == incident, cases.c.is_open == 1)
            .where(members.c.state == MemberState.WAITING.value)
        )
        known = select(func.count()).where(told.c.incident == incident)
        return int(await self._work.value(waiting) or 0) + int(await self._work.value(known) or 0)

    async def tally(self, incident: str) -> Tally:
        """The incident in numbers."""
        is_open = cases.c.is_open == 1
        waits = and_(is_open, members.c.state == MemberState.WAITING.value)
        of_cases = (
            select(
                func.count().label("cases"),
                func.count().filter(is_open).label("open"),
                func.count(distinct(members.c.site)).filter(waits).label("waiting"),
                func.count().filter(members.c.state == MemberState.APART.value).label("apart"),
            )
            .select_from(members)
            .join(cases, cases.c.id == members.c.case)
            .where(members.c.incident == incident)
        )
        lost = messages.c.status.in_([status.value for status in LOST])
        of_told = (
            select(
                func.count().label("told"),
                func.count().filter(lost).label("lost"),
                func.count().filter(told.c.ended.is_not(None)).label("ended"),
            )
            .select_from(told)
            .join(messages, messages.c.id == told.c.message)
            .where(told.c.incident == incident)
        )
        found: dict[str, int] = {}
        for query in (of_cases, of_told):
            found |= await self._work.one(query) or {}
        return Tally(**found)

    async def replies(self, incident: str, limit: int) -> list[Message]:
        """What customers have written about its cases, newest first."""
        query = (
            select(messages)
            .join(members, members.c.case == messages.c.case)
            .where(members.c.incident == incident, messages.c.direction == Direction.IN.value)
            .order_by(messages.c.seq.desc())
            .limit(limit)
        )
        return [message_of(row) for row in await self._work.all(query)]

    async def release(self, incident: str, now: Moment, spread: int) -> int:
        """Whatever waits for the incident is looked at again, spread over `spread`; how many cases that is."""
        mine = select(members.c.case).where(members.c.incident == incident)
        due = now + (wakes.c.due % max(1, spread))
        later = and_(wakes.c.name == "release", wakes.c.due > now + spread, wakes.c.case.in_(mine))
        self._work.rung.add("wakes")
        return (await self._work.ask(wakes.update().where(later).values(due=cast(due, BigInteger)))).count

    async def hurry(self, because: Sequence[str], now: Moment) -> int:
        """Households that wait for one of these reasons have their turn now, whichever incident they wait for; how many."""
        held = (
            members.c.state == MemberState.WAITING.value,
            members.c.because.in_(because),
            members.c.due > now,
        )
        return await self._work.count(members.update().where(*held).values(due=now))

    async def agents_free(self) -> int | None:
        """How many agents have no open ticket; None when there are no agents at all."""
        role = users.c.role == AgentRole.AGENT.value
        busy = select(cases.c.agent).where(cases.c.is_open == 1, cases.c.agent.is_not(None))
        row = await self._work.one(
            select(func.count().label("all"), func.count().filter(users.c.id.not_in(busy)).label("free"))
            .select_from(users)
            .where(role)
        )
        return int(row["free"]) if row and row["all"] else None

    async def _told(self, wanted: Any, limit: int) -> list[Told]:
        query = select(told).where(wanted).order_by(told.c.at, told.c.household).limit(limit)
        return [told_of(row) for row in await self._work.all(query)]

    async def _with_status(self, query: Any, **values: Any) -> list[tuple[Told, MessageStatus]]:
        rows: Sequence[Row] = await self._work.all(query, **values)
        return [(told_of(row), MessageStatus(row["status"])) for row in rows]
