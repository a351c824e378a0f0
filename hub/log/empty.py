"""A log in which nothing is: for commands that run an arrow and have no telemetry to look into. It takes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from device_rules import Record
from hub.ports import BadInput, Entry, Window


class EmptyLog:
    """The Log port over nothing."""

    partitions = 1
    summary = 1
    state = "open"

    def partition_of(self, device: str) -> int:
        """There is one partition."""
        return 0

    async def append(self, records: Sequence[tuple[int, Record]]) -> None:
        """Refuses: what is accepted must be kept."""
        raise BadInput("log", "this command has no telemetry log", "Run the hub.")

    async def read(self, partition: int, after: int, limit: int = 10_000) -> list[Entry]:
        """Nothing."""
        return []

    async def arrived(self, partition: int, after: int) -> None:
        """Never waits: nothing will come."""

    async def end(self, partition: int) -> int:
        """Nothing was ever written."""
        return 0

    async def window(
        self, device: str, span: tuple[int, int], limit: int = 5_000, within: float | None = None
    ) -> Window:
        """Nothing."""
        return Window()

    async def judged(self, positions: Mapping[int, int], now: int) -> None:
        """Nothing to forget."""

    async def close(self) -> None:
        """Nothing to give back."""
