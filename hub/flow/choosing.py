"""Choosing: a person has several open cases and their words do not tell which one they mean, so they are asked.

Finds out which conversation a turn is told to, and tells it. Saves the other one; decides nothing about either.
"""

from __future__ import annotations

from dataclasses import replace

from hub.domain import talk as core
from hub.domain.answering import MISSES
from hub.domain.asides import ASIDES
from hub.domain.because import Because
from hub.domain.contact import Phrase
from hub.domain.conversation import Conversation, Expecting, Heard, Intent, Question, Reply, Turn
from hub.domain.ids import CaseId
from hub.domain.walk import Answer, Scene, to_person
from hub.domain.wording import DEVICE, MOST, WHICH, which_of
from hub.flow.naming import named_elsewhere
from hub.flow.placing import Place, stand
from hub.flow.visit import Visit

SAY_AGAIN = (Intent.REPEAT, Intent.SIMPLER, Intent.BACK)

Told = tuple[Place, Answer]


def offered(talk: Conversation) -> list[tuple[CaseId, str]]:
    """The cases (and names of devices) that an open "which device?" offers."""
    parts = talk.guess.removeprefix(WHICH).split("|") if talk.guess.startswith(WHICH) else []
    return [(CaseId(case), name) for case, name in zip(parts[::2], parts[1::2], strict=False)]


async def told(visit: Visit, there: Place) -> Told:
    """Tell the turn to the conversation that it belongs to."""
    options, meaning = offered(there.talk), visit.turn.meaning
    aside = meaning.intent is Intent.STOP or (meaning.intent in ASIDES and meaning.sure)
    if options and not aside and visit.turn.kind is Heard.TEXT:
        return await _chosen(visit, there, options)
    if options and meaning.intent in SAY_AGAIN:
        return there, await ask_which(visit, there, again=True)
    plain = replace(there, talk=replace(there.talk, guess="")) if options else there
    elsewhere = await named_elsewhere(visit, there)
    if elsewhere is not None:
        return elsewhere
    opens = there.talk.guess == "open" and _yes(visit.turn) and there.rivals > 0
    if opens or (not there.sure and not aside and visit.turn.kind is Heard.TEXT):
        return there, await ask_which(visit, plain)
    return there, core.tell(plain.talk, visit.turn, there.play, there.knowledge, visit.now)


def _yes(turn: Turn) -> bool:
    meaning = turn.meaning
    return meaning.intent is Intent.YES or (
        meaning.intent is Intent.CHOICE and meaning.choice == 1 and meaning.sure
    )


async def ask_which(visit: Visit, there: Place, again: bool = False) -> Answer:
    """Ask which device is meant: three at most, the worst first; the others come when these are done."""
    cases = await visit.tx.cases.of_customer(visit.customer, visit.now)
    cases.sort(key=lambda case: (-case.severity.rank, case.opened, case.id))
    named = []
    for case in cases[:MOST]:
        device = await visit.tx.devices.get(case.device)
        name = (device.name or device.model) if device else case.device
        named.append((case.id, name))
    talk = replace(there.talk, guess=which_of(named), asked=visit.now, channel=visit.turn.channel)
    options = tuple(Phrase(DEVICE, {"device": name}) for _, name in named)
    question = Question(Expecting.WHICH_CASE, options, (Phrase("which.device"),))
    return talk, Reply((Phrase("which.device" if again else "which.again"),), question), ()


async def _chosen(visit: Visit, there: Place, options: list[tuple[CaseId, str]]) -> Told:
    meaning = visit.turn.meaning
    by_number = meaning.intent is Intent.CHOICE  # a guess will do: nothing is done yet, only spoken of
    number = meaning.choice if by_number else _named(meaning.slot, options)
    case = await visit.tx.cases.get(options[number - 1][0]) if 0 < number <= len(options) else None
    if case is not None and case.state.open:
        await visit.tx.talks.save(replace(there.talk, guess="", misses=0))
        await visit.tx.messages.answered(there.case.id)
        chosen = await stand(visit.tx, case, visit.customer, visit.now, visit.ctx)
        answer = core.open_up(chosen.talk, visit.turn, chosen.play, chosen.knowledge, visit.now)
        return chosen, answer
    missed = replace(there, talk=replace(there.talk, misses=there.talk.misses + 1))
    if missed.talk.misses < MISSES:
        return there, await ask_which(visit, missed, again=True)
    scene = Scene(missed.talk, visit.turn, there.play, there.knowledge, visit.now)
    return there, to_person(scene, (Phrase("unclear.person"),), Because.NOT_UNDERSTOOD)


def _named(slot: str, options: list[tuple[CaseId, str]]) -> int:
    """The option whose device is called so, counted from 1; 0 when none or several are."""
    found = [
        number for number, (_, name) in enumerate(options, 1) if slot and slot.casefold() in name.casefold()
    ]
    return found[0] if len(found) == 1 else 0
