"""The world of the stories: four people, three devices, the whole street on a clock that stands still until it is moved.

The store, the loops, the words, the plays and the gate are the real ones; the carrier is a postbox that keeps everything.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from device_rules.fault import ChangeKind, Evidence, FaultChange, Leaf, Severity, fault_id
from device_rules.reading import DAY, MINUTE, Reading, Record
from hub.bootstrap.shelf import take_down
from hub.domain.agent import AgentRole, User
from hub.domain.case import Case
from hub.domain.contact import Direction, Message
from hub.domain.customer import Address, Basis, BasisKind, Channel, Customer, Person, Purpose
from hub.domain.device import Device, Placement
from hub.domain.effects import CommandDevice
from hub.domain.events import CommandAnswered, Event, FaultChanged, MessageHeard
from hub.domain.gate import Mode, Switches
from hub.domain.ids import AddressId, CaseId, CommandId, CustomerId, DeviceId, FaultId, Moment, SiteId, UserId
from hub.domain.policy import Policy
from hub.domain.site import Residence, Role, Site
from hub.flow import ARROWS, LOOKS
from hub.flow.context import Context
from hub.loops import flow, relay, wake
from hub.loops.post import PostOffice
from hub.ports import Accepted, Entry, Envelope, FactRow, Outcome, Tx, Window
from hub.testing import FakeClock, MemoryStore, Postbox
from voice_skills.matcher import Matcher

SHELF = take_down(("heatpump", "fridge", "router"))
EARS = Matcher(SHELF.words)

ADA, BEN, CLEO = CustomerId("ada"), CustomerId("ben"), CustomerId("cleo")
NUMBERS = {ADA: "+4915550100001", BEN: "+4915550100002", CLEO: "+4915550100003"}
HOMES = {ADA: "kiel", BEN: "bremen", CLEO: "celle"}
DAG = UserId("dag")
PUMP, FRIDGE, ROUTER = DeviceId("pump-ada"), DeviceId("fridge-ben"), DeviceId("router-cleo")


@dataclass(frozen=True)
class Trouble:
    """A rule of the packs, as its fault changes look."""

    device: DeviceId
    model: str
    rule: str
    title: str
    severity: Severity = Severity.MAJOR
    metric: str = "coil_temp"


ICE = Trouble(PUMP, "nordwarm/heatpump-x1", "icing-up", "The heat pump is icing up")
DOOR = Trouble(FRIDGE, "nordwarm/fridge-f2", "door-open", "The fridge door is open")
LINE = Trouble(ROUTER, "nordwarm/router-r3", "line-unstable", "The internet line is unstable")


class ShortLog:
    """A telemetry log that holds what the story has put into it."""

    partitions = 1

    def __init__(self) -> None:
        self.records: list[Record] = []

    def partition_of(self, device: str) -> int:
        return 0

    async def append(self, records: Any) -> None:
        self.records += [record for _, record in records]

    async def read(self, partition: int, after: int, limit: int = 10_000) -> list[Entry]:
        return []

    async def arrived(self, partition: int, after: int) -> None:
        return None

    async def end(self, partition: int) -> int:
        return len(self.records)

    async def window(
        self, device: str, span: tuple[int, int], limit: int = 5_000, within: float | None = None
    ) -> Window:
        found = [r for r in self.records if isinstance(r, Reading) and r.device == device]
        return Window([r for r in found if span[0] < r.effective <= span[1]][:limit])

    async def judged(self, positions: Any, now: int) -> None:
        return None

    async def close(self) -> None:
        return None


@dataclass
class Carrier(Postbox):
    """A postbox that knows when each envelope came, and which ones it took."""

    clock: FakeClock = field(default_factory=FakeClock)
    came: list[tuple[Moment, Envelope]] = field(default_factory=list)
    took: list[Envelope] = field(default_factory=list)

    async def send(self, envelope: Envelope) -> Outcome:
        self.came.append((Moment(self.clock.now()), envelope))
        outcome = await Postbox.send(self, envelope)
        if isinstance(outcome, Accepted):
            self.took.append(envelope)
        return outcome


@dataclass
class Wire:
    """The way to the devices: keeps the commands; the broker has them all."""

    commands: list[CommandDevice] = field(default_factory=list)

    async def send(self, command: CommandDevice) -> bool:
        self.commands.append(command)
        return True


@dataclass
class Street:
    """The street and everything on it. Moments are UTC µs."""

    clock: FakeClock
    store: MemoryStore
    ctx: Context
    post: Carrier
    paper: Postbox
    log: ShortLog
    raised: dict[tuple[DeviceId, str], FaultChange] = field(default_factory=dict)
    wire: Wire = field(default_factory=Wire)
    texts: int = 0

    @property
    def now(self) -> Moment:
        return Moment(self.clock.now())

    @property
    def office(self) -> PostOffice:
        ways = {channel: self.post for channel in self.ctx.policy.channels if channel is not Channel.PAPER}
        return PostOffice(self.store, self.clock, self.ctx, ways, self.paper, self.wire)

    async def happen(self, key: str, event: Event) -> None:
        """Put `event` in the inbox and let everything that follows at this moment follow."""
        async with self.store.transaction() as tx:
            await tx.inbox.put(key, event, self.now)
        await self.settle()

    async def settle(self) -> None:
        works = flow.Works(self.store, self.clock, self.ctx, ARROWS, LOOKS)
        for _ in range(50):
            moved = await wake.step(self.store, self.clock)
            moved += await flow.drain(works)
            moved += await relay.drain(self.office)
            if not moved:
                break
        async with self.store.reading() as tx:
            assert await tx.inbox.depth() == 0, "something is stuck in the inbox"

    async def pass_time(self, span: int) -> None:
        """Let `span` µs pass, stopping at everything that is due."""
        end = self.now + span
        while True:
            async with self.store.reading() as tx:
                dues = [await tx.wakes.next_due(), await tx.outbox.next_due()]
            due = min((each for each in dues if each is not None), default=end + 1)
            if due > end:
                break
            await self.clock.set(max(due, self.now))
            await self.settle()
        await self.clock.set(end)
        await self.settle()

    async def until(self, moment: int) -> None:
        await self.pass_time(moment - self.now)

    # What devices do

    async def fails(self, trouble: Trouble, **changes: Any) -> Case | None:
        """The rule of `trouble` raises a fault now."""
        start = self.now - 20 * MINUTE
        leaf = Leaf(f"{trouble.metric} < -10", True, trouble.metric, -14.0, -10.0, "°C", self.now)
        change = FaultChange(
            fault=fault_id(trouble.device, trouble.rule, start),
            device=trouble.device,
            rule=trouble.rule,
            kind=ChangeKind.RAISED,
            severity=trouble.severity,
            at=self.now,
            start=start,
            number=0,
            evidence=Evidence(trouble.model, trouble.rule, 1, leaf, held=20 * MINUTE),
            title=trouble.title,
            play=trouble.rule,
            packet=("room_temp",),
        )
        self.log.records += [
            Reading(trouble.device, at, at, {trouble.metric: -14.0, "room_temp": 20.5})
            for at in range(start, self.now, MINUTE)
        ]
        return await self.judge(trouble, changed(change, **changes))

    async def becomes(self, trouble: Trouble, severity: Severity) -> Case | None:
        """The fault of `trouble` gets better or worse."""
        return await self._again(trouble, kind=ChangeKind.SEVERITY, severity=severity)

    async def recovers(self, trouble: Trouble) -> Case | None:
        """Telemetry shows that it is over."""
        return await self._again(trouble, kind=ChangeKind.CLEARED)

    async def _again(self, trouble: Trouble, **changes: Any) -> Case | None:
        before = self.raised[trouble.device, trouble.rule]
        return await self.judge(trouble, changed(before, at=self.now, number=before.number + 1, **changes))

    async def judge(self, trouble: Trouble, change: FaultChange, known: bool = False) -> Case | None:
        """What the judge does with a change: save it and hand it on, in one transaction."""
        self.raised[trouble.device, trouble.rule] = change
        async with self.store.transaction() as tx:
            if await tx.faults.save(change, known):
                await tx.inbox.put(change.device, FaultChanged(change, known), self.now)
        await self.settle()
        return await self.case_of(change)

    async def obeys(self) -> CommandDevice:
        """The device carries out the newest command that it was sent."""
        command = self.wire.commands[-1]
        async with self.store.transaction() as tx:
            assert await tx.outbox.set_command(CommandId(command.id), "done", "", self.now)
        await self.happen(command.case, CommandAnswered(command.case, command.id, ok=True))
        return command

    # What people do

    async def writes(self, who: CustomerId, text: str) -> None:
        """A customer's text reaches the carrier's hook."""
        self.texts += 1
        heard = MessageHeard("sms", f"SM{self.texts}", f"{who}-sms", who, text)
        await self.happen(who, heard)

    # What can be seen

    async def case_of(self, change: FaultChange) -> Case | None:
        async with self.store.reading() as tx:
            found = await tx.cases.case_of_fault(FaultId(change.fault))
            return await tx.cases.get(found) if found else None

    async def case(self, trouble: Trouble) -> Case:
        found = await self.case_of(self.raised[trouble.device, trouble.rule])
        assert found is not None, f"no case for {trouble.rule}"
        return found

    async def thread(self, case: CaseId) -> list[Message]:
        async with self.store.reading() as tx:
            return await tx.messages.of_case(case)

    async def facts(self, case: CaseId) -> list[FactRow]:
        async with self.store.reading() as tx:
            return await tx.facts.of_case(case)

    async def kinds(self, trouble: Trouble) -> list[str]:
        """The classes of what left, in order."""
        thread = await self.thread((await self.case(trouble)).id)
        return [str(m.kind) for m in thread if m.direction is Direction.OUT and m.provider_id]

    @property
    def told(self) -> list[str]:
        """Every text that really left."""
        return [envelope.text for envelope in self.post.envelopes]

    @asynccontextmanager
    async def tx(self) -> AsyncIterator[Tx]:
        """A request of somebody at the desk; what follows from it follows."""
        async with self.store.transaction() as tx:
            yield tx
        await self.settle()


def changed(change: FaultChange, **changes: Any) -> FaultChange:
    """`change` with other values."""
    fields = {name: getattr(change, name) for name in change.__struct_fields__}
    return FaultChange(**{**fields, **changes})


async def street(store: MemoryStore, clock: FakeClock, policy: Policy | None = None) -> Street:
    """Ada has a heat pump in Kiel, Ben a fridge in Bremen, Cleo a router in Celle; sending is live since yesterday."""
    log = ShortLog()
    ctx = Context(policy or Policy(), SHELF.plays, SHELF.words, EARS, log)
    made = Street(clock, store, ctx, Carrier(Channel.SMS, clock=clock), Postbox(Channel.PAPER), log)
    async with store.transaction() as tx:
        await tx.house.put_user(User(DAG, "Dag", AgentRole.AGENT))
        await tx.house.set_switches(Switches(mode=Mode.LIVE, live_since=Moment(clock.now() - DAY)))
        for who, device, name in (
            (ADA, PUMP, "garden heat pump"),
            (BEN, FRIDGE, "kitchen fridge"),
            (CLEO, ROUTER, "router"),
        ):
            await _moves_in(tx, who, clock.now())
            model = next(t.model for t in (ICE, DOOR, LINE) if t.device == device)
            site = SiteId(HOMES[who])
            await tx.devices.put(
                Device(device, model, name, serial=f"SN-{who}-4471", firmware="3.2", site=site)
            )
            await tx.devices.place(Placement(device, site, Moment(clock.now() - 100 * DAY)))
    return made


async def _moves_in(tx: Tx, who: CustomerId, now: int) -> None:
    since = Moment(now - 100 * DAY)
    site = SiteId(HOMES[who])
    await tx.people.put_site(Site(site, "Europe/Berlin", "DE", HOMES[who].capitalize()))
    await tx.people.put_customer(Customer(who), Person(who, f"{who.capitalize()} Berg"))
    await tx.people.put_address(Address(AddressId(f"{who}-sms"), who, Channel.SMS, NUMBERS[who]))
    await tx.people.put_residence(Residence(site, who, Role.OWNER, since))
    await tx.people.add_basis(
        Basis(who, Purpose.SERVICE, Channel.SMS, BasisKind.CONTRACT, since, "DE", "import")
    )


def another(trouble: Trouble, number: int) -> Trouble:
    """The same trouble at another device of the fleet."""
    return replace(trouble, device=DeviceId(f"{trouble.device}-{number}"))


async def join_fleet(made: Street, trouble: Trouble, number: int) -> Trouble:
    """One more customer with a device of the same model."""
    mine, who = another(trouble, number), CustomerId(f"neighbour-{number}")
    NUMBERS[who], HOMES[who] = f"+49155502{number:05}", f"home-{number}"
    async with made.store.transaction() as tx:
        await _moves_in(tx, who, made.now)
        site = SiteId(HOMES[who])
        await tx.devices.put(Device(mine.device, mine.model, "heat pump", site=site))
        await tx.devices.place(Placement(mine.device, site, Moment(made.now - DAY)))
    return mine
