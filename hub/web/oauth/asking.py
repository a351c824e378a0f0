"""`/oauth/authorize`: the customer says who they are, proves it by a code sent to their number on file, and allows a program.

Rules. 1. The page never tells whether we know a number. 2. What the program asked is carried in a sealed form, good for ten
minutes: nothing in it can be changed on the way. 3. Three codes an hour for a person, five tries for a code. 4. The code
leaves by the outbox, through the gate. 5. A request that names no program of ours, or an address that is not on its list,
is sent nowhere.
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from typing import Annotated, Any
from urllib.parse import urlsplit

import structlog
from authlib.oauth2 import OAuth2Error
from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from device_rules.reading import HOUR, MINUTE
from hub.domain.contact import MessageClass, Phrase
from hub.domain.customer import Channel, Health
from hub.domain.ids import CustomerId, Moment
from hub.flow.cells import BadCell, number
from hub.flow.saying import Draft, send
from hub.ports import Tx
from hub.web.door import Door
from hub.web.oauth.issuer import Asked, Customer, Desk, Issuer
from hub.web.oauth.words import MAY, language_of, words_in
from hub.web.paper import PAGES
from hub.web.passwords import same, signature

LIFE = 10 * MINUTE
MOST_AN_HOUR = 3
CODES = range(100_000, 1_000_000)
TOLD = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
)
LONGEST = 2_000  # letters of one value; a state of Amazon's has some hundred

log = structlog.get_logger(__name__)


def router(door: Door) -> APIRouter:
    """The pages; no route at all without a program that may be linked."""
    routes = APIRouter(prefix="/oauth", include_in_schema=False)
    if not door.programs:
        return routes

    @routes.get("/authorize")
    async def begin(request: Request) -> Response:
        return _begin(door, request)

    @routes.post("/authorize/number")
    async def say_number(
        request: Request, asked: Annotated[str, Form()] = "", mobile: Annotated[str, Form(max_length=60)] = ""
    ) -> Response:
        return await _number(door, request, asked, mobile)

    @routes.post("/authorize/code")
    async def say_code(
        request: Request, asked: Annotated[str, Form()] = "", code: Annotated[str, Form(max_length=40)] = ""
    ) -> Response:
        return await _code(door, request, asked, code)

    @routes.post("/authorize/cancel")
    async def cancel(request: Request, asked: Annotated[str, Form()] = "") -> Response:
        told = opened(door, asked)
        return _over(door, request) if told is None else _answer(door, told, None)[0]

    return routes


def _begin(door: Door, request: Request) -> Response:
    """The first page; or what is wrong with the request, told to the program where that is safe."""
    pairs = request.query_params.multi_items()
    told = {name: value for name, value in pairs if name in TOLD and len(value) <= LONGEST}
    if len([name for name, _ in pairs if name in TOLD]) != len(told):
        return _page(door, request, "bad", 400)
    try:
        Issuer(_desk(door)).get_consent_grant(Asked("GET", told, {}))
    except OAuth2Error as error:
        log.warning("oauth_refused", error=error.error)
        back = getattr(error, "redirect_uri", "") or ""
        if not back:
            return _page(door, request, "bad", 400)
        _, _, headers = error()
        return RedirectResponse(dict(headers)["Location"], 302)
    wanted = request.query_params.get("ui_locales", "") or request.headers.get("accept-language", "")
    told["language"] = language_of(wanted)
    return _page(door, request, "number", told=told, asked=sealed(door, told, secrets.token_urlsafe(16)))


async def _number(door: Door, request: Request, asked: str, mobile: str) -> Response:
    """A number was given: if it is one of ours, a code is sent there. The page is the same either way."""
    told = opened(door, asked)
    if told is None:
        return _over(door, request)
    try:
        _, written = number(mobile, door.ctx.policy.country)
    except BadCell:
        return _page(door, request, "number", 422, told=told, asked=asked, wrong="bad_number")
    async with door.store.transaction() as tx:
        sent = await _send(tx, door, written, told)
    log.info("oauth_code_asked", sent=sent)
    return _page(door, request, "code", told=told, asked=asked)


async def _send(tx: Tx, door: Door, written: str, told: dict[str, str]) -> bool:
    """Send a one-time code to the customer with this number; False when there is none, or they had enough of them."""
    now, nonce, client = Moment(door.clock.now()), told["nonce"], told["client_id"]
    address = await tx.people.find_address(Channel.SMS, written)
    if address is None or address.health is not Health.GOOD:
        return False
    if await tx.grants.asked_since(address.customer, Moment(now - HOUR)) >= MOST_AN_HOUR:
        log.warning("oauth_codes_enough")
        return False
    code = str(secrets.choice(CODES))
    await tx.grants.ask(nonce, address.customer, code, now)
    draft = Draft(
        None,
        address.customer,
        Channel.SMS,
        MessageClass.TURN,
        f"oauth:{nonce}:{now}",
        (_told_of(door, client, code),),
        expires=Moment(now + LIFE),
    )
    await send(tx, draft, now, door.ctx)
    return True


def _told_of(door: Door, client: str, code: str) -> Phrase:
    """What the text with the code says of who asks."""
    program = door.programs[client]
    if program.speaker:
        return Phrase("link.proof", {"code": code})
    return Phrase("link.program", {"code": code, "program": program.called})


async def _code(door: Door, request: Request, asked: str, code: str) -> Response:
    """A code was given: the right one sends the customer back to the program, with an authorization code."""
    told = opened(door, asked)
    if told is None:
        return _over(door, request)
    now, plain = Moment(door.clock.now()), "".join(each for each in code if each.isdecimal())
    async with door.store.transaction() as tx:
        customer = await tx.grants.prove(told["nonce"], plain, now)
        answer, desk = _answer(door, told, customer)
        for secret, kept in desk.new_codes.items():
            await tx.grants.put_code(secret, kept)
    log.info("oauth_code_given", right=customer is not None)
    if customer is None:
        return _page(door, request, "code", 422, told=told, asked=asked, wrong="wrong")
    return answer


def _answer(door: Door, told: dict[str, str], customer: CustomerId | None) -> tuple[Response, Desk]:
    """The way back to the program: with a code, or (nobody) with the news that it was not allowed."""
    desk = _desk(door)
    issuer = Issuer(desk)
    asked = Asked("GET", told, {})
    grant = issuer.get_authorization_grant(asked)
    user = Customer(customer) if customer is not None else None
    _, _, headers = issuer.create_authorization_response(asked, grant_user=user, grant=grant)
    return RedirectResponse(headers["Location"], 303), desk


def _desk(door: Door) -> Desk:
    return Desk(door.programs, Moment(door.clock.now()))


def sealed(door: Door, told: dict[str, str], nonce: str) -> str:
    """What was asked, so that it can travel through a form unchanged for ten minutes."""
    kept = json.dumps({**told, "nonce": nonce, "until": str(door.clock.now() + LIFE)})
    return base64.urlsafe_b64encode(f"{signature(door.secret, 'oauth', kept)}{kept}".encode()).decode()


def opened(door: Door, asked: str) -> dict[str, str] | None:
    """What was asked; None when it is not ours, was changed, or is too old."""
    try:
        text = base64.urlsafe_b64decode(asked.encode()).decode()
        seal, kept = text[:64], text[64:]
        if not same(seal, signature(door.secret, "oauth", kept)):
            return None
        told: dict[str, str] = json.loads(kept)
    except (ValueError, binascii.Error):
        return None
    return told if door.clock.now() < int(told["until"]) and told["client_id"] in door.programs else None


def _over(door: Door, request: Request) -> Response:
    return _page(door, request, "over", 410)


def _page(door: Door, request: Request, state: str, status: int = 200, **more: Any) -> Response:
    policy = door.ctx.policy
    told: dict[str, str] = more.pop("told", {})
    language = told.get("language") or language_of(request.headers.get("accept-language", ""))
    program = door.programs.get(told.get("client_id", ""))
    asks = program.called if program is not None and not program.speaker else ""
    words = words_in(language, policy.brand, policy.phone, asks)
    shown = {"state": state, "words": words, "language": language, "brand": policy.brand}
    shown["may"] = [words[key] for key in MAY] if asks else []
    text = PAGES.get_template("oauth.html").render({"asked": "", "wrong": "", **shown, **more})
    response = HTMLResponse(text, status)
    if told:  # a form that ends at the program's address: some browsers hold the whole way against the form's policy
        response.headers["Content-Security-Policy"] = _policy(told["redirect_uri"])
    return response


def _policy(redirect: str) -> str:
    parts = urlsplit(redirect)
    there = f"{parts.scheme}://{parts.netloc}"
    own = (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"
    )
    return f"{own}; form-action 'self' {there}"
