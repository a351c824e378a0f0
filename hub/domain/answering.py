"""Answering a person's words: choices, yes and no, guesses that are read back, and what is not understood.

A guess or a negation never acts; the rules stand in `talk.py`.
"""

from __future__ import annotations

from dataclasses import replace

from hub.domain import appointments
from hub.domain.asides import ASIDES, call_me, hello, person, stop, text_me
from hub.domain.at_desk import left_open, passed_on
from hub.domain.because import Because
from hub.domain.conversation import Expecting, Intent, Meaning, Reply
from hub.domain.greetings import is_greeting
from hub.domain.play import Ask, Try
from hub.domain.repairs import LISTS, TONGUES, beginning, speak
from hub.domain.slots import BookingKind
from hub.domain.verify import ask_proof, not_here, on_own_page, tells_pin
from hub.domain.walk import (
    CONFIRM_WINDOW,
    Answer,
    Scene,
    enter,
    guess,
    obey,
    put_question,
    resume,
    still,
    to_person,
)
from hub.domain.wording import CALL_ME

MISSES = 2
"""Words that are not understood so many times in a row become a person's task."""
SHOWS_ALL = (Intent.STATUS, Intent.WHICH_DEVICE, Intent.RESTART, Intent.OTHER, Intent.SKIP)
"""Asked of a speaker that has only greeted: whoever asks wants to hear about it, and is asked to first."""


def words(scene: Scene) -> Answer:
    """Answer what a person wrote or said."""
    meaning = scene.turn.meaning
    scene = replace(scene, talk=replace(scene.talk, silences=0))
    if meaning.intent is Intent.STOP:
        return stop(scene)
    if not scene.turn.keyed and tells_pin(scene.turn, scene.talk):
        return not_here(scene)
    if is_greeting(scene.turn.text) and not scene.talk.guess:
        return hello(scene)
    named = _named_time(scene) if scene.talk.booking and not scene.talk.guess else None
    if named is not None:
        return named
    if not meaning.sure:
        return _not_sure(scene, meaning)
    if scene.talk.guess == "open" and meaning.intent in SHOWS_ALL:
        return opened(replace(scene, talk=replace(scene.talk, guess="", misses=0)))
    if meaning.intent is Intent.STEPS and (begin := beginning(scene)):
        return _chosen(scene, begin)
    aside = ASIDES.get(meaning.intent, _open_question)
    return aside(scene if aside is _open_question else replace(scene, talk=replace(scene.talk, misses=0)))


def _open_question(scene: Scene) -> Answer:
    """Words that answer what is open: a guess first, then offered times, then a person's turn or the play's question."""
    proved = on_own_page(scene)
    if proved is not None:
        return proved
    if scene.talk.guess:
        return _guessed(scene)
    if scene.talk.booking:
        return _which_slot(scene)
    if scene.talk.with_person:
        return _passed_on(scene)
    return _answer(scene)


TIMES = (
    Intent.LATER,
    Intent.TOMORROW,
    Intent.MOVE_VISIT,
    Intent.CHOICE,
    Intent.NO,
    Intent.YES,
    Intent.OTHER,
    Intent.UNKNOWN,
)
"""What words may be taken for that name a time while one is asked for: then the time is meant."""


def _named_time(scene: Scene) -> Answer | None:
    """A time in answer to "when shall we …?": never a wish to be left alone until then. None where none was named."""
    meaning, talk = scene.turn.meaning, scene.talk
    if meaning.intent is Intent.LATER and meaning.when is None:
        return appointments.other_times(scene)
    if meaning.when is None or meaning.intent not in TIMES:
        return None
    plain = replace(scene, talk=replace(talk, misses=0))
    return appointments.at_time(plain, BookingKind(talk.booking), talk.moving)


def _which_slot(scene: Scene) -> Answer:
    """The answer to offered slots: a number, or none of them."""
    meaning, choices = scene.turn.meaning, len(scene.talk.offers) + 1
    if meaning.intent is Intent.NO:
        return appointments.other_times(scene)
    if meaning.intent is Intent.CHOICE and 0 < meaning.choice <= choices:
        return appointments.choose(scene, meaning.choice)
    return _missed(scene)


