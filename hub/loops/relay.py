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
from hub.domain.ids import Moment
from hub.loops.bell import IDLE, bell, real, until
from hub.loops.claims import Spoiled, claim
from hub.loops.falling import hand_back
from hub.loops.orders import give, settle_order
from hub.loops.outcomes import settle
from hub.loops.post import Letter, Order, Parcel, PostOffice
from hub.loops.recovery import recover as recover
from hub.loops.ways import Way, Ways, ways_of
from hub.ports import InDoubt, Outcome
from hub.ports.trouble import where

REST = 0.2  # real seconds after the store itself has failed
LOST_SIGHT = 10 * MINUTE  # a call that is older has no one left who waits for its answer
BEATS = 4  # signs of life in the time after which a relay without one counts as dead
TRIES = 5
HANDFUL = 4  # rows of one claim: the first of a burst need not wait until the last has been judged

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Round:
    """What a running relay remembers: its ways, calls under way, rows that could not be judged (by how often), and when it
    last showed that it lives and looked for calls whose answer nobody waits for any more."""

    ways: Ways
    busy: set[asyncio.Task[None]] = field(default_factory=set)
    spoiled: Counter[str] = field(default_factory=Counter)
    looked: int = 0
    beaten: int = 0


async def run(post: PostOffice) -> None:
    """Carry until cancelled. What was under way when an earlier process ended is in doubt, and is looked for first."""
    await recover(post, Moment(post.clock.now()), await signs(post))
    now = post.clock.now()
    going = _Round(_ways(post), looked=now, beaten=now)
    try:
        async with asyncio.TaskGroup() as group:
            while True:
                try:
                    await _round(post, going, group)
                except Exception as error:  # noqa: BLE001 - the store has failed; the rows are still there
                    log.error("relay_store_failed", error=where(error))
                    await asyncio.sleep(REST)
    finally:
        if post.name:
            async with post.store.transaction() as tx:
                await tx.outbox.beat(post.name, None)


def _ways(post: PostOffice) -> Ways:
    return post.ways or ways_of(post.notifiers, {})


async def _round(post: PostOffice, going: _Round, group: asyncio.TaskGroup) -> None:
    """Claim what is due and set it going; with nothing due, or no hand free, wait."""
    if len(going.busy) >= post.at_once:
        await asyncio.wait(going.busy, return_when=asyncio.FIRST_COMPLETED)
    async with bell(post.store, "outbox", IDLE) as ringing:
        parcels = await _claim(post, going)
        for parcel in parcels:
            _set_out(post, going, group, parcel)
        if not parcels:
            wait = until(post.clock, await _due(post, going))
            await asyncio.wait({ringing, *going.busy}, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
    await _look_after(post, going)


def _set_out(post: PostOffice, going: _Round, group: asyncio.TaskGroup, parcel: Parcel) -> None:
    """Make the call in a task of its own."""
    way = going.ways.of(parcel.notifier) if isinstance(parcel, Letter) else None
    task = group.create_task(deliver(post, parcel, way))
    going.busy.add(task)
    if way is not None:
        way.busy += 1

    def back(done: asyncio.Task[None]) -> None:
        going.busy.discard(done)
        if way is not None:
            way.busy -= 1

    task.add_done_callback(back)


async def _look_after(post: PostOffice, going: _Round) -> None:
    """Now and then: show that one lives, look for what dead relays have left, go round providers that are down."""
    now = post.clock.now()
    if now - going.beaten > real(post.clock, post.life / BEATS):
        going.beaten = now
        for way in going.ways.down(post.fall_back, now):
            await hand_back(post, way.lanes)
        if post.name:
            await recover(post, Moment(now), await signs(post))
    if now - going.looked > LOST_SIGHT:
        going.looked = now
        await recover(post, Moment(now - LOST_SIGHT))


async def signs(post: PostOffice) -> list[str]:
    """Show that this relay lives, if it has a name; which ones do."""
    if not post.name:
        return []
    now = post.clock.now()
    async with post.store.transaction() as tx:
        await tx.outbox.beat(post.name, Moment(now))
        return await tx.outbox.alive(Moment(now - real(post.clock, post.life)))


async def _due(post: PostOffice, going: _Round) -> Moment | None:
    """When the next row can be claimed. Asked where one writes: there a question this small costs least."""
    now = post.clock.now()
    async with post.store.transaction() as tx:
        due = await tx.outbox.next_due(going.ways.usable(now))
    again = going.ways.again(now)
    return min((Moment(each) for each in (due, again) if each is not None), default=None)


async def drain(post: PostOffice) -> int:
    """Carry everything that is due now, and return how many parcels that was. For stories, tests and the end of a demo."""
    going, carried = _Round(_ways(post)), 0
    while parcels := await _claim(post, going):
        ways = [going.ways.of(each.notifier) if isinstance(each, Letter) else None for each in parcels]
        await asyncio.gather(*(deliver(post, each, way) for each, way in zip(parcels, ways, strict=True)))
        carried += len(parcels)
    return carried


async def _claim(post: PostOffice, going: _Round) -> list[Parcel]:
    """What may leave now: what has no pace together, the rest provider by provider."""
    free, now = min(HANDFUL, post.at_once - len(going.busy)), post.clock.now()
    try:
        parcels = await claim(post, free, lanes=going.ways.open_lanes(free, now))
    except Spoiled as spoiled:
        await _set_aside(post, going, spoiled)
        return []
    for way, room in going.ways.narrow(free, now):
        try:
            parcels += await _claim_paced(post, way, room)
        except Spoiled as spoiled:
            await _set_aside(post, going, spoiled)
    return parcels


async def _claim_paced(post: PostOffice, way: Way, room: int) -> list[Parcel]:
    """What one provider may be asked now; leave that is not used is given back."""
    now, pace = Moment(post.clock.now()), way.pace
    if not pace.rate:
        return await claim(post, room, lanes=way.lanes)
    async with post.store.transaction() as tx:
        due = await tx.outbox.next_due(way.lanes)
        if due is None or due > now:
            return []
        granted, again = await tx.outbox.tokens(pace.provider, pace.rate, room, now)
    if not granted:
        way.free_at = again
        return []
    parcels: list[Parcel] = []
    try:
        parcels = await claim(post, granted, lanes=way.lanes)
    finally:
        if len(parcels) < granted:
            async with post.store.transaction() as tx:
                await tx.outbox.tokens(pace.provider, pace.rate, len(parcels) - granted, now)
    return parcels


async def _set_aside(post: PostOffice, going: _Round, spoiled: Spoiled) -> None:
    """A row that cannot be judged is tried a few times, then parked where a person sees it."""
    going.spoiled[spoiled.row] += 1
    if going.spoiled[spoiled.row] == 1:
        log.error("relay_row_failed", row=spoiled.row, error=where(spoiled.__cause__))
    if going.spoiled[spoiled.row] >= TRIES:
        async with post.store.transaction() as tx:
            await tx.outbox.settle(spoiled.row, "parked", note=where(spoiled.__cause__))
        log.error("relay_row_parked", row=spoiled.row)


async def deliver(post: PostOffice, parcel: Parcel, way: Way | None = None) -> None:
    """Make the call and save its result. When the result cannot be saved, the row stays `sending` and is looked for later."""
    try:
        if isinstance(parcel, Letter):
            outcome = await _call(parcel)
            if way is not None and way.breaker.told(outcome, post.clock.now()):
                log.error("messages_rest", provider=way.pace.provider, remedy="is the provider up?")
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
