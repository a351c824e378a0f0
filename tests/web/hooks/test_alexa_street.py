"""Somebody talks with their speaker, from the launch to a restarted router: through the hub's own door, on a real store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from device_rules.fault import ChangeKind
from hub.domain.because import Because
from hub.domain.case import CaseState
from simulators.alexa import Echo
from tests.flow.home import ADA
from tests.web.hooks.kitchen import Kitchen, kitchen


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Kitchen]:
    async with kitchen(tmp_path, "hp-1", "fr-1", "ro-1") as made:
        yield made


@pytest.fixture
async def linked(here: Kitchen) -> Kitchen:
    await here.links()
    return here


async def test_a_router_is_restarted_once_after_a_yes_to_a_question_that_names_it(linked: Kitchen) -> None:
    case = await linked.home.fails("ro-1", "line-unstable")

    greeting = await linked.ada.open()
    assert greeting.startswith("Hello, this is Nordwarm. One of your devices needs a little attention.")
    assert "router" not in greeting
    told = await linked.says("AMAZON.YesIntent")
    assert "hall router" in told
    asked = await linked.says("ChoiceIntent", number="1")
    assert "I can restart your hall router from here." in asked
    assert await linked.home.commands() == []
    done = await linked.says("AMAZON.YesIntent")
    assert done.startswith("Thank you. I am asking your hall router to do that now.")
    assert not linked.ada.listening

    [command] = await linked.home.commands()
    assert (command.name, command.device) == ("restart", "ro-1")
    await linked.says("AMAZON.YesIntent")
    assert await linked.home.commands() == [command]
    await linked.home.device_answers(command)
    await linked.home.recovers("ro-1", "line-unstable")
    assert (await linked.home.case(case)).state is CaseState.RESOLVED
    await linked.home.wakes(3)  # who may still be speaking with us hears it there first
    assert "steady again" in (await linked.home.texts())[-1]


async def test_a_yes_after_more_than_two_minutes_is_asked_for_again(linked: Kitchen) -> None:
    await linked.home.fails("ro-1", "line-unstable")
    await linked.ada.open()
    await linked.says("AMAZON.YesIntent", "RestartIntent")
    await linked.home.wakes(3)

    again = await linked.says("AMAZON.YesIntent")
    assert "I would rather ask again" in again
    assert await linked.home.commands() == []
    await linked.says("AMAZON.YesIntent")
    assert len(await linked.home.commands()) == 1


@pytest.mark.parametrize("no", ["AMAZON.NoIntent", "AMAZON.FallbackIntent", "AMAZON.CancelIntent"])
async def test_nothing_is_restarted_without_a_yes(linked: Kitchen, no: str) -> None:
    await linked.home.fails("ro-1", "line-unstable")
    await linked.ada.open()
    await linked.says("AMAZON.YesIntent", "ChoiceIntent", number="1")
    await linked.says(no)
    assert await linked.home.commands() == []


async def test_a_person_is_one_word_away(linked: Kitchen) -> None:
    case = await linked.home.fails("ro-1", "line-unstable")
    await linked.ada.open()

    said = await linked.says("PersonIntent")
    assert "A person from our team will get back to you" in said
    assert not linked.ada.listening
    found = await linked.home.case(case)
    assert (found.state, found.needs_agent) == (CaseState.WITH_AGENT, Because.CUSTOMER_WANTS_PERSON)
    assert "A person from our team has been told" in await linked.ada.open()


async def test_with_two_devices_failing_the_speaker_asks_which_one(linked: Kitchen) -> None:
    await linked.home.fails("ro-1", "line-unstable")
    await linked.home.fails("fr-1", "door-open")

    assert "router" not in await linked.ada.open()
    which = await linked.says("AMAZON.YesIntent")
    assert "hall router" in which
    assert "kitchen fridge" in which
    number = "1" if which.index("hall router") < which.index("kitchen fridge") else "2"
    assert "hall router" in await linked.says("ChoiceIntent", number=number)


async def test_a_device_may_be_called_by_its_name(linked: Kitchen) -> None:
    await linked.home.fails("ro-1", "line-unstable")
    await linked.home.fails("fr-1", "door-open")
    await linked.ada.open()
    await linked.says("AMAZON.YesIntent")
    assert "Which device is it about? Say one for:" in await linked.says("AMAZON.RepeatIntent")
    assert "hall router has become unstable" in await linked.says("DeviceIntent", device="router")


async def test_what_needs_an_answer_comes_before_what_a_person_looks_after(linked: Kitchen) -> None:
    await linked.home.fails("fr-1", "door-open")
    await linked.home.fails("ro-1", "line-unstable")
    await linked.ada.open()
    await linked.says("AMAZON.YesIntent")
    await linked.says("DeviceIntent", device="router")
    await linked.says("PersonIntent")
    await linked.home.wakes(1)

    assert "needs a little attention" in await linked.ada.open()
    assert "kitchen fridge" in await linked.says("AMAZON.YesIntent")
    assert "door of your kitchen fridge" in await linked.says("DeviceIntent", device="fridge")


async def test_without_a_case_the_speaker_says_how_the_devices_are(linked: Kitchen) -> None:
    said = await linked.ada.open()
    assert "All your devices are working well." in said
    assert linked.ada.listening

    state = await linked.says("StatusIntent")
    assert "garden heat pump is working well" in state
    assert "kitchen fridge is working well" in state
    assert "A person from our team" in await linked.says("PersonIntent")
    [case] = await linked.home.cases()
    assert (case.state, case.asked_by_customer) == (CaseState.WITH_AGENT, True)


@pytest.mark.parametrize("reason", ["EXCEEDED_MAX_REPROMPTS", "USER_INITIATED", "ERROR"])
async def test_a_session_that_breaks_off_goes_on_where_it_stood(linked: Kitchen, reason: str) -> None:
    case = await linked.home.fails("ro-1", "line-unstable")
    await linked.ada.open()
    asked = await linked.says("AMAZON.YesIntent", "RestartIntent")
    thread = await linked.home.thread(case)
    await linked.ada.ends(reason)
    assert [entry for entry in await linked.home.thread(case) if entry not in thread] == [
        (thread[-2][0], "left the skill")
    ]

    await linked.ada.open()
    assert await linked.says("AMAZON.YesIntent") == asked
    await linked.says("AMAZON.YesIntent")
    assert len(await linked.home.commands()) == 1


async def test_who_says_stop_contacting_me_is_asked_once_and_then_left_alone(linked: Kitchen) -> None:
    await linked.home.fails("ro-1", "line-unstable")
    await linked.ada.open()
    assert "altogether" in await linked.says("StopContactIntent")
    assert "will not contact you any more" in await linked.says("AMAZON.YesIntent")
    before = await linked.home.texts()
    await linked.home.fault("fr-1", "door-open", ChangeKind.RAISED)
    await linked.home.wakes(60)
    assert await linked.home.texts() == before


async def test_who_would_rather_read_gets_the_question_as_a_text(linked: Kitchen) -> None:
    await linked.home.fails("ro-1", "line-unstable")
    await linked.ada.open()
    await linked.says("AMAZON.YesIntent", "RestartIntent")
    assert "sent you a text" in await linked.says("TextMeIntent")
    assert "I can restart your hall router" in (await linked.home.texts())[-1]
    await linked.home.writes("1")
    assert len(await linked.home.commands()) == 1


async def test_a_german_speaker_is_answered_in_german(linked: Kitchen) -> None:
    await linked.home.fails("ro-1", "line-unstable")
    linked.ada.locale = "de-DE"
    assert (await linked.ada.open()).startswith("Guten Tag, hier ist Nordwarm.")
    assert "Internetleitung" in await linked.says("AMAZON.YesIntent")
    assert "neu starten" in await linked.says("RestartIntent")
    await linked.says("AMAZON.YesIntent")
    assert len(await linked.home.commands()) == 1


async def test_the_thread_tells_the_agent_what_was_said_in_the_kitchen(linked: Kitchen) -> None:
    case = await linked.home.fails("ro-1", "line-unstable")
    await linked.ada.open()
    await linked.says("AMAZON.YesIntent")
    words = [text for _, text in await linked.home.thread(case)]
    assert words[-4] == "opened the skill"
    assert words[-2] == "yes"
    assert words[-1].startswith("The internet line of your hall router")


async def test_another_speaker_of_the_same_home_hears_nothing_before_it_is_linked(linked: Kitchen) -> None:
    await linked.home.fails("ro-1", "line-unstable")
    guest = Echo(linked.cloud, user="amzn1.ask.account.GUEST")
    assert "not linked" in await guest.open()
    assert "not linked" in await guest.intent("StatusIntent")
    assert await linked.linked_to(linked.ada) == ADA