def _not_sure(scene: Scene, meaning: Meaning) -> Answer:
    """A guess never acts: it is read back. Where a command waits for its yes, the question itself is put again."""
    talk = scene.talk
    if talk.confirm or talk.guess or talk.with_person:
        return _missed(scene)
    if meaning.intent is Intent.CHOICE and 0 < meaning.choice <= len(talk.options):
        option = f"@{talk.options[meaning.choice - 1]}"
        return guess(scene, f"choice:{meaning.choice}", scene.say("did_you_mean", what=option))
    if meaning.intent in ASIDES:
        return guess(
            scene, meaning.intent.value, scene.say("did_you_mean", what=f"@guess.{meaning.intent.value}")
        )
    return _missed(scene)


def _guessed(scene: Scene) -> Answer:
    """The answer to "did you mean …?"."""
    meant, plain = scene.talk.guess, replace(scene, talk=replace(scene.talk, guess=""))
    intent, choice = scene.turn.meaning.intent, scene.turn.meaning.choice
    if meant.startswith(LISTS):
        return _listed(plain, meant)
    if intent is Intent.YES or (intent is Intent.CHOICE and choice == 1):
        return _confirmed(replace(plain, talk=replace(plain.talk, misses=0)), meant)
    if intent is Intent.NO or (intent is Intent.CHOICE and choice == 2):
        if meant == "open":
            return plain.talk, Reply((scene.say("goodbye.open"),), end=True), ()
        talk, reply, effects = resume(plain)
        return talk, reply if reply.say else Reply((scene.say("asked.well"),), end=True), effects
    return _missed(scene)


def _listed(scene: Scene, meant: str) -> Answer:
    """The answer to a short list that is no step of the play: languages, or how to go on after silence."""
    choice, intent = scene.turn.meaning.choice, scene.turn.meaning.intent
    if meant.startswith(TONGUES):
        tongues = meant.removeprefix(TONGUES).split("|")
        if intent is Intent.CHOICE and 0 < choice <= len(tongues):
            return speak(scene, tongues[choice - 1])
        return (
            resume(scene)
            if intent is Intent.NO
            else _missed(replace(scene, talk=replace(scene.talk, guess=meant)))
        )
    if intent is Intent.NO:
        return scene.talk, Reply((scene.say("silence.close"),), end=True), ()
    if intent is Intent.YES or (intent is Intent.CHOICE and choice == 1):
        return text_me(scene)
    if intent is Intent.CHOICE and choice == 2:
        return person(scene)
    return _missed(scene)


def _confirmed(scene: Scene, meant: str) -> Answer:
    if meant == "cancel_visit":
        return appointments.cancelled(scene)
    if meant == "stop":
        return stop(replace(scene, talk=replace(scene.talk, guess="stop")))
    if meant == "open":
        return opened(scene)
    if meant.startswith("choice:"):
        return _chosen(scene, int(meant.removeprefix("choice:")))
    return ASIDES[Intent(meant)](scene)


def opened(scene: Scene) -> Answer:
    """What stands there now: what is being asked, or what we are waiting for."""
    if scene.talk.expecting is Expecting.NOTHING and scene.talk.step:
        return resume(scene)
    return put_question(scene)


def _passed_on(scene: Scene) -> Answer:
    """It lies at the desk: an answer to what was asked before goes on with the guided fix, everything else goes to our team."""
    late, meaning = left_open(scene), scene.turn.meaning
    if late is None or not meaning.sure:
        return passed_on(scene)
    back = (scene.say("steps.back"),)
    if late.talk.expecting is Expecting.YES_NO:  # a command is asked about again before anything happens
        wished = scene.knowledge.needs is Because.CUSTOMER_WANTS_PERSON  # then "yes" may mean the person
        yes = meaning.intent is Intent.YES and not wished
        one = meaning.intent is Intent.CHOICE and meaning.choice == 1
        return put_question(late, back) if yes or one else passed_on(scene)
    number = _number(late) if meaning.intent in (Intent.CHOICE, Intent.DONE) else 0
    if not number or late.talk.options[number - 1] == CALL_ME:
        return passed_on(scene)
    talk, reply, effects = _chosen(late, number)
    said = reply.say if talk.with_person else (*back, *reply.say)
    return talk, replace(reply, say=said), effects


def _answer(scene: Scene) -> Answer:
    talk = scene.talk
    if talk.ended or talk.expecting is Expecting.NOTHING:
        return _remark(scene)
    if talk.expecting is Expecting.YES_NO:
        return _yes_or_no(scene)
    number = _number(scene)
    return _chosen(scene, number) if number else _missed(scene)


