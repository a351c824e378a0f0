"""`/p`: the page itself, for the browser that opened its link. What a person presses or writes here is a turn like any other.

Usable without scripts: every button is a form, every answer a page. With scripts it looks by itself whether anything is new.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.contact import Direction, Message
from hub.domain.conversation import Knowledge
from hub.domain.customer import Channel
from hub.domain.ids import Moment
from hub.domain.receipts import left
from hub.domain.slots import BookingKind, label
from hub.flow.at_page import look
from hub.flow.consent_why import why
from hub.ports import Tx
from hub.web.access import door
from hub.web.customer import because
from hub.web.customer.acts import LONGEST, Said, say
from hub.web.customer.guest import COOKIE, PATH, Guest, guest_of, may, new_form, read_form
from hub.web.customer.pace import LOOKS, TURNS, Limit
from hub.web.customer.paper import NOTICES, back, note, page, texts_in
from hub.web.customer.reach import keep, reach_of, speak
from hub.web.customer.texts import Texts
from hub.web.customer.view import Sheet, sheet_of
from hub.web.door import Door

log = structlog.get_logger(__name__)
router = APIRouter(prefix="/p", include_in_schema=False)
House = Annotated[Door, Depends(door)]
OFFERS = (
    (BookingKind.CALLBACK, "callback", "book_call"),
    (BookingKind.VISIT, "visit", "book_visit"),
)
"""What can be booked where the house has a calendar for it, and what is written on the button."""
Number = Annotated[str, Form(max_length=80)]


class Elsewhere(Exception):
    """The request ends with `answer` instead: nobody's page, too often, or a form of another page."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


async def elsewhere(_request: Request, error: Exception) -> Response:
    """The answer that an act ended with."""
    assert isinstance(error, Elsewhere)
    return error.answer


@dataclass(frozen=True, slots=True)
class Desk:
    """One act on an open page: its transaction, whose page it is, and in which language."""

    tx: Tx
    guest: Guest
    texts: Texts


@asynccontextmanager
async def acting(request: Request, form: str, limit: Limit = TURNS) -> AsyncIterator[tuple[Desk, str]]:
    """A transaction for one form, with its number. Raises Elsewhere without an open page or for a form that is not of it."""
    house = door(request)
    now = Moment(house.clock.now())
    async with house.store.transaction() as tx:
        guest = await guest_of(request, tx, now)
        if guest is None:
            raise Elsewhere(note(request, "no_visit", 403))
        if not may(request, guest.mark, limit):
            raise Elsewhere(back("wait_please"))
        once = read_form(house, guest, form)
        if once is None:
            raise Elsewhere(back("stale"))
        yield Desk(tx, guest, await texts_of(tx, house, guest)), once


async def texts_of(tx: Tx, house: Door, guest: Guest) -> Texts:
    """The words in the person's language."""
    person = await tx.people.customer(guest.visit.customer)
    return texts_in(house, person.language if person else "en")


@router.get("")
async def show(request: Request, house: House, n: str = "", still: str = "") -> Response:
    """The page."""
    told = await _told(request, house)
    if isinstance(told, Response):
        return told
    texts, sheet, more = told
    notice = texts(n) if n in NOTICES else ""
    refreshes = sheet.waiting and not still
    return page(request, "page.html", texts, more | {"s": sheet, "notice": notice, "refreshes": refreshes})


@router.get("/part")
async def part(request: Request, house: House) -> Response:
    """What may have changed by itself, for the page's script."""
    told = await _told(request, house)
    if isinstance(told, Response):
        return Response(status_code=204 if told.status_code == 429 else 403)
    texts, sheet, more = told
    return page(request, "look.html", texts, more | {"s": sheet})


