"""What the list of tickets says of incidents that wait for a decision. Reads only."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.incident import UNDECIDED
from hub.ports import Tx
from hub.web.when import Watch, ago


@dataclass(frozen=True, slots=True)
class Matters:
    """Where one decides, how many matters wait, and what they are about."""

    path: str
    headline: str
    about: str


async def matters(tx: Tx, clock: Watch) -> Matters | None:
    """Those that wait for a decision, the most pressing first; None when there is none."""
    found = [one for one in await tx.incidents.page("", 100, open_only=True) if one.state in UNDECIDED]
    if not found:
        return None
    first = min(found, key=lambda one: one.hold_until)
    left = ago(clock.now, first.hold_until)
    left = (
        "time is up"
        if first.hold_until <= clock.now
        else f"{'less than a minute' if left == 'now' else left} left"
    )
    until = f"decide by {clock.at(first.hold_until)} ({left})"
    if len(found) == 1:
        about = f"{first.title}: {first.about.words}; {until}"
        return Matters(f"/console/incidents/{first.id}", "One matter needs a decision.", about)
    headline = f"{len(found)} matters need a decision."
    return Matters("/console/incidents", headline, f"The first is {first.title}: {until}")
