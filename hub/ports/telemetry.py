"""Telemetry on its way in: a raw message, what a decoder answers, and the figures everybody may look at.

These values cross from `hub.ingest` (which knows wires and conventions) to `hub.flow.listen` (which decides). They
are frozen msgspec Structs because one is built per message. Times are UTC µs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import msgspec

from device_rules.reading import PresenceState, Value
from hub.ports.world import BadInput


class Raw(msgspec.Struct, frozen=True, gc=False):
    """A message as the broker handed it over. `mid` and `line` name it for the acknowledgement."""

    topic: str
    payload: bytes
    received: int
    retained: bool = False
    qos: int = 1
    mid: int = 0
    line: int = 0


class Heard(msgspec.Struct, frozen=True, gc=False):
    """Metric values of a device. `model` is set where the convention knows it; `sent` is the device's own time."""

    device: str
    values: dict[str, Value]
    sent: int | None = None
    model: str = ""


class Happened(msgspec.Struct, frozen=True, gc=False):
    """Something a device reports once."""

    device: str
    name: str
    data: dict[str, Value] = {}
    sent: int | None = None
    model: str = ""


class Stood(msgspec.Struct, frozen=True, gc=False):
    """A device came or went."""

    device: str
    state: PresenceState
    reason: str = ""
    source: str = ""
    model: str = ""


class Answered(msgspec.Struct, frozen=True, gc=False):
    """A device answered a command."""

    device: str
    command: str
    ok: bool
    note: str = ""


class Rejected(msgspec.Struct, frozen=True, gc=False):
    """A message, or a part of it, that cannot be used. `because` is a plain sentence without values."""

    because: str


Part: TypeAlias = Heard | Happened | Stood | Answered | Rejected
Decoded: TypeAlias = Sequence[Part] | Rejected


class Seen(Protocol):
    """What a decoder may ask about devices: the declared kind of each metric (`number`, `bool` or `text`)."""

    def kinds(self, device: str) -> Mapping[str, str]: ...


class Decoder(Protocol):
    """One convention. `decode` is pure and answers None when the topic is not of this convention."""

    filters: tuple[str, ...]

    def decode(self, topic: str, payload: bytes, seen: Seen) -> Decoded | None: ...


class Clocks(Protocol):
    """The clocks of devices: `date` answers (effective, late) of something sent then and received now."""

    def date(self, device: str, sent: int | None, received: int) -> tuple[int, bool]: ...
    def recall(self, device: str, sent: int | None, received: int) -> None: ...


class LogStopped(Exception):
    """The log takes nothing at the moment: the disk is nearly full or broken. Nothing may be acknowledged."""


@dataclass(slots=True)
class Gauges:
    """Counters of the way from socket to judgement, for /metrics and /readyz. Lag is in seconds of business time.

    `unsaved` says why checkpoints fail at the moment (empty: they do not); `pages_failed` how many pages of console and API
    in a row ended with an error of ours, `page_shown` whether one was shown since then, or since this process began.
    """

    received: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicates: int = 0
    unknown: int = 0
    faults: int = 0
    checkpoints: int = 0
    connected: bool = False
    trouble: str = ""
    unsaved: str = ""
    pages_failed: int = 0
    page_shown: bool = False
    log_state: str = "open"
    lag: float = 0.0
    written: dict[int, int] = field(default_factory=dict)
    judged: dict[int, int] = field(default_factory=dict)

    def page(self, status: int) -> None:
        """A page of console or API was answered with this HTTP status: 200 shows that they work, 500 and more that they do not."""
        if status >= 500:
            self.pages_failed, self.page_shown = self.pages_failed + 1, False
        elif status == 200:
            self.pages_failed, self.page_shown = 0, True

    @property
    def behind(self) -> int:
        """Records that are in the log and not yet judged."""
        return sum(max(0, end - self.judged.get(partition, 0)) for partition, end in self.written.items())


__all__ = [
    "Answered",
    "BadInput",
    "Clocks",
    "Decoded",
    "Decoder",
    "Gauges",
    "Happened",
    "Heard",
    "LogStopped",
    "Part",
    "Raw",
    "Rejected",
    "Seen",
    "Stood",
]
