"""Everything that is known about a ticket; what the pages are then written from. `gathering.py` reads it.

Personal data passes through here to the page of who is signed in, and to nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from device_rules.fault import Evidence
from device_rules.groups import is_group
from device_rules.rule import Metric
from hub.domain.case import Case, TicketStatus
from hub.domain.contact import Contact, Message
from hub.domain.conversation import Conversation
from hub.domain.customer import Address, Customer
from hub.domain.device import Device, DeviceState
from hub.domain.gate import Decision, Switches
from hub.domain.ids import CaseId, CustomerId, MessageId, Moment, UserId
from hub.domain.packet import PacketPart
from hub.domain.site import Role, Site
from hub.ports import CommandRow, FactRow, FaultRow
from hub.ports.bookings import Booking
from hub.web.console.gaps import Gaps
from hub.web.console.speech import plain
from hub.web.console.who import Named, People
from hub.web.when import zone_or


@dataclass(frozen=True, slots=True)
class Somebody:
    """The person that a ticket is about, as far as we know them."""

    customer: Customer
    name: str
    role: Role | None
    addresses: tuple[Address, ...] = ()
    stopped: Moment | None = None

    @property
    def first_name(self) -> str:
        """What we call them."""
        return self.name.split(" ")[0] or "the customer"


@dataclass(frozen=True, slots=True)
class Thing:
    """The device, where it stands, and what was last heard of it."""

    device: Device
    state: DeviceState | None
    site: Site | None


@dataclass(frozen=True, slots=True)
class Story:
    """What happened, in the store's own order."""

    contacts: tuple[Contact, ...]
    messages: tuple[Message, ...]
    decisions: tuple[tuple[MessageId, Moment, Decision], ...]
    facts: tuple[FactRow, ...]
    commands: tuple[CommandRow, ...]
    talk: Conversation | None


@dataclass(frozen=True, slots=True)
class Known:
    """A ticket and all that belongs to it, as of `now`. `faults` are oldest first; `users` names people at the desk; `booked` are
    the appointments that stand, the next one first; `step` is what the guided fix asks where it stands, in English; `people` is
    everybody who belongs to the home, wrote or was written to; `gaps` what cannot be read."""

    now: Moment
    case: Case
    thing: Thing
    somebody: Somebody | None
    faults: tuple[FaultRow, ...]
    story: Story
    packet: tuple[PacketPart, ...]
    earlier: tuple[Case, ...]
    switches: Switches
    users: Mapping[UserId, str]
    metrics: Mapping[str, Metric]
    booked: tuple[Booking, ...] = ()
    step: str = ""
    people: People = field(default_factory=dict)
    gaps: Gaps = field(default_factory=lambda: Gaps(CaseId("")))

    @property
    def fault(self) -> FaultRow | None:
        """The fault that counts: the open one, else the newest."""
        ranked = sorted(self.faults, key=lambda fault: (fault.cleared is None, fault.change.start))
        return ranked[-1] if ranked else None

    @property
    def evidence(self) -> Evidence | None:
        """What made the fault: the newest change of a fault that is over only says what ended it, the packet keeps more."""
        fault = self.fault
        if fault is None:
            return None
        sealed = self.packet[0].body.get("trigger", {}) if self.packet else {}
        if sealed.get("fault") == fault.change.fault and "evidence" in sealed:
            return msgspec.convert(sealed["evidence"], Evidence)
        return fault.change.evidence

    @property
    def zone(self) -> str:
        """The customer's zone, or nothing when it is not known, or there is no such zone."""
        own = self.somebody.customer.zone if self.somebody else ""
        return zone_or(own or (self.thing.site.zone if self.thing.site else ""), "")

    @property
    def ownerless(self) -> bool:
        """Whether the hub is at work on it and knows nobody whom it could tell."""
        at_work = self.case.status in (TicketStatus.HUB, TicketStatus.WAITING)
        return at_work and self.somebody is None and not is_group(self.case.device)

    def title(self, metric: str) -> str:
        """What people call a metric."""
        known = self.metrics.get(metric)
        return (known.title if known else "") or plain(metric)

    def unit(self, metric: str) -> str:
        """The unit of a metric, or nothing."""
        known = self.metrics.get(metric)
        return known.unit if known else ""

    def named(self, customer: str) -> str:
        """Name and role of who wrote or was written to."""
        return str(self.people.get(CustomerId(customer)) or Named(""))

    @property
    def others(self) -> list[Named]:
        """Who else belongs to the home or has a part in the story."""
        mine = self.somebody.customer.id if self.somebody else ""
        return [one for key, one in self.people.items() if key != mine]

    def went_to(self, message: MessageId) -> str:
        """Name and role of whom a message was meant for; empty when that is not known. What the gate refused is no message, and
        only its line of the timeline knows."""
        found = next((one.customer for one in self.story.messages if one.id == message), "")
        for fact in self.story.facts if not found else ():
            if fact.data.get("message") == message and fact.data.get("customer"):
                found = CustomerId(str(fact.data["customer"]))
        return self.named(found) if found else ""

    def who_wrote(self, user: str) -> str:
        """The name of who wrote at our side: the hub or somebody at the desk; a customer as the one whom it is about."""
        if user == "customer":
            return self.somebody.first_name if self.somebody else "Customer"
        return "Beforehand" if user == "hub" else called(user, self.users)


def called(user: str, users: Mapping[UserId, str]) -> str:
    """The name of somebody at the desk; a program goes by the name of its key."""
    name = user.removeprefix("key:")
    return users.get(UserId(user)) or users.get(UserId(name)) or name
