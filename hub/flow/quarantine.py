"""Quarantine: telemetry that was refused, counted per topic and reason, with the first bytes of one sample.

It is gathered here and written at most once a second, so that a storm of garbage costs next to nothing; how many
different topics it remembers between two writes is bounded.
"""

from __future__ import annotations

from dataclasses import replace

from hub.domain.ids import Moment
from hub.ports import Quarantined, Store

SAMPLE = 256  # bytes
LONGEST_TOPIC = 256
MOST = 100  # topics and reasons between two writes; the rest is counted under one name
ELSEWHERE = "(other topics)"


class Quarantine:
    """What was refused since the last write."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], Quarantined] = {}

    def note(self, topic: str, because: str, payload: bytes, at: int) -> None:
        """Count one refused message; the first of its kind leaves a sample."""
        key = (topic, because)
        row = self._rows.get(key)
        if row is None:
            if len(self._rows) >= MOST:
                key = (ELSEWHERE, because)
                row = self._rows.get(key)
            row = row or Quarantined(
                printable(key[0]), because, 0, Moment(at), Moment(at), bytes(payload[:SAMPLE])
            )
        self._rows[key] = replace(row, count=row.count + 1, last=Moment(at))

    async def flush(self, store: Store) -> int:
        """Write what has gathered; answers how many rows. What cannot be written stays for the next time."""
        rows, self._rows = self._rows, {}
        if not rows:
            return 0
        try:
            async with store.transaction() as tx:
                await tx.house.quarantine(rows.values())
        except BaseException:
            self._rows = rows | self._rows
            raise
        return len(rows)


def printable(topic: str) -> str:
    """The topic as text that can be stored and shown, whatever bytes it came from."""
    return topic[:LONGEST_TOPIC].encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")
