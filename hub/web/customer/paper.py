"""Paper for the page: templates of its own, what each is told, and the notices that a redirect may bring along.

Escapes everything; fetches nothing from outside; no address of it ever holds a token once it is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hub.web.access import door
from hub.web.customer.texts import Texts, wanted
from hub.web.door import Door

HERE = Path(__file__).parent
STATIC = HERE / "static"
PAGES = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
NOTICES = frozenset(
    (
        *("kept", "moved", "stale", "empty", "wrong_time", "wait_please"),
        "program_ended",
        *("photo_thanks", "photo_kind", "photo_large", "photo_most", "photo_none"),
    )
)


EXPLAINED = frozenset(("over", "unknown", "no_visit", "nothing_here", "too_much", "went_wrong"))


def texts_in(house: Door, language: str) -> Texts:
    """The words in `language`."""
    policy = house.ctx.policy
    return Texts(language, house.ctx.words, {"brand": policy.brand, "phone": policy.phone})


def page(
    request: Request, name: str, texts: Texts, told: Mapping[str, Any], status: int = 200
) -> HTMLResponse:
    """Page `name` in the language of `texts`."""
    house = door(request)
    text = PAGES.get_template(name).render(
        told, t=texts, brand=house.ctx.policy.brand, phone=house.ctx.policy.phone, tel=tel(house)
    )
    return HTMLResponse(text, status)


def tel(house: Door) -> str:
    """Our number as a telephone wants it."""
    return "".join(letter for letter in house.ctx.policy.phone if letter in "+0123456789")


def note(request: Request, state: str, status: int, language: str = "", again: str = "") -> HTMLResponse:
    """A page that only says one thing: `state` and `state`_more. `again` is where a new link is asked for."""
    house = door(request)
    texts = texts_in(house, language or wanted(request.headers.get("accept-language", "")))
    return page(request, "note.html", texts, {**saying(state), "again": again}, status)


def saying(state: str) -> dict[str, str]:
    """What such a page is told."""
    return {"state": state, "more": f"{state}_more" if state in EXPLAINED else "", "again": "", "to": ""}


def back(notice: str = "", at: str = "next") -> Response:
    """To the page again, with something to say."""
    told = f"?n={notice}" if notice else ""
    return RedirectResponse(f"/p{told}#{at}", 303)
