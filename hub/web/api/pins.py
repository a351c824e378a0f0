"""`/api/v1/customers/{id}/pin`: whether a person has a PIN, a link with which they choose one, and removing it.

No program and no agent can set one, and none can read it.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from hub.domain.asked import Verdict
from hub.domain.ids import CustomerId, Moment
from hub.flow.consent_choices import By
from hub.flow.pins import newest_case, remove_pin, send_link, tell_of_change
from hub.web import access
from hub.web.access import KeyFirst, Visitor, needs
from hub.web.api import shapes
from hub.web.api.nouns import House, missing

router = APIRouter(prefix="/api/v1", tags=["rights"], route_class=KeyFirst)
READ = [Depends(needs(access.Scope.READ))]
Agent = Annotated[Visitor, Depends(needs(access.Scope.TICKETS))]


class PinOut(shapes.Shape):
    """Whether a PIN is set. What it is, nobody can tell."""

    set: bool
    locked: bool = Field(description="It was wrong too often, and does not count for an hour at most.")


class LinkOut(shapes.Shape):
    """Whether the link may leave, and why or why not."""

    sent: bool
    because: str


@router.get("/customers/{customer}/pin", dependencies=READ)
async def pin(house: House, customer: str) -> PinOut:
    """Whether the person has a PIN for telephone calls."""
    who = CustomerId(customer)
    async with house.store.reading() as tx:
        if await tx.people.customer(who) is None:
            raise missing("customer")
        kept = await tx.bookings.keeps_pin(who)
        counts = await tx.bookings.has_pin(who, Moment(house.clock.now()))
    return PinOut(set=kept, locked=kept and not counts)


@router.delete("/customers/{customer}/pin")
async def remove(house: House, visitor: Agent, customer: str) -> PinOut:
    """Remove the person's PIN, as they asked us to. They are told; a link proves who they are from now on."""
    who, now = CustomerId(customer), Moment(house.clock.now())
    async with house.store.transaction() as tx:
        if await tx.people.customer(who) is None:
            raise missing("customer")
        if await remove_pin(tx, who, By(visitor.name, "api", now)):
            await tell_of_change(tx, who, None, now, house.ctx)
    return PinOut(set=False, locked=False)


@router.post("/customers/{customer}/pin/link")
async def link(house: House, visitor: Agent, customer: str) -> LinkOut:
    """Send the person a link by text, with which they choose a PIN on their own page."""
    who, now = CustomerId(customer), Moment(house.clock.now())
    async with house.store.transaction() as tx:
        case = await newest_case(tx, who, now)
        decision = await send_link(tx, who, case, now, house.ctx)
    return LinkOut(sent=decision.verdict is Verdict.ALLOW, because=decision.because.agent)
