"""What agents do on the pages: take, reply, note, resolve, hand back; supervisors pause and resume.

Scripts get JSON back, plain forms get the page again.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from hub.domain.agent import Closing
from hub.domain.asked import Verdict
from hub.domain.ids import CaseId
from hub.web import acts
from hub.web.access import Scope, Visitor, door, needs
from hub.web.acts import Done, Wish, said
from hub.web.login import agent
from hub.web.problems import Problem

router = APIRouter(include_in_schema=False, dependencies=[Depends(agent)])
Desk = Annotated[Visitor, Depends(needs(Scope.TICKETS))]
Supervisor = Annotated[Visitor, Depends(needs(Scope.SWITCHES))]
Version = Annotated[int | None, Form()]
Words = Annotated[str, Form(max_length=1200)]


async def _answer(request: Request, doing: Awaitable[Done], otherwise: str) -> Response:
    done = await doing
    sentence, tone = said(done.decision, otherwise)
    refused = done.decision is not None and done.decision.verdict is Verdict.DENY
    if "text/html" in request.headers.get("accept", ""):
        if refused:  # answered, not sent on: the page behind it still holds the words
            raise Problem(422, sentence, "Go back in your browser: your words are still there.")
        return RedirectResponse(f"/console/tickets/{done.case.id}", 303)
    told = {"said": sentence, "tone": tone, "version": done.case.version, "refused": refused}
    return JSONResponse(told)


@router.post("/console/tickets/{ticket}/take")
async def take(request: Request, visitor: Desk, ticket: str, version: Version = None) -> Response:
    """Take the ticket."""
    wish = Wish(CaseId(ticket), visitor, version)
    return await _answer(request, acts.take(door(request), wish), "It is yours now. The hub stays quiet.")


@router.post("/console/tickets/{ticket}/hand-back")
async def hand_back(request: Request, visitor: Desk, ticket: str, version: Version = None) -> Response:
    """Hand the ticket back to the hub."""
    wish = Wish(CaseId(ticket), visitor, version)
    return await _answer(request, acts.hand_back(door(request), wish), "The hub goes on with it.")


@router.post("/console/tickets/{ticket}/reply")
async def reply(
    request: Request, visitor: Desk, ticket: str, text: Words, version: Version = None
) -> Response:
    """Write to the customer."""
    wish = Wish(CaseId(ticket), visitor, version)
    return await _answer(request, acts.reply(door(request), wish, text), "Sent on its way.")


@router.post("/console/tickets/{ticket}/offer-steps")
async def offer_steps(request: Request, visitor: Desk, ticket: str, version: Version = None) -> Response:
    """Offer the customer the steps again."""
    wish = Wish(CaseId(ticket), visitor, version)
    return await _answer(request, acts.offer_steps(door(request), wish), "Offered.")


@router.post("/console/tickets/{ticket}/note")
async def note(request: Request, visitor: Desk, ticket: str, text: Words) -> Response:
    """Write an internal note."""
    wish = Wish(CaseId(ticket), visitor)
    return await _answer(request, acts.note(door(request), wish, text), "Noted, for colleagues only.")


@router.post("/console/tickets/{ticket}/resolve")
async def resolve(
    request: Request, visitor: Desk, ticket: str, closing: Annotated[Closing, Form()], version: Version = None
) -> Response:
    """Close the ticket with a reason."""
    wish = Wish(CaseId(ticket), visitor, version)
    return await _answer(request, acts.resolve(door(request), wish, closing), "Resolved.")


@router.post("/console/pause")
async def pause(request: Request, visitor: Supervisor, why: Annotated[str, Form(max_length=200)]) -> Response:
    """Pause all contacts."""
    await acts.pause(door(request), visitor, True, why)
    return RedirectResponse("/console", 303)


@router.post("/console/resume")
async def resume(request: Request, visitor: Supervisor) -> Response:
    """Let contacts run again."""
    await acts.pause(door(request), visitor, False, "")
    return RedirectResponse("/console", 303)
