"""Judge: one partition of the log, read in order, judged by the engine, saved in checkpoints.

A checkpoint is one store transaction: log position, snapshots and states of changed devices, fault changes, and an
inbox row for each change that is new. After a crash the judge restores the snapshots and reads on from the position:
the same records give the same faults with the same ids, and the store absorbs what it has. Besides, it tells the
summary partition of the log what its engine has counted about groups. It never asks the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import structlog
from msgspec.structs import replace

from device_rules import Engine, RuleBook
from device_rules.fault import ChangeKind, FaultChange
from device_rules.groups import PREFIX
from device_rules.reading import Describe, Tally
from hub.domain.asked import Switches
from hub.domain.device import DeviceState
from hub.domain.events import FaultChanged
from hub.domain.ids import DeviceId, FaultId, Moment
from hub.flow.registry import fingerprint
from hub.ports import Checkpoint, Log, Store, Tx
from hub.ports.telemetry import Gauges
from hub.ports.trouble import where

CHUNK = 2_000  # records between two looks at the rest of the world
MARK = 8  # bytes before each snapshot: the fingerprint of what the device was described as

log_line = structlog.get_logger()


@dataclass(slots=True)
class Draft:
    """What a checkpoint will save of one partition."""

    checkpoint: Checkpoint
    changes: list[FaultChange]


async def within(log: Log, partition: int, position: int) -> int:
    """`position`, or the end of a log that is shorter: it was begun anew, and what comes now must be judged."""
    end = await log.end(partition)
    if position > end:
        log_line.warning("the log was begun anew", partition=partition, saved=position, end=end)
    return min(position, end)


class Owner(Protocol):
    """Whoever owns a partition of the log and has something to save: a judge of devices, or the judge of groups."""

    gauges: Gauges
    saved: int

    def draft(self) -> Draft: ...
    def give_back(self, draft: Draft) -> None: ...


@dataclass(slots=True)
class Judge:
    """The owner of one partition."""

    partition: int
    books: Sequence[RuleBook]
    log: Log
    store: Store
    gauges: Gauges
    engine: Engine = field(init=False)
    position: int = field(init=False, default=0)
    saved: int = field(init=False, default=0)
    changes: list[FaultChange] = field(init=False, default_factory=list)
    tallies: list[Tally] = field(init=False, default_factory=list)
    described: dict[str, bytes] = field(init=False, default_factory=dict)
    _dirty: set[str] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self.engine = Engine(self.books)

    async def restore(self) -> None:
        """Take up where the last checkpoint ended. Snapshots of another version are rebuilt from the log."""
        async with self.store.reading() as tx:
            self.position, snapshots = await tx.partitions.load(self.partition)
        self.position = await within(self.log, self.partition, self.position)
        self.saved = self.position
        of_groups = snapshots.pop(self._of_groups, b"")
        if of_groups and not self.engine.restore_groups(of_groups):
            log_line.warning("what was told of groups is told again", partition=self.partition)
        lost = {
            device
            for device, blob in snapshots.items()
            if len(blob) < MARK or not self.engine.restore(device, blob[MARK:])
        }
        self.described = {device: blob[:MARK] for device, blob in snapshots.items() if device not in lost}
        if lost:
            await self._rebuild(lost)
        self.gauges.judged[self.partition] = self.position

    async def _rebuild(self, lost: set[str]) -> None:
        """Judge the kept log again for devices whose snapshot cannot be used; their faults keep their ids."""
        log_line.warning("snapshots rebuilt from the log", partition=self.partition, devices=len(lost))
        again, after, wanted = Engine(self.books), 0, {None, *lost}
        while after < self.position:
            entries = await self.log.read(self.partition, after, min(CHUNK, self.position - after))
            if not entries:
                break
            for entry in entries:
                if entry.position <= self.position and getattr(entry.record, "device", None) in wanted:
                    self.changes += again.judge(entry.record)
            after = entries[-1].position
        for device in lost:
            if again.model(device) is not None:
                self.engine.restore(device, again.snapshot(device))
                self._dirty.add(device)

    async def step(self) -> bool:
        """Judge what has arrived, waiting for it if need be; True when there is a fault change to save at once."""
        await self._tell()
        await self.log.arrived(self.partition, self.position)
        entries = await self.log.read(self.partition, self.position, CHUNK)
        judge, changes = self.engine.judge, self.changes
        for entry in entries:
            record = entry.record
            try:
                found = judge(record)
            except Exception as error:  # noqa: BLE001 - a bug of ours: this one record is set aside, and the others go on
                place = {"partition": self.partition, "position": entry.position}
                log_line.error("record not judged", **place, error=where(error))
                continue
            if found:
                changes += found
            if record.__class__ is Describe:
                self._note(record)
        self.tallies += self.engine.tallies()
        if entries:
            self.position = self.gauges.judged[self.partition] = entries[-1].position
            self.gauges.written[self.partition] = await self.log.end(self.partition)
        await self._tell()
        return bool(changes)

    async def _tell(self) -> None:
        """Tell what was counted about groups. Raises LogStopped, and then it is still owed."""
        if self.tallies:
            told = [(self.log.summary, replace(tally, partition=self.partition)) for tally in self.tallies]
            await self.log.append(told)
            self.tallies = []

    @property
    def _of_groups(self) -> str:
        """Where what the engine itself knows of groups lies among the snapshots: no device has such a name."""
        return f"{PREFIX}told:{self.partition}"

    def _note(self, record: Describe) -> None:
        self.described[record.device] = fingerprint(record)

    def draft(self) -> Draft:
        """Everything that has changed since the last checkpoint. Either save it or give it back."""
        engine = self.engine
        devices = sorted(engine.changed() | self._dirty)
        engine.mark()
        self._dirty = set()
        nobody = bytes(MARK)
        kept = [device for device in devices if engine.model(device) is not None]
        snapshots = {device: self.described.get(device, nobody) + engine.snapshot(device) for device in kept}
        if engine.groups_changed or self._of_groups in devices:
            snapshots[self._of_groups] = engine.snapshot_groups()
        states = tuple(self._state(device) for device in kept)
        changes, self.changes = self.changes, []
        return Draft(Checkpoint(self.partition, self.position, snapshots, states), changes)

    def give_back(self, draft: Draft) -> None:
        """It could not be saved: it belongs to the next checkpoint."""
        self.changes = draft.changes + self.changes
        self._dirty |= draft.checkpoint.snapshots.keys()

    def _state(self, device: str) -> DeviceState:
        presence, values = self.engine.presence(device), self.engine.values(device)
        received = self.engine.last_received(device)
        heard = Moment(received) if received is not None else None
        if presence is None:
            return DeviceState(DeviceId(device), received=heard, values=values)
        since = Moment(presence.effective)
        return DeviceState(DeviceId(device), presence.state, since, presence.reason, heard, values)

    @property
    def unsaved(self) -> int:
        """Records judged since the last checkpoint; none that may be saved before what they counted is in the log."""
        return 0 if self.tallies else self.position - self.saved


async def checkpoint(store: Store, judges: Sequence[Owner], now: int) -> int:
    """Save what `judges` have, in one transaction; answers how many fault changes were new. Raises what the store
    raises, and then nothing is saved and nothing is forgotten."""
    drafts = [judge.draft() for judge in judges]
    new = 0
    try:
        async with store.transaction() as tx:
            for draft in drafts:
                new += await _save(tx, draft, now)
    except BaseException:
        for judge, draft in zip(judges, drafts, strict=True):
            judge.give_back(draft)
        raise
    for judge, draft in zip(judges, drafts, strict=True):
        judge.saved = draft.checkpoint.position
        judge.gauges.checkpoints += 1
        judge.gauges.faults += len(draft.changes)
    return new


async def _save(tx: Tx, draft: Draft, now: int) -> int:
    new = 0
    switches = await tx.house.switches() if draft.changes else Switches()
    for change in draft.changes:
        known = await known_before_live(tx, change, switches)
        if await tx.faults.save(change, known):
            await tx.inbox.put(change.device, FaultChanged(change, known), Moment(now))
            log_line.info(
                "fault", device=change.device, rule=change.rule, kind=change.kind.value, known=known
            )
            new += 1
    await tx.partitions.save(draft.checkpoint)
    awake = [each.device for each in draft.checkpoint.states if not each.asleep]
    for command in await tx.errands.rouse(awake, Moment(now)):
        log_line.info("command_roused", command=command, because="device awake")
    return new


async def known_before_live(tx: Tx, change: FaultChange, switches: Switches) -> bool:
    """Whether the fault was true before sending went live: such faults are listed, nobody is contacted about them.

    Settled when it is raised: what was handled on paper before keeps its case until it clears.
    """
    if change.kind is not ChangeKind.RAISED:
        row = await tx.faults.get(FaultId(change.fault))
        return row.known_before_live if row else False
    return switches.live_since is not None and change.start < switches.live_since
