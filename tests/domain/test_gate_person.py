"""The gate's newer stages: what a person chose, the household, the same rule, calls, safety, incidents and pacing."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device_rules.fault import Severity
from device_rules.reading import DAY, HOUR, MINUTE
from hub.clock import micros
from hub.domain.asked import Asked, Caps, History, Mode, Switches, Verdict
from hub.domain.because import Because
from hub.domain.contact import MessageClass as C
from hub.domain.customer import BasisKind, Channel, Customer, Health, Purpose, QuietHours, RestDays
from hub.domain.gate import decide, fingerprint
from hub.domain.ids import CaseId, Moment
from hub.domain.preferences import Preference
from hub.domain.quiet import allowed_from, local
from hub.domain.stages import STAGES
from hub.domain.stages_told import TOLD
from tests.domain.asking import ADA, EVENING, NIGHT, asked, basis, case, message

A, H, D = Verdict.ALLOW, Verdict.HOLD, Verdict.DENY
SMS_OFF = Preference(channels_off=(Channel.SMS,))


def verdict(question: Asked, now: Moment = EVENING) -> tuple[Verdict, Because]:
    decision = decide(question, now)
    return decision.verdict, decision.because


def after(gap: int) -> Moment:
    return Moment(EVENING + gap)


def stopped_by(because: Because, **changes: Any) -> set[C]:
    return {kind for kind in C if verdict(asked(kind, **changes))[1] is because}


def test_a_channel_that_was_switched_off_carries_only_what_the_law_asks_for() -> None:
    assert stopped_by(Because.PREFERENCE_OFF, preference=SMS_OFF) == set(C) - {C.COMPLIANCE}
    elsewhere = Preference(channels_off=(Channel.EMAIL,))
    assert stopped_by(Because.PREFERENCE_OFF, preference=elsewhere) == set()


def test_somebody_who_has_just_written_is_answered_where_they_wrote() -> None:
    wrote = History(heard=after(-MINUTE))
    assert verdict(asked(C.TURN, preference=SMS_OFF, history=wrote))[0] is A
    assert verdict(asked(C.TURN, preference=SMS_OFF, history=History(heard=after(-HOUR))))[0] is D


def test_a_purpose_that_was_switched_off_ends_its_messages_and_no_others() -> None:
    care = Preference(purposes_off=(Purpose.CARE,))
    assert stopped_by(Because.PREFERENCE_OFF, preference=care) == {C.REMINDER, C.RECOVERY}
    service = Preference(purposes_off=(Purpose.SERVICE,))
    assert stopped_by(Because.PREFERENCE_OFF, preference=service) == set(C) - {C.COMPLIANCE, C.SAFETY}
    safety = Preference(purposes_off=(Purpose.SAFETY,))
    assert stopped_by(Because.PREFERENCE_OFF, preference=safety) == {C.SAFETY}


def test_who_asked_for_peace_gets_it_and_is_still_warned_and_answered() -> None:
    peace = Preference(snoozed_until=after(2 * HOUR))
    assert stopped_by(Because.WANTS_PEACE, preference=peace) == {C.FIRST, C.REMINDER, C.RECOVERY}
    decision = decide(asked(preference=peace), EVENING)
    assert (decision.verdict, decision.until) == (H, after(2 * HOUR))
    assert verdict(asked(preference=peace), after(2 * HOUR))[0] is A


def test_paper_stands_for_the_channel_that_was_switched_off() -> None:
    on_paper = message(channel=Channel.PAPER)
    assert verdict(asked(message=on_paper, preference=SMS_OFF)) == (D, Because.PREFERENCE_OFF)


def test_a_household_that_has_just_heard_from_us_waits_unless_it_is_urgent() -> None:
    told = History(household_firsts=1)
    decision = decide(asked(history=told), EVENING)
    assert (decision.verdict, decision.because) == (H, Because.CAP_HOUSEHOLD)
    assert decision.until == after(5 * MINUTE)
    assert verdict(asked(history=told, case=case(severity=Severity.CRITICAL)))[0] is A
    assert verdict(asked(C.REMINDER, history=told))[0] is A


def test_what_was_closed_yesterday_rests_for_a_day() -> None:
    closed = History(same_rule_closed=after(-3 * HOUR))
    decision = decide(asked(history=closed), EVENING)
    assert (decision.verdict, decision.because, decision.until) == (H, Because.CAP_RULE, after(21 * HOUR))
    assert verdict(asked(history=History(same_rule_closed=after(-DAY))))[0] is A


def test_reminders_on_one_channel_lie_four_hours_apart() -> None:
    early = History(last_reminder=after(-HOUR))
    decision = decide(asked(C.REMINDER, history=early), EVENING)
    # three hours later it is 21:00 where Ada lives
    assert (decision.verdict, decision.because, decision.until) == (H, Because.REMINDER_GAP, after(3 * HOUR))
    assert verdict(asked(C.REMINDER, history=History(last_reminder=after(-4 * HOUR))))[0] is A
    assert verdict(asked(C.FIRST, history=early))[0] is A


def called(kind: C = C.FIRST, **history: Any) -> Asked:
    line = asked().address
    assert line is not None
    return asked(
        kind,
        message=message(kind, channel=Channel.PHONE),
        address=replace(line, channel=Channel.PHONE),
        bases=(basis(channel=Channel.PHONE),),
        history=History(**history),
    )


def test_nobody_is_called_twice_in_half_an_hour_or_three_times_a_day() -> None:
    assert verdict(called(calls_today=1, last_call=after(-HOUR)))[0] is A
    soon = decide(called(calls_today=1, last_call=after(-10 * MINUTE)), EVENING)
    assert (soon.verdict, soon.because, soon.until) == (H, Because.CAP_CALLS, after(20 * MINUTE))
    assert verdict(called(C.REMINDER, calls_today=2, last_call=after(-HOUR))) == (D, Because.CAP_CALLS)
    assert verdict(asked(history=History(calls_today=9, last_call=EVENING)))[0] is A


def test_even_a_warning_comes_once_in_ten_minutes_on_a_channel() -> None:
    recent = History(safety_recent=after(-4 * MINUTE))
    decision = decide(asked(C.SAFETY, history=recent), EVENING)
    assert (decision.verdict, decision.because, decision.until) == (H, Because.CAP_SAFETY, after(6 * MINUTE))
    assert verdict(asked(C.SAFETY, history=History(safety_recent=after(-10 * MINUTE))))[0] is A


def test_an_incident_holds_what_asks_and_pacing_what_goes_to_many() -> None:
    assert stopped_by(Because.INCIDENT_HOLD, incident_hold=after(MINUTE)) == {C.FIRST, C.REMINDER}
    assert stopped_by(Because.PACING, pace=after(MINUTE)) == {C.FIRST, C.REMINDER, C.RECOVERY}
    assert stopped_by(Because.PACING, pace=EVENING) == set()


@pytest.mark.parametrize(
    ("at", "allowed"),
    [
        ("07:30", False),
        ("08:30", False),
        ("09:00", True),
        ("19:59", True),
        ("20:00", False),
        ("20:30", False),
    ],
)
def test_a_shared_speaker_speaks_up_in_the_daytime_only(at: str, allowed: bool) -> None:
    now = Moment(micros(f"2026-11-21T{at}:00+01:00"))
    line = asked().address
    assert line is not None
    spoken = asked(
        message=message(channel=Channel.VOICE),
        address=replace(line, channel=Channel.VOICE),
        bases=(basis(channel=Channel.VOICE),),
    )
    assert (decide(spoken, now).verdict is A) is allowed
    assert verdict(asked(), Moment(micros("2026-11-21T20:30:00+01:00")))[0] is A


CHANGED: dict[str, Any] = {
    "message": message(channel=Channel.EMAIL),
    "customer": Customer(ADA, quiet=QuietHours(20 * 60, 8 * 60)),
    "address": None,
    "case": case(severity=Severity.MINOR),
    "bases": (basis(), basis(kind=BasisKind.WITHDRAWN, at=Moment(2))),
    "suppressed": True,
    "zones": ("Europe/Berlin", "America/New_York"),
    "history": History(last_call=EVENING),
    "switches": Switches(mode=Mode.LIVE),
    "caps": Caps(safety_gap=1),
    "text": "Other words. Reply STOP to end.",
    "test_address": True,
    "preference": SMS_OFF,
    "incident_hold": EVENING,
    "hold_because": Because.INCIDENT_TURN,
    "pace": EVENING,
    "rest": RestDays(weekdays=(6,)),
    "provider": "twilio",
    "incident": "incident_1",
}


def test_every_input_of_a_decision_is_in_its_fingerprint() -> None:
    assert set(CHANGED) == {field.name for field in fields(Asked)}, "say here how the new input changes"
    plain = fingerprint(asked(), EVENING)
    for name, value in CHANGED.items():
        assert fingerprint(replace(asked(), **{name: value}), EVENING) != plain, name
    assert fingerprint(asked(), Moment(EVENING + 1)) != plain


@pytest.mark.parametrize("kind", [History, Caps, Switches, Preference])
def test_every_field_of_what_is_counted_and_switched_is_in_the_fingerprint(kind: type) -> None:
    place = {History: "history", Caps: "caps", Switches: "switches", Preference: "preference"}[kind]
    plain = asked()
    for field in fields(kind):
        other: Any = "live" if field.name == "mode" else 7
        changed = replace(getattr(plain, place), **{field.name: other})
        assert fingerprint(replace(plain, **{place: changed}), EVENING) != fingerprint(plain, EVENING), (
            field.name
        )


ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia")
moments = st.integers(0, 3 * 365 * DAY // MINUTE).map(
    lambda minutes: Moment(micros("2025-01-01T00:00:00Z") + minutes * MINUTE)
)
some = st.none() | st.integers(-2 * DAY, 2 * DAY)


@st.composite
def questions(draw: st.DrawFn) -> tuple[Asked, Moment]:
    """Any customer, zone and history, most of them with something that speaks against the message."""
    now, kind = draw(moments), draw(st.sampled_from(C))

    def near() -> Moment | None:
        gap = draw(some)
        return None if gap is None else Moment(now + gap)

    history = History(
        *(draw(st.integers(0, 3)) for _ in range(4)),
        fleet_hour=draw(st.sampled_from([0, 49, 50])),
        question_of=draw(st.sampled_from([None, CaseId("case_1"), CaseId("case_2")])),
        heard=near(),
        household_firsts=draw(st.integers(0, 1)),
        same_rule_closed=near(),
        last_reminder=near(),
        safety_recent=near(),
    )
    question = asked(
        kind,
        customer=Customer(
            ADA,
            quiet=QuietHours(draw(st.integers(0, 1439)), draw(st.integers(0, 1439))),
            wake_me=draw(st.booleans()),
        ),
        zones=tuple(draw(st.lists(st.sampled_from(ZONES), min_size=1, max_size=2, unique=True))),
        history=history,
        suppressed=draw(st.integers(0, 4)) == 0,
        bases=draw(
            st.sampled_from([(basis(),), (), (basis(), basis(kind=BasisKind.WITHDRAWN, at=Moment(2)))])
        ),
        case=case(acknowledged=near() if draw(st.booleans()) else None, opened=Moment(now - HOUR)),
        preference=Preference(channels_off=draw(st.sampled_from([(), (Channel.SMS,)])), snoozed_until=near()),
        incident_hold=near(),
        pace=near(),
    )
    return question, now


@settings(max_examples=300, deadline=None)
@given(questions())
def test_whoever_they_are_nobody_is_written_to_at_night_without_a_basis_after_stop_or_too_often(
    told: tuple[Asked, Moment],
) -> None:
    question, now = told
    decision, kind, history = decide(question, now), question.message.kind, question.history
    assert isinstance(decision.because, Because) and decision.inputs
    if decision.verdict is not A:
        page = TOLD[decision.stages[-1]]
        assert decision.because in (page.holds if decision.verdict is H else page.denies)
    assert (decision.until is not None) == (decision.verdict is H)
    if decision.until is not None:
        assert decision.until > now
    if decision.verdict is not A or kind is C.COMPLIANCE:
        return
    assert not question.suppressed
    assert question.bases == (basis(),)
    recent = history.heard is not None and now - history.heard <= (HOUR if kind is C.AGENT else 15 * MINUTE)
    answers = recent and kind in (C.TURN, C.AGENT)
    if not answers and not (kind is C.SAFETY and question.customer.wake_me):
        assert allowed_from(question.zones, question.customer.quiet, now) == now
        assert all(_awake(question.customer.quiet, now, zone) for zone in question.zones)
    if kind in (C.FIRST, C.REMINDER):
        assert history.customer_day < 2 and history.customer_week < 4
        assert not (question.incident_hold and question.incident_hold > now)
        assert question.case is not None and question.case.acknowledged is None
    if kind is C.FIRST:
        assert history.fleet_hour < 50 and history.household_firsts < 1 and history.case_firsts < 1
    if kind is C.REMINDER:
        assert history.case_reminders < 2
    if kind not in (C.TURN, C.COMPLIANCE):
        assert question.preference.channels_off == ()


def _awake(quiet: QuietHours, now: Moment, zone: str) -> bool:
    """The plain reading of the clock on the wall."""
    if quiet.begins == quiet.ends:
        return True
    clock = local(now, zone)
    minute = clock.hour * 60 + clock.minute
    if quiet.begins < quiet.ends:
        return not quiet.begins <= minute < quiet.ends
    return quiet.ends <= minute < quiet.begins


def test_the_page_about_the_gate_knows_every_stage_and_every_cap() -> None:
    assert set(TOLD) == {stage.__name__ for stages in STAGES.values() for stage in stages}
    assert {name for told in TOLD.values() for name in told.caps} == {field.name for field in fields(Caps)}
    assert all(told.holds or told.denies for told in TOLD.values())


def test_an_unconfirmed_or_dead_number_is_nothing_to_write_to_for_any_class_but_answers() -> None:
    line = asked().address
    assert line is not None
    unsure = replace(line, health=Health.UNVERIFIED)
    assert stopped_by(Because.ADDRESS_UNHEALTHY, address=unsure) == set(C) - {C.TURN, C.COMPLIANCE}
    assert Because.QUIET_HOURS in {decide(asked(kind), NIGHT).because for kind in STAGES}
