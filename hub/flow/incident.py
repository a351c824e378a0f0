"""Incidents begin here: a raised fault is counted in its cohorts, and many of one kind within minutes are one matter.

Fault raised, its case opened → mark, candidate, or member of an incident that is open. Contacts nobody: `incident_send`
does, when a supervisor or the rule has decided. Costs a handful of small questions per fault, however many there are.
"""

from __future__ import annotations

from dataclasses import replace

import msgspec
import structlog

from device_rules.fault import FaultChange, Severity
from device_rules.groups import is_group, parts_of
from device_rules.reading import MINUTE
from hub.domain.because import Because
from hub.domain.case import Case
from hub.domain.device import Device
from hub.domain.effects import Note, WakeAt
from hub.domain.ids import CaseId, FaultId, Moment, derive
from hub.domain.incident import (
    NARROWEST,
    Cohort,
    Incident,
    IncidentState,
    Mark,
    Member,
    MemberState,
    narrowest,
)
from hub.domain.incident_life import begun
from hub.domain.policy import Policy
from hub.domain.receipts import LOST
from hub.flow.context import Context
from hub.flow.incident_hold import gateways_of
from hub.ports import Tx

log = structlog.get_logger(__name__)

WAKE = "incident"
SOON = MINUTE  # how long a case that joins a speaking incident waits at most until somebody looks


def wake_of(incident: str, due: Moment) -> WakeAt:
    """The one wake of an incident: its case is the incident itself."""
    return WakeAt(CaseId(incident), WAKE, due)


async def tell_fact(tx: Tx, incident: Incident, kind: str, now: Moment, **data: object) -> None:
    """One line of the incident's timeline, and of the log."""
    note = Note(CaseId(incident.id), None, f"incident.{kind}", incident.because, dict(data))
    await tx.facts.add(note, now)
    log.info(f"incident.{kind}", incident=incident.id, because=str(incident.because), state=incident.state)


async def noticed(tx: Tx, change: FaultChange, case: Case, now: Moment, ctx: Context) -> None:
    """A fault was raised and `case` has it: count it, or let it join the incident that is open for it."""
    if is_group(change.device):
        await _group(tx, change, now, ctx)
        return
    device = await tx.devices.get(case.device)
    if device is None or change.shadow:
        return
    cohorts = await _cohorts(tx, device, case, ctx.policy)
    found = await tx.incidents.open_for(change.rule, cohorts)
    if found:
        first = min(found, key=lambda each: NARROWEST.index(each.about.kind))
        await _join(tx, first, case, now)
        return
    limits = ctx.policy.incidents
    mark = Mark(case.device, FaultId(change.fault), case.id, case.site, now)
    counts = await tx.incidents.mark(change.rule, cohorts, mark, Moment(now - limits.window))
    many = [key for key, count in counts.items() if await _many(tx, key, count, ctx.policy)]
    if many:
        await _found(tx, change, narrowest({key: counts[key] for key in many}), now, ctx)


async def incident_tells(tx: Tx, case: Case, now: Moment) -> bool:
    """Whether the incident tells the household of `case` that it is over, when all their devices work again; then nobody
    else does. What a person closed without proof, or what the incident could not tell, ends as every case does."""
    standing = await tx.incidents.of_case(case.id)
    if standing is None or standing.member.state is not MemberState.TOLD or standing.told is None:
        return False
    if standing.status in LOST or not case.proved:
        if standing.told.case == case.id:
            await tx.incidents.set_told(replace(standing.told, ended=now))
        return False
    await tx.wakes.put(wake_of(standing.incident.id, now))
    return True


async def _cohorts(tx: Tx, device: Device, case: Case, policy: Policy) -> list[str]:
    """The keys of the cohorts that the device belongs to, narrowest first."""
    gateways = await gateways_of(tx, device, policy)
    site = await tx.people.site(case.site) if case.site else None
    found = [Cohort("gateway", "", gateway) for gateway in gateways]
    if device.firmware:
        found.append(Cohort("firmware", device.model, device.firmware))
    if site is not None and site.country:
        found.append(Cohort("region", device.model, site.country))
    return [each.key for each in (*found, Cohort("model", device.model))]


