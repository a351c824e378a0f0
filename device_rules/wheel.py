"""Who wants a tick, and when: devices by the second of their next wake (hub time).

A device stands in one second at a time. When it wants to be woken earlier it is placed anew, and its old
place is passed over; when later, it is placed anew as its old second comes. So a reading of which nothing
comes costs nothing here, and a tick with nothing due costs one comparison, however many devices there are.
"""

from __future__ import annotations

import heapq
from typing import Generic, Protocol, TypeVar

from device_rules.reading import SECOND, Micros


class Second:
    """The devices of one second; `first` is the earliest moment at which one of them wants a tick."""

    __slots__ = ("devices", "first", "number")

    def __init__(self, number: int, first: Micros) -> None:
        self.number, self.first = number, first
        self.devices: list[object] = []

    def __lt__(self, other: Second) -> bool:
        return self.number < other.number


class Sleeper(Protocol):
    """Whoever can be woken."""

    wake: Second | None


Whoever = TypeVar("Whoever", bound=Sleeper)


class Wheel(Generic[Whoever]):
    """The seconds to come."""

    def __init__(self) -> None:
        self._seconds: dict[int, Second] = {}
        self._order: list[Second] = []

    def place(self, one: Whoever, wake: Micros) -> None:
        """Wake `one` at `wake`, unless it will be woken before that anyway."""
        number, standing = wake // SECOND, one.wake
        if standing is not None and standing.number <= number:
            if standing.number == number and wake < standing.first:
                standing.first = wake
            return
        second = self._seconds.get(number)
        if second is None:
            second = self._seconds[number] = Second(number, wake)
            heapq.heappush(self._order, second)
        elif wake < second.first:
            second.first = wake
        second.devices.append(one)
        one.wake = second

    @property
    def first(self) -> Micros | None:
        """The earliest moment at which somebody wants a tick (it may turn out to be too early); None: nobody."""
        return self._order[0].first if self._order else None

    def due(self, now: Micros) -> list[Whoever]:
        """Everybody who stands in a second that is due by `now`, even if later in it; they stand nowhere any more."""
        found: list[Whoever] = []
        while self._order and self._order[0].first <= now:
            second = heapq.heappop(self._order)
            del self._seconds[second.number]
            for one in second.devices:
                if one.wake is second:  # type: ignore[attr-defined]
                    one.wake = None  # type: ignore[attr-defined]
                    found.append(one)  # type: ignore[arg-type]
        return found
