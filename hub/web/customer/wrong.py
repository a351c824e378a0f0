"""What went wrong on a page that customers see: their own page or a consent page, in their own language. Never the console's
error page, and never a link into it.
"""

from __future__ import annotations

from http import HTTPStatus

import structlog
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.ids import Moment
from hub.web.access import door
from hub.web.customer.guest import PATH, guest_of
from hub.web.customer.paper import page, saying, texts_in
from hub.web.customer.texts import wanted
from hub.web.problems import Problem

OURS = (PATH, "/oauth", "/push")
STATES = {
    HTTPStatus.NOT_FOUND: "nothing_here",
    HTTPStatus.METHOD_NOT_ALLOWED: "nothing_here",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_much",
    HTTPStatus.UNPROCESSABLE_ENTITY: "too_much",  # the forms of these pages are wrong only where something is too long
    HTTPStatus.TOO_MANY_REQUESTS: "wait_please",
}

log = structlog.get_logger(__name__)


def of_customers(path: str) -> bool:
    """Whether customers look at what is there."""
    return any(path == each or path.startswith(f"{each}/") for each in OURS)


async def kindly(request: Request, problem: Problem) -> Response:
    """A page for the customer that says what went wrong, and the way back where they have one."""
    language = await _language(request)
    state = STATES.get(HTTPStatus(problem.status), "went_wrong")
    texts = texts_in(door(request), language or wanted(request.headers.get("accept-language", "")))
    back = PATH if language and request.url.path.startswith(f"{PATH}/") else ""
    response = page(request, "note.html", texts, {**saying(state), "to": back}, problem.status)
    response.headers.update(problem.headers)
    return response


async def _language(request: Request) -> str:
    """The language of whoever has a page open here; empty for others, and where that cannot be found out now."""
    house = door(request)
    try:
        async with house.store.reading() as tx:
            guest = await guest_of(request, tx, Moment(house.clock.now()))
            person = await tx.people.customer(guest.visit.customer) if guest else None
    except Exception as error:  # noqa: BLE001 - this is the page about what failed: it must not fail for the same reason
        log.warning("page_language_unknown", error=type(error).__name__)
        return ""
    return person.language if person is not None else ""
