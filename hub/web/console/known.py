"""Everything that is known about a ticket, read in one go; what the pages are then written from.

Reads only, in one reading transaction. Personal data passes through here to the page of who is signed in, and to
nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec

from device_rules.book import RuleBook
from device_rules.fault import Evidence
from device_rules.groups import is_group, parts_of, spoken
from device_rules.rule import Metric
from hub.domain.case import Case, TicketStatus
from hub.domain.contact import Contact, Direction, Message, MessageClass, Phrase
from hub.domain.conversation import Conversation
from hub.domain.customer import Address, Customer
from hub.domain.device import Device, DeviceState
from hub.domain.gate import Decision, Switches
from hub.domain.ids import CaseId, CustomerId, MessageId, Moment, UserId
from hub.domain.packet import PacketPart
from hub.domain.site import Role, Site
from hub.flow.ask import NO_QUIET, rendered
from hub.flow.context import Context
from hub.ports import BadInput, CommandRow, FactRow, FaultRow, Tx
from hub.ports.bookings import Booking, BookingState
from hub.web.console.speech import plain
from hub.web.console.who import Named, People, people, role_of, talks_with, whom

ASKING = (MessageClass.FIRST, MessageClass.REMINDER, MessageClass.SAFETY)
ODD = (ValueError, LookupError, TypeError, AttributeError, msgspec.MsgspecError)
"""What one ticket may end with when something of it cannot be read; it must not take the others with it."""


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
    everybody who belongs to the home, wrote or was written to."""

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
        """The customer's zone, or nothing when it is not known."""
        own = self.somebody.customer.zone if self.somebody else ""
        return own or (self.thing.site.zone if self.thing.site else "")

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


async def gather(tx: Tx, case: Case, now: Moment, ctx: Context, book: RuleBook | None) -> Known:
    """Everything about `case`; `book` names its metrics."""
    faults = sorted(await tx.cases.faults(case.id), key=lambda row: row.change.start)
    story = await _story(tx, case, ctx)
    about = await thing(tx, case)
    return Known(
        now=now,
        case=case,
        thing=about,
        somebody=_as_ruled(await _somebody(tx, case, story, now), ctx),
        faults=tuple(faults),
        story=story,
        packet=tuple(await tx.cases.packet(case.id)),
        earlier=tuple(old for old in await tx.cases.of_device(case.device) if old.id != case.id),
        switches=await tx.house.switches(),
        users={user.id: user.name for user in await tx.house.users()},
        metrics=book.metrics if book else {},
        booked=await _booked(tx, case, now),
        step=_step(story.talk, about.device, ctx),
        people=await people(tx, case, (story.messages, story.facts), now),
    )


async def _booked(tx: Tx, case: Case, now: Moment) -> tuple[Booking, ...]:
    """The appointments of a case that are still to come."""
    every = await tx.bookings.of_case(case.id)
    stand = [each for each in every if each.state is BookingState.BOOKED and each.slot.ends > now]
    return tuple(sorted(stand, key=lambda each: each.slot.starts))


def _step(talk: Conversation | None, device: Device, ctx: Context) -> str:
    """What the guided fix asks at its step, in English; nothing where it does not stand at one."""
    play = ctx.plays.get((device.model, talk.play)) if talk is not None else None
    step = play.steps.get(talk.step) if play is not None and talk is not None else None
    key = getattr(step, "asks", "") or getattr(step, "phrase", "")
    if not key:
        return ""
    own = {
        "brand": ctx.policy.brand,
        "phone": ctx.policy.phone,
        "device": device.name or device.model,
        "name": "",
    }
    try:
        return ctx.words.text(Phrase(str(key), own), "en")
    except BadInput:
        return ""


def _as_ruled(somebody: Somebody | None, ctx: Context) -> Somebody | None:
    """Without quiet hours where the house keeps none: the page says what the gate does."""
    if somebody is None or ctx.policy.quiet_hours:
        return somebody
    return replace(somebody, customer=replace(somebody.customer, quiet=NO_QUIET))


async def _story(tx: Tx, case: Case, ctx: Context) -> Story:
    messages = sorted(await tx.messages.of_case(case.id), key=lambda message: message.at)
    return Story(
        contacts=tuple(await tx.messages.contacts_of(case.id)),
        messages=tuple([replace(one, text=await rendered(tx, one, ctx)) for one in messages]),
        decisions=tuple(await tx.messages.decisions(case.id)),
        facts=tuple(await tx.facts.of_case(case.id)),
        commands=tuple(await tx.outbox.commands_of(case.id)),
        talk=await tx.talks.get(case.id),
    )


async def thing(tx: Tx, case: Case) -> Thing:
    """The device of a case; one that is not registered is shown by its id, a group of devices by what makes it one."""
    group = is_group(case.device)
    name, model = (spoken(case.device), parts_of(case.device).model) if group else (case.device, "")
    device = await tx.devices.get(case.device) or Device(case.device, model, name)
    site = await tx.people.site(case.site) if case.site else None
    return Thing(device, await tx.devices.state(case.device), site)


async def _somebody(tx: Tx, case: Case, story: Story, now: Moment) -> Somebody | None:
    """With whom it is talked about, which is who gets a reply; else who was asked last; else the owner. Somebody who only said
    stop, or wrote from elsewhere, is not whom it is about."""
    asked = [one.customer for one in story.messages if one.direction is Direction.OUT and one.kind in ASKING]
    first, _ = await whom(tx, case, now)
    talking = await talks_with(tx, case, story.talk, now)
    found = talking or (asked[-1] if asked else first)
    customer = await tx.people.customer(found) if found else None
    if customer is None:
        return None
    role = await role_of(tx, case, customer.id, now)
    return Somebody(
        customer,
        await tx.people.name(customer.id),
        role,
        tuple(await tx.people.addresses(customer.id)),
        await tx.people.suppressed(customer.id),
    )


def called(user: str, users: Mapping[UserId, str]) -> str:
    """The name of somebody at the desk; a program goes by the name of its key."""
    name = user.removeprefix("key:")
    return users.get(UserId(user)) or users.get(UserId(name)) or name


async def case_of(tx: Tx, ticket: str) -> Case | None:
    """The case behind a ticket's id."""
    return await tx.cases.get(CaseId(ticket))
