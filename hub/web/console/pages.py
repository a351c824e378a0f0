"""The pages of the console: the list of tickets and the ticket. Reads only; what changes something is in `acts.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.domain.case import Case
from hub.domain.ids import Moment
from hub.ports import Tx
from hub.web.access import Visitor, door
from hub.web.console import lines as listing
from hub.web.console.around import around
from hub.web.console.gathering import case_of
from hub.web.console.matters import Matters, matters
from hub.web.console.sheet import read, sheet
from hub.web.login import agent
from hub.web.paper import moment_of, page, watch
from hub.web.problems import Problem
from hub.web.when import Watch

router = APIRouter(include_in_schema=False)
Agent = Annotated[Visitor, Depends(agent)]
LONGEST = 200  # letters of a search that are looked at; nobody’s name or serial number is longer


@router.get("/")
async def front() -> Response:
    """There is nothing at the front but the console."""
    return RedirectResponse("/console", 303)


@router.get("/console")
async def tickets(
    request: Request,
    visitor: Agent,
    view: str = "needs_agent",
    q: str = "",
    after: str = "",
) -> Response:
    """The list: a view with live counts, or what the search box found."""
    if view not in listing.VIEWS:
        raise Problem(404, "There is no such view.", f"Views: {', '.join(listing.VIEWS)}.")
    want, clock = listing.Want(view, after, q[:LONGEST].strip()), watch(request)
    async with door(request).store.reading() as tx:
        counts = await tx.cases.counts(visitor.id, clock.midnight())
        found = await _cases(tx, want, visitor, clock)
        told = {
            "views": listing.views("" if want.text else view, counts),
            "rows": await listing.lines(tx, found[: listing.PAGE], clock),
            "matters": (wait := await matters(tx, clock)),
            **await around(tx, visitor, want.text),
        }
    return page(request, "list.html", visitor, told | _words(want, found, wait))


async def _cases(tx: Tx, want: listing.Want, visitor: Visitor, clock: Watch) -> Sequence[Case]:
    if want.text:
        return await listing.search(tx, want.text, Moment(clock.now))
    return await listing.cases(tx, want, visitor.id, clock.midnight())


def _words(want: listing.Want, found: Sequence[Case], wait: Matters | None) -> dict[str, Any]:
    more = (
        f"/console?view={want.view}&after={found[listing.PAGE - 1].id}" if len(found) > listing.PAGE else ""
    )
    name, explained, empty = listing.VIEWS[want.view]
    if wait and want.view == "needs_agent":
        empty = "No single ticket waits for a person."
    if want.text:
        count = f"{len(found)} ticket{'' if len(found) == 1 else 's'} for “{want.text}”"
        name, explained, empty, more = "Found", count, f"Nothing is known of “{want.text}”.", ""
    words = {"heading": name, "explained": explained, "empty": empty}
    return words | {"current": want.view, "more": more}


@router.get("/console/tickets/{ticket}")
async def ticket(request: Request, visitor: Agent, ticket: str) -> Response:
    """One ticket: the first screen answers who, which device, what, since when, what has been tried and told."""
    house = door(request)
    async with house.store.reading() as tx:
        case = await case_of(tx, ticket)
        told = await around(tx, visitor)
    if case is None:
        raise Problem(404, "There is no such ticket.", "It may have a new number: search for the customer.")
    seen = await read(house, case, moment_of(request))
    told["sheet"] = sheet(seen, visitor, watch(request))
    return page(request, "ticket.html", visitor, told)
