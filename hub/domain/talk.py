"""Talking: one turn in, one reply and its effects out. Told, not asking: nothing here waits, reads or sends.

Rules of this file. 1. STOP, START and HELP come before everything, in every state. 2. A person is one word away in every
state. 3. A device command needs an explicit, sure yes within two minutes after a question that names the device; a negation
or a guess never acts. 4. What is not understood twice in a row becomes a person's task. 5. "Solved" is said only when
telemetry shows it. 6. The same turn is told once: `converse` gives a repeated one its old reply.
"""

from __future__ import annotations

from dataclasses import replace

from hub.domain import verify
from hub.domain.answering import opened, words
from hub.domain.appointments import gone, still_booked
from hub.domain.asides import greeting_of
from hub.domain.at_desk import steps_hint
from hub.domain.because import Because
from hub.domain.contact import Phrase
from hub.domain.conversation import Conversation, Expecting, Heard, Knowledge, Question, Reply, Turn
from hub.domain.customer import Channel
from hub.domain.effects import Effect, ForgetWakes
from hub.domain.ids import Moment
from hub.domain.play import Check, Play, PlayStep, Try
from hub.domain.silence import VOICES, silent
from hub.domain.walk import Answer, Scene, enter, guess, put_question, still

TIMED_OUT = "timed out"
"""What is noted of a device that had its time, and said nothing."""


def begin(conversation: Conversation, play: Play | None, knowledge: Knowledge, now: Moment) -> Answer:
    """The first contact: what is wrong, what is still fine (only when telemetry proves it), and numbered answers.

    The frame (who we are, how to stop) is added by `wording.as_message(reply, MessageClass.FIRST)`.
    """
    fresh = replace(still(conversation), play=play.id if play else "", step="", silences=0, ended=False)
    talk, reply, _ = put_question(_scene(fresh, play, knowledge, now))
    return talk, reply, ()


def remind(conversation: Conversation, play: Play | None, knowledge: Knowledge, now: Moment) -> Answer:
    """The same question in other words, wherever the conversation stands."""
    if conversation.with_person or conversation.ended:
        return conversation, Reply(()), ()
    talk, reply, _ = put_question(_scene(conversation, play, knowledge, now), again=True)
    return talk, reply, ()


def open_up(
    conversation: Conversation, turn: Turn, play: Play | None, knowledge: Knowledge, now: Moment
) -> Answer:
    """The person chose this conversation: tell where it stands, and ask what it asks."""
    talk = replace(conversation, channel=turn.channel, guess="", misses=0)
    return opened(Scene(talk, turn, play, knowledge, now))


def tell(
    conversation: Conversation, turn: Turn, play: Play | None, knowledge: Knowledge, now: Moment
) -> Answer:
    """Answer one turn."""
    talk = _here(conversation, turn, now) if turn.kind in (Heard.TEXT, Heard.LAUNCH) else conversation
    scene = Scene(talk, turn, play, knowledge, now)
    match turn.kind:
        case Heard.TEXT:
            return words(scene)
        case Heard.LAUNCH:
            return _launch(scene)
        case Heard.SILENCE:
            return silent(scene)
        case Heard.HANGUP:
            return talk, Reply((), end=True), ()
        case Heard.PROOF_GIVEN | Heard.PROOF_REFUSED | Heard.PIN_WRONG | Heard.PIN_LOCKED:
            return verify.told_of_proof(scene)
        case Heard.SLOT_GONE:
            return gone(scene)
        case _:
            return _device(scene)


def _here(talk: Conversation, turn: Turn, now: Moment) -> Conversation:
    """The conversation moves to where the person is; in a live session, when they last spoke is kept."""
    return replace(talk, channel=turn.channel, heard=now if turn.channel in VOICES else None)


def _scene(talk: Conversation, play: Play | None, knowledge: Knowledge, now: Moment) -> Scene:
    nobody = Turn(Heard.SILENCE, talk.channel or Channel.SMS, key="")
    return Scene(talk, nobody, play, knowledge, now)


# What the device or time says