def _remark(scene: Scene) -> Answer:
    """Words while nothing is being asked: a yes or "done" is told how things stand, anything else may need a person."""
    if scene.talk.step == "" and not scene.talk.ended:
        return put_question(scene)
    if scene.turn.meaning.intent in (Intent.YES, Intent.NO, Intent.DONE):
        return resume(scene)
    return _missed(scene)


BY_NAME = {
    Intent.YES: ("yes", "done", "go"),
    Intent.DONE: ("done", "yes", "go"),
    Intent.NO: ("no", "not", "cannot"),
}
"""Which choice a plain yes, no or "done" means, by the last part of the choice's key."""


def _number(scene: Scene) -> int:
    """The chosen option, from 1; 0 when the words choose none of them."""
    meaning, options = scene.turn.meaning, scene.talk.options
    if meaning.intent is Intent.CHOICE:
        return meaning.choice if 0 < meaning.choice <= len(options) else 0
    names = [key.rsplit("/", 1)[-1].rsplit(".", 1)[-1] for key in options]
    for name in BY_NAME.get(meaning.intent, ()):
        if name in names:
            return names.index(name) + 1
    return 0


def _chosen(scene: Scene, number: int) -> Answer:
    talk, step = scene.talk, scene.step()
    if not 0 < number <= len(talk.options):
        return _missed(scene)
    if talk.options[number - 1] == CALL_ME:
        return call_me(scene)
    walked = replace(
        talk,
        trail=(*talk.trail, talk.step),
        tried=(*talk.tried, f"{talk.step or 'opening'}:{talk.options[number - 1].rsplit('/', 1)[-1]}"),
    )
    note = scene.note(
        "talk.answered", Because.CUSTOMER_ANSWERED, step=talk.step, choice=talk.options[number - 1]
    )
    if talk.step == "" and scene.play is not None:
        talk, reply, effects = enter(replace(scene, talk=walked), scene.play.first)
    elif isinstance(step, Ask):
        then = {choice.key: choice.then for choice in step.choices}.get(talk.options[number - 1], "")
        talk, reply, effects = enter(replace(scene, talk=walked), then)
    else:
        return _missed(scene)
    return talk, reply, (note, *effects)


def _yes_or_no(scene: Scene) -> Answer:
    """The answer to a question that names a device and a command."""
    talk, step, meaning = scene.talk, scene.step(), scene.turn.meaning
    if not isinstance(step, Try) or talk.confirm != step.id:
        return put_question(scene)
    yes = meaning.intent is Intent.YES or (meaning.intent is Intent.CHOICE and meaning.choice == 1)
    no = meaning.intent is Intent.NO or (meaning.intent is Intent.CHOICE and meaning.choice == 2)
    if no:
        note = scene.note("talk.command_declined", Because.CUSTOMER_ANSWERED, step=step.id)
        talk, reply, effects = enter(scene, step.declined)
        return talk, reply, (note, *effects)
    if not yes:
        return _missed(scene)
    if talk.asked is None or scene.now - talk.asked > CONFIRM_WINDOW:
        return put_question(scene, (scene.say("confirm.again"),))
    if not scene.knowledge.fault_open:
        return still(talk), Reply((scene.say("status.fine"),), end=True), ()
    return ask_proof(scene, step) if step.proof else obey(scene, step)


def _missed(scene: Scene) -> Answer:
    """Not understood: once in other words with the choices; the second time a person takes over."""
    talk = replace(scene.talk, misses=scene.talk.misses + 1)
    missed = replace(scene, talk=talk)
    if talk.with_person:
        return _passed_on(scene)
    if talk.guess.startswith(TONGUES) and talk.misses < MISSES:
        return speak(missed, "")
    if talk.misses >= MISSES:
        return to_person(missed, (scene.say("unclear.person"),), Because.NOT_UNDERSTOOD)
    if talk.guess:
        said = scene.say("greeting.again" if talk.guess == "open" else "unclear.yes_no")
        return guess(missed, talk.guess, said)
    if talk.ended or talk.expecting is Expecting.NOTHING:
        return resume(missed, scene.say("unclear.note"))
    return put_question(missed, (scene.say("unclear"),), again=True)
