"""Paper for pages: the Jinja environment, what every page is told, and where styles and scripts lie.

Escapes everything. Never fetches anything from outside: no fonts, no scripts, no pictures of others.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from hub.domain.ids import Moment
from hub.web.access import Scope, Visitor, door, is_local
from hub.web.problems import answer, as_problem, for_people
from hub.web.when import Watch, zone_or

HERE = Path(__file__).parent / "console"
STATIC = HERE / "static"
PAGES = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
ZONE_COOKIE = "beforehand_zone"


def watch(request: Request) -> Watch:
    """The reader's clock: the zone their browser told us, else the house's."""
    house = door(request)
    zone = zone_or(request.cookies.get(ZONE_COOKIE, "").replace("%2F", "/"), house.ctx.policy.zone)
    return Watch(zone, house.clock.now())


def page(
    request: Request, name: str, visitor: Visitor | None, told: Mapping[str, Any], status: int = 200
) -> HTMLResponse:
    """Page `name`, told `told` and what every page needs to know."""
    house = door(request)
    text = PAGES.get_template(name).render(
        told,
        visitor=visitor,
        may_pause=visitor is not None and visitor.may(Scope.SWITCHES),
        watch=watch(request),
        here=request.url.path,
        brand=house.ctx.policy.brand,
        may_leave=not (house.sign_in_as and is_local(request, house)),
    )
    return HTMLResponse(text, status)


def moment_of(request: Request) -> Moment:
    """The business time of this request."""
    return Moment(door(request).clock.now())


async def on_error(request: Request, error: Exception) -> Response:
    """What went wrong: a page for people, problem details for everybody else."""
    problem = as_problem(error)
    if not for_people(request.headers) or request.url.path.startswith("/api/"):
        return answer(problem, request.url.path)
    title = {403: "Not allowed", 404: "Not found", 409: "It has changed"}.get(
        problem.status, "This did not work"
    )
    told = {"title": title, "detail": problem.detail, "remedy": problem.remedy}
    response = page(request, "wrong.html", None, told, problem.status)
    response.headers.update(problem.headers)
    return response
