"""Moments as recordings write them: ISO 8601 with a zone, or a number since 1970 in seconds, ms, µs or ns.

Which unit a number has is told by its size. It guesses no zone.
"""

from __future__ import annotations

from datetime import datetime

from device_rules.reading import DAY, MINUTE, SECOND

KEPT = 200_000
AHEAD, BEHIND = 5 * MINUTE, DAY  # a device's time further off than this is not believed

When = int | float | str


class BadMoment(ValueError):
    """What stands there is no moment; the message says how it should look."""


class Moments(dict[When, int]):
    """Moment by its spelling, in UTC µs. Recordings repeat themselves, so what was read is kept for a while.

    Asking for a spelling raises BadMoment when it is none.
    """

    def __missing__(self, when: When) -> int:
        if len(self) > KEPT:
            self.clear()
        moment = self[when] = _numbered(when) if isinstance(when, int | float) else _spelt(when)
        return moment


def _numbered(when: float) -> int:
    for size, factor in ((1e11, SECOND), (1e14, 1_000), (1e17, 1)):
        if 0 < when < size:
            return round(when * factor)
    if 1e17 <= when < 1e20:
        return int(when) // 1_000
    raise BadMoment(f"{when:g} is no moment; write 2026-01-05T07:55:00Z, or seconds since 1970")


def _spelt(when: str) -> int:
    try:
        moment = datetime.fromisoformat(when)
    except ValueError:
        try:
            return _numbered(float(when))
        except ValueError:
            raise BadMoment(f"“{when[:40]}” is no moment; write it as 2026-01-05T07:55:00Z") from None
    if moment.tzinfo is None:
        raise BadMoment(f"“{when}” has no zone; write {when}Z if it is UTC")
    return round(moment.timestamp() * SECOND)


def believed(at: int, received: int) -> int:
    """The moment that rules use: the device's own, or the hub's when the device's is too far off."""
    return at if received - BEHIND <= at <= received + AHEAD else received
