"""Resolve: who is told that it is over, and how often."""

from __future__ import annotations

from device_rules.reading import HOUR, MINUTE
from hub.domain.case import CaseState
from hub.testing import FakeClock, MemoryStore
from tests.stories.book import ICE, street


async def test_a_case_that_comes_back_and_heals_unnoticed_is_not_told_to_be_over_again(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    await here.fails(ICE)
    await here.pass_time(5 * MINUTE)
    await here.recovers(ICE)
    assert await here.kinds(ICE) == ["first", "recovery"]
    for _ in range(2):
        await here.pass_time(HOUR)
        again = await here.fails(ICE)
        assert again is not None and again.state is CaseState.HELD
        await clock.advance(MINUTE // 4)
        await here.recovers(ICE)
        assert (await here.case(ICE)).state is CaseState.RESOLVED
    assert await here.kinds(ICE) == ["first", "recovery"]


async def test_whoever_hears_of_a_case_that_came_back_is_told_that_it_is_over(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    for _ in range(2):
        await here.fails(ICE)
        await here.pass_time(5 * MINUTE)
        await here.recovers(ICE)
        await here.pass_time(HOUR)
    assert await here.kinds(ICE) == ["first", "recovery", "reminder", "recovery"]
