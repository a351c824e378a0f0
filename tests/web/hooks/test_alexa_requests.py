"""Requests of every kind that Amazon has: what nobody asked us is answered with nothing, twice is once, slow is told so."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from structlog.testing import capture_logs

from hub.bootstrap.front import fetch_chain, post_directive
from hub.clock import WallClock
from hub.domain.effects import CommandDevice
from hub.domain.ids import CommandId
from hub.ports import Store, Tx
from hub.web.hooks import alexa
from hub.web.hooks.alexa_pause import address
from simulators.alexa_events import Events
from simulators.served import Served
from tests.web.hooks.kitchen import Kitchen, acceptable, kitchen, named

YES = "AMAZON.YesIntent"


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Kitchen]:
    async with kitchen(tmp_path, "ro-1") as made:
        await made.links()
        await made.home.fails("ro-1", "line-unstable")
        yield made


def kinds() -> list[str]:
    """Every request type that Amazon's own package knows."""
    return sorted(named("ask_sdk_model.request.Request").discriminator_value_class_map)


async def test_b1_every_kind_of_request_that_amazon_has_gets_a_valid_answer(here: Kitchen) -> None:
    """B1 Every one of the third-party request samples gets HTTP 200 and valid JSON, including a UTF-8 byte-order mark, an
    integer epoch timestamp, an unknown type, a missing session, a null context or locale."""
    assert len(kinds()) > 50
    for kind in kinds():
        for with_session in (True, False):
            answer = await here.cloud.post(here.ada.envelope({"type": kind}, with_session=with_session))
            assert answer.status_code == 200  # `acceptable` looks at every answer
            if kind.startswith(("AlexaSkillEvent", "Reminders", "Messaging", "AudioPlayer")):
                assert answer.json()["response"] == {}
    assert await here.home.commands() == []


async def test_b7_a_message_that_is_brought_twice_is_heeded_once(here: Kitchen) -> None:
    """B7 Messaging.MessageReceived twice → handled once, both 200."""
    message = here.ada.envelope(
        {"type": "Messaging.MessageReceived", "message": {"a": 1}}, with_session=False
    )
    with capture_logs() as lines:
        first, again = await here.cloud.post(message), await here.cloud.post(message)
    assert first.json() == again.json() == {"version": "1.0", "response": {}}
    assert [line["event"] for line in lines] == ["speaker_message"]


@pytest.mark.parametrize(
    ("name", "slots", "can"),
    [
        ("StatusIntent", {"device": "router"}, "YES"),
        ("StatusIntent", {}, "YES"),
        ("RestartIntent", {"banana": "yellow"}, "MAYBE"),
        ("OrderPizzaIntent", {}, "NO"),
    ],
)
async def test_who_asks_whether_we_could_is_told_and_nothing_is_done(
    here: Kitchen, name: str, slots: dict[str, str], can: str
) -> None:
    before = await here.everything()
    filled = {slot: {"name": slot, "value": value} for slot, value in slots.items()}
    request = {"type": "CanFulfillIntentRequest", "intent": {"name": name, "slots": filled}}
    answer = (await here.cloud.post(here.ada.envelope(request))).json()["response"]["canFulfillIntent"]
    assert answer["canFulfill"] == can
    assert set(answer.get("slots", {})) == set(slots)
    assert await here.everything() == before


class Slow:
    """A store that takes its time."""

    def __init__(self, store: Store, seconds: float) -> None:
        self._store, self._seconds, self.changed = store, seconds, store.changed

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        async with asyncio.timeout(None), self._store.transaction() as tx:
            await asyncio.wait({asyncio.create_task(asyncio.Event().wait())}, timeout=self._seconds)
            yield tx

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Tx]:
        async with self._store.reading() as tx:
            yield tx


@asynccontextmanager
async def with_amazon(
    here: Kitchen, store: Any, soon: float
) -> AsyncIterator[tuple[httpx.AsyncClient, Events]]:
    """The skill's door before `store`, with an Amazon that takes directives."""
    async with Events(WallClock()) as amazon:
        assert here.door.alexa is not None
        keys = replace(here.door.alexa, speak=post_directive, api=amazon.api)
        routes = alexa.router(
            replace(here.door, store=store, alexa=keys), alexa.Limits(soon=soon, device=5.0)
        )
        here.cloud.api = amazon.api
        app = FastAPI()
        app.include_router(routes)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, event_hooks={"response": [acceptable]}) as http:
            here.cloud.http = http
            yield http, amazon
        here.cloud.api = ""


