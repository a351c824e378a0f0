"""When each household of an incident has its turn: the first few at once, the others after them, at the pace. Pure counting
for the dry run; what really leaves is decided by `incident_life.py`, turn by turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from device_rules.reading import HOUR
from hub.domain.ids import Moment
from hub.domain.incident import Incident, IncidentState, Limits


@dataclass(frozen=True, slots=True)
class Course:
    """How an incident goes on from now: so many are still told first, then `rate` an hour. `over` is when the first few are
    done with, as far as that is known already (None: when the first has been told and `span` has passed)."""

    canary: int
    rate: int
    over: Moment | None
    span: int

    def turns(self, ready: Sequence[Moment]) -> list[Moment]:
        """The turn of each household, in the order in which they may be told; `ready` (UTC µs, rising) is from when on."""
        each = HOUR // max(1, self.rate)
        over, last, found = self.over, Moment(0), list[Moment]()
        for number, may in enumerate(ready):
            if over is None:
                over = Moment(may + self.span)
            if number < self.canary and may < over:
                found.append(may)
                continue
            last = Moment(max((last or over) + each, may))
            found.append(last)
        return found


def course_of(incident: Incident, told: int, first: Moment | None, rate: int, limits: Limits) -> Course:
    """As it speaks now, having told so many, the `first` of them at that moment; the canary still to come is `canary`."""
    span = limits.canary_time
    if incident.state is IncidentState.RUNNING:
        return Course(0, rate, incident.paid, span)
    over = None if first is None else Moment(max(incident.canary_until or 0, first + span))
    return Course(max(0, incident.canary - told), rate, over, span)
