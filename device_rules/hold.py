"""How long something has been *known* to be true: the one clock behind `for`, `clear_for` and the way
down from a level.

Time known true is summed. False ends it. Unknown stops it, and ends it when the unknown time since the
start exceeds the allowance. All moments are the device's own time in µs.
"""

from __future__ import annotations

import msgspec

from device_rules.reading import Micros

NEVER: Micros = 2**62


class Span(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a hold needs: `known` µs of truth, with at most `blind` µs unknown since its start."""

    known: Micros
    blind: Micros


def span_of(known: Micros, coverage: float) -> Span:
    """The span for `known` µs at a coverage of 0..1: the unknown may take `known × (1/coverage − 1)`."""
    return Span(known, round(known * (1 / coverage - 1)))


class Hold(msgspec.Struct, array_like=True, gc=False):
    """One such sum: since `start`, moved up to `cursor`, with `truth` as it stands from there on."""

    start: Micros
    cursor: Micros
    truth: bool | None = True
    known: Micros = 0
    blind: Micros = 0

    def due(self, span: Span) -> Micros:
        """The next moment at which this hold is fulfilled or ends, if nothing new is heard."""
        if self.truth:
            return NEVER if self.known >= span.known else self.cursor + span.known - self.known
        return self.cursor + span.blind - self.blind + 1

    def fulfilled(self, span: Span) -> bool:
        """Known true for long enough, and still known true."""
        return self.truth is True and self.known >= span.known

    @property
    def coverage(self) -> float:
        """The known share of the time since the start."""
        return self.known / (self.known + self.blind) if self.blind else 1.0


def held(hold: Hold | None, truth: bool | None, at: Micros, span: Span) -> Hold | None:
    """The hold after hearing at `at` that the condition is `truth` (None: unknown); None when there is none."""
    if truth is False:
        return None
    if hold is not None:
        _move(hold, at)
        if hold.blind <= span.blind:
            hold.truth = truth
            return hold
    return Hold(at, at) if truth else None


def _move(hold: Hold, at: Micros) -> None:
    """Book the time up to `at`; a moment before the cursor (a reading that crossed a tick) books none."""
    passed = at - hold.cursor
    if passed <= 0:
        return
    if hold.truth:
        hold.known += passed
    else:
        hold.blind += passed
    hold.cursor = at
