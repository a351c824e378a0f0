"""Times that are named for an appointment: had, or not, and why, and what is nearest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from device_rules.reading import HOUR
from hub.domain.ids import Moment
from hub.domain.policy import CALENDARS
from hub.domain.slots import BookingKind
from hub.domain.spoken_time import Part, When
from hub.domain.wishes import Hindrance, Wish, wish
from tests.domain.test_spoken_date import BERLIN, at

CALLS = CALENDARS[BookingKind.CALLBACK]
SATURDAY, MONDAY = at("2026-11-21 12:41"), at("2026-11-23 10:10")


def named(
    when: When,
    now: Moment = SATURDAY,
    offered: Moment | None = None,
    taken: Mapping[Moment, int] | None = None,
) -> Wish:
    return wish(CALLS, taken or {}, (when, BERLIN, offered), now)


def starts(found: Wish) -> list[Moment]:
    return [slot.starts for slot in found.slots]


@pytest.mark.parametrize(
    ("when", "now", "hindrance", "offers"),
    [
        (When(days=1, hour=5), SATURDAY, Hindrance.CLOSED_DAY, ["2026-11-23 09:00", "2026-11-23 17:00"]),
        (
            When(weekday=0, hour=20, exact=True),
            SATURDAY,
            Hindrance.CLOSED_HOUR,
            ["2026-11-23 17:00", "2026-11-23 17:30"],
        ),
        (
            When(days=0, hour=11, exact=True),
            MONDAY,
            Hindrance.TOO_SOON,
            ["2026-11-23 11:30", "2026-11-23 12:00"],
        ),
        (When(days=10, hour=10), SATURDAY, Hindrance.TOO_FAR, ["2026-11-27 09:00", "2026-11-27 10:00"]),
        (When(weekday=0), SATURDAY, Hindrance.NONE, ["2026-11-23 09:00", "2026-11-23 12:00"]),
        (
            When(weekday=1, part=Part.AFTERNOON),
            SATURDAY,
            Hindrance.NONE,
            ["2026-11-24 15:00", "2026-11-24 15:30"],
        ),
        (When(after=2 * HOUR), MONDAY, Hindrance.NONE, ["2026-11-23 12:00", "2026-11-23 12:30"]),
    ],
)
def test_what_cannot_be_had_is_told_why_and_the_nearest_is_offered(
    when: When, now: Moment, hindrance: Hindrance, offers: list[str]
) -> None:
    found = named(when, now)
    assert found.hindrance is hindrance
    assert starts(found) == [at(each) for each in offers]


def test_an_hour_alone_is_one_of_the_day_that_was_offered() -> None:
    tuesday = at("2026-11-24 09:00")
    found = named(When(hour=17, exact=True), offered=tuesday)
    assert found.exact
    assert found.at == at("2026-11-24 17:00")


def test_of_eight_in_the_morning_and_in_the_evening_the_one_at_which_somebody_works_is_meant() -> None:
    early = replace(CALLS, hours=((0, 17 * 60, 21 * 60),))
    found = wish(early, {}, (When(weekday=0, hour=8), BERLIN, None), SATURDAY)
    assert found.exact
    assert found.at == at("2026-11-23 20:00")


def test_a_time_that_is_taken_offers_the_ones_beside_it() -> None:
    ten = at("2026-11-23 10:00")
    found = named(When(weekday=0, hour=10), taken={ten: 2})
    assert found.hindrance is Hindrance.TAKEN
    assert starts(found) == [at("2026-11-23 09:30"), at("2026-11-23 10:30")]


def test_a_calendar_with_nothing_free_offers_nothing() -> None:
    assert wish(replace(CALLS, hours=()), {}, (When(hour=10), BERLIN, None), SATURDAY).slots == ()
