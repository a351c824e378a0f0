"""Walking a play: from step to step until one waits for somebody (a person, the device, time).

Rules of this file. 1. A device command leaves only in `obey`, after an explicit yes to a question that names the device.
2. `Solved` is reached only when telemetry proved it. 3. A step that the play no longer has ends with a person.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from device_rules.reading import HOUR, MINUTE
from hub.domain.because import Because
from hub.domain.booking import own_offer, refreshed, slot_question, slot_words, standing_booking, with_offers
from hub.domain.contact import Phrase
from hub.domain.conversation import Conversation, Expecting, Question, Reply
from hub.domain.customer import Channel
from hub.domain.effects import CommandDevice, Effect, HandOn, WakeAt
from hub.domain.events import TicketWanted
from hub.domain.ids import DeviceId, Moment, command_id
from hub.domain.play import Agent, Ask, Book, Check, PlayStep, Say, Solved, Try
from hub.domain.scene import Answer as Answer
from hub.domain.scene import Scene as Scene
from hub.domain.wording import CALL_ME, NO, YES

CONFIRM_WINDOW = 2 * MINUTE
"""How long a read-back holds (conversation.md, Acting)."""
SILENCE = 2 * HOUR
"""How long a question may stay unanswered before we ask once more, and then again before a person takes over."""
ALOUD = (Channel.VOICE, Channel.PHONE, Channel.ASSISTANT)
"""Where somebody listens, and a reply without a question closes the line."""
LOOK_AGAIN = MINUTE
"""How often a watched metric is looked at while a step waits for it."""


def enter(scene: Scene, step_id: str, before: tuple[Phrase, ...] = ()) -> Answer:
    """Go to `step_id` and on until a step waits; `before` is said first."""
    steps = scene.play.steps if scene.play else {}
    step = steps.get(step_id)
    said = list(before)
    passed: set[str] = set()
    while isinstance(step, Say) and step.id not in passed:
        passed.add(step.id)
        said.append(scene.say(step.phrase))
        step = steps.get(step.then)
    talk = replace(
        scene.talk,
        step=step.id if step else "",
        misses=0,
        guess="",
        confirm="",
        paused_until=None,
        booking="",
        offers=(),
        moving="",
        proving="",
        prove_until=None,
    )
    return _arrive(replace(scene, talk=talk), step, tuple(said))


def _arrive(scene: Scene, step: PlayStep | None, said: tuple[Phrase, ...]) -> Answer:
    match step:
        case Ask() | Try():
            return put_question(scene, said)
        case Check():
            return _watch(scene, step, said)
        case Book():
            return _offer(scene, step, said)
        case Solved():
            talk = replace(scene.talk, expecting=Expecting.NOTHING, options=(), ended=True)
            return talk, Reply((*said, scene.say(step.phrase)), end=True), ()
        case Agent():
            return to_person(scene, (*said, scene.say(step.phrase)), Because.PLAY_ENDED)
        case Say() | None:
            return to_person(scene, (*said, scene.say("person.coming")), Because.PLAY_ENDED)
        case _:
            assert_never(step)


def _offer(scene: Scene, step: Book, said: tuple[Phrase, ...]) -> Answer:
    """Offer times; where there are none, the play knows what else. What is booked already is not offered twice."""
    booked = standing_booking(scene, step.kind)
    if booked is not None:
        stands = scene.say("booking.stands", **slot_words(scene, booked.slot.starts))
        return enter(scene, step.then, (*said, stands))
    talk = replace(scene.talk, expecting=Expecting.CHOICE, options=())
    offered = with_offers(replace(scene, talk=talk), step.kind)
    return put_question(offered, said) if offered else enter(scene, step.none, said)


def _watch(scene: Scene, step: Check, said: tuple[Phrase, ...]) -> Answer:
    """Let telemetry tell; what it shows already is not waited for."""
    known, watch = scene.knowledge, step.watch
    first = known.values.get(watch.metric) if watch else None
    baseline = float(first) if isinstance(first, int | float) and not isinstance(first, bool) else None
    if not known.fault_open or (watch and watch.shown_by(known.values, known.open_rules, baseline)):
        return enter(scene, step.then, said)
    talk = replace(scene.talk, expecting=Expecting.NOTHING, options=(), baseline=baseline)
    effects: list[Effect] = [
        WakeAt(talk.case, "check", Moment(scene.now + step.within), token=step.id),
        scene.note("talk.watching", Because.CUSTOMER_ANSWERED, step=step.id),
    ]
    if watch:
        effects.append(WakeAt(talk.case, "watch", Moment(scene.now + LOOK_AGAIN), token=step.id))
    return talk, Reply((*said, scene.say(step.phrase))), tuple(effects)


def to_person(scene: Scene, said: tuple[Phrase, ...], because: Because) -> Answer:
    """Hand over: a person has been promised, and the case asks for one."""
    talk = replace(still(scene.talk), with_person=True, left=scene.talk.options or scene.talk.left)
    wanted = HandOn(talk.case, TicketWanted(talk.case, because.name))
    return talk, Reply(said, to_person=True, end=True), (wanted,)


def still(talk: Conversation) -> Conversation:
    """The conversation with no question open, and nothing half agreed."""
    return replace(
        talk,
        expecting=Expecting.NOTHING,
        options=(),
        confirm="",
        guess="",
        misses=0,
        booking="",
        offers=(),
        moving="",
        proving="",
        prove_until=None,
    )


def standing_question(scene: Scene) -> tuple[tuple[Phrase, ...], Question | None]:
    """What is being asked at this point of the play, as it was asked; nothing when we are not waiting for an answer."""
    step = scene.step()
    if scene.talk.booking:
        return slot_question(scene)
    if scene.talk.proving and scene.turn.channel is not Channel.PAGE:
        return (), None
    if scene.talk.step == "":
        return _opening(scene)
    if isinstance(step, Ask):
        again = scene.say(step.again or step.phrase)
        options = tuple(scene.say(choice.key) for choice in step.choices)
        return (scene.say(step.phrase),), Question(Expecting.CHOICE, options, (again,))
    if isinstance(step, Try):
        asks = (scene.say(step.asks),)
        return asks, Question(Expecting.YES_NO, (scene.say(YES), scene.say(NO)), asks)
    return (), None


def _opening(scene: Scene) -> tuple[tuple[Phrase, ...], Question]:
    play, knowledge = scene.play, scene.knowledge
    if play is None:
        options = (scene.say(CALL_ME),)
        return (scene.say("opening.no_play"),), Question(
            Expecting.CHOICE, options, (scene.say("reminder.no_play"),)
        )
    fine = tuple(scene.say(each.phrase) for each in play.fine if each.proved_by(knowledge.values))[:1]
    question = Question(
        Expecting.CHOICE,
        (scene.say(play.go), scene.say(CALL_ME)),
        (scene.say(play.reminder or play.opening),),
    )
    return (scene.say(play.opening), *fine), question


def put_question(scene: Scene, before: tuple[Phrase, ...] = (), *, again: bool = False) -> Answer:
    """Ask what this point of the play asks (`again`: in other words) and come back when nobody answers."""
    step = scene.step()
    if isinstance(step, Book) and not (scene.talk.booking or scene.talk.with_person or scene.talk.ended):
        return _offer(scene, step, before)
    scene = refreshed(scene) if scene.talk.booking else scene
    said, question = standing_question(scene)
    if question is None:
        return scene.talk, Reply(before), ()
    wake = WakeAt(scene.talk.case, "check", Moment(scene.now + SILENCE), token="silence")  # noqa: S106 - not a password
    if scene.talk.booking:  # it may lie over what was asked before: that stays as it was, and is waited for
        asked = replace(scene.talk, asked=scene.now, guess="")
        return asked, Reply((*before, *said), question), (wake,) if own_offer(scene) else ()
    talk = replace(
        scene.talk,
        expecting=question.expecting,
        options=tuple(option.key for option in question.options),
        confirm=scene.talk.step if question.expecting is Expecting.YES_NO and not scene.talk.proving else "",
        asked=scene.now,
        guess="",
    )
    return talk, Reply((*before, *(question.again if again else said)), question), (wake,)


def obey(scene: Scene, step: Try) -> Answer:
    """The person said yes in time: command the device, and say what happens next."""
    talk, knowledge = scene.talk, scene.knowledge
    command = CommandDevice(
        id=command_id(talk.case, step.id, scene.turn.key),
        case=talk.case,
        device=DeviceId(knowledge.device),
        name=step.command,
        args=dict(step.args),
        expires=Moment(scene.now + step.within),
        repeatable=step.repeatable,
    )
    over = WakeAt(talk.case, "command", Moment(scene.now + step.within), token=command.id)
    next_step = scene.play.steps.get(step.then) if scene.play else None
    said = [scene.say("command.sent")]
    if isinstance(next_step, Check):
        said.append(scene.say(next_step.phrase))
    talk = replace(
        talk,
        expecting=Expecting.NOTHING,
        options=(),
        confirm="",
        misses=0,
        tried=(*talk.tried, f"{step.id}:{step.command}"),
    )
    note = scene.note("talk.command_agreed", Because.CUSTOMER_ANSWERED, step=step.id, command=step.command)
    return talk, Reply(tuple(said), end=True), (command, over, note)


def resume(scene: Scene, *before: Phrase, again: bool = False) -> Answer:
    """Say `before`, then go back to where the conversation stands: its question, or what we are waiting for."""
    talk = scene.talk
    if talk.booking and talk.guess != "open":
        return put_question(scene, before, again=again)
    if talk.with_person:
        return talk, anything_more(scene, (*before, scene.with_team())), ()
    if talk.ended:
        return talk, Reply(before or (scene.say("nothing_open"),), end=True), ()
    if talk.guess == "open":  # greeted on a shared speaker, and nobody has said yes yet
        return guess(scene, "open", *before, scene.say("greeting.again"))
    unopened = talk.step == "" and talk.asked is None
    if unopened and talk.expecting is Expecting.NOTHING and not before:
        return put_question(scene)
    offers = isinstance(scene.step(), Book) and not talk.guess
    if offers or (talk.proving and scene.turn.channel is Channel.PAGE):
        return put_question(scene, before)
    if talk.expecting in (Expecting.NOTHING, Expecting.WHICH_CASE) and not talk.guess:
        return talk, Reply((*before, *_waiting_for(scene))), ()
    return put_question(scene, before, again=again)


def anything_more(scene: Scene, said: tuple[Phrase, ...]) -> Reply:
    """`said`; aloud, whether there is anything more besides: what is no goodbye does not close the line."""
    if scene.turn.channel not in ALOUD:
        return Reply(said)
    more = Question(Expecting.NOTHING, (), (scene.say("voice.anything_else"),))
    return Reply((*said, scene.say("voice.more")), more)


def _waiting_for(scene: Scene) -> tuple[Phrase, ...]:
    step = scene.step()
    if scene.talk.proving:
        return (scene.say("proof.waiting"),)
    if isinstance(step, Try):
        return (scene.say("waiting.device"),)
    return (scene.say("waiting.watching"),) if isinstance(step, Check) else ()


def guess(scene: Scene, what: str, *said: Phrase) -> Answer:
    """Ask "did you mean …?" before anything happens. `what` is carried out by a sure yes only."""
    talk = replace(scene.talk, guess=what, confirm="", asked=scene.now)
    question = Question(Expecting.YES_NO, (scene.say(YES), scene.say(NO)), tuple(said))
    return talk, Reply(tuple(said), question), ()
