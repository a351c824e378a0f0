"""`/api/v1/incidents`: incidents as they stand, tried without sending, and what supervisors decide about them.

Everybody who reads sees them; only supervisors decide. What they decide is `hub/flow/incident_acts.py`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, Field

from device_rules.reading import SECOND
from hub.domain.ids import CaseId, Moment
from hub.domain.incident import Incident
from hub.flow import incident_acts as acts
from hub.flow.incident_trial import MOST, OwnWay, Planned, Trial, dry_run
from hub.ports import Tx
from hub.web.access import KeyFirst, Scope, Visitor, needs
from hub.web.api import shapes, written
from hub.web.api.nouns import House
from hub.web.api.pages import Wanted, page
from hub.web.deciding import known, perform
from hub.web.door import Door
from hub.web.when import machine

router = APIRouter(prefix="/api/v1/incidents", tags=["incidents"], route_class=KeyFirst)
Supervisor = Annotated[Visitor, Depends(needs(Scope.SWITCHES))]
READ = [Depends(needs(Scope.READ))]
REPLIES = 200


class IncidentOut(shapes.Shape):
    """The same fault on many devices, as one matter."""

    id: str
    rule: str
    title: str
    severity: str
    cohort: str = Field(description="Which devices it is about, in words.")
    state: str
    because: str
    opened: shapes.Time
    hold_until: shapes.Time = Field(description="When individual contacts go on if nobody decides.")
    approved: shapes.Time | None
    approved_by: list[str]
    canary_until: shapes.Time | None
    next_update: shapes.Time | None
    words: dict[str, str] = Field(
        description="What supervisors want said, by language; empty: the house's words."
    )
    updates: int
    closed: shapes.Time | None
    closing: str
    version: int
    url: str


class TallyOut(shapes.Shape):
    """The incident in numbers."""

    cases: int
    open: int
    waiting: int = Field(description="Households that have not been told yet.")
    told: int = Field(description="Households that were told.")
    lost: int = Field(description="Of these: messages that did not arrive.")
    ended: int = Field(description="Of these: told that it is over.")
    apart: int = Field(description="Cases that go on by their own ladder.")


class IncidentFull(IncidentOut):
    """An incident with its numbers, what customers replied, and its timeline."""

    tally: TallyOut
    replies: list[shapes.MessageOut]
    timeline: list[shapes.FactOut]


class OwnWayOut(shapes.Shape):
    """Whom the household's own ladder would ask, once the incident speaks, whom the incident may not tell."""

    customer: str
    channel: str
    at: shapes.Time


class PlannedOut(shapes.Shape):
    """What would happen to one household."""

    household: str
    customer: str | None
    case: str
    devices: list[str]
    channel: str | None
    verdict: str
    because: str
    sentence: str
    at: shapes.Time | None
    segments: int
    own_way: OwnWayOut | None = None


class TrialOut(shapes.Shape):
    """What would happen if it were approved now. Nothing was sent, nothing was changed."""

    households: int
    asked: int = Field(description="For so many the gate was asked; they stand for all.")
    messages: int
    segments: int
    refused: dict[str, int]
    canary: int
    rate: int = Field(description="Messages an hour after the canary.")
    alone: bool = Field(description="Nobody is there to answer: there is no agent at the desk.")
    people: int = Field(description="How many different people have to approve it.")
    told: int = Field(description="Households that were told already.")
    held: dict[str, int] = Field(description="Of those asked about: why some wait for their own time first.")
    ends: shapes.Time = Field(description="When the last is told, those too who wait for their own time.")
    next_update: shapes.Time | None = Field(description="By when it would promise the next news.")
    texts: dict[str, str] = Field(description="What would be read, one example by language, word for word.")
    planned: list[PlannedOut]


class Decide(shapes.Shape):
    """A decision, on what has been seen."""

    version: int | None = Field(
        default=None, description="The version you have seen; refused (409) when it is older."
    )


class Edit(Decide):
    """New words by language (empty: the house's), the next news, and whether those told before are told now."""

    words: dict[str, Annotated[str, Field(max_length=acts.LONGEST)]] = Field(default_factory=dict)
    next_update: AwareDatetime | None = None
    tell: bool = False


class Close(Decide):
    """Why it is over."""

    closing: str = Field(default="fixed", min_length=1, max_length=200)


@router.get("", dependencies=READ)
async def incidents(
    house: House, want: Wanted, open_only: Annotated[bool, Query(alias="open")] = False
) -> shapes.Page[IncidentOut]:
    """Incidents, newest first."""
    async with house.store.reading() as tx:
        found = await tx.incidents.page(want.after, want.limit + 1, open_only=open_only)
    return page(found, want, lambda one: one.id, lambda one: out(one, house))


