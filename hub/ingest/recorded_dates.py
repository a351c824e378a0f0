"""Wrong dates in a recording: a record far from its neighbours in time is set aside, so that it does not ruin the rest.

A record more than an hour ahead waits for the fifty after it: where nearly all of them go back to before it, its date is
wrong; where they go on from it, the recording had a gap. It moves nothing and guesses no date.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Protocol, TypeAlias

from msgspec.structs import replace

from device_rules.reading import DAY, HOUR, Describe, Event, Presence, Reading, Record

AFTER = 50  # records that confirm a date or refute it
FEW = 3  # with fewer after it, nothing is said about a first record or one far back
FAR = 180 * DAY  # no export and no backlog goes back so far for one record
AHEAD, BEHIND = "a date far ahead of its neighbours", "a date far behind its neighbours"

Dated: TypeAlias = Reading | Event | Presence | Describe
_MOMENT, _DEVICE = attrgetter("received"), attrgetter("device")


@dataclass(frozen=True, slots=True)
class Piece:
    """Records of a file in its order, and how to find the number of the line that one of them comes from."""

    records: list[Record]
    find: Callable[[Dated], int | None]


class Lines(Protocol):
    """Where lines are told that were set aside."""

    def set_aside(self, place: Callable[[], str], cause: str) -> None: ...


def same(one: Record, other: Dated) -> bool:
    """Whether two records come from one line, as far as one can tell."""
    return isinstance(one, Dated) and (one.device, one.received) == (other.device, other.received)


class Dates:
    """The sieve of one file."""

    def __init__(self, name: str, lines: Lines) -> None:
        self._name, self._lines = name, lines
        self._newest: int | None = None
        self._seen: set[str] = set()
        self._pieces: deque[Piece] = deque(maxlen=8)  # enough to find what waits
        self._last: tuple[str, int] | None = None

    def sift(self, pieces: Iterable[Piece]) -> Iterator[list[Record]]:
        """The records without those whose date is wrong, a piece at a time, and none empty."""
        waiting: list[Record] = []
        for piece in pieces:
            self._pieces.append(piece)
            kept, waiting = self._sifted(waiting + piece.records if waiting else piece.records, AFTER)
            if kept:
                yield kept
        kept, _ = self._sifted(waiting, 0)
        if kept:
            yield kept

    def _sifted(self, records: list[Record], needed: int) -> tuple[list[Record], list[Record]]:
        """What is kept, and what has to wait because fewer than `needed` records follow it."""
        if not records:
            return [], []
        moments: list[int] = list(map(_MOMENT, records))
        newest = self._newest
        last = max(moments)
        if newest is not None and last <= newest + HOUR and min(moments) >= newest - FAR:
            self._newest = max(newest, last)
            self._seen.update(map(_DEVICE, records))
            return records, []
        kept: list[Record] = []
        marked = 0
        for place, moment in enumerate(moments):
            newest = self._newest
            if newest is None or not newest - FAR <= moment <= newest + HOUR:
                after = moments[place + 1 : place + 1 + AFTER]
                if len(after) < needed:
                    self._seen.update(map(_DEVICE, records[marked:place]))
                    return kept, records[place:]
                self._seen.update(map(_DEVICE, records[marked:place]))
                marked = place
                cause = self._cause(moment, after, records[place : place + 1 + AFTER])
                if cause:
                    kept += self._aside(records[place], cause, after)
                    continue
            self._newest = moment if newest is None else max(newest, moment)
            kept.append(records[place])
        self._seen.update(map(_DEVICE, records[marked:]))
        return kept, []

    def _cause(self, moment: int, after: Sequence[int], records: Sequence[Record]) -> str:
        """What is wrong with a moment, by those after it; empty when nothing is."""
        newest = self._newest
        if newest is None:
            return _of_first(moment, after)
        if moment < newest:
            back = sum(each >= newest - HOUR for each in after)
            return BEHIND if len(after) >= FEW and _most(back, after) else ""
        if not after:
            return AHEAD if moment > newest + FAR else ""
        if min(after) >= moment - HOUR:
            return ""
        low, high = newest - HOUR, newest + HOUR
        seen = self._seen
        back = sum(
            low <= each < moment - HOUR and (each <= high or record.device in seen)  # type: ignore[union-attr]
            for each, record in zip(after, records[1:], strict=True)
        )
        return AHEAD if _most(back, after) else ""

    def _aside(self, record: Record, cause: str, after: Sequence[int]) -> list[Record]:
        """Counted once a line. What it says about the device itself is kept: that is true at any time."""
        assert isinstance(record, Dated)
        line = (record.device, record.received)
        if line != self._last:
            self._last = line
            self._lines.set_aside(lambda: self._place(record), cause)
        if not isinstance(record, Describe):
            return []
        moment = self._newest if self._newest is not None else sorted(after)[len(after) // 2]
        return [replace(record, received=moment, effective=moment)]

    def _place(self, record: Dated) -> str:
        for piece in reversed(self._pieces):
            if (line := piece.find(record)) is not None:
                return f"{self._name}:{line}"
        return self._name


def _of_first(moment: int, after: Sequence[int]) -> str:
    """The first record of a file has nothing before it: those after it must agree that it is elsewhere."""
    if len(after) < FEW:
        return ""
    if _most(sum(each > moment + FAR for each in after), after):
        return BEHIND
    ahead = _most(sum(each < moment - HOUR for each in after), after) and after[0] <= after[-1]
    return AHEAD if ahead and (max(after) < moment - HOUR or min(after) < moment - FAR) else ""


def _most(count: int, after: Sequence[int]) -> bool:
    return 4 * count >= 3 * len(after)
