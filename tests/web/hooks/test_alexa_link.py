"""Linking a speaker: by a code from a text, once, in time, with few tries, and never for two people at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from simulators.alexa import Echo
from tests.flow.home import ADA, BEN
from tests.web.hooks.kitchen import Kitchen, kitchen


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Kitchen]:
    async with kitchen(tmp_path, "ro-1") as made:
        yield made


def wrong(code: str) -> str:
    """Another code than this one."""
    return str(100_000 + (int(code) + 1) % 900_000)


EVERYTHING = (
    "AMAZON.YesIntent",
    "AMAZON.HelpIntent",
    "AMAZON.FallbackIntent",
    "StatusIntent",
    "PersonIntent",
    "RestartIntent",
    "StopContactIntent",
    "NoSuchIntent",
)


async def test_an_unlinked_speaker_hears_how_to_link_it_and_nothing_else(here: Kitchen) -> None:
    await here.home.fails("ro-1", "line-unstable")

    heard = {await here.ada.open(), *[await here.ada.intent(intent) for intent in EVERYTHING]}
    assert heard == {
        "This speaker is not linked to you yet. Please text the word link to our number, and we send you a code. "
        "What is your code?"
    }
    assert here.ada.listening
    assert await here.ada.intent("AMAZON.StopIntent") == "Goodbye."
    assert not here.ada.listening
    assert await here.home.commands() == []


@pytest.mark.parametrize("said", ["{}", "{:.1}", "my code is {}", "four"])
async def test_a_code_is_understood_in_one_piece_or_digit_by_digit(here: Kitchen, said: str) -> None:
    code = await here.asks_for_a_code()
    spoken = " ".join(code) if "1" in said else said.format(code)

    heard = await here.ada.intent("LinkIntent", code=spoken)
    linked = said != "four"
    assert (await here.linked_to(here.ada) == ADA) == linked
    assert heard.startswith("Thank you." if linked else "Please say: my code is")


async def test_the_code_alone_is_enough(here: Kitchen) -> None:
    await here.ada.open()
    await here.ada.intent("ChoiceIntent", number=await here.asks_for_a_code())
    assert await here.linked_to(here.ada) == ADA


async def test_a_code_never_begins_with_a_zero_that_a_number_would_lose(here: Kitchen) -> None:
    codes = [await here.asks_for_a_code() for _ in range(12)]
    assert all(100_000 <= int(code) <= 999_999 for code in codes)
    assert len(set(codes)) == 12


async def test_d2_a_code_works_once(here: Kitchen) -> None:
    """D2 Pairing code: single use, 10 min, locked after 5 wrong tries; two customers never share a
    userId."""
    code = await here.asks_for_a_code()
    await here.ada.intent("LinkIntent", code=code)

    other = Echo(here.cloud, user="amzn1.ask.account.OTHER")
    assert "not right" in await other.intent("LinkIntent", code=code)
    assert await here.linked_to(other) is None


async def test_d2_a_code_is_good_for_ten_minutes(here: Kitchen) -> None:
    code = await here.asks_for_a_code()
    await here.home.wakes(9)
    late = await here.asks_for_a_code()
    assert "not right" in await here.ada.intent("LinkIntent", code=code)
    await here.home.wakes(10)
    assert "too old" in await here.ada.intent("LinkIntent", code=late)
    assert await here.linked_to(here.ada) is None


async def test_d2_after_five_wrong_codes_even_the_right_one_must_wait_an_hour(here: Kitchen) -> None:
    code = await here.asks_for_a_code()
    for _ in range(5):
        assert "not right" in await here.ada.intent("LinkIntent", code=wrong(code))

    assert "in an hour" in await here.ada.intent("LinkIntent", code=code)
    assert await here.linked_to(here.ada) is None
    neighbour = Echo(here.cloud, user="amzn1.ask.account.NEIGHBOUR")
    await neighbour.intent("LinkIntent", code=code)
    assert await here.linked_to(neighbour) == ADA

    await here.home.wakes(61)
    assert "Thank you." in await here.links()


async def test_a_right_code_forgives_the_wrong_ones_before(here: Kitchen) -> None:
    for _ in range(2):
        code = await here.asks_for_a_code()
        for _ in range(4):
            await here.ada.intent("LinkIntent", code=wrong(code))
        assert "Thank you." in await here.ada.intent("LinkIntent", code=code)


async def test_digits_that_were_misheard_are_no_wrong_tries(here: Kitchen) -> None:
    for _ in range(9):
        assert "Please say: my code is" in await here.ada.intent("LinkIntent", code="48392")
    assert "Thank you." in await here.links()


async def test_d2_two_customers_never_share_an_account(here: Kitchen) -> None:
    await here.links(who=ADA)
    await here.links(who=BEN)
    assert await here.linked_to(here.ada) == BEN


async def test_a9_a_code_is_a_secret_that_no_log_line_holds(here: Kitchen) -> None:
    """A9 No body, token or PIN text in logs."""
    with capture_logs() as lines:
        code = await here.asks_for_a_code()
        await here.ada.intent("LinkIntent", code=wrong(code))
        await here.ada.intent("LinkIntent", code=code)
    assert [line["linked"] for line in lines if line["event"] == "speaker_link"] == [False, True]
    assert not any(secret in str(lines) for secret in (code, wrong(code), here.ada.user))


async def test_the_same_link_request_again_gets_the_same_bytes(here: Kitchen) -> None:
    slots = {"code": {"name": "code", "value": await here.asks_for_a_code()}}
    body = here.ada.envelope({"type": "IntentRequest", "intent": {"name": "LinkIntent", "slots": slots}})

    first, again = await here.cloud.post(body), await here.cloud.post(body)
    assert b"linked to you now" in first.content
    assert first.content == again.content


async def test_who_takes_the_skill_off_is_unlinked(here: Kitchen) -> None:
    await here.links()
    await here.ada.disable()
    assert await here.linked_to(here.ada) is None
    assert "not linked" in await here.ada.open()


async def test_a_german_speaker_learns_in_german_how_to_link(here: Kitchen) -> None:
    here.ada.locale = "de-DE"
    assert "Wie lautet Ihr Code?" in await here.ada.open()
    assert "jetzt mit Ihnen verbunden" in await here.links()
