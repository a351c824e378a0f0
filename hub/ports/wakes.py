"""When somebody wants to be woken: due moments as rows. `hurry` brings what waits under one name forward, in its order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from hub.domain.effects import WakeAt
from hub.domain.ids import CaseId, Moment


class Wakes(Protocol):
    """Due moments as rows, claimed in batches."""

    async def put(self, wake: WakeAt) -> None: ...
    async def forget(self, case: CaseId, names: Sequence[str] = ()) -> None: ...
    async def take(self, now: Moment, limit: int) -> list[WakeAt]: ...
    async def hurry(self, name: str, before: Moment, now: Moment) -> int: ...
    async def next_due(self) -> Moment | None: ...
    async def of_case(self, case: CaseId) -> list[WakeAt]: ...
