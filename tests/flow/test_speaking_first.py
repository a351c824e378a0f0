"""The customer speaks first: without an open case they still find help."""

from __future__ import annotations

import pytest

from device_rules.fault import ChangeKind
from device_rules.reading import PresenceState
from hub.domain.because import Because
from hub.domain.case import CaseState, TicketStatus
from hub.domain.contact import Direction
from hub.domain.conversation import Heard
from hub.domain.device import DeviceState
from hub.domain.ids import CaseId, DeviceId, UserId
from hub.flow import handover
from hub.ports import Checkpoint
from tests.flow.home import Home


async def test_who_opens_the_skill_on_a_shared_speaker_hears_that_all_is_well_and_no_names(
    home: Home,
) -> None:
    reply = await home.says(Heard.LAUNCH)
    assert [phrase.key for phrase in reply.say] == ["voice.all_well"]
    assert reply.ask is not None
    assert await home.cases() == []


async def test_who_asks_how_things_are_hears_it_from_telemetry(home: Home) -> None:
    await home.measures("hp-1", room_temp=20.6)
    await home.measures("fr-1", inside_temp=-0.3)
    [said] = await home.writes("How are my devices?")
    assert "Your garden heat pump is working well. It is 21 degrees at home." in said
    assert "Your kitchen fridge is working well. It is -0.3 degrees inside." in said


async def test_a_device_that_is_not_heard_is_not_said_to_be_well(home: Home) -> None:
    lost = DeviceState(DeviceId("hp-1"), PresenceState.OFFLINE_LOST)
    async with home.store.transaction() as tx:
        await tx.partitions.save(Checkpoint(0, 2, {}, (lost,)))
    [said] = await home.writes("status")
    assert "I cannot hear your garden heat pump right now." in said
    assert "Your kitchen fridge is working well." in said


async def test_who_asks_for_a_person_gets_one_with_a_case_of_their_own(home: Home) -> None:
    [said] = await home.writes("I need to speak to a person")
    assert "person" in said
    [case] = await home.cases()
    assert (case.state, case.needs_agent) == (CaseState.WITH_AGENT, Because.CUSTOMER_WANTS_PERSON)
    assert case.asked_by_customer
    assert (Direction.IN, "I need to speak to a person") in await home.thread(case.id)


async def test_words_we_do_not_know_open_a_case_and_show_the_devices_first(home: Home) -> None:
    [said] = await home.writes("my kitchen fridge makes a funny noise")
    assert "kitchen fridge is working well" in said
    [case] = await home.cases()
    assert (case.device, case.state) == ("fr-1", CaseState.TALKING)
    await home.writes("it really does")
    assert (await home.case(case.id)).needs_agent is Because.NOT_UNDERSTOOD


async def test_a_case_that_a_customer_opened_and_left_still_reaches_an_agent(home: Home) -> None:
    await home.writes("my kitchen fridge makes a funny noise")
    [case] = await home.cases()
    await home.wakes(60 * 24)
    assert (await home.case(case.id)).state is CaseState.WITH_AGENT


async def test_a_reply_soon_after_the_end_opens_the_same_case_again(home: Home) -> None:
    case = await home.fails("hp-1", "icing-up")
    await home.writes("1")
    await home.recovers("hp-1", "icing-up")
    assert (await home.case(case)).state is CaseState.RESOLVED
    [said] = await home.writes("it is still cold here")
    assert "again" in said
    assert [each.id for each in await home.cases()] == [case]
    assert (await home.case(case)).state is CaseState.WITH_AGENT


async def test_thanks_after_the_end_opens_nothing_and_is_not_answered(home: Home) -> None:
    case = await home.fails("hp-1", "icing-up")
    await home.writes("1")
    await home.recovers("hp-1", "icing-up")
    assert await home.writes("Thank you very much!") == []
    assert (await home.case(case)).state is CaseState.RESOLVED


async def test_stop_without_a_case_stops_all_the_same(home: Home) -> None:
    [said] = await home.writes("Stop")
    assert said.startswith("Nordwarm: We will not contact you any more.")
    await home.fails("hp-1", "icing-up")
    assert len(await home.texts()) == 1


