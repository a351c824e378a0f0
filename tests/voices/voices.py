"""Every way that Ada may talk with the hub, over its real wire: she hears of her heat pump, and says one thing after another.

A `Voice` brings plain words to the platform as that platform would, from the first contact on: a text, a key, an intent, a
form, a tool. What the hub says back is on the ticket, where the tests read it.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import httpx

from hub.clock import fast_clock
from hub.domain.customer import Channel
from hub.domain.ids import CaseId, Moment
from hub.flow import satellites
from hub.flow.links import make
from hub.loops.wyoming import Ear, Listening, serve
from notifiers.sms.channel import Sms
from notifiers.twilio_wire import Account
from notifiers.whatsapp.channel import Templates, WhatsApp
from simulators.carrier import Carrier
from simulators.phone import Person
from simulators.speaker import INTENTS
from simulators.wyoming import Assist
from tests.domain.talking import library
from tests.flow.home import ADA, START, Home
from tests.loops.rooms import COMMON, KITCHEN, PLACE, HomeTime, Link, Room, room
from tests.web.asking import hidden
from tests.web.hooks.kitchen import Kitchen, kitchen
from tests.web.hooks.line import Line, line
from tests.web.hooks.ringing import NUMBER, Ringing, ringing
from tests.web.mcp.assistant import Assistant, at_home
from voice_skills.wyoming import WyomingVoice

PUMP, ICE = "hp-1", "icing-up"
TEMPLATE = "HX" + "a" * 32
SECOND = "+4915112345699"  # a number of hers beside the one that everybody at home has
WRITTEN = ("sms", "whatsapp", "page")
SPOKEN = {"1": "one", "2": "two"}
SAID = {**INTENTS, "book a technician": "VisitIntent"}
"""What Alexa makes of her words."""


class Voice(Protocol):
    """A way to talk. `talk` opens it and says `words`; it returns when everything that follows has happened."""

    @property
    def home(self) -> Home: ...

    async def talk(self, words: Sequence[str]) -> CaseId: ...


class Texts:
    """A text, or WhatsApp: the carrier brings what she writes, signed, to the hub's hook."""

    def __init__(self, house: Line, carrier: Carrier, number: str) -> None:
        self.home, self.carrier, self.number = house.home, carrier, number

    async def talk(self, words: Sequence[str]) -> CaseId:
        case = await self.home.fails(PUMP, ICE)
        for each in words:
            posted = await self.carrier.text_from(self.number, each)
            assert posted.status == 200
            await self.home.drain()
        return case


class Page:
    """Her own web page: the link in a message, then its form, without a line of script."""

    def __init__(self, house: Assistant) -> None:
        self.home, self.url = house.home, house.url

    async def talk(self, words: Sequence[str]) -> CaseId:
        case = await self.home.fails(PUMP, ICE)
        async with self.home.store.transaction() as tx:
            token = await make(tx, ADA, case, "msg", self.home.now)
        async with httpx.AsyncClient(base_url=self.url, follow_redirects=True) as http:
            page = (await http.post(f"/p/{token}")).text
            for each in words:
                page = await self._writes(http, page, each)
                await self.home.drain()
        return case

    async def _writes(self, http: httpx.AsyncClient, page: str, words: str) -> str:
        at = re.search(r'name="at" value="([^"]*)"', page)
        told = {"form": hidden(page, "form"), "at": at[1] if at else "", "text": words}
        answer = await http.post("/p/say", data=told)
        assert answer.status_code == 200, answer.text
        return answer.text


class Echo:
    """An Echo in her kitchen: signed requests with intents."""

    def __init__(self, here: Kitchen) -> None:
        self.home, self.here = here.home, here

    async def talk(self, words: Sequence[str]) -> CaseId:
        await self.here.links()
        case = await self.home.fails(PUMP, ICE)
        await self.here.ada.open()
        for each in ("yes", *words):  # the speaker greets, and tells only who wants to hear
            if each.isdecimal():
                await self.here.says("ChoiceIntent", number=each)
            else:
                await self.here.says(SAID[each])
        return case


class Phone:
    """Her telephone rings; she presses keys and speaks."""

    def __init__(self, here: Ringing) -> None:
        self.home, self.here = here.home, here

    async def talk(self, words: Sequence[str]) -> CaseId:
        does = [each if each.isdecimal() else f"say: {each}" for each in words]
        case, _ = await self.here.rings(Person(does))
        return case


