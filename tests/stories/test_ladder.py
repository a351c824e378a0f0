"""Stories of contacting: who hears of a fault, when, how often, and what happens when nobody answers."""

from __future__ import annotations

from dataclasses import replace

from device_rules.fault import Severity
from device_rules.reading import DAY, HOUR, MINUTE
from hub.clock import micros
from hub.domain.because import Because
from hub.domain.case import CaseState, TicketStatus
from hub.domain.policy import Policy
from hub.testing import FakeClock, MemoryStore
from tests.stories.book import DOOR, ICE, street


async def test_a_fault_reaches_its_owner_by_one_text_after_the_hold_down(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    case = await here.fails(ICE)
    assert case is not None and case.state is CaseState.HELD
    assert here.told == []
    await here.pass_time(MINUTE)
    assert len(here.told) == 1
    assert "Ada" in here.told[0] and "garden heat pump" in here.told[0] and "STOP" in here.told[0]
    case = await here.case(ICE)
    assert case.state is CaseState.CONTACTING and case.status is TicketStatus.WAITING


async def test_what_heals_within_the_hold_down_is_counted_and_never_mentioned(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    await here.fails(ICE)
    await here.pass_time(MINUTE // 2)
    case = await here.recovers(ICE)
    await here.pass_time(DAY)
    assert case is not None and case.state is CaseState.RESOLVED and case.proved
    assert here.told == []
    assert str(Because.HEALED_ALONE) in {fact.because.lower() for fact in await here.facts(case.id)}


async def test_who_stays_silent_is_reminded_once_and_then_an_agent_has_the_case(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    await here.fails(DOOR)
    await here.pass_time(12 * HOUR)
    assert await here.kinds(DOOR) == ["first", "reminder"]
    case = await here.case(DOOR)
    assert case.status is TicketStatus.NEEDS_AGENT and case.needs_agent is Because.LADDER_ENDED


async def test_recovery_is_told_once_to_who_was_contacted(store: MemoryStore, clock: FakeClock) -> None:
    here = await street(store, clock)
    await here.fails(ICE)
    await here.pass_time(10 * MINUTE)
    case = await here.recovers(ICE)
    await here.pass_time(DAY)
    assert case is not None
    assert await here.kinds(ICE) == ["first", "recovery"]
    assert (await here.case(ICE)).proved


async def test_at_night_it_waits_for_the_morning_and_looks_again(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    await clock.set(micros("2026-11-21T23:00:00Z"))
    await here.fails(ICE)
    await here.fails(DOOR)
    await here.until(micros("2026-11-22T05:00:00Z"))
    assert here.told == []
    await here.recovers(ICE)
    await here.until(micros("2026-11-22T06:59:59Z"))
    assert here.told == []
    await here.until(micros("2026-11-22T07:30:00Z"))
    assert len(here.told) == 1 and "fridge" in here.told[0]


async def test_a_critical_fault_at_night_reaches_an_agent_at_once(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    await clock.set(micros("2026-11-21T23:00:00Z"))
    case = await here.fails(replace(ICE, severity=Severity.CRITICAL))
    assert case is not None and case.status is TicketStatus.NEEDS_AGENT
    assert case.needs_agent is Because.QUIET_HOURS
    await here.until(micros("2026-11-22T07:00:00Z"))
    assert len(here.told) == 1


async def test_without_a_basis_an_agent_hears_why_and_what_is_still_allowed(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    async with store.transaction() as tx:
        await tx.people.suppress("ada", here.now, "stop_said")
    await here.fails(ICE)
    await here.pass_time(2 * MINUTE)
    case = await here.case(ICE)
    assert here.told == []
    assert case.needs_agent is Because.CANNOT_BE_CONTACTED
    ended = [fact for fact in await here.facts(case.id) if fact.kind == "contact.ended"]
    assert ended[0].data == {"reasons": ["suppressed"], "allowed": ["letter", "installer"]}


async def test_patience_belongs_to_the_operator(store: MemoryStore, clock: FakeClock) -> None:
    patient = Policy(hold_downs={**Policy().hold_downs, Severity.MAJOR: HOUR})
    here = await street(store, clock, patient)
    await here.fails(ICE)
    await here.pass_time(59 * MINUTE)
    assert here.told == []
    await here.pass_time(MINUTE)
    assert len(here.told) == 1