async def test_a_number_answers_nothing_when_nothing_was_asked(home: Home) -> None:
    [said] = await home.writes("1")
    assert "nothing open" in said
    assert await home.cases() == []


async def _was_mended(home: Home) -> CaseId:
    """The line of Ada's router was unsteady, she answered, and it is steady again."""
    case = await home.fails("ro-1", "line-unstable")
    await home.writes("1")
    await home.recovers("ro-1", "line-unstable")
    return case


@pytest.mark.parametrize(
    "text", ["hey", "hallo?", "good morning", "hello?", "ok im here", "你好", "ok im back"]
)
async def test_a_greeting_after_the_end_is_told_that_all_is_well_and_opens_no_ticket(
    home: Home, text: str
) -> None:
    case = await _was_mended(home)
    [said] = await home.writes(text)
    assert "Your hall router is working well." in said
    assert said.endswith(
        "Is something wrong all the same? Reply 1 = yes, a person please. 2 = no, all is well."
    )
    assert not (await home.case(case)).state.open


async def test_who_then_says_that_something_is_wrong_gets_a_person_for_the_same_case(home: Home) -> None:
    case = await _was_mended(home)
    await home.writes("hey")
    [said] = await home.writes("1")
    assert "A person from our team" in said
    assert (await home.case(case)).state is CaseState.WITH_AGENT


async def test_who_then_says_that_nothing_is_wrong_is_left_in_peace(home: Home) -> None:
    case = await _was_mended(home)
    await home.writes("hey")
    assert await home.writes("2") == ["All right. Write to us whenever you need us."]
    assert await home.writes("nothing, all good thanks") == []
    assert not (await home.case(case)).state.open


async def test_a_number_answers_the_question_for_an_hour_only(home: Home) -> None:
    await _was_mended(home)
    await home.writes("hey")
    await home.wakes(61)
    assert "nothing open" in (await home.writes("1"))[0]


async def test_words_we_do_not_know_are_asked_about_and_one_is_a_person(home: Home) -> None:
    await home.writes("my kitchen fridge makes a funny noise")
    [said] = await home.writes("1")
    assert "A person" in said
    [case] = await home.cases()
    assert (await home.case(case.id)).needs_agent is Because.CUSTOMER_WANTS_PERSON


async def test_a_new_fault_after_the_customer_wrote_again_is_told_to_them(home: Home) -> None:
    """Nobody at the desk has taken it: the customer is not left out of the service."""
    case = await _was_mended(home)
    await home.writes("it is still slow here")
    assert (await home.case(case)).state is CaseState.WITH_AGENT
    await home.wakes(60)
    before = len(await home.texts())
    home.episode += 1
    await home.fault("ro-1", "line-unstable", ChangeKind.RAISED)
    await home.wakes(3)
    [told] = (await home.texts())[before:]
    assert "internet" in told
    there = await home.case(case)
    assert (there.status, there.needs_agent) == (TicketStatus.NEEDS_AGENT, Because.CUSTOMER_ASKED)
    assert "I can restart your hall router" in (await home.writes("1"))[0]


async def test_a_new_fault_is_the_agents_when_an_agent_has_taken_the_case(home: Home) -> None:
    case = await _was_mended(home)
    await home.writes("it is still slow here")
    async with home.store.transaction() as tx:
        await handover.take(tx, case, handover.By(UserId("dag"), home.now), home.ctx)
    before = len(await home.texts())
    home.episode += 1
    await home.fault("ro-1", "line-unstable", ChangeKind.RAISED)
    await home.wakes(3)
    assert (await home.texts())[before:] == []
    assert (await home.case(case)).state is CaseState.WITH_AGENT


async def test_nothing_to_do_and_a_person_never_stand_together(home: Home) -> None:
    await _was_mended(home)
    await home.writes("it is still slow here")
    [said] = await home.writes("status")
    assert "working well" in said
    assert "nothing to do" not in said
