"""Readings of one device that wait, for as long as its model says, for those that may come before them."""

from __future__ import annotations

from bisect import insort
from operator import attrgetter

from device_rules.reading import Micros, Reading

MOST = 1_000  # readings of one device that wait; more than that are let through, the oldest first

_moment = attrgetter("effective")


class Waiting:
    """Readings in the order of their moments. `span` is how long they wait (µs of own time)."""

    __slots__ = ("newest", "readings", "span")

    def __init__(self, span: Micros) -> None:
        self.span = span
        self.readings: list[Reading] = []
        self.newest: Micros = -1

    @property
    def first(self) -> Micros | None:
        """The moment of the first reading in line."""
        return self.readings[0].effective if self.readings else None

    def add(self, reading: Reading) -> bool:
        """Put a reading in line. False when there is no waiting for it: it is older than the wait."""
        self.newest = max(self.newest, reading.effective)
        insort(self.readings, reading, key=_moment)
        return True

    def until(self, moment: Micros) -> list[Reading]:
        """The readings that have waited long enough, and those that are too many; they are no longer in line."""
        count = max(len(self.readings) - MOST, 0)
        while count < len(self.readings) and self.readings[count].effective <= moment:
            count += 1
        ready, self.readings = self.readings[:count], self.readings[count:]
        return ready
