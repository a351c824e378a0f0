"""The telephone company's HTTP face: Twilio's Calls resource, its checks and errors, with the fault menu at the door."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any, Protocol
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from simulators.carrier.account import E164, Account
from simulators.carrier.errors import Refusal
from simulators.carrier.menu import AT_THE_ANSWER, AT_THE_DOOR, FaultMenu, Kind
from simulators.carrier.message import API
from simulators.served import hang_up, never_answer

EVENTS = {"initiated", "ringing", "answered", "completed"}


class Called(Protocol):
    """A call that was taken."""

    def json(self) -> dict[str, Any]: ...


class Company(Protocol):
    """What answers: see `simulators.phone.PhoneCompany`."""

    account: Account
    menu: FaultMenu
    calls: list[Any]
    forms: list[list[tuple[str, str]]]

    def accept(self, form: Sequence[tuple[str, str]]) -> Called: ...


def api(company: Company) -> Starlette:
    """The ASGI app of `company`."""
    path = f"/{API}/Accounts/{{account}}/Calls.json"

    async def create(request: Request) -> Response:
        try:
            return await _create(company, request)
        except Refusal as refusal:
            headers = {"Retry-After": "1"} if refusal.status == 429 else {}
            return JSONResponse(refusal.json(), refusal.status, headers)

    async def listed(request: Request) -> Response:
        try:
            _authenticate(company, request)
        except Refusal as refusal:
            return JSONResponse(refusal.json(), refusal.status)
        return JSONResponse(_page(company, request))

    return Starlette(routes=[Route(path, create, methods=["POST"]), Route(path, listed, methods=["GET"])])


async def _create(company: Company, request: Request) -> Response:
    _authenticate(company, request)
    form = parse_qsl((await request.body()).decode(), keep_blank_values=True)
    company.forms.append(form)
    to = dict(form).get("To", "")
    fault = company.menu.first(AT_THE_DOOR, to)
    if fault is not None:
        if fault.kind is Kind.HANG_UP_BEFORE_ACCEPTANCE:
            hang_up(request)
        if fault.kind in (Kind.BAD_GATEWAY, Kind.HANG_UP_BEFORE_ACCEPTANCE):
            return HTMLResponse("<h1>502 Bad Gateway</h1>", 502)
        raise Refusal(fault.code)
    _check(company, form)
    call = company.accept(form)
    fault = company.menu.first(AT_THE_ANSWER, to)
    if fault is not None:
        if fault.kind is Kind.HANG_UP_AFTER_ACCEPTANCE:
            hang_up(request)
        await never_answer(request)
    return JSONResponse(call.json(), 201)


def _check(company: Company, form: Sequence[tuple[str, str]]) -> None:
    one = dict(form)
    timeout = one.get("Timeout", "60")
    problems = {
        21201: not one.get("To"),
        21211: not E164.fullmatch(one.get("To", "")),
        21213: not one.get("From"),
        21210: one.get("From") not in company.account.numbers,
        21205: not one.get("Url", "").startswith(("http://", "https://")),
        21220: not (timeout.isdecimal() and 1 <= int(timeout) <= 600),
        20001: not {value for name, value in form if name == "StatusCallbackEvent"} <= EVENTS,
        20422: one.get("MachineDetection", "Enable") not in ("Enable", "DetectMessageEnd"),
    }
    for code, is_so in problems.items():
        if is_so:
            raise Refusal(code)


def _authenticate(company: Company, request: Request) -> None:
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    try:
        said = base64.b64decode(secret, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        said = ""
    if scheme.lower() != "basic" or said != f"{company.account.sid}:{company.account.token}":
        raise Refusal(20003)


def _page(company: Company, request: Request) -> dict[str, Any]:
    asked = request.query_params
    found = [
        call.json()
        for call in reversed(company.calls)
        if asked.get("To") in (None, call.to) and asked.get("From") in (None, call.sender)
    ]
    uri = f"{request.url.path}?PageSize=50&Page=0"
    return {
        "calls": found,
        "page": 0,
        "page_size": 50,
        "start": 0,
        "end": max(0, len(found) - 1),
        "uri": uri,
        "first_page_uri": uri,
        "next_page_uri": None,
        "previous_page_uri": None,
    }
