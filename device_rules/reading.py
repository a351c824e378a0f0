"""What the log holds and the engine is told: readings, events, presence, descriptions and ticks.

These are the values of the hot path, so they are frozen msgspec Structs (0.05 µs to build, a slotted
dataclass costs 0.44). Every time is an int64 of UTC microseconds. Nothing here asks what time it is.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

import msgspec

Value: TypeAlias = float | str | bool
"""A metric's value: numbers are float (declared numbers become float at decode), enums are str."""


class PresenceState(StrEnum):
    """Whether a device can be heard; the unified model of all conventions."""

    ONLINE = "online"
    SLEEPING = "sleeping"
    OFFLINE_CLEAN = "offline_clean"
    OFFLINE_LOST = "offline_lost"
    STALE = "stale"
    UNKNOWN = "unknown"


class Reading(msgspec.Struct, frozen=True, gc=False, tag="r", omit_defaults=True):
    """One set of metric values of one device at one time.

    `sent` is the device's own time (None when it gave none), `received` the hub's, `effective` the time
    that rules use, fixed when the record is appended to the log. `retained` marks state replayed on
    subscribe (never news); `late` marks a reading whose lag exceeded the late limit.
    """

    device: str
    received: int
    effective: int
    values: dict[str, Value]
    sent: int | None = None
    retained: bool = False
    late: bool = False


class Event(msgspec.Struct, frozen=True, gc=False, tag="e", omit_defaults=True):
    """Something a device reports once, such as `error` with code `E42`, or `reboot`."""

    device: str
    received: int
    effective: int
    name: str
    data: dict[str, Value] = {}
    sent: int | None = None
    late: bool = False


class Presence(msgspec.Struct, frozen=True, gc=False, tag="p", omit_defaults=True):
    """A sign that a device came or went: last will, birth message, orderly goodbye."""

    device: str
    received: int
    effective: int
    state: PresenceState
    reason: str = ""
    source: str = ""
    retained: bool = False


class Describe(msgspec.Struct, frozen=True, gc=False, tag="d", omit_defaults=True):
    """What is known about a device: its model (which chooses the rule book), firmware and attributes.

    `site`, `region` and `zone` (an IANA name, UTC when empty) are those of the place where it stands.
    """

    device: str
    received: int
    effective: int
    model: str
    firmware: str = ""
    attributes: dict[str, Value] = {}
    site: str = ""
    zone: str = ""
    region: str = ""


class Tick(msgspec.Struct, frozen=True, gc=False, tag="t", omit_defaults=True):
    """Time has passed, up to `now`; the hub has been listening without a gap since `listening_since`."""

    now: int
    listening_since: int


class Count(msgspec.Struct, frozen=True, array_like=True):
    """Of one group in one partition: how many devices it has, of how many the rule's condition is known, and true."""

    group: str
    rule: str
    members: int
    known: int
    true: int


class Vote(msgspec.Struct, frozen=True, array_like=True):
    """What the devices of a group answer to a condition: at most two of those that say yes, say no, don't know.

    Two are enough: whoever asks about the *others* takes itself out and still sees whether anybody is left.
    `watch` is the text of the derived value that asks.
    """

    group: str
    watch: str
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    open: tuple[str, ...] = ()


class Spread(msgspec.Struct, frozen=True, array_like=True):
    """How the latest values of one metric are spread over the devices of a model's fleet: devices by bin (0..255)."""

    group: str
    metric: str
    bins: dict[int, int]


class Tally(msgspec.Struct, frozen=True, tag="n", omit_defaults=True):
    """What one partition has counted at the whole ten seconds `at` (UTC µs): the groups that changed since the last.

    All numbers are absolute, so that one that comes again changes nothing. A `whole` one names every group that the
    partition has anything of: what it does not name is gone.
    """

    at: int
    partition: int = 0
    whole: bool = False
    counts: tuple[Count, ...] = ()
    votes: tuple[Vote, ...] = ()
    spreads: tuple[Spread, ...] = ()


class Standing(msgspec.Struct, frozen=True, tag="s", omit_defaults=True):
    """What all partitions together have counted about one model at the whole ten seconds `at` (UTC µs).

    `fleet` is the value of each `fleet(…)` that changed, by its text; None while too few devices are known. `votes`
    are those of the sites where something changed.
    """

    at: int
    model: str
    fleet: dict[str, float | None] = {}
    votes: tuple[Vote, ...] = ()


Record: TypeAlias = Reading | Event | Presence | Describe | Tick | Tally | Standing
"""One line of the telemetry log. The log is the engine's whole input."""

Micros: TypeAlias = int
SECOND: Micros = 1_000_000
MINUTE: Micros = 60 * SECOND
HOUR: Micros = 60 * MINUTE
DAY: Micros = 24 * HOUR
