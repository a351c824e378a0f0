"""Appointments: asked about at any time, asked for while no case is open, and kept in hand after the device is mended."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.domain.agent import AgentRole, User
from hub.domain.case import CaseState
from hub.domain.ids import UserId
from hub.domain.policy import CALENDARS
from tests.flow.home import ADA, Home


@pytest.fixture
async def well(home: Home) -> Home:
    """A home where nothing is wrong, and a maker who can be rung and visited."""
    home.ctx = replace(home.ctx, policy=replace(home.ctx.policy, calendars=CALENDARS))
    async with home.store.transaction() as tx:
        await tx.house.put_user(User(UserId("ines"), "Ines Ruiz", AgentRole.INSTALLER))
    return home


async def test_a_visit_is_asked_for_while_all_is_well_and_booked(well: Home) -> None:
    [offered] = await well.writes("a technician please")
    assert offered.startswith("When may a technician come? Reply 1 = Mon, Nov 23")
    [done] = await well.writes("1")
    assert "A technician will come on Mon, Nov 23" in done
    [case] = await well.cases()
    assert case.state is CaseState.WITH_AGENT
    assert case.asked_by_customer


async def test_without_visits_that_is_said_and_a_person_is_offered_and_no_ticket_is_opened(
    home: Home,
) -> None:
    home.ctx = replace(home.ctx, policy=replace(home.ctx.policy, calendars={}))
    [said] = await home.writes("book a visit")
    assert said.startswith("I cannot offer times for a technician's visit at the moment. Shall a person")
    assert await home.cases() == []
    [promised] = await home.writes("1")
    assert "A person from our team" in promised
    assert len(await home.cases()) == 1


async def test_without_visits_a_person_is_offered_within_a_case_too(home: Home) -> None:
    home.ctx = replace(home.ctx, policy=replace(home.ctx.policy, calendars={}))
    case = await home.fails("hp-1", "icing-up")
    [said] = await home.writes("book a visit")
    assert "I cannot offer times for a technician's visit" in said
    assert not (await home.talk(case)).with_person
    [promised] = await home.writes("yes")
    assert "A person from our team" in promised
    assert (await home.talk(case)).with_person


@pytest.mark.parametrize("words", ["when is my appointment", "do I have an appointment?"])
async def test_when_my_appointment_is_tells_that_there_is_none_and_how_to_get_one(
    well: Home, words: str
) -> None:
    [said] = await well.writes(words)
    assert said.startswith("You have no appointment with us. To get one, write: book a visit")
    assert await well.cases() == []


async def test_when_my_appointment_is_tells_it_in_a_case_and_after_it(well: Home) -> None:
    await well.fails("hp-1", "icing-up")
    [none] = await well.writes("when is my appointment")
    assert "You have no appointment with us." in none
    await well.writes("call me on monday")
    await well.writes("1")
    [stands] = await well.writes("when is my appointment")
    assert "You have an appointment on Mon, Nov 23, 09:00." in stands
    await well.recovers("hp-1", "icing-up")
    [still] = await well.writes("when is my appointment")
    assert "You have an appointment on Mon, Nov 23, 09:00." in still


async def test_a_visit_that_is_not_needed_any_more_is_called_off_after_the_device_is_well(well: Home) -> None:
    case = await well.fails("hp-1", "icing-up")
    await well.writes("book a visit")
    await well.writes("1")
    await well.recovers("hp-1", "icing-up")
    [asked] = await well.writes("cancel my appointment")
    assert "Shall I cancel your appointment on Mon, Nov 23" in asked
    assert asked.count("1 =") == 1
    [done] = await well.writes("yes")
    assert "Your appointment is cancelled." in done
    async with well.store.reading() as tx:
        assert await tx.bookings.of_case(case) == []


async def test_a_visit_that_still_stands_is_reminded_of_though_the_device_is_well(well: Home) -> None:
    case = await well.fails("hp-1", "icing-up")
    await well.writes("book a visit")
    await well.writes("1")
    await well.recovers("hp-1", "icing-up")
    async with well.store.reading() as tx:
        [booking] = await tx.bookings.of_case(case)
    await well.wakes((booking.slot.starts - well.now) // 60_000_000 - 60)
    assert "A technician will come to look at your garden heat pump" in (await well.texts())[-1]


async def test_a_visit_is_moved_after_the_device_is_well_by_naming_the_time(well: Home) -> None:
    case = await well.fails("hp-1", "icing-up")
    await well.writes("book a visit")
    await well.writes("1")
    await well.recovers("hp-1", "icing-up")
    await well.writes("move my appointment")
    [moved] = await well.writes("tuesday at ten")
    assert "A technician will come on Tue, Nov 24, 10:00." in moved
    async with well.store.reading() as tx:
        [booking] = await tx.bookings.of_case(case)
    assert (await well.case(case)).state is CaseState.RESOLVED
    assert booking.seat == "ines"


@pytest.mark.parametrize(
    ("language", "words", "asks"),
    [
        ("en", "a technician please", "When may a technician come?"),
        ("de", "Techniker bitte", "Wann darf ein Techniker kommen?"),
        ("es", "un tecnico porfa", "técnico"),
    ],
)
async def test_a_visit_is_offered_while_a_person_has_the_case(
    well: Home, language: str, words: str, asks: str
) -> None:
    async with well.store.transaction() as tx:
        person = await tx.people.customer(ADA)
        assert person is not None
        await tx.people.change_customer(replace(person, language=language))
    await well.fails("hp-1", "icing-up")
    await well.writes("0")
    [offered] = await well.writes(words)
    assert asks in offered
    assert offered.count("08:00") == 1
