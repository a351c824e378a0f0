"""A small world for the web tests: people, devices and a heat pump that ices up, judged by the real engine and opened as
a case by the real triage, in a real store and a real log."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from device_rules import Describe, Engine, Reading, RuleBook, Tick
from device_rules.fault import ChangeKind, FaultChange
from device_rules.reading import DAY, HOUR, MINUTE, Presence, PresenceState, Record
from hub.bootstrap.shelf import Shelf, take_down
from hub.domain.agent import AgentRole, User
from hub.domain.because import Because
from hub.domain.case import Case, CaseState
from hub.domain.contact import Contact, Direction, Message, MessageClass, MessageStatus
from hub.domain.customer import Address, Basis, BasisKind, Channel, Customer, Person, Purpose
from hub.domain.device import Device, DeviceState, Placement
from hub.domain.effects import Note
from hub.domain.events import FaultChanged
from hub.domain.gate import Mode, Switches
from hub.domain.ids import (
    AddressId,
    CaseId,
    ContactId,
    CustomerId,
    DeviceId,
    FaultId,
    MessageId,
    Moment,
    SiteId,
    UserId,
)
from hub.domain.policy import Policy
from hub.domain.site import Residence, Role, Site
from hub.flow.context import Context
from hub.flow.triage import fault_changed
from hub.log.sqlite import SqliteLog
from hub.ports import Checkpoint, Tx
from hub.testing import FakeClock, MemoryStore
from hub.web.access import Scope
from hub.web.door import Door
from hub.web.passwords import hash_password, token_hash
from voice_skills.matcher import Matcher

PASSWORD = "a long walk by the sea"
HASH = hash_password(PASSWORD)
READ_KEY, DESK_KEY, ADMIN_KEY = "key-that-reads", "key-of-the-desk", "key-of-the-house"
PEOPLE = (
    ("ada", "Ada Berg", "+4915112345001", "Hafenstraße 4, Kiel", "Europe/Berlin", "en"),
    ("ben", "Ben Haas", "+4915112345002", "Am Markt 9, Husum", "Europe/Berlin", "de"),
    ("cleo", "Cleo Santos", "+351912345003", "Rua do Sol 12, Porto", "Europe/Lisbon", "en"),
)
DEVICES = (
    ("hp-4471", "nordwarm/heatpump-x1", "Garden heat pump", "NW-X1-00034471", "3.2", "ada"),
    ("fr-2002", "nordwarm/fridge-f2", "Kitchen fridge", "NW-F2-00092002", "1.8", "ben"),
    ("hp-7789", "nordwarm/heatpump-x1", "Cellar heat pump", "NW-X1-00037789", "3.1", "cleo"),
)


@dataclass(frozen=True, slots=True)
class World:
    """Everything there is, and a few things that can happen."""

    store: MemoryStore
    clock: FakeClock
    log: SqliteLog
    door: Door

    @property
    def now(self) -> Moment:
        return Moment(self.clock.now())

    async def ices_up(self, device: str = "hp-4471", hours: int = 3) -> Case:
        """Hours of a coil that gets colder, ending now: the engine raises, triage opens the case."""
        records = icing(device, self.now, hours)
        await self.log.append([(self.log.partition_of(device), record) for record in records])
        raised = next(change for change in judged(self.door.books["nordwarm/heatpump-x1"], records))
        last = records[-1]
        assert isinstance(last, Reading)
        heard = DeviceState(
            DeviceId(device),
            PresenceState.ONLINE,
            Moment(self.now - 2 * DAY),
            received=self.now,
            values={name: (value, last.effective) for name, value in last.values.items()},
        )
        async with self.store.transaction() as tx:
            await tx.partitions.save(Checkpoint(0, 1, {}, (heard,)))
            await tx.faults.save(raised)
            await fault_changed(tx, FaultChanged(raised), self.now, self.door.ctx)
            case_id = await tx.cases.case_of_fault(FaultId(raised.fault))
            assert case_id is not None
            case = await tx.cases.get(case_id)
        assert case is not None
        return case

    async def told(self, case: Case, customer: str, text: str, minutes_ago: int) -> None:
        """The hub told the customer something, and the carrier delivered it."""
        await self._said(case, customer, text, minutes_ago, Direction.OUT)
        async with self.store.transaction() as tx:
            at = Moment(self.now - minutes_ago * MINUTE)
            current = await tx.cases.get(case.id) or case
            await tx.cases.save(
                replace(current, state=CaseState.CONTACTING, contacted=at, version=current.version + 1)
            )
            await tx.facts.add(
                Note(case.id, case.device, "message.allowed", Because.ALLOWED, {"channel": "sms"}), at
            )

    async def heard(self, case: Case, customer: str, text: str, minutes_ago: int) -> None:
        """The customer wrote."""
        await self._said(case, customer, text, minutes_ago, Direction.IN)

    async def asks_for_person(self, case: Case, customer: str = "ada", minutes_ago: int = 4) -> Case:
        """The customer asked for a person: the ticket needs an agent."""
        await self.heard(case, customer, "Can somebody please call me?", minutes_ago)
        async with self.store.transaction() as tx:
            current = await tx.cases.get(case.id) or case
            wanted = replace(
                current,
                state=CaseState.WITH_AGENT,
                needs_agent=Because.CUSTOMER_WANTS_PERSON,
                acknowledged=self.now,
                acknowledged_by="customer",
                version=current.version + 1,
            )
            await tx.cases.save(wanted)
            at = Moment(self.now - minutes_ago * MINUTE)
            await tx.facts.add(Note(case.id, case.device, "ticket.wanted", Because.CUSTOMER_WANTS_PERSON), at)
        return wanted

    async def moves_out(self, customer: str) -> None:
        """The customer no longer lives where the device stands."""
        async with self.store.transaction() as tx:
            for residence in await tx.people.residents(SiteId(f"site-{customer}"), self.now):
                await tx.people.put_residence(replace(residence, until=Moment(self.now - 30 * DAY)))

    async def _said(self, case: Case, customer: str, text: str, minutes_ago: int, way: Direction) -> None:
        at = Moment(self.now - minutes_ago * MINUTE)
        contact = ContactId(f"contact_{case.id}_{minutes_ago}")
        message = Message(
            id=MessageId(f"msg_{case.id}_{minutes_ago}"),
            contact=contact,
            case=case.id,
            customer=CustomerId(customer),
            address=AddressId(f"{customer}-sms"),
            channel=Channel.SMS,
            kind=MessageClass.FIRST if way is Direction.OUT else MessageClass.TURN,
            direction=way,
            at=at,
            text=text,
            status=MessageStatus.DELIVERED if way is Direction.OUT else MessageStatus.HEARD,
            written_by="hub" if way is Direction.OUT else "customer",
        )
        async with self.store.transaction() as tx:
            await tx.messages.add_contact(
                Contact(contact, message.customer, Channel.SMS, "1", at, (case.id,))
            )
            await tx.messages.add(message)


def icing(device: str, until: int, hours: int) -> list[Record]:
    """One reading a minute: healthy for the first third, then no defrost and a coil that falls to −18 °C."""
    start = until - hours * HOUR
    records: list[Record] = [
        Describe(device, start, start, "nordwarm/heatpump-x1", "3.2"),
        Presence(device, start, start, PresenceState.ONLINE),
    ]
    for minute in range(hours * 60 + 1):
        at = start + minute * MINUTE
        cold = max(0.0, minute - hours * 20) / (hours * 40)
        wave = ((minute * 7) % 11 - 5) / 12
        values: dict[str, float | str | bool] = {
            "coil_temp": round(-6 - 13 * cold**0.6 + wave, 2),
            "outdoor_temp": round(1.5 - 2 * minute / (hours * 60), 2),
            "room_temp": round(21 - 1.6 * cold + wave / 8, 2),
            "defrost_age": float(100 + minute),
            "mode": "heat",
            "fan_speed": round(840 - 260 * cold + 20 * wave),
            "power": round(1150 + 620 * cold + 60 * wave),
        }
        records.append(Reading(device, at, at, values, sent=at))
    return records


def judged(book: RuleBook, records: list[Record]) -> list[FaultChange]:
    """What the engine raises on these records."""
    engine, found = Engine([book]), []
    first = records[0]
    assert isinstance(first, Describe)
    engine.judge(Tick(first.received, first.received))
    for record in records:
        found += engine.judge(record)
    return [change for change in found if change.kind is ChangeKind.RAISED]


@cache
def shelf() -> Shelf:
    """The packs that come with the house, read once."""
    return take_down(("heatpump", "fridge", "router"))


@asynccontextmanager
async def world(folder: Path, **more: object) -> AsyncIterator[World]:
    """The world on a Saturday evening; `more` changes the door."""
    store, clock = MemoryStore(), FakeClock()
    log = SqliteLog(folder / "log", clock, partitions=2)
    ctx = Context(Policy(), shelf().plays, shelf().words, Matcher(shelf().words), log)
    door = Door(store, clock, ctx, secret="of the tests", books=shelf().books)
    async with store.transaction() as tx:
        await _people(tx, Moment(clock.now()))
        await _house(tx, Moment(clock.now()))
    try:
        yield World(store, clock, log, replace(door, **more))
    finally:
        await log.close()
        await store.close()


async def _people(tx: Tx, now: Moment) -> None:
    long_ago = Moment(now - 400 * DAY)
    for key, name, phone, label, zone, language in PEOPLE:
        who, site = CustomerId(key), SiteId(f"site-{key}")
        await tx.people.put_site(Site(site, zone, label=label))
        await tx.people.put_customer(Customer(who, language), Person(who, name))
        await tx.people.put_address(Address(AddressId(f"{key}-sms"), who, Channel.SMS, phone))
        await tx.people.put_residence(Residence(site, who, Role.OWNER, long_ago))
        await tx.people.add_basis(
            Basis(who, Purpose.SERVICE, Channel.SMS, BasisKind.CONTRACT, long_ago, "DE", "import", "form")
        )
    for device, model, name, serial, firmware, owner in DEVICES:
        site = SiteId(f"site-{owner}")
        one = Device(DeviceId(device), model, name, serial, firmware, Moment(now - 6 * DAY), "", site)
        await tx.devices.put(one)
        await tx.devices.place(Placement(one.id, site, long_ago))


async def _house(tx: Tx, now: Moment) -> None:
    await tx.house.put_user(User(UserId("dag"), "Dag", AgentRole.AGENT, HASH))
    await tx.house.put_user(User(UserId("sam"), "Sam", AgentRole.SUPERVISOR, HASH))
    await tx.house.add_key(token_hash(READ_KEY), "reports", [Scope.READ])
    await tx.house.add_key(token_hash(DESK_KEY), "desk", [Scope.READ, Scope.TICKETS])
    await tx.house.add_key(token_hash(ADMIN_KEY), "house", list(Scope))
    await tx.house.set_switches(Switches(Mode.LIVE, live_since=Moment(now - 30 * DAY)))


def ticket_of(case: Case) -> str:
    return f"/console/tickets/{case.id}"


def case_id(text: str) -> CaseId:
    return CaseId(text)
