"""`/api/v1/outbox` and `/api/v1/pauses`: what is owed to the world and what people do about it, and what they have paused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from hub.domain.gate import Switches
from hub.domain.ids import Moment, UserId
from hub.domain.pauses import Pause, Scope
from hub.flow import owed, pausing
from hub.ports import Tx
from hub.web.access import KeyFirst, Visitor, needs
from hub.web.access import Scope as Right
from hub.web.api import shapes
from hub.web.api.nouns import House
from hub.web.api.written import when
from hub.web.problems import Problem

router = APIRouter(route_class=KeyFirst)
READ = [Depends(needs(Right.READ))]
Supervisor = Annotated[Visitor, Depends(needs(Right.SWITCHES))]
State = Literal["queued", "sending", "in_doubt", "parked", "done", "cancelled"]


class OwedOut(shapes.Shape):
    """One message or device command that is owed. `to` is masked, `reason` in words."""

    id: str
    what: str
    to: str
    case: str | None
    state: str
    status: str
    due: str | None
    attempts: int
    reason: str


class PauseOut(shapes.Shape):
    """One thing that is paused, since when, by whom and why."""

    scope: str
    name: str
    because: str
    by: str
    since: str | None


class PauseWish(shapes.Shape):
    """What to pause. Colleagues read why."""

    scope: Scope
    name: str = Field(min_length=1, max_length=120)
    because: str = Field(min_length=1, max_length=200)


@router.get("/api/v1/outbox", tags=["outbox"], dependencies=READ)
async def outbox(
    house: House, state: State = "parked", limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> shapes.Page[OwedOut]:
    """What is owed in one state, earliest due first. `parked` waits for a person."""
    async with house.store.reading() as tx:
        return shapes.Page(items=[_out(one) for one in await owed.listed(tx, state, limit)])


@router.get("/api/v1/outbox/{row}", tags=["outbox"], dependencies=READ)
async def owed_one(house: House, row: str) -> OwedOut:
    """One row."""
    async with house.store.reading() as tx:
        return _out(await owed.shown(tx, row))


@router.post("/api/v1/outbox/{row}/release", tags=["outbox"])
async def release(house: House, row: str, visitor: Supervisor) -> OwedOut:
    """Have a parked row sent (again): somebody has made sure that it had not arrived."""
    return await _act(house, owed.release, row, visitor)


@router.post("/api/v1/outbox/{row}/retry", tags=["outbox"])
async def retry(house: House, row: str, visitor: Supervisor) -> OwedOut:
    """Have what waits for its next try tried at once."""
    return await _act(house, owed.retry, row, visitor)


@router.post("/api/v1/outbox/{row}/drop", tags=["outbox"])
async def drop(house: House, row: str, visitor: Supervisor) -> OwedOut:
    """It will not leave any more; its case hears of it."""
    return await _act(house, owed.drop, row, visitor)


@router.get("/api/v1/pauses", tags=["switches"], dependencies=READ)
async def pauses(house: House) -> shapes.Page[PauseOut]:
    """What is paused besides everything (see `switches`)."""
    async with house.store.reading() as tx:
        return _pauses(await tx.house.switches())


@router.post("/api/v1/pauses", tags=["switches"])
async def pause(house: House, visitor: Supervisor, wish: PauseWish) -> shapes.Page[PauseOut]:
    """Pause a rule, channel, provider or incident: at once, and with what waits already."""
    known = {rule.id for book in house.books.values() for rule in book.rules}
    if wish.scope is Scope.RULE and wish.name not in known:
        raise Problem(404, "There is no such rule.", "GET /api/v1/rules lists them.")
    new = Pause(wish.scope, wish.name, wish.because, visitor.id, Moment(house.clock.now()))
    async with house.store.transaction() as tx:
        return _pauses(await pausing.pause_part(tx, new))


@router.delete("/api/v1/pauses/{scope}/{name:path}", tags=["switches"])
async def resume(house: House, visitor: Supervisor, scope: Scope, name: str) -> shapes.Page[PauseOut]:
    """Let it run again: what waited is judged anew at once."""
    async with house.store.transaction() as tx:
        now = Moment(house.clock.now())
        return _pauses(await pausing.resume_part(tx, (scope, name), visitor.id, now))


Act = Callable[[Tx, str, UserId, Moment], Awaitable[owed.Owed]]


async def _act(house: House, act: Act, row: str, visitor: Visitor) -> OwedOut:
    async with house.store.transaction() as tx:
        return _out(await act(tx, row, visitor.id, Moment(house.clock.now())))


def _out(one: owed.Owed) -> OwedOut:
    return OwedOut(
        id=one.id, what=one.what, to=one.to, case=one.case, state=one.state, status=one.status,
        due=when(one.due), attempts=one.attempts, reason=one.reason,
    )  # fmt: skip


def _pauses(switches: Switches) -> shapes.Page[PauseOut]:
    found = [
        PauseOut(scope=one.scope, name=one.name, because=one.because, by=one.by, since=when(one.since))
        for one in switches.pauses
    ]
    return shapes.Page(items=found)
