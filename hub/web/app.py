"""The front door as one application: API, console, live stream and health behind one guard.

Built once from a `Door`; holds no state but counters of failed sign-ins. Hooks are added by the bootstrap.
"""

from __future__ import annotations

import dataclasses
import secrets

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from hub.ports import BadInput
from hub.web import health, live, login, push, push_api
from hub.web.api import bookings, house, incidents, nouns, pins, registers, rights, sending, tickets
from hub.web.console import booking_pages, desk, incident_desk, incident_pages, pages
from hub.web.customer import entry, photos, programs, visits
from hub.web.customer import pins as pin_pages
from hub.web.customer.pace import Pace
from hub.web.customer.paper import STATIC as PAGE_STATIC
from hub.web.customer.wrong import kindly, of_customers
from hub.web.door import Door
from hub.web.guard import Guard
from hub.web.login import Patience, SignInFirst, to_login
from hub.web.mcp import entrance
from hub.web.paper import STATIC, on_error
from hub.web.problems import Problem, answer, as_problem, for_people

ABOUT = "Devices ask for help before their owners have to. Errors are problem details (RFC 9457); lists are cursor pages."

PARTS = (
    *(health, live, login, pages, desk, nouns, tickets, house, incidents, sending, rights, pins, registers),
    *(push, push_api, bookings, booking_pages, incident_pages, incident_desk, photos, visits, pin_pages),
    *(programs, entry),
)
"""The rooms; the person's own page, which takes any word behind `/p/`, comes last."""


def create_app(door: Door) -> FastAPI:
    """The whole web side of the hub. A door without a secret gets one that lasts as long as the process."""
    app = FastAPI(
        title="Beforehand", version="1", description=ABOUT, openapi_url=None, docs_url=None, redoc_url=None
    )
    app.state.door = door if door.secret else dataclasses.replace(door, secret=secrets.token_hex(32))
    app.state.patience = Patience()
    app.state.pace = Pace()
    for kind in (Problem, BadInput, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, _on_error)
    app.add_exception_handler(SignInFirst, to_login)
    app.add_exception_handler(visits.Elsewhere, visits.elsewhere)
    for part in PARTS:
        app.include_router(part.router)
    app.include_router(entrance.router(app.state.door))
    app.mount("/static/page", StaticFiles(directory=PAGE_STATIC), name="page")
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(
        Guard,
        secure=door.public_url.startswith("https://"),
        wrong=_at_the_wall,
        tally=door.gauges.page if door.gauges else None,
    )
    return app


async def _on_error(request: Request, error: Exception) -> Response:
    """What went wrong, for whoever asked: customers never see a page of the console."""
    if of_customers(request.url.path) and for_people(request.headers):
        return await kindly(request, as_problem(error))
    return await on_error(request, error)


async def _at_the_wall(scope: Scope, problem: Problem) -> Response:
    """What the guard refuses, or the last catch caught."""
    request = Request(scope)
    if of_customers(request.url.path) and for_people(request.headers):
        return await kindly(request, problem)
    return answer(problem, request.url.path)
