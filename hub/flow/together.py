"""Together: an answer to one message about several things that names none of them speaks of all of them.

A wish for a person, or for peace until later, holds for every case that the message told of. A choice speaks of one alone.
"""

from __future__ import annotations

from dataclasses import replace

from hub.domain import talk as core
from hub.domain.case import CaseState
from hub.domain.conversation import Heard, Intent, Meaning, Reply
from hub.domain.ids import CaseId
from hub.domain.passages import Answered
from hub.domain.wording import WHICH
from hub.flow.carry import carry_out
from hub.flow.onward import onward
from hub.flow.placing import Place, stand
from hub.flow.visit import Visit

OF_ALL = (Intent.PERSON, Intent.LATER, Intent.TOMORROW, Intent.WHEN_WORSE)


async def speak_of_all(visit: Visit, asked: Place, reply: Reply) -> None:
    """`asked` is the conversation as it stood before the turn, `reply` what it got: the other cases hear the same."""
    meaning = visit.turn.meaning
    unchosen = asked.talk.guess.startswith(WHICH) or asked.talk.step == ""
    of_all = (meaning.intent in OF_ALL and meaning.sure) or reply.to_person
    if visit.turn.kind is not Heard.TEXT or not (unchosen and of_all):
        return
    for other in await _told_with(visit, asked.case.id):
        case = await visit.tx.cases.get(other, lock=True)
        if case is not None and case.state is CaseState.CONTACTING and case.acknowledged is None:
            await _hears(visit, await stand(visit.tx, case, visit.customer, visit.now, visit.ctx), reply)


async def _told_with(visit: Visit, case: CaseId) -> list[CaseId]:
    """The other cases of the newest message that our ladder sent about `case`."""
    steps = [each for each in await visit.tx.messages.contacts_of(case) if each.step.startswith("step:")]
    newest = max(steps, key=lambda each: (each.at, each.step), default=None)
    return [each for each in newest.cases if each != case] if newest is not None else []


async def _hears(visit: Visit, there: Place, reply: Reply) -> None:
    tx, turn = visit.tx, visit.turn
    if turn.meaning.intent not in OF_ALL and reply.to_person:  # "call me", chosen by its number
        turn = replace(turn, meaning=Meaning(Intent.PERSON))
    talk, _, effects = core.tell(there.talk, turn, there.play, there.knowledge, visit.now)
    await onward(tx, there.case, Answered(str(turn.channel)), visit.now, visit.ctx)
    await tx.talks.save(talk)
    await carry_out(tx, effects, visit.now, visit.ctx)
