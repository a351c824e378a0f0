"""Incidents, who belongs to them, and what is failing just now. Whom they have told stands beside, in `incidents_told.py`.

Counting costs the same for the first device and for the fifty-thousandth: marks older than the window go when a new one
comes, and a cohort that has an open incident is not counted any more.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from device_rules.fault import Severity
from hub.domain.because import Because
from hub.domain.contact import MessageStatus
from hub.domain.ids import CaseId, Moment, SiteId
from hub.domain.incident import Cohort, Incident, IncidentState, Mark, Member, MemberState, Told
from hub.ports.incidents import Standing
from hub.store.incidents_told import ToldHouseholds
from hub.store.prepared import Prepared, Row, given
from hub.store.rows import to_json
from hub.store.tables import cases, devices, messages, sites
from hub.store.tables_incidents import incidents, marks, members, told

_COLUMNS = [column.name for column in incidents.c if column.name != "is_open"]
_MEMBER = [column.name for column in members.c]
_MARK = ("device", "fault", "case", "site", "at")
_GET = Prepared(select(incidents).where(incidents.c.id == given("incident")))


def incident_of(row: Row) -> Incident:
    """The incident in a row of `incidents`."""
    values = {name: row[name] for name in _COLUMNS}
    return Incident(
        **values
        | {
            "severity": Severity(row["severity"]),
            "state": IncidentState(row["state"]),
            "approved_by": tuple(json.loads(row["approved_by"])),
            "words": json.loads(row["words"]),
            "because": Because[row["because"]],
        }
    )


def columns_of(incident: Incident) -> dict[str, Any]:
    """The row of `incidents` that keeps `incident`."""
    values = {name: getattr(incident, name) for name in _COLUMNS}
    return values | {
        "severity": incident.severity.value,
        "state": incident.state.value,
        "approved_by": to_json(list(incident.approved_by)),
        "words": to_json(incident.words),
        "because": incident.because.name,
        "is_open": int(incident.state.open),
    }


def member_of(row: Row) -> Member:
    """The member in a row of `members`."""
    values = {name: row[name] for name in _MEMBER}
    return Member(**values | {"state": MemberState(row["state"]), "because": Because[row["because"]]})


def _columns_of_member(member: Member) -> dict[str, Any]:
    values = {name: getattr(member, name) for name in _MEMBER}
    return values | {"state": member.state.value, "because": member.because.name}


# What a case's standing is read from, in one question: it is asked for every message.
_SEVERAL = [column.label(f"m_{column.name}") for column in members.c]
_HEARD = [column.label(f"t_{column.name}") for column in told.c]
_OF_CASE = Prepared(
    select(incidents, *_SEVERAL, *_HEARD, messages.c.status.label("t_status"))
    .select_from(members)
    .join(incidents, incidents.c.id == members.c.incident)
    .outerjoin(told, and_(told.c.incident == members.c.incident, told.c.household == members.c.site))
    .outerjoin(messages, messages.c.id == told.c.message)
    .where(members.c.case == given("case"), incidents.c.state != IncidentState.CLOSED.value)
    .order_by(incidents.c.opened.desc())
    .limit(1)
)
_DUE = Prepared(
    select(members)
    .join(cases, cases.c.id == members.c.case)
    .where(
        members.c.incident == given("incident"),
        members.c.state == MemberState.WAITING.value,
        members.c.due <= given("now"),
        cases.c.state == "contacting",
    )
    .order_by(members.c.due, members.c.case)
    .limit(given("most"))
)
_OLD = Prepared(
    marks.delete().where(
        marks.c.rule == given("rule"), marks.c.cohort == given("cohort"), marks.c.at <= given("since")
    )
)
_COUNT = Prepared(
    select(func.count()).where(marks.c.rule == given("rule"), marks.c.cohort == given("cohort"))
)


_MEMBERS = select(members)


class SqlIncidents(ToldHouseholds):
    """See `hub.ports.incidents.Incidents`."""

    async def get(self, incident: str, *, lock: bool = False) -> Incident | None:
        row = await self._work.one(self._work.locked(_GET) if lock else _GET, incident=incident)
        return incident_of(row) if row else None

    async def free(self, incident: str) -> Incident | None:
        """As `get` with a lock, but None when somebody else holds it: who comes back can wait."""
        row = await self._work.one(self._work.locked(_GET, skip=True), incident=incident)
        return incident_of(row) if row else None

    async def save(self, incident: Incident) -> None:
        await self._work.put(incidents, columns_of(incident))

    async def open_for(self, rule: str, cohorts: Sequence[str]) -> list[Incident]:
        """Open incidents of the rule that cover one of the cohorts."""
        query = select(incidents).where(
            incidents.c.rule == rule, incidents.c.cohort.in_(cohorts), incidents.c.is_open == 1
        )
        return [incident_of(row) for row in await self._work.all(query)]

    async def page(self, after: str, limit: int, *, open_only: bool = False) -> list[Incident]:
        """Incidents, newest first, beginning after the one with id `after`."""
        query = select(incidents).order_by(incidents.c.opened.desc(), incidents.c.id.desc()).limit(limit)
        if open_only:
            query = query.where(incidents.c.state != IncidentState.CLOSED.value)
        if after:
            then = select(incidents.c.opened).where(incidents.c.id == after).scalar_subquery()
            same = and_(incidents.c.opened == then, incidents.c.id < after)
            query = query.where(or_(incidents.c.opened < then, same))
        return [incident_of(row) for row in await self._work.all(query)]

    async def mark(self, rule: str, cohorts: Sequence[str], mark: Mark, since: Moment) -> dict[str, int]:
        """Remember that a device fails, in all its cohorts; how many devices of each have failed since `since`."""
        values = {name: getattr(mark, name) for name in _MARK}
        await self._work.put_all(marks, [{"rule": rule, "cohort": key, **values} for key in cohorts])
        counts = {}
        for key in cohorts:
            await self._work.count(_OLD, rule=rule, cohort=key, since=since)
            counts[key] = int(await self._work.value(_COUNT, rule=rule, cohort=key) or 0)
        return counts

    async def marked(self, rule: str, cohort: str) -> list[Mark]:
        """The devices of a cohort that have just failed, in order."""
        query = select(marks).where(marks.c.rule == rule, marks.c.cohort == cohort)
        rows = await self._work.all(query.order_by(marks.c.at, marks.c.device))
        return [Mark(**{name: row[name] for name in _MARK}) for row in rows]

    async def rules_marked(self, cohort: str, since: Moment) -> list[str]:
        """Rules by which two devices of a cohort or more have failed since."""
        query = select(marks.c.rule).where(marks.c.cohort == cohort, marks.c.at > since)
        query = query.group_by(marks.c.rule).having(func.count() > 1).order_by(marks.c.rule)
        return [row["rule"] for row in await self._work.all(query)]

    async def unmark(self, rule: str, devices: Sequence[str]) -> None:
        """These devices are accounted for."""
        await self._work.run(marks.delete().where(marks.c.rule == rule, marks.c.device.in_(devices)))

    async def size(self, cohort: str, most: int) -> int:
        """How many devices a cohort has, counted up to `most`. Who is behind a gateway is not counted."""
        return int(await self._work.value(_size(Cohort.parse(cohort), most)) or 0)

    async def join(self, members_: Sequence[Member]) -> None:
        """These cases belong to the incident; one that does already stays as it is."""
        for member in members_:
            await self._work.add(members, _columns_of_member(member))

    async def set_state(self, member: Member, state: MemberState, due: Moment, because: str) -> None:
        values = {"state": state.value, "due": due, "because": because}
        await self._work.change(members, {"incident": member.incident, "case": member.case}, values)

    async def of_case(self, case: CaseId) -> Standing | None:
        """The newest incident, not closed, that the case belongs to."""
        row = await self._work.one(_OF_CASE, case=case)
        if row is None:
            return None
        member = member_of({name: row[f"m_{name}"] for name in _MEMBER})
        heard = row["t_incident"] is not None
        household = Told(**{column.name: row[f"t_{column.name}"] for column in told.c}) if heard else None
        status = MessageStatus(row["t_status"]) if row["t_status"] else None
        return Standing(incident_of(row), member, household, status)

    async def due(self, incident: str, now: Moment, limit: int) -> list[Member]:
        """Members who wait to be told, whose cases want to contact somebody now; longest first."""
        rows = await self._work.all(_DUE, incident=incident, now=now, most=limit)
        return [member_of(row) for row in rows]

    async def waiting(self, incident: str, after: str, limit: int) -> list[Member]:
        """Members whose cases are open and who were not told, by case, beginning after the case `after`."""
        open_ones = _MEMBERS.join(cases, cases.c.id == members.c.case).where(cases.c.is_open == 1)
        query = open_ones.where(members.c.incident == incident, members.c.case > after)
        query = query.where(members.c.state == MemberState.WAITING.value).order_by(members.c.case)
        return [member_of(row) for row in await self._work.all(query.limit(limit))]

    async def members(self, incident: str, after: str, limit: int) -> list[Member]:
        """All members, by case, beginning after the case `after`."""
        query = _MEMBERS.where(members.c.incident == incident, members.c.case > after)
        return [member_of(row) for row in await self._work.all(query.order_by(members.c.case).limit(limit))]

    async def together(self, incident: str, site: SiteId, state: MemberState) -> list[Member]:
        """Open cases of one household in this state, in order."""
        query = (
            select(members)
            .join(cases, cases.c.id == members.c.case)
            .where(members.c.incident == incident, members.c.site == site, cases.c.is_open == 1)
            .where(members.c.state == state.value)
            .order_by(members.c.case)
        )
        return [member_of(row) for row in await self._work.all(query)]


def _size(cohort: Cohort, most: int) -> Select[Any]:
    query = select(devices.c.id).where(devices.c.model == cohort.model)
    if cohort.kind == "firmware":
        query = query.where(devices.c.firmware == cohort.value)
    elif cohort.kind == "region":
        query = query.join(sites, sites.c.id == devices.c.site).where(sites.c.country == cohort.value)
    return select(func.count()).select_from(query.limit(most).subquery())
