"""The store as the house's own upkeep sees it: alarms that stand, signs of life, figures to judge the house by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from hub.domain.alarms import Standing
from hub.domain.ids import Moment
from hub.domain.report import Report


@dataclass(frozen=True, slots=True)
class Signs:
    """What the store shows of how the house is.

    `parked` and `doubtful` rows of the outbox; `due` the moment of the oldest row that could leave (None: there is none);
    `stops` opt-outs in the last hour and `stops_week` in the seven days before it; `stuck` events of the inbox that failed too
    often; `capped` whether first contacts wait for the fleet-wide cap; `undecided` incidents that wait for a decision, the first
    of them until `decide_by` (None: there is none); `untaken` open cases of which a supervisor was told and which nobody has; `canaries` approved incidents whose canary has had its time and could tell nobody.
    """

    parked: int
    doubtful: int
    due: Moment | None
    stops: int
    stops_week: int
    stuck: int
    capped: bool
    undecided: int
    decide_by: Moment | None
    untaken: int
    canaries: int = 0


@dataclass(frozen=True, slots=True)
class Beat:
    """A sign of life of a process, by name: when, and what was wrong with it then ("" for nothing)."""

    name: str
    at: Moment
    note: str = ""


class Upkeep(Protocol):
    """`put_alarms` replaces all alarms that stand. `forget` deletes at most `limit` cases that were closed before a moment, with
    all that hangs on them, and answers how many rows that was."""

    async def signs(self, now: Moment) -> Signs: ...
    async def alarms(self) -> list[Standing]: ...
    async def put_alarms(self, standing: Iterable[Standing]) -> None: ...
    async def beat(self, beat: Beat) -> None: ...
    async def beats(self) -> list[Beat]: ...
    async def report(self, since: Moment, until: Moment) -> Report: ...
    async def forget(self, before: Moment, limit: int) -> int: ...