def _device(scene: Scene) -> Answer:
    step, kind = scene.step(), scene.turn.kind
    if kind is Heard.RECOVERED:
        return _recovered(scene)
    if scene.talk.with_person or scene.talk.ended:  # a person leads now, and reads it in the timeline
        return scene.talk, Reply(()), ()
    if kind is Heard.CHECK_OVER:
        return _time_is_over(scene, step)
    if kind is Heard.SHOWN:
        return enter(scene, step.then) if isinstance(step, Check) else (scene.talk, Reply(()), ())
    if not isinstance(step, Try) or scene.talk.confirm:
        return scene.talk, Reply(()), ()
    if kind is Heard.COMMAND_FAILED:
        return enter(scene, step.failed, _why_not(scene, step))
    return _carried_out(scene, step)


def _why_not(scene: Scene, step: Try) -> tuple[Phrase, ...]:
    """That it did not work, and why, where the guided fix has words for what the device said."""
    note = scene.turn.text.strip()
    if note == TIMED_OUT:
        return (scene.say("command.no_answer"),)
    reason = step.reasons.get(note.casefold())
    return (scene.say("command.failed"), *((scene.say(reason),) if reason else ()))


def _time_is_over(scene: Scene, step: PlayStep | None) -> Answer:
    """Telemetry had its time and still shows the fault; or the time is over that the person asked for (`later`)."""
    if scene.turn.text in ("later", "worse"):
        return _back_again(scene)
    if scene.turn.text == "proof":
        return verify.proof_over(scene)
    if not isinstance(step, Check) or scene.turn.text not in ("", step.id):
        return scene.talk, Reply(()), ()
    talk, reply, effects = enter(scene, step.failed)
    return talk, reply, (scene.note("talk.not_recovered", Because.NOT_RECOVERED, step=step.id), *effects)


def _carried_out(scene: Scene, step: Try) -> Answer:
    """The device obeyed. What we watch for now was already said with the yes, so it is not said again."""
    talk, reply, effects = enter(scene, step.then)
    next_step = scene.play.steps.get(step.then) if scene.play else None
    watching = isinstance(next_step, Check) and talk.step == next_step.id
    return talk, (Reply(()) if watching else reply), (ForgetWakes(talk.case, ("command",)), *effects)


def _recovered(scene: Scene) -> Answer:
    step = scene.step()
    if scene.talk.ended:
        return scene.talk, Reply(()), ()
    proved = replace(scene, knowledge=replace(scene.knowledge, fault_open=False))
    over: tuple[Effect, ...] = (ForgetWakes(scene.talk.case, ("check", "command", "watch")),)
    other = scene.knowledge.other_trouble  # then nothing is said to be well
    if isinstance(step, Check) and not scene.talk.with_person and not other:
        talk, reply, effects = enter(proved, step.then)
        return talk, replace(reply, say=(*reply.say, *still_booked(scene))), (*over, *effects)
    talk = replace(still(scene.talk), ended=True)
    said = scene.say("recovered.other" if other else "recovered")
    return talk, Reply((said, *still_booked(scene)), end=True), over


def _back_again(scene: Scene) -> Answer:
    """The time that the person asked for is over, or it has got worse before. One that is not open is asked nothing."""
    if not scene.knowledge.fault_open or scene.talk.paused_until is None:
        return scene.talk, Reply(()), ()
    talk = replace(scene.talk, paused_until=None, misses=0)
    said = "later.worse" if scene.turn.text == "worse" else "later.back"
    return put_question(replace(scene, talk=talk), (scene.say(said),))


def _launch(scene: Scene) -> Answer:
    """A person opened a voice session. On a shared speaker nothing personal is said before they ask for it."""
    if scene.talk.with_person:
        ask = Question(Expecting.NOTHING, (), (scene.say("voice.anything_else"),))
        about = (scene.say("which.this"),) if scene.turn.private else ()
        return scene.talk, Reply((*about, scene.with_team(), *steps_hint(scene)), ask), ()
    if scene.talk.ended or (not scene.knowledge.fault_open and scene.talk.expecting is Expecting.NOTHING):
        return scene.talk, Reply((scene.say("status.fine"),), end=True), ()
    if scene.knowledge.told and scene.talk.expecting is Expecting.NOTHING:
        ask = Question(Expecting.NOTHING, (), (scene.say("voice.anything_else"),))
        return scene.talk, Reply((scene.say("voice.told"),), ask), ()
    return guess(scene, "open", scene.say(greeting_of(scene.turn)))
