"""Placing: which case a person's words belong to. Their open question first; then what they spoke of last; else we ask.

It reads, and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from device_rules.reading import HOUR
from hub.domain.case import Case, CaseState
from hub.domain.conversation import Conversation, Heard, Knowledge
from hub.domain.ids import CustomerId, Moment
from hub.domain.play import Play
from hub.flow.context import Context
from hub.flow.knowing import knowledge_of, play_of
from hub.flow.visit import Visit
from hub.ports import Tx

SESSION = HOUR
"""For so long the same channel goes on about the same device without saying so."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a turn belongs: the case, its conversation, and what the conversation may use.

    `rivals` counts the person's other open cases; `sure` is False when nothing tells which of them is meant.
    """

    case: Case
    talk: Conversation
    play: Play | None
    knowledge: Knowledge
    rivals: int = 0
    sure: bool = True


async def place(visit: Visit) -> Place | None:
    """The place of a person's turn; None when no case of theirs is open."""
    tx, now = visit.tx, visit.now
    cases = await tx.cases.of_customer(visit.customer, now)
    if visit.about is not None:
        cases = [case for case in cases if case.id == visit.about]
    if not cases:
        return None
    talks = {case.id: await tx.talks.get(case.id) for case in cases}
    asking = await tx.messages.open_question(visit.address) if visit.address is not None else None
    asked = [case for case in cases if case.id == asking]
    recent = asked or [case for case in cases if _recent(talks[case.id], visit)]
    fresh = visit.turn.kind is Heard.LAUNCH  # then what a person looks after already comes last
    ordered = sorted(
        recent or cases,
        key=lambda case: (fresh and _with_person(case, talks[case.id]), *_rank(case, talks[case.id])),
    )
    there = await stand(tx, ordered[0], visit.customer, now, visit.ctx)
    return replace(there, rivals=len(cases) - 1, sure=len(cases) == 1 or bool(recent))


def _recent(talk: Conversation | None, visit: Visit) -> bool:
    """Whether this person spoke of it on this very channel a short while ago; a new voice session starts afresh."""
    if talk is None or talk.asked is None or visit.turn.kind is Heard.LAUNCH:
        return False
    same = talk.channel is visit.turn.channel and talk.customer == visit.customer
    return same and visit.now - talk.asked <= SESSION


def _with_person(case: Case, talk: Conversation | None) -> bool:
    return case.state is CaseState.WITH_AGENT or (talk is not None and (talk.with_person or talk.ended))


def _rank(case: Case, talk: Conversation | None) -> tuple[int, int, int, str]:
    """What was asked last comes first, then the worst, then the newest."""
    asked = talk.asked if talk is not None and talk.asked is not None else 0
    return (-asked, -case.severity.rank, -case.opened, case.id)


async def stand(tx: Tx, case: Case, customer: CustomerId | None, now: Moment, ctx: Context) -> Place:
    """The conversation of `case` as it stands, with `customer` (None: whoever it was held with)."""
    locked = await tx.cases.get(case.id, lock=True) or case
    talk = await tx.talks.get(case.id) or Conversation(case.id, customer)
    if customer is not None:
        talk = replace(talk, customer=customer)
    if locked.state is CaseState.WITH_AGENT:
        talk = replace(talk, with_person=True)
    return Place(locked, talk, await play_of(tx, locked, ctx), await knowledge_of(tx, locked, now, ctx))
