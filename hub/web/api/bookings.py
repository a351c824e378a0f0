"""`/api/v1/bookings`: who is rung and visited, when and by whom. Installers see their own; the desk sees all and can call off."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request

from device_rules.reading import DAY
from hub.domain.agent import AgentRole
from hub.domain.ids import Moment
from hub.flow.booking import call_off
from hub.ports import Tx
from hub.ports.bookings import Booking
from hub.web.access import KeyFirst, Scope, Visitor, needs
from hub.web.api import shapes
from hub.web.api.nouns import House
from hub.web.paper import moment_of

router = APIRouter(route_class=KeyFirst, prefix="/api/v1/bookings", tags=["bookings"])
MOST_DAYS = 62


class BookingOut(shapes.Shape):
    """An appointment. Times are UTC µs; `seat` is who comes or rings: an installer's login, or a number."""

    id: str
    kind: str
    starts: int
    ends: int
    seat: str
    case: str
    customer: str
    device: str
    site: str
    state: str


async def _shown(tx: Tx, booking: Booking) -> BookingOut:
    case = await tx.cases.get(booking.case)
    return BookingOut(
        id=booking.id,
        kind=booking.slot.kind.value,
        starts=booking.slot.starts,
        ends=booking.slot.ends,
        seat=booking.seat,
        case=booking.case,
        customer=booking.customer,
        device=case.device if case else "",
        site=(case.site or "") if case else "",
        state=booking.state.value,
    )


@router.get("")
async def bookings(
    request: Request,
    house: House,
    who: Annotated[Visitor, Depends(needs(Scope.VISITS))],
    days: int = 7,
) -> shapes.Page[BookingOut]:
    """What stands from now on for `days` days (62 at most), in order. An installer is shown their own alone."""
    seat = who.id if who.user is not None and who.user.role is AgentRole.INSTALLER else ""
    now = moment_of(request)
    async with house.store.reading() as tx:
        found = await tx.bookings.between(
            Moment(now - DAY // 2), Moment(now + min(days, MOST_DAYS) * DAY), seat
        )
        items = [await _shown(tx, each) for each in found]
    return shapes.Page[BookingOut](items=items, next=None)


@router.post("/{booking}/call-off", dependencies=[Depends(needs(Scope.TICKETS))])
async def off(request: Request, house: House, booking: str) -> BookingOut:
    """The desk cannot keep it: the slot is free again, and the customer is told by text."""
    async with house.store.transaction() as tx:
        gone = await call_off(tx, booking, moment_of(request), house.ctx)
        kept = await tx.bookings.get(gone.id)
        return await _shown(tx, kept or gone)
