"""Clocks that a country changes: hours, weekdays and opening times come out as people there read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from device_rules.hold import NEVER
from device_rules.reading import DAY, HOUR, MINUTE, SECOND
from device_rules.rule import Schedule
from device_rules.windows.calendar import hour_at, is_open, next_edge, next_hour, offset_at, weekday_at

ZONES = (
    "Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu",
    "Pacific/Apia", "America/Caracas", "Asia/Tehran", "Antarctica/Troll",
)  # fmt: skip
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WEEK = Schedule((1, 2, 3, 4, 5), 8 * HOUR, 20 * HOUR)
NIGHT = Schedule((5, 7), 22 * HOUR, 2 * HOUR + 30 * MINUTE)
ALWAYS = Schedule((1, 2, 3, 4, 5, 6, 7), 0, DAY)
ROUND = Schedule((1, 2, 3, 4, 5, 6, 7), 6 * HOUR, 6 * HOUR)


def moment(text: str, zone: str = "UTC") -> int:
    return (datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)) - EPOCH) // timedelta(microseconds=1)


def shown(at: int, zone: str) -> datetime:
    return (EPOCH + timedelta(microseconds=at)).astimezone(ZoneInfo(zone))


def changes_of(zone: str) -> list[int]:
    """Every change of the zone's clocks from 2009 to 2019, to the second."""
    found, step = [], 6 * HOUR
    for at in range(moment("2009-01-01T00:00"), moment("2019-01-01T00:00"), step):
        if shown(at, zone).utcoffset() != shown(at + step, zone).utcoffset():
            low, high = at, at + step
            while high - low > SECOND:
                middle = (low + high) // 2 // SECOND * SECOND
                same = shown(middle, zone).utcoffset() == shown(at, zone).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            found.append(high)
    return found


def plainly_open(schedule: Schedule, at: int, zone: str) -> bool:
    now = shown(at, zone)
    time = ((now.hour * 60 + now.minute) * 60 + now.second) * SECOND + now.microsecond
    today, yesterday = now.isoweekday(), (now - timedelta(days=1)).isoweekday()
    if schedule.start < schedule.end:
        return today in schedule.days and schedule.start <= time < schedule.end
    return (today in schedule.days and time >= schedule.start) or (
        yesterday in schedule.days and time < schedule.end
    )


@pytest.mark.parametrize("zone", ZONES)
def test_around_every_change_of_the_clocks_the_hour_is_the_one_shown(zone: str) -> None:
    for change in [*changes_of(zone), moment("2015-05-05T05:05")]:
        at = change - 3 * HOUR - 7 * SECOND
        while at < change + 3 * HOUR:
            nxt = next_hour(at, zone)
            was = shown(at, zone)
            assert at < nxt <= at + 2 * HOUR
            assert (hour_at(at, zone), weekday_at(at, zone)) == (was.hour, was.isoweekday())
            assert offset_at(at, zone) == was.utcoffset() // timedelta(microseconds=1)  # type: ignore[operator]
            for look in (nxt - 1, (at + nxt) // 2, at + (nxt - at) // 3):
                assert (shown(look, zone).hour, shown(look, zone).date()) == (was.hour, was.date())
            assert (shown(nxt, zone).hour, shown(nxt, zone).date()) != (was.hour, was.date())
            at = nxt


@pytest.mark.parametrize("schedule", [WEEK, NIGHT, ALWAYS, ROUND])
@pytest.mark.parametrize("zone", ZONES)
def test_around_every_change_of_the_clocks_a_schedule_keeps_to_what_they_show(
    zone: str, schedule: Schedule
) -> None:
    for change in changes_of(zone)[::2] or [moment("2015-05-05T05:05")]:
        at = change - 2 * DAY - 11
        for _ in range(5):
            assert is_open(schedule, at, zone) == plainly_open(schedule, at, zone)
            edge = next_edge(schedule, at, zone)
            if edge == NEVER:
                edge = at + 20 * DAY
                looks = [at + share * DAY // 5 for share in range(100)]
            else:
                looks = [at + (edge - at) * share // 40 for share in range(40)] + [edge - 1]
                assert plainly_open(schedule, edge, zone) != plainly_open(schedule, at, zone)
            assert {plainly_open(schedule, look, zone) for look in looks} == {is_open(schedule, at, zone)}
            at = edge


def test_the_hour_that_comes_twice_is_one_hour_of_two() -> None:
    at = moment("2026-10-25T00:30")  # 02:30 in summer time
    assert hour_at(at, "Europe/Berlin") == 2
    assert next_hour(at, "Europe/Berlin") == moment("2026-10-25T02:00")


def test_a_day_that_a_country_leaves_out_is_no_weekday() -> None:
    at = moment("2011-12-30T09:30")  # Thursday 23:30 in Samoa, which then went over to Saturday
    assert weekday_at(at, "Pacific/Apia") == 4
    assert next_hour(at, "Pacific/Apia") == moment("2011-12-30T10:00")
    assert weekday_at(moment("2011-12-30T10:00"), "Pacific/Apia") == 6


def test_a_night_belongs_to_the_day_on_which_it_began() -> None:
    zone = "Europe/Berlin"
    assert is_open(NIGHT, moment("2026-06-06T02:29", zone), zone)  # Saturday, after Friday's night
    assert not is_open(NIGHT, moment("2026-06-06T02:30", zone), zone)
    assert not is_open(NIGHT, moment("2026-06-06T23:00", zone), zone)
    assert next_edge(NIGHT, moment("2026-06-06T03:00", zone), zone) == moment("2026-06-07T22:00", zone)


@pytest.mark.parametrize(
    "name", ["", "Nowhere/Atlantis", "../../etc/passwd", "/etc/passwd", "Europe", "a\0b", "Ü", "x" * 500]
)
def test_a_zone_that_nobody_knows_is_utc(name: str) -> None:
    assert hour_at(moment("2026-06-06T13:37"), name) == 13


def test_moments_far_away_have_an_hour_too() -> None:
    for at in (-(2**62), 0, 2**62 - 2 * DAY):
        assert 0 <= hour_at(at, "Europe/Berlin") <= 23
        assert next_hour(at, "Europe/Berlin") > at


def test_a_schedule_without_days_never_opens() -> None:
    assert next_edge(Schedule((), 0, DAY), 0, "Europe/Berlin") == NEVER
