"""The tools that only look: which devices there are, and what is open. They change nothing."""

from __future__ import annotations

from typing import Literal

from hub.clock import iso
from hub.domain.case import Case, CaseState
from hub.domain.contact import Direction, Message
from hub.domain.device import Device as Found
from hub.flow.at_page import look
from hub.flow.knowing import AWAKE, fresh_values, still_open
from hub.ports.bookings import BookingState
from hub.web.mcp.asker import WORDS, Asker, plain, shown
from hub.web.mcp.shapes import Device, Devices, Nothing, OneDevice, Ticket, Tickets, Visit, Word

MOST = 20  # of anything in one answer
HUB = ("hub", "customer", "")


async def list_devices(asker: Asker, told: Nothing) -> Devices:
    """How each device is, by its own telemetry: silence is not evidence that it is well."""
    return Devices(devices=[await _device(asker, each) for each in (await asker.devices())[:MOST]])


async def _device(asker: Asker, found: Found) -> Device:
    state = await asker.tx.devices.state(found.id)
    faults = await asker.tx.faults.open_of(found.id)
    how: Literal["well", "needs_attention", "not_heard"] = "well"
    if still_open([fault for fault in faults if not fault.change.shadow]):
        how = "needs_attention"
    elif state is None or not (state.presence in AWAKE or fresh_values(state, asker.now)):
        how = "not_heard"
    return Device(id=found.id, name=shown(found), model=plain(found.model, WORDS), state=how)


async def ticket_status(asker: Asker, told: OneDevice) -> Tickets:
    """What is open, who looks after it, what is booked, and what the team has written."""
    only = await asker.case(told.device) if told.device else None
    cases = [case for case in await asker.cases() if not told.device or case.id == only]
    return Tickets(tickets=[await _ticket(asker, case) for case in cases[:MOST]])


async def _ticket(asker: Asker, case: Case) -> Ticket:
    standing = await look(asker.tx, (case.id, asker.customer.id), asker.now, asker.door.ctx)
    words = await asker.words(standing.wrong) if standing else ""
    name = standing.place.knowledge.device_name if standing else case.device
    booked = [
        Visit(kind=each.slot.kind.value, begins=iso(each.slot.starts), ends=iso(each.slot.ends))
        for each in await asker.tx.bookings.of_case(case.id)
        if each.state is BookingState.BOOKED and each.customer == asker.customer.id
    ]
    theirs = [each for each in await asker.tx.messages.of_case(case.id) if _from_team(each, asker)]
    said = [Word(at=iso(each.at), text=plain(each.text, WORDS)) for each in theirs[-5:]]
    return Ticket(
        device=plain(name, 60),
        opened=iso(case.opened),
        what_is_wrong=words,
        state=_state(case),
        booked=booked,
        from_the_team=said,
    )


def _from_team(message: Message, asker: Asker) -> bool:
    """Whether a person from the team wrote it to this very customer."""
    ours = message.customer == asker.customer.id and message.direction is Direction.OUT
    return ours and message.written_by not in HUB and bool(message.text)


def _state(case: Case) -> Literal["with_us", "with_a_person", "being_watched"]:
    if case.state is CaseState.WITH_AGENT or case.needs_agent is not None:
        return "with_a_person"
    return "being_watched" if case.state is CaseState.RECOVERING else "with_us"
