"""The pages of incidents: the list, and one with its audience, its words and its room of replies. Reads only."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.ids import CaseId, Moment, UserId
from hub.domain.incident import Incident, IncidentState
from hub.flow.incident_trial import dry_run
from hub.ports import Tx
from hub.web.access import Visitor, door
from hub.web.console import incident_sheet as sheet
from hub.web.console.around import around
from hub.web.login import agent
from hub.web.paper import moment_of, page, watch
from hub.web.problems import Problem
from hub.web.when import Watch, local

router = APIRouter(include_in_schema=False)
Agent = Annotated[Visitor, Depends(agent)]
SHOWN = 30  # households of the audience on the page; the API answers all of them
REPLIES = 100
WAITS = (IncidentState.CANDIDATE, IncidentState.LAPSED, IncidentState.HALTED, IncidentState.REJECTED)


@router.get("/console/incidents")
async def incidents(request: Request, visitor: Agent, every: bool = False) -> Response:
    """The list: what needs a decision first."""
    clock = watch(request)
    async with door(request).store.reading() as tx:
        found = await tx.incidents.page("", 100, open_only=not every)
        rows = [sheet.line(one, await tx.incidents.tally(one.id), clock) for one in found]
        told = await around(tx, visitor)
    rows.sort(key=lambda row: row.tone != "needs_agent")
    return page(request, "incidents.html", visitor, told | {"rows": rows, "every": every})


@router.get("/console/incidents/{incident}")
async def incident(request: Request, visitor: Agent, incident: str) -> Response:
    """One incident."""
    house, clock = door(request), watch(request)
    async with house.store.reading() as tx:
        one = await tx.incidents.get(incident)
        if one is None:
            raise Problem(404, "There is no such incident.")
        told = await around(tx, visitor) | await _told(tx, one, clock)
        trial = None
        if one.state in WAITS or one.state.sending:
            trial = await dry_run(tx, one, moment_of(request), house.ctx, SHOWN)
        told["trial"] = trial
        told["plan"] = await sheet.plan_lines(tx, trial, clock) if trial else []
    told["course"] = " ".join(sheet.course(trial, clock.at)) if trial else ""
    told["alone"] = sheet.ALONE if trial and trial.alone else ""
    told["languages"] = [(code, _LANGUAGES.get(code, code)) for code in house.ctx.words.languages()]
    return page(request, "incident.html", visitor, told)


_LANGUAGES = {"en": "English", "de": "German", "es": "Spanish", "zh": "Chinese"}


async def _told(tx: Tx, one: Incident, clock: Watch) -> dict[str, Any]:
    tally = await tx.incidents.tally(one.id)
    return {
        "one": one,
        "line": sheet.line(one, tally, clock),
        "tally": tally,
        "may": sheet.possible(one),
        "approvers": [await _name(tx, user) for user in one.approved_by],
        "next": clock.at(one.next_update) if one.next_update else "",
        "late": one.next_update is not None and one.next_update < clock.now and one.state.sending,
        "next_field": field_of(one.next_update, clock),
        "replies": await sheet.reply_lines(tx, await tx.incidents.replies(one.id, REPLIES), clock),
        "story": sheet.story(await tx.facts.of_case(CaseId(one.id)), clock),
    }


async def _name(tx: Tx, user: str) -> str:
    found = await tx.house.user(UserId(user))
    return found.name if found else user.replace("rule:", "the rule ")


def field_of(moment: Moment | None, clock: Watch) -> str:
    """As a browser's field for date and time wants it, on the reader's clock."""
    return "" if moment is None else local(moment, clock.zone).strftime("%Y-%m-%dT%H:%M")


def moment_in(text: str, clock: Watch) -> Moment | None:
    """What the browser's field says, on the reader's clock. Raises 422."""
    if not text.strip():
        return None
    try:
        there = datetime.fromisoformat(text).replace(tzinfo=local(clock.now, clock.zone).tzinfo)
    except ValueError as error:
        raise Problem(422, "This is no date and time.", "Write it as 2026-11-22T18:00.") from error
    return Moment(int(there.timestamp()) * 1_000_000)
