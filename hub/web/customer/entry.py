"""`/p/{token}`: the door of a person's own page. Looking at the door uses nothing up: programs open links, too.

A link opens once. One that is used, or too old, says so kindly and offers a new one, by text to the number on file. No token
is logged, and none is in an address once the page is open.
"""

from __future__ import annotations

import hashlib
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.domain.asked import Verdict
from hub.domain.ids import Moment
from hub.flow.links import open_link, send_again
from hub.flow.pins import fresh
from hub.ports import Tx
from hub.ports.pages import PageLink
from hub.web.access import door
from hub.web.customer.guest import caller, guest_of, may, welcome
from hub.web.customer.pace import NEW_LINKS, OPENINGS
from hub.web.customer.paper import note, page, texts_in
from hub.web.door import Door
from hub.web.passwords import new_token

log = structlog.get_logger(__name__)
router = APIRouter(prefix="/p", include_in_schema=False)
House = Annotated[Door, Depends(door)]
LONGEST = 64  # letters of a token


@router.get("/{token}")
async def knock(request: Request, house: House, token: str) -> Response:
    """The door. Who has opened it in this browser before goes straight in; a new link proves anew who they are."""
    now = Moment(house.clock.now())
    async with house.store.reading() as tx:
        link = await _link(tx, token)
        guest = await guest_of(request, tx, now)
        language = await _language(tx, link)
    if link is None:
        if not may(request, caller(request), OPENINGS):
            return note(request, "wait_please", 429)
        return note(request, "unknown", 404)
    spent = link.used is not None or link.expires <= now
    here = guest is not None and (guest.visit.case, guest.visit.customer) == (link.case, link.customer)
    if guest is not None and here and (spent or fresh(guest.visit, now)):
        return RedirectResponse("/p", 303)
    if spent:
        return note(request, "over", 410, language, again=f"/p/{token}/again")
    return page(request, "door.html", texts_in(house, language), {"path": f"/p/{token}"})


@router.post("/{token}")
async def enter(request: Request, house: House, token: str) -> Response:
    """Somebody opens it: the link is used up, and their browser gets a cookie for this one case."""
    now, mine = Moment(house.clock.now()), new_token()
    async with house.store.transaction() as tx:
        visit = await open_link(tx, token, mine, now) if len(token) <= LONGEST else None
    if visit is None and not may(request, caller(request), OPENINGS):
        return note(request, "wait_please", 429)
    if visit is None:
        return RedirectResponse(f"/p/{token}" if len(token) <= LONGEST else "/p", 303)
    log.info("page_opened", case=visit.case)
    return welcome(RedirectResponse("/p", 303), house, mine)


@router.post("/{token}/again")
async def again(request: Request, house: House, token: str) -> Response:
    """A new link, by text. Who holds an old link learns nothing of the number."""
    now = Moment(house.clock.now())
    mark = f"again:{hashlib.sha256(token.encode()).hexdigest()[:16]}"
    async with house.store.transaction() as tx:
        link = await _link(tx, token)
        if link is None:
            known = may(request, caller(request), OPENINGS)
            return note(request, "unknown", 404) if known else note(request, "wait_please", 429)
        if not may(request, mark, NEW_LINKS):
            return note(request, "wait_please", 429)
        decision = await send_again(tx, link, now, house.ctx)
        language = await _language(tx, link)
    log.info("page_link_wanted", case=link.case, verdict=str(decision.verdict))
    return note(request, "sent" if decision.verdict is Verdict.ALLOW else "not_sent", 200, language)


async def _link(tx: Tx, token: str) -> PageLink | None:
    return await tx.pages.link(token) if len(token) <= LONGEST else None


async def _language(tx: Tx, link: PageLink | None) -> str:
    person = await tx.people.customer(link.customer) if link is not None else None
    return person.language if person is not None else ""
