"""Looking after the house: alarms for operators, and a heartbeat that shows that the hub is alive.

Both are chores of the sweep. The heartbeat goes to the store and, where an address is set, to a service outside that raises
the alarm when it stops coming: a dead hub cannot tell anybody that it is dead.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import structlog

from device_rules.reading import DAY
from hub.domain.alarms import Limits, Tell, Told
from hub.domain.because import Because
from hub.domain.ids import Moment
from hub.flow.alarms import Around, judge, look, told
from hub.flow.reporting import in_words
from hub.loops.sweep import Chore
from hub.ports import Clock, Store
from hub.ports.upkeep import Beat

HOURLY = 3600.0
CASES = 200  # forgotten in one transaction
WEEK = 7 * DAY
LOOKS = 15.0  # real seconds between two looks
BEATS = 30.0
FIRST_BEAT = 3.0  # soon after the start, when the broker has had time to answer

Check = Callable[[], Awaitable[str | None]]

log = structlog.get_logger(__name__)


class Teller(Protocol):
    """Whoever reaches operators."""

    @property
    def any(self) -> bool: ...
    async def tell(self, tell: Tell) -> bool: ...


class Pinger(Protocol):
    """Whoever reaches the service that watches the heartbeat."""

    async def ping(self, trouble: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Watched:
    """What the chores look after, and whom they tell."""

    store: Store
    clock: Clock
    around: Callable[[], Around]
    operators: Teller
    limits: Limits


def alarming(watched: Watched) -> Chore:
    """The chore that looks, judges and tells."""

    async def look_round() -> None:
        await one_look(watched)

    return Chore("alarms", LOOKS, look_round)


async def one_look(watched: Watched) -> list[Tell]:
    """Look once; answers what operators were told. Without operators every alarm is a log line, once."""
    now = Moment(watched.clock.now())
    async with watched.store.reading() as tx:
        seen = await look(tx, watched.around(), now)
    async with watched.store.transaction() as tx:
        tells = await judge(tx, seen, watched.limits)
    done = [tell for tell in tells if await _tell(watched, tell)]
    if done:
        async with watched.store.transaction() as tx:
            await told(tx, done, now)
    return done


async def _tell(watched: Watched, tell: Tell) -> bool:
    say = log.info if tell.what is Told.OVER else log.error
    say("alarm", alarm=tell.name, what=str(tell.what), words=tell.words)
    return not watched.operators.any or await watched.operators.tell(tell)


def beating(store: Store, clock: Clock, checks: Mapping[str, Check], pinger: Pinger | None) -> Chore:
    """The chore that shows that the hub is alive, and whether it is ready."""

    async def beat() -> None:
        found = {name: await check() for name, check in checks.items()}
        wrong = "; ".join(f"{name}: {what}" for name, what in found.items() if what)
        async with store.transaction() as tx:
            await tx.upkeep.beat(Beat("hub", Moment(clock.now()), wrong))
        if pinger is not None and not await pinger.ping(wrong):
            log.warning("heartbeat_not_taken")

    return Chore("heartbeat", BEATS, beat, first=FIRST_BEAT)


def forgetting(store: Store, clock: Clock, keep: int) -> Chore:
    """The chore that forgets cases that were closed more than `keep` µs ago, with all that hangs on them."""

    async def forget() -> None:
        before, gone = Moment(clock.now() - keep), 0
        while True:
            async with store.transaction() as tx:
                rows = await tx.upkeep.forget(before, CASES)
            gone += rows
            if not rows:
                break
        if gone:
            log.info("forgotten", rows=gone, because=str(Because.RETENTION))

    return Chore("retention", HOURLY, forget)


def reporting(store: Store, clock: Clock, operators: Teller) -> Chore:
    """The chore that tells operators once a week how the week was."""

    async def report() -> None:
        now = Moment(clock.now())
        async with store.reading() as tx:
            last = next((beat.at for beat in await tx.upkeep.beats() if beat.name == "report"), None)
            due = last is None or now - last >= WEEK
            found = await tx.upkeep.report(Moment(now - WEEK), now) if due and last is not None else None
        if not due or not operators.any:
            return
        if found is None or await operators.tell(Tell(Told.REPORT, "the week", in_words(found))):
            async with store.transaction() as tx:
                await tx.upkeep.beat(Beat("report", now))

    return Chore("report", HOURLY, report)
