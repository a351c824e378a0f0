"""What the domain knows, the tables keep: a field without a column would be lost without a word."""

from dataclasses import fields

import pytest
from sqlalchemy import Table

from hub.domain.case import Case
from hub.domain.contact import Contact, Message
from hub.domain.customer import Address, Basis
from hub.domain.device import Device, Placement
from hub.domain.effects import CommandDevice, WakeAt
from hub.domain.packet import PacketPart
from hub.domain.site import Residence, Site
from hub.ports import FactRow, Quarantined
from hub.store import tables

KEPT = [
    (Case, tables.cases, {"is_open"}),
    (Message, tables.messages, {"seq"}),
    (Contact, tables.contacts, set()),
    (Address, tables.addresses, set()),
    (Basis, tables.bases, {"seq"}),
    (Device, tables.devices, set()),
    (Placement, tables.placements, set()),
    (CommandDevice, tables.commands, {"state", "note", "at"}),
    (WakeAt, tables.wakes, set()),
    (PacketPart, tables.packets, set()),
    (Residence, tables.residences, set()),
    (Site, tables.sites, set()),
    (FactRow, tables.facts, set()),
    (Quarantined, tables.quarantine, set()),
]


@pytest.mark.parametrize(("value", "table", "besides"), KEPT)
def test_every_field_has_its_column(value: type, table: Table, besides: set[str]) -> None:
    elsewhere = {"cases"} if value is Contact else set()
    known = {field.name for field in fields(value)} - elsewhere
    assert known == {column.name for column in table.c} - besides
