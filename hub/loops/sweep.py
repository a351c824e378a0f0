"""Housekeeping: a handful of chores, each again and again at its own interval of real time. It knows none of them.

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

from hub.loops.trouble import where

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Chore:
    """Do `work` every `every` real seconds; a chore never runs twice at once."""

    name: str
    every: float
    work: Callable[[], Awaitable[None]]


async def run(chores: Sequence[Chore]) -> None:
    """Sweep until cancelled."""
    scheduler = AsyncIOScheduler(
        timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    for chore in chores:
        scheduler.add_job(sweep, "interval", seconds=chore.every, args=[chore], id=chore.name)
    scheduler.start()
    try:
        await asyncio.Event().wait()
    finally:
        scheduler.shutdown(wait=False)


async def sweep(chore: Chore) -> None:
    """Do it once; a chore that fails is logged and comes again at its time."""
    try:
        await chore.work()
    except Exception as error:  # noqa: BLE001 - housekeeping must not stop the house
        log.error("chore_failed", chore=chore.name, error=where(error))
