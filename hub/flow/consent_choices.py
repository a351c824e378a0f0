"""Choices: what a person, or somebody for them, changes about hearing from us. Every change is a line with who, when and how.

Nothing is overwritten: preferences and the basis ledger only grow. Nothing is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from hub.domain.because import Because
from hub.domain.customer import Basis, BasisKind, Channel, Customer, Purpose, QuietHours
from hub.domain.effects import Note, Suppress
from hub.domain.ids import CustomerId, Moment
from hub.domain.preferences import LATEST, Choice, Item, Preference, read
from hub.domain.site import Residence, Role
from hub.flow.carry import carry_out
from hub.flow.context import Context
from hub.ports import BadInput, Tx


@dataclass(frozen=True, slots=True)
class By:
    """Who changes something (`customer`, an agent's or a program's id), how (page, phone, letter …), and when."""

    who: str
    how: str
    now: Moment


@dataclass(frozen=True, slots=True)
class Scope:
    """What a basis is taken back for: one purpose, one channel, one of both, or (neither) everything."""

    purpose: Purpose | None = None
    channel: Channel | None = None


async def choose(tx: Tx, customer: CustomerId, wanted: Mapping[str, Any], by: By) -> Preference:
    """Keep the choices in `wanted`, by item (see `preferences.Item`); the preference that results.

    Raises BadInput for an unknown person, item or value; then nothing is kept.
    """
    person = await _known(tx, customer)
    values = {item: await _value(tx, customer, (item, value), by.now) for item, value in wanted.items()}
    for name, value in values.items():
        await tx.people.choose(Choice(customer, Item(name), value, by.now, by.who, by.how))
    after = _after(person, values)
    if after != person:
        await tx.people.change_customer(after)
    if Item.SECOND in values:
        await _second(tx, customer, CustomerId(values[Item.SECOND]), by.now)
    data = {"customer": customer, "items": sorted(values), "by": by.who, "how": by.how}
    await tx.facts.add(Note(None, None, "preference.changed", Because.PREFERENCE_CHANGED, data), by.now)
    return await tx.people.preference(customer)


async def _known(tx: Tx, customer: CustomerId) -> Customer:
    person = await tx.people.customer(customer)
    if person is None:
        raise BadInput(customer, "there is no such customer", "Look for them by name or number")
    return person


async def _value(tx: Tx, customer: CustomerId, wanted: tuple[str, Any], now: Moment) -> Any:
    name, given = wanted
    if name not in list(Item):
        raise BadInput(name, "this cannot be chosen", f"There are: {', '.join(Item)}")
    try:
        value = read(Item(name), given)
    except ValueError as error:
        raise BadInput(name, str(error), "Mend the value") from None
    if name == Item.SNOOZED_UNTIL and value is not None and value > now + LATEST:
        raise BadInput(name, "that is more than a year away", "Switch the channel off instead")
    if name == Item.SECOND and value:
        await _known(tx, CustomerId(value))
        if value == customer:
            raise BadInput(name, "nobody is their own second contact", "Name somebody else")
    return value


def _after(person: Customer, values: Mapping[str, Any]) -> Customer:
    quiet = values.get(Item.QUIET)
    return replace(
        person,
        language=values.get(Item.LANGUAGE, person.language),
        zone=values.get(Item.ZONE, person.zone),
        quiet=QuietHours(*quiet) if quiet else person.quiet,
        wake_me=values.get(Item.WAKE_ME, person.wake_me),
    )


async def _second(tx: Tx, customer: CustomerId, second: CustomerId, now: Moment) -> None:
    """The second contact belongs to the person's homes from now on; the one before does no more."""
    for site in await tx.people.sites_of(customer, now):
        for one in await tx.people.residents(site.id, now):
            if one.role is Role.SECOND_CONTACT and one.customer != second:
                await tx.people.put_residence(replace(one, until=now))
        if second:
            await tx.people.put_residence(Residence(site.id, second, Role.SECOND_CONTACT, now, None))


async def grant(tx: Tx, basis: Basis, how: By) -> None:
    """Record a basis. Raises BadInput without evidence (when, how, wording or kind of contract) or for an unknown person.

    It does not undo a STOP: only the person's own START does.
    """
    await _known(tx, basis.customer)
    if basis.kind is BasisKind.WITHDRAWN:
        raise BadInput("kind", "a withdrawal grants nothing", "Revoke instead")
    if not basis.how.strip() or (basis.kind is BasisKind.CONSENT and not basis.wording.strip()):
        raise BadInput(
            "how", "there is no evidence", "Say how it was given, and for a consent the wording shown"
        )
    if basis.at > how.now:
        raise BadInput("at", "this lies in the future", "Write when it was given")
    await tx.people.add_basis(replace(basis, who=basis.who or how.who))
    await _told(tx, basis.customer, Because.BASIS_RECORDED, (basis.purpose, basis.channel), how)


async def revoke(tx: Tx, customer: CustomerId, scope: Scope, by: By, ctx: Context) -> int:
    """Take back what was agreed to within `scope`; how many lines of the ledger that ended. Everything: as if STOP was said,
    with what is pending cancelled and open cases handed to agents."""
    await _known(tx, customer)
    newest = {(line.purpose, line.channel): line for line in await tx.people.bases(customer)}
    ended = [
        line for line in newest.values() if line.kind is not BasisKind.WITHDRAWN and _within(line, scope)
    ]
    if scope == Scope():
        await carry_out(tx, (Suppress(customer, Because.BASIS_WITHDRAWN),), by.now, ctx)
    else:
        for line in ended:
            gone = replace(line, kind=BasisKind.WITHDRAWN, at=by.now, who=by.who, how=by.how, wording="")
            await tx.people.add_basis(gone)
    await _told(tx, customer, Because.BASIS_WITHDRAWN, (scope.purpose, scope.channel), by)
    return len(ended)


def _within(line: Basis, scope: Scope) -> bool:
    return scope.purpose in (None, line.purpose) and scope.channel in (None, line.channel)


async def _told(
    tx: Tx, customer: CustomerId, because: Because, of: tuple[Purpose | None, Channel | None], by: By
) -> None:
    purpose, channel = of
    data = {"customer": customer, "purpose": purpose, "channel": channel, "by": by.who, "how": by.how}
    await tx.facts.add(Note(None, None, f"consent.{because}", because, data), by.now)
