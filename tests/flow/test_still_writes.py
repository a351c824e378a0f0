"""Whoever has stopped us and still writes: one reply a day says so, and how to undo it; everything else stays silent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.flow.home import ADA, Home
from tests.flow.test_consent import stopped

DAY = 24 * 60
STANDS = "Nordwarm: You have told us to stop, so we do not write to you any more. Reply START to hear from us again."


@pytest.mark.parametrize("open_case", [True, False])
async def test_who_has_stopped_us_and_writes_is_told_so_once_a_day(home: Home, open_case: bool) -> None:
    if open_case:
        await home.fails("hp-1", "icing-up")
    await home.writes("STOP")
    [said] = await home.writes("who can ring me tonight at eight?")
    assert said.startswith(STANDS)
    assert "+49 30 5550100" in said
    assert await home.writes("tomorrow morning, rather") == []
    assert await stopped(home)
    await home.wakes(DAY)
    assert len(await home.writes("sorry, can we do English?")) == 1


@pytest.mark.parametrize("words", ["STOP", "please stop texting me", "thanks", "wrong number"])
async def test_stop_again_thanks_and_a_wrong_number_stay_without_a_reply(home: Home, words: str) -> None:
    await home.writes("STOP")
    assert await home.writes(words) == []


async def test_what_the_carrier_answered_is_not_answered_again(home: Home) -> None:
    await home.writes("STOP", opt_out="stop")
    assert await home.writes("STOP", opt_out="stop") == []


async def test_start_brings_her_back_and_she_is_answered_as_before(home: Home) -> None:
    await home.writes("STOP")
    await home.writes("who can ring me?")
    await home.writes("START")
    [said] = await home.writes("How are my devices?")
    assert "told us to stop" not in said


async def test_danger_is_answered_with_the_emergency_number_and_not_with_the_stop(home: Home) -> None:
    await home.writes("STOP")
    [said] = await home.writes("there is smoke coming out of it")
    assert "112" in said
    assert "START" not in said


@pytest.mark.parametrize(
    ("language", "begins"),
    [("de", "Nordwarm: Sie haben unsere"), ("es", "Nordwarm: Nos pidi"), ("zh", "Nordwarm：您已退订")],
)
async def test_it_is_said_in_her_language(home: Home, language: str, begins: str) -> None:
    async with home.store.transaction() as tx:
        person = await tx.people.customer(ADA)
        assert person is not None
        await tx.people.change_customer(replace(person, language=language))
    await home.writes("STOP")
    [said] = await home.writes("what a nice day for the garden")
    assert said.startswith(begins)
