"""Listen: raw messages become records of the log, in order; what cannot be used is counted and kept with its reason.

decode → do we know this device? → said before? → when did it happen? → log. The order of a device's messages is kept.
It never acknowledges anything (the loop does, when the log has it), never judges, and never waits for the store but
to meet a device for the first time and to hand on a device's answer to a command.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from device_rules.reading import Event, Presence, Reading, Record, Value
from hub.domain.device import Admission, Device
from hub.domain.events import CommandAnswered
from hub.domain.ids import CommandId, DeviceId, Moment
from hub.flow.quarantine import Quarantine
from hub.flow.registry import Registry, fingerprint
from hub.ports import Clock, Log, Store
from hub.ports.telemetry import (
    Answered,
    Clocks,
    Decoded,
    Gauges,
    Happened,
    Heard,
    Part,
    Raw,
    Rejected,
    Seen,
    Stood,
)
from hub.ports.trouble import where

UNKNOWN = "unknown device"
NO_MODEL = "unknown device, and no rule book for its model"
NO_BOOK = "no rule book for the device's model"
WAITING = "the device waits to be admitted"
BROKEN = Rejected("the decoder failed: a bug of ours")
ECHOES = 24  # readings per device that are recognised when they come again
RECALLED = 2_000  # newest records per partition from which clocks and echoes are learned again

log_line = structlog.get_logger()


class Convention(Protocol):
    """All decoders together."""

    def decode(self, topic: str, payload: bytes, seen: Seen) -> Decoded: ...


@dataclass(frozen=True, slots=True)
class Senses:
    """What tells a message's meaning and time, and who is known."""

    convention: Convention
    clocks: Clocks
    registry: Registry


@dataclass(slots=True)
class Sorted:
    """A batch, sorted out: records with their partitions for the log, and answers to commands for the flow."""

    records: list[tuple[int, Record]] = field(default_factory=list)
    answers: list[Answered] = field(default_factory=list)


