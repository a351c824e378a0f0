"""The breaker: when call after call fails, messages rest for a while instead of running into a wall. Told, never asking.

Each provider has one. While it is open nothing is claimed for that provider; after the rest one message goes first, and the
others when it has got through. Commands to devices are not its business.
"""

from __future__ import annotations

from dataclasses import dataclass

from device_rules.reading import MINUTE, SECOND
from hub.ports import InDoubt, Outcome, TryLater

LIMIT = 5  # failures in a row
REST = 5 * SECOND
LONGEST = MINUTE


@dataclass(slots=True)
class Breaker:
    """How many calls have failed in a row, until when (UTC µs) messages rest, since when it has been open, and whether a call
    has got through since then, or since this process began."""

    failures: int = 0
    until: int = 0
    since: int = 0
    proved: bool = False

    def told(self, outcome: Outcome | None, now: int) -> bool:
        """Take the outcome of a call; True when messages rest from now on that did not before."""
        if not isinstance(outcome, TryLater | InDoubt):
            self.failures, self.until, self.proved = 0, 0, True
            return False
        if self.resting(now):
            return False  # it was under way already: what we know, it need not tell again
        self.failures += 1
        if self.failures == LIMIT:
            self.since, self.proved = now, False
        if self.failures >= LIMIT:
            self.until = now + min(LONGEST, REST << min(10, self.failures - LIMIT))
        return self.resting(now)

    def resting(self, now: int) -> bool:
        """Whether messages rest at `now`."""
        return now < self.until

    def allowed(self, wanted: int) -> int:
        """How many of `wanted` messages may go at once: one alone after a rest, to try the way."""
        return 1 if self.failures >= LIMIT else wanted

    def down_for(self, now: int) -> int:
        """For how long (µs) no call has got through, since it opened; 0 while it is closed."""
        return now - self.since if self.failures >= LIMIT else 0
