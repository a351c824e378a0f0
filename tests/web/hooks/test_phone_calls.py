"""What a call must be, whoever holds the receiver: genuine, well formed, in time, told once, and never lost."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest
from fastapi import FastAPI
from starlette.datastructures import ImmutableMultiDict
from starlette.requests import Request

from hub.domain.case import CaseState
from hub.domain.effects import CommandDevice
from hub.testing import FakeClock, MemoryStore, eventually
from hub.web.door import Door, TwilioKeys
from hub.web.hooks import phone
from hub.web.hooks.twilio import signed
from simulators.carrier.webhooks import Posted
from simulators.phone import Person
from simulators.served import Served
from tests.flow.home import ADA
from tests.web.hooks.line import PERSON
from tests.web.hooks.ringing import NUMBER, Ringing, ringing

SAMPLE = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675309",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
}
SIGNED = "RSOYDt4T1cUTdK1PDd93/VVr8B8="
"""Twilio's own example: the token 12345, https://mycompany.com/myapp.php?foo=1&bar=2, and these fields."""


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Ringing]:
    async with ringing(tmp_path) as made:
        yield made


async def sample_is_taken(public_url: str, signature: str, *, form: dict[str, str] = SAMPLE) -> bool:
    """Whether a hub that the world reaches at `public_url` takes Twilio's example, behind a proxy that renames it."""
    store = MemoryStore()
    door = Door(store, FakeClock(), None, public_url, twilio=TwilioKeys("12345"))  # type: ignore[arg-type]
    scope = {
        "type": "http",
        "method": "POST",
        "scheme": "http",
        "server": ("10.0.0.7", 8080),
        "path": "/myapp.php",
        "query_string": b"foo=1&bar=2",
        "headers": [(b"host", b"10.0.0.7:8080"), (b"x-twilio-signature", signature.encode())],
    }
    taken = signed(door, Request(scope), ImmutableMultiDict(form))
    await store.close()
    return taken


@pytest.mark.parametrize(
    "address", ["https://mycompany.com", "https://mycompany.com:443", "https://mycompany.com/"]
)
async def test_g1_a_request_that_twilio_signed_is_genuine_behind_any_proxy(address: str) -> None:
    assert await sample_is_taken(address, SIGNED)


@pytest.mark.parametrize(
    ("address", "signature", "digits"),
    [
        ("http://mycompany.com", SIGNED, "1234"),
        ("https://mycompany.org", SIGNED, "1234"),
        ("https://mycompany.com", SIGNED, "1235"),
        ("https://mycompany.com", SIGNED[::-1], "1234"),
        ("https://mycompany.com", "", "1234"),
    ],
)
async def test_g1_a_request_that_twilio_did_not_sign_so_is_refused(
    address: str, signature: str, digits: str
) -> None:
    assert not await sample_is_taken(address, signature, form=SAMPLE | {"Digits": digits})


async def test_g2_every_answer_of_a_whole_guided_fix_is_one_question_or_one_end(here: Ringing) -> None:
    _, call = await here.rings(Person(["1", "say: it is blocked", "1", "1"]))
    answers = [answer(each) for each in here.company.hooks.posted if "/voice" in each.url]
    assert len(answers) == 5
    for each in answers[:-1]:
        [ear] = list(each)
        assert (ear.tag, ear.get("input"), ear.get("actionOnEmptyResult")) == (
            "Gather",
            "dtmf speech",
            "true",
        )
        assert (ear.get("numDigits"), ear.get("bargeIn")) == ("1", "true")
    assert [part.tag for part in answers[-1]] == ["Say", "Hangup"]
    assert "Press 1 for: it is free. Press 2 for: it is blocked." in call.heard[1]
    assert "it is free, it is blocked, I cannot see it" in (answers[1][0].get("hints") or "")
    assert await commanded(here) == ["defrost"]


async def commanded(here: Ringing) -> list[str]:
    """The commands that anybody has agreed to."""
    async with here.home.store.reading() as tx:
        rows = [
            row for state in ("queued", "sent", "parked", "done") for row in await tx.outbox.page(state, 50)
        ]
    return [row.item.name for row in rows if isinstance(row.item, CommandDevice)]


def answer(posted: Posted) -> ElementTree.Element:
    return ElementTree.fromstring(posted.answer)


async def test_g3_keys_win_over_words_and_words_do_as_well_as_keys(here: Ringing) -> None:
    case, _ = await here.rings(Person([]))
    sid, url = "CA" + "9" * 32, f"{here.voice}/turn?m=&n=1"
    await here.company.hooks.post(here.voice, {"CallSid": sid, "From": NUMBER})
    form = {"CallSid": sid, "From": NUMBER, "Digits": "1", "SpeechResult": "stop", "Confidence": "0.99"}
    said = await here.company.hooks.post(url, form)
    assert "Ice is building up" in said.answer
    async with here.home.store.reading() as tx:
        assert await tx.people.suppressed(ADA) is None
    assert (await here.home.case(case)).acknowledged_by == "phone"


async def test_g3_words_that_were_mumbled_are_read_back_and_do_nothing(here: Ringing) -> None:
    case, call = await here.rings(Person(["1", "1", "mumble: yes", "mumble: stop"]))
    assert await commanded(here) == []
    assert "Shall I?" in call.heard[2]
    assert "Shall I?" in call.heard[3]
    assert call.heard[4].startswith("Shall we stop contacting you altogether")
    async with here.home.store.reading() as tx:
        assert await tx.people.suppressed(ADA) is None
    assert (await here.home.case(case)).state is CaseState.TALKING


async def test_g3_a_person_who_is_asked_for_in_a_mumble_is_asked_about_once(here: Ringing) -> None:
    _, call = await here.rings(Person(["mumble: a person", "1"]))
    assert "a person" in call.heard[1]
    assert call.dialled == PERSON


