"""A world for one scenario: broker, devices, people, carrier, Alexa and the agent, all on one clock, and their story.

It knows the hub by its addresses only. `settings` says how a hub has to be set up to live in it, `registers` whom it
should know; `play` lets the story happen and answers whether it ended as it should.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from hub.clock import WallClock, iso
from simulators.alexa import AlexaCloud, Echo
from simulators.broker import Broker
from simulators.carrier.carrier import Carrier
from simulators.desk import Desk
from simulators.devices import Fleet, Fridge, HeatPump, Router, Uplink
from simulators.kitchen import Kitchen
from simulators.people import People, personas
from simulators.phone import PhoneCompany
from simulators.registers import registers
from simulators.scenario import Happening, Scenario, Thing
from simulators.speaker import LOCALES, Speaker

SKILL = "amzn1.ask.skill.nordwarm"
HELPER = {"id": "helper", "name": "Kitchen Helper", "redirects": ["http://127.0.0.1/linked"]}
PERSON = "+493055501000"  # whom a caller is connected to who asks for a person
WANTED = ("case.agent_needed", "case.person_wanted", "case.ladder_ended")
LOOK = 60_000_000  # µs between two looks at how the tickets stand
LAST_WORDS = 300_000_000  # µs for the last texts to arrive


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the story. `kind`: scene, hub, out, in, deed, speaker, says, agent. `who` is a name or empty."""

    at: int
    kind: str
    who: str
    text: str


