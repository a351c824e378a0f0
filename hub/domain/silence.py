"""Silence: what is done when a question stays unanswered. In a live session in four steps, in writing in two.

By voice: the question in other words; its choices alone; a text or a person instead; then a kind goodbye, and the case goes
on. In writing a person is asked to look after the second silence, for nobody hears that a letter is not read.
"""

from __future__ import annotations

from dataclasses import replace

from hub.domain.because import Because
from hub.domain.booking import own_offer
from hub.domain.conversation import Expecting, Question, Reply
from hub.domain.effects import WakeAt
from hub.domain.ids import Moment
from hub.domain.walk import (
    ALOUD,
    SILENCE,
    Answer,
    Scene,
    guess,
    put_question,
    standing_question,
    still,
    to_person,
)
from hub.domain.wording import CHOICE_TEXT, PERSON

VOICES = ALOUD
"""Where somebody else's ears were between a person and us, and an answer is waited for."""
OFFER = "offer"
"""The guess that stands for "a text or a person instead"."""
WORDS, CHOICES, INSTEAD = 1, 2, 3


def silent(scene: Scene) -> Answer:
    """Nobody answered; nobody is asked again who is not being asked."""
    talk = scene.talk
    if (
        talk.with_person
        or talk.ended
        or (talk.expecting is Expecting.NOTHING and not (talk.guess or talk.booking))
    ):
        return talk, Reply((), end=True), ()
    once_more = replace(scene, talk=replace(talk, silences=talk.silences + 1))
    if scene.turn.channel in VOICES:
        return _voice(once_more)
    if once_more.talk.silences < CHOICES:
        return put_question(once_more, again=True)
    return to_person(scene, (scene.say("silence.person"),), Because.CUSTOMER_SILENT)


def _voice(scene: Scene) -> Answer:
    talk = scene.talk
    if talk.guess == "open":  # nothing personal is said to a speaker that nobody answers
        if talk.silences < CHOICES:
            return guess(scene, "open", scene.say("greeting.again"))
        return _closed(scene)
    if talk.silences == WORDS:
        return put_question(scene, again=True)
    if talk.silences == CHOICES:
        return _choices(scene)
    if talk.silences == INSTEAD and talk.expecting is not Expecting.PIN:
        return _instead(scene)
    return _closed(scene)


def _choices(scene: Scene) -> Answer:
    """Only what can be answered, without the story again."""
    _, question = standing_question(scene)
    if question is None:
        return _closed(scene)
    key = "silence.yes_no" if question.expecting is Expecting.YES_NO else "silence.choices"
    talk, reply, effects = put_question(scene)
    return talk, replace(reply, say=(scene.say(key),)), effects


def _instead(scene: Scene) -> Answer:
    """A text, or a person, instead of a talk."""
    options = (scene.say(CHOICE_TEXT), scene.say(PERSON))
    asks = scene.say("silence.offer")
    talk = replace(scene.talk, guess=OFFER, confirm="", asked=scene.now)
    return talk, Reply((asks,), Question(Expecting.CHOICE, options, (asks,))), ()


def _closed(scene: Scene) -> Answer:
    """A kind goodbye: what was asked stays asked, and is asked again in writing."""
    talk = scene.talk
    kept = replace(still(talk), expecting=talk.expecting, options=talk.options, silences=0)
    if own_offer(scene):
        kept = replace(kept, booking=talk.booking, offers=talk.offers)
    wake = WakeAt(talk.case, "check", Moment(scene.now + SILENCE), token="silence")  # noqa: S106 - not a password
    return kept, Reply((scene.say("silence.close"),), end=True), (wake,)
