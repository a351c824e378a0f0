"""A customer names another device, or another trouble of the same one: it is told about truthfully, and never denied."""

from __future__ import annotations

from dataclasses import replace

import pytest

from device_rules.fault import ChangeKind, Severity
from hub.domain.conversation import Intent
from tests.flow.home import ADA, Home


async def speaks(home: Home, language: str) -> None:
    async with home.store.transaction() as tx:
        person = await tx.people.customer(ADA)
        assert person is not None
        await tx.people.change_customer(replace(person, language=language))


async def two_troubles(home: Home) -> None:
    """The heat pump ices up, which is told; its water pressure is low besides, which waits."""
    await home.fails("hp-1", "icing-up")
    await home.fault("hp-1", "low-pressure", ChangeKind.RAISED, Severity.MINOR)


@pytest.mark.parametrize(
    "words", ["the other one", "water pressure", "what about the water pressure?", "low pressure"]
)
async def test_the_other_trouble_of_a_device_is_spoken_of_when_it_is_named(home: Home, words: str) -> None:
    await two_troubles(home)
    [said] = await home.writes(words)
    assert "The pressure in your garden heat pump is low." in said
    assert "icing" not in said


async def test_the_conversation_stays_with_what_was_named(home: Home) -> None:
    await two_troubles(home)
    await home.writes("water pressure")
    [went_on] = await home.writes("1")
    assert "water on the floor" in went_on


@pytest.mark.parametrize(
    ("language", "words", "said"),
    [("de", "der Wasserdruck", "Druck"), ("es", "la presión", "presión"), ("zh", "压力", "压力")],
)
async def test_the_other_trouble_is_named_in_every_language(
    home: Home, language: str, words: str, said: str
) -> None:
    await two_troubles(home)
    await speaks(home, language)
    [answer] = await home.writes(words)
    assert said in answer


async def test_a_device_that_is_well_is_said_to_be_well_and_the_question_stays(home: Home) -> None:
    await home.measures("ro-1", packet_loss=0.0)
    case = await home.fails("hp-1", "icing-up")
    [said] = await home.writes("the router")
    assert "Your hall router is working well." in said
    assert "icing" in said
    assert (await home.talk(case)).misses == 0


async def test_a_device_with_a_trouble_of_its_own_is_switched_to(home: Home) -> None:
    await home.fails("hp-1", "icing-up")
    await home.fault("fr-1", "door-open", ChangeKind.RAISED, Severity.MINOR)
    [said] = await home.writes("and the fridge?")
    assert "The door of your kitchen fridge" in said


async def test_a_device_is_not_said_to_be_well_while_another_trouble_of_it_stands(home: Home) -> None:
    await two_troubles(home)
    await home.writes("1")
    await home.recovers("hp-1", "icing-up")
    over = (await home.texts())[-1]
    assert "It has another one, which we are looking after." in over
    assert "working well" not in over


async def test_the_status_of_one_trouble_does_not_deny_the_other(home: Home) -> None:
    await two_troubles(home)
    reply = await home.says(Intent.STATUS)
    assert "status.fine" not in [each.key for each in reply.say]


async def test_words_that_name_what_is_spoken_of_change_nothing(home: Home) -> None:
    await two_troubles(home)
    [said] = await home.writes("how is the heat pump")
    assert "icing" in said