class World:
    """Everything around the hub. `told` hears every line of the story as it happens."""

    def __init__(self, scenario: Scenario, clock: WallClock, told: Callable[[Line], None]) -> None:
        self.scenario, self.clock, self._told = scenario, clock, told
        self.broker = Broker()
        self.carrier = Carrier(clock, opt_out="hub")
        self.company = PhoneCompany(clock, self.carrier.account)
        self.cloud = AlexaCloud(clock, SKILL)
        self.kitchens = [
            Kitchen(one, scenario, clock, self._in_kitchen(one.person)) for one in scenario.satellites
        ]
        self.voice_url = ""
        self.begun = self._hushed = False
        self.story: list[Line] = []
        self._stack = AsyncExitStack()
        self._tasks: list[asyncio.Task[None]] = []
        self._waiting: list[asyncio.Task[None]] = []
        self._names = {thing.id: thing.name for thing in scenario.things}
        first = {home.id: scenario.person(home.people[0]).name.split(" ")[0] for home in scenario.homes}
        self._owners = {thing.id: first[thing.home] for thing in scenario.things}

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self.broker)
        await self._stack.enter_async_context(self.carrier)
        await self._stack.enter_async_context(self.company)
        for kitchen in self.kitchens:
            await self._stack.enter_async_context(kitchen.assistant)
        for fault in self.scenario.carrier:
            self.carrier.misbehave(**fault)
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._stack.aclose()

    def settings(self) -> dict[str, Any]:
        """The sections of a hub's settings that fit this world."""
        account = self.carrier.account
        return {
            "mqtt": {"url": f"mqtt://127.0.0.1:{self.broker.port}"},
            "sms": {
                "account_sid": account.sid,
                "auth_token": account.token,
                "sender": account.number,
                "base_url": self.carrier.url,
            },
            "phone": {"sender": account.number, "base_url": self.company.url, "person": PERSON},
            "alexa": {"skill_id": SKILL},
            "voices": {"homes": [kitchen.settings() for kitchen in self.kitchens]},
            "assistants": {"programs": [HELPER]},
            "policy": dict(self.scenario.policy),
        }

    def registers(self) -> dict[str, str]:
        """Customers, sites, devices and bases as CSV files, by name."""
        return registers(self.scenario)

    def tell(self, kind: str, who: str, text: str) -> None:
        """Write one line of the story."""
        line = Line(self.clock.now(), kind, who, text.strip())
        self.story.append(line)
        self._told(line)

    async def begin(self, hub_url: str, key: str) -> None:
        """Switch the devices on and let people look at their phones. The hub must be listening."""
        self.carrier.inbound_url = f"{hub_url}/hooks/twilio/sms"
        self.voice_url = f"{hub_url}/hooks/twilio/voice"
        self.cloud.url = f"{hub_url}/hooks/alexa"
        self.fleet = Fleet(Uplink(self.clock, self.broker.port))
        for thing in self.scenario.things:
            self.fleet.add(body(thing))
        await self._stack.enter_async_context(self.fleet)
        speakers = {voice.person: self._speaker(voice.person) for voice in self.scenario.voices}
        self.people = People(self.clock, self.carrier, self.scenario.people, self._actions(speakers))
        await self._stack.enter_async_context(self.people)
        self.desk = Desk(
            hub_url, key, self.clock, self.scenario.agent.get("visits") or {}, self._agent, self._do
        )
        phones = [one.phone for one in self.scenario.people if one.phone]
        for work in (self._deeds(), self._facts(), *map(self._texts, phones)):
            self._tasks.append(asyncio.create_task(work))
        self.begun = True

    async def hush(self) -> None:
        """From now on nobody in the story does anything by themselves: somebody else has taken their place."""
        self._hushed = True
        for task in self._waiting:
            task.cancel()
        await self.people.stop()

    def _speaker(self, key: str) -> Speaker:
        person = self.scenario.person(key)
        answers = next(voice.answers for voice in self.scenario.voices if voice.person == key)
        echo = Echo(self.cloud, f"amzn1.ask.account.{key.upper()}", LOCALES[person.language])
        return Speaker(key, echo, self.clock, answers, self._in_kitchen(key))

    def _in_kitchen(self, key: str) -> Callable[[str, str], None]:
        """What somebody says to their speaker, or it to them, becomes a line of the story."""
        name = self.scenario.person(key).name

        def told(who: str, text: str) -> None:
            self.tell("says" if who == key else "speaker", name if who == key else "", text)

        return told

    def _actions(self, speakers: dict[str, Speaker]) -> dict[str, Any]:
        """What people can do: with their devices (a name alone: with the first that it can happen to), and their speaker."""
        actions: dict[str, Any] = {}
        for device in self.fleet:
            for name in device.body.happenings():
                actions[f"{name}_{device.id}"] = _happens(device, name)
                actions.setdefault(name, actions[f"{name}_{device.id}"])
        for speaker in speakers.values():
            phone = self.scenario.person(speaker.who).phone
            actions["ask_speaker"] = speaker.talk
            actions["link_speaker"] = _links(speaker, self.carrier, phone)
        return actions

    async def _do(self, what: str) -> None:
        """The agent has something done in the world: `close_ID` or any action of a device."""
        name, _, device = what.rpartition("_")
        known = {"close": "close_door"}.get(name, name)
        self.fleet[device].happen(known)

    async def play(self) -> bool:
        """Let everything happen; True when the story ended as it should, False when its time was over."""
        end = self.scenario.starts + self.scenario.lasts
        waiting = [asyncio.create_task(self._happen(one)) for one in self.scenario.happenings]
        self._waiting = waiting
        self._tasks += waiting
        while self.clock.now() < end:
            await self.clock.wait(LOOK)
            if all(task.done() for task in waiting) and not await self.missing():
                await self.clock.wait(LAST_WORDS)
                return not await self.missing()
            for task in self._tasks:
                if task.done() and not task.cancelled() and (broken := task.exception()):
                    raise broken
        return False

    async def missing(self) -> list[str]:
        """What the end of the story still lacks, in plain words."""
        tickets = {ticket["device"]: ticket for ticket in await self.desk.tickets()}
        lacking = []
        for wish in self.scenario.ends:
            ticket = tickets.get(wish.device)
            stands = ticket["status"] if ticket else "no ticket"
            if stands != wish.status:
                lacking.append(f"{self._names[wish.device]}: should be {wish.status}, is {stands}")
            elif wish.proved is not None and ticket and ticket["proved"] is not wish.proved:
                lacking.append(f"{self._names[wish.device]}: {wish.status}, but not proved by telemetry")
            elif wish.texts is not None and len(self.carrier.created()) != wish.texts:
                lacking.append(f"{len(self.carrier.created())} texts left, and {wish.texts} were due")
        return lacking

    async def _happen(self, one: Happening) -> None:
        await self.clock.wait_until(self.scenario.starts + one.at)
        if one.tell:
            self.tell("scene", "", one.tell)
        if one.device:
            self.fleet[one.device].happen(one.what)
        if one.person:
            await self.people.say(one.person, one.say)

    async def _texts(self, phone: str) -> None:
        person = next(one for one in self.scenario.people if one.phone == phone)
        async for message in self.carrier.phones.stream(phone):
            self.tell("out", person.name, message.body)

    async def _deeds(self) -> None:
        seen = 0
        while True:
            await self.people.until(lambda people: len(people.deeds) > seen, within=1e9)  # noqa: B023 - asked at once
            for deed in self.people.deeds[seen:]:
                seen += 1
                name = self.people[deed.who].name
                if deed.kind == "said":
                    self.tell("in", name, deed.what)
                elif deed.what not in ("ask_speaker", "link_speaker"):
                    self.tell("deed", name, DEEDS.get(deed.what, deed.what.replace("_", " ")))

    async def _facts(self) -> None:
        async for fact in self.desk.facts():
            device = fact.get("device") or ""
            told = words(fact, self._names.get(device, ""), self._owners.get(device, ""))
            if told:
                self.tell("hub", "", told)
            if not self._hushed and fact["kind"] in WANTED:
                self._tasks.append(asyncio.create_task(self.desk.look()))

    def _agent(self, _: str, text: str) -> None:
        who = personas()[str(self.scenario.agent.get("person", "dag"))].name
        self.tell("agent", who, text)


