"""`/api/v1`: what a person chose and agreed to, why they got a message, everything about them, erasing them, imports taken back.

Erasing and taking back need a supervisor who says twice what is meant: the id in the address, and again as `confirm`.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from hub.domain.customer import Basis, BasisKind, Channel, Purpose
from hub.domain.ids import CustomerId, MessageId, Moment
from hub.domain.preferences import Choice, Preference
from hub.flow.consent_choices import By, Scope, choose, grant, revoke
from hub.flow.consent_erasure import erase, export
from hub.flow.consent_undo import undo
from hub.flow.consent_why import why
from hub.ports import Tx
from hub.ports.rights import Review
from hub.web import access
from hub.web.access import KeyFirst, Visitor, needs
from hub.web.api import shapes
from hub.web.api.nouns import House, missing
from hub.web.door import Door
from hub.web.problems import Problem
from hub.web.when import machine

router = APIRouter(prefix="/api/v1", tags=["rights"], route_class=KeyFirst)
READ = [Depends(needs(access.Scope.READ))]
Agent = Annotated[Visitor, Depends(needs(access.Scope.TICKETS))]
Supervisor = Annotated[Visitor, Depends(needs(access.Scope.SWITCHES))]
MOST = 200


class ChoiceOut(shapes.Shape):
    """One line: what was chosen, when, by whom and how."""

    item: str
    value: Any
    at: shapes.Time
    who: str
    how: str


class PreferenceOut(shapes.Shape):
    """What holds now, and every line that led there."""

    channels_off: list[str]
    purposes_off: list[str]
    snoozed_until: shapes.Time | None
    second: str | None
    lines: list[ChoiceOut]


class Wanted(shapes.Shape):
    """What is to be changed, by item; `how` the person told us so (page, phone, letter …)."""

    changes: dict[str, Any] = Field(min_length=1)
    how: str = Field(default="api", min_length=1, max_length=80)


class Granted(shapes.Shape):
    """A basis with its evidence."""

    purpose: Purpose
    channel: Channel
    kind: BasisKind
    at: int = Field(description="When it was given, UTC microseconds.", ge=0)
    how: str = Field(min_length=1, max_length=200)
    wording: str = Field(default="", max_length=4000)
    country: str = Field(default="", max_length=2)


class Revoked(shapes.Shape):
    """What is taken back: one purpose, one channel, both, or (neither) everything."""

    purpose: Purpose | None = None
    channel: Channel | None = None
    how: str = Field(default="api", min_length=1, max_length=80)


class Confirmed(shapes.Shape):
    """The id once more: this cannot be undone."""

    confirm: str


class WhyOut(shapes.Shape):
    """Why a person got a message, in words that are safe for them."""

    message: str
    sentences: list[str]


class ReviewOut(shapes.Shape):
    """A STOP in somebody's own `words` (empty where they were erased, or came from a stranger). It has counted since `at`."""

    id: int
    customer: str
    message: str
    words: str
    at: shapes.Time


class Told(shapes.Shape):
    """What was done, counted by kind."""

    counts: dict[str, int]
    summary: str = ""


@router.get("/customers/{customer}/preferences", dependencies=READ)
async def preferences(house: House, customer: str) -> PreferenceOut:
    """What the person chose."""
    async with house.store.reading() as tx:
        return await _preference(tx, CustomerId(customer))


@router.post("/customers/{customer}/preferences")
async def change(house: House, visitor: Agent, customer: str, wanted: Wanted) -> PreferenceOut:
    """Change what the person hears from us, as they told us to."""
    async with house.store.transaction() as tx:
        await choose(tx, CustomerId(customer), wanted.changes, _by(house, visitor, wanted.how))
        return await _preference(tx, CustomerId(customer))


@router.post("/customers/{customer}/consents")
async def agreed(house: House, visitor: Agent, customer: str, line: Granted) -> Told:
    """Record what the person agreed to. It does not undo a STOP."""
    by = _by(house, visitor, line.how)
    basis = Basis(
        CustomerId(customer), line.purpose, line.channel, line.kind, Moment(line.at), line.country, by.who,
        line.how, line.wording,
    )  # fmt: skip
    async with house.store.transaction() as tx:
        await grant(tx, basis, by)
    return Told(counts={"recorded": 1})


