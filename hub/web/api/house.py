"""`/api/v1`: the rules in force, the switches, explanations, new keys, and the OpenAPI document itself."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.requests import Request

from hub.domain.gate import Switches
from hub.web import acts
from hub.web.access import KeyFirst, Scope, Visitor, needs
from hub.web.api import shapes
from hub.web.api.nouns import House, missing
from hub.web.passwords import new_token, token_hash

router = APIRouter(route_class=KeyFirst)
READ = [Depends(needs(Scope.READ))]


class SwitchesOut(shapes.Shape):
    """What people have switched."""

    mode: str
    paused: bool
    paused_because: str
    paused_parts: list[str]


class Pause(shapes.Shape):
    """Why all contacts are paused; colleagues read it."""

    why: str = Field(min_length=1, max_length=200)


class NewKey(shapes.Shape):
    """A key for a program. Named like a user, it acts as them: what it takes is theirs, what it writes they sign."""

    name: str = Field(min_length=1, max_length=60, pattern=r"^[\w .-]+$")
    scopes: list[Scope]


class KeyOut(shapes.Shape):
    """The key, shown this once; only its hash is kept."""

    name: str
    scopes: list[Scope]
    key: str


@router.get("/api/openapi.json", dependencies=READ, include_in_schema=False)
async def openapi(request: Request) -> dict[str, Any]:
    """This API, described."""
    described: dict[str, Any] = request.app.openapi()
    return described


@router.get("/api/v1/rules", tags=["rules"], dependencies=READ)
async def rules(house: House) -> shapes.Page[shapes.RuleOut]:
    """The rules in force."""
    found = [
        shapes.RuleOut(
            model=book.model, book=book.version, id=rule.id, title=rule.title, severity=rule.severity, play=rule.play,
            shadow=rule.shadow,
        )
        for book in house.books.values()
        for rule in book.rules
    ]  # fmt: skip
    return shapes.Page(items=found)


@router.get("/api/v1/switches", tags=["switches"], dependencies=READ)
async def switches(house: House) -> SwitchesOut:
    """Sending mode and kill switch."""
    async with house.store.reading() as tx:
        return _out(await tx.house.switches())


@router.post("/api/v1/pause", tags=["switches"])
async def pause(
    house: House, visitor: Annotated[Visitor, Depends(needs(Scope.SWITCHES))], wish: Pause
) -> SwitchesOut:
    """Pause all contacts: nothing leaves until they are resumed, nothing is lost."""
    await acts.pause(house, visitor, True, wish.why)
    return await switches(house)


@router.post("/api/v1/resume", tags=["switches"])
async def resume(house: House, visitor: Annotated[Visitor, Depends(needs(Scope.SWITCHES))]) -> SwitchesOut:
    """Let contacts run again."""
    await acts.pause(house, visitor, False, "")
    return await switches(house)


@router.get("/api/v1/devices/{device}/rules/{rule}", tags=["rules"], dependencies=READ)
async def explain(house: House, device: str, rule: str) -> dict[str, Any]:
    """Why this rule is raised on this device right now, or why not: each condition with its value."""
    if house.explain is None:
        raise missing("explanation")
    try:
        return await house.explain(device, rule)
    except KeyError as error:
        raise missing("device or rule") from error


@router.post("/api/v1/keys", tags=["keys"], dependencies=[Depends(needs(Scope.ADMIN))], status_code=201)
async def new_key(house: House, wish: NewKey) -> KeyOut:
    """Make a key for a program."""
    key = new_token()
    async with house.store.transaction() as tx:
        await tx.house.add_key(token_hash(key), wish.name, [scope.value for scope in wish.scopes])
    return KeyOut(name=wish.name, scopes=wish.scopes, key=key)


def _out(found: Switches) -> SwitchesOut:
    parts = [f"{each.scope} {each.name}" for each in found.pauses]
    return SwitchesOut(
        mode=found.mode, paused=found.paused, paused_because=found.paused_because, paused_parts=parts
    )
