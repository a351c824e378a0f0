"""Triage of a fault that many devices share: one case, people at the desk have it, and no customer hears of it."""

from __future__ import annotations

from dataclasses import replace

from device_rules.fault import ChangeKind, Evidence, FaultChange, Leaf, Severity, fault_id
from device_rules.reading import DAY, HOUR, MINUTE
from hub.domain.agent import Closing
from hub.domain.because import Because
from hub.domain.case import CaseState, TicketStatus
from hub.flow.handover import By, close, hand_back, take
from hub.testing import FakeClock, MemoryStore
from tests.stories.book import DAG, ICE, Street, changed, street

GROUP = "group:cohort:nordwarm/heatpump-x1|2.3.1|"
COHORT = replace(ICE, device=GROUP)
TITLE = "37 of 120 nordwarm/heatpump-x1 with firmware 2.3.1: The house is not getting warm"


async def shared(here: Street, **changes: object) -> FaultChange:
    """Many heat pumps fail at once."""
    start = here.now - 20 * MINUTE
    rule = str(changes.get("rule", "cold-cohort"))
    change = FaultChange(
        fault=fault_id(GROUP, rule, start),
        device=GROUP,
        rule=rule,
        kind=ChangeKind.RAISED,
        severity=Severity.MAJOR,
        at=here.now,
        start=start,
        number=0,
        evidence=Evidence(
            "nordwarm/heatpump-x1", rule, 1, Leaf("share >= 20 %", True, "share", 30.8, 20.0, "%")
        ),
        title=TITLE,
    )
    await here.judge(COHORT, changed(change, **changes))
    return change


async def over(here: Street, change: FaultChange) -> None:
    """The counts have gone down."""
    await here.judge(COHORT, changed(change, kind=ChangeKind.CLEARED, at=here.now, number=1))


async def the_case(here: Street, change: FaultChange):
    found = await here.case_of(change)
    assert found is not None
    return found


async def test_people_at_the_desk_have_it_at_once_and_nobody_is_contacted(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    change = await shared(here)
    case = await the_case(here, change)
    assert (case.state, case.status) == (CaseState.WITH_AGENT, TicketStatus.NEEDS_AGENT)
    assert (case.needs_agent, case.site) == (Because.GROUP_FAULT, None)
    await here.pass_time(20 * DAY)
    async with store.reading() as tx:
        assert [row.change.title for row in await tx.cases.faults(case.id)] == [TITLE]
        assert [one.id for one in await tx.cases.page("unassigned", "", 10)] == [case.id]
        assert (await tx.messages.of_case(case.id), await tx.outbox.page("queued", 10)) == ([], [])
        (part,) = await tx.cases.packet(case.id)
    assert part.body["trigger"]["title"] == TITLE
    assert part.body["device"] == {"id": GROUP, "model": "nordwarm/heatpump-x1", "registered": False}
    assert here.told == []


async def test_when_the_group_has_recovered_the_case_is_closed_and_proved(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    change = await shared(here)
    await here.pass_time(HOUR)
    await over(here, change)
    case = await the_case(here, change)
    assert (case.state, case.proved) == (CaseState.RESOLVED, True)
    assert here.told == []


async def test_when_it_comes_back_within_a_day_it_is_the_same_matter_and_with_people_again(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    first = await shared(here)
    await here.pass_time(HOUR)
    await over(here, first)
    await here.pass_time(HOUR)
    again = await shared(here)
    assert again.fault != first.fault
    case = await the_case(here, again)
    assert case.id == (await the_case(here, first)).id
    assert (case.state, case.needs_agent) == (CaseState.WITH_AGENT, Because.GROUP_FAULT)


async def test_an_agent_who_hands_it_back_gets_it_again_and_may_close_it(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    case = await the_case(here, await shared(here))
    async with here.tx() as tx:
        await take(tx, case.id, By(DAG, here.now), here.ctx)
    async with here.tx() as tx:
        await hand_back(tx, case.id, By(DAG, here.now), here.ctx)
    await here.pass_time(DAY)
    async with store.reading() as tx:
        back = await tx.cases.get(case.id)
    assert back is not None and back.status is TicketStatus.NEEDS_AGENT
    async with here.tx() as tx:
        closed = await close(tx, case.id, By(DAG, here.now), Closing.FIXED, here.ctx)
    assert closed.state is CaseState.RESOLVED
    assert here.told == []


async def test_mere_information_about_a_group_is_only_listed(store: MemoryStore, clock: FakeClock) -> None:
    here = await street(store, clock)
    case = await the_case(here, await shared(here, severity=Severity.INFO))
    assert (case.state, case.needs_agent) == (CaseState.HELD, None)


async def test_a_safety_fault_of_a_group_is_with_people_and_wakes_nobody(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    case = await the_case(here, await shared(here, severity=Severity.SAFETY))
    assert case.status is TicketStatus.NEEDS_AGENT
    await here.pass_time(HOUR)
    assert here.told == []


async def test_a_device_of_the_group_keeps_its_own_case(store: MemoryStore, clock: FakeClock) -> None:
    here = await street(store, clock)
    group = await the_case(here, await shared(here))
    own = await here.fails(ICE)
    assert own is not None and own.id != group.id
    assert own.state is CaseState.HELD
