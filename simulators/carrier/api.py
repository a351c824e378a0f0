"""The carrier's HTTP face: Twilio's paths, checks, errors and paging, with the fault menu at the door."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from simulators.carrier.account import E164
from simulators.carrier.errors import Refusal
from simulators.carrier.exchange import WHATSAPP, Asked, Exchange
from simulators.carrier.listing import page
from simulators.carrier.menu import AT_THE_ANSWER, AT_THE_DOOR, Fault, Kind
from simulators.carrier.message import API
from simulators.served import hang_up, never_answer

LONGEST = 1600  # letters
VALIDITY = range(1, 36_001)  # seconds
Endpoint = Callable[[Request], Awaitable[Response]]


def api(exchange: Exchange) -> Starlette:
    """The ASGI app of `exchange`."""
    face = _Face(exchange)
    base = f"/{API}/Accounts/{{account}}"
    return Starlette(
        routes=[
            Route(f"{base}/Messages.json", face.guarded(face.create), methods=["POST"]),
            Route(f"{base}/Messages.json", face.guarded(face.listed), methods=["GET"]),
            Route(f"{base}/Messages/{{sid}}.json", face.guarded(face.fetch), methods=["GET"]),
            Route(f"/{API}/Accounts/{{account}}.json", face.guarded(face.account), methods=["GET"]),
            Route("/{rest:path}", face.guarded(face.unknown), methods=["GET", "POST", "DELETE"]),
        ]
    )


class _Face:
    """One method for each thing that can be asked."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def create(self, request: Request) -> Response:
        form = await read_form(request)
        return await _create(self._exchange, request, form)

    async def listed(self, request: Request) -> Response:
        return JSONResponse(page(self._exchange.messages, request.url.path, dict(request.query_params)))

    async def fetch(self, request: Request) -> Response:
        for message in self._exchange.messages:
            if message.sid == request.path_params["sid"]:
                return JSONResponse(message.json())
        raise Refusal(20404)

    async def account(self, request: Request) -> Response:
        sid = self._exchange.account.sid
        return JSONResponse({"sid": sid, "friendly_name": "Nordwarm", "status": "active", "type": "Full"})

    async def unknown(self, request: Request) -> Response:
        raise Refusal(20404)

    def guarded(self, endpoint: Endpoint) -> Endpoint:
        """`endpoint` for who may ask; refusals become Twilio's errors and are noted."""

        async def answer(request: Request) -> Response:
            try:
                authenticate(self._exchange, request)
                return await endpoint(request)
            except Refusal as refusal:
                return await _refuse(self._exchange, request, refusal)

        return answer


async def read_form(request: Request) -> dict[str, str]:
    """The fields of the request's body. Raises Refusal 20422 when it is not a form."""
    try:
        return dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
    except UnicodeDecodeError:
        raise Refusal(20422) from None


def authenticate(exchange: Exchange, request: Request) -> None:
    """Check basic authentication and the account of the path. Raises Refusal 20003 or 20404."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    try:
        said = base64.b64decode(secret, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        said = ""
    if scheme.lower() != "basic" or said != f"{exchange.account.sid}:{exchange.account.token}":
        raise Refusal(20003)
    if request.path_params.get("account", exchange.account.sid) != exchange.account.sid:
        raise Refusal(20404)


async def _create(exchange: Exchange, request: Request, form: dict[str, str]) -> Response:
    to = form.get("To", "")
    fault = exchange.menu.first(AT_THE_DOOR, to)
    if fault:
        return await _turn_away(exchange, request, form, fault)
    check(exchange, form)
    message = exchange.accept(form)
    fault = exchange.menu.first(AT_THE_ANSWER, to)
    asked = Asked(exchange.clock.now(), "POST", request.url.path, form, 0 if fault else 201, 0, message.sid)
    await _note(exchange, asked)
    if fault:
        if fault.kind is Kind.HANG_UP_AFTER_ACCEPTANCE:
            hang_up(request)
        await never_answer(request)
    return JSONResponse(message.json(), 201)


async def _turn_away(exchange: Exchange, request: Request, form: dict[str, str], fault: Fault) -> Response:
    """What the fault menu puts in the place of accepting."""
    if fault.kind is Kind.HANG_UP_BEFORE_ACCEPTANCE:
        hang_up(request)
        status = 0
    elif fault.kind is Kind.BAD_GATEWAY:
        status = 502
    else:
        raise Refusal(fault.code)
    await _note(exchange, Asked(exchange.clock.now(), "POST", request.url.path, form, status))
    return HTMLResponse("<html><body><h1>502 Bad Gateway</h1></body></html>", 502)


def check(exchange: Exchange, form: dict[str, str]) -> None:
    """Refuse a message as Twilio does. Raises Refusal."""
    to, body, template = form.get("To", ""), form.get("Body", ""), form.get("ContentSid", "")
    number = to.removeprefix(WHATSAPP)
    problems = {
        21604: not to,
        21211: not E164.fullmatch(number),
        21602: not body and not template,
        21655: bool(template) and template not in exchange.templates,
        21617: len(body) > LONGEST,
        20422: not valid_period(form.get("ValidityPeriod", "1")),
        21614: number in exchange.landlines,
        63003: to != number and number in exchange.not_on_whatsapp,
        **_sender_problems(exchange, form),
        21610: to in exchange.opted_out,
    }
    for code, is_so in problems.items():
        if is_so:
            raise Refusal(code)


def valid_period(text: str) -> bool:
    """Whether `text` is a whole number of seconds that Twilio takes."""
    return text.isdecimal() and int(text) in VALIDITY


def _sender_problems(exchange: Exchange, form: dict[str, str]) -> dict[int, bool]:
    sender, service = form.get("From", "").removeprefix(WHATSAPP), form.get("MessagingServiceSid")
    return {
        21603: not sender and not service,
        21701: bool(service) and service != exchange.account.service_sid,
        21212: bool(sender) and not E164.fullmatch(sender or ""),
        21606: bool(sender) and sender not in exchange.account.numbers,
    }


async def _refuse(exchange: Exchange, request: Request, refusal: Refusal) -> Response:
    form = await read_form(request) if request.method == "POST" and refusal.code != 20422 else {}
    path, at = request.url.path, exchange.clock.now()
    await _note(exchange, Asked(at, request.method, path, form, refusal.status, refusal.code))
    headers = {"Retry-After": "1"} if refusal.status == 429 else {}
    return JSONResponse(refusal.json(), refusal.status, headers)


async def _note(exchange: Exchange, asked: Asked) -> None:
    exchange.asked.append(asked)
    await exchange.tell()
