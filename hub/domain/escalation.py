"""Steps of the street for a fault that gets worse, milder, or joined by another. Pure; the table is in `street.py`."""

from __future__ import annotations

from dataclasses import replace

from device_rules.fault import Severity
from hub.domain import passages as p
from hub.domain.because import Because
from hub.domain.case import Case, CaseState
from hub.domain.effects import ForgetWakes, TakeStep, WakeAt
from hub.domain.ids import Moment
from hub.domain.move import LADDER_WAKES, Move, begun_again, endangered, hold_wake, unattended, urgent
from hub.domain.policy import Policy


def change_held(case: Case, event: p.SeverityChanged | p.FaultJoined, now: Moment, policy: Policy) -> Move:
    """Before anybody was contacted: the worse severity's ladder and hold-down count from here on."""
    if not _worse(case, event):
        return _milder(case, event)
    worse = _escalated(case, event.severity, policy)
    hold = WakeAt(case.id, "hold", Moment(now + policy.hold_downs[event.severity]))
    return Move(worse, (hold,), _why(event))


def change_contacting(
    case: Case, event: p.SeverityChanged | p.FaultJoined, now: Moment, policy: Policy
) -> Move:
    """While we wait for an answer: a worse severity's ladder begins at once."""
    if not _worse(case, event):
        return _milder(case, event)
    worse = _escalated(case, event.severity, policy)
    return Move(worse, (ForgetWakes(case.id, LADDER_WAKES), TakeStep(case.id, case.step)), _why(event))


def change_answered(
    case: Case, event: p.SeverityChanged | p.FaultJoined, now: Moment, policy: Policy
) -> Move:
    """Somebody is on it: only safety calls an agent besides."""
    if not _worse(case, event):
        return _milder(case, event)
    return Move(urgent(replace(case, severity=event.severity), policy), (), _why(event))


def join_at_desk(case: Case, event: p.FaultJoined, now: Moment, policy: Policy) -> Move:
    """A device that was well fails while its case lies at the desk and nobody has taken it: the customer is told as of any
    fault, and an agent stays needed."""
    if not event.anew or case.agent is not None or endangered(case):
        return change_answered(case, event, now, policy)
    begins = policy.ladders[event.severity] if event.ladder is None else event.ladder
    ladder = (*case.ladder[: case.step], *begins)
    needed = case.needs_agent
    again = replace(begun_again(case, now, CaseState.HELD), severity=event.severity, ladder=ladder)
    held = urgent(replace(again, needs_agent=needed), policy)
    effects = (*hold_wake(held, event.severity, now, policy), *unattended(held, now, policy))
    return Move(held, effects, _why(event))


def _worse(case: Case, event: p.SeverityChanged | p.FaultJoined) -> bool:
    return event.severity.rank > case.severity.rank


def _milder(case: Case, event: p.SeverityChanged | p.FaultJoined) -> Move:
    """A joined fault never makes a case milder; a change down does, and keeps the ladder that runs."""
    kept = isinstance(event, p.FaultJoined) or endangered(case)
    return Move(case if kept else replace(case, severity=event.severity), (), _why(event))


def _why(event: p.SeverityChanged | p.FaultJoined) -> Because:
    return Because.FAULT_JOINED if isinstance(event, p.FaultJoined) else Because.SEVERITY_CHANGED


def _escalated(case: Case, severity: Severity, policy: Policy) -> Case:
    ladder = (*case.ladder[: case.step], *policy.ladders[severity])
    return urgent(replace(case, severity=severity, ladder=ladder), policy)
