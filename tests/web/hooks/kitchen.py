"""A kitchen with a smart speaker: Ada's home, the hub's own front door, and an Alexa cloud that signs. Every answer that
comes out of the door is held against what Amazon accepts."""

from __future__ import annotations

import importlib
import re
import warnings
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
from sqlalchemy import select

from hub.bootstrap.front import application
from hub.domain.ids import CustomerId
from hub.log.sqlite import SqliteLog
from hub.ports import Store
from hub.store.tables import metadata
from hub.testing import FakeClock, MemoryStore
from hub.web.door import AlexaKeys, Door
from simulators.alexa import AlexaCloud, Echo, spoken_of
from tests.domain.talking import library
from tests.flow.home import ADA, START, Home
from voice_skills.alexa import AlexaVoice

SKILL = "amzn1.ask.skill.nordwarm"
COMMON = {"brand": "Nordwarm", "phone": "+49 431 555 0100", "name": ""}
SILENT = ("SessionEndedRequest", "AlexaSkillEvent.SkillDisabled", "AlexaSkillEvent.SkillEnabled")
MY = {"en": "my code is", "de": "mein Code ist"}


class HomeTime(FakeClock):
    """The time at home."""

    def __init__(self, home: Home) -> None:
        super().__init__(START)
        self.home = home

    def now(self) -> int:
        return self.home.now


@cache
def amazon() -> AlexaCloud:
    """One Amazon for all tests: its keys take a second to make."""
    return AlexaCloud(FakeClock(), SKILL, "http://inside/hooks/alexa")


class Kitchen:
    """Ada's speaker in Ada's kitchen. `cloud.post` brings any body to the door; `ada` is her Echo."""

    def __init__(self, home: Home, cloud: AlexaCloud, door: Door) -> None:
        self.home, self.cloud, self.door = home, cloud, door
        self.ada = Echo(cloud)

    async def asks_for_a_code(self, who: CustomerId = ADA, word: str = "link") -> str:
        """The code that a text asks for and a text brings."""
        [text] = await self.home.writes(word, who)
        found = re.search(r"\b(\d{6})\b", text)
        assert found is not None
        return found[1]

    async def links(self, echo: Echo | None = None, who: CustomerId = ADA) -> str:
        """The speaker is linked."""
        return await (echo or self.ada).intent("LinkIntent", code=await self.asks_for_a_code(who))

    async def says(self, *intents: str, **slots: str) -> str:
        """Ada says one thing after another; what she hears last."""
        heard = ""
        for intent in intents:
            heard = await self.ada.intent(intent, **slots)
        await self.home.drain()
        return heard

    async def linked_to(self, echo: Echo) -> CustomerId | None:
        async with self.door.store.reading() as tx:
            return await tx.talks.linked("alexa", echo.user)

    async def everything(self) -> dict[str, list[Any]]:
        """All that the store holds."""
        return await everything(self.home.store)


async def everything(store: MemoryStore) -> dict[str, list[Any]]:
    """All rows of all tables."""
    async with store._store.connected() as connection:
        return {
            name: [tuple(row) for row in await connection.execute(select(table))]
            for name, table in metadata.tables.items()
        }


@asynccontextmanager
async def kitchen(
    folder: Path, *devices: str, language: str = "en", store: Store | None = None
) -> AsyncIterator[Kitchen]:
    """A home with `devices`, whose hub is reached through its own application, without a socket."""
    memory, cloud = MemoryStore(), amazon()
    log = SqliteLog(folder / "log", FakeClock())
    home = Home(memory, log, language)
    await home.move_in(*devices)
    cloud.clock = HomeTime(home)
    voice = AlexaVoice(library().words, COMMON)
    keys = AlexaKeys(SKILL, cloud.roots(), cloud.fetch)
    door = Door(store or memory, cloud.clock, home.ctx, alexa=keys, alexa_voice=voice)
    transport = httpx.ASGITransport(application(door))
    async with httpx.AsyncClient(transport=transport, event_hooks={"response": [acceptable]}) as http:
        cloud.http = http
        yield Kitchen(home, cloud, door)
    cloud.http = None
    await log.close()
    await memory.close()


async def acceptable(answer: httpx.Response) -> None:
    """What Amazon takes: 200 with a small, valid envelope; or 400 and not a word."""
    raw = await answer.aread()
    if answer.status_code == 400:
        assert raw == b""
        return
    assert answer.status_code == 200, (answer.status_code, raw)
    assert answer.headers["content-type"] == "application/json"
    words, response = spoken_of(answer)
    body = answer.json()
    read_as(named("ask_sdk_model.response_envelope.ResponseEnvelope"), body)
    assert len(str(body.get("sessionAttributes", ""))) <= 200
    if not response:
        return
    if "canFulfillIntent" in response:
        assert list(response) == ["canFulfillIntent"]
        return
    asks = response["shouldEndSession"] is False
    assert asks == words.endswith("?"), words
    assert asks == ("reprompt" in response)
    if asks:
        again = "".join(ElementTree.fromstring(response["reprompt"]["outputSpeech"]["ssml"]).itertext())
        assert again.endswith("?"), again


def read_as(model: Any, found: Any) -> None:
    """Read `found` as Amazon's own model class: every key must be one of its attributes, of the right type."""
    if hasattr(model, "get_real_child_model"):
        name = model.get_real_child_model(found)
        assert name, f"{found} is no {model.__name__}"
        model = named(name)
    names = {json_name: name for name, json_name in model.attribute_map.items()}
    for key, value in found.items():
        assert key in names, f"{model.__name__} has no {key}"
        type_name = model.deserialized_types[names[key]]
        _check(type_name, value)


def _check(type_name: str, value: Any) -> None:
    if type_name in ("str", "bool", "object"):
        assert type_name == "object" or isinstance(value, {"str": str, "bool": bool}[type_name])
        return
    if type_name.startswith("dict("):
        assert isinstance(value, Mapping)
        for each in value.values():
            _check(type_name[5:-1].split(", ")[1], each)
        return
    if type_name.startswith("list["):
        for each in value:
            _check(type_name[5:-1], each)
        return
    model = named(type_name)
    if hasattr(model, "__members__"):
        model(value)
        return
    read_as(model, value)


def named(name: str) -> Any:
    """The class of Amazon's package with this dotted name."""
    module, _, cls = name.rpartition(".")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of the package's own comments
        return getattr(importlib.import_module(module), cls)
