"""Triage: which case a fault belongs to, and what is frozen when it opens."""

from __future__ import annotations

from dataclasses import replace

from device_rules.fault import Severity
from device_rules.reading import DAY, HOUR, MINUTE
from hub.domain.case import CaseState
from hub.domain.device import Placement
from hub.domain.ids import SiteId
from hub.domain.packet import seal
from hub.testing import FakeClock, MemoryStore
from tests.stories.book import ADA, DOOR, ICE, PUMP, street

COLD = replace(ICE, rule="not-heating", title="The house is not getting warm")


async def test_faults_of_different_families_are_different_cases(store: MemoryStore, clock: FakeClock) -> None:
    here = await street(store, clock)
    ice, cold = await here.fails(ICE), await here.fails(COLD)
    assert ice is not None and cold is not None and ice.id != cold.id
    assert {ice.family, cold.family} == {"icing-up", "not-heating"}


async def test_the_packet_is_frozen_with_the_samples_around_the_fault(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    case = await here.fails(ICE)
    assert case is not None
    async with store.reading() as tx:
        parts = await tx.cases.packet(case.id)
    assert len(parts) == 1
    body = parts[0].body
    assert body["device"]["owner"] == ADA and body["device"]["serial"] == "SN-ada-4471"
    assert len(body["window"]["coil_temp"]) == 20 and len(body["window"]["room_temp"]) == 20
    assert parts[0].sha256 == seal(case.id, 0, parts[0].at, body).sha256
    assert "+49" not in str(body) and "Berg" not in str(body)


async def test_a_fault_after_a_day_is_a_new_matter(store: MemoryStore, clock: FakeClock) -> None:
    here = await street(store, clock)
    first = await here.fails(ICE)
    await here.pass_time(2 * MINUTE)
    await here.recovers(ICE)
    await here.pass_time(DAY + HOUR)
    second = await here.fails(ICE)
    assert first is not None and second is not None and first.id != second.id
    assert second.state is CaseState.HELD


async def test_a_fault_that_returns_in_another_home_is_a_new_matter(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    first = await here.fails(ICE)
    await here.pass_time(2 * MINUTE)
    await here.recovers(ICE)
    async with store.transaction() as tx:
        await tx.devices.place(Placement(PUMP, SiteId("bremen"), here.now))
    await here.pass_time(30 * MINUTE)
    second = await here.fails(ICE)
    assert first is not None and second is not None and first.id != second.id
    assert second.site == "bremen"


async def test_a_critical_fault_is_told_at_once(store: MemoryStore, clock: FakeClock) -> None:
    here = await street(store, clock)
    await here.fails(replace(DOOR, severity=Severity.CRITICAL))
    assert len(here.told) == 1


async def test_when_only_one_of_two_faults_clears_the_case_goes_on(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    ice = await here.fails(ICE)
    first = here.raised[ICE.device, ICE.rule]
    await clock.advance(MINUTE)
    await here.fails(ICE)
    assert ice is not None
    await here.recovers(ICE)
    assert (await here.case(ICE)).state.open
    here.raised[ICE.device, ICE.rule] = first
    await here.recovers(ICE)
    assert (await here.case(ICE)).state is CaseState.RESOLVED


async def test_mere_information_is_a_case_on_the_list_and_contacts_nobody(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    case = await here.fails(ICE, severity=Severity.INFO)
    assert case is not None and case.state is CaseState.HELD
    await here.pass_time(HOUR)
    async with store.reading() as tx:
        assert [row.severity for row in await tx.cases.faults(case.id)] == [Severity.INFO]
    assert here.told == []
