"""Refused times: of the slots that are free, those that somebody can have who said what will not do.

Pure: told the slots and the time as it was said. It reads no words.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from hub.domain.ids import Moment
from hub.domain.slots import Slot
from hub.domain.spoken_time import WEEK, Part, When, day_of, minutes_of

HOURS = {
    Part.MORNING: (0, 12),
    Part.NOON: (11, 14),
    Part.AFTERNOON: (12, 18),
    Part.EVENING: (17, 24),
    Part.NIGHT: (20, 24),
}
"""The hours that go with a part of the day that will not do: rather too many than one that was refused."""


def within(slots: Sequence[Slot], when: When, now: Moment, zone: str) -> tuple[list[Slot], bool]:
    """The slots that `when` leaves, and whether they lie wholly within it. Where none does, those that reach into it, for
    somebody may still be met; where none of these either, those of another day that are not barred."""
    place = ZoneInfo(zone)
    left = [slot for slot in slots if not any(_bars(each, slot, now, zone) for each in when.barred)]
    since, until = when.since or 0, 24 * 60 if when.until is None else when.until
    spans = [(slot, _minute(slot.starts, place)) for slot in left]
    whole = [slot for slot, begins in spans if since <= begins and begins + _long(slot) <= until]
    partly = [slot for slot, begins in spans if since < begins + _long(slot) and begins < until]
    day = None if whole or partly else day_of(when, now, zone)
    others = [slot for slot in left if _local(slot.starts, place).date() != day]  # that whole day will not do
    return whole or partly or others, bool(whole)


def _bars(refused: When, slot: Slot, now: Moment, zone: str) -> bool:
    """Whether the slot lies in what was refused: a day, a week, a part of a day, or an hour."""
    local = _local(slot.starts, ZoneInfo(zone))
    if refused.weekday is not None:
        day = local.weekday() == refused.weekday
    else:
        named = day_of(refused, now, zone)
        day = named is None or local.date() == named
        if named is not None and refused.days == WEEK:
            day = local.isocalendar()[:2] == named.isocalendar()[:2]
    return day and _at_that_time(refused, slot, local)


def _at_that_time(refused: When, slot: Slot, local: datetime) -> bool:
    begins = local.hour * 60 + local.minute
    if refused.hour is not None:
        return any(begins <= minute < begins + _long(slot) for minute in minutes_of(refused))
    if refused.part is None:
        return True
    first, last = HOURS[refused.part]
    return first * 60 < begins + _long(slot) and begins < last * 60


def _long(slot: Slot) -> int:
    return (slot.ends - slot.starts) // 60_000_000


def _local(moment: Moment, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(moment / 1_000_000, zone)


def _minute(moment: Moment, zone: ZoneInfo) -> int:
    local = _local(moment, zone)
    return local.hour * 60 + local.minute
