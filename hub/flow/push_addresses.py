"""Addresses for notifications: a person turns them on for one browser or phone, moves them, and turns them off.

Each runs in the transaction of whoever asks. It decides nothing about messages: the gate reads the ledger that is written here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from hub.domain.because import Because
from hub.domain.customer import Address, Basis, BasisKind, Channel, Health, Purpose
from hub.domain.effects import Note
from hub.domain.ids import AddressId, CustomerId, Moment, derive
from hub.domain.preferences import Item
from hub.flow.consent_choices import By, choose, grant
from hub.ports import Tx


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person agreed to: `value` is the address with its scheme, `wording` the text they were shown, `how` where,
    `country` the law (two letters)."""

    customer: CustomerId
    value: str
    wording: str
    how: str
    country: str
    who: str = "web page"


async def turn_on(tx: Tx, consent: Consent, now: Moment) -> AddressId:
    """Keep the address and the consent. A browser that was somebody else's before is theirs no longer. The same again
    changes nothing."""
    before = await _same(tx, consent.value)
    for other in before:
        if other.customer != consent.customer:
            await _bury(tx, other, now)
    address = AddressId(derive("addr", consent.customer, Channel.PUSH, consent.value))
    await tx.people.put_address(Address(address, consent.customer, Channel.PUSH, consent.value))
    line = Basis(
        consent.customer,
        Purpose.SERVICE,
        Channel.PUSH,
        BasisKind.CONSENT,
        now,
        consent.country,
        consent.who,
        consent.how,
        consent.wording,
    )
    if not await _stands(tx, line):
        await grant(tx, line, By(consent.who, consent.how, now))
    await _wanted_again(tx, consent, now)
    if all((one.id, one.health) != (address, Health.GOOD) for one in before):
        await _note(tx, "address.added", Because.PUSH_ON, address, now)
    return address


async def turn_off(
    tx: Tx, value: str, now: Moment, how: str = "web page", of: CustomerId | None = None
) -> bool:
    """Use the address no more; with the last one of a person their consent ends too. False when nobody has it, or
    somebody else than `of`."""
    found = [one for one in await _same(tx, value) if one.health is not Health.DEAD]
    found = [one for one in found if of is None or one.customer == of]
    for address in found:
        await _bury(tx, address, now)
        rest = [one for one in await tx.people.addresses(address.customer) if one.channel is Channel.PUSH]
        newest = await _newest(tx, address.customer)
        if newest is not None and all(one.health is Health.DEAD for one in rest):
            # Not "customer": that is who says STOP, and a START would bring back what they ended here.
            ended = replace(newest, kind=BasisKind.WITHDRAWN, at=now, who="web page", how=how, wording="")
            await tx.people.add_basis(ended)
    return bool(found)


async def move(tx: Tx, old: str, new: str, now: Moment) -> bool:
    """A browser has renewed its subscription: the person's consent goes with it. False when nobody had the old one."""
    found = [one for one in await _same(tx, old) if one.health is not Health.DEAD]
    for address in found:
        name = AddressId(derive("addr", address.customer, Channel.PUSH, new))
        await tx.people.put_address(replace(address, id=name, value=new))
        if name != address.id:
            await tx.people.set_health(address.id, Health.DEAD)
    return bool(found)


async def _wanted_again(tx: Tx, consent: Consent, now: Moment) -> None:
    """Who turns notifications on has changed their mind, if they had switched the channel off."""
    off = (await tx.people.preference(consent.customer)).channels_off
    if Channel.PUSH in off:
        rest = [str(channel) for channel in off if channel is not Channel.PUSH]
        by = By("customer", consent.how, now)
        await choose(tx, consent.customer, {Item.CHANNELS_OFF: rest}, by)


async def country_of(tx: Tx, customer: CustomerId, now: Moment, otherwise: str) -> str:
    """Where the person lives, by their sites."""
    sites = await tx.people.sites_of(customer, now)
    return next((site.country for site in sites if site.country), otherwise)


async def _same(tx: Tx, value: str) -> list[Address]:
    """Everybody's address with this value: the one who has it, and who had it."""
    found = await tx.people.find_address(Channel.PUSH, value)
    return [found] if found is not None else []


async def _newest(tx: Tx, customer: CustomerId) -> Basis | None:
    lines = [
        line
        for line in await tx.people.bases(customer)
        if (line.purpose, line.channel) == (Purpose.SERVICE, Channel.PUSH)
    ]
    return lines[-1] if lines and lines[-1].kind is not BasisKind.WITHDRAWN else None


async def _stands(tx: Tx, line: Basis) -> bool:
    """Whether the ledger says just this already, of the same words: then a second phone needs no second line."""
    newest = await _newest(tx, line.customer)
    return newest is not None and (newest.kind, newest.wording) == (line.kind, line.wording)


async def _bury(tx: Tx, address: Address, now: Moment) -> None:
    await tx.people.set_health(address.id, Health.DEAD)
    await _note(tx, "address.withdrawn", Because.PUSH_OFF, address.id, now)


async def _note(tx: Tx, kind: str, because: Because, address: AddressId, now: Moment) -> None:
    await tx.facts.add(Note(None, None, kind, because, {"address": address}), now)
