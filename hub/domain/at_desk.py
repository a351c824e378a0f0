"""At the desk: what becomes of a customer's words after their case was handed over. No text stays without an answer to be seen.

An answer to the question that was left open goes on with the guided fix, while nobody has taken the case. Everything else is
passed on, which is said once in a while. Aloud it is said how the device is, and the line stays open. What an agent who has
taken it is told is theirs to answer.
"""

from __future__ import annotations

from dataclasses import replace

from device_rules.reading import MINUTE
from hub.domain.asides import status_of
from hub.domain.because import Because
from hub.domain.contact import Phrase
from hub.domain.conversation import Expecting, Intent, Reply
from hub.domain.danger import STEP as DANGER
from hub.domain.effects import Note
from hub.domain.scene import Answer, Scene
from hub.domain.silence import VOICES
from hub.domain.walk import anything_more, standing_question, still
from hub.domain.wants_sign import wants_sign

PASSED_ON_AGAIN = 15 * MINUTE
"""How long no more is said about chatter that is passed on: whoever writes three texts in a row reads it once. A question or
an answer gets a line each time: not to know whether it arrived is worse than a repeat."""
BARE = 4
"""Words of a plain no to "anything else?"; a longer one tells us something."""
GOES_ON = (
    Because.NOT_UNDERSTOOD, Because.CUSTOMER_SILENT, Because.CUSTOMER_WANTS_PERSON, Because.LADDER_ENDED, Because.LADDER_STEP,
    Because.CANNOT_BE_CONTACTED, Because.CHANNEL_ABSENT, Because.CASE_EXPIRED,
)  # fmt: skip
"""Why a case lies at the desk whose guided fix may go on by an answer alone. After a word of danger it may not."""


def left_open(scene: Scene) -> Scene | None:
    """The scene with the question asked again that the hand-over left open; None when there is none, or a person leads."""
    talk, known = scene.talk, scene.knowledge
    steps_may = scene.play is not None and known.fault_open and not (known.taken or talk.ended)
    if not steps_may or known.needs not in GOES_ON:
        return None
    plain = replace(still(talk), with_person=False, silences=0)
    _, question = standing_question(replace(scene, talk=plain))
    if question is None:
        return None
    options = tuple(option.key for option in question.options)
    return replace(scene, talk=replace(plain, expecting=question.expecting, options=options))


def passed_on(scene: Scene) -> Answer:
    """The words are in the thread, which our team reads; in writing that is said, with the word that goes on with the steps."""
    talk, known = scene.talk, scene.knowledge
    note = scene.note("talk.for_agent", Because.CUSTOMER_ANSWERED)
    if scene.turn.channel in VOICES:
        return _aloud(scene, note)
    if talk.passed_on is not None and scene.now - talk.passed_on < PASSED_ON_AGAIN:
        return talk, Reply((scene.say("person.passed_on_too"),) if wants_sign(scene.turn) else ()), (note,)
    hint = steps_hint(scene) if not known.taken else ()
    return replace(talk, passed_on=scene.now), Reply((scene.say("person.passed_on"), *hint)), (note,)


def _aloud(scene: Scene, note: Note) -> Answer:
    """What is known of the device and who has been told, and then an ear for more: nobody is hung up on for telling us."""
    talk, meaning = scene.talk, scene.turn.meaning
    if meaning.intent is Intent.NO and meaning.sure and len(scene.turn.text.split()) <= BARE:
        return talk, Reply((scene.say("goodbye"),), end=True), ()
    again = talk.passed_on is not None and scene.now - talk.passed_on < PASSED_ON_AGAIN
    known = (scene.say("person.passed_on"),) if again else (*status_of(scene), scene.with_team())
    return replace(talk, passed_on=scene.now), anything_more(scene, known), (note,)


def steps_hint(scene: Scene) -> tuple[Phrase, ...]:
    """How to go on with the guided fix, where there is one to go on with."""
    left = scene.talk.ended or scene.talk.step == DANGER
    there = scene.play is not None and scene.knowledge.fault_open and not left
    return (scene.say("person.steps"),) if there else ()


def asked_before(options: tuple[str, ...], yes: str) -> Expecting:
    """What the question wanted whose `options` are kept: one that began with `yes` a yes or no."""
    return Expecting.NOTHING if not options else Expecting.YES_NO if options[0] == yes else Expecting.CHOICE
