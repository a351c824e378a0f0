"""A whole fleet in one process: the engine of all devices and the town of their groups, in one object.

For tests of books, rehearsals and programs that need no partitions: what the engine counts is put together at once,
and what comes of it is told to the engine before the next record. It has no state of its own to keep.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from device_rules.book import RuleBook
from device_rules.engine import Engine
from device_rules.fault import FaultChange
from device_rules.groups_town import Town
from device_rules.reading import Record, Standing, Tally, Value


class Whole:
    """Judges devices and their groups. `engine` answers what is asked of one device."""

    def __init__(
        self, books: Iterable[RuleBook], *, overrides: Mapping[str, Mapping[str, Value]] | None = None
    ) -> None:
        kept = tuple(books)
        self.engine = Engine(kept, overrides=overrides)
        self.town = Town(kept)

    def judge(self, record: Record) -> list[FaultChange]:
        """What follows from the next record; what others have counted about groups is passed over."""
        if isinstance(record, Tally | Standing):
            return []
        changes = self.engine.judge(record)
        for tally in self.engine.tallies():
            of_groups, standings = self.town.judge(tally)
            self.town.sent(len(standings))
            changes = changes + of_groups
            for standing in standings:
                changes = changes + self.engine.judge(standing)
        return changes
