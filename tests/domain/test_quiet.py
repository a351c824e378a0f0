"""Quiet hours: in the person's own zone, over every change of clocks."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_rules.reading import DAY, HOUR, MINUTE, SECOND
from hub.clock import iso, micros
from hub.domain.customer import QuietHours
from hub.domain.ids import Moment
from hub.domain.quiet import allowed_from, closes_at, local

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour of daylight saving
    "America/Sao_Paulo",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "America/Nuuk",  # changes clocks late on Saturday evening
    "UTC",
)
START = Moment(micros("2025-01-01T00:00:00Z"))
quiet_hours = st.builds(QuietHours, st.integers(0, 1439), st.integers(0, 1439))
moments = st.integers(0, 3 * 365 * DAY // SECOND).map(lambda seconds: Moment(START + seconds * SECOND))


def minute_of(moment: Moment, zone: str) -> float:
    clock = local(moment, zone)
    return clock.hour * 60 + clock.minute + clock.second / 60


def is_quiet(moment: Moment, zone: str, quiet: QuietHours) -> bool:
    """The plain reading of the wall clock."""
    minute = minute_of(moment, zone)
    if quiet.begins < quiet.ends:
        return quiet.begins <= minute < quiet.ends
    return minute >= quiet.begins or minute < quiet.ends


def changes(zone: str) -> list[Moment]:
    """The moments between 2025 and 2028 at which clocks there change."""
    found = []
    for day in range(3 * 365):
        start, end = Moment(START + day * DAY), Moment(START + (day + 1) * DAY)
        if local(start, zone).utcoffset() != local(end, zone).utcoffset():
            while end - start > SECOND:
                middle = Moment((start + end) // 2 // SECOND * SECOND)
                same = local(middle, zone).utcoffset() == local(start, zone).utcoffset()
                start, end = (middle, end) if same and middle > start else (start, middle)
                if middle == start and not same:
                    break
            found.append(end)
    return found


@pytest.mark.parametrize("zone", ZONES)
def test_nobody_is_written_to_in_quiet_hours_around_any_change_of_clocks(zone: str) -> None:
    for change in changes(zone):
        wall = local(change, zone)
        around = wall.hour * 60 + wall.minute
        for shift in (-90, -60, -30, 0, 30, 60, 90):
            edge = (around + shift) % 1440
            for quiet in (QuietHours(), QuietHours(21 * 60, edge), QuietHours(edge, 8 * 60)):
                for minutes in range(-150, 151, 15):
                    moment = Moment(change + minutes * MINUTE)
                    opens = allowed_from([zone], quiet, moment)
                    assert opens is not None and opens >= moment
                    if quiet.begins != quiet.ends:
                        assert not is_quiet(opens, zone, quiet), (iso(moment), iso(opens), quiet)


def every_change() -> dict[tuple[tuple[Moment, int], ...], str]:
    """The changes of clocks from 2025 to 2035 (the moment, and by how many seconds) of every zone there is; zones that change
    alike are one. Two changes within a week would be missed: there are none."""
    found: dict[tuple[tuple[Moment, int], ...], str] = {}
    weeks = [Moment(START + week * 7 * DAY) for week in range(522)]
    for zone in sorted(available_timezones()):
        steps = []
        offsets = [offset(moment, zone) for moment in weeks]
        for number, (before, then) in enumerate(pairwise(offsets)):
            if before == then:
                continue
            start, end = weeks[number] // SECOND, weeks[number + 1] // SECOND
            while end - start > 1:
                middle = (start + end) // 2
                start, end = (
                    (middle, end) if offset(Moment(middle * SECOND), zone) == before else (start, middle)
                )
            steps.append((Moment(end * SECOND), then - before))
        found.setdefault((*steps, (START, offsets[0])), zone)
    return found


def offset(moment: Moment, zone: str) -> int:
    away = datetime.fromtimestamp(moment // SECOND, ZoneInfo(zone)).utcoffset()
    assert away is not None
    return int(away.total_seconds())


def test_in_no_zone_of_the_world_does_any_change_of_clocks_in_ten_years_let_a_message_through() -> None:
    kinds = every_change()
    assert len(kinds) > 60
    checked = 0
    for steps, zone in kinds.items():
        for change, _ in steps:
            wall = local(change, zone)
            edge = wall.hour * 60 + wall.minute
            for quiet in (QuietHours(), QuietHours(21 * 60, edge), QuietHours(edge, (edge + 90) % 1440)):
                for minutes in (-61, -31, -1, 0, 29, 59, 119):
                    moment = Moment(change + minutes * MINUTE)
                    opens = allowed_from([zone], quiet, moment)
                    assert opens is not None and moment <= opens <= moment + 2 * DAY
                    assert quiet.begins == quiet.ends or not is_quiet(opens, zone, quiet), (zone, iso(moment))
                    checked += 1
    assert checked > 10_000


@given(zone=st.sampled_from(ZONES), quiet=quiet_hours, moment=moments)
def test_a_hold_ends_outside_the_quiet_hours_and_within_two_days(
    zone: str, quiet: QuietHours, moment: Moment
) -> None:
    opens = allowed_from([zone], quiet, moment)
    assert opens is not None and moment <= opens <= moment + 2 * DAY
    if quiet.begins != quiet.ends:
        assert not is_quiet(opens, zone, quiet)


@given(zones=st.lists(st.sampled_from(ZONES), min_size=2, max_size=3, unique=True), moment=moments)
def test_with_several_zones_only_their_common_hours_are_used(zones: list[str], moment: Moment) -> None:
    opens = allowed_from(zones, QuietHours(), moment)
    if opens is not None:
        assert not any(is_quiet(opens, zone, QuietHours()) for zone in zones)


def test_windows_that_never_meet_have_no_opening() -> None:
    noon_only = QuietHours(begins=13 * 60, ends=12 * 60)
    assert allowed_from(["Europe/Berlin", "America/New_York"], noon_only, START) is None


@pytest.mark.parametrize(
    ("now", "quiet", "expected"),
    [
        ("2026-11-21T22:30:00Z", QuietHours(), "2026-11-22T07:00:00Z"),
        ("2026-11-22T06:59:59Z", QuietHours(), "2026-11-22T07:00:00Z"),
        ("2026-11-22T07:00:00Z", QuietHours(), "2026-11-22T07:00:00Z"),
        ("2026-11-22T19:59:59Z", QuietHours(), "2026-11-22T19:59:59Z"),
        ("2026-11-22T20:00:00Z", QuietHours(), "2026-11-23T07:00:00Z"),
        ("2026-03-29T00:30:00Z", QuietHours(60, 150), "2026-03-29T01:00:00Z"),  # 02:30 is left out: 03:00
        (
            "2026-10-25T00:20:00Z",
            QuietHours(60, 150),
            "2026-10-25T01:30:00Z",
        ),  # 02:30 comes twice: the second
    ],
)
def test_the_morning_comes_when_the_clock_on_the_wall_says_so(
    now: str, quiet: QuietHours, expected: str
) -> None:
    opens = allowed_from(["Europe/Berlin"], quiet, Moment(micros(now)))
    assert opens is not None and iso(opens) == expected


def test_an_agent_can_be_told_until_when_a_person_may_be_called() -> None:
    evening = Moment(micros("2026-11-21T17:31:00Z"))
    closes = closes_at(["Europe/Berlin"], QuietHours(), evening)
    assert closes is not None and local(closes, "Europe/Berlin").strftime("%H:%M") == "21:00"
    assert closes_at(["Europe/Berlin"], QuietHours(), Moment(evening + 6 * HOUR)) is None
