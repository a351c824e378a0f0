"""Recovery: what a relay had taken when it died is in doubt, and is looked for before anything else. It sends nothing."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from hub.domain.contact import Message, MessageStatus
from hub.domain.ids import Moment
from hub.domain.receipts import left
from hub.loops.orders import doubt_order
from hub.loops.outcomes import doubt
from hub.loops.post import CALLBACK_WAIT, PostOffice
from hub.ports import OutboxRow, Tx

log = structlog.get_logger(__name__)


async def recover(post: PostOffice, before: Moment, alive: Sequence[str] = ()) -> int:
    """What was claimed before `before` by a relay that is not `alive`, and never got its result, is in doubt; returns how
    many rows that were."""
    async with post.store.transaction() as tx:
        rows = await tx.outbox.stuck(before, alive)
    found = 0
    for row in rows:
        async with post.store.transaction() as tx:
            found += await _doubt(tx, row, Moment(post.clock.now()))
    if found:
        log.warning("relay_recovered", rows=found)
    return found


async def _doubt(tx: Tx, row: OutboxRow, now: Moment) -> bool:
    """One row, if it is still as it was: its relay may only have been slow, or another one was quicker than we are."""
    if row.item.case is not None:
        await tx.cases.get(row.item.case, lock=True)
    still = await tx.outbox.get(row.id)
    if still is None or still.state != "sending" or still.claimed != row.claimed:
        return False
    if not isinstance(still.item, Message):
        await doubt_order(tx, still, still.item, now)
        return True
    message = still.item
    if left(message.status):
        await tx.outbox.settle(row.id, "done", note="receipt")
    elif message.status in (MessageStatus.SENDING, MessageStatus.IN_DOUBT):
        due = Moment(max(now, (still.claimed or now) + CALLBACK_WAIT))
        await doubt(tx, message, due, "crash", now)
    else:
        await tx.outbox.settle(row.id, "queued", due=now, note="never left")
    return True
