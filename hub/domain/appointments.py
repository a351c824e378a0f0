"""Appointments in a conversation: choosing a slot, other times, moving one and cancelling it. Offers are made in `booking.py`.

A slot is only held by the store: what is agreed here can still be gone, and is then told (`gone`).
"""

from __future__ import annotations

from dataclasses import replace

from hub.domain.because import Because
from hub.domain.booking import chosen_slot, offering, slot_words, standing_booking, with_offers
from hub.domain.contact import Phrase
from hub.domain.conversation import Booked, Intent, Reply
from hub.domain.effects import BookSlot, CancelBooking, Effect
from hub.domain.play import Book
from hub.domain.slots import BookingKind, Slot
from hub.domain.spoken_date import day_words, hour_words
from hub.domain.walk import Answer, Scene, enter, guess, put_question, resume, still, to_person
from hub.domain.wishes import Hindrance, Wish

CLEAR = 0.5
"""Below this confidence of a platform's ears, a time is offered and not booked."""
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
        moved = _at_that_time(scene, kind, there)
        return moved or resume(scene, scene.say("booking.stands", **slot_words(scene, there.slot.starts)))
    named = at_time(scene, kind)
    if named is not None:
        return named
    offered = with_offers(scene, kind)
    if offered is not None:
        return put_question(offered)
    if scene.talk.with_person:
        return resume(scene, scene.say(f"booking.none_free.{kind}"))
    return guess(
        scene, Intent.PERSON.value, scene.say(f"booking.none_free.{kind}"), scene.say("booking.person")
    )


def at_time(
    scene: Scene, kind: BookingKind, moving: str = "", before: tuple[Phrase, ...] = ()
) -> Answer | None:
    """The time that was named: taken at its word where it was asked for and is free, else the nearest ones, and why. None
    where no time was named, or none is free at all."""
    wish, talk = scene.knowledge.wishes.get(kind), scene.talk
    if wish is None or not wish.slots or talk.customer is None:
        return None
    meaning = scene.turn.meaning
    answers = talk.booking == kind.value and meaning.intent not in (Intent.CALLBACK, Intent.VISIT)
    clearly = answers and meaning.sure and scene.turn.confidence >= CLEAR
    slot = next((slot for slot in wish.slots if wish.exact and slot.starts == wish.at), None)
    if slot is not None and clearly:
        return _book(scene, slot)
    before = before or _stands(scene, moving)
    return put_question(offering(scene, kind, wish.slots, moving), (*before, *_why_not(scene, kind, wish)))


def _stands(scene: Scene, moving: str) -> tuple[Phrase, ...]:
    """That the appointment which is being moved stands until another time is chosen; nothing where none is."""
    there = next((each for each in scene.knowledge.booked if moving and each.id == moving), None)
    return (scene.say("booking.until_moved", **slot_words(scene, there.slot.starts)),) if there else ()


def _why_not(scene: Scene, kind: BookingKind, wish: Wish) -> tuple[Phrase, ...]:
    """Why it cannot be the time that was named."""
    language, zone = scene.talk.language, scene.knowledge.zone or "UTC"
    match wish.hindrance:
        case Hindrance.NONE:
            return ()
        case Hindrance.CLOSED_DAY:
            return (scene.say(f"booking.closed_day.{kind}", **day_words(wish.at, zone, language, scene.now)),)
        case Hindrance.CLOSED_HOUR if wish.opens is not None and wish.closes is not None:
            hours = hour_words(wish.opens, zone, language, "opens") | hour_words(
                wish.closes, zone, language, "closes"
            )
            return (scene.say(f"booking.closed_hour.{kind}", **hours),)
        case _:
            return (scene.say(f"booking.{wish.hindrance}"),)


def other_wish(scene: Scene) -> Answer | None:
    """A time that is named while something is booked and nothing else is asked: to be moved there. None where it is none."""
    there = standing_booking(scene)
    return _at_that_time(scene, there.slot.kind, there) if there is not None else None


def _at_that_time(scene: Scene, kind: BookingKind, there: Booked) -> Answer | None:
    """What is booked, at the time that was named instead; it stands until another one is chosen."""
    wish = scene.knowledge.wishes.get(kind)
    if wish is None or (wish.exact and wish.at == there.slot.starts):
        return None
    stands = scene.say("booking.until_moved", **slot_words(scene, there.slot.starts))
    return at_time(scene, kind, there.id, (stands,))


def move_visit(scene: Scene) -> Answer:
    """Another time for what is booked."""
    there = standing_booking(scene)
    if there is None:
        return resume(scene, scene.say("booking.none_booked"))
    named = at_time(scene, there.slot.kind, there.id)
    if named is not None:
        return named
    offered = with_offers(scene, there.slot.kind, moving=there.id)
    if offered is None:
        said = (*_stands(scene, there.id), scene.say("booking.no_more"))
        return to_person(scene, said, Because.CUSTOMER_WANTS_PERSON)
    return put_question(offered, _stands(scene, there.id))


def asked_when(scene: Scene) -> Answer:
    """When an appointment is; or that there is none, and how to get one."""
    there = standing_booking(scene)
    if there is not None:
        return resume(scene, scene.say("booking.stands", **slot_words(scene, there.slot.starts)))
    how = () if scene.talk.booking else (scene.say("booking.how"),)
    return resume(scene, scene.say("booking.none_booked"), *how)


def cancel_visit(scene: Scene) -> Answer:
    """Asked once before it is given up."""
    there = standing_booking(scene)
    if there is None:
        return resume(scene, scene.say("booking.none_booked"))
    return guess(scene, "cancel_visit", scene.say("booking.cancel", **slot_words(scene, there.slot.starts)))


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
    return gone(scene) if slot is None else _book(scene, slot)


def _book(scene: Scene, slot: Slot) -> Answer:
    talk = scene.talk
    if talk.customer is None:
        return gone(scene)
    booked = BookSlot(talk.case, talk.customer, slot, talk.moving)
    said = (scene.say(f"booking.done.{slot.kind}", **slot_words(scene, slot.starts)),)
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
        said = (*_stands(scene, scene.talk.moving), scene.say("booking.no_more"))
        return to_person(plain, said, Because.CUSTOMER_WANTS_PERSON)
    return put_question(offered, _stands(scene, scene.talk.moving))


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
    """What to say about an appointment that stands although the device is well again."""
    there = standing_booking(scene)
    return (scene.say("booking.still", **slot_words(scene, there.slot.starts)),) if there else ()
