"""The clock on the wall where a device is: hours, days, opening times (23). Never asks what time it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from device_rules.reading import MINUTE, Micros
from device_rules.rule import Schedule

STEP = 15 * MINUTE
"""Zones differ by whole quarters of an hour."""


def local(at: Micros, zone: str) -> datetime:
    """The wall clock."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)).astimezone(ZoneInfo(zone or "UTC"))


def next_quarter(at: Micros) -> Micros:
    """The next moment at which the hour may change."""
    return (at // STEP + 1) * STEP


def is_open(schedule: Schedule, at: Micros, zone: str) -> bool:
    """Whether a rule may raise."""
    wall = local(at, zone)
    of_day = ((wall.hour * 60 + wall.minute) * 60 + wall.second) * 1_000_000 + wall.microsecond
    today, yesterday = wall.isoweekday(), (wall.isoweekday() - 2) % 7 + 1
    if schedule.start < schedule.end:
        return today in schedule.days and schedule.start <= of_day < schedule.end
    return (today in schedule.days and of_day >= schedule.start) or (
        yesterday in schedule.days and of_day < schedule.end
    )
