"""The telephone rings: what people hear, which keys they press, and what becomes of their case."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from hub.domain.case import CaseState
from hub.domain.customer import Channel
from simulators.phone import Person
from tests.flow.home import ADA
from tests.web.hooks.line import PERSON
from tests.web.hooks.ringing import NUMBER, Ringing, ringing


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Ringing]:
    async with ringing(tmp_path) as made:
        yield made


async def test_a_key_answers_like_a_text_and_the_guided_fix_goes_on(here: Ringing) -> None:
    case, call = await here.rings(Person(["1"]))
    assert call.heard[0].startswith("Hello, this is Nordwarm.")
    assert "heat pump" in call.heard[0]
    assert "Press the number, or say it." in call.heard[0]
    assert len(call.heard) == 2
    found = await here.home.case(case)
    assert (found.acknowledged_by, found.state) == ("phone", CaseState.TALKING)
    assert await here.home.statuses(Channel.PHONE) == ["read"]


async def test_nobody_who_only_listens_has_acknowledged_anything(here: Ringing) -> None:
    case, _ = await here.rings(Person([]))
    assert (await here.home.case(case)).acknowledged is None
    assert await here.home.statuses(Channel.PHONE) == ["delivered"]


async def test_words_are_understood_as_keys_are(here: Ringing) -> None:
    case, call = await here.rings(Person(["say: number one"]))
    assert (await here.home.case(case)).acknowledged_by == "phone"
    assert len(call.heard) == 2


async def test_zero_connects_with_a_person_at_once(here: Ringing) -> None:
    case, call = await here.rings(Person(["0"]))
    assert call.dialled == PERSON
    assert (await here.home.case(case)).state is CaseState.WITH_AGENT


async def test_nine_is_stop_and_cannot_be_misheard(here: Ringing) -> None:
    _, call = await here.rings(Person(["9"]))
    assert call.heard[-1].startswith("All right, we will not contact you any more.")
    assert call.dialled == ""
    async with here.home.store.reading() as tx:
        assert await tx.people.suppressed(ADA) is not None


async def test_silence_is_asked_again_in_other_words_then_offered_a_text_or_a_person_and_then_let_be(
    here: Ringing,
) -> None:
    case, call = await here.rings(Person(["", "", "", ""]))
    assert len(call.heard) == 5
    assert call.heard[-1].startswith("I will leave it here for now.")
    assert (await here.home.case(case)).acknowledged is None


async def test_an_answering_machine_hears_who_rang_and_nothing_else(here: Ringing) -> None:
    _, call = await here.rings(Person(picks_up="machine"))
    [words] = call.heard
    assert words.startswith("Hello, this is Nordwarm. We have a message for you")
    assert "heat pump" not in words
    assert "Ada" not in words
    assert await here.home.statuses(Channel.PHONE) == ["sent"]


@pytest.mark.parametrize("how", ["busy", "no-answer", "failed"])
async def test_a_call_that_nobody_takes_lets_the_ladder_go_on_at_once(here: Ringing, how: str) -> None:
    case, _ = await here.rings(Person(picks_up=how))
    assert await here.home.statuses(Channel.PHONE) == ["failed" if how == "failed" else "undelivered"]
    assert (await here.home.case(case)).state is CaseState.WITH_AGENT


async def test_a_request_that_comes_again_hears_the_same_words_and_changes_nothing(here: Ringing) -> None:
    case, _ = await here.rings(Person(["1"]))
    turn = next(each for each in here.company.hooks.posted if "/voice/turn" in each.url)
    before = await here.home.talk(case)
    again = await here.company.hooks.post(turn.url, turn.form)
    assert again.answer == turn.answer
    assert await here.home.talk(case) == before


async def test_a_forged_request_is_refused(here: Ringing) -> None:
    await here.rings(Person(["1"]))
    async with httpx.AsyncClient() as http:
        for path in ("voice?m=x", "voice/turn?m=x&n=1", "call?m=x"):
            form = {"CallSid": "CA1", "CallStatus": "completed", "Digits": "9"}
            answer = await http.post(f"{here.house.url}/hooks/twilio/{path}", data=form)
            assert answer.status_code == 403


async def test_a_customer_who_rings_first_is_known_by_the_number_and_nothing_is_said_before_they_ask(
    here: Ringing,
) -> None:
    await here.rings(Person([]))
    voice = f"{here.house.url}/hooks/twilio/voice"
    call = await here.company.ring_hub(NUMBER, voice, ["1"])
    assert "heat pump" not in call.heard[0]
    assert "Shall I tell you about it now?" in call.heard[0]
    assert "heat pump" in call.heard[1]
    assert call.wrong == []


async def test_a_stranger_who_rings_is_connected_with_a_person(here: Ringing) -> None:
    call = await here.company.ring_hub("+4915199999999", f"{here.house.url}/hooks/twilio/voice")
    assert call.heard == ["Hello, this is Nordwarm. I do not know this number yet."]
    assert call.dialled == PERSON


async def test_a_call_in_german_is_german(tmp_path: Path) -> None:
    async with ringing(tmp_path, "de") as here:
        _, call = await here.rings(Person(["1"]))
    assert call.heard[0].startswith("Guten Tag, hier ist Nordwarm.")
    assert "Mit der Null erreichen Sie einen Menschen." in call.heard[0]