async def test_g4_a_turn_that_is_asked_for_again_gets_the_very_same_answer(here: Ringing) -> None:
    case, _ = await here.rings(Person(["1", "2", "1", "1"]))
    turns = [each for each in here.company.hooks.posted if "/hooks/twilio/voice" in each.url]
    before = await here.home.talk(case)
    for each in turns:
        again = await here.company.hooks.post(each.url, each.form)
        assert again.answer == each.answer
    assert await here.home.talk(case) == before
    assert await commanded(here) == ["defrost"]


@pytest.mark.parametrize("steps", [0, 1, 2, 3])
async def test_g5_whoever_hangs_up_goes_on_where_they_were_by_ringing_back_or_by_text(
    here: Ringing, steps: int
) -> None:
    done = ["1", "2", "1"][:steps]
    case, call = await here.rings(Person(done))
    stands = await here.home.talk(case)
    back = await here.rings_us("1")
    assert back.heard[1].split("Press")[0].strip() in call.heard[-1] or steps == 0
    assert (await here.home.talk(case)).step == stands.step
    await here.home.writes(["1", "2", "1", "1"][steps])
    assert (await here.home.talk(case)).tried != stands.tried


@asynccontextmanager
async def slowly(here: Ringing) -> AsyncIterator[str]:
    """The same hub with hardly any patience; the address of its hook."""
    app = FastAPI()
    async with Served(app) as there:
        app.include_router(phone.router(replace(here.house.door, public_url=there.url), patience=0.05))
        yield f"{there.url}/hooks/twilio/voice"


async def test_a_caller_waits_with_kind_words_while_we_are_slow_and_then_hears_the_answer(
    here: Ringing,
) -> None:
    await here.rings(Person([]))
    form = {"CallSid": "CA7", "From": NUMBER}

    async def asked(url: str) -> Posted:
        return await here.company.hooks.post(url, form)

    async with slowly(here) as url:
        async with here.home.store.transaction():  # somebody else writes, and takes their time
            first = await asked(url)
            assert [part.tag for part in answer(first)] == ["Say", "Pause", "Redirect"]
            assert answer(first)[0].text == "One moment, please."
            second = await asked(urljoin(url, str(answer(first)[2].text)))
            assert [part.tag for part in answer(second)] == ["Pause", "Redirect"]
        third = await eventually(lambda: greeted(asked, urljoin(url, str(answer(second)[1].text))))
    assert "Shall I tell you about it now?" in third.answer


async def greeted(asked: Callable[[str], Awaitable[Posted]], url: str) -> Posted | None:
    said = await asked(url)
    return None if "<Redirect" in said.answer else said


async def test_a_hub_that_stays_slow_says_sorry_instead_of_silence(here: Ringing) -> None:
    async with slowly(here) as url, here.home.store.transaction():
        call = await here.company.ring_hub(NUMBER, url)
    assert call.heard[0] == "One moment, please."
    assert call.heard[-1].startswith("I am sorry, something went wrong on our side.")
    assert call.wrong == []


async def test_a_person_who_cannot_come_to_the_telephone_rings_back(here: Ringing) -> None:
    here.company.answers[PERSON] = "no-answer"
    case, call = await here.rings(Person(["0"]))
    assert call.dialled == PERSON
    assert "A person from our team will ring you back." in call.heard[-1]
    assert (await here.home.case(case)).state is CaseState.WITH_AGENT


async def test_a_known_caller_without_a_case_hears_how_things_are_and_is_listened_to(here: Ringing) -> None:
    await here.home.measures("hp-1", coil_temp=-5.0, supply_temp=35.0, room_temp=21.0)
    call = await here.rings_us("", "0")
    assert call.heard[0].endswith("Tell me in a few words what you need. For a person, press zero.")
    assert call.heard[0].startswith("Hello, this is Nordwarm.")
    again = await here.rings_us("0")
    assert again.dialled == PERSON


@pytest.mark.parametrize(
    ("language", "says", "voice"),
    [
        ("en", "en", "Polly.Joanna"),
        ("de", "de", "Polly.Vicki"),
        ("es", "es-ES", "Polly.Lucia"),
        ("zh", "cmn-CN", "Polly.Zhiyu"),
    ],
)
async def test_people_are_spoken_to_in_their_language_by_a_voice_of_it(
    tmp_path: Path, language: str, says: str, voice: str
) -> None:
    async with ringing(tmp_path, language) as here:
        await here.rings(Person(["1", "1", ""]))
        said = [each for each in here.company.hooks.posted if "/voice" in each.url]
    for each in said:
        for words in answer(each).iter("Say"):
            assert words.get("voice") == voice
            assert (words.get("language") or "").startswith(says)


@pytest.mark.parametrize(
    ("language", "words", "hears"),
    [
        ("es", ("qué hacer sin salir", "está libre", "sí"), "es-ES"),
        ("zh", ("在室内该怎么做", "没有挡住", "好的"), "cmn-Hans-CN"),
    ],
)
async def test_the_whole_fix_goes_by_words_in_a_spanish_or_a_chinese_call(
    tmp_path: Path, language: str, words: tuple[str, ...], hears: str
) -> None:
    async with ringing(tmp_path, language) as here:
        case, call = await here.rings(Person([f"say: {each}" for each in words]))
        assert (await here.home.talk(case)).tried[-1] == "defrost:defrost"
        assert call.wrong == []
        ears = [
            ear
            for each in here.company.hooks.posted
            if "/voice" in each.url
            for ear in answer(each).iter("Gather")
        ]
    assert ears and {ear.get("language") for ear in ears} == {hears}
    assert all(ear.get("hints") for ear in ears)
