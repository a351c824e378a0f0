"""Steps of the street: pure `(case, passage, now, policy) -> Move`. Which one follows when is the table in `street.py`.

Rules of this file. 1. A step answers the case as it is afterwards, what is to be done, and why. 2. Whoever acknowledges
cancels what is pending in the same move. 3. A ladder only ever grows: a step's index names its message for good, so a
case that is reopened or gets worse appends the steps that follow and repeats none.
"""

from __future__ import annotations

from dataclasses import replace

from device_rules.fault import Severity
from hub.domain import passages as p
from hub.domain.because import Because
from hub.domain.case import Case, CaseState
from hub.domain.contact import MessageClass
from hub.domain.effects import CancelPending, ForgetWakes, TakeStep, WakeAt
from hub.domain.ids import Moment
from hub.domain.move import (
    AGENT_WAKES,
    ASKING,
    LADDER_WAKES,
    Move,
    acknowledged_case,
    begun_again,
    confirm_wake,
    endangered,
    ended,
    ending,
    hold_wake,
    reached,
    settle_wake,
    silence,
    to_agent,
    unattended,
    urgent,
)
from hub.domain.policy import Policy


def begin(case: Case, event: p.FaultOpened, now: Moment, policy: Policy) -> Move:
    """Wait for the hold-down; a safety fault goes to the on-call agent at once."""
    urgent = case.severity is Severity.SAFETY and policy.safety_agent
    needs = Because.SAFETY_AT_ONCE if urgent else None
    hold = hold_wake(case, case.severity, now, policy)
    expire = WakeAt(case.id, "expire", Moment(now + policy.expiry))
    ladder = policy.ladders[case.severity] if event.ladder is None else event.ladder
    opened = replace(case, ladder=ladder, needs_agent=needs)
    alone = unattended(case, now, policy) if urgent else ()
    return Move(opened, (*hold, expire, *alone), needs or Because.HOLD_DOWN)


def reach_out(case: Case, event: p.HoldOver, now: Moment, policy: Policy) -> Move:
    """The hold-down is over: take the first step, unless this severity only is listed."""
    if not case.ladder:
        return Move(case, (), Because.ONLY_LISTED)
    return Move(replace(case, state=CaseState.CONTACTING), (TakeStep(case.id, case.step),), Because.HOLD_OVER)


def next_step(case: Case, event: p.StepDue, now: Moment, policy: Policy) -> Move:
    """Take the next step of the ladder."""
    return Move(case, (TakeStep(case.id, case.step),), Because.LADDER_STEP)


def contacted(case: Case, event: p.Contacted, now: Moment, policy: Policy) -> Move:
    """Wait for an answer; the next step is due when the wait is over."""
    wait = case.ladder[event.step].wait
    due = WakeAt(case.id, "step", Moment(now + wait), token=str(event.step + 1))
    after = replace(reached(case), step=event.step + 1, contacted=case.contacted or now)
    return Move(after, (ForgetWakes(case.id, LADDER_WAKES), due), Because.LADDER_STEP)


def give_up(case: Case, event: p.LadderEnded, now: Moment, policy: Policy) -> Move:
    """No fault dies silently: an agent goes on."""
    quiet = silence(case, event.because)
    return Move(to_agent(case, event.because), (*quiet, *unattended(case, now, policy)), event.because)


def informed(case: Case, event: p.Informed, now: Moment, policy: Policy) -> Move:
    """A minor fault was told: we keep watching, and an agent looks when the case outlives its life."""
    watched = replace(case, state=CaseState.HELD)
    return Move(watched, (ForgetWakes(case.id, LADDER_WAKES),), Because.INFORMED)


def call_agent(case: Case, event: p.AgentNeeded, now: Moment, policy: Policy) -> Move:
    """A person looks, the hub goes on."""
    called = replace(case, needs_agent=case.needs_agent or event.because)
    return Move(called, () if case.needs_agent else unattended(case, now, policy), event.because)


def hand_over(case: Case, event: p.PersonWanted, now: Moment, policy: Policy) -> Move:
    """A person goes on: nothing that asks is sent any more."""
    acknowledged = case.acknowledged or now
    by = case.acknowledged_by or str(event.because)
    taken = replace(to_agent(case, event.because), acknowledged=acknowledged, acknowledged_by=by)
    return Move(taken, (*silence(case, event.because), *unattended(case, now, policy)), event.because)


