"""Who is knocking, and what may they do: session cookies for people, API keys with scopes for programs.

A form or a script of ours proves that it is ours with a CSRF token. What is kept of a token is its hash.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fastapi import Depends
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from starlette.requests import Request
from starlette.responses import Response

from device_rules.reading import DAY, HOUR
from hub.domain.agent import AgentRole, User
from hub.domain.ids import Moment, UserId
from hub.web.door import Door
from hub.web.passwords import new_token, same, signature, token_hash
from hub.web.problems import Problem

COOKIE = "beforehand_session"
ADMITTED = "beforehand.visitor"  # where a request remembers who it is from, once that is known
SESSION_LIFE, DEMO_LIFE = 12 * HOUR, 365 * DAY
BEARER = HTTPBearer(
    auto_error=False, description="An API key. `POST /api/v1/keys` makes one."
)  # for the description
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})


class Scope(StrEnum):
    """What a key or a role opens."""

    READ = "read"
    TICKETS = "tickets"
    IMPORT = "import"
    SWITCHES = "switches"
    VISITS = "visits"
    ADMIN = "admin"


ROLES: dict[AgentRole, frozenset[Scope]] = {
    AgentRole.AGENT: frozenset({Scope.READ, Scope.TICKETS, Scope.VISITS}),
    AgentRole.SUPERVISOR: frozenset({Scope.READ, Scope.TICKETS, Scope.SWITCHES, Scope.VISITS}),
    AgentRole.INSTALLER: frozenset({Scope.VISITS}),
    AgentRole.ADMIN: frozenset(Scope),
    AgentRole.LEFT: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is asking: a person (`user`) with a `csrf` token for forms, or a program by the name of its key."""

    id: UserId
    name: str
    scopes: frozenset[Scope]
    user: User | None = None
    csrf: str = ""

    def may(self, scope: Scope) -> bool:
        """Whether this visitor has the scope."""
        return scope in self.scopes


def door(request: Request) -> Door:
    """The door that this application was built with."""
    found: Door = request.app.state.door
    return found


async def open_session(house: Door, user: User) -> str:
    """Starts a session and answers its token for the cookie."""
    token = new_token()
    life = DEMO_LIFE if house.sign_in_as else SESSION_LIFE
    async with house.store.transaction() as tx:
        await tx.house.open_session(token_hash(token), user.id, Moment(house.clock.now() + life))
    return token


def csrf_of(house: Door, token: str) -> str:
    """The CSRF token that belongs to a session."""
    return signature(house.secret, "csrf", token)


async def knock(request: Request) -> Visitor | None:
    """Who is asking, or None for a stranger. A bearer key counts alone: a cookie beside it is not looked at."""
    bearer = request.headers.get("authorization", "")
    if bearer:
        return await _program(door(request), bearer)
    return await _person(door(request), request)


async def _program(house: Door, bearer: str) -> Visitor | None:
    kind, _, key = bearer.partition(" ")
    if kind.lower() != "bearer" or not key:
        return None
    async with house.store.reading() as tx:
        found = await tx.house.key(token_hash(key.strip()))
        namesake = await tx.house.user(UserId(found[0])) if found else None
    if found is None:
        return None
    name, scopes = found
    known = frozenset(Scope(scope) for scope in scopes if scope in set(Scope))
    if (
        namesake is not None
    ):  # the key of a person at the desk: what it takes is theirs, what it writes they sign
        return Visitor(namesake.id, namesake.name, known)
    return Visitor(UserId(f"key:{name}"), name, known)


async def _person(house: Door, request: Request) -> Visitor | None:
    token = request.cookies.get(COOKIE, "")
    if not token:
        return None
    async with house.store.reading() as tx:
        user_id = await tx.house.session(token_hash(token), Moment(house.clock.now()))
        user = await tx.house.user(user_id) if user_id else None
    if user is None or user.role is AgentRole.LEFT:
        return None
    return Visitor(user.id, user.name, ROLES[user.role], user, csrf_of(house, token))


async def visitor(request: Request) -> Visitor:
    """Who is asking. Raises 401 for a stranger, 403 when a session changes something without its CSRF token."""
    known: Visitor | None = request.scope.get(ADMITTED)
    if known is None:
        known = request.scope[ADMITTED] = await _admitted(request)
    return known


async def _admitted(request: Request) -> Visitor:
    found = await knock(request)
    if found is None:
        problem = Problem(401, "Please sign in, or send an API key.", "Authorization: Bearer <key>")
        raise problem.with_header("WWW-Authenticate", "Bearer")
    if found.user is not None and request.method not in SAFE_METHODS:
        await _prove(request, found)
    return found


async def _prove(request: Request, found: Visitor) -> None:
    shown = request.headers.get("x-csrf-token", "")
    kind = request.headers.get("content-type", "")
    if not shown and kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        shown = str((await request.form()).get("csrf", ""))
    if not same(shown, found.csrf):
        raise Problem(403, "This form is out of date or not ours.", "Load the page again and repeat it.")


class Needs:
    """A dependency that lets in only who has `scope`, and answers who it is."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    async def __call__(self, found: Visitor = Depends(visitor), _shown: object = Depends(BEARER)) -> Visitor:
        """The visitor. Raises 403 without the scope."""
        return self.allows(found)

    def allows(self, found: Visitor) -> Visitor:
        """`found`, when they may. Raises 403."""
        if not found.may(self.scope):
            problem = f"This needs the scope “{self.scope}”."
            raise Problem(403, problem, "Ask an admin for it.", needs=self.scope.value)
        return found


def needs(scope: Scope) -> Needs:
    """A dependency that lets in only who has `scope`, and answers who it is."""
    return Needs(scope)


class KeyFirst(APIRoute):
    """A route of the API that looks at the key before it reads one byte of the body: a stranger learns nothing of the
    shapes behind the door, and makes the house read nothing."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's own handler, behind the scopes that its dependencies ask for."""
        then, wanted = super().get_route_handler(), list(_wanted(self.dependant))

        async def handle(request: Request) -> Response:
            if wanted:
                found = await visitor(request)
                for need in wanted:
                    need.allows(found)
            return await then(request)

        return handle


def _wanted(dependant: Dependant) -> Iterator[Needs]:
    if isinstance(dependant.call, Needs):
        yield dependant.call
    for below in dependant.dependencies:
        yield from _wanted(below)


def is_local(request: Request, house: Door) -> bool:
    """Whether the page was asked for by this machine's own name: the only place where the demo signs in by itself."""
    host = request.url.hostname or ""
    return host in LOCAL or house.public_url.split("//")[-1].split(":")[0].split("/")[0] == host
