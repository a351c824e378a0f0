"""`[bookings]`: when people can be rung and when a technician can come."""

from __future__ import annotations

import re
from typing import Annotated, get_args

from pydantic import AfterValidator, Field

from hub.settings.kinds import Day, Duration
from hub.settings.part import Part
from hub.settings.policy import Weekday
from hub.settings.slips import Slip

_SPAN = re.compile(r"([01]\d|2[0-3]):[0-5]\d-(?:([01]\d|2[0-3]):[0-5]\d|24:00)")


def opening(text: str) -> str:
    """Opening hours such as `08:00-16:00`. Raises Slip."""
    if _SPAN.fullmatch(text) is None or text[:5] >= text[6:]:
        raise Slip("these are no opening hours", "Write them like 08:00-16:00.")
    return text


Opening = Annotated[str, AfterValidator(opening)]
WORKDAYS: tuple[Weekday, ...] = get_args(Weekday)[:5]


class CalendarPart(Part):
    """One calendar: `hours` by weekday (a day without hours is closed), how long a slot is, how far ahead it must and may be
    booked, and how many can be booked at the same time."""

    hours: dict[Weekday, tuple[Opening, ...]] = Field(default_factory=dict)
    length: Duration = 2 * 3_600_000_000
    lead: Duration = 86_400_000_000
    horizon: Duration = 14 * 86_400_000_000
    capacity: int = Field(default=1, ge=1, le=200)


def _week(hours: str) -> dict[Weekday, tuple[Opening, ...]]:
    return dict.fromkeys(WORKDAYS, (hours,))


class BookingsPart(Part):
    """Appointments that customers can make in a conversation. Both calendars use the time zone of `[policy]`; on the dates of
    `closed` nobody works. Where there are users with the role installer, they are who comes, and `visit.capacity` is not used."""

    offered: bool = True
    closed: tuple[Day, ...] = ()
    callback: CalendarPart = CalendarPart(
        hours=_week("09:00-18:00"),
        length=1_800_000_000,
        lead=3_600_000_000,
        horizon=7 * 86_400_000_000,
        capacity=2,
    )
    visit: CalendarPart = CalendarPart(hours=_week("08:00-16:00"))
