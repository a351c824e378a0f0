"""What happens to an incident: each function answers the incident as it is afterwards. Pure; values are in `incident.py`.

Raises Refused where what somebody wants does not fit.
"""

from __future__ import annotations

from dataclasses import replace

from device_rules.reading import HOUR, MINUTE
from hub.domain.because import Because
from hub.domain.ids import Moment
from hub.domain.incident import LIFE, Act, Incident, IncidentState, Limits, Member, MemberState
from hub.domain.plural import many

S = IncidentState


class Refused(Exception):
    """An act that does not fit: `str` says why, for the person who asked."""


def may(incident: Incident, act: Act) -> None:
    """Raises Refused when `act` is not possible in this state."""
    if incident.state not in LIFE[act]:
        raise Refused(f"This incident is {incident.state}: there is nothing to {act} any more.")


def agreed(incident: Incident, recipients: int, limits: Limits) -> bool:
    """Whether enough different people have said yes to reach so many."""
    return len(incident.approved_by) >= (2 if recipients > limits.two_people else 1)


def approve(incident: Incident, user: str, recipients: int, now: Moment, limits: Limits) -> Incident:
    """`user` says yes. With enough agreement the canary begins; else the incident waits for somebody else.

    Raises Refused when it cannot be approved, or when the same person says it twice.
    """
    may(incident, Act.APPROVE)
    fresh = incident.state in (S.HALTED, S.REJECTED)
    before = () if fresh else incident.approved_by
    if user in before and not agreed(incident, recipients, limits):
        raise Refused(
            f"More than {many(limits.two_people, 'household')}: somebody else has to approve it too."
        )
    asked = replace(incident, approved_by=tuple(dict.fromkeys((*before, user))))
    if not agreed(asked, recipients, limits):
        return replace(
            asked, state=S.CANDIDATE, hold_until=Moment(now + limits.hold), because=Because.INCIDENT_SECOND
        )
    return begun(asked, recipients, now, limits)


def begun(incident: Incident, recipients: int, now: Moment, limits: Limits) -> Incident:
    """Speaking begins, with a canary."""
    return replace(
        promising(incident, now, limits),
        state=S.CANARY,
        approved=incident.approved or now,
        canary=limits.canary(recipients),
        canary_until=Moment(now + limits.canary_time),
        paid=now,
        because=Because.INCIDENT_APPROVED,
    )


def promising(incident: Incident, now: Moment, limits: Limits) -> Incident:
    """With the next news that it promises when it begins to speak now."""
    if incident.state.sending:
        return incident
    return replace(incident, next_update=incident.next_update or Moment(now + limits.cadence))


def reworded(incident: Incident, recipients: int, now: Moment, limits: Limits) -> Incident:
    """Its words are other ones. Above the size for two people, whoever said yes said it to the words before: it takes both
    approvals again, and one that speaks says nothing until then."""
    if recipients <= limits.two_people:
        return incident
    unsaid = replace(incident, approved_by=())
    if not incident.state.sending:
        return unsaid
    until = Moment(now + limits.hold)
    return replace(unsaid, state=S.CANDIDATE, hold_until=until, because=Because.INCIDENT_REWORDED)


def reject(incident: Incident) -> Incident:
    """Not one matter after all: individual contacts go on at once."""
    may(incident, Act.REJECT)
    return replace(incident, state=S.REJECTED, approved_by=(), because=Because.INCIDENT_REJECTED)


def lapse(incident: Incident, now: Moment) -> Incident:
    """Nobody has decided in time: individual contacts go on."""
    waits = incident.state in (S.CANDIDATE, S.HALTED) and now >= incident.hold_until
    if not waits:
        return incident
    return replace(incident, state=S.LAPSED, because=Because.INCIDENT_LAPSED)


def halt(incident: Incident, because: Because, now: Moment, limits: Limits) -> Incident:
    """It stops by itself; a person has to look."""
    return replace(incident, state=S.HALTED, hold_until=Moment(now + limits.hold), because=because)


def asks_again(incident: Incident, now: Moment, limits: Limits) -> Incident:
    """It has grown beyond what one person may approve: it waits for a second."""
    return replace(
        incident, state=S.CANDIDATE, hold_until=Moment(now + limits.hold), because=Because.INCIDENT_SECOND
    )


def end(incident: Incident, closing: str, because: Because, now: Moment) -> Incident:
    """It is over: whoever was told is told that, and nothing is held any more."""
    may(incident, Act.CLOSE)
    return replace(incident, state=S.ENDING, closing=closing, because=because, closed=now)


def unhealthy(told: int, failed: int, stopped: int, limits: Limits) -> Because | None:
    """Why sending should stop by itself, if it should: too many failures, too many who say stop."""
    if told and failed / told > limits.failures:
        return Because.INCIDENT_FAILING
    if told and stopped / told > limits.opt_outs:
        return Because.INCIDENT_UNWELCOME
    return None


def tokens(incident: Incident, rate: int, now: Moment) -> tuple[int, Moment]:
    """How many messages the pace allows now at `rate` an hour, and the moment up to which that uses it up. What was not
    used within a minute, or one message's time, is gone: no burst follows a rest."""
    each = HOUR // max(1, rate)
    since = max(incident.paid or now, now - max(MINUTE, each + 1))
    count = (now - since) // max(1, each)
    return count, Moment(since + count * each)


def held_until(incident: Incident, member: Member, now: Moment, look: int) -> Moment | None:
    """Until when an individual contact about this member waits; None when it need not."""
    if member.state is MemberState.APART:
        return None
    if incident.state in (S.CANDIDATE, S.HALTED):
        return incident.hold_until if incident.hold_until > now else None
    return Moment(now + look) if incident.state.sending else None
