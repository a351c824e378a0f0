"""Moments as people read them: the clock of the reader, and beside it the clock of the customer.

Display only: nothing is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

from device_rules.reading import DAY, HOUR, MINUTE, SECOND
from hub.domain.ids import Moment

ZONES = frozenset(available_timezones())


def zone_or(zone: str, otherwise: str) -> str:
    """`zone` if there is such a zone, else `otherwise`."""
    return zone if zone in ZONES else otherwise


def local(moment: int, zone: str) -> datetime:
    """`moment` (UTC µs) on the clock of `zone`."""
    return datetime.fromtimestamp(moment / SECOND, UTC).astimezone(ZoneInfo(zone))


def clock_in(moment: int, zone: str) -> str:
    """`18:05` in `zone`."""
    return local(moment, zone).strftime("%H:%M")


def day_in(moment: int, zone: str) -> str:
    """`21 Nov` in `zone`."""
    return local(moment, zone).strftime("%-d %b")


def machine(moment: int) -> str:
    """RFC 3339 in UTC with milliseconds, for programs: `2026-11-21T17:00:00.000Z`."""
    return datetime.fromtimestamp(moment / SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def ago(moment: int, now: int) -> str:
    """How long ago, in one unit: `26 min`, `3 h`, `6 days`; `now` within a minute."""
    gone = now - moment
    if gone < MINUTE:
        return "now"
    if gone < HOUR:
        return f"{gone // MINUTE} min"
    if gone < 10 * HOUR:
        minutes = gone % HOUR // MINUTE
        return f"{gone // HOUR} h {minutes} min" if minutes else f"{gone // HOUR} h"
    if gone < DAY:
        return f"{gone // HOUR} h"
    days = gone // DAY
    return f"{days} day{'s' if days > 1 else ''}"


def place(zone: str) -> str:
    """The town that a zone is named after: `Europe/Berlin` → `Berlin`."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


@dataclass(frozen=True, slots=True)
class Watch:
    """The reader's clock. `zone` is the reader's, `now` the business time of this page."""

    zone: str
    now: int

    def at(self, moment: int | None) -> str:
        """`18:05`, with the day when it is another: `20 Nov 18:05`."""
        if moment is None:
            return "–"
        if local(moment, self.zone).date() == local(self.now, self.zone).date():
            return clock_in(moment, self.zone)
        return f"{day_in(moment, self.zone)} {clock_in(moment, self.zone)}"

    def both(self, moment: int | None, zone: str) -> str:
        """On the reader's clock, with the customer's beside it when that is another: `07:00 (08:00 in Berlin)`."""
        there = self.there(moment, zone)
        return f"{self.at(moment)} ({there})" if there else self.at(moment)

    def said(self) -> str:
        """Whose clock the page shows: `times in Berlin`."""
        return f"times in {place(self.zone)}"

    def midnight(self) -> Moment:
        """When the reader's day began."""
        begun = local(self.now, self.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        return Moment(int(begun.timestamp()) * SECOND)

    def ago(self, moment: int | None) -> str:
        """How long ago: `26 min ago`, `just now`."""
        if moment is None:
            return "never"
        word = ago(moment, self.now)
        return "just now" if word == "now" else f"{word} ago"

    def lasting(self, moment: int) -> str:
        """How long it has lasted: `26 min`."""
        word = ago(moment, self.now)
        return "less than a minute" if word == "now" else word

    def there(self, moment: int | None, zone: str) -> str:
        """The customer's clock when it shows another time than the reader's: `18:05 in Berlin`; else nothing."""
        if moment is None or not zone:
            return ""
        if local(moment, zone).utcoffset() == local(moment, self.zone).utcoffset():
            return ""
        return f"{clock_in(moment, zone)} in {place(zone)}"
