"""Booking: what can be booked is read, what was chosen is held, and everybody is told in time: the person and who comes.

A slot that was free a moment ago may be gone: then the conversation offers others. Nothing is held twice (see the store).
"""

from __future__ import annotations

from dataclasses import replace

from device_rules.reading import DAY, HOUR
from hub.domain import talk as core
from hub.domain.agent import AgentRole
from hub.domain.because import Because
from hub.domain.case import Case
from hub.domain.contact import MessageClass, Phrase
from hub.domain.conversation import Booked, Conversation, Heard, Intent, Knowledge, Turn
from hub.domain.customer import Channel
from hub.domain.effects import BookSlot, CancelBooking, Note, WakeAt
from hub.domain.events import Woke
from hub.domain.ids import CaseId, Moment, derive
from hub.domain.play import Book, Play
from hub.domain.slots import BookingKind, Calendar, Slot, free, is_open, open_slots, opens
from hub.domain.spoken_date import moment_words
from hub.domain.walk import Answer
from hub.domain.wishes import Wish, wish
from hub.flow.context import Context
from hub.flow.knowing import other_trouble
from hub.flow.links import MARK
from hub.flow.placing import Place
from hub.flow.saying import Draft, send
from hub.ports import BadInput, Tx
from hub.ports.bookings import Booking, BookingState

BEFORE = {BookingKind.VISIT: (DAY, 2 * HOUR), BookingKind.CALLBACK: (2 * HOUR,)}
"""When the person is reminded: the first of these spans before it that still lies ahead."""
TIMES = (Intent.VISIT, Intent.CALLBACK, Intent.MOVE_VISIT, Intent.CANCEL_VISIT)


async def equipped(tx: Tx, there: Place, turn: Turn, now: Moment, ctx: Context) -> Place:
    """The place with everything that the turn may use: who is here, what is booked, and what can be, where it may come to that."""
    calendars = ctx.policy.calendars
    calls = calendars.get(BookingKind.CALLBACK)
    here = calls is None or is_open(calls, now)
    known = replace(
        there.knowledge, agent_open=here, back=None if here or calls is None else opens(calls, now)
    )
    known = await with_booked(tx, there.case, known)
    rules = frozenset(str(fault.change.rule) for fault in await tx.faults.open_of(there.case.device))
    known = replace(known, open_rules=rules)
    known = replace(known, languages=tuple(ctx.words.languages()), link=MARK if ctx.policy.pages else "")
    if turn.channel is Channel.PHONE and there.talk.customer is not None:
        known = replace(known, pin=await tx.bookings.has_pin(there.talk.customer, now))
    if calendars and _may_book(there.talk, there.play, known, turn):
        known = await _with_slots(tx, there.talk, known, (turn, now, ctx))
    return replace(
        there, knowledge=known, talk=replace(there.talk, language=await _language(tx, there, turn))
    )


async def _language(tx: Tx, there: Place, turn: Turn) -> str:
    """The language that the answer is in: that of the person's words, else that of the person."""
    if turn.kind in (Heard.TEXT, Heard.LAUNCH):
        return turn.language
    person = await tx.people.customer(there.talk.customer) if there.talk.customer is not None else None
    return person.language if person is not None else there.talk.language


def _may_book(talk: Conversation, play: Play | None, known: Knowledge, turn: Turn) -> bool:
    steps = play.steps.values() if play else ()
    asked = turn.meaning.intent in TIMES or talk.booking != "" or talk.guess in [each.value for each in TIMES]
    asked = asked or (turn.meaning.when is not None and bool(known.booked))
    return asked or not known.agent_open or any(isinstance(step, Book) for step in steps)


async def with_booked(tx: Tx, case: Case, known: Knowledge) -> Knowledge:
    """The knowledge with the appointments of the case, and whether its device has another trouble besides."""
    booked = tuple(Booked(each.id, each.slot) for each in await tx.bookings.of_case(case.id))
    return replace(known, booked=booked, other_trouble=await other_trouble(tx, case))


async def _seats(tx: Tx, calendar: Calendar) -> tuple[str, ...]:
    """Who can be booked: the installers for visits, where there are any; else numbered seats."""
    if calendar.kind is BookingKind.VISIT:
        installers = tuple(user.id for user in await tx.house.users() if user.role is AgentRole.INSTALLER)
        if installers:
            return installers
    return calendar.places()


async def _with_slots(
    tx: Tx, talk: Conversation, known: Knowledge, at: tuple[Turn, Moment, Context]
) -> Knowledge:
    """The knowledge with what can be booked, and with what becomes of the time that the turn names."""
    turn, now, ctx = at
    slots: dict[BookingKind, tuple[Slot, ...]] = {}
    wishes: dict[BookingKind, Wish] = {}
    for kind, each in ctx.policy.calendars.items():
        calendar, taken = await _taken(tx, each, now)
        offers = talk.offers if talk.booking == kind.value else ()
        if turn.meaning.when is not None:
            said = (turn.meaning.when, known.zone or ctx.policy.zone, next(iter(offers), None))
            wishes[kind] = wish(calendar, taken, said, now)
        near = wishes[kind].slots if kind in wishes else ()
        slots[kind] = free(calendar, taken, now, (*offers, *(slot.starts for slot in near)))
    return replace(known, slots=slots, wishes=wishes)


async def any_free(tx: Tx, kind: BookingKind, now: Moment, ctx: Context) -> bool:
    """Whether any time of this kind can be had."""
    calendar = ctx.policy.calendars.get(kind)
    return calendar is not None and bool(open_slots(*await _taken(tx, calendar, now), now))


