"""Slots: when somebody can be rung or visited. Opening hours, holidays, capacity, lead time; told what is taken.

Pure, like all of the domain: a slot is two moments, and a zone only matters for opening hours and for words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_skeleton, format_time

from device_rules.reading import DAY, HOUR, MINUTE
from hub.domain.ids import Moment


class BookingKind(StrEnum):
    """What is booked: a call from our team, or a technician who comes."""

    CALLBACK = "callback"
    VISIT = "visit"


@dataclass(frozen=True, slots=True)
class Slot:
    """A span of time that can be booked, from `starts` to `ends`."""

    kind: BookingKind
    starts: Moment
    ends: Moment


@dataclass(frozen=True, slots=True)
class Calendar:
    """When one kind of booking is possible. Spans in µs.

    `hours` are (weekday from Monday = 0, first minute, last minute) where `zone` is; `closed` are dates (2026-12-25) on which
    nobody works. A slot lasts `length`, is booked at least `lead` and at most `horizon` ahead, and holds `capacity` bookings
    (`seats` names who takes them: the installers; without names, seats are numbered).
    """

    kind: BookingKind
    hours: tuple[tuple[int, int, int], ...]
    zone: str = "Europe/Berlin"
    length: int = 2 * HOUR
    lead: int = DAY
    horizon: int = 14 * DAY
    capacity: int = 1
    closed: frozenset[str] = frozenset()
    seats: tuple[str, ...] = field(default=())

    def places(self) -> tuple[str, ...]:
        """The seats of each slot: a booking holds one of them, and no two hold the same."""
        return self.seats[: self.capacity] if self.seats else tuple(str(n + 1) for n in range(self.capacity))


def workweek(begins: int, ends: int) -> tuple[tuple[int, int, int], ...]:
    """Monday to Friday, from hour `begins` to hour `ends`."""
    return tuple((day, begins * 60, ends * 60) for day in range(5))


def every(calendar: Calendar, now: Moment) -> Iterator[Slot]:
    """All slots of `calendar` that may still be booked at `now`, in order. A time that summer time skips is none."""
    zone = ZoneInfo(calendar.zone)
    today = datetime.fromtimestamp(now / 1_000_000, zone).date()
    first, last = now + calendar.lead, now + calendar.horizon
    for ahead in range(calendar.horizon // DAY + 2):
        for slot in of_day(calendar, today + timedelta(days=ahead), zone):
            if first <= slot.starts <= last:
                yield slot


def of_day(calendar: Calendar, day: date, zone: ZoneInfo) -> Iterator[Slot]:
    """All slots of one day of the calendar, free or not, whether they can still be booked or not."""
    if day.isoformat() in calendar.closed:
        return
    length = calendar.length // MINUTE
    for weekday, begins, ends in sorted(calendar.hours):
        if weekday != day.weekday():
            continue
        for minute in range(begins, ends - length + 1, length):
            starts = _moment(day, minute, zone)
            if starts is not None:
                yield Slot(calendar.kind, starts, Moment(starts + calendar.length))


def _moment(day: date, minute: int, zone: ZoneInfo) -> Moment | None:
    local = datetime.combine(day, time(minute // 60, minute % 60), zone)
    there = local.astimezone(UTC)
    if there.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        return None
    return Moment(int(there.timestamp()) * 1_000_000)


def open_slots(calendar: Calendar, taken: Mapping[Moment, int], now: Moment) -> list[Slot]:
    """Every slot that can be booked at `now` and has a free seat; `taken` counts the bookings by their start."""
    room = len(calendar.places())
    return [slot for slot in every(calendar, now) if taken.get(slot.starts, 0) < room]


def free(
    calendar: Calendar,
    taken: Mapping[Moment, int],
    now: Moment,
    also: Collection[Moment] = (),
    most: int = 12,
) -> tuple[Slot, ...]:
    """The next `most` of the open slots, and those that start at one of `also` (times that are being offered).

    One slot of each half day comes first, so that who cannot in the morning is offered the afternoon.
    """
    open_ones = open_slots(calendar, taken, now)
    zone = ZoneInfo(calendar.zone)
    halves: dict[tuple[date, bool], Slot] = {}
    for slot in open_ones:
        local = datetime.fromtimestamp(slot.starts / 1_000_000, zone)
        halves.setdefault((local.date(), local.hour >= 12), slot)
    spread = list(halves.values())
    rest = [slot for slot in open_ones if slot not in spread]
    several = (spread + rest)[:most]
    return (*several, *(slot for slot in open_ones if slot.starts in also and slot not in several))


def is_open(calendar: Calendar, now: Moment) -> bool:
    """Whether somebody is at work at `now`."""
    local = datetime.fromtimestamp(now / 1_000_000, ZoneInfo(calendar.zone))
    minute = local.hour * 60 + local.minute
    return local.date().isoformat() not in calendar.closed and any(
        day == local.weekday() and begins <= minute < ends for day, begins, ends in calendar.hours
    )


def opens(calendar: Calendar, now: Moment) -> Moment | None:
    """When somebody is at work again, within a fortnight; None when nobody ever is."""
    zone = ZoneInfo(calendar.zone)
    today = datetime.fromtimestamp(now / 1_000_000, zone).date()
    for ahead in range(15):
        day = today + timedelta(days=ahead)
        shut = day.isoformat() in calendar.closed
        for weekday, begins, _ in () if shut else sorted(calendar.hours):
            starts = _moment(day, begins, zone) if weekday == day.weekday() else None
            if starts is not None and starts > now:
                return starts
    return None


def label(starts: Moment, zone: str, language: str) -> str:
    """`starts` as people say it: "Tuesday, November 24, 10:00". No sign that a text message would have to pay for."""
    local = datetime.fromtimestamp(starts / 1_000_000, ZoneInfo(zone))
    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    day = format_skeleton("MMMMEEEEd", local, locale=locale)
    return f"{day}, {format_time(local, 'HH:mm', locale=locale)}".replace("\u202f", " ").replace("\xa0", " ")
