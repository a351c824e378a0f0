"""The people of a rehearsal: as the register has them today, or assumed ones where there is no register.

Today's register counts for the whole recording, however old: who lives with the device now, what they agreed to by now.
Reads the store, writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from device_rules.groups import is_group
from hub.domain.customer import Address, Basis, BasisKind, Channel, Customer, Purpose
from hub.domain.device import Device
from hub.domain.ids import AddressId, CustomerId, DeviceId, Moment, SiteId
from hub.domain.ladder import recipients
from hub.domain.policy import Policy
from hub.domain.preferences import NO_CHOICE, Preference
from hub.flow.ask import NO_QUIET, given_name
from hub.ports import Tx

ALWAYS = Moment(0)


@dataclass(frozen=True, slots=True)
class Resident:
    """One person who may be asked about a device, with all that the gate looks at. `name` is what we call them."""

    customer: Customer
    addresses: tuple[Address, ...]
    bases: tuple[Basis, ...]
    zones: tuple[str, ...]
    suppressed: bool = False
    preference: Preference = NO_CHOICE
    name: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """Where a device stands and who lives there, in the order in which they are asked."""

    device: Device
    site: SiteId | None
    people: tuple[Resident, ...]


async def registered(
    tx: Tx, devices: Iterable[tuple[str, str]], now: Moment, policy: Policy
) -> dict[str, Home]:
    """The homes of (device, model) pairs as they are registered at `now`; a device that is not has nobody."""
    homes: dict[str, Home] = {}
    known: dict[CustomerId, Resident | None] = {}
    for name, model in devices:
        device = await tx.devices.get(DeviceId(name)) or Device(DeviceId(name), model, "")
        site = await tx.devices.site_at(DeviceId(name), now)
        people = recipients(await tx.people.residents(site, now)) if site else []
        for one in people:
            if one not in known:
                known[one] = await _resident(tx, one, now, policy)
        found = tuple(person for one in people if (person := known[one]) is not None)
        homes[name] = Home(device, site, found)
    return homes


async def _resident(tx: Tx, customer: CustomerId, now: Moment, policy: Policy) -> Resident | None:
    person = await tx.people.customer(customer)
    if person is None:
        return None
    sites = {site.zone for site in await tx.people.sites_of(customer, now)}
    return Resident(
        customer=person if policy.quiet_hours else replace(person, quiet=NO_QUIET),
        addresses=tuple(await tx.people.addresses(customer)),
        bases=tuple(_newest(await tx.people.bases(customer), now)),
        zones=(person.zone,) if person.zone else tuple(sorted(sites)) or (policy.zone,),
        suppressed=await tx.people.suppressed(customer) is not None,
        preference=await tx.people.preference(customer),
        name=given_name(await tx.people.name(customer)),
    )


def _newest(bases: Iterable[Basis], now: Moment) -> list[Basis]:
    """The line that counts today for each purpose and channel, as if it had always counted."""
    lines: Mapping[tuple[Purpose, Channel], Basis] = {
        (line.purpose, line.channel): line
        for line in sorted(bases, key=lambda each: each.at)
        if line.at <= now
    }
    return [replace(line, at=ALWAYS) for line in lines.values()]


def assumed(devices: Iterable[tuple[str, str]], policy: Policy) -> dict[str, Home]:
    """A home of its own for each (device, model): one owner who reads English, lives in the maker's zone, has a mobile
    number and has agreed to service messages."""
    return {name: _assumed(name, model, policy) for name, model in devices}


def _assumed(name: str, model: str, policy: Policy) -> Home:
    if is_group(name):
        return Home(Device(DeviceId(name), model, ""), None, ())
    owner, site = CustomerId(f"owner of {name}"), SiteId(f"home of {name}")
    customer = Customer(owner) if policy.quiet_hours else Customer(owner, quiet=NO_QUIET)
    number = Address(AddressId(f"mobile of {name}"), owner, Channel.SMS, "")
    basis = Basis(owner, Purpose.SERVICE, Channel.SMS, BasisKind.CONTRACT, ALWAYS, policy.country)
    person = Resident(customer, (number,), (basis,), (policy.zone,), name="Customer")
    device = Device(DeviceId(name), model, model.rpartition("/")[2], site=site)
    return Home(device, site, (person,))
