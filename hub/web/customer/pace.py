"""Patience with people, little with programs: how often one visitor may do one thing. Keeps moments, and nothing of anybody."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass

from device_rules.reading import HOUR, MINUTE

MOST = 10_000  # visitors that are remembered at a time


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` times within `span` µs."""

    most: int
    span: int


TURNS = Limit(30, MINUTE)
LOOKS = Limit(120, MINUTE)
PHOTOS = Limit(10, HOUR)
OPENINGS = Limit(
    20, 5 * MINUTE
)  # wrong ones, by address of the caller: nobody guesses 128 bits, but let them not try either
NEW_LINKS = Limit(3, HOUR)


class Pace:
    """Counts what was done lately."""

    def __init__(self) -> None:
        self._done: OrderedDict[tuple[str, Limit], deque[int]] = OrderedDict()

    def may(self, who: str, limit: Limit, now: int) -> bool:
        """Whether `who` may do it now; if so, it counts."""
        key = (who, limit)
        done = self._done.setdefault(key, deque())
        self._done.move_to_end(key)
        while len(self._done) > MOST:
            self._done.popitem(last=False)
        while done and done[0] <= now - limit.span:
            done.popleft()
        if len(done) >= limit.most:
            return False
        done.append(now)
        return True
