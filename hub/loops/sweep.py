"""Housekeeping: a handful of chores, each again and again at its own interval of real time.

One APScheduler with jobs in memory; a chore that was missed runs once, late (`misfire_grace_time=None, coalesce=True`).
Due moments of cases are no chores: they are rows in the store (see `wake.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from device_rules.reading import DAY
from hub.domain.because import Because
from hub.domain.ids import Moment
from hub.ports import Clock, Store
from hub.ports.trouble import where

KEPT = 30 * DAY  # source: contact-governance, section 6 (how long a repeated turn is recognised)
HOURLY = 3600.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Chore:
    """Do `work` every `every` real seconds, and once after `first` (None: not before `every`); a chore never runs twice at
    once when `first` is shorter than `every`."""

    name: str
    every: float
    work: Callable[[], Awaitable[None]]
    first: float | None = None


def tidying(store: Store, clock: Clock) -> Chore:
    """The store's own chore: sessions and codes that have run out, refused telemetry and remembered replies after KEPT."""

    async def tidy() -> None:
        now = clock.now()
        async with store.transaction() as tx:
            gone = await tx.house.tidy(Moment(now), Moment(now - KEPT))
            gone += await tx.grants.forget(Moment(now))
        if gone:
            log.info("tidied", rows=gone, because=str(Because.RETENTION))

    return Chore("store", HOURLY, tidy)


async def run(chores: Sequence[Chore]) -> None:
    """Sweep until cancelled."""
    scheduler = AsyncIOScheduler(
        timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    for chore in chores:
        scheduler.add_job(sweep, "interval", seconds=chore.every, args=[chore], id=chore.name)
    early = [asyncio.create_task(_early(chore, chore.first)) for chore in chores if chore.first is not None]
    scheduler.start()
    try:
        await asyncio.Event().wait()
    finally:
        for task in early:
            task.cancel()
        await asyncio.gather(*early, return_exceptions=True)
        scheduler.shutdown(wait=False)


async def _early(chore: Chore, seconds: float) -> None:
    await asyncio.sleep(seconds)
    await sweep(chore)


async def sweep(chore: Chore) -> None:
    """Do it once; a chore that fails is logged and comes again at its time."""
    try:
        await chore.work()
    except Exception as error:  # noqa: BLE001 - housekeeping must not stop the house
        log.error("chore_failed", chore=chore.name, error=where(error))
