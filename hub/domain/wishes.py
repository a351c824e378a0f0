"""A time that somebody named for an appointment: whether they can have it, why not, and the nearest that they can have.

Pure: told the calendar, what is taken, and what was said. It books nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from hub.domain.ids import Moment
from hub.domain.refused_time import within
from hub.domain.slots import Calendar, Slot, of_day, open_slots
from hub.domain.spoken_time import When, day_of, minutes_of

NOON = 12 * 60
OFFERED = 2


class Hindrance(StrEnum):
    """Why somebody cannot have the time that they named."""

    NONE = ""
    CLOSED_DAY = "closed_day"
    CLOSED_HOUR = "closed_hour"
    TAKEN = "taken"
    TOO_SOON = "too_soon"
    TOO_FAR = "too_far"


@dataclass(frozen=True, slots=True)
class Wish:
    """`slots` are the free ones nearest to `at`, the moment that was named; `exact` says that one of them begins then.

    `opens` and `closes` are the hours of that day (where it has any), for whoever named a time outside them.
    """

    at: Moment
    slots: tuple[Slot, ...]
    exact: bool = False
    hindrance: Hindrance = Hindrance.NONE
    opens: Moment | None = None
    closes: Moment | None = None


def wish(
    calendar: Calendar, taken: Mapping[Moment, int], said: tuple[When, str, Moment | None], now: Moment
) -> Wish:
    """What becomes of `said`: the time, the zone it was said in, and the first time that was offered before (None: none
    was). A day without an hour is any time of it; an hour without a day is one of the first day that has a free slot, or
    of the day that was offered."""
    when, name, offered = said
    zone = ZoneInfo(name)
    open_ones, fitting = within(open_slots(calendar, taken, now), when, now, name)
    minutes = minutes_of(when)
    if when.after > 0:
        minutes = (_minute(Moment(now + when.after), zone),)
    day = day_of(when, now, name)
    if day is None:
        day = _first_day(open_ones, offered, zone) or _local(now, zone).date()
    every = _day_of(calendar, day, zone)
    minute = _likeliest(minutes, every, zone)
    at = _at(day, 0 if minute is None else minute, zone)
    near = _nearest(open_ones, day, minute, zone)
    exact = minute is not None and not when.limited and any(slot.starts == at for slot in near)
    hours = (every[0].starts, every[-1].ends) if every else (None, None)
    if exact:
        return Wish(at, near, True, Hindrance.NONE, *hours)
    bounds = (Moment(now + calendar.lead), Moment(now + calendar.horizon))
    meant = every if minute is None else [slot for slot in every if slot.starts <= at < slot.ends]
    why = _hindrance(every, meant, open_ones, bounds)
    if when.limited:  # what was named within the limits is not what hinders it
        closed = why is Hindrance.CLOSED_DAY
        why = why if closed else Hindrance.NONE if fitting else Hindrance.CLOSED_HOUR
    return Wish(at, near, False, why, *hours)


def _first_day(open_ones: Sequence[Slot], offered: Moment | None, zone: ZoneInfo) -> date | None:
    """The day that was offered, where it may still be had, else the next that may; None where there is none."""
    days = [_local(slot.starts, zone).date() for slot in open_ones]
    if offered is None:
        return next(iter(days), None)
    wanted = _local(offered, zone).date()
    return next((day for day in days if day >= wanted), next(iter(days), None))


def _hindrance(
    every: Sequence[Slot], meant: Sequence[Slot], open_ones: Sequence[Slot], bounds: tuple[Moment, Moment]
) -> Hindrance:
    """Why none of `meant` can be had; nothing where one can. `every` are all slots of that day."""
    if not every:
        return Hindrance.CLOSED_DAY
    if not meant:
        return Hindrance.CLOSED_HOUR
    if any(slot in open_ones for slot in meant):
        return Hindrance.NONE
    if meant[-1].starts < bounds[0]:
        return Hindrance.TOO_SOON
    return Hindrance.TOO_FAR if meant[0].starts > bounds[1] else Hindrance.TAKEN


def _day_of(calendar: Calendar, day: date, zone: ZoneInfo) -> list[Slot]:
    """The calendar's slots that begin on `day` where the person lives."""
    days = (day + timedelta(days=ahead) for ahead in (-1, 0, 1))
    slots = [slot for each in days for slot in of_day(calendar, each, ZoneInfo(calendar.zone))]
    return [slot for slot in slots if _local(slot.starts, zone).date() == day]


def _likeliest(minutes: Sequence[int], every: Sequence[Slot], zone: ZoneInfo) -> int | None:
    """Of "eight" in the morning and in the evening, the one at which somebody works; else the likelier one."""
    begins = [(_minute(slot.starts, zone), (slot.ends - slot.starts) // 60_000_000) for slot in every]
    inside = [minute for minute in minutes if any(at <= minute < at + long for at, long in begins)]
    return next(iter((*inside, *minutes)), None)


def _nearest(open_ones: Sequence[Slot], day: date, minute: int | None, zone: ZoneInfo) -> tuple[Slot, ...]:
    """Two free slots: those of that day nearest to that time, else of the next day that has any (of the last one before)."""
    days: dict[date, list[Slot]] = {}
    for slot in open_ones:
        days.setdefault(_local(slot.starts, zone).date(), []).append(slot)
    order = sorted(days, key=lambda each: (each < day, abs((each - day).days)))
    found: list[Slot] = []
    for each in order[:OFFERED]:
        there = _of_one_day(days[each], minute, zone, named=each == day)
        found += there[: OFFERED - len(found)]
    return tuple(sorted(found, key=lambda slot: slot.starts))


def _of_one_day(slots: list[Slot], minute: int | None, zone: ZoneInfo, *, named: bool) -> list[Slot]:
    """Two of one day: the nearest two on the day that was named; on another one the nearest, and its first."""
    if minute is None:
        late = [slot for slot in slots[1:] if _minute(slot.starts, zone) >= NOON]
        return [slots[0], *(late or slots[1:])[:1]]
    near = sorted(slots, key=lambda slot: (abs(_minute(slot.starts, zone) - minute), -slot.starts))
    if named or near[0] is slots[0]:
        return near[:OFFERED]
    return [near[0], slots[0]]


def _local(moment: Moment, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(moment / 1_000_000, zone)


def _minute(moment: Moment, zone: ZoneInfo) -> int:
    local = _local(moment, zone)
    return local.hour * 60 + local.minute


def _at(day: date, minute: int, zone: ZoneInfo) -> Moment:
    day, minute = day + timedelta(days=minute // 1440), minute % 1440
    local = datetime.combine(day, time(minute // 60, minute % 60), zone)
    return Moment(int(local.astimezone(UTC).timestamp()) * 1_000_000)
