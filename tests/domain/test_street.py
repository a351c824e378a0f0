"""The life of a case: the table is complete, leads home from everywhere, and the picture is drawn from it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from device_rules.fault import Severity
from device_rules.reading import DAY, HOUR, MINUTE
from hub.domain import passages as p
from hub.domain.agent import Closing
from hub.domain.because import Because
from hub.domain.case import Case, CaseState, TicketStatus, To
from hub.domain.contact import MessageClass
from hub.domain.customer import Channel
from hub.domain.effects import CancelPending, Effect, ForgetWakes, HandOn, TakeStep, WakeAt
from hub.domain.events import CaseEnded
from hub.domain.ids import Moment, UserId
from hub.domain.move import Move
from hub.domain.policy import Policy
from hub.domain.street import LEADS, OFF_STREET, STREET, picture, step_on
from tests.domain.asking import EVENING, case

POLICY = Policy()
DAG = UserId("dag")
EXAMPLES: dict[type[p.Passage], p.Passage] = {
    p.FaultJoined: p.FaultJoined(Severity.MAJOR),
    p.SeverityChanged: p.SeverityChanged(Severity.CRITICAL),
    p.Contacted: p.Contacted(0),
    p.LadderEnded: p.LadderEnded(Because.LADDER_ENDED),
    p.AgentNeeded: p.AgentNeeded(Because.IN_DOUBT),
    p.PersonWanted: p.PersonWanted(Because.CUSTOMER_WANTS_PERSON),
    p.Answered: p.Answered("sms"),
    p.DangerTold: p.DangerTold("sms"),
    p.Reopened: p.Reopened(Severity.MAJOR),
    p.CustomerReturned: p.CustomerReturned("sms"),
    p.AgentTook: p.AgentTook(DAG),
    p.AgentReleased: p.AgentReleased(DAG),
    p.AgentClosed: p.AgentClosed(DAG, Closing.FIXED),
    p.Expired: p.Expired(True),
}


def example(kind: type[Any]) -> p.Passage:
    return EXAMPLES.get(kind) or kind()


def standing(state: CaseState, **changes: Any) -> Case:
    ladder = POLICY.ladders[Severity.MAJOR]
    return case(state=state, **{"ladder": ladder, **changes})


def move(start: Case, *events: p.Passage, now: Moment = EVENING) -> Move:
    done = None
    for event in events:
        done = step_on(start, event, now, POLICY)
        assert done is not None, f"{event} does nothing when {start.state}"
        start = done.case
    assert done is not None
    return done


def of(kind: type[Effect], done: Move) -> list[Any]:
    return [effect for effect in done.effects if isinstance(effect, kind)]


def test_every_state_and_event_is_on_the_street_or_off_it_with_a_reason() -> None:
    for state in CaseState:
        for event in p.PASSAGES:
            on, off = (state, event) in STREET, (state, event) in OFF_STREET
            assert on != off, f"{event.__name__} when {state}: on {on}, off {off}"
    assert all(OFF_STREET.values())


@pytest.mark.parametrize(
    ("state", "event"), list(STREET), ids=lambda each: getattr(each, "__name__", str(each))
)
def test_a_step_leads_where_the_picture_says(state: CaseState, event: type[p.Passage]) -> None:
    step = STREET[state, event]
    goals = LEADS.get(step, (state,))
    for changes in (
        {},
        {"severity": Severity.INFO},
        {"acknowledged_by": "sms", "acknowledged": EVENING},
    ):
        done = step_on(standing(state, **changes), example(event), EVENING, POLICY)
        assert done is not None
        assert done.case.state in (*goals, state), f"{event.__name__} when {state}"


def test_every_open_state_can_reach_resolved() -> None:
    roads = {(state, goal) for (state, _), step in STREET.items() for goal in LEADS.get(step, ())}
    for state in (each for each in CaseState if each.open):
        seen, todo = set(), [state]
        while todo:
            here = todo.pop()
            seen.add(here)
            todo += [goal for start, goal in roads if start is here and goal not in seen]
        assert CaseState.RESOLVED in seen, state


def test_the_picture_in_the_docs_is_the_table() -> None:
    drawn = Path(__file__).parents[2] / "docs" / "street.md"
    assert drawn.read_text(encoding="utf-8") == picture()


def test_a_new_case_waits_for_its_hold_down_and_freezes_its_ladder() -> None:
    done = move(case(state=CaseState.HELD), p.FaultOpened())
    assert done.case.ladder == POLICY.ladders[Severity.MAJOR]
    assert WakeAt(done.case.id, "hold", Moment(EVENING + MINUTE)) in done.effects
    assert done.because is Because.HOLD_DOWN


def test_a_safety_fault_needs_an_agent_from_its_first_moment() -> None:
    done = move(case(state=CaseState.HELD, severity=Severity.SAFETY), p.FaultOpened())
    assert done.case.status is TicketStatus.NEEDS_AGENT
    assert done.because is Because.SAFETY_AT_ONCE


def test_a_fault_that_only_informs_contacts_nobody() -> None:
    done = move(standing(CaseState.HELD, severity=Severity.INFO, ladder=()), p.HoldOver())
    assert done.case.state is CaseState.HELD
    assert done.because is Because.ONLY_LISTED


def test_an_answer_acknowledges_once_and_cancels_what_is_pending_in_the_same_move() -> None:
    first = move(standing(CaseState.CONTACTING, contacted=EVENING), p.Answered("sms"))
    assert first.case.acknowledged == EVENING and first.case.acknowledged_by == "sms"
    assert MessageClass.REMINDER in of(CancelPending, first)[0].kinds
    assert "step" in of(ForgetWakes, first)[0].names
    later = step_on(first.case, p.Answered("voice"), Moment(EVENING + HOUR), POLICY)
    assert later is not None and later.case.acknowledged == EVENING


def test_a_customer_who_falls_silent_after_answering_is_looked_after_by_an_agent() -> None:
    talking = move(standing(CaseState.CONTACTING), p.Answered("sms"))
    assert [wake.name for wake in of(WakeAt, talking)] == ["settle"]
    done = move(talking.case, p.TalkStalled())
    assert done.case.state is CaseState.WITH_AGENT
    assert done.case.needs_agent is Because.CUSTOMER_SILENT


def test_a_worse_fault_starts_its_own_ladder_behind_the_steps_already_taken() -> None:
    done = move(standing(CaseState.CONTACTING, step=2), p.SeverityChanged(Severity.CRITICAL))
    assert done.case.ladder[2:] == POLICY.ladders[Severity.CRITICAL]
    assert done.case.ladder[:2] == POLICY.ladders[Severity.MAJOR][:2]
    assert of(TakeStep, done)
    milder = move(done.case, p.SeverityChanged(Severity.MINOR))
    assert milder.case.severity is Severity.MINOR and milder.case.ladder == done.case.ladder


def test_a_milder_fault_that_joins_does_not_make_the_case_milder() -> None:
    done = move(standing(CaseState.CONTACTING), p.FaultJoined(Severity.INFO))
    assert done.case.severity is Severity.MAJOR and not done.effects


def test_what_heals_before_anybody_was_contacted_stays_silent() -> None:
    done = move(standing(CaseState.HELD), p.Recovered())
    assert done.because is Because.HEALED_ALONE and done.case.proved
    assert not of(HandOn, done)


def test_whoever_was_contacted_is_told_and_nothing_pending_survives() -> None:
    done = move(standing(CaseState.CONTACTING, contacted=EVENING), p.Recovered())
    assert done.case.state is CaseState.RESOLVED and done.case.proved
    assert [type(each.event) for each in of(HandOn, done)] == [CaseEnded]
    assert of(ForgetWakes, done)[0].names == ()
    assert {MessageClass.TURN, MessageClass.AGENT} < set(of(CancelPending, done)[0].kinds)


def test_what_an_agent_closes_is_not_proved_until_telemetry_agrees() -> None:
    done = move(standing(CaseState.WITH_AGENT, agent=DAG), p.AgentClosed(DAG, Closing.REPLACED))
    assert done.case.closing == "replaced" and not done.case.proved
    assert move(done.case, p.Recovered()).case.proved


def test_a_case_that_is_handed_back_goes_on_with_its_ladder_or_its_talk() -> None:
    silent = move(
        standing(CaseState.CONTACTING, contacted=EVENING, step=2), p.AgentTook(DAG), p.AgentReleased(DAG)
    )
    assert silent.case.state is CaseState.CONTACTING and silent.case.acknowledged is None
    spoken = move(standing(CaseState.CONTACTING), p.Answered("sms"), p.AgentTook(DAG), p.AgentReleased(DAG))
    assert spoken.case.state is CaseState.TALKING and spoken.case.agent is None


def test_a_case_that_comes_back_repeats_no_step_of_its_ladder() -> None:
    over = move(standing(CaseState.CONTACTING, step=2, contacted=EVENING), p.Recovered()).case
    again = move(over, p.Reopened(Severity.MAJOR), now=Moment(EVENING + HOUR)).case
    assert again.state is CaseState.HELD and again.closed is None and again.acknowledged is None
    assert again.ladder[again.step :] == POLICY.ladders[Severity.MAJOR]
    assert again.opened == EVENING + HOUR


def test_no_fault_dies_of_age() -> None:
    done = move(standing(CaseState.TALKING), p.Expired(fault_open=True), now=Moment(EVENING + 14 * DAY))
    assert done.case.state is CaseState.WITH_AGENT and done.case.needs_agent is Because.CASE_EXPIRED
    gone = move(standing(CaseState.TALKING), p.Expired(fault_open=False))
    assert gone.case.state is CaseState.EXPIRED


def test_every_ladder_of_a_fault_that_matters_ends_with_an_agent() -> None:
    for severity, ladder in POLICY.ladders.items():
        if severity.rank >= Severity.MAJOR.rank:
            assert ladder[-1].channel is Channel.AGENT, severity


def test_what_is_urgent_reaches_a_second_person_and_a_supervisor_before_its_ladder_ends() -> None:
    for severity in (Severity.CRITICAL, Severity.SAFETY):
        assert {To.SECOND, To.SUPERVISOR} <= {step.to for step in POLICY.ladders[severity]}


def test_an_agent_who_has_a_safety_case_is_not_asked_for_again() -> None:
    taken = standing(CaseState.WITH_AGENT, agent=DAG)
    done = move(taken, p.SeverityChanged(Severity.SAFETY))
    assert done.case.needs_agent is None and done.case.agent == DAG
    free = move(replace(taken, agent=None), p.SeverityChanged(Severity.SAFETY))
    assert free.case.needs_agent is Because.SAFETY_AT_ONCE
