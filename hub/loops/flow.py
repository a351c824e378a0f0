"""The loop that moves everything inside: takes inbox rows, in order per key, and runs their arrows. It decides nothing.

An arrow's answer and the end of its row are one transaction. Rows of several keys, and the rows that follow from them,
share one while all goes well and not for long; when an arrow breaks, all of it is undone and its rows go one by one, so
that a bad one harms only its own key. What an arrow needs of the telemetry log is read before its transaction.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from hub.domain.because import Because
from hub.domain.ids import Moment
from hub.flow.context import Context
from hub.loops.bell import IDLE, bell
from hub.ports import Clock, InboxRow, Store, Tx, Window
from hub.ports.trouble import where

Arrow = Callable[[Tx, Any, Moment, Context], Awaitable[object]]
Look = Callable[[Any, Context, float], Awaitable[Window | None]]

BATCH = 32
ENOUGH = 0.01  # real seconds of work after which a transaction ends: its first row waits for its last
LOOKING = 0.05  # real seconds at most in which rows are looked up in the log, before one moves on
KNOWN = 4 * BATCH  # rows looked up and not yet moved
TRIES = 5  # after so many the store parks a row
REST = 0.2  # real seconds after the store itself has failed

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Works:
    """What the loop works with. `arrows` and `looks` by type of event: see `hub.flow`; `looked` is what was
    looked up for inbox rows that have not moved yet."""

    store: Store
    clock: Clock
    ctx: Context
    arrows: Mapping[type[Any], Arrow]
    looks: Mapping[type[Any], Look] = field(default_factory=dict)
    looked: dict[int, Window | None] = field(default_factory=dict)


class _Broken(Exception):
    """An arrow raised; everything in its transaction is undone."""

    def __init__(self, row: InboxRow, among: list[InboxRow]) -> None:
        super().__init__(row.seq)
        self.row, self.among = row, among


async def run(works: Works) -> None:
    """Move on until cancelled."""
    while True:
        async with bell(works.store, "inbox", IDLE) as ringing:
            try:
                moved = await step(works)
            except Exception as error:  # noqa: BLE001 - the store has failed; the rows are still there
                log.error("flow_store_failed", error=where(error))
                await asyncio.sleep(REST)
                continue
            if not moved:
                await ringing


async def drain(works: Works) -> int:
    """Move until nothing is left that can move; how many rows that was. For stories and tests."""
    moved = 0
    while now_moved := await step(works):
        moved += now_moved
    return moved


async def step(works: Works, limit: int = BATCH) -> int:
    """Handle at most `limit` rows, of as many keys; how many were handled or failed."""
    try:
        return await _together(works, limit)
    except _Broken as broken:
        return await _one_by_one(works, broken)


async def _together(works: Works, limit: int) -> int:
    for looks_left in (1, 0):
        async with works.store.transaction() as tx:
            rows = await tx.inbox.next(limit)
            unseen = [row for row in rows if type(row.event) in works.looks and row.seq not in works.looked]
            if not (unseen and looks_left):
                said = await _move(tx, [row for row in rows if row not in unseen], works)
                break
        await _look(unseen, works)
    for row, because in said:
        _tell(works, row, because)
    return len(said) or len(rows)  # rows that nobody could look up yet are not the end


async def _look(rows: list[InboxRow], works: Works) -> None:
    """Look up what `rows` need, sharing out the time: the more there are to look up, the less each may cost."""
    if len(works.looked) > KNOWN:  # rows that others have taken, or that are parked
        works.looked.clear()
    for row in rows:
        look = works.looks[type(row.event)]
        works.looked[row.seq] = await look(row.event, works.ctx, LOOKING / len(rows))


async def _move(tx: Tx, rows: list[InboxRow], works: Works) -> list[tuple[InboxRow, object]]:
    """Handle `rows` and what follows from them, until it is enough; each with what its arrow said."""
    now = asyncio.get_running_loop().time
    enough = now() + ENOUGH
    said: list[tuple[InboxRow, object]] = []
    waiting = deque(rows)
    while waiting and (now() < enough or not said):
        row = waiting.popleft()
        try:
            said.append((row, await _handle(tx, row, works)))
        except Exception as error:
            raise _Broken(row, rows) from error
        if not waiting:
            following = await tx.inbox.next(BATCH)
            waiting.extend(each for each in following if type(each.event) not in works.looks)
    return said


async def _one_by_one(works: Works, broken: _Broken) -> int:
    if [row.seq for row in broken.among] == [broken.row.seq]:
        await _fail(works, broken.row, broken.__cause__)
        return 1
    for row in broken.among:
        try:
            async with works.store.transaction() as tx:
                waiting = [each for each in await tx.inbox.next(len(broken.among)) if each.seq == row.seq]
                said = [await _handle(tx, each, works) for each in waiting]
        except Exception as error:  # noqa: BLE001 - a bug in one arrow must not stop the others
            await _fail(works, row, error)
        else:
            for because in said:
                _tell(works, row, because)
    return len(broken.among)


async def _handle(tx: Tx, row: InboxRow, works: Works) -> object:
    looked = works.looked.get(row.seq)
    ctx = works.ctx if looked is None else replace(works.ctx, looked=looked)
    because = await works.arrows[type(row.event)](tx, row.event, Moment(works.clock.now()), ctx)
    await tx.inbox.done(row)
    return because


async def _fail(works: Works, row: InboxRow, error: BaseException | None) -> None:
    """Count it; log it the first time and when it is set aside."""
    why = where(error)
    async with works.store.transaction() as tx:
        await tx.inbox.failed(row, why)
    if row.tries == 0:
        log.error("arrow_failed", arrow=type(row.event).__name__, case=row.key, error=why)
    if row.tries + 1 >= TRIES:
        log.error("inbox_row_parked", arrow=type(row.event).__name__, case=row.key, error=why)


def _tell(works: Works, row: InboxRow, because: object) -> None:
    """One line; what an arrow answers besides a reason (a reply, say) is nobody's business here."""
    works.looked.pop(row.seq, None)
    why = str(because) if isinstance(because, Because) else ""
    log.info("arrow", arrow=type(row.event).__name__, case=row.key, because=why)
