"""At the page: how a person's case stands, as their own web page shows it. It reads, and decides nothing.

A page is private and is about one case: what a shared speaker or an open "which device?" had asked does not stand there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import msgspec

from hub.domain.contact import Direction, Phrase
from hub.domain.conversation import Conversation, Expecting, Heard, Question, Reply, Turn
from hub.domain.customer import Channel
from hub.domain.ids import CaseId, CustomerId, Moment
from hub.domain.play import Try
from hub.domain.repairs import LISTS
from hub.domain.walk import Scene, put_question, standing_question
from hub.domain.wording import NO, WHICH, YES, live
from hub.flow.booking import equipped
from hub.flow.context import Context
from hub.flow.placing import Place, stand
from hub.ports import Tx


@dataclass(frozen=True, slots=True)
class Standing:
    """What a page shows: the place, what is wrong in plain words (`wrong`, and what is still fine), what is worth telling of
    the readings (`live`, measured at `measured`), and the open question (`asks` in words; None: nothing is asked)."""

    place: Place
    wrong: tuple[Phrase, ...]
    live: tuple[Phrase, ...]
    measured: Moment | None
    asks: tuple[Phrase, ...] = ()
    question: Question | None = None


def as_shown(there: Place, now: Moment) -> Place:
    """`there` as a page has it: opened, and about this very device."""
    talk = there.talk
    elsewhere = talk.guess.startswith(LISTS) and talk.channel is not Channel.PAGE
    if talk.guess == "open" or talk.guess.startswith(WHICH) or elsewhere:
        talk = replace(talk, guess="")
    quiet = talk.expecting is Expecting.NOTHING and not (talk.ended or talk.with_person or talk.guess)
    if quiet and talk.step == "" and there.case.state.open:
        talk, _, _ = put_question(_scene(replace(there, talk=talk), now))
    return replace(there, talk=talk)


async def look(tx: Tx, of: tuple[CaseId, CustomerId], now: Moment, ctx: Context) -> Standing | None:
    """How the case stands for this person; None when it is not theirs (any more)."""
    case_id, customer = of
    theirs = await tx.cases.of_customer(customer, now, open_only=False)
    case = next((each for each in theirs if each.id == case_id), None)
    if case is None:
        return None
    there = as_shown(await stand(tx, case, customer, now, ctx), now)
    scene = _scene(await equipped(tx, there, _nobody(), now, ctx), now)
    there = replace(there, knowledge=scene.knowledge)
    asks, question = await _asked(tx, scene) if there.case.state.open else ((), None)
    told = live(there.play, there.knowledge.values)
    return Standing(there, _wrong(there), told, await _measured(tx, there), asks, question)


def _scene(there: Place, now: Moment) -> Scene:
    return Scene(there.talk, _nobody(), there.play, there.knowledge, now)


def _nobody() -> Turn:
    return Turn(Heard.SILENCE, Channel.PAGE, key="")


async def _asked(tx: Tx, scene: Scene) -> tuple[tuple[Phrase, ...], Question | None]:
    talk, step = scene.talk, scene.play.steps.get(scene.talk.proving) if scene.play else None
    if isinstance(step, Try):  # a proof is wanted, and this page is one
        return _yes_or_no(scene, scene.say(step.asks))
    if talk.guess:
        last = await _last_question(tx, talk) if talk.channel is Channel.PAGE else None
        return last or _yes_or_no(scene, _guessed(scene, talk))
    if talk.expecting is Expecting.NOTHING and not talk.booking:
        return (), None
    return standing_question(scene)


def _yes_or_no(scene: Scene, asks: Phrase) -> tuple[tuple[Phrase, ...], Question]:
    return (asks,), Question(Expecting.YES_NO, (scene.say(YES), scene.say(NO)), (asks,))


async def _last_question(tx: Tx, talk: Conversation) -> tuple[tuple[Phrase, ...], Question] | None:
    """What was asked in the last reply on the page."""
    said = [
        each
        for each in await tx.messages.of_case(talk.case)
        if each.channel is Channel.PAGE and each.direction is Direction.IN and each.customer == talk.customer
    ]
    kept = await tx.talks.reply_to(Channel.PAGE, said[-1].provider_id) if said else None
    reply = msgspec.convert(kept, Reply) if kept else None
    return (reply.say, reply.ask) if reply is not None and reply.ask is not None else None


def _guessed(scene: Scene, talk: Conversation) -> Phrase:
    if talk.guess == "stop":
        return scene.say("stop.sure")
    kind, _, number = talk.guess.partition(":")
    if kind == "choice" and number.isdecimal() and 0 < int(number) <= len(talk.options):
        return scene.say("did_you_mean", what=f"@{talk.options[int(number) - 1]}")
    return scene.say("did_you_mean", what=f"@guess.{talk.guess}")


def _wrong(there: Place) -> tuple[Phrase, ...]:
    """What is wrong, in the words of the guided fix, and what telemetry proves to be still fine."""
    variables = {"device": there.knowledge.device_name}
    if there.play is None:
        return (Phrase("opening.no_play", variables),) if not there.case.asked_by_customer else ()
    fine = [each.phrase for each in there.play.fine if each.proved_by(there.knowledge.values)][:1]
    return tuple(Phrase(key, variables) for key in (there.play.opening, *fine))


async def _measured(tx: Tx, there: Place) -> Moment | None:
    state = await tx.devices.state(there.case.device)
    told = {each.metric for each in there.play.live} if there.play else set()
    times = [at for name, (_, at) in state.values.items() if name in told] if state else []
    return Moment(max(times)) if times else None
