"""One look at the house: gathers what alarms are judged by, keeps which ones stand, and says what operators must hear.

It tells nobody itself. An alarm counts as told only when `told` has been called, so that one that could not be delivered is
tried again at the next look.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from device_rules.reading import SECOND
from hub.domain.alarms import Limits, Looked, Tell, Told, heard, watch
from hub.domain.because import Because
from hub.domain.effects import Note
from hub.domain.ids import Moment
from hub.ports import Tx
from hub.ports.telemetry import Gauges


@dataclass(frozen=True, slots=True)
class Around:
    """What the store does not know: the way in, the free share of the disk, the providers that are left alone, why the list
    of erasures cannot be written, and the providers that have taken nothing since they failed or since this process began."""

    gauges: Gauges
    disk_free: float | None = None
    resting: Sequence[str] = ()
    listens: bool = True
    unlisted: str = ""
    unproved: Sequence[str] = ()


async def look(tx: Tx, around: Around, now: Moment) -> Looked:
    """Gather everything at `now`. Changes nothing."""
    signs = await tx.upkeep.signs(now)
    switches = await tx.house.switches()
    gauges = around.gauges
    return Looked(
        at=now,
        paused=(switches.paused_because or "by a supervisor") if switches.paused else "",
        resting=tuple(around.resting),
        parked=signs.parked,
        doubtful=signs.doubtful,
        overdue=0 if signs.due is None or switches.paused else max(0, now - signs.due),
        stops=signs.stops,
        stops_usual=signs.stops_week / (7 * 24),
        stuck=signs.stuck,
        capped=signs.capped,
        undecided=signs.undecided,
        decide_by=signs.decide_by,
        untaken=signs.untaken,
        canaries=signs.canaries,
        connected=gauges.connected or not around.listens,
        trouble=gauges.trouble,
        lag=int(gauges.lag * SECOND),
        unsaved=gauges.unsaved,
        log_state=gauges.log_state,
        disk_free=around.disk_free,
        unlisted=around.unlisted,
        unproved=tuple(around.unproved),
        pages_failed=gauges.pages_failed,
        page_shown=gauges.page_shown,
    )


async def judge(tx: Tx, seen: Looked, limits: Limits) -> list[Tell]:
    """Keep which alarms stand after this look; what operators must hear now."""
    before = {each.name: each for each in await tx.upkeep.alarms()}
    standing, tells = watch(before, seen, limits)
    if [*standing.values()] != [*before.values()]:
        await tx.upkeep.put_alarms(standing.values())
    for name in standing.keys() - before.keys():
        await tx.facts.add(Note(None, None, "house.alarm", Because.ALARM, {"alarm": name}), seen.at)
    for name in before.keys() - standing.keys():
        await tx.facts.add(Note(None, None, "house.alarm_over", Because.ALARM_OVER, {"alarm": name}), seen.at)
    return tells


async def told(tx: Tx, tells: Iterable[Tell], now: Moment) -> None:
    """Operators have heard of these."""
    names = {each.name for each in tells if each.what is not Told.OVER}
    standing = await tx.upkeep.alarms()
    if names:
        await tx.upkeep.put_alarms([heard(each, now) if each.name in names else each for each in standing])
