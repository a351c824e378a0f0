"""The loop that comes back when a moment is due: turns due wakes into inbox rows, in batches. It decides nothing.

One thing it knows: a device command whose time is over has its answer, and that answer is "timed out".
"""

from __future__ import annotations

import asyncio

import structlog

from hub.domain.effects import WakeAt
from hub.domain.events import CommandAnswered, Event, Woke
from hub.domain.ids import CommandId, Moment
from hub.loops.bell import IDLE, bell, rest, until
from hub.ports import Clock, Store, Tx
from hub.ports.trouble import where

BATCH = 500
REST = 0.2  # real seconds after the store itself has failed

log = structlog.get_logger(__name__)


async def run(store: Store, clock: Clock) -> None:
    """Wake what is due, until cancelled."""
    while True:
        try:
            async with bell(store, "wakes", IDLE) as ringing:
                async with store.transaction() as tx:  # where one writes, a question this small costs least
                    due = await tx.wakes.next_due()
                if due is None or due > clock.now() or not await step(store, clock):
                    await rest(ringing, until(clock, due))
        except Exception as error:  # noqa: BLE001 - the store has failed; the wakes are still there
            log.error("wake_store_failed", error=where(error))
            await asyncio.sleep(REST)


async def step(store: Store, clock: Clock) -> int:
    """Wake at most one batch of what is due now; how many that was. Several processes may do it side by side."""
    now = Moment(clock.now())
    async with store.transaction() as tx:
        wakes = await tx.wakes.take(now, BATCH)
        woken = [(wake.case, await _event(tx, wake, now)) for wake in wakes]
        await tx.inbox.put_all([(case, event) for case, event in woken if event is not None], now)
    return len(wakes)


async def _event(tx: Tx, wake: WakeAt, now: Moment) -> Event | None:
    """What the wake comes to; None when a command that had its time was answered before."""
    if wake.name != "command" or not wake.token:
        return Woke(wake.case, wake.name, wake.token)
    if await tx.outbox.set_command(CommandId(wake.token), "timed_out", "timed out", now):
        return CommandAnswered(wake.case, wake.token, ok=False, note="timed out")
    return None
