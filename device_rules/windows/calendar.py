"""Hours, weekdays and opening times in the zone of a device's site, through every change of its clocks.

Functions of a moment and of the zone's published rules; what time it is, they never ask. A zone that
nobody knows is UTC. What counts is what the clocks there show: an hour that comes twice counts twice.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from device_rules.hold import NEVER
from device_rules.reading import DAY, HOUR, Micros
from device_rules.rule import Schedule

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
_FIRST: Micros = (datetime(1, 1, 3, tzinfo=UTC) - _EPOCH) // _MICRO
_LAST: Micros = (datetime(9999, 12, 29, tzinfo=UTC) - _EPOCH) // _MICRO
_SEARCHED: Micros = 16 * DAY
"""A schedule turns within so long, or never: a week, and a week with a day that a zone left out."""


@lru_cache(maxsize=1024)
def zone_of(name: str) -> tzinfo:
    """The zone of that IANA name; UTC when it is empty or unknown."""
    try:
        return ZoneInfo(name) if name else UTC
    except (OSError, ValueError, KeyError):
        return UTC


def _offset(at: Micros, zone: str) -> Micros:
    moment = _EPOCH + timedelta(microseconds=min(max(at, _FIRST), _LAST))
    ahead = moment.astimezone(zone_of(zone)).utcoffset()
    return ahead // _MICRO if ahead else 0


@lru_cache(maxsize=8192)
def _offset_of_day(day: int, zone: str) -> Micros | None:
    """The offset throughout that day (of UTC); None when the clocks are changed on it."""
    offset = _offset(day * DAY, zone)
    return offset if _offset((day + 1) * DAY, zone) == offset else None


def offset_at(at: Micros, zone: str) -> Micros:
    """How far the zone's clocks are ahead of UTC."""
    offset = _offset_of_day(at // DAY, zone)
    return _offset(at, zone) if offset is None else offset


def shown_at(at: Micros, zone: str) -> Micros:
    """What the zone's clocks show, as µs since 1970-01-01 00:00 on them."""
    return at + offset_at(at, zone)


def hour_at(at: Micros, zone: str) -> int:
    """0–23."""
    return shown_at(at, zone) // HOUR % 24


def weekday_at(at: Micros, zone: str) -> int:
    """1 (Monday) – 7 (Sunday)."""
    return _weekday(shown_at(at, zone) // DAY)


def _weekday(day: int) -> int:
    """Of the day `day` days after 1970-01-01, which was a Thursday."""
    return (day + 3) % 7 + 1


def next_hour(at: Micros, zone: str) -> Micros:
    """The first moment after `at` at which the zone's clocks show another hour, or the same of another day."""
    hour = shown_at(at, zone) // HOUR
    while True:
        at = _next_look(at, HOUR - shown_at(at, zone) % HOUR, zone)
        if shown_at(at, zone) // HOUR != hour:
            return at


def is_open(schedule: Schedule, at: Micros, zone: str) -> bool:
    """Whether the schedule allows a raise at `at`."""
    day, time = divmod(shown_at(at, zone), DAY)
    today = _weekday(day) in schedule.days
    if schedule.start < schedule.end:
        return today and schedule.start <= time < schedule.end
    if time >= schedule.start:
        return today
    return time < schedule.end and _weekday(day - 1) in schedule.days


def next_edge(schedule: Schedule, at: Micros, zone: str) -> Micros:
    """The first moment after `at` at which the schedule opens (when it is closed) or closes; NEVER if none."""
    was_open = is_open(schedule, at, zone)
    until = at + _SEARCHED
    while at < until:
        time = shown_at(at, zone) % DAY
        at = _next_look(
            at, min((edge - time - 1) % DAY + 1 for edge in (0, schedule.start, schedule.end)), zone
        )
        if is_open(schedule, at, zone) != was_open:
            return at
    return NEVER


def _next_look(at: Micros, step: Micros, zone: str) -> Micros:
    """`at + step`, or the moment before it at which the clocks are changed. The step is a day at most."""
    offset = offset_at(at, zone)
    low, high = at, at + step
    if offset_at(high, zone) == offset:
        return high
    while high - low > 1:
        middle = (low + high) // 2
        if offset_at(middle, zone) == offset:
            low = middle
        else:
            high = middle
    return high
