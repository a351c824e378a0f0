"""Whatever happens, in whatever order: the promises hold. Days of random life, each checked at every moment."""

from __future__ import annotations

from random import Random

import pytest

from device_rules.fault import Severity
from device_rules.reading import HOUR, MINUTE
from hub.domain.agent import Closing
from hub.domain.case import Case, CaseState, TicketStatus
from hub.domain.contact import Direction, Message, MessageClass, MessageStatus
from hub.domain.customer import QuietHours
from hub.domain.quiet import allowed_from
from hub.flow import handover
from hub.flow.handover import By
from hub.ports import BadInput, Undeliverable
from hub.testing import FakeClock, MemoryStore
from tests.stories.book import ADA, BEN, CLEO, DAG, DOOR, ICE, LINE, Street, Trouble, street

OWNERS = {ICE.device: ADA, DOOR.device: BEN, LINE.device: CLEO}
WORDS = ("1", "2", "it is free", "what?", "blah blah", "later", "0", "STOP", "START", "help", "yes", "done")
AWAKE_ANYWAY = (MessageClass.TURN, MessageClass.AGENT, MessageClass.COMPLIANCE)


async def something_happens(here: Street, dice: Random) -> None:
    trouble = dice.choice((ICE, DOOR, LINE))
    open_now = (trouble.device, trouble.rule) in here.raised and await fault_open(here, trouble)
    kind = dice.randrange(10)
    if kind < 2 and not open_now:
        await here.fails(trouble, severity=dice.choice((Severity.MINOR, Severity.MAJOR, Severity.CRITICAL)))
    elif kind == 2 and open_now:
        await here.recovers(trouble)
    elif kind == 3 and open_now:
        await here.becomes(trouble, dice.choice((Severity.MINOR, Severity.MAJOR, Severity.CRITICAL)))
    elif kind in (4, 5):
        await here.writes(OWNERS[trouble.device], dice.choice(WORDS))
    elif kind == 6 and open_now:
        await at_the_desk(here, trouble, dice)
    elif kind == 7:
        here.post.will([Undeliverable("30003", dead=False)] if dice.random() < 0.3 else [])
    await here.pass_time(dice.choice((MINUTE, 10 * MINUTE, HOUR, 5 * HOUR)))


async def at_the_desk(here: Street, trouble: Trouble, dice: Random) -> None:
    case, by = await here.case(trouble), By(DAG, here.now)
    try:
        async with here.tx() as tx:
            match dice.randrange(4):
                case 0:
                    await handover.take(tx, case.id, by, here.ctx)
                case 1:
                    await handover.hand_back(tx, case.id, by, here.ctx)
                case 2:
                    await handover.reply(tx, case.id, by, "How is it now?", here.ctx)
                case _:
                    await handover.close(tx, case.id, by, Closing.FIXED, here.ctx)
    except BadInput:
        await here.settle()


async def fault_open(here: Street, trouble: Trouble) -> bool:
    async with here.store.reading() as tx:
        return any(row.change.rule == trouble.rule for row in await tx.faults.open_of(trouble.device))


async def no_promise_is_broken(here: Street) -> None:
    async with here.store.reading() as tx:
        for device in OWNERS:
            cases = await tx.cases.of_device(device, 50)
            families = [case.family for case in cases if case.state.open]
            assert len(families) == len(set(families)), "two open cases of one family"
            for case in cases:
                thread = [m for m in await tx.messages.of_case(case.id) if m.direction is Direction.OUT]
                said_once(thread)
                wakes = [wake.name for wake in await tx.wakes.of_case(case.id)]
                faults = await tx.cases.faults(case.id)
                if case.state.open and any(fault.cleared is None for fault in faults):
                    assert cared_for(case, wakes), f"nobody looks after {case} {wakes}"
                if not case.state.open:
                    waiting = [m for m in thread if m.status is MessageStatus.QUEUED]
                    assert all(m.kind in (MessageClass.RECOVERY, MessageClass.COMPLIANCE) for m in waiting)
                    assert not wakes


def cared_for(case: Case, wakes: list[str]) -> bool:
    """Either people have it, or a moment is set at which the hub goes on."""
    people = case.status in (TicketStatus.NEEDS_AGENT, TicketStatus.WITH_AGENT)
    told = (
        case.state is CaseState.HELD and case.contacted is not None and "expire" in wakes
    )  # informed and watched
    return people or told or bool({"hold", "step", "bundle", "release", "settle"} & set(wakes))


def said_once(thread: list[Message]) -> None:
    firsts = [m for m in thread if m.kind is MessageClass.FIRST and m.status is not MessageStatus.FAILED]
    assert len(firsts) <= 1


async def test_no_promise_is_broken_in_days_of_random_life(store: MemoryStore, clock: FakeClock) -> None:
    here = await street(store, clock)
    await live(here, Random(1), 40)


@pytest.mark.parametrize("seed", range(2, 5))
async def test_nor_in_others(store: MemoryStore, clock: FakeClock, seed: int) -> None:
    here = await street(store, clock)
    await live(here, Random(seed), 20)


async def live(here: Street, dice: Random, steps: int) -> None:
    for _ in range(steps):
        await something_happens(here, dice)
        await no_promise_is_broken(here)
    left = [envelope.id for _, envelope in here.post.came]
    assert len(set(left)) == len(left), "a message left twice"
    for at, envelope in here.post.came:
        if envelope.kind not in AWAKE_ANYWAY:
            assert allowed_from(("Europe/Berlin",), QuietHours(), at) == at, f"{envelope.kind} at night"
