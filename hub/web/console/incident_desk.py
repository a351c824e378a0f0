"""What supervisors decide on the pages of incidents: approve, reject, edit, close. Plain forms that get the page again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.domain.ids import Moment
from hub.flow import incident_acts as acts
from hub.web.access import Scope, Visitor, door, needs
from hub.web.console.incident_pages import moment_in
from hub.web.deciding import perform
from hub.web.login import agent
from hub.web.paper import watch

router = APIRouter(include_in_schema=False, dependencies=[Depends(agent)])
Supervisor = Annotated[Visitor, Depends(needs(Scope.SWITCHES))]
Version = Annotated[int | None, Form()]


def _by(request: Request, visitor: Visitor, version: int | None) -> acts.By:
    return acts.By(visitor.id, Moment(door(request).clock.now()), version)


def _back(incident: str) -> Response:
    return RedirectResponse(f"/console/incidents/{incident}", 303)


@router.post("/console/incidents/{incident}/approve")
async def approve(request: Request, visitor: Supervisor, incident: str, version: Version = None) -> Response:
    """Let it speak for all of them."""
    house, by = door(request), _by(request, visitor, version)
    await perform(house, incident, lambda tx: acts.approve(tx, incident, by, house.ctx))
    return _back(incident)


@router.post("/console/incidents/{incident}/reject")
async def reject(request: Request, visitor: Supervisor, incident: str, version: Version = None) -> Response:
    """It is not one matter."""
    by = _by(request, visitor, version)
    await perform(door(request), incident, lambda tx: acts.reject(tx, incident, by))
    return _back(incident)


@router.post("/console/incidents/{incident}/edit")
async def edit(request: Request, visitor: Supervisor, incident: str, version: Version = None) -> Response:
    """Change the words (`words_en`, `words_de`, …) and the next news; `tell` sends it to those told before."""
    form = await request.form()
    words = {
        name.removeprefix("words_"): str(text) for name, text in form.items() if name.startswith("words_")
    }
    when = moment_in(str(form.get("next_update", ""))[:20], watch(request))
    news = acts.News(words, when, form.get("tell") == "true")
    by = _by(request, visitor, version)
    house = door(request)
    await perform(house, incident, lambda tx: acts.edit(tx, incident, by, news, house.ctx))
    return _back(incident)


@router.post("/console/incidents/{incident}/close")
async def close(
    request: Request,
    visitor: Supervisor,
    incident: str,
    closing: Annotated[str, Form(min_length=1, max_length=200)] = "fixed",
    version: Version = None,
) -> Response:
    """It is over."""
    by = _by(request, visitor, version)
    await perform(door(request), incident, lambda tx: acts.close(tx, incident, by, closing))
    return _back(incident)
