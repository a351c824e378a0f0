"""The plain interpreter: records in, outcomes out, one device after the other. It never hurries.

`Plain(book).judge(record)` answers what the engine ought to answer to the same record.
"""

from __future__ import annotations

from dataclasses import dataclass

from device_rules.book import RuleBook
from device_rules.fault import Severity
from device_rules.reading import Describe, Micros, Record, Tick
from tests.reference.device import Device, OfDevice, Steps


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is compared of a fault change."""

    kind: str
    rule: str
    severity: Severity
    at: Micros
    start: Micros
    number: int
    device: str


class Plain:
    """Judges devices of one model."""

    def __init__(self, book: RuleBook) -> None:
        self.book = book
        self.devices: dict[str, Device] = {}
        self.listening_since: Micros | None = None

    def judge(self, record: Record) -> list[Outcome]:
        """What happens with this record, and with all that was due before it."""
        if isinstance(record, Tick):
            return self._tick(record)
        if not isinstance(record, OfDevice):
            return []
        device = self.devices.get(record.device)
        if isinstance(record, Describe) and (device is None or record.model != self.book.model):
            self.devices.pop(record.device, None)
            if record.model == self.book.model:
                self.devices[record.device] = Device(self.book, record, self.listening_since)
            return []
        return [] if device is None else self._told(device, device.judge(record))

    def _tick(self, tick: Tick) -> list[Outcome]:
        self.listening_since = tick.listening_since
        found: list[Outcome] = []
        for device in self.devices.values():
            found += self._told(device, device.tick(tick))
        return found

    def _told(self, device: Device, steps: Steps) -> list[Outcome]:
        name = device.history.described.device
        return [
            Outcome(step.kind, rule, step.severity, step.at, step.start, step.number, name)
            for rule, step in steps
        ]
