"""`/push`: the page on which a person turns notifications on and off for one browser, and its service worker.

Turning on needs a link of ours (see `push_links`), turning off and moving the subscription itself, which only that browser
and we know; no cookie is set and none is read. Nothing is sent from here, and no endpoint reaches a log line.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response

from hub.domain.customer import Channel, Customer
from hub.domain.ids import CustomerId, Moment
from hub.flow.push_addresses import Consent, country_of, move, turn_off, turn_on
from hub.ports import Tx
from hub.web.access import door
from hub.web.door import Door, PushKeys
from hub.web.paper import PAGES, STATIC
from hub.web.problems import Problem
from hub.web.push_links import read_token
from hub.web.push_words import language_of, served, words_in

router = APIRouter(prefix="/push", include_in_schema=False)
House = Annotated[Door, Depends(door)]
HOW = "web page /push"
POINT, SECRET = 65, 16  # bytes of a browser's public key and of its secret (RFC 8291)
SHOWN = (
    *("on", "off", "is_on", "is_on_more", "is_off", "is_off_more", "none", "none_more"),
    *("denied", "unable", "iphone", "failed", "wait", "read_none"),
)


class Keys(BaseModel):
    """What is needed to write so that only that browser can read it."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    p256dh: str = Field(max_length=100)
    auth: str = Field(max_length=40)

    @field_validator("p256dh", "auth")
    @classmethod
    def is_a_key(cls, text: str, info: ValidationInfo) -> str:
        """base64url of the right length, without padding. Raises ValueError."""
        plain = text.rstrip("=")
        raw = base64.b64decode(plain + "=" * (-len(plain) % 4), altchars=b"-_", validate=True)
        if len(raw) != (POINT if info.field_name == "p256dh" else SECRET):
            raise ValueError("this is no key of a browser")
        return plain


class Subscription(BaseModel):
    """A browser's PushSubscription, as its toJSON writes it."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    endpoint: str = Field(max_length=2_000)
    keys: Keys

    @property
    def value(self) -> str:
        """The address that is kept: always written the same way, so that it is found again."""
        return f"webpush:{self.endpoint}#{self.keys.p256dh}.{self.keys.auth}"


class Moved(BaseModel):
    """A subscription that the browser has replaced, and the new one."""

    old: Subscription
    new: Subscription


def keys_of(house: Door) -> PushKeys:
    """What browsers need. Raises 404 where browsers are not set up."""
    if house.push is None:
        raise Problem(404, "Notifications in browsers are not set up here.")
    return house.push


@router.get("/worker.js")
async def worker() -> Response:
    """The service worker: it has to lie where it works."""
    allowed = {"Service-Worker-Allowed": "/push"}
    return FileResponse(STATIC / "push_worker.js", media_type="text/javascript", headers=allowed)


@router.get("/manifest.webmanifest")
async def manifest(house: House) -> Response:
    """What an iPhone needs to put the page on its home screen. It opens the page it was made from."""
    told = {"name": house.ctx.policy.brand, "short_name": house.ctx.policy.brand, "display": "standalone"}
    icon = {"src": "/static/icon.svg", "sizes": "any", "type": "image/svg+xml"}
    return JSONResponse(told | {"icons": [icon]}, media_type="application/manifest+json")


@router.get("")
async def here(request: Request, house: House) -> Response:
    """Whether notifications are on in this browser, and a way to turn them off."""
    return _page(request, house, "here", language_of(request.headers.get("accept-language", "")))


@router.get("/read")
async def read(request: Request, house: House) -> Response:
    """A message that came without a link: its words are in the browser, and never on this server's page."""
    return _page(request, house, "read", language_of(request.headers.get("accept-language", "")))


@router.post("/off")
async def off(house: House, browser: Subscription) -> dict[str, bool]:
    """Turn notifications off in this browser."""
    async with house.store.transaction() as tx:
        return {"off": await turn_off(tx, browser.value, Moment(house.clock.now()), HOW)}


@router.post("/move")
async def moved(house: House, browser: Moved) -> dict[str, bool]:
    """The browser has renewed its subscription by itself."""
    _push_service(keys_of(house), browser.new)
    async with house.store.transaction() as tx:
        return {"moved": await move(tx, browser.old.value, browser.new.value, Moment(house.clock.now()))}


@router.get("/{token}")
async def ask(request: Request, house: House, token: str) -> Response:
    """The page that asks. Looking at it uses nothing up: programs open links too."""
    async with house.store.reading() as tx:
        found = await _person(tx, house, token)
        if found is None or await _used(tx, token):
            language = language_of(request.headers.get("accept-language", ""))
            return _page(request, house, "over", found.language if found else language, 410)
        if await tx.people.suppressed(found.id) is not None:
            return _page(request, house, "stopped", found.language)
    return _page(request, house, "ask", found.language)


@router.post("/{token}")
async def agree(house: House, token: str, browser: Subscription) -> dict[str, bool]:
    """The person agrees: address, consent and the end of the link are one transaction. The same
    browser may come again."""
    _push_service(keys_of(house), browser)
    now = Moment(house.clock.now())
    async with house.store.transaction() as tx:
        found = await _person(tx, house, token)
        if found is None:
            raise _over()
        if await tx.people.suppressed(found.id) is not None:
            raise Problem(409, "You asked us to stop.", "Reply START to one of our messages first.")
        mine = _digest(browser.value)
        await tx.talks.remember(Channel.PUSH, _digest(token), {"for": mine}, now)  # the first one stays
        if await _used(tx, token) != {"for": mine}:
            raise _over()
        await turn_on(tx, await _consent(tx, house, found, browser), now)
    return {"on": True}


async def _consent(tx: Tx, house: Door, person: Customer, browser: Subscription) -> Consent:
    policy = house.ctx.policy
    wording = words_in(person.language, policy.brand, policy.phone)["consent"]
    country = await country_of(tx, person.id, Moment(house.clock.now()), policy.country)
    return Consent(person.id, browser.value, wording, HOW, country)


async def _person(tx: Tx, house: Door, token: str) -> Customer | None:
    customer: CustomerId | None = read_token(house.secret, token, Moment(house.clock.now()))
    return await tx.people.customer(customer) if customer is not None else None


async def _used(tx: Tx, token: str) -> dict[str, Any] | None:
    return await tx.talks.reply_to(Channel.PUSH, _digest(token))


def _over() -> Problem:
    return Problem(410, "This link has ended.", "Ask for a new one.")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _push_service(keys: PushKeys, browser: Subscription) -> None:
    if not keys.known(browser.endpoint):
        raise Problem(422, "This is no push service that we know.", "Name it in push.webpush_hosts.")


def _page(request: Request, house: Door, state: str, language: str, status: int = 200) -> Response:
    keys, policy = keys_of(house), house.ctx.policy
    words = words_in(language, policy.brand, policy.phone)
    text = PAGES.get_template("push.html").render(
        state=state,
        words=words,
        shown={key: words[key] for key in SHOWN},
        language=served(language),
        brand=policy.brand,
        key=keys.public_key,
        full=keys.full,
        path=request.url.path,
    )
    return HTMLResponse(text, status)