class Satellites:
    """Home Assistant asks, and she answers in the room."""

    def __init__(self, here: Room) -> None:
        self.home, self.here = here, here

    async def talk(self, words: Sequence[str]) -> CaseId:
        said = ("yes", *(SPOKEN.get(each, each) for each in words))
        return await self.here.goes_wrong(*said, device=PUMP, rule=ICE)


class Ears:
    """Home Assistant hands her words on by Wyoming, a connection for each."""

    def __init__(self, home: Home, ear: Assist) -> None:
        self.home, self.ear = home, ear

    async def talk(self, words: Sequence[str]) -> CaseId:
        case = await self.home.fails(PUMP, ICE)
        for each in ("what is wrong", *words):
            await self.ear.says(SPOKEN.get(each, each), KITCHEN)
            await self.home.drain()
        return case


class Assistants:
    """An assistant with words of its own: it explains, and hands on what she answers."""

    def __init__(self, ada: Assistant) -> None:
        self.home, self.ada = ada.home, ada

    async def talk(self, words: Sequence[str]) -> CaseId:
        case = await self.home.fails(PUMP, ICE)
        await self.ada.calls("explain_fault")
        for each in words:
            await self.ada.answers(each)
        return case


# Where each voice lives


def account(carrier: Carrier, hub: str) -> Account:
    carrier.inbound_url = f"{hub}/hooks/twilio/sms"
    return Account(carrier.account.sid, carrier.account.token, carrier.account.number, hub, carrier.url)


def linked(house: Line) -> Line:
    """The house, whose devices take every command."""
    house.home.post = replace(house.home.post, link=Link())
    return house


@asynccontextmanager
async def sms(folder: Path) -> AsyncIterator[Voice]:
    async with (
        Carrier(fast_clock(START, 10_000), opt_out="hub") as carrier,
        line(folder, Channel.SMS, SECOND, lambda hub: Sms(account(carrier, hub))) as house,
    ):
        yield Texts(linked(house), carrier, SECOND)


@asynccontextmanager
async def whatsapp(folder: Path) -> AsyncIterator[Voice]:
    async with Carrier(fast_clock(START, 10_000), opt_out="hub") as carrier:
        carrier.templates[TEMPLATE] = "A message about your device: {{1}}"
        templates = Templates({"any": {"en": TEMPLATE}})

        def writes(hub: str) -> WhatsApp:
            return WhatsApp(account(carrier, hub), templates)

        async with line(folder, Channel.WHATSAPP, NUMBER, writes) as house:
            yield Texts(linked(house), carrier, f"whatsapp:{NUMBER}")


@asynccontextmanager
async def page(folder: Path) -> AsyncIterator[Voice]:
    async with at_home(folder, PUMP) as house:
        yield Page(house)


@asynccontextmanager
async def alexa(folder: Path) -> AsyncIterator[Voice]:
    async with kitchen(folder, PUMP) as here:
        yield Echo(here)


@asynccontextmanager
async def phone(folder: Path) -> AsyncIterator[Voice]:
    async with ringing(folder) as here:
        linked(here.house)
        yield Phone(here)


@asynccontextmanager
async def home_assistant(folder: Path) -> AsyncIterator[Voice]:
    async with room(folder, PUMP) as here:
        yield Satellites(here)


@asynccontextmanager
async def wyoming(folder: Path) -> AsyncIterator[Voice]:
    async with at_home(folder, PUMP) as house:
        home = house.home
        async with home.store.transaction() as tx:
            await satellites.map_out(tx, {PLACE: ADA}, Moment(home.now))
        voice = WyomingVoice(library().words, COMMON)
        works = Listening(home.store, HomeTime(home), home.ctx, voice)
        server = await serve(works, Ear("berg", "127.0.0.1", 0))
        async with server:
            yield Ears(home, Assist("127.0.0.1", server.sockets[0].getsockname()[1]))


@asynccontextmanager
async def assistant(folder: Path) -> AsyncIterator[Voice]:
    async with at_home(folder, PUMP) as house:
        yield Assistants(house)


VOICES: Mapping[str, Callable[[Path], AbstractAsyncContextManager[Voice]]] = {
    "sms": sms,
    "whatsapp": whatsapp,
    "page": page,
    "alexa": alexa,
    "home_assistant": home_assistant,
    "wyoming": wyoming,
    "phone": phone,
    "assistant": assistant,
}