def ask_again_for_agent(case: Case, event: p.PersonWanted, now: Moment, policy: Policy) -> Move:
    """It is with the agents already: the newest reason counts while nobody has taken it."""
    needs = case.needs_agent if case.agent or endangered(case) else event.because
    return Move(replace(case, needs_agent=needs), (), event.because)


def talk(case: Case, event: p.Answered, now: Moment, policy: Policy) -> Move:
    """The customer answered: acknowledged once, what is pending is cancelled, and silence is watched from here."""
    heard = acknowledged_case(replace(reached(case), state=CaseState.TALKING), now, event.how)
    return Move(
        heard,
        (*silence(case, Because.CUSTOMER_ANSWERED), settle_wake(case, now, policy)),
        Because.CUSTOMER_ANSWERED,
    )


def go_on_talking(case: Case, event: p.Answered, now: Moment, policy: Policy) -> Move:
    """Another turn."""
    return Move(case, (settle_wake(case, now, policy),), Because.CUSTOMER_ANSWERED)


def pass_on(case: Case, event: p.Answered, now: Moment, policy: Policy) -> Move:
    """The customer wrote while the agents have it: they see it."""
    heard = acknowledged_case(case, now, event.how)
    return Move(
        heard, (CancelPending(case.id, Because.CUSTOMER_ANSWERED, ASKING),), Because.CUSTOMER_ANSWERED
    )


def watch(case: Case, event: p.FixTried, now: Moment, policy: Policy) -> Move:
    """Telemetry will tell."""
    return Move(
        replace(case, state=CaseState.RECOVERING), (settle_wake(case, now, policy),), Because.FIX_TRIED
    )


def back_to_talk(case: Case, event: p.FixFailed, now: Moment, policy: Policy) -> Move:
    """It did not help: the conversation goes on."""
    return Move(
        replace(case, state=CaseState.TALKING), (settle_wake(case, now, policy),), Because.NOT_RECOVERED
    )


def lost_touch(case: Case, event: p.TalkStalled, now: Moment, policy: Policy) -> Move:
    """Nobody asks a third time by machine."""
    because = Because.CUSTOMER_SILENT
    return Move(to_agent(case, because), silence(case, because), because)


def recover(case: Case, event: p.Recovered, now: Moment, policy: Policy) -> Move:
    """Fixed, because the device says so. Who never heard of it hears nothing now. A danger is over when a person says so."""
    if endangered(case):
        return Move(case, (), Because.DANGER_TOLD)
    alone = case.contacted is None and not case.asked_by_customer and case.acknowledged is None
    because = Because.HEALED_ALONE if alone else Because.DEVICE_RECOVERED
    over = ended(case, CaseState.RESOLVED, now)
    by = case.acknowledged_by or "recovery"
    over = replace(over, proved=True, acknowledged=case.acknowledged or now, acknowledged_by=by)
    return Move(over, ending(case, because, told=not alone), because)


def prove(case: Case, event: p.Recovered, now: Moment, policy: Policy) -> Move:
    """It was closed before; now telemetry agrees."""
    return Move(replace(case, proved=True), (), Because.DEVICE_RECOVERED)


def close(case: Case, event: p.AgentClosed, now: Moment, policy: Policy) -> Move:
    """A person closed it; whether it is proved is for telemetry to say."""
    over = acknowledged_case(ended(case, CaseState.RESOLVED, now), now, "agent")
    closed = replace(over, closing=str(event.closing), proved=event.proved, agent=event.user)
    return Move(closed, ending(case, Because.AGENT_RESOLVED, told=True), Because.AGENT_RESOLVED)


def reopen(case: Case, event: p.Reopened, now: Moment, policy: Policy) -> Move:
    """Back at the start with the same thread: hold-down first, then the ladder goes on with new steps."""
    again = replace(
        begun_again(case, now, CaseState.HELD),
        severity=event.severity,
        ladder=(
            *case.ladder[: case.step],
            *(policy.ladders[event.severity] if event.ladder is None else event.ladder),
        ),
    )
    hold = hold_wake(case, event.severity, now, policy)
    expire = WakeAt(case.id, "expire", Moment(now + policy.expiry))
    return Move(urgent(again, policy), (*hold, expire), Because.SAME_RULE_AGAIN)


