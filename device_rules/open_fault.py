"""The open faults of a device, as they are told to whoever asks."""

from __future__ import annotations

import msgspec

from device_rules.device import Device
from device_rules.fault import Severity, fault_id
from device_rules.reading import Micros


class OpenFault(msgspec.Struct, frozen=True):
    """A fault that is raised and not cleared; `start` and `raised` are the device's own time (µs)."""

    fault: str
    device: str
    rule: str
    severity: Severity
    start: Micros
    raised: Micros
    number: int
    unstable: bool
    shadow: bool


def open_faults_of(device: Device) -> list[OpenFault]:
    """The device's open faults, in the order in which their rules are judged."""
    if device.ward is None:
        return []
    rules = device.who.book.rules
    return [
        OpenFault(
            fault=fault_id(device.id, rules[number].id, fault.start),
            device=device.id,
            rule=rules[number].id,
            severity=fault.severity,
            start=fault.start,
            raised=fault.raised,
            number=fault.number,
            unstable=episode.unstable,
            shadow=rules[number].shadow,
        )
        for number, episode in sorted(device.ward.asking.episodes.items())
        if (fault := episode.fault) is not None
    ]
