"""Days on which nobody is disturbed: by the calendar where the person lives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_rules.reading import DAY, MINUTE
from hub.clock import iso, micros
from hub.domain.because import Because
from hub.domain.contact import MessageClass as C
from hub.domain.customer import NO_REST, QuietHours, RestDays
from hub.domain.gate import decide
from hub.domain.ids import Moment
from hub.domain.quiet import local, rested_from
from tests.domain.asking import EVENING, asked

CHRISTMAS = RestDays(dates=("2026-12-25", "2026-12-26"))
SUNDAYS = RestDays(weekdays=(6,))
LATE_SUNDAYS = RestDays(own=((6, QuietHours(18 * 60, 10 * 60)),))
BERLIN = ("Europe/Berlin",)


@pytest.mark.parametrize(
    ("rest", "now", "opens"),
    [
        (NO_REST, "2026-12-25T10:00:00Z", "2026-12-25T10:00:00Z"),
        (CHRISTMAS, "2026-12-24T22:59:59Z", "2026-12-24T22:59:59Z"),
        (CHRISTMAS, "2026-12-24T23:00:00Z", "2026-12-26T23:00:00Z"),
        (CHRISTMAS, "2026-12-26T22:59:59Z", "2026-12-26T23:00:00Z"),
        (SUNDAYS, "2026-11-22T12:00:00Z", "2026-11-22T23:00:00Z"),
        (SUNDAYS, "2026-03-29T12:00:00Z", "2026-03-29T22:00:00Z"),  # clocks changed that morning
        (LATE_SUNDAYS, "2026-11-22T08:00:00Z", "2026-11-22T09:00:00Z"),
        (LATE_SUNDAYS, "2026-11-22T12:00:00Z", "2026-11-22T12:00:00Z"),
        (LATE_SUNDAYS, "2026-11-22T18:00:00Z", "2026-11-23T09:00:00Z"),
    ],
)
def test_a_rest_day_ends_when_the_calendar_on_the_wall_says_so(rest: RestDays, now: str, opens: str) -> None:
    found = rested_from(BERLIN, rest, Moment(micros(now)))
    assert found is not None and iso(found) == opens


def test_it_is_a_rest_day_where_any_of_their_homes_has_one() -> None:
    now = Moment(micros("2026-12-26T23:30:00Z"))  # over in Berlin, still going on in New York
    found = rested_from(("Europe/Berlin", "America/New_York"), CHRISTMAS, now)
    assert found is not None and iso(found) == "2026-12-27T05:00:00Z"


def test_where_every_day_is_a_rest_day_nobody_is_ever_disturbed() -> None:
    assert rested_from(BERLIN, RestDays(weekdays=tuple(range(7))), EVENING) is None
    assert decide(asked(rest=RestDays(weekdays=tuple(range(7)))), EVENING).until is None


def test_rest_days_hold_what_we_begin_and_nothing_else() -> None:
    saturday = RestDays(weekdays=(5,))
    held = {kind for kind in C if decide(asked(kind, rest=saturday), EVENING).because is Because.REST_DAY}
    assert held == {C.FIRST, C.REMINDER, C.RECOVERY}


@given(
    st.sampled_from(["Europe/Berlin", "America/New_York", "Pacific/Apia", "Asia/Kathmandu"]),
    st.lists(st.integers(0, 6), max_size=5, unique=True),
    st.integers(0, 3 * 365 * DAY // MINUTE),
)
def test_a_hold_never_ends_on_a_rest_day(zone: str, weekdays: list[int], minutes: int) -> None:
    now = Moment(micros("2025-01-01T00:00:00Z") + minutes * MINUTE)
    opens = rested_from([zone], RestDays(weekdays=tuple(weekdays)), now)
    assert opens is not None and opens >= now
    assert local(opens, zone).weekday() not in weekdays
