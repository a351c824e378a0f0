"""The policy from its section of the settings: what is not set keeps the domain's default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

from device_rules import RuleBook
from device_rules.fault import Severity
from hub.bootstrap.names import ladders_known
from hub.domain.case import Step
from hub.domain.customer import Channel, QuietHours, RestDays
from hub.domain.gate import Caps
from hub.domain.incident import Limits
from hub.domain.policy import HEAL_WAITS, HOLD_DOWNS, LADDERS, Policy
from hub.domain.slots import BookingKind, Calendar
from hub.settings import PolicyPart
from hub.settings.bookings import BookingsPart, CalendarPart
from hub.settings.incidents import IncidentsPart
from hub.settings.policy import Ladder, Weekday


def policy_of(
    part: PolicyPart,
    channels: frozenset[Channel] | None = None,
    books: Mapping[str, RuleBook] | None = None,
) -> Policy:
    """The policy that `part` describes; `channels` are the ones that are set up (None: texts alone). With the rule `books`
    (by model) in force, ladders of rules are checked against them: raises BadSettings for a rule that no book has."""
    if books is not None:
        ladders_known(part, books)
    ladders = {Severity(name): _steps(steps) for name, steps in part.ladders.items()}
    holds = {Severity(name): wait for name, wait in part.hold_downs.items()}
    heals = {Severity(name): wait for name, wait in part.heal_waits.items()}
    return Policy(
        brand=part.brand,
        phone=part.phone,
        country=part.country,
        zone=part.zone,
        ladders={**LADDERS, **ladders},
        ladders_by_rule={name: _steps(steps) for name, steps in part.ladders_by_rule.items()},
        hold_downs={**HOLD_DOWNS, **holds},
        heal_waits={**HEAL_WAITS, **heals},
        caps=_caps(part),
        test_numbers=frozenset(part.test_numbers),
        quiet_hours=part.quiet_hours,
        revoke_all=part.revoke_all,
        rest=_rest(part),
        emergency=part.emergency,
        number_on_unit=frozenset(part.number_on_unit),
        answers=_answers(part),
        channels=channels or frozenset({Channel.SMS, Channel.PAPER}),
        expiry=part.expiry,
        bundle=part.bundle,
        digest=part.digest,
        sleepy=part.sleepy,
        agent_confirm=part.agent_confirm,
        agent_release=part.agent_release,
        supervisor_after=part.supervisor_after,
    )


def calendars_of(part: BookingsPart, zone: str) -> dict[BookingKind, Calendar]:
    """What can be booked, and when."""
    if not part.offered:
        return {}
    parts = {BookingKind.CALLBACK: part.callback, BookingKind.VISIT: part.visit}
    return {kind: _calendar(kind, each, zone, part.closed) for kind, each in parts.items() if each.hours}


def _calendar(kind: BookingKind, part: CalendarPart, zone: str, closed: Sequence[str]) -> Calendar:
    days = {day: number for number, day in enumerate(get_args(Weekday))}
    hours = [(days[day], *_opening(span)) for day, spans in part.hours.items() for span in spans]
    return Calendar(
        kind=kind,
        hours=tuple(sorted(hours)),
        zone=zone,
        length=part.length,
        lead=part.lead,
        horizon=part.horizon,
        capacity=part.capacity,
        closed=frozenset(closed),
    )


def _opening(span: str) -> tuple[int, int]:
    begins, ends = (int(clock[:2]) * 60 + int(clock[3:]) for clock in span.split("-"))
    return begins, ends


def limits_of(part: IncidentsPart) -> Limits:
    """When many faults are one incident, and how it may speak."""
    values = part.model_dump(exclude={"password"})
    return Limits(**values | {name: frozenset(values[name]) for name in ("automatic", "gateways")})


def _answers(part: PolicyPart) -> dict[str, dict[str, str]]:
    return {
        tongue: {str(topic): text for topic, text in told.items()} for tongue, told in part.answers.items()
    }


def _steps(steps: Ladder) -> tuple[Step, ...]:
    return tuple(each.step() for each in steps)


def _caps(part: PolicyPart) -> Caps:
    """The caps that can be set; the others keep their defaults."""
    return Caps(
        case_reminders=part.case_reminders,
        customer_day=part.customer_day,
        customer_week=part.customer_week,
        fleet_hour=part.fleet_hour,
        rule_rest=part.rule_rest,
    )


def _rest(part: PolicyPart) -> RestDays:
    """The days on which nobody is disturbed."""
    days = {day: number for number, day in enumerate(get_args(Weekday))}
    spans = {days[day]: span for day, span in part.quiet_weekdays.items()}
    return RestDays(
        dates=tuple(sorted(part.quiet_dates)),
        weekdays=tuple(sorted(day for day, span in spans.items() if span == "all")),
        own=tuple(sorted((day, _hours(span)) for day, span in spans.items() if span != "all")),
    )


def _hours(span: str) -> QuietHours:
    begins, ends = (int(clock[:2]) * 60 + int(clock[3:]) for clock in span.split("-"))
    return QuietHours(begins, ends)
