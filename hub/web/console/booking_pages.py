"""Visits and calls at the desk: the list of what is booked, day by day, and the button that calls one off.

Installers see this page alone, and on it their own visits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from device_rules.reading import DAY
from hub.domain.agent import AgentRole
from hub.domain.ids import Moment, UserId
from hub.flow.booking import call_off
from hub.ports import Tx
from hub.ports.bookings import Booking
from hub.web.access import Scope, Visitor, door, needs, visitor
from hub.web.console.around import around
from hub.web.login import SignInFirst
from hub.web.paper import moment_of, page, watch
from hub.web.problems import Problem
from hub.web.when import Watch, local

router = APIRouter(include_in_schema=False)
AHEAD = 7 * DAY


@dataclass(frozen=True, slots=True)
class Line:
    """One appointment as the list shows it."""

    id: str
    case: str
    day: str
    time: str
    what: str
    who: str
    where: str
    device: str
    seat: str


async def someone(request: Request) -> Visitor:
    """Whoever may see appointments; strangers sign in first."""
    try:
        return needs(Scope.VISITS).allows(await visitor(request))
    except Problem as problem:
        if problem.status == 401:
            raise SignInFirst from problem
        raise


@router.get("/console/bookings")
async def bookings(request: Request, who: Annotated[Visitor, Depends(someone)]) -> Response:
    """Today and the next seven days."""
    clock, now = watch(request), moment_of(request)
    mine = who.id if who.user is not None and who.user.role is AgentRole.INSTALLER else ""
    async with door(request).store.reading() as tx:
        since = Moment(min(clock.midnight(), now))
        found = await tx.bookings.between(since, Moment(now + AHEAD), mine)
        names = {user.id: user.name for user in await tx.house.users()}
        rows = [await _line(tx, each, clock, names) for each in found]
        told = {"rows": rows, "mine": bool(mine), **await around(tx, who)}
    return page(request, "bookings.html", who, told)


@router.post("/console/bookings/{booking}/call-off")
async def off(
    request: Request, booking: str, who: Annotated[Visitor, Depends(needs(Scope.TICKETS))]
) -> Response:
    """The desk cannot keep it: the customer is told."""
    house = door(request)
    async with house.store.transaction() as tx:
        await call_off(tx, booking, moment_of(request), house.ctx)
    return RedirectResponse("/console/bookings", 303)


async def _line(tx: Tx, booking: Booking, clock: Watch, names: Mapping[UserId, str]) -> Line:
    case = await tx.cases.get(booking.case)
    device = await tx.devices.get(case.device) if case else None
    site = await tx.people.site(case.site) if case and case.site is not None else None
    starts, ends = local(booking.slot.starts, clock.zone), local(booking.slot.ends, clock.zone)
    seat = names.get(UserId(booking.seat), "" if booking.seat.isdigit() else booking.seat)
    return Line(
        booking.id,
        booking.case,
        f"{starts:%A %d %B}",
        f"{starts:%H:%M} to {ends:%H:%M}",
        booking.slot.kind.value,
        await tx.people.name(booking.customer),
        site.label if site else "",
        (device.name or device.model) if device else "",
        seat,
    )
