"""Cases, their faults and their packets. One case at most is open per device and family: an index sees to it."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select

from device_rules.fault import Severity
from hub.domain.because import Because
from hub.domain.case import Case, CaseState, Step, To
from hub.domain.customer import Channel
from hub.domain.ids import CaseId, ContactId, CustomerId, DeviceId, FaultId, Moment, UserId
from hub.domain.packet import PacketPart
from hub.ports import FaultRow
from hub.store.faults import fault_of
from hub.store.prepared import Prepared, Row, given
from hub.store.rows import Work, to_json
from hub.store.tables import case_contacts, case_faults, cases, faults, packets, residences
from hub.store.tables_households import sightings

VIEWS = ("mine", "unassigned", "open", "waiting", "hub", "with_agent", "resolved", "resolved_today", "all")
_LONGEST_FIRST = ("mine", "unassigned")
_COLUMNS = [column.name for column in cases.c if column.name != "is_open"]

_GET = Prepared(select(cases).where(cases.c.id == given("case")))
_OPEN = Prepared(
    select(cases).where(
        cases.c.device == given("device"), cases.c.family == given("family"), cases.c.is_open == 1
    )
)
_JOINED = (
    select(case_faults.c.case)
    .join(faults, faults.c.id == case_faults.c.fault)
    .where(faults.c.device == given("device"), faults.c.rule == given("rule"))
)
_LAST = Prepared(
    select(cases)
    .where(cases.c.device == given("device"), or_(cases.c.rule == given("rule"), cases.c.id.in_(_JOINED)))
    .order_by(cases.c.opened.desc(), cases.c.id)
    .limit(1)
)
_OF_DEVICE = Prepared(
    select(cases)
    .where(cases.c.device == given("device"))
    .order_by(cases.c.opened.desc(), cases.c.id)
    .limit(given("most"))
)
_BESIDE = Prepared(
    select(cases)
    .where(
        cases.c.site == given("site"),
        cases.c.is_open == 1,
        cases.c.id != given("case"),
        cases.c.state.in_([CaseState.HELD.value, CaseState.CONTACTING.value]),
        cases.c.acknowledged.is_(None),
    )
    .order_by(cases.c.opened, cases.c.id)
)
_FAULTS = Prepared(
    select(faults)
    .join(case_faults, case_faults.c.fault == faults.c.id)
    .where(case_faults.c.case == given("case"))
    .order_by(faults.c.raised, faults.c.id)
)
_CASE_OF = Prepared(select(case_faults.c.case).where(case_faults.c.fault == given("fault")))


def case_of(row: Row) -> Case:
    """The case in a row of `cases`."""
    values = {name: row[name] for name in _COLUMNS}
    needs = row["needs_agent"]
    return Case(
        **values
        | {
            "severity": Severity(row["severity"]),
            "state": CaseState(row["state"]),
            "ladder": tuple(_step_of(*each) for each in json.loads(row["ladder"])),
            "needs_agent": Because[needs] if needs else None,
            "proved": bool(row["proved"]),
            "asked_by_customer": bool(row["asked_by_customer"]),
        }
    )


def shown_of(row: Row) -> Case:
    """The same for eyes alone: where a newer hub, or a hand in the database, wrote what we do not know, as far as it can be read."""
    try:
        return case_of(row)
    except (ValueError, LookupError, TypeError):
        known = {
            "severity": row["severity"] if row["severity"] in set(Severity) else Severity.MAJOR,
            "state": row["state"] if row["state"] in set(CaseState) else CaseState.WITH_AGENT,
            "ladder": "[]",
            "needs_agent": Because.CANNOT_BE_READ.name,
        }
        return case_of({**row, **known})


def _step_of(channel: str, wait: int, to: str = To.HOUSEHOLD.value) -> Step:
    """A step as it is kept; ladders that were frozen before there were second contacts have no `to`."""
    return Step(Channel(channel), wait, To(to))


def columns_of(case: Case) -> dict[str, Any]:
    """The row of `cases` that keeps `case`."""
    values = {name: getattr(case, name) for name in _COLUMNS}
    return values | {
        "severity": case.severity.value,
        "state": case.state.value,
        "ladder": to_json([[step.channel.value, step.wait, step.to.value] for step in case.ladder]),
        "needs_agent": case.needs_agent.name if case.needs_agent else None,
        "proved": int(case.proved),
        "asked_by_customer": int(case.asked_by_customer),
        "is_open": int(case.state.open),
    }


def in_view(view: str, user: UserId | None, since: Moment | None) -> ColumnElement[bool]:
    """Which cases a view shows. `since` (UTC µs) is when `resolved_today` begins."""
    is_open = cases.c.is_open == 1
    nobody = cases.c.agent.is_(None)
    wanted = or_(cases.c.needs_agent.is_not(None), cases.c.state == CaseState.WITH_AGENT.value)
    talking = cases.c.state.in_([CaseState.CONTACTING.value, CaseState.TALKING.value])
    waiting = and_(talking, cases.c.needs_agent.is_(None), cases.c.contacted.is_not(None))
    conditions = {
        "mine": and_(is_open, cases.c.agent == (user or "")),
        "unassigned": and_(is_open, nobody, wanted),
        "open": is_open,
        "waiting": and_(is_open, nobody, waiting),
        "hub": and_(is_open, nobody, not_(wanted), not_(waiting)),
        "with_agent": and_(is_open, not_(nobody)),
        "resolved": cases.c.is_open == 0,
        "resolved_today": and_(cases.c.is_open == 0, cases.c.closed >= (since or 0)),
        "all": cases.c.id.is_not(None),
    }
    return conditions[view]


class SqlCases:
    """See `hub.ports.store.Cases`."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def get(self, case: CaseId, *, lock: bool = False) -> Case | None:
        row = await self._work.one(self._work.locked(_GET) if lock else _GET, case=case)
        return case_of(row) if row else None

    async def save(self, case: Case) -> None:
        await self._work.put(cases, columns_of(case))

    async def open_for(self, device: DeviceId, family: str) -> Case | None:
        """The one open case of this device and family."""
        row = await self._work.one(_OPEN, device=device, family=family)
        return case_of(row) if row else None

    async def last_for(self, device: DeviceId, rule: str) -> Case | None:
        """The newest case of this device, open or closed, that a fault of this rule opened or joined."""
        row = await self._work.one(_LAST, device=device, rule=rule)
        return case_of(row) if row else None

    async def of_customer(self, customer: CustomerId, at: Moment, *, open_only: bool = True) -> list[Case]:
        """Cases at the sites where the person lives at `at`, of their own time there only; newest first."""
        theirs = select(residences.c.site).where(
            residences.c.customer == customer,
            residences.c.site == cases.c.site,
            residences.c.since <= at,
            or_(residences.c.until.is_(None), residences.c.until > at),
            residences.c.since <= cases.c.opened,
        )
        query = select(cases).where(theirs.exists()).order_by(cases.c.opened.desc(), cases.c.id)
        return await self._cases(query.where(cases.c.is_open == 1) if open_only else query)

    async def of_device(self, device: DeviceId, limit: int = 10) -> list[Case]:
        rows = await self._work.all(_OF_DEVICE, device=device, most=limit)
        return [case_of(row) for row in rows]

    async def beside(self, case: Case, *, lock: bool = False) -> list[Case]:
        """Other cases of the same household that nobody has answered yet. With `lock` their rows are held, and those
        that somebody else holds are left out: two cases that look for each other never wait for each other."""
        found = self._work.locked(_BESIDE, skip=True) if lock else _BESIDE
        return [case_of(row) for row in await self._work.all(found, site=case.site, case=case.id)]

    async def mark_seen(self, contact: ContactId, how: str, at: Moment) -> bool:
        """Somebody has seen the contact; the first time counts, and False says that it was not."""
        return await self._work.add(sightings, {"contact": contact, "how": how, "at": at})

    async def seen(self, case: CaseId) -> dict[ContactId, Moment]:
        """Which contacts about the case have been seen, and when."""
        rows = await self._work.all(
            select(sightings)
            .join(case_contacts, case_contacts.c.contact == sightings.c.contact)
            .where(case_contacts.c.case == case)
        )
        return {row["contact"]: row["at"] for row in rows}

    async def join(self, case: CaseId, fault: FaultId) -> None:
        """The fault belongs to this case from now on; one that belongs to a case already stays there."""
        await self._work.add(case_faults, {"case": case, "fault": fault})

    async def faults(self, case: CaseId) -> list[FaultRow]:
        rows = await self._work.all(_FAULTS, case=case)
        return [fault_of(row) for row in rows]

    async def case_of_fault(self, fault: FaultId) -> CaseId | None:
        case: CaseId | None = await self._work.value(_CASE_OF, fault=fault)
        return case

    async def add_packet(self, part: PacketPart) -> None:
        """Keep a part. Parts never change: one that is there already stays as it is."""
        await self._work.add(
            packets,
            {
                "case": part.case,
                "number": part.number,
                "at": part.at,
                "body": to_json(part.body),
                "sha256": part.sha256,
            },
        )

    async def packet(self, case: CaseId) -> list[PacketPart]:
        rows = await self._work.all(select(packets).where(packets.c.case == case).order_by(packets.c.number))
        return [PacketPart(**{**row, "body": json.loads(row["body"])}) for row in rows]

    async def counts(self, user: UserId | None = None, since: Moment | None = None) -> dict[str, int]:
        """How many cases each view shows; `user` is whose `mine` is, `since` when `resolved_today` began."""
        asked = [func.count().filter(in_view(view, user, since)).label(view) for view in VIEWS]
        row = await self._work.one(select(*asked).select_from(cases))
        return {view: int(row[view]) if row else 0 for view in VIEWS}

    async def page(
        self, view: str, after: str, limit: int, user: UserId | None = None, since: Moment | None = None
    ) -> list[Case]:
        """One page of a view, beginning after the case `after`. Whoever waits for an agent comes longest first;
        all other views begin with the newest. Raises KeyError when there is no such view."""
        return [case_of(row) for row in await self._page(view, after, limit, user, since)]

    async def listed(
        self, view: str, after: str, limit: int, user: UserId | None = None, since: Moment | None = None
    ) -> list[Case]:
        """The same for eyes alone: what cannot be read of a case hides neither it nor the others."""
        return [shown_of(row) for row in await self._page(view, after, limit, user, since)]

    async def shown(self, case: CaseId) -> Case | None:
        """A case for eyes alone, as far as it can be read."""
        row = await self._work.one(_GET, case=case)
        return shown_of(row) if row else None

    async def _page(
        self, view: str, after: str, limit: int, user: UserId | None, since: Moment | None
    ) -> list[Row]:
        query = select(cases).where(in_view(view, user, since)).limit(limit)
        longest = view in _LONGEST_FIRST
        opened, key = cases.c.opened, cases.c.id
        query = query.order_by(opened, key) if longest else query.order_by(opened.desc(), key.desc())
        if after:
            then = select(opened).where(key == after).scalar_subquery()
            further = (
                or_(opened > then, and_(opened == then, key > after))
                if longest
                else or_(opened < then, and_(opened == then, key < after))
            )
            query = query.where(further)
        return [*await self._work.all(query)]

    async def _cases(self, query: Select[Any]) -> list[Case]:
        return [case_of(row) for row in await self._work.all(query)]
