"""Subscribing: a person lets the hub light up their speaker, or no longer does. The platform's own events decide, in the
order of their own moments: one that comes late changes nothing that is newer.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from hub.domain.because import Because
from hub.domain.customer import Address, Basis, BasisKind, Channel, Health, Purpose
from hub.domain.effects import Note
from hub.domain.ids import AddressId, CustomerId, Moment, derive
from hub.ports import Tx

WHO = "alexa"


@dataclass(frozen=True, slots=True)
class Wish:
    """What an account of the platform wants since `at`: notices or none. `how` is the name of the event that said so."""

    user: str
    wanted: bool
    at: Moment
    how: str


async def subscribed(tx: Tx, wish: Wish, customer: CustomerId | None, now: Moment) -> bool:
    """Keep a wish, and let it count for the customer whose account it is (None: not known yet). False when it is old news."""
    before = await _known(tx, wish.user)
    if before is not None and before.at >= wish.at:
        return False
    kept = {"wanted": wish.wanted, "at": wish.at, "how": wish.how}
    await tx.house.set_mark(_place(wish.user), json.dumps(kept))
    if customer is not None:
        await _apply(tx, wish, customer, now)
    return True


async def linked(tx: Tx, user: str, customer: CustomerId, now: Moment) -> None:
    """An account has become a customer's: what it wished before counts now."""
    wish = await _known(tx, user)
    if wish is not None:
        await _apply(tx, wish, customer, now)


async def gone(tx: Tx, wish: Wish, customer: CustomerId | None, now: Moment) -> None:
    """The person has put the skill away: the account is no way to them any more."""
    await subscribed(tx, wish, customer, now)
    if customer is not None:
        await tx.people.set_health(address_id(customer, wish.user), Health.DEAD)


def address_id(customer: CustomerId, user: str) -> AddressId:
    """The address that a speaker's account is to its customer."""
    return AddressId(derive("addr", customer, Channel.VOICE, _digest(user)))


async def _apply(tx: Tx, wish: Wish, customer: CustomerId, now: Moment) -> None:
    name = address_id(customer, wish.user)
    health = Health.GOOD if wish.wanted else Health.SUSPENDED
    await tx.people.put_address(Address(name, customer, Channel.VOICE, wish.user, health))
    kind = BasisKind.CONSENT if wish.wanted else BasisKind.WITHDRAWN
    line = Basis(customer, Purpose.SERVICE, Channel.VOICE, kind, wish.at, who=WHO, how=wish.how)
    await tx.people.add_basis(line)
    because = Because.SPEAKER_ON if wish.wanted else Because.SPEAKER_OFF
    what = "customer.subscribed" if wish.wanted else "customer.unsubscribed"
    data = {"customer": customer, "channel": str(Channel.VOICE), "how": wish.how}
    await tx.facts.add(Note(None, None, what, because, data), now)


async def _known(tx: Tx, user: str) -> Wish | None:
    text = await tx.house.mark(_place(user))
    if text is None:
        return None
    kept = json.loads(text)
    return Wish(user, bool(kept["wanted"]), Moment(int(kept["at"])), str(kept["how"]))


def _place(user: str) -> str:
    return f"speaker {_digest(user)}"


def _digest(user: str) -> str:
    return hashlib.sha256(user.encode()).hexdigest()[:32]
