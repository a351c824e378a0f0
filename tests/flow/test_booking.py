"""Appointments in conversations: offered, chosen, moved, called off, reminded of; and seen by whoever comes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from device_rules.reading import DAY, HOUR
from hub.domain.agent import AgentRole, User
from hub.domain.because import Because
from hub.domain.case import CaseState
from hub.domain.conversation import Heard, Intent
from hub.domain.ids import CaseId, Moment, UserId
from hub.domain.policy import CALENDARS
from hub.domain.slots import BookingKind, Slot
from hub.flow.booking import call_off
from hub.ports import BadInput
from hub.ports.bookings import Booking
from tests.flow.home import BEN, Home


@pytest.fixture
async def booked_home(home: Home) -> Home:
    """A home whose maker can be rung and visited, by Ines."""
    home.ctx = replace(home.ctx, policy=replace(home.ctx.policy, calendars=CALENDARS))
    async with home.store.transaction() as tx:
        await tx.house.put_user(User(UserId("ines"), "Ines Ruiz", AgentRole.INSTALLER))
    return home


async def standing(home: Home, case: CaseId) -> list[Booking]:
    async with home.store.reading() as tx:
        return await tx.bookings.of_case(case)


async def test_a_visit_is_offered_chosen_by_number_and_on_the_installers_list(booked_home: Home) -> None:
    home = booked_home
    case = await home.fails("hp-1", "icing-up")
    await home.says(Heard.LAUNCH)
    await home.says(Intent.YES)
    offered = await home.says(Intent.VISIT)
    assert offered.ask is not None
    assert [each.key for each in offered.ask.options] == ["choice.slot", "choice.slot", "choice.other_time"]
    said = await home.says(Intent.CHOICE, choice=1)
    assert said.say[0].key == "booking.done.visit"
    [booking] = await standing(home, case)
    assert booking.seat == "ines"
    async with home.store.reading() as tx:
        assert await tx.bookings.between(home.now, Moment(home.now + 14 * DAY), "ines") == [booking]
        kinds = [fact.kind for fact in await tx.facts.of_case(case)]
    assert "booking.made" in kinds
    found = await home.case(case)
    assert (found.state, found.needs_agent) == (CaseState.WITH_AGENT, Because.VISIT_BOOKED)


async def test_the_customer_is_reminded_a_day_before_and_can_move_it_then(booked_home: Home) -> None:
    home = booked_home
    case = await home.fails("hp-1", "icing-up")
    await home.says(Intent.VISIT)
    await home.says(Intent.CHOICE, choice=2)
    [first] = await standing(home, case)
    before = len(await home.texts())
    await home.wakes((first.slot.starts - home.now) // 60_000_000 - 60)
    [reminder] = [text for text in (await home.texts())[before:] if "technician will come" in text]
    assert "garden heat pump" in reminder
    await home.says(Intent.MOVE_VISIT)
    await home.says(Intent.CHOICE, choice=1)
    [moved] = await standing(home, case)
    assert moved.slot.starts != first.slot.starts


async def test_an_appointment_is_cancelled_after_one_question(booked_home: Home) -> None:
    home = booked_home
    case = await home.fails("hp-1", "icing-up")
    await home.says(Intent.VISIT)
    await home.says(Intent.CHOICE, choice=1)
    asked = await home.says(Intent.CANCEL_VISIT)
    assert asked.say[0].key == "booking.cancel"
    assert len(await standing(home, case)) == 1
    assert (await home.says(Intent.YES)).say[0].key == "booking.cancelled"
    assert await standing(home, case) == []


async def test_a_slot_that_was_taken_meanwhile_is_not_given_twice_and_others_are_offered(
    booked_home: Home,
) -> None:
    home = booked_home
    case = await home.fails("hp-1", "icing-up")
    await home.says(Intent.VISIT)
    starts = (await home.talk(case)).offers[0]
    slot = Slot(BookingKind.VISIT, starts, Moment(starts + 2 * HOUR))
    async with home.store.transaction() as tx:
        assert await tx.bookings.hold(Booking("b-ben", CaseId("other"), BEN, slot, "ines", home.now))
    said = await home.says(Intent.CHOICE, choice=1)
    assert said.say[0].key == "booking.gone"
    assert said.ask is not None
    assert await standing(home, case) == []
    assert starts not in (await home.talk(case)).offers


async def test_while_the_team_is_away_a_person_is_promised_and_a_time_for_the_call_is_offered(
    booked_home: Home,
) -> None:
    home = booked_home  # it is Saturday evening
    case = await home.fails("hp-1", "icing-up")
    [promised] = await home.writes("0")
    assert "Our team is away" in promised
    assert "Nov 23" in promised
    [done] = await home.writes("1")
    assert "We will ring you on Mon, Nov 23" in done
    [booking] = await standing(home, case)
    assert booking.slot.kind is BookingKind.CALLBACK
    assert (await home.case(case)).state is CaseState.WITH_AGENT


async def test_a_visit_that_the_desk_calls_off_is_told_and_its_time_is_free_again(booked_home: Home) -> None:
    home = booked_home
    case = await home.fails("hp-1", "icing-up")
    await home.says(Intent.VISIT)
    await home.says(Intent.CHOICE, choice=1)
    [booking] = await standing(home, case)
    async with home.store.transaction() as tx:
        await call_off(tx, booking.id, home.now, home.ctx)
    await home.posts()
    assert "cannot take place" in (await home.texts())[-1]
    assert await standing(home, case) == []
    async with home.store.transaction() as tx:
        with pytest.raises(BadInput, match="does not stand"):
            await call_off(tx, booking.id, home.now, home.ctx)


async def test_a_device_that_heals_before_the_visit_thanks_and_says_that_the_visit_stands(
    booked_home: Home,
) -> None:
    home = booked_home
    await home.fails("hp-1", "icing-up")
    await home.writes("1")
    await home.says(Intent.VISIT)
    await home.says(Intent.CHOICE, choice=1)
    await home.recovers("hp-1", "icing-up")
    await home.wakes(5)
    last = (await home.texts())[-1]
    assert "still stands" in last
    assert "working well again" in last
