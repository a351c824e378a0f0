"""Reads all that is known about a ticket, in one reading transaction: what of it cannot be read is noted, and the rest is shown.

Reads only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from device_rules.book import RuleBook
from device_rules.groups import is_group, parts_of, spoken
from hub.domain.because import Because
from hub.domain.case import Case
from hub.domain.contact import Direction, MessageClass, Phrase
from hub.domain.conversation import Conversation
from hub.domain.danger import STEP as DANGER
from hub.domain.device import Device
from hub.domain.ids import CaseId, Moment
from hub.domain.packet import PacketPart
from hub.flow.ask import NO_QUIET, rendered
from hub.flow.context import Context
from hub.ports import BadInput, Tx
from hub.ports.bookings import Booking, BookingState
from hub.web.console.gaps import Gaps
from hub.web.console.known import Known, Somebody, Story, Thing
from hub.web.console.who import people, role_of, talks_with, whom
from hub.web.when import zone_or

ASKING = (MessageClass.FIRST, MessageClass.REMINDER, MessageClass.SAFETY)
CUSTOMER = "the customer"
GONE = "(These words cannot be shown any more: what they were written with is gone.)"


async def gather(tx: Tx, case: Case, now: Moment, ctx: Context, books: Mapping[str, RuleBook]) -> Known:
    """Everything about `case` that can be read; the book of its model names its metrics."""
    gaps = Gaps(case.id)
    if case.needs_agent is Because.CANNOT_BE_READ:
        gaps.miss("how the case stands")
    faults = await gaps.read("its faults", tx.cases.faults(case.id), [])
    story = await _story(tx, case, ctx, gaps)
    about = await thing(tx, case, gaps)
    somebody = _as_ruled(await gaps.read(CUSTOMER, _somebody(tx, case, story, now), None), ctx)
    if somebody is not None and somebody.customer.language not in ctx.words.languages():
        gaps.miss("their language, which the hub does not speak")
    zone = (somebody.customer.zone if somebody else "") or (about.site.zone if about.site else "")
    if zone and not zone_or(zone, ""):
        gaps.miss("the time zone")
    book = books.get(about.device.model)
    if book is not None and case.rule and case.rule not in {rule.id for rule in book.rules}:
        gaps.miss("its rule, which is in no rule book any more")
    if about.device.model and book is None and books:
        gaps.miss("what the model's rules are called: it has no rule book")
    _against_packs(story.talk, about.device, ctx, gaps)
    return Known(
        now=now,
        case=case,
        thing=about,
        somebody=somebody,
        faults=tuple(sorted(faults, key=lambda row: row.change.start)),
        story=story,
        packet=await gaps.read("the sealed packet", _packet(tx, case), ()),
        earlier=await gaps.read("earlier cases", _earlier(tx, case), ()),
        switches=await tx.house.switches(),
        users={user.id: user.name for user in await tx.house.users()},
        metrics=book.metrics if book else {},
        booked=await gaps.read("appointments", _booked(tx, case, now), ()),
        step=_step(story.talk, about.device, ctx),
        people=await gaps.read(
            "who belongs to the home", people(tx, case, (story.messages, story.facts), now), {}
        ),
        gaps=gaps,
    )


def _against_packs(talk: Conversation | None, device: Device, ctx: Context, gaps: Gaps) -> None:
    """Whether the guided fix that they talk about is still in a pack."""
    if talk is None or not talk.play or talk.ended:
        return
    play = ctx.plays.get((device.model, talk.play))
    if play is None or (talk.step and talk.step != DANGER and talk.step not in play.steps):
        gaps.miss("the guided fix, which is in no pack any more")


async def _packet(tx: Tx, case: Case) -> tuple[PacketPart, ...]:
    parts = await tx.cases.packet(case.id)
    if any(not isinstance(part.body, dict) for part in parts):
        raise ValueError(case.id)
    return tuple(parts)


async def _earlier(tx: Tx, case: Case) -> tuple[Case, ...]:
    return tuple(old for old in await tx.cases.of_device(case.device) if old.id != case.id)


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


async def _story(tx: Tx, case: Case, ctx: Context, gaps: Gaps) -> Story:
    heard = await gaps.read("messages", tx.messages.of_case(case.id), [])
    messages = sorted(heard, key=lambda message: message.at)
    words = [
        await gaps.read("words of some messages", rendered(tx, one, ctx), one.text or GONE)
        for one in messages
    ]
    return Story(
        contacts=tuple(await gaps.read("contacts", tx.messages.contacts_of(case.id), [])),
        messages=tuple(replace(one, text=text) for one, text in zip(messages, words, strict=True)),
        decisions=tuple(await gaps.read("what was decided", tx.messages.decisions(case.id), [])),
        facts=tuple(await gaps.read("the timeline", tx.facts.of_case(case.id), [])),
        commands=tuple(await gaps.read("commands to the device", tx.outbox.commands_of(case.id), [])),
        talk=await gaps.read("where the conversation stands", tx.talks.get(case.id), None),
    )


async def thing(tx: Tx, case: Case, gaps: Gaps | None = None) -> Thing:
    """The device of a case; one that is not registered is shown by its id, a group of devices by what makes it one. With `gaps`
    what cannot be read is left out, and noted there."""
    group = is_group(case.device)
    name, model = (spoken(case.device), parts_of(case.device).model) if group else (case.device, "")
    bare = Device(case.device, model, name)
    if gaps is None:
        site = await tx.people.site(case.site) if case.site else None
        return Thing(await tx.devices.get(case.device) or bare, await tx.devices.state(case.device), site)
    device: Device | None = await gaps.read("the device", tx.devices.get(case.device), bare)
    return Thing(
        device or bare,
        await gaps.read("the device's newest values", tx.devices.state(case.device), None),
        await gaps.read("the home", tx.people.site(case.site), None) if case.site else None,
    )


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


async def case_of(tx: Tx, ticket: str) -> Case | None:
    """The case behind a ticket's id, as far as it can be read."""
    return await tx.cases.shown(CaseId(ticket))
