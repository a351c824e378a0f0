"""One look at the house: what alarms are judged by, and from when on something is worth one. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from device_rules.reading import HOUR, MINUTE
from hub.domain.ids import Moment


@dataclass(frozen=True, slots=True)
class Limits:
    """From when on something is worth an alarm. All defaults are ours.

    `lag` and `overdue` in µs of business time, `disk_free` a share of the disk, `stops` opt-outs within an hour, `remind` µs
    until an alarm that still stands is told again.
    """

    lag: int = MINUTE
    overdue: int = 15 * MINUTE
    disk_free: float = 0.15
    stops: int = 5
    remind: int = 4 * HOUR


@dataclass(frozen=True, slots=True)
class Looked:
    """One look at the house at `at`.

    `paused` says what is paused and why ("" for nothing); `resting` the providers that are left alone because they fail;
    `parked` and `doubtful` messages that wait for a person or for an answer; `overdue` µs that the oldest due row has waited;
    `stops` opt-outs in the last hour, `stops_usual` in an average hour of the week before; `stuck` internal events that could
    not be handled; `undecided` incidents that wait for a decision, the first until `decide_by`; `canaries` approved incidents whose canary could tell nobody in its time; `untaken` urgent cases
    that no agent has taken though a supervisor should have been told; `lag` µs that telemetry waits; `disk_free` the free share
    of the disk of the log (None: cannot be told); `unlisted` why the list of erasures cannot be written; `unproved` the providers
    that have taken nothing since they failed, or since this process began; `pages_failed` how many pages of console and API in
    a row could not be shown, `page_shown` whether one was since then, or since this process began.
    """

    at: Moment
    paused: str = ""
    resting: Sequence[str] = ()
    parked: int = 0
    doubtful: int = 0
    overdue: int = 0
    stops: int = 0
    stops_usual: float = 0.0
    stuck: int = 0
    capped: bool = False
    undecided: int = 0
    decide_by: Moment | None = None
    untaken: int = 0
    canaries: int = 0
    connected: bool = True
    trouble: str = ""
    lag: int = 0
    unsaved: str = ""
    log_state: str = "open"
    disk_free: float | None = None
    unlisted: str = ""
    unproved: Sequence[str] = ()
    pages_failed: int = 0
    page_shown: bool = True
