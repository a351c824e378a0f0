"""What a step of the street answers, and the small pieces that steps are made of. Decides nothing by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from device_rules.fault import Severity
from hub.domain.because import Because
from hub.domain.case import Case, CaseState
from hub.domain.contact import MessageClass
from hub.domain.effects import CancelCommands, CancelPending, Effect, ForgetWakes, HandOn, WakeAt
from hub.domain.events import CaseEnded
from hub.domain.ids import Moment
from hub.domain.policy import Policy

ASKING = (MessageClass.FIRST, MessageClass.REMINDER, MessageClass.SAFETY)
LADDER_WAKES = ("hold", "step", "release", "bundle")
AGENT_WAKES = ("confirm", "lapse", "unattended")
HELD_BACK = (Because.QUIET_HOURS, Because.CAP_FLEET, Because.OPEN_QUESTION, Because.KILL_SWITCH)


@dataclass(frozen=True, slots=True)
class Move:
    """What a step answers."""

    case: Case
    effects: tuple[Effect, ...]
    because: Because


StreetStep = Callable[[Case, Any, Moment, Policy], Move]


def urgent(case: Case, policy: Policy) -> Case:
    """A safety fault needs an agent, unless one has it already."""
    if case.severity is not Severity.SAFETY or not policy.safety_agent or case.agent is not None:
        return case
    return replace(case, needs_agent=Because.SAFETY_AT_ONCE)


def endangered(case: Case) -> bool:
    """Whether a customer told of danger: no telemetry and no word of theirs ends or softens that, only a person does."""
    return case.needs_agent is Because.DANGER_TOLD


def reached(case: Case) -> Case:
    """An agent who was called because the customer could not be asked yet is not needed for that any more."""
    return replace(case, needs_agent=None) if case.needs_agent in HELD_BACK else case


def to_agent(case: Case, because: Because) -> Case:
    """The agents have it, and know why."""
    return replace(case, state=CaseState.WITH_AGENT, needs_agent=because)


def acknowledged_case(case: Case, now: Moment, by: str) -> Case:
    """Acknowledged at most once: the first one counts."""
    if case.acknowledged is not None:
        return case
    return replace(case, acknowledged=now, acknowledged_by=by)


def silence(case: Case, because: Because) -> tuple[Effect, ...]:
    """Nothing that asks is due or pending any more."""
    return (ForgetWakes(case.id, (*LADDER_WAKES, "settle")), CancelPending(case.id, because, ASKING))


def hold_wake(case: Case, severity: Severity, now: Moment, policy: Policy) -> tuple[Effect, ...]:
    """The end of the hold-down; none when there is no hold-down, for then the first step is taken at once."""
    wait = policy.hold_downs[severity]
    return (WakeAt(case.id, "hold", Moment(now + wait)),) if wait > 0 else ()


def unattended(
    case: Case, now: Moment, policy: Policy, least: Severity = Severity.CRITICAL
) -> tuple[Effect, ...]:
    """What is urgent (`least` or worse) and is taken by nobody for so long is shown to a supervisor."""
    if case.severity.rank < least.rank or case.agent is not None or policy.supervisor_after <= 0:
        return ()
    return (WakeAt(case.id, "unattended", Moment(now + policy.supervisor_after)),)


def confirm_wake(case: Case, now: Moment, policy: Policy) -> tuple[Effect, ...]:
    """An agent's taking is asked about after a while: it does not hold for ever."""
    if policy.agent_confirm <= 0:
        return ()
    return (WakeAt(case.id, "confirm", Moment(now + policy.agent_confirm)),)


def settle_wake(case: Case, now: Moment, policy: Policy) -> WakeAt:
    """Look again when the customer has been silent for too long."""
    return WakeAt(case.id, "settle", Moment(now + policy.patience))


def ended(case: Case, state: CaseState, now: Moment) -> Case:
    """Over, in `state`, since `now`."""
    return replace(case, state=state, closed=now, needs_agent=None)


def ending(case: Case, because: Because, *, told: bool) -> tuple[Effect, ...]:
    """Nothing pending survives the end; whoever was contacted is told by `resolve`."""
    kinds = (*ASKING, MessageClass.TURN, MessageClass.AGENT)
    quiet = (
        ForgetWakes(case.id),
        CancelPending(case.id, because, kinds),
        CancelCommands(case.id, Because.NOT_WANTED),
    )
    return (*quiet, HandOn(case.id, CaseEnded(case.id, str(because)))) if told else quiet


def begun_again(case: Case, now: Moment, state: CaseState) -> Case:
    """The same case, open again: nobody has answered, nobody has it."""
    return replace(
        case,
        state=state,
        opened=now,
        acknowledged=None,
        acknowledged_by="",
        needs_agent=None,
        agent=None,
        closed=None,
        closing="",
        proved=False,
    )
