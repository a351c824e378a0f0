"""Stories of people who answer: the play walked by text, STOP, a person, silence in the middle."""

from __future__ import annotations

from device_rules.reading import DAY, HOUR, MINUTE
from hub.domain.because import Because
from hub.domain.case import CaseState, TicketStatus
from hub.domain.contact import MessageStatus
from hub.testing import FakeClock, MemoryStore
from tests.stories.book import ADA, BEN, CLEO, DOOR, ICE, LINE, street


async def test_ada_repairs_her_heat_pump_by_her_own_action_and_telemetry_proves_it(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    await here.fails(ICE)
    await here.pass_time(MINUTE)
    await here.writes(ADA, "1")
    assert "window" in here.told[-1]
    await here.writes(ADA, "it is free")
    assert "defrost" in here.told[-1] and "Shall I?" in here.told[-1]
    await here.writes(ADA, "1")
    command = await here.obeys()
    assert command.name == "defrost" and command.device == ICE.device
    assert (await here.case(ICE)).state is CaseState.RECOVERING
    await here.pass_time(20 * MINUTE)
    await here.recovers(ICE)
    assert "The ice is gone" in here.told[-1]
    done = await here.case(ICE)
    assert done.state is CaseState.RESOLVED and done.proved and done.acknowledged_by == "sms"
    await here.pass_time(3 * DAY)
    assert (await here.kinds(ICE)).count("recovery") == 1
    assert "reminder" not in await here.kinds(ICE)


async def test_stop_means_stop_and_the_fault_that_is_still_open_reaches_an_agent(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    await here.fails(LINE)
    await here.pass_time(MINUTE)
    await here.writes(CLEO, "STOP")
    assert len(here.told) == 2 and "not contact you any more" in here.told[-1]
    case = await here.case(LINE)
    assert case.status is TicketStatus.NEEDS_AGENT and case.needs_agent is Because.SUPPRESSED
    await here.pass_time(2 * DAY)
    await here.recovers(LINE)
    await here.pass_time(2 * DAY)
    await here.fails(LINE)
    await here.pass_time(2 * DAY)
    assert len(here.told) == 2
    assert (await here.case(LINE)).status is TicketStatus.NEEDS_AGENT


async def test_stop_cancels_what_is_already_queued(store: MemoryStore, clock: FakeClock) -> None:
    here = await street(store, clock)
    await here.fails(LINE)
    await here.pass_time(MINUTE)
    case = await here.case(LINE)
    async with store.transaction() as tx:
        message = (await tx.messages.of_case(case.id))[0]
        await tx.outbox.settle(message.id, "queued", due=here.now + HOUR)  # type: ignore[arg-type]
    await here.writes(CLEO, "please stop texting me")
    async with store.reading() as tx:
        row = await tx.outbox.get(message.id)
        stopped = await tx.messages.get(message.id)
    assert row is not None and row.state == "cancelled"
    assert stopped is not None and stopped.status is MessageStatus.CANCELLED
    assert stopped.because is Because.STOP_SAID


async def test_a_person_is_one_word_away(store: MemoryStore, clock: FakeClock) -> None:
    here = await street(store, clock)
    await here.fails(DOOR)
    await here.pass_time(MINUTE)
    await here.writes(BEN, "I want to talk to a person")
    case = await here.case(DOOR)
    assert case.status is TicketStatus.NEEDS_AGENT and case.needs_agent is Because.CUSTOMER_WANTS_PERSON
    await here.pass_time(2 * DAY)
    assert "reminder" not in await here.kinds(DOOR)


async def test_who_answers_once_and_then_falls_silent_is_not_forgotten(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    await here.fails(ICE)
    await here.pass_time(MINUTE)
    await here.writes(ADA, "1")
    await here.pass_time(2 * DAY)
    case = await here.case(ICE)
    assert case.status is TicketStatus.NEEDS_AGENT and case.acknowledged is not None


async def test_an_answer_just_before_the_reminder_stops_the_reminder(
    store: MemoryStore, clock: FakeClock
) -> None:
    here = await street(store, clock)
    await here.fails(ICE)
    await here.pass_time(2 * HOUR)
    await here.writes(ADA, "1")
    await here.pass_time(10 * MINUTE)
    assert await here.kinds(ICE) == ["first", "turn"]


async def test_a_repeated_delivery_of_a_text_is_answered_once(store: MemoryStore, clock: FakeClock) -> None:
    here = await street(store, clock)
    await here.fails(ICE)
    await here.pass_time(MINUTE)
    await here.writes(ADA, "1")
    here.texts -= 1
    await here.writes(ADA, "1")
    assert await here.kinds(ICE) == ["first", "turn"]


async def test_an_answer_at_night_is_answered_at_night(store: MemoryStore, clock: FakeClock) -> None:
    here = await street(store, clock)
    await clock.advance(HOUR)
    await here.fails(ICE)
    await here.pass_time(4 * HOUR)
    sent = len(here.told)
    await here.writes(ADA, "1")
    assert len(here.told) == sent + 1
