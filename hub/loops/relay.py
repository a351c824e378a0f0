"""The relay: carries what we owe the world out of the outbox, effectively once.

A claim commits before the call, the result after it; no transaction spans the call. Retrying, backing off and finding out
what became of a message live here and nowhere else. It never decides whom to write to: the gate does, again, at the claim.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field

import structlog

from device_rules.reading import MINUTE
from hub.domain.contact import Message, MessageStatus
from hub.domain.ids import Moment
from hub.domain.receipts import left
from hub.loops.bell import IDLE, bell, rest, until
from hub.loops.breaker import Breaker
from hub.loops.claims import Spoiled, claim
from hub.loops.orders import doubt_order, give, settle_order
from hub.loops.outcomes import doubt, settle
from hub.loops.post import CALLBACK_WAIT, Letter, Order, Parcel, PostOffice
from hub.ports import InDoubt, OutboxRow, Outcome, Tx
from hub.ports.trouble import where

REST = 0.2  # real seconds after the store itself has failed
LOST_SIGHT = 10 * MINUTE  # a call that is older has no one left who waits for its answer
TRIES = 5
HANDFUL = 4  # rows of one claim: the first of a burst need not wait until the last has been judged

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Round:
    """What a running relay remembers: calls under way, rows that could not be judged (by how often), and when it last
    looked for calls whose answer nobody waits for any more."""

    busy: set[asyncio.Task[None]] = field(default_factory=set)
    spoiled: Counter[str] = field(default_factory=Counter)
    looked: int = 0
    breaker: Breaker = field(default_factory=Breaker)


async def run(post: PostOffice) -> None:
    """Carry until cancelled. What was under way when an earlier process ended is in doubt, and is looked for first."""
    await recover(post, Moment(post.clock.now()))
    going = _Round(looked=post.clock.now())
    async with asyncio.TaskGroup() as group:
        while True:
            try:
                await _round(post, going, group)
            except Exception as error:  # noqa: BLE001 - the store has failed; the rows are still there
                log.error("relay_store_failed", error=where(error))
                await asyncio.sleep(REST)


async def _round(post: PostOffice, going: _Round, group: asyncio.TaskGroup) -> None:
    """Claim what is due and set it going; with nothing due, or no hand free, wait."""
    if len(going.busy) >= going.breaker.allowed(post.at_once):
        await asyncio.wait(going.busy, return_when=asyncio.FIRST_COMPLETED)
    async with bell(post.store, "outbox", IDLE) as ringing:
        parcels = await _claim(post, going)
        for parcel in parcels:
            task = group.create_task(deliver(post, parcel, going.breaker))
            going.busy.add(task)
            task.add_done_callback(going.busy.discard)
        if not parcels:
            await rest(ringing, until(post.clock, await _due(post, going)))
    if post.clock.now() - going.looked > LOST_SIGHT:
        going.looked = post.clock.now()
        await recover(post, Moment(going.looked - LOST_SIGHT))


async def _due(post: PostOffice, going: _Round) -> Moment | None:
    """When the next row can be claimed. Asked where one writes: there a question this small costs least."""
    async with post.store.transaction() as tx:
        due = await tx.outbox.next_due()
    if due is not None and going.breaker.resting(post.clock.now()):
        return Moment(max(due, going.breaker.until))
    return due


async def drain(post: PostOffice) -> int:
    """Carry everything that is due now, and return how many parcels that was. For stories, tests and the end of a demo."""
    going, carried = _Round(), 0
    while parcels := await _claim(post, going):
        await asyncio.gather(*(deliver(post, parcel, going.breaker) for parcel in parcels))
        carried += len(parcels)
    return carried


async def _claim(post: PostOffice, going: _Round) -> list[Parcel]:
    try:
        free = min(HANDFUL, post.at_once - len(going.busy))
        if going.breaker.resting(post.clock.now()):
            return await claim(post, free, ("command",))
        return await claim(post, going.breaker.allowed(free))
    except Spoiled as spoiled:
        await _set_aside(post, going, spoiled)
        return []


async def _set_aside(post: PostOffice, going: _Round, spoiled: Spoiled) -> None:
    """A row that cannot be judged is tried a few times, then parked where a person sees it."""
    going.spoiled[spoiled.row] += 1
    if going.spoiled[spoiled.row] == 1:
        log.error("relay_row_failed", row=spoiled.row, error=where(spoiled.__cause__))
    if going.spoiled[spoiled.row] >= TRIES:
        async with post.store.transaction() as tx:
            await tx.outbox.settle(spoiled.row, "parked", note=where(spoiled.__cause__))
        log.error("relay_row_parked", row=spoiled.row)


async def deliver(post: PostOffice, parcel: Parcel, breaker: Breaker | None = None) -> None:
    """Make the call and save its result. When the result cannot be saved, the row stays `sending` and is looked for later."""
    try:
        if isinstance(parcel, Letter):
            outcome = await _call(parcel)
            if breaker is not None and breaker.told(outcome, post.clock.now()):
                log.error("messages_rest", channel=str(parcel.notifier.channel), remedy="is the carrier up?")
            because = await settle(parcel, outcome, post)
            log.info("relay", case=parcel.message.case, because=str(because), message=parcel.message.id)
        else:
            given = await _order(post, parcel)
            log.info("relay_command", case=parcel.command.case, command=parcel.command.id, given=given)
    except Exception as error:  # noqa: BLE001 - one bad parcel must not stop the others
        log.error("relay_result_lost", row=parcel.row.id, error=where(error))


async def _call(letter: Letter) -> Outcome | None:
    try:
        if letter.find:
            return await letter.notifier.find(letter.envelope)
        return await letter.notifier.send(letter.envelope)
    except Exception as error:  # noqa: BLE001 - a channel that breaks leaves its message in doubt
        log.error("channel_failed", channel=str(letter.notifier.channel), error=where(error))
        return InDoubt(type(error).__name__)


async def _order(post: PostOffice, parcel: Order) -> bool | None:
    given: bool | None = None
    try:
        given = await give(parcel, post)
    except Exception as error:  # noqa: BLE001 - a broken link leaves its command in doubt
        log.error("device_link_failed", error=where(error))
    await settle_order(parcel, given, post)
    return given


async def recover(post: PostOffice, before: Moment) -> int:
    """What was claimed before `before` and never got its result is in doubt; returns how many rows that were."""
    async with post.store.transaction() as tx:
        rows = await tx.outbox.stuck(before)
        for row in rows:
            await _doubt(tx, row, Moment(post.clock.now()))
    if rows:
        log.warning("relay_recovered", rows=len(rows))
    return len(rows)


async def _doubt(tx: Tx, row: OutboxRow, now: Moment) -> None:
    if not isinstance(row.item, Message):
        await doubt_order(tx, row, row.item, now)
        return
    message = await tx.messages.get(row.item.id) or row.item
    if left(message.status):
        await tx.outbox.settle(row.id, "done", note="receipt")
    elif message.status in (MessageStatus.SENDING, MessageStatus.IN_DOUBT):
        due = Moment(max(now, (row.claimed or now) + CALLBACK_WAIT))
        await doubt(tx, message, due, "crash", now)
    else:
        await tx.outbox.settle(row.id, "queued", due=now, note="never left")
