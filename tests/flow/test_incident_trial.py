"""An incident tried without sending shows what will really happen: at which pace, who first, what has happened, and the end."""

from __future__ import annotations

import pytest

from device_rules.reading import HOUR, MINUTE
from hub.domain.agent import AgentRole, User
from hub.domain.ids import UserId
from hub.domain.incident import Limits
from hub.flow.incident_trial import Trial, dry_run
from hub.testing import FakeClock, MemoryStore
from tests.flow.fleet import Fleet, fleet

PUMPS = [f"pump-{n}" for n in range(24)]


async def tried(here: Fleet) -> Trial:
    async with here.store.reading() as tx:
        return await dry_run(tx, await here.incident(), here.now, here.ctx)


@pytest.fixture
async def calm(store: MemoryStore, clock: FakeClock) -> Fleet:
    """Twenty-four homes, at the pace of a house that has changed nothing."""
    made = await fleet(store, clock, Limits())
    await made.homes(24)
    await made.fails(*PUMPS)
    await made.passes(3 * MINUTE)
    return made


async def test_with_nobody_at_the_desk_it_goes_at_the_pace_of_one_agent_and_the_trial_says_so(
    calm: Fleet,
) -> None:
    alone = await tried(calm)
    assert (alone.rate, alone.alone) == (3, True)
    async with calm.store.transaction() as tx:
        await tx.house.put_user(User(UserId("al"), "Al", AgentRole.AGENT))
    with_one = await tried(calm)
    assert (with_one.rate, with_one.alone) == (3, False)
    async with calm.store.transaction() as tx:
        await tx.house.put_user(User(UserId("bo"), "Bo", AgentRole.AGENT))
    assert (await tried(calm)).rate == 6


async def test_where_there_are_no_agents_no_more_are_told_an_hour_than_one_could_answer(calm: Fleet) -> None:
    await calm.approve()
    await calm.passes(11 * MINUTE)
    first = len(calm.post.envelopes)
    await calm.passes(HOUR)
    assert len(calm.post.envelopes) - first <= 3
