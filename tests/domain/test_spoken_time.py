"""The moment that a spoken time is: at the edges of days, and when clocks change."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_rules.reading import DAY, HOUR
from hub.domain.ids import Moment
from hub.domain.spoken_time import Part, When, moment_of

BERLIN = "Europe/Berlin"


def at(wall: str, zone: str = BERLIN, fold: int = 0) -> Moment:
    local = datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return Moment(int(local.timestamp()) * 1_000_000)


@pytest.mark.parametrize(
    ("now", "when", "wall"),
    [
        ("2026-03-11 23:50", When(days=1), "2026-03-12 09:00"),
        ("2026-03-12 00:30", When(days=1, part=Part.MORNING), "2026-03-12 09:00"),  # they have not slept yet
        ("2026-03-12 04:30", When(days=1, part=Part.MORNING), "2026-03-13 09:00"),
        ("2026-03-12 00:30", When(days=0, part=Part.EVENING), "2026-03-12 19:00"),
        ("2026-03-11 21:00", When(hour=8), "2026-03-12 08:00"),
        ("2026-03-11 09:00", When(hour=8), "2026-03-11 20:00"),
        ("2026-03-11 09:00", When(hour=12, part=Part.NIGHT), "2026-03-12 00:00"),
        ("2026-03-11 09:00", When(hour=24), "2026-03-12 00:00"),
        ("2026-03-11 16:00", When(days=0, hour=3), "2026-03-12 15:00"),
        ("2026-03-11 10:00", When(weekday=2, hour=9, exact=True), "2026-03-18 09:00"),
        ("2026-03-11 10:00", When(weekday=2, hour=11), "2026-03-11 11:00"),
        ("2026-12-31 22:00", When(days=1, hour=8), "2027-01-01 08:00"),
        (
            "2026-03-28 20:00",
            When(days=1, hour=2, minute=30, exact=True),
            "2026-03-29 03:30",
        ),  # there is no 02:30
        (
            "2026-10-24 20:00",
            When(days=1, hour=2, minute=30, exact=True),
            "2026-10-25 02:30",
        ),  # the first of two
    ],
)
def test_a_spoken_time_is_the_next_moment_that_people_mean(now: str, when: When, wall: str) -> None:
    assert moment_of(when, at(now), BERLIN) == at(wall)


def test_hours_from_now_are_hours_whatever_the_clocks_do() -> None:
    now = at("2026-03-29 01:30")
    assert moment_of(When(after=2 * HOUR), now, BERLIN) == now + 2 * HOUR == at("2026-03-29 04:30")


WHENS = st.builds(
    When,
    after=st.just(0),
    days=st.none() | st.integers(0, 7),
    hour=st.none() | st.integers(0, 24),
    minute=st.integers(0, 59),
    part=st.none() | st.sampled_from(Part),
    exact=st.booleans(),
)
ZONES = st.sampled_from([BERLIN, "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "Pacific/Apia"])


@given(WHENS, st.integers(at("2026-01-01 00:00"), at("2027-01-01 00:00")), ZONES)
def test_a_spoken_time_is_always_still_to_come_and_not_far(when: When, now: int, zone: str) -> None:
    found = moment_of(when, Moment(now), zone)
    assert 0 < found - now <= 10 * DAY
