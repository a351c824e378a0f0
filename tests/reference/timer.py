"""How long a condition was known to be true, and for how long nothing was known of it (18). Never raises anything."""

from __future__ import annotations

from dataclasses import dataclass

from device_rules.hold import Span
from device_rules.reading import Micros


@dataclass(slots=True)
class Timer:
    """Sums from `start` on. `last` is what the condition was when it was last looked at, at moment `at`."""

    start: Micros
    at: Micros
    last: bool | None = None
    known: Micros = 0
    blind: Micros = 0

    def pass_to(self, at: Micros) -> None:
        """Time passes; what passed once does not pass again after a step back."""
        passed = max(0, at - self.at)
        if self.last is True:
            self.known += passed
        elif self.last is None:
            self.blind += passed
        self.at = max(at, self.at)


def look(timer: Timer | None, at: Micros, truth: bool | None, most_blind: Micros) -> Timer | None:
    """The timer after a look at `at`: None when it does not run."""
    if timer is not None:
        timer.pass_to(at)
        if truth is False or timer.blind > most_blind:
            timer = None
    if timer is None and truth is True:
        timer = Timer(at, at)
    if timer is not None:
        timer.last = truth
    return timer


def due(timer: Timer | None, needed: Span) -> Micros | None:
    """When time alone would fill it or end it; None when it does not run."""
    if timer is None or timer.last is False:
        return None
    if timer.last is True:
        return timer.at + max(0, needed.known - timer.known)
    return timer.at + needed.blind - timer.blind + 1
