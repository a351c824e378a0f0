"""From the domain's values to the shapes of the API. Pure, and the only place that knows both."""

from __future__ import annotations

from device_rules.fault import as_json
from hub.domain.case import Case
from hub.domain.contact import Contact, Message
from hub.domain.customer import Address, Basis, Customer
from hub.domain.device import Device, DeviceState
from hub.domain.packet import PacketPart
from hub.domain.site import Residence, Site
from hub.ports import CommandRow, FactRow, FaultRow
from hub.web.api.shapes import (
    AddressOut,
    CaseOut,
    CommandOut,
    ConsentOut,
    ContactOut,
    CustomerOut,
    DeviceOut,
    FactOut,
    FaultOut,
    MessageOut,
    PartOut,
    ResidentOut,
    SiteOut,
    ValueOut,
)
from hub.web.live import sentence
from hub.web.push_words import address_shown
from hub.web.when import machine


def when(moment: int | None) -> str | None:
    """A moment for programs, or null."""
    return None if moment is None else machine(moment)


def device_out(device: Device, state: DeviceState | None) -> DeviceOut:
    """A device as the API answers it."""
    heard = state or DeviceState(device.id)
    return DeviceOut(
        id=device.id, model=device.model, name=device.name, serial=device.serial, firmware=device.firmware,
        room=device.room, site=device.site, admission=device.admission, attributes=dict(device.attributes),
        presence=heard.presence, heard=when(heard.received),
        values={name: ValueOut(value=value, at=machine(at)) for name, (value, at) in heard.values.items()},
    )  # fmt: skip


def customer_out(customer: Customer, name: str, addresses: list[Address], stopped: int | None) -> CustomerOut:
    """A customer as the API answers them."""
    shown = [
        AddressOut(id=one.id, channel=one.channel, value=address_shown(one), health=one.health)
        for one in addresses
    ]
    return CustomerOut(
        id=customer.id,
        name=name,
        language=customer.language,
        zone=customer.zone,
        addresses=shown,
        stopped=when(stopped),
    )


def site_out(site: Site, residents: list[Residence], devices: list[Device]) -> SiteOut:
    """A site as the API answers it."""
    people = [
        ResidentOut(customer=one.customer, role=one.role, since=machine(one.since), until=when(one.until))
        for one in residents
    ]
    return SiteOut(
        id=site.id,
        zone=site.zone,
        country=site.country,
        label=site.label,
        residents=people,
        devices=[one.id for one in devices],
    )


def consent_out(basis: Basis) -> ConsentOut:
    """A line of the ledger."""
    return ConsentOut(
        customer=basis.customer, purpose=basis.purpose, channel=basis.channel, kind=basis.kind, at=machine(basis.at),
        country=basis.country, who=basis.who, how=basis.how, wording=basis.wording,
    )  # fmt: skip


def fault_out(row: FaultRow) -> FaultOut:
    """A fault with its evidence."""
    change = row.change
    return FaultOut(
        id=change.fault, device=change.device, rule=change.rule, title=change.title, severity=row.severity,
        start=machine(change.start), raised=machine(row.raised), cleared=when(row.cleared),
        known_before_live=row.known_before_live, evidence=as_json(change.evidence),
    )  # fmt: skip


def case_out(case: Case) -> CaseOut:
    """A case."""
    return CaseOut(
        id=case.id, device=case.device, site=case.site, family=case.family, rule=case.rule, severity=case.severity,
        state=case.state, opened=machine(case.opened), acknowledged=when(case.acknowledged),
        acknowledged_by=case.acknowledged_by, needs_agent=case.needs_agent.agent if case.needs_agent else None,
        agent=case.agent, closed=when(case.closed), closing=case.closing, proved=case.proved, version=case.version,
    )  # fmt: skip


def part_out(part: PacketPart) -> PartOut:
    """A part of the packet."""
    return PartOut(number=part.number, at=machine(part.at), sha256=part.sha256, body=part.body)


def message_out(message: Message) -> MessageOut:
    """A message."""
    return MessageOut(
        id=message.id, case=message.case, customer=message.customer, channel=message.channel, kind=message.kind,
        direction=message.direction, at=machine(message.at), text=message.text, status=message.status,
        because=str(message.because), written_by=message.written_by,
    )  # fmt: skip


def fact_out(fact: FactRow) -> FactOut:
    """A line of the timeline."""
    return FactOut(
        seq=fact.seq, at=machine(fact.at), case=fact.case, device=fact.device, kind=fact.kind, because=fact.because,
        sentence=sentence(fact.because), data=fact.data,
    )  # fmt: skip


def contact_out(contact: Contact, messages: list[Message]) -> ContactOut:
    """A contact with its messages."""
    said = [message_out(one) for one in messages if one.contact == contact.id]
    return ContactOut(
        id=contact.id, customer=contact.customer, channel=contact.channel, step=contact.step, at=machine(contact.at),
        cases=list(contact.cases), messages=said,
    )  # fmt: skip


def command_out(row: CommandRow) -> CommandOut:
    """A device command."""
    command = row.command
    return CommandOut(
        id=command.id, case=command.case, device=command.device, name=command.name, args=dict(command.args), state=row.state,
        note=row.note, at=machine(row.at), expires=machine(command.expires),
    )  # fmt: skip