class Listener:
    """Sorts batches out, one after the other."""

    def __init__(self, senses: Senses, log: Log, store: Store, clock: Clock, gauges: Gauges) -> None:
        self.quarantine = Quarantine()
        self._senses, self._log, self._store, self._clock, self.gauges = senses, log, store, clock, gauges
        self._echoes: dict[str, deque[int]] = {}
        self._newest: dict[str, int] = {}  # the newest time that a device gave
        self._convention, self._registry, self._clocks = senses.convention, senses.registry, senses.clocks
        self._devices = self._registry.devices

    async def sort(self, batch: Sequence[Raw]) -> Sorted:
        """What the batch says. Raises what the store raises, and has noted nothing then."""
        parts = [(raw, self._decode(raw)) for raw in batch]
        known = self._devices
        strangers = {
            part.device: part.model if isinstance(part, Heard) else ""
            for _, found in parts
            for part in found
            if not isinstance(part, Rejected) and part.device not in known
        }
        met = await self._meet(strangers) if strangers else []
        if met:  # now that we know their books, their words may mean more
            names = {device.id for device in met}
            again = [any(getattr(part, "device", "") in names for part in found) for _, found in parts]
            parts = [
                (raw, self._decode(raw) if new else found)
                for (raw, found), new in zip(parts, again, strict=True)
            ]
        out = Sorted(
            [(self._log.partition_of(d.id), self._registry.described(d, self._clock.now())) for d in met]
        )
        for raw, found in parts:
            for part in found:
                self._take(raw, part, out)
        return out

    def _decode(self, raw: Raw) -> Sequence[Part]:
        try:
            found = self._convention.decode(raw.topic, raw.payload, self._registry)
        except Exception as error:  # noqa: BLE001 - one message must not stop the others
            log_line.error("decoder failed", size=len(raw.payload), error=where(error))
            found = BROKEN
        return (found,) if isinstance(found, Rejected) else found

    async def _meet(self, strangers: dict[str, str]) -> list[Device]:
        """Devices that are registered after all, or admitted now because the setting says so."""
        now = self._clock.now()
        met = await self._registry.look_up(self._store, strangers, now)
        if self._registry.unknown != "admit":
            return met
        fresh = [
            Device(DeviceId(name), model, name)
            for name, model in strangers.items()
            if name not in self._devices and self._registry.knows(model)
        ]
        if fresh:
            async with self._store.transaction() as tx:
                for device in fresh:
                    await tx.devices.put(device)
            for device in fresh:
                self._registry.put(device)
        return met + fresh

    def _take(self, raw: Raw, part: Part, out: Sorted) -> None:
        if isinstance(part, Rejected):
            self.gauges.rejected += 1
            self.quarantine.note(raw.topic, part.because, raw.payload, raw.received)
            return
        if not self._registry.active(part.device):
            self._turn_away(raw, self._devices.get(part.device))
            return
        if isinstance(part, Answered):
            out.answers.append(part)
            return
        record = self._record(raw, part)
        if record is None:
            self.gauges.duplicates += 1
            return
        self.gauges.accepted += 1
        out.records.append((self._log.partition_of(part.device), record))

    def _turn_away(self, raw: Raw, device: Device | None) -> None:
        self.gauges.unknown += 1
        if self._registry.unknown == "refuse" if device is None else device.admission is Admission.REFUSED:
            return
        if device is not None:
            reason = NO_BOOK if device.admission is Admission.ACTIVE else WAITING
        else:
            reason = NO_MODEL if self._registry.unknown == "admit" else UNKNOWN
        self.quarantine.note(raw.topic, reason, raw.payload, raw.received)

    def _record(self, raw: Raw, part: Heard | Happened | Stood) -> Record | None:
        """The record of the log; None when it was said before."""
        received = raw.received
        if isinstance(part, Heard):
            if raw.retained:  # state, not news: it teaches no clock and has no echo
                return Reading(part.device, received, received, part.values, part.sent, True)
            if part.sent is not None and self._said(part.device, part.sent, part.values):
                return None
            effective, late = self._clocks.date(part.device, part.sent, received)
            return Reading(part.device, received, effective, part.values, part.sent, False, late)
        if isinstance(part, Stood):
            return Presence(
                part.device, received, received, part.state, part.reason, part.source, raw.retained
            )
        if raw.retained or (
            part.sent is not None and self._said(part.device, part.sent, {"": part.name, **part.data})
        ):
            return None
        effective, late = self._clocks.date(part.device, part.sent, received)
        return Event(part.device, received, effective, part.name, part.data, part.sent, late)

    def _said(self, device: str, sent: int, values: dict[str, Value]) -> bool:
        """Whether the device has said exactly this before; and remember it."""
        key = hash((sent, *values.items()))
        echoes = self._echoes.get(device)
        if echoes is None:
            echoes = self._echoes[device] = deque(maxlen=ECHOES)
        elif sent <= self._newest[device]:  # a newer time than ever cannot be an echo
            if key in echoes:
                return True
            echoes.append(key)
            return False
        self._newest[device] = sent
        echoes.append(key)
        return False

    async def answer(self, answers: Sequence[Answered]) -> None:
        """Hand devices' answers on to the cases that asked. An answer to what was never asked is only logged."""
        if not answers:
            return
        async with self._store.transaction() as tx:
            for found in answers:
                row = await tx.outbox.command(CommandId(found.command))
                if row is None or row.command.device != found.device:
                    log_line.info("answer to no command of ours", device=found.device)
                    continue
                event = CommandAnswered(row.command.case, found.command, found.ok, found.note)
                await tx.inbox.put(row.command.case, event, Moment(self._clock.now()))

    async def recall(self) -> None:
        """Learn from the newest part of the log what was known before a restart: clocks, and what was said."""
        for partition in range(self._log.partitions):
            end = await self._log.end(partition)
            for entry in await self._log.read(partition, max(0, end - RECALLED), RECALLED):
                record = entry.record
                if isinstance(record, Reading) and not record.retained and record.sent is not None:
                    self._said(record.device, record.sent, record.values)
                    self._clocks.recall(record.device, record.sent, record.received)
                elif isinstance(record, Event) and record.sent is not None:
                    self._said(record.device, record.sent, {"": record.name, **record.data})
                    self._clocks.recall(record.device, record.sent, record.received)

    async def introduce(self, known: dict[str, bytes]) -> int:
        """Read the registry and describe to the log what is new or changed; `known` are fingerprints of devices that
        the judge remembers. Answers how many were described. Raises LogStopped."""
        changed = await self._registry.refresh(self._store)
        now = self._clock.now()
        news = [self._registry.described(device, now) for device in changed]
        records = [record for record in news if known.get(record.device) != fingerprint(record)]
        await self._log.append([(self._log.partition_of(record.device), record) for record in records])
        return len(records)
