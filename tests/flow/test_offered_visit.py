"""A visit that a guided fix offers by itself: where nothing more can be done from here, and where nobody is answered in vain."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.domain.because import Because
from hub.domain.case import CaseState
from hub.domain.conversation import Heard, Intent
from hub.domain.ids import CaseId
from hub.domain.policy import CALENDARS
from hub.domain.slots import BookingKind
from hub.ports.bookings import Booking
from tests.flow.home import Home


@pytest.fixture
def visited(home: Home) -> Home:
    """A home whose maker can be rung and visited."""
    home.ctx = replace(home.ctx, policy=replace(home.ctx.policy, calendars=CALENDARS))
    return home


async def standing(home: Home, case: CaseId) -> list[Booking]:
    async with home.store.reading() as tx:
        return await tx.bookings.of_case(case)


async def to_failed_restart(home: Home) -> CaseId:
    """The home stays cold, Ada lets the heat pump restart, and it does not obey."""
    case = await home.fails("hp-1", "not-heating")
    for words in ("1", "2", "yes"):
        await home.writes(words)
    [restart] = await home.commands()
    await home.device_answers(restart, ok=False)
    return case


async def test_after_a_failed_restart_ada_is_offered_times_and_books_one_with_a_single_number(
    visited: Home,
) -> None:
    home = visited
    case = await to_failed_restart(home)
    offered = (await home.texts())[-1]
    assert "When may one come?" in offered
    assert "1 = Mon" in offered and "another time" in offered
    assert (await home.case(case)).state is CaseState.TALKING
    [done] = await home.writes("1")
    assert "A technician will come on Mon" in done and "If it gets too cold at home" in done
    [booking] = await standing(home, case)
    assert booking.slot.kind is BookingKind.VISIT
    found = await home.case(case)
    assert (found.state, found.needs_agent) == (CaseState.WITH_AGENT, Because.PLAY_ENDED)


async def test_where_the_house_offers_no_visits_a_person_takes_over_instead(home: Home) -> None:
    case = await to_failed_restart(home)
    said = (await home.texts())[-1]
    assert "A person from our team has been told" in said and "When may one come?" not in said
    assert (await home.case(case)).state is CaseState.WITH_AGENT


async def test_an_offer_that_nobody_answers_is_put_again_and_then_reaches_a_person(visited: Home) -> None:
    home = visited
    case = await to_failed_restart(home)
    before = len(await home.texts())
    await home.wakes(24 * 60)
    again, last = (await home.texts())[before:]
    assert "When may one come?" in again and "asked a person from our team" in last
    found = await home.case(case)
    assert (found.state, found.needs_agent) == (CaseState.WITH_AGENT, Because.CUSTOMER_SILENT)
    assert await standing(home, case) == []


async def test_times_that_have_passed_while_ada_put_it_off_are_not_offered_again(visited: Home) -> None:
    home = visited
    case = await to_failed_restart(home)
    before = (await home.talk(case)).offers
    await home.says(Intent.TOMORROW)
    home.ctx = replace(
        home.ctx,
        policy=replace(
            home.ctx.policy,
            calendars={
                kind: replace(each, closed=frozenset({"2026-11-23"})) for kind, each in CALENDARS.items()
            },
        ),
    )
    await home.wakes(30 * 60)
    after = (await home.talk(case)).offers
    assert after and not set(after) & set(before)


async def test_who_has_booked_a_visit_already_is_told_when_and_not_asked_again(visited: Home) -> None:
    home = visited
    case = await home.fails("hp-1", "not-heating")
    await home.says(Heard.LAUNCH)
    await home.says(Intent.YES)
    await home.says(Intent.VISIT)
    await home.says(Intent.CHOICE, choice=1)
    [booking] = await standing(home, case)
    await home.says(Intent.STEPS)
    for choice in (1, 2):
        await home.says(Intent.CHOICE, choice=choice)
    await home.says(Intent.YES)
    [restart] = await home.commands()
    await home.device_answers(restart, ok=False)
    assert "You have an appointment on" in (await home.texts())[-1]
    assert await standing(home, case) == [booking]


async def test_a_home_that_gets_warmer_is_told_so_and_given_time_before_anything_else(visited: Home) -> None:
    home = visited
    await home.measures("hp-1", room_temp=15.0)
    case = await home.fails("hp-1", "not-heating")
    for words in ("1", "1"):
        await home.writes(words)
    assert (await home.talk(case)).step == "warm_up"
    await home.measures("hp-1", room_temp=15.6)
    await home.wakes(2)
    assert "It is getting warmer at home" in (await home.texts())[-1]
    await home.wakes(30)
    assert (await home.talk(case)).step == "warming"
    assert (await home.case(case)).state is CaseState.RECOVERING
    await home.recovers("hp-1", "not-heating")
    assert "Your home is getting warm again" in (await home.texts())[-1]
