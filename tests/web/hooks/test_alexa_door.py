"""At the skill's door: forged requests change nothing, genuine ones are always answered, however odd they are."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs

from hub.clock import iso
from hub.domain.contact import Phrase
from hub.ports import BadInput, Tx, Words
from hub.testing import FakeClock
from hub.web.hooks import alexa
from simulators.alexa import AlexaCloud, spoken_of
from tests.flow.home import ADA
from tests.web.hooks.kitchen import COMMON, SKILL, Kitchen, kitchen
from voice_skills.alexa import AlexaVoice

Body = dict[str, Any]
YES = {"type": "IntentRequest", "intent": {"name": "AMAZON.YesIntent", "slots": {}}}


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Kitchen]:
    """Ada is one yes away from a restart of her router."""
    async with kitchen(tmp_path, "ro-1") as made:
        await made.links()
        await made.home.fails("ro-1", "line-unstable")
        await made.ada.open()
        await made.says("AMAZON.YesIntent", "RestartIntent")
        yield made


async def _forged(here: Kitchen, raw: bytes, headers: dict[str, str]) -> int:
    assert here.cloud.http is not None
    return (await here.cloud.http.post(here.cloud.url, content=raw, headers=headers)).status_code


async def test_a3_forged_stale_and_strange_requests_get_400_and_change_nothing(here: Kitchen) -> None:
    """A3 With a self-made chain in a test store a good request gives 200. One byte changed, JSON
    re-serialised, only the SHA-1 Signature header, bad base64, or a missing header → 400 and the
    handler is not called. Header names are accepted in any letter case."""
    raw = json.dumps(here.ada.envelope(YES)).encode()
    genuine, stranger = here.cloud.sign(raw), AlexaCloud(FakeClock(), SKILL)
    before = await here.everything()

    with capture_logs() as lines:
        for forged, headers in [
            (raw, {}),
            (raw.replace(b"Yes", b"No!"), genuine),
            (raw, {**genuine, "Signature-256": "AAAA"}),
            (raw, {**genuine, "SignatureCertChainUrl": "https://evil.example/echo.api/chain.pem"}),
            (raw, {"Signature": genuine["Signature-256"], "SignatureCertChainUrl": "x"}),
            (raw, stranger.sign(raw)),
            (b"", here.cloud.sign(b"")),
        ]:
            assert await _forged(here, forged, headers) == 400
        for body in (
            here.ada.envelope({**YES, "timestamp": iso(here.home.now - 151_000_000)}),
            here.ada.envelope({**YES, "timestamp": iso(here.home.now + 151_000_000)}),
            here.ada.envelope({**YES, "timestamp": float("nan")}),
            here.ada.envelope({**YES, "timestamp": 10**400}),
            here.ada.envelope({**YES, "timestamp": None}),
            {**here.ada.envelope(YES), "context": {"System": {"application": {"applicationId": "other"}}}},
        ):
            assert (await here.cloud.post(body)).status_code == 400
        for nonsense in (b"[]", b"null", b"{", b"\xff\xfe", b"[" * 9000, b'{"a":"' + b"x" * 70_000 + b'"}'):
            assert (await here.cloud.post_raw(nonsense)).status_code == 400

    assert await here.everything() == before
    assert {line["event"] for line in lines} == {"alexa_refused"}
    assert here.ada.user not in str(lines)


async def test_a8_a_replayed_yes_gets_the_same_bytes_and_restarts_nothing_twice(here: Kitchen) -> None:
    """A8 The same requestId twice → the same bytes, effects once."""
    body = here.ada.envelope(YES)
    first = await here.cloud.post(body)
    before = await here.everything()

    again = await here.cloud.post(body)
    assert again.content == first.content
    assert await here.everything() == before
    assert len(await here.home.commands()) == 1
    here.home.now += 151_000_000  # type: ignore[assignment]
    assert (await here.cloud.post(body)).status_code == 400
    assert await here.everything() == before


async def test_a8_the_same_yes_delivered_twice_at_once_is_one(here: Kitchen) -> None:
    body = here.ada.envelope(YES)
    one, other = await asyncio.gather(here.cloud.post(body), here.cloud.post(body))
    assert one.content == other.content
    assert len(await here.home.commands()) == 1


def _without(*path: str) -> Callable[[Body], None]:
    def change(body: Body) -> None:
        found = body
        for name in path[:-1]:
            found = found[name]
        del found[path[-1]]

    return change


def _with(value: Any, *path: str) -> Callable[[Body], None]:
    def change(body: Body) -> None:
        found = body
        for name in path[:-1]:
            found = found[name]
        found[path[-1]] = value

    return change


ODD: dict[str, Callable[[Body], None]] = {
    "no session": _without("session"),
    "a null session": _with(None, "session"),
    "a null context": _with(None, "context"),
    "no locale": _without("request", "locale"),
    "a null locale": _with(None, "request", "locale"),
    "an unknown locale": _with("tlh-KX", "request", "locale"),
    "no intent": _without("request", "intent"),
    "a null intent": _with(None, "request", "intent"),
    "an intent that is a text": _with("Yes", "request", "intent"),
    "no slots": _without("request", "intent", "slots"),
    "null slots": _with(None, "request", "intent", "slots"),
    "an intent that nobody knows": _with("AMAZON.PauseIntent", "request", "intent", "name"),
    "a number for a name": _with(7, "request", "intent", "name"),
    "no type": _without("request", "type"),
    "an unknown type": _with("Alexa.Presentation.APL.UserEvent", "request", "type"),
    "a display event": _with("Display.ElementSelected", "request", "type"),
    "a resumed session": _with("SessionResumedRequest", "request", "type"),
    "a question whether we could": _with("CanFulfillIntentRequest", "request", "type"),
    "no request id": _without("request", "requestId"),
    "a request id that is a number": _with(5, "request", "requestId"),
    "no user": _with({}, "context", "System", "user"),
    "a person": _with({"personId": "amzn1.ask.person.X"}, "context", "System", "person"),
    "half a character": _with("\ud83d", "request", "requestId"),
    "a null byte": _with("a\x00b", "request", "requestId"),
}


@pytest.mark.parametrize("name", ODD)
async def test_b1_a_genuine_request_is_answered_however_odd_it_is(here: Kitchen, name: str) -> None:
    body = here.ada.envelope(deepcopy(YES))
    ODD[name](body)
    answer = await here.cloud.post_raw(json.dumps(body).encode())
    assert answer.status_code == 200


async def test_b1_whole_numbers_for_times_and_a_byte_order_mark_are_read(here: Kitchen) -> None:
    seconds = here.home.now // 1_000_000
    for stamp in (seconds, seconds * 1000):
        body = here.ada.envelope({"type": "LaunchRequest", "timestamp": stamp})
        assert b"Nordwarm" in (await here.cloud.post(body)).content
    raw = b"\xef\xbb\xbf" + json.dumps(here.ada.envelope(YES)).encode()
    assert b"hall router" in (await here.cloud.post_raw(raw)).content


@pytest.mark.parametrize(
    "kind",
    [
        "AlexaSkillEvent.SkillEnabled",
        "AlexaSkillEvent.SkillPermissionChanged",
        "AlexaSkillEvent.ProactiveSubscriptionChanged",
        "Reminders.ReminderStarted",
        "SomethingNew.Tomorrow",
    ],
)
async def test_b2_events_get_an_empty_answer_and_change_nothing(here: Kitchen, kind: str) -> None:
    before = await here.everything()
    for with_session in (True, False):
        answer = await here.cloud.post(here.ada.envelope({"type": kind}, with_session=with_session))
        assert answer.json() == {"version": "1.0", "response": {}}
    assert await here.everything() == before


class Failing:
    """A store that is out of order."""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        raise ConnectionError("the password of the database is hunter2")
        yield

    reading = transaction


async def test_when_our_store_fails_the_speaker_apologises(here: Kitchen) -> None:
    with capture_logs() as lines:
        answer = await _behind(here, Failing())
    words, response = spoken_of(answer)
    assert words.startswith("I am sorry, something went wrong on our side.")
    assert response["shouldEndSession"] is True
    assert [line["event"] for line in lines] == ["alexa_turn_failed"]
    assert "hunter2" not in str(lines)


async def test_when_our_store_is_slow_the_speaker_apologises_in_time_and_nothing_is_done(
    here: Kitchen,
) -> None:
    async with here.home.store.transaction():  # somebody else holds the only writer
        words, _ = spoken_of(await _behind(here, here.home.store, 0.05))
    assert words.startswith("I am sorry")
    assert await here.home.commands() == []
    await here.says("AMAZON.YesIntent")
    assert len(await here.home.commands()) == 1


class Hoarse:
    """Words of which one is missing."""

    def __init__(self, words: Words, missing: str) -> None:
        self.words, self.missing, self.text, self.languages = words, missing, words.text, words.languages

    def spoken(self, phrase: Phrase, language: str) -> str:
        if phrase.key == self.missing:
            raise BadInput(phrase.key, "the phrase is missing")
        return self.words.spoken(phrase, language)


async def test_what_cannot_be_said_is_not_done_either(here: Kitchen) -> None:
    before = await here.everything()
    voice = AlexaVoice(Hoarse(here.home.ctx.words, "command.sent"), COMMON)  # type: ignore[arg-type]
    here.door = replace(here.door, alexa_voice=voice)
    words, _ = spoken_of(await _behind(here, here.home.store))
    assert words.startswith("I am sorry")
    assert await here.everything() == before


async def _behind(here: Kitchen, store: Any, patience: float = 5.0) -> httpx.Response:
    """Ada's yes, brought to a door before another store."""
    app = FastAPI()
    app.include_router(alexa.router(replace(here.door, store=store), alexa.Limits(patience=patience)))
    body = json.dumps(here.ada.envelope(YES)).encode()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://inside") as http:
        return await http.post("/hooks/alexa", content=body, headers=here.cloud.sign(body))


async def test_without_a_skill_there_is_no_door(here: Kitchen) -> None:
    app = FastAPI()
    app.include_router(alexa.router(replace(here.door, alexa=None)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://inside") as http:
        assert (await http.post("/hooks/alexa", content=b"{}")).status_code == 404
    assert await here.linked_to(here.ada) == ADA
