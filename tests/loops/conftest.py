"""A small town for the loops: a real store (SQLite and PostgreSQL), a real carrier, real words, a clock turned by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from device_rules.fault import Severity
from device_rules.reading import DAY, SECOND
from hub.clock import WallClock, micros
from hub.domain.asked import Mode, Switches
from hub.domain.case import Case, CaseState
from hub.domain.contact import Contact, Direction, Message, MessageClass, Phrase
from hub.domain.customer import Address, Basis, BasisKind, Channel, Customer, Person, Purpose
from hub.domain.device import Device, Placement
from hub.domain.effects import CommandDevice
from hub.domain.events import Event
from hub.domain.ids import AddressId, CaseId, CustomerId, DeviceId, Moment, SiteId, contact_id, message_id
from hub.domain.policy import Policy
from hub.domain.site import Residence, Role, Site
from hub.flow.context import Context
from hub.loops.post import PostOffice
from hub.ports import Accepted, Envelope, InDoubt, Outcome, Store
from hub.store import SqlStore
from hub.store.opening import database_url
from hub.testing import MemoryStore
from notifiers.paper.channel import Paper
from notifiers.sms.channel import Account, Sms
from simulators.carrier import Carrier
from voice_skills.matcher import Matcher
from voice_skills.words import house_words

START = Moment(micros("2026-11-21T17:00:00Z"))  # 18:00 in Berlin: nobody sleeps
ADA, SITE, PUMP = CustomerId("ada"), SiteId("home"), DeviceId("pump-1")
PHONE, NUMBER = AddressId("ada-sms"), "+46701740605"
PUBLIC = "http://127.0.0.1:9"
WORDS = house_words()
EARS = Matcher(WORDS)


class Hands(WallClock):
    """A clock that stands still until it is turned."""

    def __init__(self) -> None:
        super().__init__()
        object.__setattr__(self, "moment", int(START))

    def now(self) -> int:
        return self.moment  # type: ignore[attr-defined, no-any-return]

    def turn(self, micros: int) -> None:
        object.__setattr__(self, "moment", self.now() + micros)


class Link:
    """A way to devices that does what it is told to."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.answers: list[bool | Exception] = []

    async def send(self, command: CommandDevice) -> bool:
        answer = self.answers.pop(0) if self.answers else True
        if isinstance(answer, Exception):
            raise answer
        if answer:
            self.sent.append(command.id)
        return answer


@dataclass
class Strange:
    """A channel that answers from a list: for outcomes that no real carrier gives at will."""

    outcomes: list[Outcome] = field(default_factory=list)
    found: list[Accepted | InDoubt | None] = field(default_factory=list)
    in_doubt: str = "find"
    channel: Channel = Channel.SMS
    sent: list[Envelope] = field(default_factory=list)
    looked: int = 0

    async def send(self, envelope: Envelope) -> Outcome:
        self.sent.append(envelope)
        return self.outcomes.pop(0) if self.outcomes else Accepted(f"SM{len(self.sent)}-{envelope.id}")

    async def find(self, envelope: Envelope) -> Accepted | InDoubt | None:
        self.looked += 1
        return self.found.pop(0)

    async def close(self) -> None:
        pass


