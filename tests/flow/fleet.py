"""A fleet of heat pumps in many homes: real store, real words, real loops, a postbox for a carrier, a clock turned by hand."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from device_rules.fault import ChangeKind, Evidence, FaultChange, Leaf, Severity, fault_id
from device_rules.reading import DAY
from hub.domain.agent import AgentRole, User
from hub.domain.asked import Caps, Mode, Switches
from hub.domain.customer import Address, Basis, BasisKind, Channel, Customer, Person, Purpose
from hub.domain.device import Device, Placement
from hub.domain.events import FaultChanged, MessageHeard
from hub.domain.ids import AddressId, CaseId, CustomerId, DeviceId, FaultId, Moment, SiteId, UserId
from hub.domain.incident import Incident, Limits
from hub.domain.policy import Policy
from hub.domain.site import Residence, Role, Site
from hub.flow import ARROWS, LOOKS
from hub.flow import incident_acts as acts
from hub.flow.context import Context
from hub.log.empty import EmptyLog
from hub.loops import flow, relay, wake
from hub.loops.post import PostOffice
from hub.ports import Store
from hub.ports.incidents import Tally
from hub.testing import FakeClock, Postbox
from voice_skills.matcher import Matcher
from voice_skills.words import house_words

MODEL, FIRMWARE, RULE = "nordwarm/heatpump-x1", "2.3.1", "no-heat"
EVA, OLE = UserId("eva"), UserId("ole")
WORDS = house_words()
QUICK: Any = {"rate": 36_000, "replies": 36_000}  # nobody sits at the desk, and one could answer as much
LIMITS = Limits(**QUICK, gateways=frozenset({"nordwarm/router-r3"}))
WIDE = Caps(fleet_hour=100_000)


class Wire:
    """The way to the devices: everything arrives."""

    async def send(self, command: object) -> bool:
        return True


@dataclass
class Fleet:
    """Homes `0, 1, …`, each with an owner, and what is told to them. `post` is the carrier."""

    store: Store
    clock: FakeClock
    ctx: Context
    post: Postbox = field(default_factory=lambda: Postbox(Channel.SMS))
    faults: dict[str, FaultChange] = field(default_factory=dict)

    @property
    def now(self) -> Moment:
        return Moment(self.clock.now())

    async def home(self, number: int, *devices: str, language: str = "en", **about: Any) -> None:
        """A home with its owner, who has agreed to texts, and its devices (by default `pump-<number>`)."""
        site, who = SiteId(f"home-{number}"), CustomerId(f"owner-{number}")
        async with self.store.transaction() as tx:
            await tx.people.put_site(Site(site, "Europe/Berlin", about.pop("country", "DE")))
            await tx.people.put_customer(Customer(who, language), Person(who, f"Owner{number} Berg"))
            await tx.people.put_address(Address(AddressId(f"{who}-sms"), who, Channel.SMS, phone(number)))
            await tx.people.put_residence(Residence(site, who, Role.OWNER, Moment(0)))
            if about.pop("agreed", True):
                await tx.people.add_basis(
                    Basis(who, Purpose.SERVICE, Channel.SMS, BasisKind.CONTRACT, Moment(0), "DE", "tests")
                )
            for device in devices or (f"pump-{number}",):
                made = Device(
                    DeviceId(device), **{"model": MODEL, "name": "heat pump", "firmware": FIRMWARE} | about
                )
                await tx.devices.put(Device(**{**fields_of(made), "site": site}))
                await tx.devices.place(Placement(made.id, site, Moment(0)))

    async def homes(self, count: int, **about: Any) -> None:
        for number in range(count):
            await self.home(number, **dict(about))

    async def fails(self, *devices: str, rule: str = RULE, severity: Severity = Severity.MAJOR) -> None:
        """The rule finds these devices failing, now."""
        for device in devices:
            change = FaultChange(
                fault=fault_id(device, rule, self.now),
                device=device,
                rule=rule,
                kind=ChangeKind.RAISED,
                severity=severity,
                at=self.now,
                start=self.now,
                number=0,
                evidence=Evidence(MODEL, rule, 1, Leaf("true", truth=True)),
                title="The heat pump does not heat",
            )
            await self._judged(change)
        await self.settle()

    async def recover(self, *devices: str) -> None:
        """Telemetry shows that they work again."""
        for device in devices:
            before = self.faults[device]
            kept = {name: getattr(before, name) for name in before.__struct_fields__}
            await self._judged(
                FaultChange(
                    **kept | {"kind": ChangeKind.CLEARED, "at": self.now, "number": before.number + 1}
                )
            )
        await self.settle()

    async def _judged(self, change: FaultChange) -> None:
        self.faults[change.device] = change
        async with self.store.transaction() as tx:
            if await tx.faults.save(change):
                await tx.inbox.put(change.device, FaultChanged(change), self.now)

    async def settle(self) -> None:
        """Everything that is due happens."""
        works = flow.Works(self.store, self.clock, self.ctx, ARROWS, LOOKS)
        office = PostOffice(self.store, self.clock, self.ctx, {Channel.SMS: self.post}, self.post, Wire())
        for _ in range(200):
            moved = await wake.step(self.store, self.clock)
            moved += await flow.drain(works)
            moved += await relay.drain(office)
            if not moved:
                break
        async with self.store.reading() as tx:
            assert await tx.inbox.depth() == 0, "something is stuck in the inbox"

    async def passes(self, span: int) -> None:
        """Time passes, and what becomes due is done at its moment."""
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

    async def writes(self, number: int, text: str) -> None:
        """An owner texts."""
        who = CustomerId(f"owner-{number}")
        heard = MessageHeard("sms", f"SM{number}-{self.now}", f"{who}-sms", who, text)
        async with self.store.transaction() as tx:
            await tx.inbox.put(f"person:{who}", heard, self.now)
        await self.settle()

    async def incidents(self) -> list[Incident]:
        async with self.store.reading() as tx:
            return await tx.incidents.page("", 100)

    async def incident(self) -> Incident:
        [only] = await self.incidents()
        return only

    async def tally(self) -> Tally:
        only = await self.incident()
        async with self.store.reading() as tx:
            return await tx.incidents.tally(only.id)

    async def approve(self, *who: UserId) -> Incident:
        only = await self.incident()
        for user in who or (EVA,):
            async with self.store.transaction() as tx:
                only = await acts.approve(tx, only.id, acts.By(user, self.now), self.ctx)
        await self.settle()
        return only

    async def reject(self) -> None:
        only = await self.incident()
        async with self.store.transaction() as tx:
            await acts.reject(tx, only.id, acts.By(EVA, self.now))
        await self.settle()

    async def close(self, closing: str = "fixed") -> None:
        only = await self.incident()
        async with self.store.transaction() as tx:
            await acts.close(tx, only.id, acts.By(EVA, self.now), closing)
        await self.settle()

    async def case_of(self, device: str) -> Any:
        async with self.store.reading() as tx:
            found = await tx.cases.case_of_fault(FaultId(self.faults[device].fault))
            return await tx.cases.get(CaseId(found or ""))

    def texts(self, number: int) -> list[str]:
        """What has reached an owner."""
        return [each.text for each in self.post.envelopes if each.to == phone(number)]

    def told(self) -> Counter[str]:
        """How many messages each number has had."""
        return Counter(each.to for each in self.post.envelopes)


def phone(number: int) -> str:
    return f"+4915{number:09}"


def fields_of(device: Device) -> dict[str, Any]:
    return {name: getattr(device, name) for name in Device.__slots__}


async def fleet(store: Store, clock: FakeClock, limits: Limits = LIMITS, **policy: Any) -> Fleet:
    """No homes yet; sending is live, and two supervisors sit at the desk."""
    ctx = Context(
        Policy(**{"incidents": limits, "caps": WIDE} | policy), {}, WORDS, Matcher(WORDS), EmptyLog()
    )
    made = Fleet(store, clock, ctx)
    async with store.transaction() as tx:
        await tx.house.set_switches(Switches(Mode.LIVE, live_since=Moment(made.now - DAY)))
        for user in (EVA, OLE):
            await tx.house.put_user(User(user, user.title(), AgentRole.SUPERVISOR))
    return made
