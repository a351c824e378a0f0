"""Offering slots in a conversation: which ones are offered, and how the question reads. What is chosen: `appointments.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hub.domain.contact import Phrase
from hub.domain.conversation import Booked, Expecting, Question
from hub.domain.ids import Moment
from hub.domain.play import Book
from hub.domain.scene import Scene
from hub.domain.slots import BookingKind, Slot
from hub.domain.spoken_date import moment_words
from hub.domain.wording import OTHER_TIME, SLOT

OFFERED = 2
"""Slots in one question; the third choice is "another time" (at most three choices: conversation.md, Phrases)."""


def with_offers(
    scene: Scene, kind: BookingKind, after: Moment | None = None, *, moving: str = ""
) -> Scene | None:
    """The scene with the first free slots of `kind` as its open question (after a moment); None where there are none."""
    free = [slot for slot in scene.knowledge.slots.get(kind, ()) if after is None or slot.starts > after]
    if not free or scene.talk.customer is None:
        return None
    return offering(scene, kind, free[:OFFERED], moving)


def offering(scene: Scene, kind: BookingKind, slots: Sequence[Slot], moving: str = "") -> Scene:
    """The scene with these slots as its open question; the one that is chosen takes the place of the booking `moving`."""
    offers = tuple(sorted(slot.starts for slot in slots))
    return replace(
        scene, talk=replace(scene.talk, booking=kind.value, offers=offers, moving=moving, guess="")
    )


def standing_booking(scene: Scene, kind: BookingKind | None = None) -> Booked | None:
    """The next appointment of the case (of one `kind`), if it has one."""
    found = [each for each in scene.knowledge.booked if kind is None or each.slot.kind is kind]
    return min(found, key=lambda each: each.slot.starts, default=None)


def own_offer(scene: Scene) -> bool:
    """Whether the times that are being offered are the guided fix's own question, and not one that lies over another."""
    talk, step = scene.talk, scene.step()
    own = isinstance(step, Book) and step.kind.value == talk.booking and not talk.moving
    return own and not (talk.with_person or talk.ended)


def refreshed(scene: Scene) -> Scene:
    """The scene as it is asked again: times that nobody can have any more give way to others."""
    talk = scene.talk
    free = {slot.starts for slot in scene.knowledge.slots.get(BookingKind(talk.booking), ())}
    if free.issuperset(talk.offers):
        return scene
    return with_offers(scene, BookingKind(talk.booking), moving=talk.moving) or scene


def slot_question(scene: Scene) -> tuple[tuple[Phrase, ...], Question]:
    """ "When shall we come?", with the offered slots and "another time" as choices."""
    talk, step = scene.talk, scene.step()
    key = step.phrase if isinstance(step, Book) and own_offer(scene) else f"booking.ask.{talk.booking}"
    choices = [Phrase(SLOT, slot_words(scene, each)) for each in talk.offers]
    asks = scene.say(key)
    return (asks,), Question(Expecting.CHOICE, (*choices, scene.say(OTHER_TIME)), (asks,))


def slot_words(scene: Scene, starts: Moment, name: str = "slot") -> dict[str, str]:
    """The variables of a phrase that names the moment `starts`: as it is written, and as it is said, where the person lives."""
    return moment_words(starts, scene.knowledge.zone or "UTC", scene.talk.language, scene.now, name)


def chosen_slot(scene: Scene, number: int) -> Slot | None:
    """The offered slot with this number (from 1), if it is still one that can be booked."""
    starts = scene.talk.offers[number - 1]
    kind = BookingKind(scene.talk.booking)
    return next((slot for slot in scene.knowledge.slots.get(kind, ()) if slot.starts == starts), None)
