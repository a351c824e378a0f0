"""`/p/pin`: a person's PIN for the keys of a telephone: set, changed and removed by nobody but them.

Plain forms, without scripts. A PIN is set only on a page that its link has opened a moment ago; what was typed is never shown
again, and is in no address, no answer and no log line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from device_rules.reading import HOUR
from hub.domain.asked import Verdict
from hub.domain.customer import Channel
from hub.domain.ids import Moment
from hub.flow.consent_choices import By
from hub.flow.pins import Mistyped, fresh, remove_pin, send_link, set_pin, tell_of_change
from hub.web.access import door
from hub.web.customer.guest import guest_of, may, new_form
from hub.web.customer.pace import LOOKS, NEW_LINKS, Limit
from hub.web.customer.paper import note, page
from hub.web.customer.reach import HOW
from hub.web.customer.visits import Desk, acting, texts_of
from hub.web.door import Door

log = structlog.get_logger(__name__)
router = APIRouter(prefix="/p/pin", include_in_schema=False)
House = Annotated[Door, Depends(door)]
Number = Annotated[str, Form(max_length=80)]
TRIES = Limit(10, HOUR)
NOTICES = frozenset(
    (
        *("pin_kept", "pin_removed", "pin_digits", "pin_easy", "pin_twice", "pin_stale"),
        *("pin_sent", "not_sent", "wait_please"),
    )
)


def offered(house: Door) -> bool:
    """Whether there is a telephone here on whose keys a PIN could count."""
    return Channel.PHONE in house.ctx.policy.channels


@router.get("")
async def show(request: Request, house: House, n: str = "") -> Response:
    """Whether there is a PIN, and the forms for it."""
    now = Moment(house.clock.now())
    async with house.store.reading() as tx:
        guest = await guest_of(request, tx, now)
        if guest is None:
            return note(request, "no_visit", 403)
        if not may(request, f"look:{guest.mark}", LOOKS):
            return note(request, "wait_please", 429)
        kept = await tx.bookings.keeps_pin(guest.visit.customer)
        counts = await tx.bookings.has_pin(guest.visit.customer, now)
        texts = await texts_of(tx, house, guest)
    if not (kept or offered(house)):
        return RedirectResponse("/p", 303)
    told = {
        "kept": kept,
        "locked": kept and not counts,
        "fresh": fresh(guest.visit, now),
        "form": new_form(house, guest),
        "notice": texts(n) if n in NOTICES else "",
    }
    return page(request, "pin.html", texts, told)


@router.post("")
async def choose(request: Request) -> Response:
    """Set the PIN, or another one. The fields are read here, so that nothing repeats them when they make no sense."""
    fields: Mapping[str, object] = await request.form()
    async with acting(request, str(fields.get("form", "")), TRIES) as (desk, _):
        notice = await _set(desk, door(request), str(fields.get("pin", "")), str(fields.get("again", "")))
    log.info("page_pin", case=desk.guest.visit.case, notice=notice)
    return _here(notice)


async def _set(desk: Desk, house: Door, pin: str, again: str) -> str:
    now, visit = Moment(house.clock.now()), desk.guest.visit
    if not fresh(visit, now):
        return "pin_stale"
    if pin.strip() != again.strip():
        return "pin_twice"
    try:
        changed = await set_pin(desk.tx, visit.customer, pin.strip(), By("customer", HOW, now))
    except Mistyped as wrong:
        return "pin_easy" if wrong.easy else "pin_digits"
    if changed:
        await tell_of_change(desk.tx, visit.customer, visit.case, now, house.ctx)
    return "pin_kept"


@router.post("/remove")
async def remove(request: Request, house: House, form: Number = "") -> Response:
    """Without a PIN again: a link proves it then. That asks for no fresh link, for it opens nothing."""
    now = Moment(house.clock.now())
    async with acting(request, form, TRIES) as (desk, _):
        visit = desk.guest.visit
        if await remove_pin(desk.tx, visit.customer, By("customer", HOW, now)):
            await tell_of_change(desk.tx, visit.customer, visit.case, now, house.ctx)
    log.info("page_pin", case=visit.case, notice="pin_removed")
    return _here("pin_removed")


@router.post("/link")
async def link(request: Request, house: House, form: Number = "") -> Response:
    """A fresh link by text, to the number on file."""
    now = Moment(house.clock.now())
    async with acting(request, form) as (desk, _):
        visit = desk.guest.visit
        if not may(request, f"again:{desk.guest.mark}", NEW_LINKS):
            return _here("wait_please")
        decision = await send_link(desk.tx, visit.customer, visit.case, now, house.ctx)
    log.info("page_link_wanted", case=visit.case, verdict=str(decision.verdict))
    return _here("pin_sent" if decision.verdict is Verdict.ALLOW else "not_sent")


def _here(notice: str) -> Response:
    return RedirectResponse(f"/p/pin?n={notice}", 303)
