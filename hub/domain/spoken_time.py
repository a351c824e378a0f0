"""Spoken times: "in two hours", "tomorrow at eight", as a value, and the moment it is where a person lives.

It reads no words (that is `voice_skills/times.py`) and asks no clock: it is told now and a zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from hub.domain.ids import Moment

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NIGHT_ENDS = 4
"""Until this hour people still live the day before: at half past midnight "tomorrow morning" is when they wake."""
NOON, MIDNIGHT, HALF_DAY, WEEK = 12, 24, 12, 7
EARLIEST = 7
"""A bare hour before this one is meant after noon: nobody asks for a call "at three" at night."""


class Part(StrEnum):
    """A part of the day."""

    MORNING = "morning"
    NOON = "noon"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NIGHT = "night"


BEGINS = {Part.MORNING: 9, Part.NOON: 12, Part.AFTERNOON: 15, Part.EVENING: 19, Part.NIGHT: 21}
"""The hour that we take where a part of the day is all that was said."""
DAYTIME = 9


@dataclass(frozen=True, slots=True)
class When:
    """A time as it was said. `after` (µs from now) stands alone; `days` counts from today, `weekday` from Monday (0), `hour`
    is 0 to 24 as said: "eight" is 8 in the morning or in the evening unless `part` or `exact` (a 24 hour clock) tells.
    What was refused limits it: not before the minute `since` of a day, not beyond `until`, and none of the times `barred`."""

    after: int = 0
    days: int | None = None
    weekday: int | None = None
    hour: int | None = None
    minute: int = 0
    part: Part | None = None
    exact: bool = False
    since: int | None = None
    until: int | None = None
    barred: tuple[When, ...] = ()

    @property
    def limited(self) -> bool:
        """Whether some times were refused: then it is read back, and never taken as it stands."""
        return self.since is not None or self.until is not None or bool(self.barred)


def moment_of(when: When, now: Moment, zone: str) -> Moment:
    """The moment (UTC µs) that `when` is, said at `now` in `zone`: always later than `now`. A wall time that a clock change
    leaves out is the same time by the old offset; one that comes twice is the first. Raises ValueError for no such zone."""
    if when.after > 0:
        return Moment(now + when.after)
    place = ZoneInfo(zone)
    here = (_EPOCH + timedelta(microseconds=now)).astimezone(place)
    day, open_day = _day(when, here)
    choices = _hours(when)
    for later in range(WEEK * 2 + 1):
        if later and not open_day:
            break
        for hour in choices:
            found = _instant(day + timedelta(days=later), hour, when.minute, place)
            if found > now:
                return found
    step = WEEK if when.weekday is not None else 1
    return _instant(day + timedelta(days=step), choices[0], when.minute, place)


def day_of(when: When, now: Moment, zone: str) -> date | None:
    """The day that is named, where `zone` is; None where `when` names none. Raises ValueError for no such zone."""
    here = (_EPOCH + timedelta(microseconds=now + max(when.after, 0))).astimezone(ZoneInfo(zone))
    if when.after > 0:
        return here.date()
    return None if when.days is None and when.weekday is None else _day(when, here)[0]


def minutes_of(when: When) -> tuple[int, ...]:
    """The minutes of a day that may be meant, the likeliest first; none where only a day is named."""
    if when.hour is None and when.part is None:
        return ()
    return tuple(hour * 60 + when.minute for hour in _hours(when))


def _day(when: When, here: datetime) -> tuple[date, bool]:
    """The day that is meant, and whether the next one would do as well."""
    today = here.date() - timedelta(days=1) if here.hour < NIGHT_ENDS else here.date()
    if when.days is not None:
        day = today + timedelta(days=when.days)
        return max(day, here.date()), False
    if when.weekday is not None:
        return here.date() + timedelta(days=(when.weekday - here.weekday()) % WEEK), False
    return here.date(), True


def _hours(when: When) -> tuple[int, ...]:
    """The hours of a day that may be meant, the likeliest first."""
    part, hour = when.part, when.hour
    if hour is None:
        return (BEGINS[part] if part else DAYTIME,)
    if when.exact or hour > NOON or hour == 0:
        return (hour,)
    if part is Part.MORNING:
        return (0 if hour == NOON else hour,)
    if part is Part.NIGHT:
        return (MIDNIGHT if hour == NOON else hour if hour < NIGHT_ENDS else hour + HALF_DAY,)
    if part is not None:
        return (NOON if hour == NOON else hour + HALF_DAY,)
    if hour < EARLIEST:
        return (hour + HALF_DAY,)
    return (NOON,) if hour == NOON else (hour, hour + HALF_DAY)


def _instant(day: date, hour: int, minute: int, zone: ZoneInfo) -> Moment:
    if hour >= MIDNIGHT:
        day, hour = day + timedelta(days=1), hour - MIDNIGHT
    wall = datetime.combine(day, time(hour, minute), zone)
    return Moment((wall.astimezone(UTC) - _EPOCH) // timedelta(microseconds=1))
