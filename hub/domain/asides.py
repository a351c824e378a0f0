"""What a person may say at any moment of any conversation: stop, start, help, a person, repeat, back, later and the like.

Each one answers and leaves the conversation where it was, unless its very sense is to change that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from device_rules.reading import DAY, HOUR
from hub.domain.appointments import asked_when, callback, cancel_visit, move_visit, other_wish, visit
from hub.domain.because import Because
from hub.domain.booking import own_offer, slot_words, with_offers
from hub.domain.contact import MessageClass, Phrase
from hub.domain.conversation import Expecting, Intent, Reply, Turn
from hub.domain.customer import Channel
from hub.domain.effects import CancelPending, Effect, ForgetWakes, HandOn, Say, Suppress, Unsuppress, WakeAt
from hub.domain.events import TicketWanted
from hub.domain.greetings import is_thanks
from hub.domain.ids import Moment
from hub.domain.play import Try
from hub.domain.questions import question
from hub.domain.repairs import cancel, language, other, skip, standing, steps, which_device
from hub.domain.silence import VOICES as VOICES
from hub.domain.slots import BookingKind
from hub.domain.spoken_date import hour_words, today
from hub.domain.spoken_time import moment_of
from hub.domain.walk import (
    Answer,
    Scene,
    enter,
    guess,
    put_question,
    resume,
    standing_question,
    still,
    to_person,
)
from hub.domain.wording import as_message, live

SNOOZE = 4 * HOUR
OVER_NIGHT = 12 * HOUR  # and the gate waits for the morning where the person lives
BEYOND = 365 * DAY  # longer than any case lives


def stop(scene: Scene) -> Answer:
    """End every contact. Written words and keys act at once; a voice may have been misheard and is asked once."""
    if scene.turn.channel in VOICES and not scene.turn.keyed and scene.talk.guess != "stop":
        return guess(scene, "stop", scene.say("stop.sure"))
    return _stopped(scene)


def _stopped(scene: Scene) -> Answer:
    talk = replace(still(scene.talk), ended=True)
    there = scene.knowledge.fault_open
    effects: list[Effect] = [CancelPending(talk.case, Because.STOP_SAID, tuple(MessageClass))]
    effects.append(ForgetWakes(talk.case, ("step", "check", "release")))
    if talk.customer is not None:  # every open case of theirs goes to an agent with it
        effects.append(Suppress(talk.customer, Because.STOP_SAID, scene.turn.channel))
    elif there:
        effects.append(HandOn(talk.case, TicketWanted(talk.case, Because.SUPPRESSED.name)))
    key = "stop.confirmed_told" if scene.knowledge.told else "stop.confirmed_open"
    said = scene.say(key if there and scene.knowledge.theirs else "stop.confirmed")
    return talk, Reply((said,), to_person=there, end=True), tuple(effects)


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
        return scene.talk, Reply((scene.with_team(),), to_person=True, end=True), ()
    return _promised(scene, "person.coming")


def _promised(scene: Scene, key: str) -> Answer:
    """A person is promised; while the team is away, a time for a call is offered besides."""
    here = scene.knowledge.agent_open
    said = scene.say(key) if here else scene.say("person.closed", **scene.back_words())
    talk, reply, effects = to_person(scene, (said,), Because.CUSTOMER_WANTS_PERSON)
    offered = None if here else with_offers(replace(scene, talk=talk), BookingKind.CALLBACK)
    if offered is None:
        return talk, reply, effects
    talk, asked, _ = put_question(offered, reply.say)
    return talk, replace(asked, to_person=True), effects


def repeat(scene: Scene) -> Answer:
    """The same words again."""
    if scene.talk.guess == "open":
        return guess(scene, "open", scene.say(greeting_of(scene.turn)))
    return resume(scene)


def greeting_of(turn: Turn) -> str:
    """The greeting of a live session: on a shared speaker nothing personal is said before they ask for it."""
    return "greeting.private" if turn.private else "greeting.shared"


def hello(scene: Scene) -> Answer:
    """A greeting, or "I am here": what is being asked is asked (again), else it is told how things stand."""
    talk = scene.talk
    asks = talk.expecting is not Expecting.NOTHING or talk.booking or talk.proving
    said = () if (asks or talk.with_person) and not talk.ended else status_of(scene)
    return resume(replace(scene, talk=replace(talk, guess="", misses=0)), *said)


def simpler(scene: Scene) -> Answer:
    """The same question in other words."""
    return resume(scene, again=True)


def back(scene: Scene) -> Answer:
    """One question back; at the first one, the same question again."""
    talk = scene.talk
    if talk.booking and not own_offer(scene):  # back out of it, to what was asked before
        return resume(replace(scene, talk=standing(scene)))
    if talk.proving:
        return put_question(replace(scene, talk=still(talk)))
    if talk.guess == "open" or not talk.trail or talk.with_person or talk.ended:
        return resume(scene)
    before = replace(standing(scene), step=talk.trail[-1], trail=talk.trail[:-1], confirm="")
    return put_question(replace(scene, talk=before))


def later(scene: Scene) -> Answer:
    """Not now: we come back at the time that was named, or in some hours, if the fault is still there then."""
    moved = other_wish(scene) if scene.talk.with_person else None
    if moved is not None:
        return moved
    when, zone = scene.turn.meaning.when, scene.knowledge.zone or "UTC"
    if when is None:
        return _snoozed(scene, SNOOZE, "later.agreed")
    until = moment_of(when, scene.now, zone)
    language = scene.talk.language
    if today(until, zone, scene.now):
        return _snoozed(scene, until - scene.now, "later.today", **hour_words(until, zone, language, "time"))
    return _snoozed(scene, until - scene.now, "later.until", **slot_words(scene, until, "time"))


def tomorrow(scene: Scene) -> Answer:
    """Not today: we come back tomorrow."""
    moved = other_wish(scene) if scene.talk.with_person else None
    if moved is not None:
        return moved
    return _snoozed(scene, OVER_NIGHT, "later.tomorrow")


def when_worse(scene: Scene) -> Answer:
    """Only when something changes: when it gets worse, or when it is over."""
    return _snoozed(scene, BEYOND, "later.when_worse")


def _snoozed(scene: Scene, span: int, key: str, **variables: str) -> Answer:
    """Nothing is asked meanwhile; at the end, or when it gets worse, the fault is looked at again first."""
    talk = scene.talk
    if not (talk.booking or talk.expecting is not Expecting.NOTHING) or talk.with_person or talk.ended:
        return resume(scene)
    until = Moment(scene.now + span)
    talk = replace(talk, paused_until=until, confirm="", guess="", misses=0)
    wake = WakeAt(talk.case, "check", until, token="later")  # noqa: S106 - not a password
    note = scene.note("talk.snoozed", Because.COMES_BACK_LATER)
    return talk, Reply((scene.say(key, **variables),), end=True), (wake, note)


def status(scene: Scene) -> Answer:
    """How the device is right now, by its own telemetry."""
    return resume(scene, *status_of(scene))


def status_of(scene: Scene) -> tuple[Phrase, ...]:
    """How the device is, with the values worth telling; silence is not evidence, so an unheard device is said to be unheard."""
    known = scene.knowledge
    if not known.heard:
        return (scene.say("status.unheard"),)
    if known.told:
        return _told(scene)
    fine = "asked.device_fine" if scene.talk.with_person else "status.fine"  # there may be something to do
    fine = "status.other" if known.other_trouble else fine
    said = scene.say("status.still" if known.fault_open else fine)
    return (said, *live(scene.play, known.values))


def _told(scene: Scene) -> tuple[Phrase, ...]:
    """What a person told us is never said to be a problem that the device shows."""
    how = scene.say("asked.device_fault" if scene.knowledge.other_trouble else "status.told")
    if scene.talk.with_person or scene.talk.ended:
        return how, scene.say("status.told_team")
    return (how, scene.say("asked.help")) if scene.talk.expecting is Expecting.NOTHING else (how,)


def text_me(scene: Scene) -> Answer:
    """Go on in writing: the open question is sent as a text. Somebody who writes already just gets it again."""
    if scene.turn.channel not in VOICES:
        return resume(scene, scene.say("text_me.here"))
    talk = scene.talk
    said, question = standing_question(scene)
    waiting = talk.expecting is not Expecting.NOTHING and not talk.with_person and not talk.ended
    written = as_message(Reply(said, question)) if waiting else status_of(scene)
    if scene.knowledge.link:
        written = (*written, scene.say("text_me.link", link=scene.knowledge.link))
    if talk.customer is None:
        return resume(scene, scene.say("text_me.no_number"))
    what = f"text-me:{scene.turn.key}"
    text = Say(talk.case, talk.customer, Channel.SMS, MessageClass.TURN, what, written, question=waiting)
    return replace(talk, guess=""), Reply((scene.say("text_me.sent"),), end=True), (text,)


def wrong_number(scene: Scene) -> Answer:
    """Somebody else has this number: nothing more to it, and an agent looks for the right one."""
    talk = replace(still(scene.talk), ended=True)
    effects: tuple[Effect, ...] = (
        CancelPending(talk.case, Because.WRONG_NUMBER, tuple(MessageClass)),
        ForgetWakes(talk.case, ("step", "check")),
        HandOn(talk.case, TicketWanted(talk.case, Because.WRONG_NUMBER.name)),
    )
    return talk, Reply((scene.say("wrong_number"),), to_person=True, end=True), effects


def goodbye(scene: Scene) -> Answer:
    """Leave kindly; the case goes on. In writing only thanks get a word, once, and after the end they get none."""
    done = scene.talk.ended or scene.talk.with_person or scene.talk.expecting is Expecting.NOTHING
    if scene.turn.channel not in VOICES and done:
        if scene.talk.ended or scene.talk.thanked or not is_thanks(scene.turn.text):
            return scene.talk, Reply((), end=True), ()
        return replace(scene.talk, thanked=True), Reply((scene.say("welcome"),), end=True), ()
    key = "goodbye" if done or scene.knowledge.told else "goodbye.open"
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


def call_me(scene: Scene) -> Answer:
    """The choice "call me" of a first contact."""
    return _promised(scene, "person.calls")


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
    Intent.QUESTION: question,
    Intent.LANGUAGE: language,
    Intent.WHICH_DEVICE: which_device,
    Intent.CANCEL: cancel,
    Intent.OTHER: other,
    Intent.SKIP: skip,
    Intent.STEPS: steps,
    Intent.VISIT: visit,
    Intent.CALLBACK: callback,
    Intent.MOVE_VISIT: move_visit,
    Intent.CANCEL_VISIT: cancel_visit,
    Intent.APPOINTMENT: asked_when,
}
