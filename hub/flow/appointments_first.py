"""Appointments while no case is open: asked for, asked about, moved or called off after the device was mended.

What is said is the conversation's own (`hub/domain/appointments.py`); here is only found, or opened, what it is about.
"""

from __future__ import annotations

from dataclasses import replace

from hub.domain import talk as core
from hub.domain.case import Case
from hub.domain.contact import Phrase
from hub.domain.conversation import Conversation, Expecting, Heard, Intent, Meaning, Question, Reply
from hub.domain.ids import CaseId
from hub.domain.passages import CustomerReturned
from hub.domain.slots import BookingKind
from hub.domain.wording import NO, PLEASE
from hub.flow.asked_case import STEP, devices_of, just_ended, meant, open_case, remember_asking
from hub.flow.booking import any_free, equipped, held
from hub.flow.carry import carry_out
from hub.flow.hearing import understood
from hub.flow.onward import onward
from hub.flow.placing import SESSION, Place, stand
from hub.flow.visit import Visit

KINDS = {Intent.VISIT: BookingKind.VISIT, Intent.CALLBACK: BookingKind.CALLBACK}
ABOUT = (*KINDS, Intent.MOVE_VISIT, Intent.CANCEL_VISIT, Intent.APPOINTMENT)
LOOKED_AT = 20
"""Of the cases that are over, so many are looked at, the newest first: an appointment is made some days ahead at most."""

Told = tuple[CaseId | None, Reply]


async def about_appointments(visit: Visit) -> Told | None:
    """The reply to a turn about an appointment; None when it is about something else."""
    turn = visit.turn
    if turn.kind is not Heard.TEXT or turn.meaning.intent in (Intent.STOP, Intent.START, Intent.HELP):
        return None
    there = await _standing(visit)
    intent = turn.meaning.intent if turn.meaning.sure else Intent.UNKNOWN
    if there is not None and (intent in ABOUT or _asked_there(visit, there.talk)):
        return await _tell(visit, there)
    if intent in KINDS:
        return await _wanted(visit, KINDS[intent])
    if intent in ABOUT:
        return None, Reply((Phrase("booking.none_booked"), Phrase("booking.how")), end=True)
    return None


async def _standing(visit: Visit) -> Place | None:
    """The conversation of a case that is over and whose appointment stands."""
    every = await visit.tx.cases.of_customer(visit.customer, visit.now, open_only=False)
    every.sort(key=lambda case: case.closed or 0, reverse=True)
    for case in every[:LOOKED_AT]:
        booked = await visit.tx.bookings.of_case(case.id)
        if any(each.customer == visit.customer and each.slot.starts > visit.now for each in booked):
            return await stand(visit.tx, case, visit.customer, visit.now, visit.ctx)
    return None


def _asked_there(visit: Visit, talk: Conversation) -> bool:
    """Whether an appointment is being spoken of on this channel: a time was offered, or calling it off was asked about."""
    asks = talk.booking != "" or talk.guess == Intent.CANCEL_VISIT.value
    fresh = talk.asked is not None and visit.now - talk.asked <= SESSION
    return asks and fresh and talk.channel is visit.turn.channel


async def _tell(visit: Visit, there: Place) -> Told:
    """Tell the turn to that conversation; its words may answer what was asked there."""
    turn = visit.turn
    if turn.text and _asked_there(visit, there.talk):
        unheard = replace(visit, turn=replace(turn, meaning=Meaning(Intent.UNKNOWN)))
        turn = understood(unheard, there.talk, there.knowledge.zone)
    there = await equipped(visit.tx, there, turn, visit.now, visit.ctx)
    answer = core.tell(there.talk, turn, there.play, there.knowledge, visit.now)
    talk, reply, effects = await held(visit.tx, there, answer, visit.now, visit.ctx)
    await visit.tx.talks.save(talk)
    await carry_out(visit.tx, effects, visit.now, visit.ctx)
    return there.case.id if there.case.state.open else None, reply  # nothing is said in a case that is over


async def _wanted(visit: Visit, kind: BookingKind) -> Told:
    """A new one: times are offered, in a case for it. Where there are none, that is said, and a person is offered."""
    devices = await devices_of(visit)
    if not devices:
        return None, Reply((Phrase("asked.no_device"),), end=True)
    if not await any_free(visit.tx, kind, visit.now, visit.ctx):
        await remember_asking(visit)
        asks = (Phrase("booking.person"),)
        question = Question(Expecting.YES_NO, (Phrase(PLEASE), Phrase(NO)), asks)
        return None, Reply((Phrase(f"booking.none_free.{kind}"), *asks), question)
    case = await _opened(visit)
    talk = Conversation(
        case.id,
        visit.customer,
        step=STEP,
        asked=visit.now,
        channel=visit.turn.channel,
        language=visit.turn.language,
    )
    await visit.tx.talks.save(talk)
    return await _tell(visit, await stand(visit.tx, case, visit.customer, visit.now, visit.ctx))


async def _opened(visit: Visit) -> Case:
    """The case that it is for: the one that ended a short while ago, else a new one."""
    last = await just_ended(visit)
    if last is None:
        return await open_case(visit, meant(visit, await devices_of(visit)))
    return await onward(visit.tx, last, CustomerReturned(str(visit.turn.channel)), visit.now, visit.ctx)
