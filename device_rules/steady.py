"""What a quiet device need not say again: the metrics that are sent on change."""

from __future__ import annotations

from collections.abc import Sequence

from device_rules.rule import WHILE_HEARD, Slot
from device_rules.source import Source

MOST_LISTED = 8
"""With more of them, only those are looked at that a reading brings."""


def held_of(slots: Sequence[Slot], sources: Sequence[Source]) -> tuple[str, ...]:
    """The metrics that a quiet device need not repeat: sent on change, and followed by no window."""
    followed = {source.base for source in sources}
    free = [slot for place, slot in enumerate(slots) if slot.sort == "metric" and place not in followed]
    return tuple(slot.name for slot in free if slot.gap == WHILE_HEARD)
