"""Repairs: "no, the other one", "cancel that", "skip this", "which device?", another language, back to the steps.

Each leaves the conversation at a question that can be answered, or at what is being waited for.
"""

from __future__ import annotations

from dataclasses import replace

from hub.domain.because import Because
from hub.domain.booking import own_offer
from hub.domain.conversation import Conversation, Expecting, Question, Reply
from hub.domain.danger import STEP as DANGER
from hub.domain.effects import CancelCommands, SpeakLanguage
from hub.domain.play import Ask, Book, Check, Play, Try
from hub.domain.walk import Answer, Scene, enter, put_question, resume, still

TONGUES = "language:"
"""How a conversation remembers an open "which language?": the languages follow."""
LISTS = (TONGUES, "offer")
MOST = 3
CANNOT = ("not", "no", "cannot", "unseen", "unsure", "unknown", "nothing", "none")
"""Names of choices that say that a step is left out."""


def which_device(scene: Scene) -> Answer:
    """Which device this is about. Where several need attention, `choosing` asks which one is meant."""
    return resume(scene, scene.say("which.this"))


def language(scene: Scene) -> Answer:
    """Speak another language: the one that was named, else which one."""
    return speak(scene, scene.turn.meaning.slot)


def speak(scene: Scene, wanted: str) -> Answer:
    """Go on in `wanted`, at the same place; in a language that we do not speak, or none, ask which."""
    talk, tongues = scene.talk, scene.knowledge.languages
    if wanted not in tongues:
        others = [each for each in tongues if each != talk.language][:MOST]
        asked = replace(talk, guess=TONGUES + "|".join(others), confirm="", asked=scene.now)
        options = tuple(scene.say(f"language.{each}") for each in others)
        asks = scene.say("language.which")
        return asked, Reply((asks,), Question(Expecting.CHOICE, options, (asks,))), ()
    spoken = replace(scene, talk=replace(talk, language=wanted, guess="", misses=0))
    talk, reply, effects = resume(spoken, scene.say("language.switched"))
    who = (SpeakLanguage(talk.customer, wanted),) if talk.customer is not None else ()
    return talk, replace(reply, language=wanted), (*who, *effects)


def cancel(scene: Scene) -> Answer:
    """Never mind: what was half agreed is not agreed any more, and a command that has not left does not leave."""
    talk, step = scene.talk, scene.step()
    if talk.with_person or talk.ended or talk.guess == "open":
        return resume(scene)
    if isinstance(step, Book) and own_offer(scene):
        return enter(scene, step.none, (scene.say("cancel.done"),))
    if talk.guess or talk.booking:
        return resume(replace(scene, talk=standing(scene)), scene.say("cancel.done"))
    if isinstance(step, Try) and (talk.confirm or talk.proving):
        note = scene.note("talk.command_declined", Because.CUSTOMER_ANSWERED, step=step.id)
        talk, reply, effects = enter(scene, step.declined, (scene.say("cancel.done"),))
        return talk, reply, (note, *effects)
    if isinstance(step, Try | Check) and talk.expecting is Expecting.NOTHING:
        off = CancelCommands(talk.case, Because.NOT_WANTED)
        talk, reply, effects = resume(scene, scene.say("cancel.command"))
        return talk, reply, (off, *effects)
    return resume(scene)


def standing(scene: Scene) -> Conversation:
    """The conversation as it stands without a guess and without offers."""
    return replace(scene.talk, guess="", booking="", offers=(), moving="", misses=0)


def other(scene: Scene) -> Answer:
    """ "No, the other one": of two choices the other one; else the question before, to answer it differently."""
    talk, play = scene.talk, scene.play
    if talk.with_person or talk.ended or talk.booking or not talk.trail or play is None:
        return resume(scene)
    before, last = talk.trail[-1], talk.tried[-1] if talk.tried else ""
    back = replace(still(talk), step=before, trail=talk.trail[:-1])
    step = play.steps.get(before)
    names = [choice.key.rsplit("/", 1)[-1] for choice in step.choices] if isinstance(step, Ask) else []
    chosen = last.removeprefix(f"{before}:")
    if not isinstance(step, Ask) or len(names) != 2 or chosen not in names:
        return put_question(replace(scene, talk=back))
    number = 1 - names.index(chosen)
    walked = replace(back, trail=talk.trail, tried=(*talk.tried, f"{before}:{names[number]}"))
    note = scene.note("talk.corrected", Because.CUSTOMER_ANSWERED, step=before, choice=names[number])
    talk, reply, effects = enter(replace(scene, talk=walked), step.choices[number].then)
    return talk, reply, (note, *effects)


def skip(scene: Scene) -> Answer:
    """Leave this question out: the answer that says so, or the last one; a command or a visit that is offered is declined."""
    talk, step = scene.talk, scene.step()
    asked = talk.expecting is not Expecting.NOTHING and not (talk.with_person or talk.ended)
    if asked and own_offer(scene) and isinstance(step, Book):
        return enter(scene, step.none)
    if not asked or talk.guess or talk.booking:
        return resume(scene)
    if isinstance(step, Try):
        return enter(scene, step.declined)
    if not isinstance(step, Ask):
        return resume(scene)
    names = [choice.key.rsplit("/", 1)[-1] for choice in step.choices]
    number = next((names.index(name) for name in CANNOT if name in names), len(names) - 1)
    walked = replace(talk, trail=(*talk.trail, step.id), tried=(*talk.tried, f"{step.id}:skipped"))
    note = scene.note("talk.skipped", Because.CUSTOMER_ANSWERED, step=step.id)
    talk, reply, effects = enter(replace(scene, talk=walked), step.choices[number].then)
    return talk, reply, (note, *effects)


def beginning(scene: Scene) -> int:
    """The option that begins the guided fix, where it has not begun: "tell me what to do"; 0 elsewhere."""
    talk, play = scene.talk, scene.play
    opening = play is not None and talk.step == "" and not (talk.with_person or talk.ended or talk.booking)
    return talk.options.index(play.go) + 1 if play is not None and opening and play.go in talk.options else 0


def steps(scene: Scene) -> Answer:
    """Back to the guided fix, from the desk: to the question that was asked last, else to where it begins. Never back from
    a danger that was told: there only a person goes on."""
    talk, play = scene.talk, scene.play
    open_fix = talk.with_person and play is not None and scene.knowledge.fault_open
    if play is None or not open_fix or talk.step == DANGER:
        return resume(scene)
    at = (
        talk.step if _asks(play, talk.step) else next((s for s in reversed(talk.trail) if _asks(play, s)), "")
    )
    trail = talk.trail[: talk.trail.index(at)] if at in talk.trail else talk.trail
    back = replace(still(talk), step=at, trail=trail, with_person=False, ended=False, silences=0)
    note = scene.note("talk.steps_wanted", Because.STEPS_WANTED, step=at)
    talk, reply, effects = put_question(replace(scene, talk=back), (scene.say("steps.back"),))
    return talk, reply, (note, *effects)


def _asks(play: Play, step: str) -> bool:
    found = play.steps.get(step)
    return isinstance(found, Ask | Try | Book)