async def _told(request: Request, house: Door) -> tuple[Texts, Sheet, dict[str, Any]] | Response:
    now = Moment(house.clock.now())
    async with house.store.reading() as tx:
        guest = await guest_of(request, tx, now)
        standing = await look(tx, (guest.visit.case, guest.visit.customer), now, house.ctx) if guest else None
        if guest is None or standing is None:
            return note(request, "no_visit", 403)
        if not may(request, f"look:{guest.mark}", LOOKS):
            return note(request, "wait_please", 429)
        texts = await texts_of(tx, house, guest)
        sheet = await sheet_of(tx, house, guest.visit, standing, texts)
        reach = await reach_of(tx, house, guest.visit.customer, texts)
        allowed = await tx.grants.allowed(guest.visit.customer, now)
        photos = len(await tx.pages.photos(guest.visit.case))
    knowledge = standing.place.knowledge
    taken = {each.slot.kind for each in knowledge.booked}
    offers = [
        (says, key) for kind, says, key in OFFERS if kind in house.ctx.policy.calendars and kind not in taken
    ]
    if standing.place.talk.with_person and standing.place.play is not None:
        offers.append(("steps", "steps"))
    more = {
        "reach": reach,
        "form": new_form(house, guest),
        "people": _people(knowledge, texts),
        "photos": photos,
    }
    more |= {"offers": offers if sheet.open else [], "pins": Channel.PHONE in house.ctx.policy.channels}
    programs = [(each, house.programs[each].called) for each in allowed if each in house.programs]
    more |= {"programs": [(each, name) for each, name in programs if not house.programs[each].speaker]}
    return texts, sheet, more


def _people(known: Knowledge, texts: Texts) -> str:
    """Whether our team is here, and when it is back."""
    if known.agent_open:
        return texts("people_here")
    if known.back is None:
        return texts("people_away")
    return texts("people_back", time=label(known.back, known.zone or "UTC", texts.language))


@router.post("/say")
async def told(
    request: Request,
    form: Number = "",
    at: Annotated[str, Form(max_length=40)] = "",
    says: Annotated[str, Form(max_length=40)] = "",
    text: Annotated[str, Form(max_length=4 * LONGEST)] = "",
) -> Response:
    """Something was pressed or written."""
    async with acting(request, form) as (desk, once):
        notice = await say(desk.tx, door(request), desk.guest, Said(once, at, says, text), desk.texts)
    log.info("page_turn", case=desk.guest.visit.case, pressed=bool(says), notice=notice)
    return back(notice)


@router.post("/choices")
async def choices(request: Request, form: Number = "") -> Response:
    """How the person may be reached."""
    fields = await request.form()
    told = {**fields, "ways": fields.getlist("ways")}
    async with acting(request, form) as (desk, _):
        notice = await keep(desk.tx, door(request), desk.guest.visit.customer, told, desk.texts)
    return back(notice, "choices")


@router.post("/language")
async def language(
    request: Request, form: Number = "", language: Annotated[str, Form(max_length=10)] = ""
) -> Response:
    """In which language we speak."""
    async with acting(request, form) as (desk, _):
        if language in dict(desk.texts.languages()):
            await speak(desk.tx, door(request), desk.guest.visit.customer, language)
    return back(at="top")


@router.post("/leave")
async def leave(request: Request, form: Number = "") -> Response:
    """Close the page in this browser."""
    async with acting(request, form) as (desk, _):
        await desk.tx.pages.close_visit(desk.guest.token)
    answer = note(request, "closed", 200, desk.texts.language)
    answer.delete_cookie(COOKIE, path=PATH)
    return answer


@router.get("/why")
async def reasons(request: Request, house: House) -> Response:
    """Why the person got our newest message about this: the decisions that were stored then."""
    async with house.store.reading() as tx:
        guest = await guest_of(request, tx, Moment(house.clock.now()))
        if guest is None:
            return note(request, "no_visit", 403)
        texts = await texts_of(tx, house, guest)
        ours = [each for each in await tx.messages.of_case(guest.visit.case) if _sent_to(each, guest)]
        answer = await why(tx, ours[-1].id, house.ctx) if ours else None
    return page(request, "why.html", texts, {"sentences": because.told(answer, texts) if answer else ()})


def _sent_to(message: Message, guest: Guest) -> bool:
    ours = message.customer == guest.visit.customer and message.direction is Direction.OUT
    return ours and message.address is not None and left(message.status)
