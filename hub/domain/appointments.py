"""Appointments in a conversation: choosing a slot, other times, moving one and cancelling it. Offers are made in `booking.py`.

A slot is only held by the store: what is agreed here can still be gone, and is then told (`gone`).
"""

from __future__ import annotations

from dataclasses import replace

from hub.domain.because import Because
from hub.domain.booking import chosen_slot, slot_labels, standing_booking, with_offers
from hub.domain.contact import Phrase
from hub.domain.conversation import Reply
from hub.domain.effects import BookSlot, CancelBooking, Effect
from hub.domain.ids import Moment
from hub.domain.play import Book
from hub.domain.slots import BookingKind
from hub.domain.spoken_time import moment_of
from hub.domain.walk import Answer, Scene, enter, guess, put_question, resume, still, to_person

WHY = {BookingKind.VISIT: Because.VISIT_BOOKED, BookingKind.CALLBACK: Because.CALL_BOOKED}


def visit(scene: Scene) -> Answer:
    """The person wants somebody to come."""
    return _wanted(scene, BookingKind.VISIT)


def callback(scene: Scene) -> Answer:
    """The person wants to be rung at some time."""
    return _wanted(scene, BookingKind.CALLBACK)


def _wanted(scene: Scene, kind: BookingKind) -> Answer:
    there = standing_booking(scene, kind)
    if there is not None:
        return resume(scene, scene.say("booking.stands", slot=_label(scene, there.slot.starts)))
    when = scene.turn.meaning.when
    after = Moment(moment_of(when, scene.now, scene.knowledge.zone or "UTC") - 1) if when else None
    offered = with_offers(scene, kind, after) or with_offers(scene, kind)
    if offered is not None:
        return put_question(offered)
    if scene.talk.with_person:
        return scene.talk, Reply((scene.say("person.waiting"),), to_person=True, end=True), ()
    return to_person(scene, (scene.say("person.coming"),), Because.CUSTOMER_WANTS_PERSON)


def move_visit(scene: Scene) -> Answer:
    """Another time for what is booked."""
    there = standing_booking(scene)
    if there is None:
        return resume(scene, scene.say("booking.none_booked"))
    offered = with_offers(scene, there.slot.kind, moving=there.id)
    if offered is None:
        return to_person(scene, (scene.say("booking.no_more"),), Because.CUSTOMER_WANTS_PERSON)
    return put_question(offered)


def cancel_visit(scene: Scene) -> Answer:
    """Asked once before it is given up."""
    there = standing_booking(scene)
    if there is None:
        return resume(scene, scene.say("booking.none_booked"))
    return guess(scene, "cancel_visit", scene.say("booking.cancel", slot=_label(scene, there.slot.starts)))


def cancelled(scene: Scene) -> Answer:
    """The person said yes to giving it up."""
    there = standing_booking(scene)
    if there is None:
        return resume(scene, scene.say("booking.none_booked"))
    talk = still(scene.talk) if scene.talk.booking else scene.talk
    gone = CancelBooking(talk.case, there.id, Because.BOOKING_CANCELLED)
    left = tuple(each for each in scene.knowledge.booked if each.id != there.id)
    plain = replace(scene, talk=talk, knowledge=replace(scene.knowledge, booked=left))
    talk, reply, effects = resume(plain, scene.say("booking.cancelled"))
    return talk, reply, (gone, *effects)


def choose(scene: Scene, number: int) -> Answer:
    """The offered slot `number` (from 1), or another time, which comes after them."""
    if number > len(scene.talk.offers):
        return other_times(scene)
    slot = chosen_slot(scene, number)
    talk = scene.talk
    if slot is None or talk.customer is None:
        return gone(scene)
    booked = BookSlot(talk.case, talk.customer, slot, talk.moving)
    said = (scene.say(f"booking.done.{slot.kind}", slot=_label(scene, slot.starts)),)
    return _then(scene, slot.kind, said, booked)


def _then(scene: Scene, kind: BookingKind, said: tuple[Phrase, ...], booked: BookSlot) -> Answer:
    """Where it goes on: at the play's next step, with the person who has it already, or with a person from here on."""
    step, before = scene.step(), scene.talk
    plain = replace(scene, talk=still(before))
    if isinstance(step, Book) and not before.with_person and not before.moving:
        talk, reply, effects = enter(plain, step.then, said)
    elif before.with_person or before.moving or before.ended:
        talk, reply, effects = plain.talk, Reply(said, to_person=before.with_person, end=True), ()
    else:
        talk, reply, effects = to_person(plain, said, WHY[kind])
    more: tuple[Effect, ...] = (booked, *effects)
    return talk, reply, more


def other_times(scene: Scene) -> Answer:
    """The next slots; a person where there are no more."""
    kind, shown = BookingKind(scene.talk.booking), scene.talk.offers
    rest = tuple(slot for slot in scene.knowledge.slots.get(kind, ()) if slot.starts not in shown)
    later = tuple(slot for slot in rest if slot.starts > max(shown, default=0)) or rest
    known = replace(scene.knowledge, slots={**scene.knowledge.slots, kind: later})
    offered = with_offers(replace(scene, knowledge=known), kind, moving=scene.talk.moving)
    if offered is None or later is rest:
        plain = replace(scene, talk=still(scene.talk))
        return to_person(plain, (scene.say("booking.no_more"),), Because.CUSTOMER_WANTS_PERSON)
    return put_question(offered)


def gone(scene: Scene) -> Answer:
    """Somebody else was quicker: what else is free is offered."""
    if not scene.talk.booking:
        return scene.talk, Reply(()), ()
    kind = BookingKind(scene.talk.booking)
    offered = with_offers(scene, kind, moving=scene.talk.moving)
    said = scene.say("booking.gone")
    if offered is None:
        plain = replace(scene, talk=still(scene.talk))
        return to_person(plain, (said, scene.say("booking.no_more")), Because.CUSTOMER_WANTS_PERSON)
    return put_question(offered, (said,))


def still_booked(scene: Scene) -> tuple[Phrase, ...]:
    """What to say about a visit that stands although the device is well again."""
    there = standing_booking(scene, BookingKind.VISIT)
    return (scene.say("booking.still", slot=_label(scene, there.slot.starts)),) if there else ()


def _label(scene: Scene, starts: Moment) -> str:
    return slot_labels((starts,), scene.knowledge, scene.talk.language)[0]
