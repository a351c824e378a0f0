"""Errands of the hub to devices, as the flow sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from hub.domain.ids import CaseId, CommandId, DeviceId, Moment


class Errands(Protocol):
    """Device commands that wait for a sleeping device (`lay_down`, `rouse`), or that nobody wants any more (`call_off`)."""

    async def lay_down(self, command: CommandId) -> None: ...
    async def rouse(self, devices: Sequence[DeviceId], now: Moment) -> list[CommandId]: ...
    async def call_off(self, case: CaseId, at: Moment) -> list[CommandId]: ...
