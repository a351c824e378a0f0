"""Appointments outlive a STOP and the end of a case: the person is told so, and how to call them off."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.domain.agent import Closing
from hub.domain.because import Because
from hub.domain.case import CaseState
from hub.domain.ids import CaseId, UserId
from hub.domain.policy import CALENDARS
from hub.domain.slots import BookingKind
from hub.flow import handover
from tests.flow.home import Home


@pytest.fixture
def home(home: Home) -> Home:
    calls = {BookingKind.CALLBACK: CALENDARS[BookingKind.CALLBACK]}
    home.ctx = replace(home.ctx, policy=replace(home.ctx.policy, calendars=calls))
    return home


async def _booked(home: Home) -> CaseId:
    case = await home.fails("hp-1", "icing-up")
    await home.writes("call me tomorrow")
    [said] = await home.writes("1")
    assert said.startswith("We will ring you on ")
    return case


async def test_a_stop_says_that_the_call_stays_booked_and_how_to_call_it_off(home: Home) -> None:
    await _booked(home)
    [said] = await home.writes("STOP")
    assert "We will not contact you any more." in said
    assert "Only our call on " in said
    assert said.endswith("stays booked. To cancel it, please ring us.")


async def test_a_stop_without_appointments_speaks_of_none(home: Home) -> None:
    await home.fails("hp-1", "icing-up")
    [said] = await home.writes("STOP")
    assert "booked" not in said


async def test_a_stop_after_the_end_speaks_of_the_call_too(home: Home) -> None:
    await _booked(home)
    await home.recovers("hp-1", "icing-up")
    assert "Only our call on " in (await home.writes("STOP"))[0]


async def test_who_reads_that_our_team_has_closed_it_reads_that_the_call_stands(home: Home) -> None:
    case = await _booked(home)
    async with home.store.transaction() as tx:
        await handover.close(tx, case, handover.By(UserId("dag"), home.now), Closing.FALSE_ALARM, home.ctx)
    await home.drain()
    said = (await home.texts())[-1]
    assert "Our team has closed the matter" in said
    assert "Your appointment on " in said
    assert said.endswith("write: cancel my appointment.")


async def test_after_start_a_ticket_does_not_say_any_more_that_the_customer_said_stop(home: Home) -> None:
    case = await home.fails("hp-1", "icing-up")
    await home.writes("STOP")
    assert (await home.case(case)).needs_agent is Because.SUPPRESSED
    await home.writes("START")
    found = await home.case(case)
    assert (found.state, found.needs_agent) == (CaseState.WITH_AGENT, Because.START_SAID)
