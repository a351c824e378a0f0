"""`/api/v1/customers/{customer}/push…`: a link with which a person turns notifications on, and addresses that the maker's
own app brings.

A link is made for who is asked to send it on; nothing is sent from here.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from hub.domain.customer import Customer
from hub.domain.ids import CustomerId, Moment
from hub.flow.push_addresses import Consent, country_of, turn_off, turn_on
from hub.ports import Tx
from hub.web.access import KeyFirst, Scope, Visitor, needs
from hub.web.api import shapes
from hub.web.api.nouns import House, missing
from hub.web.problems import Problem
from hub.web.push import keys_of
from hub.web.push_links import LIFE, new_token

router = APIRouter(prefix="/api/v1", tags=["customers"], route_class=KeyFirst)
ADDRESS = r"^(fcm|apns|app|ntfy|ha):\S+$"  # browsers come by the page


class PushLink(shapes.Shape):
    """A link for one person: it works once, until `expires` (UTC µs)."""

    url: str
    expires: int


class PushAddress(shapes.Shape):
    """An installation of the maker's app: `fcm:<token>`, `apns:<token>`, `app:<id>`, `ntfy:<topic>` or `ha:<service>`; with
    what the person agreed to, and how."""

    address: str = Field(pattern=ADDRESS, max_length=4_000)
    wording: str = Field(min_length=1, max_length=2_000)
    how: str = Field(min_length=1, max_length=200)
    country: str = Field(default="", pattern="^([A-Z]{2})?$")


class NoPushAddress(shapes.Shape):
    """The address that is used no more."""

    address: str = Field(pattern=ADDRESS, max_length=4_000)


class PushDone(shapes.Shape):
    """Whether something has changed."""

    done: bool


@router.post("/customers/{customer}/push-link")
async def link(
    house: House, customer: str, _found: Annotated[Visitor, Depends(needs(Scope.TICKETS))]
) -> PushLink:
    """A link with which the person turns notifications on in a browser of theirs."""
    keys_of(house)
    now = Moment(house.clock.now())
    async with house.store.reading() as tx:
        person = await _person(tx, customer)
    token = new_token(house.secret, person.id, now)
    return PushLink(url=f"{house.public_url.rstrip('/')}/push/{token}", expires=now + LIFE)


@router.post("/customers/{customer}/push-addresses")
async def bring(
    house: House,
    customer: str,
    told: PushAddress,
    found: Annotated[Visitor, Depends(needs(Scope.IMPORT))],
) -> PushDone:
    """The person has agreed to notifications in the maker's app. A token that the app renewed is brought again."""
    now = Moment(house.clock.now())
    async with house.store.transaction() as tx:
        person = await _person(tx, customer)
        if await tx.people.suppressed(person.id) is not None:
            raise Problem(409, "The person said stop.", "They have to reply START to a message first.")
        country = told.country or await country_of(tx, person.id, now, house.ctx.policy.country)
        consent = Consent(person.id, told.address, told.wording, told.how, country, str(found.id))
        await turn_on(tx, consent, now)
    return PushDone(done=True)


@router.post("/customers/{customer}/push-addresses/off")
async def end(
    house: House,
    customer: str,
    told: NoPushAddress,
    _found: Annotated[Visitor, Depends(needs(Scope.IMPORT))],
) -> PushDone:
    """The person turned notifications off in the maker's app, or signed out of it."""
    async with house.store.transaction() as tx:
        person = await _person(tx, customer)
        return PushDone(done=await turn_off(tx, told.address, Moment(house.clock.now()), of=person.id))


async def _person(tx: Tx, customer: str) -> Customer:
    found = await tx.people.customer(CustomerId(customer))
    if found is None:
        raise missing("customer")
    return found
