"""`/api/v1`: devices, customers, sites, consents, faults, cases, contacts, commands and rules, as they stand."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from hub.domain.customer import Customer
from hub.domain.device import Admission, Device
from hub.domain.ids import CaseId, CommandId, CustomerId, DeviceId, FaultId, Moment, SiteId
from hub.domain.site import Site
from hub.ports import Tx
from hub.web.access import KeyFirst, Scope, door, needs
from hub.web.api import shapes, written
from hub.web.api.pages import Wanted, page
from hub.web.door import Door
from hub.web.problems import Problem

router = APIRouter(prefix="/api/v1", route_class=KeyFirst, dependencies=[Depends(needs(Scope.READ))])
House = Annotated[Door, Depends(door)]


def missing(noun: str) -> Problem:
    """404 for a thing that is not here."""
    return Problem(404, f"There is no such {noun}.")


@router.get("/devices", tags=["devices"])
async def devices(
    house: House, want: Wanted, admission: Admission | None = None
) -> shapes.Page[shapes.DeviceOut]:
    """Registered and heard devices, by id."""
    async with house.store.reading() as tx:
        found = await tx.devices.page(want.after, want.limit + 1, admission)
        states = {one.id: await tx.devices.state(one.id) for one in found[: want.limit]}
    return page(found, want, lambda one: one.id, lambda one: written.device_out(one, states[one.id]))


@router.get("/devices/{device}", tags=["devices"])
async def device(house: House, device: str) -> shapes.DeviceOut:
    """One device and what was last heard of it."""
    async with house.store.reading() as tx:
        found = await tx.devices.get(DeviceId(device))
        if found is None:
            raise missing("device")
        return written.device_out(found, await tx.devices.state(found.id))


@router.get("/customers", tags=["customers"])
async def customers(house: House, want: Wanted) -> shapes.Page[shapes.CustomerOut]:
    """Customers with their addresses, by id."""
    async with house.store.reading() as tx:
        found = await tx.people.page(want.after, want.limit + 1)
        told = {one.id: await _customer(tx, one) for one in found[: want.limit]}
    return page(found, want, lambda one: one.id, lambda one: told[one.id])


@router.get("/customers/{customer}", tags=["customers"])
async def customer(house: House, customer: str) -> shapes.CustomerOut:
    """One customer."""
    async with house.store.reading() as tx:
        found = await tx.people.customer(CustomerId(customer))
        if found is None:
            raise missing("customer")
        return await _customer(tx, found)


async def _customer(tx: Tx, one: Customer) -> shapes.CustomerOut:
    addresses = await tx.people.addresses(one.id)
    return written.customer_out(
        one, await tx.people.name(one.id), addresses, await tx.people.suppressed(one.id)
    )


@router.get("/sites", tags=["sites"])
async def sites(house: House, want: Wanted, customer: str | None = None) -> shapes.Page[shapes.SiteOut]:
    """Sites with their people and devices, by id; or those of one customer."""
    now = Moment(house.clock.now())
    async with house.store.reading() as tx:
        if customer is not None:
            found = await tx.people.sites_of(CustomerId(customer), now)
        else:
            found = await tx.people.site_page(want.after, want.limit + 1)
        told = {one.id: await _site(tx, one, now) for one in found[: want.limit]}
    return page(found, want, lambda one: one.id, lambda one: told[one.id])


@router.get("/sites/{site}", tags=["sites"])
async def site(house: House, site: str) -> shapes.SiteOut:
    """One site with its people and devices."""
    async with house.store.reading() as tx:
        found = await tx.people.site(SiteId(site))
        if found is None:
            raise missing("site")
        return await _site(tx, found, Moment(house.clock.now()))


async def _site(tx: Tx, one: Site, now: Moment) -> shapes.SiteOut:
    there: list[Device] = await tx.devices.at_site(one.id)
    return written.site_out(one, await tx.people.residents(one.id, now), there)


@router.get("/consents", tags=["consents"])
async def consents(house: House, customer: str) -> shapes.Page[shapes.ConsentOut]:
    """The basis ledger of a customer, as it was written."""
    async with house.store.reading() as tx:
        found = await tx.people.bases(CustomerId(customer))
    return shapes.Page(items=[written.consent_out(one) for one in found])


@router.get("/faults", tags=["faults"])
async def faults(
    house: House, want: Wanted, open_only: Annotated[bool, Query(alias="open")] = False
) -> shapes.Page[shapes.FaultOut]:
    """Faults with their evidence."""
    async with house.store.reading() as tx:
        found = await tx.faults.page(want.after, want.limit + 1, open_only)
    return page(found, want, lambda one: one.change.fault, written.fault_out)


@router.get("/faults/{fault}", tags=["faults"])
async def fault(house: House, fault: str) -> shapes.FaultOut:
    """One fault."""
    async with house.store.reading() as tx:
        found = await tx.faults.get(FaultId(fault))
    if found is None:
        raise missing("fault")
    return written.fault_out(found)


@router.get("/cases", tags=["cases"])
async def cases(house: House, want: Wanted) -> shapes.Page[shapes.CaseOut]:
    """Cases, newest first."""
    async with house.store.reading() as tx:
        found = await tx.cases.page("all", want.after, want.limit + 1)
    return page(found, want, lambda one: one.id, written.case_out)


@router.get("/cases/{case}", tags=["cases"])
async def case(house: House, case: str) -> shapes.CaseOut:
    """One case."""
    async with house.store.reading() as tx:
        found = await tx.cases.get(CaseId(case))
    if found is None:
        raise missing("case")
    return written.case_out(found)


@router.get("/contacts", tags=["contacts"])
async def contacts(house: House, case: str) -> shapes.Page[shapes.ContactOut]:
    """The contacts of a case with their messages."""
    async with house.store.reading() as tx:
        found, said = await tx.messages.contacts_of(CaseId(case)), await tx.messages.of_case(CaseId(case))
    return shapes.Page(items=[written.contact_out(one, said) for one in found])


@router.get("/commands", tags=["commands"])
async def commands(house: House, case: str) -> shapes.Page[shapes.CommandOut]:
    """The device commands of a case, and what became of them."""
    async with house.store.reading() as tx:
        found = await tx.outbox.commands_of(CaseId(case))
    return shapes.Page(items=[written.command_out(one) for one in found])


@router.get("/commands/{command}", tags=["commands"])
async def command(house: House, command: str) -> shapes.CommandOut:
    """One device command."""
    async with house.store.reading() as tx:
        found = await tx.outbox.command(CommandId(command))
    if found is None:
        raise missing("command")
    return written.command_out(found)
