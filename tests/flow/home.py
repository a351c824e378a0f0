"""Homes to talk with: a real store, real words and plays, cases opened by real faults, and a clock turned by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from device_rules.fault import ChangeKind, Evidence, FaultChange, Leaf, Severity, fault_id
from device_rules.reading import MINUTE, PresenceState
from hub.domain.asked import Mode, Switches
from hub.domain.case import Case
from hub.domain.contact import Direction, Message, MessageStatus
from hub.domain.conversation import Conversation, Heard, Intent, Meaning, Reply, Turn
from hub.domain.customer import Address, Basis, BasisKind, Channel, Customer, Person, Purpose
from hub.domain.device import Device, DeviceState, Placement
from hub.domain.effects import CommandDevice
from hub.domain.events import (
    CommandAnswered,
    Event,
    FaultChanged,
    MessageHeard,
    Woke,
)
from hub.domain.ids import AddressId, CaseId, CommandId, CustomerId, DeviceId, Moment, SiteId
from hub.domain.policy import Policy
from hub.domain.site import Residence, Role, Site
from hub.flow import ARROWS, converse
from hub.flow.ask import rendered
from hub.flow.context import Context
from hub.log.sqlite import SqliteLog
from hub.ports import Checkpoint
from hub.testing import SATURDAY_EVENING, MemoryStore
from tests.domain.talking import FRIDGE, PUMP, ROUTER, ears, library

START = Moment(SATURDAY_EVENING)
ADA, BEN = CustomerId("ada"), CustomerId("ben")
NUMBERS = {ADA: "+4915112345601", BEN: "+4915112345602"}
MODELS = {
    "hp-1": (PUMP, "garden heat pump"),
    "fr-1": (FRIDGE, "kitchen fridge"),
    "ro-1": (ROUTER, "hall router"),
}


class Home:
    """One household: Ada owns it, Ben lives with her. Everything happens at `now`."""

    def __init__(self, store: MemoryStore, log: SqliteLog, language: str = "en") -> None:
        shelf = library()
        self.store, self.now, self.language, self.count = store, START, language, 0
        self.sent: list[tuple[CustomerId, str]] = []
        self.episode = 0
        self.ctx = Context(Policy(), shelf.plays, shelf.words, ears(), log)

    async def move_in(self, *devices: str) -> None:
        """People, addresses, a basis, and the devices."""
        async with self.store.transaction() as tx:
            await tx.house.set_switches(Switches(Mode.LIVE, live_since=START))
            await tx.people.put_site(Site(SiteId("home"), "Europe/Berlin", "DE"))
            for customer, role in ((ADA, Role.OWNER), (BEN, Role.OCCUPANT)):
                name = f"{customer.title()} Berg"
                await tx.people.put_customer(Customer(customer, self.language), Person(customer, name))
                await tx.people.put_residence(Residence(SiteId("home"), customer, role, Moment(0)))
                address = Address(AddressId(f"{customer}-sms"), customer, Channel.SMS, NUMBERS[customer])
                await tx.people.put_address(address)
                basis = Basis(
                    customer, Purpose.SERVICE, Channel.SMS, BasisKind.CONTRACT, Moment(0), "DE", "tests"
                )
                await tx.people.add_basis(basis)
            for device in devices:
                model, name = MODELS[device]
                await tx.devices.put(Device(DeviceId(device), model, name, site=SiteId("home")))
                await tx.devices.place(Placement(DeviceId(device), SiteId("home"), Moment(0)))
        await self.measures(*devices)

    async def measures(self, *devices: str, **values: float) -> None:
        """The devices are heard, with these values."""
        states = tuple(
            DeviceState(
                DeviceId(device),
                PresenceState.ONLINE,
                received=self.now,
                values={name: (value, self.now) for name, value in values.items()},
            )
            for device in devices
        )
        async with self.store.transaction() as tx:
            await tx.partitions.save(Checkpoint(0, 1, {}, states))

    async def fails(self, device: str, rule: str, severity: Severity = Severity.MAJOR) -> CaseId:
        """A rule finds the device failing, and its people are contacted."""
        await self.fault(device, rule, ChangeKind.RAISED, severity)
        await self.wakes()
        [case] = [each for each in await self.cases() if each.device == device]
        return case.id

    async def fault(
        self, device: str, rule: str, kind: ChangeKind, severity: Severity = Severity.MAJOR
    ) -> None:
        """One change of a fault."""
        model, _ = MODELS[device]
        change = FaultChange(
            fault=fault_id(device, rule, START + self.episode),
            device=device,
            rule=rule,
            kind=kind,
            severity=severity,
            at=self.now,
            start=START,
            number=0 if kind is ChangeKind.RAISED else 1,
            evidence=Evidence(model, rule, 1, Leaf("true", truth=True)),
            title=rule,
            play=rule,
        )
        async with self.store.transaction() as tx:
            await tx.faults.save(change)
            await tx.inbox.put(device, FaultChanged(change), self.now)
        await self.drain()

    async def recovers(self, device: str, rule: str) -> None:
        """Telemetry shows that it is over."""
        await self.fault(device, rule, ChangeKind.CLEARED)

    async def drain(self) -> None:
        """Run the arrows until nothing moves."""
        while True:
            async with self.store.transaction() as tx:
                rows = await tx.inbox.next(1)
                for row in rows:
                    await ARROWS[type(row.event)](tx, row.event, self.now, self.ctx)
                    await tx.inbox.done(row)
            if not rows:
                return await self.posts()

    async def happens(self, key: str, event: Event) -> None:
        """An event comes in at the front door."""
        async with self.store.transaction() as tx:
            await tx.inbox.put(key, event, self.now)
        await self.drain()

    async def wakes(self, minutes: float = 2) -> None:
        """Time passes, and what became due is done, each at its own moment."""
        until = self.now + int(minutes * MINUTE)
        while True:
            async with self.store.transaction() as tx:
                due = await tx.wakes.next_due()
                if due is None or due > until:
                    break
                self.now = max(self.now, due)
                for wake in await tx.wakes.take(self.now, 10):
                    await tx.inbox.put(wake.case, Woke(wake.case, wake.name, wake.token), self.now)
            await self.drain()
        self.now = Moment(until)
        await self.posts()

    async def writes(self, text: str, who: CustomerId = ADA, opt_out: str = "", key: str = "") -> list[str]:
        """Somebody texts; answers what they get back."""
        self.count += 1
        before = len(await self.texts(who))
        event = MessageHeard("sms", key or f"SM{self.count}", f"{who}-sms", who, text, opt_out)
        await self.happens(f"person:{who}", event)
        return (await self.texts(who))[before:]

    async def says(self, intent: Intent | Heard, who: CustomerId = ADA, **more: Any) -> Reply:
        """Somebody says something to their speaker."""
        self.count += 1
        kind = intent if isinstance(intent, Heard) else Heard.TEXT
        meaning = Meaning(intent, **more) if isinstance(intent, Intent) else Meaning(Intent.UNKNOWN)
        turn = Turn(
            kind, Channel.VOICE, f"amzn-{self.count}", meaning=meaning, language=self.language, private=False
        )
        async with self.store.transaction() as tx:
            reply = await converse.turn(tx, who, turn, self.now, self.ctx)
        await self.drain()
        return reply

    async def texts(self, who: CustomerId = ADA) -> list[str]:
        """Every text that has left for somebody, in order."""
        return [text for customer, text in self.sent if customer == who]

    async def posts(self) -> None:
        """What is due leaves, and arrives."""
        async with self.store.transaction() as tx:
            rows = await tx.outbox.page("queued", 200)
            due = [row for row in rows if isinstance(row.item, Message) and row.due <= self.now]
            for row in sorted(due, key=lambda row: row.due):
                assert isinstance(row.item, Message)
                self.sent.append((row.item.customer, await rendered(tx, row.item, self.ctx)))
                await tx.messages.update(replace(row.item, status=MessageStatus.DELIVERED))
                await tx.outbox.settle(row.id, "done")

    async def commands(self) -> list[CommandDevice]:
        """Device commands that wait to leave."""
        async with self.store.reading() as tx:
            rows = await tx.outbox.page("queued", 200)
        return [row.item for row in rows if isinstance(row.item, CommandDevice)]

    async def device_answers(self, command: CommandDevice, ok: bool = True, note: str = "") -> None:
        """The device carried it out, or not."""
        async with self.store.transaction() as tx:
            await tx.outbox.set_command(CommandId(command.id), "done" if ok else "failed", note, self.now)
            await tx.outbox.settle(command.id, "done")
        await self.happens(command.case, CommandAnswered(command.case, command.id, ok, note))

    async def cases(self, who: CustomerId = ADA) -> list[Case]:
        """Every case of somebody, ended ones too."""
        async with self.store.reading() as tx:
            return await tx.cases.of_customer(who, self.now, open_only=False)

    async def case(self, case: CaseId) -> Case:
        async with self.store.reading() as tx:
            found = await tx.cases.get(case)
        assert found is not None
        return found

    async def talk(self, case: CaseId) -> Conversation:
        async with self.store.reading() as tx:
            return replace(await tx.talks.get(case) or Conversation(case, None))

    async def thread(self, case: CaseId) -> list[tuple[Direction, str]]:
        """The thread as an agent reads it."""
        async with self.store.reading() as tx:
            return [
                (each.direction, each.text or await rendered(tx, each, self.ctx))
                for each in await tx.messages.of_case(case)
            ]
