"""What an explanation holds: the answer to why a rule is raised on a device, or why it is not."""

from __future__ import annotations

import msgspec

from device_rules.explain_tree import Point
from device_rules.fault import Severity
from device_rules.hold import NEVER, Hold, Span
from device_rules.reading import Micros


class Timer(msgspec.Struct, frozen=True):
    """How long something has been known true (`held` of `needed`), and how long of that time it was not known
    (`blind` of at most `blind_most`, else it begins anew). Spans in µs."""

    held: Micros = 0
    needed: Micros = 0
    blind: Micros = 0
    blind_most: Micros = 0


class Level(msgspec.Struct, frozen=True):
    """A worse severity: whether it is `on`, its condition, what is missing for it to go on (when it is on: off),
    and when it goes off if nothing changes."""

    severity: Severity
    on: bool
    when: Point
    missing: str
    off_at: Micros | None


class Why(msgspec.Struct, frozen=True):
    """The state of one rule on one device at `at` (own time). Moments are UTC µs, spans µs.

    `state` is idle, pending, raised, inhibited, unknown, or `counted` for a rule about a group of devices.
    `holding` is the condition's own time, `calming` that of the all-clear of a raised fault. `raises_when` and
    `clears_when` say what is missing, in words; "" when nothing is. `raises_at` and `clears_at` are when it comes
    if all stays as it is; None while that cannot be said. `opens_at` and `closes_at` are of the rule's hours, in the
    site's `zone`; `unstable_until` is when a fault that comes and goes is told of again.
    """

    device: str
    rule: str
    title: str
    model: str
    book: int
    state: str
    at: Micros
    zone: str
    when: Point
    clear: Point | None = None
    severity: Severity | None = None
    start: Micros | None = None
    holding: Timer = Timer()
    calming: Timer = Timer()
    raises_when: str = ""
    raises_at: Micros | None = None
    clears_when: str = ""
    clears_at: Micros | None = None
    inhibited_by: tuple[str, ...] = ()
    maintenance: bool = False
    opens_at: Micros | None = None
    closes_at: Micros | None = None
    unstable_until: Micros | None = None
    levels: tuple[Level, ...] = ()
    notes: tuple[str, ...] = ()


def timer_of(hold: Hold | None, span: Span, at: Micros, truth: bool | None) -> Timer:
    """How far a hold is at `at`, where the truth is `truth`: what has changed since it was moved is not guessed at."""
    if hold is None:
        return Timer(0, span.known, 0, span.blind)
    passed = max(at - hold.cursor, 0) if hold.truth is truth else 0
    known = hold.known + (passed if hold.truth else 0)
    return Timer(min(known, span.known), span.known, hold.blind + (0 if hold.truth else passed), span.blind)


def due_of(hold: Hold | None, span: Span) -> Micros | None:
    """When a hold is fulfilled if its truth stays known; None while that cannot be said."""
    if hold is None or not hold.truth:
        return None
    due = hold.due(span)
    return None if due >= NEVER else due
