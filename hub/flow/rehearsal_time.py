"""The time line of a report: hours, days or weeks (UTC), whichever shows a recording best. Pure arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from device_rules.reading import DAY, HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SIZES = {"hour": HOUR, "day": DAY, "week": 7 * DAY}
MONDAY = 4 * DAY  # 5 January 1970
SHORT, LONG = 3 * DAY, 120 * DAY  # up to three days are shown by the hour, more than 120 by the week


@dataclass(frozen=True, slots=True)
class Scale:
    """Spans of one `unit` from the first to the last moment of a recording, each named by its beginning."""

    unit: str
    spans: tuple[str, ...]

    def span_of(self, moment: int) -> str:
        """The name of the span in which a moment (UTC µs) lies: `2026-01-05` or `2026-01-05 07:00`."""
        return _named(_begin(moment, self.unit), self.unit)


def scale_of(first: int, last: int) -> Scale:
    """The scale for a recording from `first` to `last` (UTC µs)."""
    length = last - first
    unit = "hour" if length <= SHORT else "day" if length <= LONG else "week"
    begin, size = _begin(first, unit), SIZES[unit]
    return Scale(unit, tuple(_named(at, unit) for at in range(begin, last + 1, size)))


def _begin(moment: int, unit: str) -> int:
    shift = MONDAY if unit == "week" else 0
    return (moment - shift) // SIZES[unit] * SIZES[unit] + shift


def _named(moment: int, unit: str) -> str:
    when = _EPOCH + timedelta(microseconds=moment)
    return f"{when:%Y-%m-%d %H:00}" if unit == "hour" else f"{when:%Y-%m-%d}"
