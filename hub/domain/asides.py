"""What a person may say at any moment of any conversation: stop, start, help, a person, repeat, back, later and the like.

Each one answers and leaves the conversation where it was, unless its very sense is to change that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from device_rules.reading import DAY, HOUR
from hub.domain.because import Because
from hub.domain.contact import MessageClass, Phrase
from hub.domain.conversation import Expecting, Intent, Question, Reply
from hub.domain.customer import Channel
from hub.domain.effects import CancelPending, Effect, ForgetWakes, HandOn, Say, Suppress, Unsuppress, WakeAt
from hub.domain.events import TicketWanted
from hub.domain.ids import Moment
from hub.domain.play import Check, Try
from hub.domain.walk import Answer, Scene, enter, put_question, standing_question, to_person
from hub.domain.wording import NO, YES, as_message, live

SNOOZE = 4 * HOUR
OVER_NIGHT = 12 * HOUR  # and the gate waits for the morning where the person lives
BEYOND = 365 * DAY  # longer than any case lives
VOICES = (Channel.VOICE, Channel.PHONE)


def stop(scene: Scene) -> Answer:
    """End every contact. Written words and keys act at once; a voice may have been misheard and is asked once."""
    if scene.turn.channel in VOICES and not scene.turn.keyed and scene.talk.guess != "stop":
        return guess(scene, "stop", scene.say("stop.sure"))
    return _stopped(scene)


def _stopped(scene: Scene) -> Answer:
    talk = replace(
        scene.talk, expecting=Expecting.NOTHING, options=(), confirm="", guess="", misses=0, ended=True
    )
    still = scene.knowledge.fault_open
    effects: list[Effect] = [CancelPending(talk.case, Because.STOP_SAID, tuple(MessageClass))]
    effects.append(ForgetWakes(talk.case, ("step", "check", "release")))
    if talk.customer is not None:  # every open case of theirs goes to an agent with it
        effects.append(Suppress(talk.customer, Because.STOP_SAID, scene.turn.channel))
    elif still:
        effects.append(HandOn(talk.case, TicketWanted(talk.case, Because.SUPPRESSED.name)))
    said = scene.say("stop.confirmed_open" if still else "stop.confirmed")
    return talk, Reply((said,), to_person=still, end=True), tuple(effects)


def start(scene: Scene) -> Answer:
    """Hear from us again; a question that is still open is put again."""
    effects = (Unsuppress(scene.talk.customer, Because.START_SAID),) if scene.talk.customer else ()
    talk = replace(scene.talk, ended=False) if scene.knowledge.fault_open else scene.talk
    talk, reply, more = resume(replace(scene, talk=talk), scene.say("start.confirmed"))
    return talk, reply, (*effects, *more)


def help_me(scene: Scene) -> Answer:
    """Who we are, why we write, how to reach a person, how to stop. A voice then asks its question again."""
    if scene.turn.channel in VOICES:
        return resume(scene, scene.say("help"))
    return scene.talk, Reply((scene.say("help"),)), ()


def person(scene: Scene) -> Answer:
    """One word away."""
    if scene.talk.with_person:
        return scene.talk, Reply((scene.say("person.waiting"),), to_person=True, end=True), ()
    key = "person.coming" if scene.knowledge.agent_open else "person.closed"
    return to_person(scene, (scene.say(key),), Because.CUSTOMER_WANTS_PERSON)


def repeat(scene: Scene) -> Answer:
    """The same words again."""
    return resume(scene)


def simpler(scene: Scene) -> Answer:
    """The same question in other words."""
    return resume(scene, again=True)


def back(scene: Scene) -> Answer:
    """One question back; at the first one, the same question again."""
    talk = scene.talk
    if not talk.trail or talk.with_person or talk.ended:
        return resume(scene)
    before = replace(talk, step=talk.trail[-1], trail=talk.trail[:-1], misses=0, guess="", confirm="")
    return put_question(replace(scene, talk=before))


def later(scene: Scene) -> Answer:
    """Not now: we come back in some hours, if the fault is still there then."""
    return _snoozed(scene, SNOOZE, "later.agreed")


def tomorrow(scene: Scene) -> Answer:
    """Not today: we come back tomorrow."""
    return _snoozed(scene, OVER_NIGHT, "later.tomorrow")


def when_worse(scene: Scene) -> Answer:
    """Only when something changes: when it gets worse, or when it is over."""
    return _snoozed(scene, BEYOND, "later.when_worse")


def _snoozed(scene: Scene, span: int, key: str) -> Answer:
    """Nothing is asked meanwhile; at the end, or when it gets worse, the fault is looked at again first."""
    talk = scene.talk
    if talk.expecting is Expecting.NOTHING or talk.with_person or talk.ended:
        return resume(scene)
    until = Moment(scene.now + span)
    talk = replace(talk, paused_until=until, confirm="", guess="", misses=0)
    wake = WakeAt(talk.case, "check", until, token="later")  # noqa: S106 - not a password
    note = scene.note("talk.snoozed", Because.COMES_BACK_LATER)
    return talk, Reply((scene.say(key),), end=True), (wake, note)


def status(scene: Scene) -> Answer:
    """How the device is right now, by its own telemetry."""
    return resume(scene, *status_of(scene))


def status_of(scene: Scene) -> tuple[Phrase, ...]:
    """How the device is, with the values worth telling; silence is not evidence, so an unheard device is said to be unheard."""
    known = scene.knowledge
    if not known.heard:
        return (scene.say("status.unheard"),)
    said = scene.say("status.still" if known.fault_open else "status.fine")
    return (said, *live(scene.play, known.values))


def text_me(scene: Scene) -> Answer:
    """Go on in writing: the open question is sent as a text. Somebody who writes already just gets it again."""
    if scene.turn.channel not in VOICES:
        return resume(scene)
    talk = scene.talk
    said, question = standing_question(scene)
    waiting = talk.expecting is not Expecting.NOTHING and not talk.with_person and not talk.ended
    written = as_message(Reply(said, question)) if waiting else status_of(scene)
    if talk.customer is None:
        return resume(scene, scene.say("text_me.no_number"))
    text = Say(
        talk.case,
        talk.customer,
        Channel.SMS,
        MessageClass.TURN,
        f"text-me:{scene.turn.key}",
        written,
        question=waiting,
    )
    return replace(talk, guess=""), Reply((scene.say("text_me.sent"),), end=True), (text,)


def wrong_number(scene: Scene) -> Answer:
    """Somebody else has this number: nothing more to it, and an agent looks for the right one."""
    talk = replace(scene.talk, expecting=Expecting.NOTHING, options=(), confirm="", guess="", ended=True)
    effects: tuple[Effect, ...] = (
        CancelPending(talk.case, Because.WRONG_NUMBER, tuple(MessageClass)),
        ForgetWakes(talk.case, ("step", "check")),
        HandOn(talk.case, TicketWanted(talk.case, Because.WRONG_NUMBER.name)),
    )
    return talk, Reply((scene.say("wrong_number"),), to_person=True, end=True), effects


def goodbye(scene: Scene) -> Answer:
    """Leave kindly; the case goes on. Thanks after the end need no answer in writing."""
    done = scene.talk.ended or scene.talk.with_person or scene.talk.expecting is Expecting.NOTHING
    if scene.turn.channel not in VOICES and done:
        return scene.talk, Reply((), end=True), ()
    key = "goodbye" if done else "goodbye.open"
    return replace(scene.talk, guess="", confirm=""), Reply((scene.say(key),), end=True), ()


def restart(scene: Scene) -> Answer:
    """Go straight to the question whether to restart it; only where the play knows that a restart may help."""
    steps = scene.play.steps.values() if scene.play else ()
    offers = [step for step in steps if isinstance(step, Try) and step.command == "restart"]
    if not offers or scene.talk.with_person or not scene.knowledge.fault_open:
        return resume(scene, scene.say("restart.not_offered"))
    if scene.talk.step == offers[0].id and not scene.talk.confirm:
        return resume(scene)
    return enter(scene, offers[0].id)


def link(scene: Scene) -> Answer:
    """A wish to pair a speaker; the code itself is written by `hub/flow/pairing.py`, for it must be a secret."""
    return resume(scene, scene.say("link.how"))


def resume(scene: Scene, *before: Phrase, again: bool = False) -> Answer:
    """Say `before`, then go back to where the conversation stands: its question, or what we are waiting for."""
    talk = scene.talk
    if talk.with_person:
        return talk, Reply((*before, scene.say("person.waiting"))), ()
    if talk.ended:
        return talk, Reply(before or (scene.say("nothing_open"),), end=True), ()
    if talk.guess == "open":  # greeted on a shared speaker, and nobody has said yes yet
        return guess(scene, "open", *before, scene.say("greeting.again"))
    unopened = talk.step == "" and talk.asked is None
    if unopened and talk.expecting is Expecting.NOTHING and not before:
        return put_question(scene)
    if talk.expecting in (Expecting.NOTHING, Expecting.WHICH_CASE) and not talk.guess:
        return talk, Reply((*before, *_waiting_for(scene))), ()
    return put_question(scene, before, again=again)


def _waiting_for(scene: Scene) -> tuple[Phrase, ...]:
    step = scene.step()
    if isinstance(step, Try):
        return (scene.say("waiting.device"),)
    return (scene.say("waiting.watching"),) if isinstance(step, Check) else ()


def guess(scene: Scene, what: str, *said: Phrase) -> Answer:
    """Ask "did you mean …?" before anything happens. `what` is carried out by a sure yes only."""
    talk = replace(scene.talk, guess=what, confirm="", asked=scene.now)
    question = Question(Expecting.YES_NO, (scene.say(YES), scene.say(NO)), tuple(said))
    return talk, Reply(tuple(said), question), ()


def call_me(scene: Scene) -> Answer:
    """The choice "call me" of a first contact."""
    return to_person(scene, (scene.say("person.calls"),), Because.CUSTOMER_WANTS_PERSON)


ASIDES: Mapping[Intent, Callable[[Scene], Answer]] = {
    Intent.START: start,
    Intent.HELP: help_me,
    Intent.PERSON: person,
    Intent.REPEAT: repeat,
    Intent.SIMPLER: simpler,
    Intent.BACK: back,
    Intent.LATER: later,
    Intent.TOMORROW: tomorrow,
    Intent.WHEN_WORSE: when_worse,
    Intent.STATUS: status,
    Intent.TEXT_ME: text_me,
    Intent.WRONG_NUMBER: wrong_number,
    Intent.GOODBYE: goodbye,
    Intent.RESTART: restart,
    Intent.LINK: link,
}