def welcome_back(case: Case, event: p.CustomerReturned, now: Moment, policy: Policy) -> Move:
    """The customer says that it is not over."""
    again = acknowledged_case(begun_again(case, now, CaseState.TALKING), now, event.how)
    expire = WakeAt(case.id, "expire", Moment(now + policy.expiry))
    return Move(again, (expire, settle_wake(case, now, policy)), Because.CUSTOMER_RETURNED)


def return_to_agent(case: Case, event: p.PersonWanted, now: Moment, policy: Policy) -> Move:
    """The customer asks for a person after the end."""
    again = acknowledged_case(begun_again(case, now, CaseState.WITH_AGENT), now, str(event.because))
    return Move(replace(again, needs_agent=event.because), (), event.because)


def take(case: Case, event: p.AgentTook, now: Moment, policy: Policy) -> Move:
    """An agent has it: acknowledged, and the robot is quiet."""
    taken = acknowledged_case(replace(case, state=CaseState.WITH_AGENT, agent=event.user), now, "agent")
    quiet = (*silence(case, Because.AGENT_TOOK), ForgetWakes(case.id, AGENT_WAKES))
    return Move(taken, (*quiet, *confirm_wake(case, now, policy)), Because.AGENT_TOOK)


def lapse(case: Case, event: p.AgentLapsed, now: Moment, policy: Policy) -> Move:
    """Nobody at the desk confirms it, or whoever had it has left: another agent is needed, and a supervisor hears of it when none comes. The robot stays
    quiet: nobody knows who has been rung."""
    because = event.because
    if case.agent is None:
        return Move(case, (), because)
    back = replace(case, agent=None, needs_agent=case.needs_agent if endangered(case) else because)
    return Move(back, unattended(back, now, policy, Severity.MAJOR), because)


def hand_back(case: Case, event: p.AgentReleased, now: Moment, policy: Policy) -> Move:
    """The hub goes on where it was: with the conversation, or with the ladder if the customer never answered."""
    because = Because.AGENT_HANDED_BACK
    back = replace(case, agent=None, needs_agent=None)
    rest = ForgetWakes(case.id, AGENT_WAKES)
    if case.acknowledged_by in ("agent", "") and case.step < len(case.ladder):
        asks = replace(back, state=CaseState.CONTACTING, acknowledged=None, acknowledged_by="")
        return Move(asks, (rest, TakeStep(case.id, case.step)), because)
    talking = replace(back, state=CaseState.TALKING)
    return Move(talking, (rest, settle_wake(case, now, policy)), because)


def back_to_steps(case: Case, event: p.StepsWanted, now: Moment, policy: Policy) -> Move:
    """The customer goes on with the guided fix; whoever had it at the desk reads so, and can take it again."""
    because = Because.STEPS_WANTED
    talking = replace(case, state=CaseState.TALKING, agent=None, needs_agent=None)
    return Move(talking, (ForgetWakes(case.id, AGENT_WAKES), settle_wake(case, now, policy)), because)


def list_only(case: Case, event: p.WentLive, now: Moment, policy: Policy) -> Move:
    """Known at go-live: it stays on the list until the device recovers or a person takes it."""
    because = Because.KNOWN_AT_GO_LIVE
    cancel = CancelPending(case.id, because, tuple(MessageClass))
    listed = replace(case, state=CaseState.HELD if case.state is CaseState.CONTACTING else case.state)
    return Move(listed, (ForgetWakes(case.id, LADDER_WAKES), cancel), because)


def expire(case: Case, event: p.Expired, now: Moment, policy: Policy) -> Move:
    """Out of date; but a fault that is still there goes to an agent instead of dying."""
    because = Because.CASE_EXPIRED
    if event.fault_open and case.severity is not Severity.INFO:
        return Move(to_agent(case, because), silence(case, because), because)
    return Move(ended(case, CaseState.EXPIRED, now), ending(case, because, told=False), because)
