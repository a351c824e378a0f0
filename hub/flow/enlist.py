"""Enlisting: each row of a sheet is compared with what is known, and what has to be written is noted. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hub.domain.customer import Address, Basis, Channel, Customer, Health, Person, QuietHours
from hub.domain.device import Admission, Device, Placement
from hub.domain.ids import AddressId, CustomerId, DeviceId, Moment, SiteId, derive
from hub.domain.site import Residence, Role, Site
from hub.flow.cells import BadCell, number
from hub.flow.consent import is_stranger
from hub.flow.sheets import Row, Sheet
from hub.ports import BadInput, Tx

Write = Site | tuple[Customer, Person] | Address | Residence | Device | Placement | Basis
Named = tuple[Sheet, str, str]
"""What a line of a plan is about: the sheet, the id there, and which columns (empty for all)."""

ALWAYS = Moment(0)  # since when, where nobody says


@dataclass(slots=True)
class Enlisting:
    """An import while it is compared: its rows, and what came of them so far. Of the sheets in `unread` some lines could not
    be read: what they may list is not missed. `taken` are the rows that come in: all but those of people who were erased.
    `shared` are people with the address of somebody else."""

    tx: Tx
    rows: tuple[Row, ...]
    taken: Sequence[Row]
    now: Moment
    country: str
    unread: frozenset[Sheet] = frozenset()
    writes: list[Write] = field(default_factory=list)
    added: list[Named] = field(default_factory=list)
    changed: list[Named] = field(default_factory=list)
    same: list[Named] = field(default_factory=list)
    problems: list[BadInput] = field(default_factory=list)
    sites: dict[str, Site | None] = field(default_factory=dict)
    reached: dict[tuple[Channel, str], str] = field(default_factory=dict)
    broken_sites: set[str] = field(default_factory=set)
    shared: list[tuple[CustomerId, CustomerId]] = field(default_factory=list)

    def of(self, sheet: Sheet) -> Iterator[Row]:
        """The rows of one sheet that come in."""
        return (row for row in self.taken if row.sheet is sheet)

    def note(self, row: Row, *, new: bool, columns: list[str]) -> None:
        """Where the row goes in the report."""
        kind = self.added if new else self.changed if columns else self.same
        kind.append((row.sheet, row.id, "" if new else ", ".join(columns)))

    async def site(self, row: Row) -> Site | None:
        """The site that the row names, from this import or from the store; a row that names no known one is wrong."""
        name = row.cells.get("site")
        if name is None:
            return None
        if name not in self.sites:
            self.sites[name] = await self.tx.people.site(SiteId(name))
        if self.sites[name] is None and Sheet.SITES not in self.unread and name not in self.broken_sites:
            self.problems.append(row.bad("site", f"there is no site {name}", "Add it to sites.csv"))
        return self.sites[name]

    def once(self, sheet: Sheet) -> Iterator[Row]:
        """The rows of a sheet in which an id may stand once only."""
        first: dict[str, Row] = {}
        for row in self.of(sheet):
            before = first.setdefault(row.id, row)
            if before is row:
                yield row
            else:
                cause = f"{row.id} stands in line {before.line} already"
                self.problems.append(row.bad(sheet.value[:-1], cause, "Remove one of the two lines"))


async def add_sites(listing: Enlisting) -> None:
    """Compare the sites."""
    for row in listing.once(Sheet.SITES):
        if row.broken:
            listing.broken_sites.add(row.id)
            continue
        known = await listing.tx.people.site(SiteId(row.id))
        base = known or Site(SiteId(row.id), row.cells["zone"])
        site = replace(base, **_given(row, "zone", "country", "label"))
        listing.sites[row.id] = site
        if site != known:
            listing.writes.append(site)
        listing.note(row, new=known is None, columns=_differing(known, site))


async def add_customers(listing: Enlisting) -> None:
    """Compare the customers: the person, the addresses, and where they live. Several lines: several sites."""
    seen: dict[str, Row] = {}
    for row in listing.of(Sheet.CUSTOMERS):
        site = await listing.site(row)
        columns: list[str] = []
        if row.broken:
            await _reach(listing, row, site)
            continue
        known = await listing.tx.people.customer(CustomerId(row.id))
        if row.id not in seen:
            columns += await _person(listing, row, known)
            columns += await _reach(listing, row, site)
        elif other := _contradicts(row, seen[row.id]):
            cause = f"line {seen[row.id].line} says something else of {row.id}"
            listing.problems.append(row.bad(other, cause, "Let both lines say the same"))
        if site is not None:
            columns += await _home(listing, row, site)
        new = known is None and row.id not in seen
        seen.setdefault(row.id, row)
        listing.note(row, new=new, columns=columns)


def _contradicts(row: Row, first: Row) -> str:
    own = ("name", "language", "phone", "email", "zone", "quiet_from", "quiet_to")
    return next((one for one in own if one in row.cells and row.cells[one] != first.cells.get(one)), "")


async def _person(listing: Enlisting, row: Row, known: Customer | None) -> list[str]:
    base = known or Customer(CustomerId(row.id))
    quiet = QuietHours(
        row.cells.get("quiet_from", base.quiet.begins), row.cells.get("quiet_to", base.quiet.ends)
    )
    customer = replace(base, quiet=quiet, **_given(row, "language", "zone"))
    columns = _differing(known, customer)
    if row.cells["name"] != await listing.tx.people.name(customer.id):
        columns.append("name")
    if columns or known is None:
        listing.writes.append((customer, Person(customer.id, row.cells["name"])))
    return columns


async def _reach(listing: Enlisting, row: Row, site: Site | None) -> list[str]:
    """The addresses of the row that are new. A number that has changed takes the place of the old one."""
    home = (site.country if site else "") or listing.country
    given: dict[str, tuple[Channel, str]] = {}
    if "email" in row.cells:
        given["email"] = (Channel.EMAIL, row.cells["email"])
    if "phone" in row.cells:
        try:
            given["phone"] = number(row.cells["phone"], home)
        except BadCell as bad:
            listing.problems.append(row.bad("phone", bad.cause, bad.remedy))
    known = await listing.tx.people.addresses(CustomerId(row.id))
    columns = []
    for column, (channel, value) in given.items():
        await _shared(listing, CustomerId(row.id), channel, value)
        mine = [one for one in known if one.channel is channel]
        if any(one.value == value for one in mine):
            continue
        fresh = AddressId(derive("addr", row.id, channel))
        address = mine[0] if mine else Address(fresh, CustomerId(row.id), channel, value)
        listing.writes.append(replace(address, value=value, health=Health.GOOD))
        columns.append(column)
    return columns


async def _shared(listing: Enlisting, customer: CustomerId, channel: Channel, value: str) -> None:
    """Note when somebody else has this address, in this import or already: no mistake, but worth a look."""
    other = listing.reached.setdefault((channel, value), customer)
    if other == customer:
        known = await listing.tx.people.find_address(channel, value)
        other = known.customer if known is not None else customer
    if other != customer and not is_stranger(other):
        listing.shared.append((customer, CustomerId(other)))


async def _home(listing: Enlisting, row: Row, site: Site) -> list[str]:
    """Where the person lives, if that is news; a new owner ends the time of the one before.

    An owner from earlier times is history, and ends where the owners of today begin."""
    customer, role = CustomerId(row.id), row.cells.get("role", Role.OWNER)
    start = row.cells.get("since")
    now_there = await listing.tx.people.residents(site.id, listing.now)
    then_there = await listing.tx.people.residents(site.id, ALWAYS if start is None else start)
    if any((one.customer, one.role) == (customer, role) for one in now_there + then_there):
        return []
    begins = start
    listed = {
        each.id
        for each in listing.rows  # who was erased keeps the home
        if each.sheet is Sheet.CUSTOMERS
        and each.cells.get("site") == site.id
        and each.cells.get("role", Role.OWNER) is Role.OWNER
    }
    owners = [one for one in now_there if one.role is Role.OWNER and one.customer not in listed]
    if begins is None:
        begins = listing.now if role is Role.OWNER and owners else ALWAYS
    later = [one.since for one in owners if one.since > begins] if role is Role.OWNER else []
    if role is Role.OWNER and not later:
        listing.writes += [replace(one, until=begins) for one in owners]
    listing.writes.append(Residence(site.id, customer, role, begins, min(later, default=None)))
    return ["site"]


async def add_devices(listing: Enlisting) -> None:
    """Compare the devices and where they stand. A device that waited in quarantine is admitted."""
    for row in listing.once(Sheet.DEVICES):
        site = await listing.site(row)
        if row.broken:
            continue
        known = await listing.tx.devices.get(DeviceId(row.id))
        device = _device(row, known, listing.now)
        start = row.cells.get("since")
        if site is not None and not await _stood_there(listing, row, known):
            device = replace(device, site=site.id)
            begins = start if start is not None else listing.now if known and known.site else ALWAYS
            listing.writes.append(Placement(device.id, site.id, begins))
        if device != known:
            listing.writes.append(device)
        listing.note(row, new=known is None, columns=_differing(known, device))


async def _stood_there(listing: Enlisting, row: Row, known: Device | None) -> bool:
    """Whether the row says nothing new of where the device stands, or something that is long over."""
    site, start = row.cells["site"], row.cells.get("since")
    if known is None or known.site is None:
        return False
    then = None if start is None else await listing.tx.devices.site_at(known.id, start)
    return site in (known.site, then)


def _device(row: Row, known: Device | None, now: Moment) -> Device:
    base = known or Device(DeviceId(row.id), row.cells["model"], row.cells.get("name", ""))
    device = replace(
        base,
        admission=Admission.ACTIVE,
        attributes={**base.attributes, **row.attributes},
        **_given(row, "model", "name", "serial", "firmware", "room"),
    )
    if known is not None and device.firmware != known.firmware:
        device = replace(device, firmware_since=now)
    return device


async def add_bases(listing: Enlisting) -> None:
    """Compare the ledger lines: what stands there already is not written again."""
    coming = {row.id for row in listing.of(Sheet.CUSTOMERS)}
    for row in listing.of(Sheet.BASES):
        customer, wrong = CustomerId(row.id), len(listing.problems)
        if row.id not in coming and not await _customer_known(listing, customer):
            cause = f"there is no customer {row.id}"
            listing.problems.append(row.bad("customer", cause, "Add the customer to customers.csv"))
        if row.cells.get("at", ALWAYS) > listing.now:
            listing.problems.append(row.bad("at", "this lies in the future", "Write when it was given"))
        if row.broken or len(listing.problems) > wrong:
            continue
        line = _basis(row, customer, listing.country)
        kept = [write for write in listing.writes if isinstance(write, Basis)]
        new = not any(_alike(line, one) for one in [*await listing.tx.people.bases(customer), *kept])
        if new:
            listing.writes.append(line)
        listing.note(row, new=new, columns=[])


async def _customer_known(listing: Enlisting, customer: CustomerId) -> bool:
    return Sheet.CUSTOMERS in listing.unread or await listing.tx.people.customer(customer) is not None


def _basis(row: Row, customer: CustomerId, country: str) -> Basis:
    return Basis(
        customer=customer,
        purpose=row.cells["purpose"],
        channel=row.cells["channel"],
        kind=row.cells["kind"],
        at=row.cells["at"],
        country=row.cells.get("country", country),
        who=row.cells.get("who", "import"),
        how=row.cells["how"],
        wording=row.cells.get("wording", ""),
    )


def _alike(one: Basis, other: Basis) -> bool:
    return (one.customer, one.purpose, one.channel, one.kind, one.at) == (
        other.customer,
        other.purpose,
        other.channel,
        other.kind,
        other.at,
    )


def _given(row: Row, *columns: str) -> dict[str, Any]:
    return {column: row.cells[column] for column in columns if column in row.cells}


def _differing(known: Any, wanted: Any) -> list[str]:
    """The fields in which two values of a kind differ."""
    if known is None:
        return []
    return [name for name in type(wanted).__slots__ if getattr(known, name) != getattr(wanted, name)]
