"""Snooze: a customer asked for peace until later, tomorrow, or until the device changes. Only a worse fault ends it early.

The end of its time is a wake of the conversation (`check`, token `later`): the fault is looked at before anybody is asked.
"""

from __future__ import annotations

from hub.domain.because import Because
from hub.domain.case import Case, CaseState
from hub.domain.effects import Note
from hub.domain.events import Woke
from hub.domain.ids import Moment
from hub.ports import Tx


async def disturbed(tx: Tx, before: Case, after: Case, now: Moment) -> None:
    """The case is `after`, and was `before`: one that got worse while it was snoozed is asked about again at once."""
    worse = after.severity.rank > before.severity.rank
    if not worse or after.state not in (CaseState.TALKING, CaseState.RECOVERING):
        return
    talk = await tx.talks.get(after.id)
    if talk is None or talk.paused_until is None or talk.paused_until <= now:
        return
    data = {"severity": str(after.severity)}
    await tx.facts.add(Note(after.id, after.device, "talk.disturbed", Because.GOT_WORSE, data), now)
    await tx.inbox.put(after.id, Woke(after.id, "check", "worse"), now)
