"""Who looks at the page: the visit that their browser's cookie opens, and the forms that belong to it and to no other.

A form carries a number that is used once. It is signed with the visit, so that no other site can write it, and it is the key
of the turn, so that a form that is sent twice is answered once.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from hub.domain.ids import Moment
from hub.flow.links import LIFE
from hub.ports import Tx
from hub.ports.pages import PageVisit
from hub.web.access import door
from hub.web.customer.pace import Limit, Pace
from hub.web.door import Door
from hub.web.passwords import same, signature

COOKIE = "beforehand_page"
PATH = "/p"


@dataclass(frozen=True, slots=True)
class Guest:
    """One visitor with an open page. `token` never leaves their cookie; `mark` stands for it where something is counted."""

    visit: PageVisit
    token: str

    @property
    def mark(self) -> str:
        """Stands for the visitor, and tells nothing of them."""
        return hashlib.sha256(self.token.encode()).hexdigest()[:16]


async def guest_of(request: Request, tx: Tx, now: Moment) -> Guest | None:
    """Whoever looks; None when their page is not open."""
    token = request.cookies.get(COOKIE, "")
    visit = await tx.pages.visit(token, now) if 20 <= len(token) <= 100 else None
    return Guest(visit, token) if visit is not None else None


def new_form(house: Door, guest: Guest) -> str:
    """A number for the forms of one page, used once."""
    once = secrets.token_urlsafe(12)
    return f"{once}.{_seal(house, guest, once)}"


def read_form(house: Door, guest: Guest, form: str) -> str | None:
    """The number, when the form is ours and was made for this very visit."""
    once, _, seal = form.partition(".")
    return once if once and same(seal, _seal(house, guest, once)) else None


def _seal(house: Door, guest: Guest, once: str) -> str:
    return signature(house.secret, "page", f"{guest.token}\n{once}")[:32]


def welcome(response: Response, house: Door, token: str) -> Response:
    """Give the browser its cookie: for this page only, and for a day."""
    secure = house.public_url.startswith("https://")
    response.set_cookie(
        COOKIE, token, max_age=LIFE // 1_000_000, httponly=True, samesite="lax", secure=secure, path=PATH
    )
    return response


def may(request: Request, who: str, limit: Limit) -> bool:
    """Whether `who` may do this now."""
    pace: Pace = request.app.state.pace
    return pace.may(who, limit, door(request).clock.now())


def caller(request: Request) -> str:
    """Where a request comes from, to count by."""
    return f"from:{request.client.host if request.client else ''}"
