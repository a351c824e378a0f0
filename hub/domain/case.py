"""Cases: the customer's problem as we handle it, from raised fault to resolution.

Rules of this file. 1. The life cycle is the table `STREET` (in `street.py`), not a forest of ifs. 2. A case is
acknowledged at most once; after that nothing is claimed for sending as `first` or `reminder`. 3. `ticket.id = case.id`
and the ticket's status is derived from the case, never stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from device_rules.fault import Severity
from hub.domain.because import Because
from hub.domain.customer import Channel
from hub.domain.ids import CaseId, DeviceId, Moment, SiteId, UserId


class CaseState(StrEnum):
    """Where a case is on the street."""

    HELD = "held"
    CONTACTING = "contacting"
    TALKING = "talking"
    WITH_AGENT = "with_agent"
    RECOVERING = "recovering"
    RESOLVED = "resolved"
    EXPIRED = "expired"
    MERGED = "merged"

    @property
    def open(self) -> bool:
        """Whether anything can still be owed to the customer."""
        return self not in (CaseState.RESOLVED, CaseState.EXPIRED, CaseState.MERGED)


class To(StrEnum):
    """Whom a step of a ladder turns to; `supervisor` goes with the channel `agent` only."""

    HOUSEHOLD = "household"
    SECOND = "second"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a ladder: reach out on `channel`, then wait `wait` µs for an acknowledgement before the next.

    `to` says to whom: the people at home, the second contact person, or (with the channel `agent`) a supervisor.
    """

    channel: Channel
    wait: int
    to: To = To.HOUSEHOLD


@dataclass(frozen=True, slots=True)
class Case:
    """One case. `ladder` was frozen when the case started; `step` is the index of the next step to take.

    `acknowledged` is the moment somebody answered (reply, page action, voice yes, agent, recovery) and `by` what it was.
    `needs_agent` is set while an agent is needed and says why; `closing` is the reason given when it was closed
    (fixed, false_alarm, replaced, moved, unreachable); `proved` whether telemetry showed the recovery.
    `version` counts changes (optimistic locking for people).
    """

    id: CaseId
    device: DeviceId
    site: SiteId | None
    family: str
    rule: str
    severity: Severity
    state: CaseState
    opened: Moment
    ladder: tuple[Step, ...] = ()
    step: int = 0
    acknowledged: Moment | None = None
    acknowledged_by: str = ""
    needs_agent: Because | None = None
    agent: UserId | None = None
    contacted: Moment | None = None
    closed: Moment | None = None
    closing: str = ""
    proved: bool = False
    asked_by_customer: bool = False
    version: int = 0

    @property
    def status(self) -> TicketStatus:
        """The ticket's status, as agents read it."""
        if not self.state.open:
            return TicketStatus.RESOLVED
        if self.agent is not None:
            return TicketStatus.WITH_AGENT
        if self.needs_agent is not None or self.state is CaseState.WITH_AGENT:
            return TicketStatus.NEEDS_AGENT
        if self.state in (CaseState.CONTACTING, CaseState.TALKING) and self.contacted is not None:
            return TicketStatus.WAITING
        return TicketStatus.HUB


class TicketStatus(StrEnum):
    """How a ticket stands in front of an agent; derived from the case."""

    HUB = "handled_by_hub"
    WAITING = "waiting_for_customer"
    NEEDS_AGENT = "needs_agent"
    WITH_AGENT = "with_agent"
    RESOLVED = "resolved"