@router.get("/{incident}", dependencies=READ)
async def incident(house: House, incident: str) -> IncidentFull:
    """One incident with everything."""
    async with house.store.reading() as tx:
        found = await known(tx, incident)
        tally = await tx.incidents.tally(incident)
        replies = await tx.incidents.replies(incident, REPLIES)
        timeline = await tx.facts.of_case(CaseId(incident))
    return IncidentFull(
        **out(found, house).model_dump(),
        tally=TallyOut(**{name: getattr(tally, name) for name in TallyOut.model_fields}),
        replies=[written.message_out(each) for each in replies],
        timeline=[written.fact_out(fact) for fact in timeline],
    )


@router.post("/{incident}/dry-run", dependencies=READ)
async def try_it(house: House, incident: str, most: Annotated[int, Query(ge=1, le=MOST)] = MOST) -> TrialOut:
    """Who would be told, when, by what, why not, and at what cost. Changes nothing."""
    async with house.store.reading() as tx:
        found = await known(tx, incident)
        trial = await dry_run(tx, found, Moment(house.clock.now()), house.ctx, most)
    return trial_out(trial)


@router.post("/{incident}/approve")
async def approve(
    house: House, visitor: Supervisor, incident: str, wish: Decide | None = None
) -> IncidentOut:
    """Say yes; above the size for two people, somebody else has to say it too."""
    by = by_whom(house, visitor, wish)
    return await decided(house, incident, lambda tx: acts.approve(tx, incident, by, house.ctx))


@router.post("/{incident}/reject")
async def reject(house: House, visitor: Supervisor, incident: str, wish: Decide | None = None) -> IncidentOut:
    """Say no: individual contacts go on."""
    by = by_whom(house, visitor, wish)
    return await decided(house, incident, lambda tx: acts.reject(tx, incident, by))


@router.post("/{incident}/edit")
async def edit(house: House, visitor: Supervisor, incident: str, wish: Edit) -> IncidentOut:
    """Change what it says and when there is news; `tell` sends it to everyone told before."""
    news = acts.News(wish.words, moment_of(wish.next_update), wish.tell)
    by = by_whom(house, visitor, wish)
    return await decided(house, incident, lambda tx: acts.edit(tx, incident, by, news, house.ctx))


@router.post("/{incident}/close")
async def close(house: House, visitor: Supervisor, incident: str, wish: Close | None = None) -> IncidentOut:
    """It is over: everyone who was told is told that."""
    wish = wish or Close()
    by = by_whom(house, visitor, wish)
    return await decided(house, incident, lambda tx: acts.close(tx, incident, by, wish.closing))


def by_whom(house: Door, visitor: Visitor, wish: Decide | None) -> acts.By:
    """Who decides, now, on what they have seen."""
    return acts.By(visitor.id, Moment(house.clock.now()), wish.version if wish else None)


async def decided(house: Door, incident: str, act: Callable[[Tx], Awaitable[Incident]]) -> IncidentOut:
    """Does it in one transaction. Raises 404, and 409 where it does not fit."""
    return out(await perform(house, incident, act), house)


def moment_of(when: datetime | None) -> Moment | None:
    """UTC µs."""
    return None if when is None else Moment(int(when.timestamp() * SECOND))


def out(one: Incident, house: Door) -> IncidentOut:
    """The incident as the API answers it."""
    return IncidentOut(
        id=one.id, rule=one.rule, title=one.title, severity=one.severity, cohort=one.about.words, state=one.state,
        because=one.because.agent, opened=machine(one.opened), hold_until=machine(one.hold_until),
        approved=written.when(one.approved), approved_by=list(one.approved_by),
        canary_until=written.when(one.canary_until), next_update=written.when(one.next_update), words=one.words,
        updates=one.number, closed=written.when(one.closed), closing=one.closing, version=one.version,
        url=f"{house.public_url}/console/incidents/{one.id}",
    )  # fmt: skip


def trial_out(trial: Trial) -> TrialOut:
    """The trial as the API answers it."""
    return TrialOut(
        households=trial.households,
        asked=len(trial.planned),
        messages=trial.messages,
        segments=trial.segments,
        refused={str(because): count for because, count in trial.refused.items()},
        canary=trial.canary,
        rate=trial.rate,
        alone=trial.alone,
        people=trial.people,
        told=trial.told,
        held={str(because): count for because, count in trial.held.items()},
        ends=machine(trial.ends),
        next_update=written.when(trial.incident.next_update),
        texts=trial.texts,
        planned=[_planned_out(each) for each in trial.planned],
    )


def _own_way_out(own: OwnWay | None) -> OwnWayOut | None:
    if own is None:
        return None
    return OwnWayOut(customer=own.customer, channel=own.channel, at=machine(own.at))


def _planned_out(plan: Planned) -> PlannedOut:
    values: dict[str, Any] = {
        "household": plan.household,
        "customer": plan.customer,
        "case": plan.case,
        "devices": list(plan.devices),
        "channel": plan.channel,
        "verdict": plan.verdict,
        "because": str(plan.because),
        "sentence": plan.because.agent,
        "at": written.when(plan.at),
        "segments": plan.segments,
        "own_way": _own_way_out(plan.own_way),
    }
    return PlannedOut(**values)
