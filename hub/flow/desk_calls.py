"""Calls to our own people: a supervisor is told once of an urgent case that nobody has taken. Reaches no customer."""

from __future__ import annotations

import structlog

from hub.domain.because import Because
from hub.domain.case import Case
from hub.domain.effects import Note
from hub.domain.ids import Moment
from hub.ports import Tx

log = structlog.get_logger(__name__)

ALERT = "supervisor.alerted"


async def alert_supervisor(tx: Tx, case: Case, now: Moment) -> bool:
    """Tell a supervisor, once per opening of the case; False when they know already. While nobody
    takes it, operators hear the alarm `urgent_untaken`."""
    known = await tx.facts.of_case(case.id)
    if any(each.kind == ALERT and each.at >= case.opened for each in known):
        return False
    data = {"severity": str(case.severity), "needs": str(case.needs_agent or "")}
    await tx.facts.add(Note(case.id, case.device, ALERT, Because.SUPERVISOR_ALERTED, data), now)
    log.error("supervisor_alerted", case=case.id, because=str(Because.SUPERVISOR_ALERTED))
    return True
