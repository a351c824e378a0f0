"""Signing in and out: local users, argon2, a session cookie; patient with people, impatient with guessing.

The demo signs in by itself, and only when asked for by this machine's own name.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from device_rules.reading import MINUTE
from hub.domain.agent import User
from hub.domain.ids import UserId
from hub.web.access import COOKIE, Scope, Visitor, door, is_local, knock, open_session, visitor
from hub.web.door import Door
from hub.web.paper import page
from hub.web.passwords import new_token, same, signature, token_hash, verify_password
from hub.web.problems import Problem

router = APIRouter(include_in_schema=False)
FORM_COOKIE = "beforehand_login"
TRIES, WINDOW = 5, 5 * MINUTE
MOST_NAMES = 10_000


class Patience:
    """Counts failed sign-ins by name and by caller: five in five minutes, then wait."""

    def __init__(self) -> None:
        self._failed: dict[str, deque[int]] = {}

    def seconds_left(self, keys: tuple[str, ...], now: int) -> int:
        """How many seconds until the next try is welcome; 0 is now."""
        waits = [0]
        for key in keys:
            failed = self._failed.get(key, deque())
            while failed and failed[0] <= now - WINDOW:
                failed.popleft()
            if len(failed) >= TRIES:
                waits.append(-(-(failed[0] + WINDOW - now) // 1_000_000))
        return max(waits)

    def failed(self, keys: tuple[str, ...], now: int) -> None:
        """One more failure."""
        if len(self._failed) > MOST_NAMES:
            self._failed.clear()
        for key in keys:
            self._failed.setdefault(key, deque(maxlen=TRIES)).append(now)

    def succeeded(self, keys: tuple[str, ...]) -> None:
        """Forget the failures of who has got in."""
        for key in keys:
            self._failed.pop(key, None)


def safe_next(text: str) -> str:
    """Where to go after signing in: a page of ours, or the list. Never another site."""
    plain = text.startswith("/console") and "\\" not in text and "//" not in text
    return text if plain and text.isprintable() else "/console"


@router.get("/login")
async def ask(request: Request, to: str = "/console") -> Response:
    """The sign-in page, or straight on for who is signed in already."""
    if await knock(request) is not None:
        return RedirectResponse(safe_next(to), 303)
    house = door(request)
    if house.sign_in_as and is_local(request, house):
        return await _demo(request, house.sign_in_as, safe_next(to))
    return _form(request, safe_next(to))


def _form(request: Request, to: str, message: str = "", status: int = 200, wait: int = 0) -> Response:
    seed = request.cookies.get(FORM_COOKIE) or new_token()
    shown = signature(door(request).secret, "login", seed)
    response = page(request, "login.html", None, {"to": to, "message": message, "csrf": shown}, status)
    if wait:
        response.headers["Retry-After"] = str(wait)
    _set(response, door(request), FORM_COOKIE, seed)
    return response


async def _demo(request: Request, user_id: UserId, to: str) -> Response:
    async with door(request).store.reading() as tx:
        user = await tx.house.user(user_id)
    if user is None:
        return _form(request, to)
    return await _welcome(request, user, to)


async def _welcome(request: Request, user: User, to: str) -> Response:
    house = door(request)
    response = RedirectResponse(to, 303)
    _set(response, house, COOKIE, await open_session(house, user))
    return response


def _set(response: Response, house: Door, name: str, value: str) -> None:
    secure = house.public_url.startswith("https://")
    response.set_cookie(name, value, httponly=True, samesite="lax", secure=secure, path="/")


@router.post("/login")
async def enter(
    request: Request,
    name: Annotated[str, Form(max_length=200)],
    password: Annotated[str, Form(max_length=1000)],
    csrf: Annotated[str, Form()] = "",
    to: Annotated[str, Form()] = "/console",
) -> Response:
    """Checks name and password; five wrong ones in five minutes have to wait."""
    house, patience = door(request), _patience(request)
    seed = request.cookies.get(FORM_COOKIE, "")
    if not seed or not same(csrf, signature(house.secret, "login", seed)):
        return _form(request, safe_next(to), "The page was out of date. Please sign in again.", 403)
    keys = (f"name:{name.casefold()}", f"from:{request.client.host if request.client else ''}")
    wait = patience.seconds_left(keys, house.clock.now())
    if wait:
        return _form(request, safe_next(to), f"Too many tries. Please wait {wait} seconds.", 429, wait)
    async with house.store.reading() as tx:
        user = await tx.house.user(UserId(name))
    if not await asyncio.to_thread(verify_password, user.password if user else "", password):
        patience.failed(keys, house.clock.now())
        return _form(request, safe_next(to), "Name and password do not match.", 401)
    assert user is not None
    patience.succeeded(keys)
    return await _welcome(request, user, safe_next(to))


@router.post("/logout")
async def leave(request: Request, _found: Annotated[Visitor, Depends(visitor)]) -> Response:
    """Ends the session."""
    house = door(request)
    async with house.store.transaction() as tx:
        await tx.house.close_session(token_hash(request.cookies.get(COOKIE, "")))
    response = RedirectResponse("/login", 303)
    response.delete_cookie(COOKIE, path="/")
    return response


def _patience(request: Request) -> Patience:
    found: Patience = request.app.state.patience
    return found


async def agent(request: Request) -> Visitor:
    """Who is at the desk. Raises `SignInFirst` for a stranger on a page, so that they land on the sign-in page."""
    try:
        found = await visitor(request)
    except Problem as problem:
        if problem.status == 401 and request.method == "GET":
            raise SignInFirst from problem
        raise
    if found.user is None:
        raise Problem(403, "The console is for people; programs use /api/v1.")
    if not found.may(Scope.READ):
        raise Problem(403, "Your visits are on a page of their own.", "Open /console/bookings.")
    return found


class SignInFirst(Exception):
    """A page was asked for by a stranger."""


async def to_login(request: Request, error: Exception) -> Response:
    """Sends a stranger to the sign-in page, and later back to where they wanted to go."""
    assert isinstance(error, SignInFirst)
    view = request.query_params.get(
        "view", ""
    )  # what was searched for may be a name: it stays out of addresses
    to = f"{request.url.path}?view={quote(view)}" if view else request.url.path
    return RedirectResponse(f"/login?to={quote(to)}", 303)
