"""An incident tried without sending shows what will really happen: at which pace, who first, what has happened, and the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from device_rules.fault import Severity
from device_rules.reading import HOUR, MINUTE, SECOND
from hub.clock import iso
from hub.domain.agent import AgentRole, User
from hub.domain.because import Because
from hub.domain.customer import Person, QuietHours
from hub.domain.ids import CustomerId, UserId
from hub.domain.incident import Limits
from hub.flow.incident_trial import Trial, dry_run
from hub.testing import FakeClock, MemoryStore
from hub.web.console.incident_sheet import agreement, course
from tests.flow.fleet import Fleet, fleet, phone

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


async def quiet_until(here: Fleet, *numbers: int) -> None:
    """These owners want no message for the next three hours and a half."""
    for number in numbers:
        async with here.store.transaction() as tx:
            who = await tx.people.customer(CustomerId(f"owner-{number}"))
            assert who is not None
            local = datetime.fromtimestamp(here.now / SECOND, ZoneInfo("Europe/Berlin"))
            start = local.hour * 60 + local.minute
            quiet = QuietHours(start % 1440, (start + 210) % 1440)
            await tx.people.put_customer(replace(who, quiet=quiet), Person(who.id, f"Owner{number} Berg"))


@pytest.fixture
async def waves(store: MemoryStore, clock: FakeClock) -> Fleet:
    """Twenty heat pumps fail, and four more a minute later; two of the owners have quiet hours."""
    made = await fleet(store, clock)
    await made.homes(24)
    await made.fails(*PUMPS[4:])
    await made.passes(MINUTE)
    await made.fails(*PUMPS[:4])
    await made.passes(3 * MINUTE)
    await quiet_until(made, 5, 6)
    return made


async def test_the_trial_names_the_household_that_is_really_told_first_and_when_each_has_its_turn(
    waves: Fleet,
) -> None:
    lowest = (await tried(waves)).planned[0].customer
    await quiet_until(waves, int(str(lowest).removeprefix("owner-")))
    trial = await tried(waves)
    first = trial.planned[0].customer
    assert first != lowest and trial.planned[0].at == waves.now
    await waves.approve()
    await waves.passes(2 * MINUTE)  # who is asked in vain does not take the turn of the next
    [told] = waves.post.envelopes
    assert told.to == phone(int(str(first).removeprefix("owner-")))


async def test_the_end_is_when_those_are_told_who_wait_for_their_quiet_hours_to_end(waves: Fleet) -> None:
    trial = await tried(waves)
    assert trial.held == {Because.QUIET_HOURS: 2}
    assert trial.held_until == trial.ends and trial.ends >= waves.now + 3 * HOUR
    assert {each.customer for each in trial.planned[-2:]} == {"owner-5", "owner-6"}
    await waves.approve()
    await waves.passes(HOUR)
    assert len(waves.post.envelopes) == 22
    await waves.passes(trial.ends + 15 * MINUTE - waves.now)
    assert len(waves.post.envelopes) == 24


async def test_once_approved_the_trial_says_what_has_happened_and_who_is_next(waves: Fleet) -> None:
    before = await tried(waves)
    assert (before.told, before.canary, agreement(before)) == (0, 1, "One person has to approve it.")
    await waves.approve()
    after = await tried(waves)
    assert (after.told, after.households, after.canary) == (1, 23, 0)
    assert before.planned[0].customer not in {each.customer for each in after.planned}
    assert (after.planned[0].at or 0) >= waves.now + 10 * MINUTE, "not before the first few have gone well"
    assert agreement(after) == "Approved by eva."
    said = " ".join(course(after, iso))
    assert "1 household told already. 36000 an hour" in said and "(2 quiet_hours)" in said


async def test_who_is_in_the_hold_down_still_is_planned_for_its_end(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await fleet(store, clock, hold_downs=dict.fromkeys(Severity, 25 * MINUTE))
    await here.homes(24)
    await here.fails(*PUMPS)
    began = here.now
    trial = await tried(here)
    assert trial.planned[0].at == began + 25 * MINUTE
    assert trial.held == {Because.HOLD_DOWN: 24}