async def test_b3_one_moment_is_said_once_when_it_takes_longer(here: Kitchen) -> None:
    """B3: the progressive response is posted exactly once."""
    async with with_amazon(here, Slow(here.home.store, 0.4), soon=0.05) as (_, amazon):
        body = here.ada.envelope({"type": "LaunchRequest"})
        first = await here.cloud.post(body)
        again = await here.cloud.post(body)
        assert first.content == again.content
        assert amazon.moments == [(body["request"]["requestId"], "One moment, I am looking at your devices.")]
        assert amazon.wrong == []


async def test_b3_nothing_is_said_meanwhile_when_the_answer_comes_at_once(here: Kitchen) -> None:
    """B3: p99 < 1 s; a quick answer needs no "one moment"."""
    async with with_amazon(here, here.home.store, soon=1.0) as (_, amazon):
        took = []
        for _ in range(30):
            before = time.perf_counter()
            await here.ada.open()
            took.append(time.perf_counter() - before)
        assert amazon.moments == []
        assert sorted(took)[-1] < 1


async def test_b3_whoever_asks_while_a_device_works_hears_what_became_of_it(here: Kitchen) -> None:
    """B3: the progressive response is posted when a device is about to answer, and the answer knows of it."""
    async with with_amazon(here, here.home.store, soon=5.0) as (_, amazon):
        await here.ada.open()
        await here.says(YES, "RestartIntent", YES)
        [command] = await here.home.commands()
        await _leaves(here, command)
        asking = asyncio.create_task(here.ada.intent("StatusIntent"))
        while not amazon.moments:
            await asyncio.wait({asking}, timeout=0.02)
        assert not asking.done()
        await here.home.device_answers(command)
        said = await asking
        assert [words for _, words in amazon.moments] == ["One moment, I am looking at your devices."]
        assert said


async def _leaves(here: Kitchen, command: CommandDevice) -> None:
    async with here.home.store.transaction() as tx:
        await tx.outbox.set_command(CommandId(command.id), "sent", "", here.home.now)


async def test_b3_an_amazon_that_takes_nothing_changes_no_answer(here: Kitchen) -> None:
    """B3: whatever becomes of the progressive response, the answer is the same."""
    async with with_amazon(here, Slow(here.home.store, 0.3), soon=0.05) as (_, amazon):
        here.cloud.api = amazon.api
        amazon.moments += [("x", "y")]
        body = here.ada.envelope({"type": "LaunchRequest"})
        body["context"]["System"]["apiAccessToken"] = ""
        assert b"attention" in (await here.cloud.post(body)).content


@pytest.mark.parametrize(
    ("endpoint", "where"),
    [
        ("https://api.amazonalexa.com", "https://api.amazonalexa.com/v1/directives"),
        ("https://api.eu.amazonalexa.com/", "https://api.eu.amazonalexa.com/v1/directives"),
        ("http://api.amazonalexa.com", ""),
        ("https://api.amazonalexa.com.evil.example", ""),
        ("https://evil.example/api.amazonalexa.com", ""),
        ("https://amazonalexa.com:99999999", ""),
        ("https://169.254.169.254", ""),
        ("", ""),
    ],
)
def test_directives_go_to_amazon_and_nowhere_else(endpoint: str, where: str) -> None:
    assert address(endpoint) == where


async def test_a7_a_certificate_store_that_is_slow_is_waited_for_three_seconds_at_most() -> None:
    """A7: a slow certificate server → 400 within 3 s; an answer over 64 kB is refused."""

    over = asyncio.Event()

    async def slow(_: Request) -> Response:
        await over.wait()
        return Response()

    async def large(_: Request) -> Response:
        return Response(b"x" * 70_000)

    async with served(Starlette(routes=[Route("/slow", slow), Route("/large", large)])) as url:
        before = time.perf_counter()
        with pytest.raises(OSError, match="cannot be had"):
            await fetch_chain(f"{url}/slow")
        assert time.perf_counter() - before < 3.5
        over.set()
        with pytest.raises(OSError, match="too large"):
            await fetch_chain(f"{url}/large")


@asynccontextmanager
async def served(app: Starlette) -> AsyncIterator[str]:
    server = Served(app)
    await server.start()
    try:
        yield server.url
    finally:
        await server.stop()
