"""The judge of groups: reads what all partitions have counted, and judges the rules about fleets, sites and cohorts.

It owns the summary partition of the log as a judge owns a partition of devices: restore, read on, judge, and save
position, snapshots and fault changes in one transaction. What it finds out about a fleet or a site goes back into the
log of every partition, so that the log stays the whole input of the engines. A crash between judging and sending
loses nothing: answers that were not sent are part of what is saved, and one that is sent twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from device_rules import RuleBook
from device_rules.fault import FaultChange
from device_rules.groups_town import Town
from device_rules.reading import Tally
from hub.flow.judge import CHUNK, Draft, within
from hub.ports import Checkpoint, Log, Store
from hub.ports.telemetry import Gauges
from hub.ports.trouble import where

log_line = structlog.get_logger()


@dataclass(slots=True)
class GroupJudge:
    """The owner of the summary partition."""

    books: Sequence[RuleBook]
    log: Log
    store: Store
    gauges: Gauges
    engine: Town = field(init=False)
    position: int = field(init=False, default=0)
    saved: int = field(init=False, default=0)
    changes: list[FaultChange] = field(init=False, default_factory=list)
    _dirty: set[str] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self.engine = self._town()

    @property
    def partition(self) -> int:
        """The summary partition."""
        return self.log.summary

    @property
    def unsaved(self) -> int:
        """Records judged since the last checkpoint."""
        return self.position - self.saved

    def _town(self) -> Town:
        return Town(self.books, self.log.partitions)

    async def restore(self) -> None:
        """Take up where the last checkpoint ended. Snapshots of another version are rebuilt from the log."""
        async with self.store.reading() as tx:
            self.position, snapshots = await tx.partitions.load(self.partition)
        self.position = await within(self.log, self.partition, self.position)
        self.saved = self.position
        lost = [name for name, blob in snapshots.items() if not self.engine.restore(name, blob)]
        if lost:
            await self._rebuild(len(lost))
        self.gauges.judged[self.partition] = self.position

    async def _rebuild(self, lost: int) -> None:
        """Judge the kept log again; faults keep their ids, and the store absorbs what it has."""
        log_line.warning("snapshots rebuilt from the log", partition=self.partition, groups=lost)
        self.engine, after = self._town(), 0
        while after < self.position:
            entries = await self.log.read(self.partition, after, min(CHUNK, self.position - after))
            if not entries:
                break
            for entry in entries:
                if isinstance(entry.record, Tally):
                    self.changes += self.engine.judge(entry.record)[0]
            after = entries[-1].position
        self.engine.sent(len(self.engine.standings))  # they were sent in their time

    async def step(self) -> bool:
        """Judge what has arrived, waiting for it if need be; True when there is a fault change to save at once."""
        await self._answer()
        await self.log.arrived(self.partition, self.position)
        entries = await self.log.read(self.partition, self.position, CHUNK)
        for entry in entries:
            if not isinstance(entry.record, Tally):
                continue
            try:
                changes, _ = self.engine.judge(entry.record)
            except Exception as error:  # noqa: BLE001 - a bug of ours: this one record is set aside, and the others go on
                place = {"partition": self.partition, "position": entry.position}
                log_line.error("record not judged", **place, error=where(error))
                continue
            self.changes += changes
        if entries:
            self.position = self.gauges.judged[self.partition] = entries[-1].position
            self.gauges.written[self.partition] = await self.log.end(self.partition)
        await self._answer()
        return bool(self.changes)

    async def _answer(self) -> None:
        """Tell every partition what was found out; what the log does not take stays owed. Raises LogStopped."""
        owed = self.engine.standings
        if owed:
            partitions = range(self.log.partitions)
            await self.log.append([(partition, standing) for partition in partitions for standing in owed])
            self.engine.sent(len(owed))

    def draft(self) -> Draft:
        """Everything that has changed since the last checkpoint. Either save it or give it back."""
        names = sorted(self.engine.changed() | self._dirty)
        self._dirty = set()
        snapshots = {name: self.engine.snapshot(name) for name in names}
        changes, self.changes = self.changes, []
        return Draft(Checkpoint(self.partition, self.position, snapshots, ()), changes)

    def give_back(self, draft: Draft) -> None:
        """It could not be saved: it belongs to the next checkpoint."""
        self.changes = draft.changes + self.changes
        self._dirty |= draft.checkpoint.snapshots.keys()
