"""The gate, stage by stage and class by class (contact.md, section 5)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_rules.reading import HOUR, MINUTE
from hub.domain.because import Because
from hub.domain.case import CaseState
from hub.domain.contact import MessageClass as C
from hub.domain.customer import BasisKind, Channel, Customer, Health, Purpose
from hub.domain.gate import Asked, History, Mode, Switches, Verdict, decide, route
from hub.domain.ids import CaseId, Moment
from hub.domain.stages import STAGES
from tests.domain.asking import ADA, EVENING, NIGHT, asked, basis, case, message

A, H, D = Verdict.ALLOW, Verdict.HOLD, Verdict.DENY


def verdict(question: Asked, now: Moment = EVENING) -> tuple[Verdict, Because]:
    decision = decide(question, now)
    return decision.verdict, decision.because


@pytest.mark.parametrize("kind", list(C))
def test_a_message_that_nothing_speaks_against_is_allowed(kind: C) -> None:
    assert verdict(asked(kind)) == (A, Because.ALLOWED)


def test_every_class_has_stages_and_every_stage_is_named_once() -> None:
    assert set(STAGES) == set(C)
    for kind, stages in STAGES.items():
        assert len({stage.__name__ for stage in stages}) == len(stages), kind


@pytest.mark.parametrize(
    ("kind", "expected"),
    [*((k, H) for k in C if k not in (C.COMPLIANCE, C.AGENT)), (C.AGENT, D), (C.COMPLIANCE, A)],
)
def test_the_kill_switch_stops_everything_but_compliance(kind: C, expected: Verdict) -> None:
    question = asked(kind, switches=Switches(paused=True))
    assert decide(question, EVENING).verdict is expected


@pytest.mark.parametrize("kind", list(C))
def test_after_stop_only_the_confirmation_leaves(kind: C) -> None:
    expected = (A, Because.ALLOWED) if kind is C.COMPLIANCE else (D, Because.SUPPRESSED)
    assert verdict(asked(kind, suppressed=True)) == expected


@pytest.mark.parametrize("kind", list(C))
def test_without_a_recorded_basis_only_compliance_leaves(kind: C) -> None:
    expected = (A, Because.ALLOWED) if kind is C.COMPLIANCE else (D, Because.NO_BASIS)
    assert verdict(asked(kind, bases=())) == expected


def test_a_withdrawn_basis_is_none_and_a_newer_consent_is_one_again() -> None:
    given_, gone = basis(), basis(kind=BasisKind.WITHDRAWN, at=Moment(5))
    assert verdict(asked(bases=(given_, gone))) == (D, Because.NO_BASIS)
    again = basis(kind=BasisKind.CONSENT, at=Moment(9))
    assert verdict(asked(bases=(again, gone, given_)))[0] is A


def test_a_basis_for_another_channel_purpose_or_from_the_future_does_not_count() -> None:
    for other in (
        basis(channel=Channel.EMAIL),
        basis(purpose=Purpose.CARE),
        basis(at=Moment(EVENING + 1)),
    ):
        assert verdict(asked(bases=(other,))) == (D, Because.NO_BASIS)


def test_paper_needs_the_basis_of_the_channel_it_stands_for() -> None:
    on_paper = message(channel=Channel.PAPER)
    assert verdict(asked(message=on_paper))[0] is A
    assert verdict(asked(message=on_paper, bases=(basis(channel=Channel.PAPER),))) == (D, Because.NO_BASIS)


def test_a_withdrawn_safety_basis_is_not_replaced_by_the_contract() -> None:
    gone = basis(purpose=Purpose.SAFETY, kind=BasisKind.WITHDRAWN)
    assert verdict(asked(C.SAFETY, bases=(basis(), gone))) == (D, Because.NO_BASIS)


@pytest.mark.parametrize("health", [Health.SUSPENDED, Health.DEAD])
def test_a_dead_or_suspended_number_is_not_written_to(health: Health) -> None:
    question = asked()
    assert question.address is not None
    question = replace(question, address=replace(question.address, health=health))
    assert verdict(question) == (D, Because.ADDRESS_UNHEALTHY)


def test_nobody_without_an_address_is_written_to() -> None:
    assert verdict(asked(address=None)) == (D, Because.NO_ADDRESS)


def test_a_closed_case_is_only_spoken_of_once_more_to_say_that_it_is_over() -> None:
    over = case(state=CaseState.RESOLVED)
    silent = {kind for kind in C if verdict(asked(kind, case=over))[0] is D}
    assert silent == {C.FIRST, C.REMINDER, C.TURN, C.AGENT, C.SAFETY}


def test_nobody_is_asked_again_after_somebody_has_answered() -> None:
    answered = case(acknowledged=EVENING)
    silent = {kind for kind in C if verdict(asked(kind, case=answered))[0] is D}
    assert silent == {C.FIRST, C.REMINDER}


def test_at_night_each_class_waits_as_the_design_says() -> None:
    held = {kind for kind in C if verdict(asked(kind), NIGHT) == (H, Because.QUIET_HOURS)}
    assert held == set(C)
    wrote = History(heard=Moment(NIGHT - 10 * MINUTE))
    held = {kind for kind in C if verdict(asked(kind, history=wrote), NIGHT)[0] is H}
    assert held == {C.FIRST, C.REMINDER, C.RECOVERY, C.SAFETY}
    earlier = History(heard=Moment(NIGHT - 50 * MINUTE))
    allowed = {kind for kind in C if verdict(asked(kind, history=earlier), NIGHT)[0] is A}
    assert allowed == {C.AGENT}


def test_only_who_agreed_to_be_woken_is_woken_for_safety() -> None:
    awake = asked(C.SAFETY, customer=Customer(ADA, wake_me=True))
    assert verdict(awake, NIGHT)[0] is A
    assert verdict(asked(customer=Customer(ADA, wake_me=True)), NIGHT)[0] is H


def test_caps_end_a_ladder_with_a_reason() -> None:
    assert verdict(asked(history=History(case_firsts=1))) == (D, Because.CAP_CASE)
    assert verdict(asked(C.REMINDER, history=History(case_reminders=2))) == (D, Because.CAP_CASE)
    for full in (History(customer_day=2), History(customer_week=4)):
        assert verdict(asked(history=full)) == (D, Because.CAP_CUSTOMER)
        assert verdict(asked(C.REMINDER, history=full)) == (D, Because.CAP_CUSTOMER)
        for kind in (C.TURN, C.AGENT, C.RECOVERY, C.SAFETY):
            assert verdict(asked(kind, history=full))[0] is A


def test_the_fleet_cap_pauses_first_contacts_for_an_hour() -> None:
    decision = decide(asked(history=History(fleet_hour=50)), EVENING)
    assert (decision.verdict, decision.because) == (H, Because.CAP_FLEET)
    assert decision.until == EVENING + HOUR
    assert verdict(asked(C.REMINDER, history=History(fleet_hour=50)))[0] is A


def test_another_cases_question_waits_for_its_turn() -> None:
    busy = History(question_of=CaseId("case_2"))
    assert verdict(asked(history=busy)) == (H, Because.OPEN_QUESTION)
    assert verdict(asked(history=History(question_of=CaseId("case_1"))))[0] is A
    assert verdict(asked(message=message(question=False), history=busy))[0] is A


@pytest.mark.parametrize("text", ["", "Dear {name}", "x" * 1601, "Buy our new pump. Reply STOP to end."])
def test_a_text_that_is_not_fit_to_leave_does_not_leave(text: str) -> None:
    assert verdict(asked(text=text)) == (D, Because.TEXT_REFUSED)


def test_what_was_wrong_before_going_live_is_listed_and_not_contacted() -> None:
    live = Switches(mode=Mode.LIVE, live_since=EVENING)
    silent = {kind for kind in C if verdict(asked(kind, switches=live))[1] is Because.KNOWN_AT_GO_LIVE}
    assert silent == {C.FIRST, C.REMINDER, C.RECOVERY, C.SAFETY}
    new = case(opened=EVENING)
    assert verdict(asked(switches=live, case=new))[0] is A


def test_the_mode_decides_where_an_allowed_message_goes() -> None:
    ways = [(mode, test) for mode in Mode for test in (False, True)]
    real = {(mode, test) for mode, test in ways if route(Switches(mode=mode), test) == "real"}
    assert real == {(Mode.TEST_NUMBERS, True), (Mode.LIVE, False), (Mode.LIVE, True)}


def test_a_decision_names_its_stages_and_hashes_its_inputs_without_names_or_numbers() -> None:
    one, same = decide(asked(), EVENING), decide(asked(), EVENING)
    assert one == same
    assert one.stages[-1] == "text_lint"
    assert decide(asked(suppressed=True), EVENING).stages[-1] == "suppression"
    assert decide(asked(text="Something else. Reply STOP to end."), EVENING).inputs != one.inputs
    moved = asked()
    assert moved.address is not None
    moved = replace(moved, address=replace(moved.address, value="+4915550100009"))
    assert decide(moved, EVENING).inputs == one.inputs


histories = st.builds(
    History,
    case_firsts=st.integers(0, 2),
    case_reminders=st.integers(0, 3),
    customer_day=st.integers(0, 3),
    customer_week=st.integers(0, 5),
    fleet_hour=st.sampled_from([0, 49, 50, 51]),
    heard=st.none() | st.integers(-2 * HOUR, 0).map(lambda gap: Moment(EVENING + gap)),
)


@given(
    kind=st.sampled_from(C),
    history=histories,
    suppressed=st.booleans(),
    has_basis=st.booleans(),
    state=st.sampled_from(CaseState),
    acknowledged=st.booleans(),
)
def test_whatever_the_circumstances_no_promise_is_broken(  # noqa: PLR0917
    kind: C, history: History, suppressed: bool, has_basis: bool, state: CaseState, acknowledged: bool
) -> None:
    question = asked(
        kind,
        history=history,
        suppressed=suppressed,
        bases=(basis(),) if has_basis else (),
        case=case(state=state, acknowledged=EVENING if acknowledged else None),
    )
    if decide(question, EVENING).verdict is not A:
        return
    caps = question.caps
    assert kind is C.COMPLIANCE or (has_basis and not suppressed)
    if kind in (C.FIRST, C.REMINDER):
        assert state.open and not acknowledged
        assert history.customer_day < caps.customer_day and history.customer_week < caps.customer_week
    if kind is C.FIRST:
        assert history.case_firsts < caps.case_firsts and history.fleet_hour < caps.fleet_hour
    if kind is C.REMINDER:
        assert history.case_reminders < caps.case_reminders