BODIES: dict[str, type[HeatPump] | type[Fridge] | type[Router]] = {
    "heatpump": HeatPump,
    "fridge": Fridge,
    "router": Router,
}


def body(thing: Thing) -> HeatPump | Fridge | Router:
    """The body of a device of the story."""
    made = BODIES[thing.kind](thing.id, **thing.traits)
    if thing.suffers:
        made.happenings()[thing.suffers]()
    return made


def _happens(device: Any, name: str) -> Callable[[], None]:
    return lambda: device.happen(name)


def _links(speaker: Speaker, carrier: Carrier, phone: str) -> Callable[[], Any]:
    return lambda: speaker.link(carrier.phones.texts(phone)[-1])


FACTS = {
    "fault.raised": "{owner}'s {device} is failing: {title} ({severity}).",
    "fault.cleared": "{owner}'s {device} itself reports that it works again.",
    "case.recovered": "{owner}'s case is closed: repaired, and proved by telemetry.",
    "case.ladder_ended": "Nobody has answered for {owner}'s {device}; the case goes to a person.",
    "case.agent_needed": "{owner}'s case needs a person: {sentence}",
    "case.person_wanted": "A person takes over {owner}'s case: {sentence}",
    "command.wanted": "Command to {owner}'s {device}: {name}.",
    "command.answered": "{owner}'s {device} has carried it out.",
    "command.refused": "{owner}'s {device} did not carry it out: {note}.",
}
DEEDS = {"clear_snow": "clears the snow away with gloved hands", "close_door": "closes the fridge door"}


def words(fact: dict[str, Any], device: str, owner: str) -> str:
    """A fact of the timeline as a sentence of the story; empty when the story goes without it."""
    refused = fact["kind"] == "command.answered" and not fact["data"].get("ok")
    told = FACTS.get("command.refused" if refused else fact["kind"], "")
    values = {"device": device, "owner": owner, "sentence": fact.get("sentence", "")}
    values |= dict.fromkeys(("title", "severity", "name", "note"), "")
    return told.format(**(values | {key: str(value) for key, value in fact["data"].items() if key in values}))


def local(moment: int, zone: str = "Europe/Berlin") -> str:
    """HH:MM in `zone`."""
    return (
        datetime.fromisoformat(iso(moment).replace("Z", "+00:00"))
        .astimezone(ZoneInfo(zone))
        .strftime("%H:%M")
    )