@dataclass
class Town:
    """Ada lives here with a heat pump, has agreed to texts, and has an open case."""

    store: Store
    clock: Hands
    carrier: Carrier
    sms: Sms
    paper_file: Path
    ctx: Context
    link: Link = field(default_factory=Link)
    case: Case = field(init=False)

    def office(self, **changed: Any) -> PostOffice:
        office = PostOffice(
            self.store,
            self.clock,
            self.ctx,
            {Channel.SMS: self.sms},
            Paper(None, self.paper_file),
            self.link,
        )
        return replace(office, **changed)

    async def found(self) -> None:
        """Build the town."""
        self.case = Case(
            CaseId("case-1"), PUMP, SITE, "icing", "icing", Severity.MAJOR, CaseState.CONTACTING, START
        )
        async with self.store.transaction() as tx:
            await tx.people.put_site(Site(SITE, "Europe/Berlin", "DE"))
            await tx.people.put_customer(Customer(ADA), Person(ADA, "Ada Lindgren"))
            await tx.people.put_address(Address(PHONE, ADA, Channel.SMS, NUMBER))
            await tx.people.put_residence(Residence(SITE, ADA, Role.OWNER, Moment(START - 99 * DAY)))
            await tx.people.add_basis(
                Basis(ADA, Purpose.SERVICE, Channel.SMS, BasisKind.CONTRACT, Moment(START - DAY))
            )
            await tx.devices.put(Device(PUMP, "heatpump", "heat pump", site=SITE))
            await tx.devices.place(Placement(PUMP, SITE, Moment(START - 99 * DAY)))
            await tx.cases.save(self.case)
            await tx.house.set_switches(Switches(Mode.LIVE, live_since=Moment(START - DAY)))

    def message(
        self, what: str = "step:0", kind: MessageClass = MessageClass.FIRST, **changed: Any
    ) -> Message:
        contact = contact_id(self.case.id, what, ADA)
        made = Message(
            id=message_id(contact, what, PHONE),
            contact=contact,
            case=self.case.id,
            customer=ADA,
            address=PHONE,
            channel=Channel.SMS,
            kind=kind,
            direction=Direction.OUT,
            at=Moment(self.clock.now()),
            phrases=(
                Phrase("frame.hello"),
                Phrase("opening.no_play", {"device": f"heat pump {what[-1]}"}),
                Phrase("frame.stop"),
            ),
        )
        return replace(made, **changed)

    async def owe(
        self, what: str = "step:0", kind: MessageClass = MessageClass.FIRST, **changed: Any
    ) -> Message:
        """Put a message into the outbox, due now."""
        message = self.message(what, kind, **changed)
        cases = (message.case,) if message.case else ()
        async with self.store.transaction() as tx:
            await tx.messages.add_contact(Contact(message.contact, ADA, Channel.SMS, what, message.at, cases))
            await tx.messages.add(message)
            await tx.outbox.put(message, Moment(self.clock.now()))
        return message

    async def command(self, repeatable: bool = False, name: str = "restart") -> CommandDevice:
        command = CommandDevice(
            f"cmd-{name}", self.case.id, PUMP, name, {}, Moment(self.clock.now() + 60 * SECOND), repeatable
        )
        async with self.store.transaction() as tx:
            await tx.outbox.put(command, Moment(self.clock.now()))
        return command

    async def save(self, **changed: Any) -> None:
        self.case = replace(self.case, version=self.case.version + 1, **changed)
        async with self.store.transaction() as tx:
            await tx.cases.save(self.case)

    async def now(self, message: Message) -> Message:
        """The message as it stands."""
        async with self.store.reading() as tx:
            found = await tx.messages.get(message.id)
        assert found is not None
        return found

    async def row(self, id_: str) -> str:
        async with self.store.reading() as tx:
            row = await tx.outbox.get(id_)
        assert row is not None
        return row.state

    async def waiting(self) -> list[Event]:
        """What the inbox holds, one per key."""
        async with self.store.reading() as tx:
            return [row.event for row in await tx.inbox.next(100)]

    async def story(self) -> list[str]:
        """The kinds of facts of the case, in order."""
        async with self.store.reading() as tx:
            return [fact.kind for fact in await tx.facts.of_case(self.case.id)]


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> str:
    """Where the store is: a PostgreSQL with our tables, or nothing for the SQLite of tests."""
    if request.param == "sqlite":
        return ""
    dsn: str = request.getfixturevalue("postgres_dsn")
    return dsn


@pytest.fixture
async def store(address: str) -> AsyncIterator[Store]:
    store = SqlStore(database_url(address), "secret") if address else MemoryStore()
    yield store
    await store.close()


@pytest.fixture
async def town(store: Store, tmp_path: Path) -> AsyncIterator[Town]:
    clock = Hands()
    ctx = Context(Policy(), {}, WORDS, EARS, None)  # type: ignore[arg-type]
    async with Carrier(clock, opt_out="hub") as carrier:
        own = carrier.account
        sms = Sms(Account(own.sid, own.token, own.number, PUBLIC, carrier.url, timeout=1.0))
        town = Town(store, clock, carrier, sms, tmp_path / "paper.jsonl", ctx)
        await town.found()
        yield town
        await sms.close()


@pytest.fixture
def strange() -> Strange:
    return Strange()