async def _many(tx: Tx, key: str, count: int, policy: Policy) -> bool:
    limits = policy.incidents
    if count < limits.at_least or count >= limits.devices:
        return count >= limits.devices
    if Cohort.parse(key).kind == "gateway":
        return True  # how many stand behind it, nobody knows; so many at once is enough
    return limits.enough(count, await tx.incidents.size(key, limits.all_of))


async def _found(tx: Tx, change: FaultChange, cohort: Cohort, now: Moment, ctx: Context) -> None:
    """Many devices show it: a candidate, with those that have failed already as its first members."""
    marks = await tx.incidents.marked(change.rule, cohort.key)
    incident = await _open(tx, change, cohort, now, ctx)
    await tx.incidents.unmark(change.rule, [mark.device for mark in marks])
    for mark in marks:
        case = await tx.cases.get(mark.case)
        if case is not None and case.state.open:
            await tx.incidents.join([_member(incident, case, now)])
    if ctx.policy.incidents.decides(change.rule):
        await decide_by_rule(tx, incident, now, ctx)


async def _open(tx: Tx, change: FaultChange, cohort: Cohort, now: Moment, ctx: Context) -> Incident:
    limits = ctx.policy.incidents
    incident = Incident(
        id=derive("incident", change.rule, cohort.key, change.fault),
        rule=change.rule,
        cohort=cohort.key,
        title=change.title or change.rule,
        severity=change.severity,
        state=IncidentState.CANDIDATE,
        opened=now,
        hold_until=Moment(now + limits.hold),
    )
    await tx.incidents.save(incident)
    await tx.wakes.put(wake_of(incident.id, incident.hold_until))
    await tell_fact(tx, incident, "found", now, rule=change.rule, cohort=cohort.words)
    log.error("incident_needs_decision", incident=incident.id, rule=change.rule, remedy="/console/incidents")
    return incident


async def decide_by_rule(tx: Tx, incident: Incident, now: Moment, ctx: Context) -> Incident:
    """The rule says that its incidents need no supervisor; above the size for two people they do all the same."""
    households = await tx.incidents.households(incident.id)
    if households > ctx.policy.incidents.two_people:
        return incident
    asked = replace(incident, approved_by=(f"rule:{incident.rule}",))
    after = begun(asked, households, now, ctx.policy.incidents)
    await tx.incidents.save(after)
    await tx.wakes.put(wake_of(after.id, now))
    await tell_fact(tx, after, "approved", now, by=f"rule:{incident.rule}", households=households)
    return after


async def _join(tx: Tx, incident: Incident, case: Case, now: Moment) -> None:
    """One more device; an incident that speaks looks at it soon."""
    await tx.incidents.join([_member(incident, case, now)])
    waiting = await tx.wakes.of_case(CaseId(incident.id))
    if not any(wake.due <= now + SOON for wake in waiting):
        await tx.wakes.put(wake_of(incident.id, Moment(now + SOON)))


def _member(incident: Incident, case: Case, now: Moment) -> Member:
    """A case in its incident. Who was contacted already, and whoever is in danger, keeps their own ladder."""
    apart = case.contacted is not None or case.severity is Severity.SAFETY
    state = MemberState.APART if apart else MemberState.WAITING
    because = Because.SAFETY_AT_ONCE if case.severity is Severity.SAFETY else Because.INCIDENT_FOUND
    return Member(incident.id, case.id, case.device, case.site, state, now, because)


async def _group(tx: Tx, change: FaultChange, now: Moment, ctx: Context) -> None:
    """A rule over a whole cohort was raised: a candidate at once, for whatever of the rules it counts is marked there."""
    try:
        key = parts_of(change.device)
    except ValueError:
        return
    if not key.model:
        return
    narrow = Cohort("firmware", key.model, key.firmware) if key.firmware else Cohort("model", key.model)
    cohort = Cohort("region", key.model, key.region) if key.region and not key.firmware else narrow
    since = Moment(now - ctx.policy.incidents.window)
    for rule in await tx.incidents.rules_marked(cohort.key, since):
        if not await tx.incidents.open_for(rule, [cohort.key]):
            await _found(tx, msgspec.structs.replace(change, rule=rule), cohort, now, ctx)