async def _taken(tx: Tx, calendar: Calendar, now: Moment) -> tuple[Calendar, dict[Moment, int]]:
    """The calendar with who can be booked, and how many of them have an appointment at which time."""
    seats = await _seats(tx, calendar)
    until = Moment(now + calendar.horizon + DAY)
    taken = await tx.bookings.taken(calendar.kind, now, until)
    counts = {starts: len(held & set(seats)) for starts, held in taken.items()}
    return replace(calendar, seats=seats, capacity=len(seats)), counts


async def held(tx: Tx, there: Place, answer: Answer, now: Moment, ctx: Context) -> Answer:
    """The answer with its booking held; or, where somebody was quicker, the answer that says so and offers others."""
    talk, reply, effects = answer
    for effect in effects:
        if not isinstance(effect, BookSlot):
            continue
        if not await hold(tx, effect, now, ctx):
            turn = Turn(Heard.SLOT_GONE, talk.channel or Channel.SMS, "")
            again = await equipped(tx, there, turn, now, ctx)
            return core.tell(again.talk, turn, again.play, again.knowledge, now)
    return talk, reply, tuple(effect for effect in effects if not isinstance(effect, BookSlot))


async def hold(tx: Tx, wanted: BookSlot, now: Moment, ctx: Context) -> bool:
    """Hold the slot for the first seat that is free; False when there is none, or the case has another booking."""
    calendar = ctx.policy.calendars.get(wanted.slot.kind)
    if calendar is None:
        return False
    for seat in await _seats(tx, calendar):
        made = derive("booking", wanted.case, wanted.slot.kind.value, wanted.slot.starts, seat, now)
        booking = Booking(made, wanted.case, wanted.customer, wanted.slot, seat, now)
        if await tx.bookings.move(wanted.instead, booking):
            await _noted(tx, booking, "booking.made", now)
            await _remind_at(tx, booking, now)
            return True
    return False


async def _noted(tx: Tx, booking: Booking, kind: str, now: Moment) -> None:
    """One line for the timeline, which the desk and the installer's list are fed by."""
    case = await tx.cases.get(booking.case)
    slot = booking.slot
    data = {"booking": booking.id, "kind": slot.kind.value, "starts": slot.starts, "ends": slot.ends}
    because = Because.VISIT_BOOKED if slot.kind is BookingKind.VISIT else Because.CALL_BOOKED
    because = because if kind == "booking.made" else Because.BOOKING_CANCELLED
    device = case.device if case else None
    await tx.facts.add(Note(booking.case, device, kind, because, {**data, "seat": booking.seat}), now)


async def _remind_at(tx: Tx, booking: Booking, now: Moment) -> None:
    starts, kind = booking.slot.starts, booking.slot.kind
    due = next((starts - span for span in BEFORE[kind] if starts - span > now), None)
    if due is not None:
        await tx.wakes.put(WakeAt(booking.case, kind.value, Moment(due), booking.id))


async def remind_after_all(tx: Tx, case: CaseId, now: Moment) -> None:
    """The case is over, and with it all that was due in it: who comes, or rings, is reminded of all the same."""
    for each in await tx.bookings.of_case(case):
        if each.slot.starts > now:
            await _remind_at(tx, each, now)


async def cancel(tx: Tx, wanted: CancelBooking, now: Moment) -> bool:
    """The booking does not stand any more; False when it did not anyway."""
    booking = await tx.bookings.get(wanted.booking)
    if booking is None or not await tx.bookings.release(booking.id, BookingState.CANCELLED):
        return False
    await tx.wakes.forget(booking.case, (booking.slot.kind.value,))
    await _noted(tx, booking, "booking.cancelled", now)
    return True


async def call_off(tx: Tx, booking_id: str, now: Moment, ctx: Context) -> Booking:
    """The desk cannot keep an appointment: it is cancelled, and the person is told. Raises BadInput when there is none."""
    booking = await tx.bookings.get(booking_id)
    stands = booking is not None and await cancel(
        tx, CancelBooking(booking.case, booking.id, Because.BOOKING_CANCELLED), now
    )
    if booking is None or not stands:
        raise BadInput(booking_id, "this appointment does not stand", "Load the list again")
    await _tell(tx, booking, "booking.called_off", now, ctx)
    return booking


async def due(tx: Tx, event: Woke, now: Moment, ctx: Context) -> None:
    """Woke("visit" or "callback", token=booking id): remind the person of what still stands."""
    booking = await tx.bookings.get(event.token)
    if booking is not None and booking.state is BookingState.BOOKED and booking.slot.starts > now:
        await _tell(tx, booking, f"booking.reminder.{booking.slot.kind}", now, ctx)


async def _tell(tx: Tx, booking: Booking, key: str, now: Moment, ctx: Context) -> None:
    """A text about an appointment: part of what the person asked for, so it is a turn of the conversation, and is worth
    nothing any more when the time has come."""
    customer = await tx.people.customer(booking.customer)
    case = await tx.cases.get(CaseId(booking.case))
    device = await tx.devices.get(case.device) if case else None
    site = await tx.people.site(case.site) if case and case.site is not None else None
    zone = site.zone if site is not None else ctx.policy.zone
    words = {
        **moment_words(booking.slot.starts, zone, customer.language if customer else "en", now),
        "device": (device.name or device.model) if device else "",
    }
    talk = await tx.talks.get(booking.case)
    used = talk.channel if talk is not None else None
    channel = used if used in (Channel.SMS, Channel.WHATSAPP) else Channel.SMS
    draft = Draft(
        booking.case
        if case is not None and case.state.open
        else None,  # it may stand though the device is well
        booking.customer,
        channel,
        MessageClass.TURN,
        f"{key}:{booking.id}",
        (Phrase(key, words),),
        expires=booking.slot.starts,
    )
    await send(tx, draft, now, ctx)
