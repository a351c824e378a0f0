"""Offering slots in a conversation: which ones are offered, and how the question reads. What is chosen: `appointments.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hub.domain.contact import Phrase
from hub.domain.conversation import Booked, Expecting, Knowledge, Question
from hub.domain.ids import Moment
from hub.domain.play import Book
from hub.domain.scene import Scene
from hub.domain.slots import BookingKind, Slot, label
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
    offers = tuple(slot.starts for slot in sorted(free[:OFFERED], key=lambda slot: slot.starts))
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
    choices = [
        Phrase(SLOT, {"slot": each}) for each in slot_labels(talk.offers, scene.knowledge, talk.language)
    ]
    asks = scene.say(key)
    return (asks,), Question(Expecting.CHOICE, (*choices, scene.say(OTHER_TIME)), (asks,))


def slot_labels(offers: Sequence[Moment], knowledge: Knowledge, language: str) -> list[str]:
    """The `offers` as people say them, where the person lives."""
    return [label(starts, knowledge.zone or "UTC", language) for starts in offers]


def chosen_slot(scene: Scene, number: int) -> Slot | None:
    """The offered slot with this number (from 1), if it is still one that can be booked."""
    starts = scene.talk.offers[number - 1]
    kind = BookingKind(scene.talk.booking)
    return next((slot for slot in scene.knowledge.slots.get(kind, ()) if slot.starts == starts), None)