@router.post("/customers/{customer}/consents/revoke")
async def take_back(house: House, visitor: Agent, customer: str, what: Revoked) -> Told:
    """End what the person agreed to: for a purpose, a channel, or altogether, which is STOP."""
    scope, by = Scope(what.purpose, what.channel), _by(house, visitor, what.how)
    async with house.store.transaction() as tx:
        return Told(counts={"ended": await revoke(tx, CustomerId(customer), scope, by, house.ctx)})


@router.get("/messages/{message}/why", dependencies=READ)
async def why_this(house: House, message: str) -> WhyOut:
    """Why did I get this?"""
    async with house.store.reading() as tx:
        found = await why(tx, MessageId(message), house.ctx)
    if found is None:
        raise missing("message")
    return WhyOut(message=message, sentences=list(found.sentences))


@router.get("/consents/reviews", dependencies=READ)
async def reviews(house: House) -> shapes.Page[ReviewOut]:
    """Opt-outs in people's own words that nobody has read again yet."""
    async with house.store.reading() as tx:
        return shapes.Page(items=[await _review(tx, one) for one in await tx.people.reviews(MOST)])


@router.post("/consents/reviews/{review}")
async def reviewed(house: House, visitor: Agent, review: int) -> Told:
    """It was read again. The STOP holds; where it was none, ask the person to write START."""
    async with house.store.transaction() as tx:
        if not await tx.people.settle_review(review, visitor.name, Moment(house.clock.now())):
            raise missing("review")
    return Told(counts={"read": 1})


@router.get("/customers/{customer}/export")
async def everything(house: House, visitor: Supervisor, customer: str) -> dict[str, Any]:
    """Everything that is kept about the person, as one document."""
    async with house.store.reading() as tx:
        found: dict[str, Any] = await export(tx, CustomerId(customer), Moment(house.clock.now()))
    return found


@router.post("/customers/{customer}/erase")
async def forget(house: House, visitor: Supervisor, customer: str, sure: Confirmed) -> Told:
    """Erase the person for good."""
    _same(sure, customer)
    by = _by(house, visitor, "api")
    async with house.store.transaction() as tx:
        told = await erase(tx, CustomerId(customer), by, house.ctx)
    return Told(counts=dict(told))


@router.post("/imports/{batch}/undo")
async def undo_import(house: House, visitor: Supervisor, batch: str, sure: Confirmed) -> Told:
    """Take an import back, as far as nobody has changed it since."""
    _same(sure, batch)
    async with house.store.transaction() as tx:
        done = await undo(tx, batch, _by(house, visitor, "api"))
    return Told(counts=dict(done.back), summary=str(done))


def _by(house: Door, visitor: Visitor, how: str) -> By:
    return By(visitor.name, how, Moment(house.clock.now()))


def _same(sure: Confirmed, name: str) -> None:
    if sure.confirm != name:
        raise Problem(422, "This is not confirmed.", f"Send {name} as `confirm`: it cannot be undone.")


async def _preference(tx: Tx, customer: CustomerId) -> PreferenceOut:
    if await tx.people.customer(customer) is None:
        raise missing("customer")
    found: Preference = await tx.people.preference(customer)
    return PreferenceOut(
        channels_off=list(found.channels_off),
        purposes_off=list(found.purposes_off),
        snoozed_until=None if found.snoozed_until is None else machine(found.snoozed_until),
        second=found.second,
        lines=[_choice(one) for one in await tx.people.choices(customer)],
    )


def _choice(one: Choice) -> ChoiceOut:
    return ChoiceOut(item=one.item, value=one.value, at=machine(one.at), who=one.who, how=one.how)


async def _review(tx: Tx, one: Review) -> ReviewOut:
    """With the words: a review names its message as the provider does, on whichever channel it came."""
    found = [await tx.messages.by_provider(channel, one.message) for channel in Channel]
    words = next((said.text for said in found if said is not None and said.customer == one.customer), "")
    return ReviewOut(id=one.seq, customer=one.customer, message=one.message, words=words, at=machine(one.at))
