"""The chores of a whole hub, and the checks that say whether it is ready."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from hub.bootstrap.erasures import erasure_file, listing
from hub.clock import WallClock
from hub.domain.alarms import Limits
from hub.flow.alarms import Around
from hub.log.writer import free_share
from hub.loops.sweep import Chore, tidying
from hub.loops.upkeep import Check, Watched, alarming, beating, forgetting, reporting
from hub.operators.apprise import Operators
from hub.operators.heartbeat import Heartbeat
from hub.ports import Log, Store
from hub.ports.telemetry import Gauges
from hub.settings import Settings

LAG_LIMIT = 30.0  # seconds of business time that telemetry may wait before the hub calls itself not ready
BEHIND_LIMIT = 100_000  # records in the log that nobody has judged yet


@dataclass(frozen=True, slots=True)
class Health:
    """What the checks look at."""

    store: Store
    clock: WallClock
    gauges: Gauges
    log: Log


class Resting(Protocol):
    """Whoever knows which providers are left alone at the moment, and which have taken nothing since they failed or since
    this process began."""

    def resting(self) -> Sequence[str]: ...
    def unproved(self) -> Sequence[str]: ...


def checks_of(health: Health) -> Mapping[str, Check]:
    """Every check answers None when all is well, else what is wrong."""
    gauges = health.gauges

    async def store() -> str | None:
        async with health.store.reading() as tx:
            await tx.facts.newest()
        return None

    async def broker() -> str | None:
        return None if gauges.connected else gauges.trouble or "not connected yet"

    async def telemetry_log() -> str | None:
        return None if health.log.state == "open" else f"the log is {health.log.state}: free disk space"

    async def lag() -> str | None:
        waiting = health.clock.wall_seconds(int(gauges.lag * 1e6))
        late = waiting > LAG_LIMIT or gauges.behind > BEHIND_LIMIT
        return f"telemetry waits {waiting:.0f} s, {gauges.behind} records are unjudged" if late else None

    async def checkpoint() -> str | None:
        return f"what is judged cannot be saved: {gauges.unsaved}" if gauges.unsaved else None

    return {"store": store, "broker": broker, "log": telemetry_log, "lag": lag, "checkpoint": checkpoint}


@dataclass(frozen=True, slots=True)
class Lookout:
    """Who is told when something is wrong with the hub itself."""

    operators: Operators
    heartbeat: Heartbeat | None

    async def close(self) -> None:
        """Give the connections back."""
        if self.heartbeat is not None:
            await self.heartbeat.close()


def lookout_of(settings: Settings) -> Lookout:
    """Operators and heartbeat as the settings name them. Raises BadInput for an address that cannot be one."""
    part = settings.operators
    return Lookout(Operators(part.tell), Heartbeat(part.heartbeat) if part.heartbeat else None)


def upkeep_of(settings: Settings, health: Health, lookout: Lookout, resting: Resting | None) -> list[Chore]:
    """The chores that look after the house: tidying, alarms, the heartbeat."""
    part, erased = settings.operators, erasure_file(settings)
    limits = Limits(part.lag, part.overdue, part.disk_free, part.stops, part.remind)

    def around() -> Around:
        try:
            free = free_share(settings.log.path)
        except OSError:
            free = None
        unlisted = erased.trouble() or ""
        left_alone, unproved = (resting.resting(), resting.unproved()) if resting is not None else ((), ())
        return Around(health.gauges, free, left_alone, unlisted=unlisted, unproved=unproved)

    watched = Watched(health.store, health.clock, around, lookout.operators, limits)
    checks = {**checks_of(health), "erasures": listing(health.store, erased)}
    beat = beating(health.store, health.clock, checks, lookout.heartbeat)
    store, clock = health.store, health.clock
    return [
        tidying(store, clock),
        alarming(watched),
        beat,
        forgetting(store, clock, settings.store.keep),
        reporting(store, clock, lookout.operators),
    ]
