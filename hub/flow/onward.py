"""Onward: one step of a case on the street, saved with its line of the timeline and its effects, in one transaction."""

from __future__ import annotations

from dataclasses import replace

import structlog

from hub.domain.case import Case
from hub.domain.effects import Note
from hub.domain.ids import Moment
from hub.domain.passages import Passage, PersonWanted
from hub.domain.street import step_on, words
from hub.flow.carry import carry_out
from hub.flow.context import Context
from hub.ports import Tx

log = structlog.get_logger(__name__)


async def onward(tx: Tx, case: Case, event: Passage, now: Moment, ctx: Context) -> Case:
    """The case after `event`; the same case when the event changes nothing in its state (see `OFF_STREET`)."""
    move = step_on(case, event, now, ctx.policy)
    if move is None:
        return case
    after = move.case
    if after != case:
        after = replace(after, version=case.version + 1)
        await tx.cases.save(after)
    kind = "case." + words(type(event)).replace(" ", "_")
    data = {"from": str(case.state), "to": str(after.state)}
    if isinstance(event, PersonWanted) and event.who:
        data["customer"] = event.who
    await tx.facts.add(Note(case.id, case.device, kind, move.because, data), now)
    log.info(kind, case=case.id, state=str(after.state), because=str(move.because))
    await carry_out(tx, move.effects, now, ctx)
    return after
