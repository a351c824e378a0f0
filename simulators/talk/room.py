"""A room in the simulated world for a newcomer: they are one of its people, and do with hands and mouth what these could.

Everything goes the way it would go outside: a text by the carrier's signed hook, words to the speaker as Amazon's signed
requests, keys and words of a call as the telephone company posts them. Time runs fast while nothing happens, and slows down
when somebody is spoken to.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import httpx

from hub.clock import SECOND
from simulators.alexa import BadAnswer, Echo
from simulators.people import Person
from simulators.phone_line import Call, Live
from simulators.speaker import LOCALES
from simulators.talk.ears import LAUNCH, SkillEars
from simulators.talk.things import thing
from simulators.world import World, local

FAST = 300.0  # business seconds in one of the newcomer's, while they wait for something to happen
LONGEST = 10 * 3_600 * SECOND  # business time that is let pass at most, until somebody says so again
LETTERS = 600  # of one thing that somebody says
LINES = 60


class NotNow(Exception):
    """It cannot be done, in words for the person who tried."""


@dataclass(slots=True)
class Kitchen:
    """One person's smart speaker and telephone, and what was said at both: (by whom, words)."""

    person: Person
    echo: Echo | None
    ears: SkillEars
    said: list[tuple[str, str]] = field(default_factory=list)
    call: Call | None = None
    holds: Live | None = None


class Room:
    """What a newcomer sees and can do. `models` are the skill's interaction models, by locale. Nothing can be done before
    `open()`; `taken` is set when somebody does not want to wait for that."""

    def __init__(self, world: World, models: Mapping[str, Mapping[str, Any]]) -> None:
        self.world, self.taken, self.opened = world, asyncio.Event(), False
        self._models = models
        homes = {key: home.id for home in world.scenario.homes for key in home.people}
        self._homes = homes
        self._kitchens = {one.key: self._kitchen(one) for one in world.scenario.people if one.key in homes}
        self._tasks: set[asyncio.Task[None]] = set()
        self._here = next(iter(self._kitchens), "")

    def _kitchen(self, one: Person) -> Kitchen:
        locale = LOCALES.get(one.language, "")
        model = self._models.get(locale) or self._models.get("en-US", {})
        names = [each.name for each in self.world.scenario.things if each.home == self._homes[one.key]]
        user = f"amzn1.ask.account.{one.key.upper()}"
        echo = Echo(self.world.cloud, user, locale) if locale else None
        return Kitchen(one, echo, SkillEars(one.language, model, names))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def open(self) -> None:
        """The story is over: its people do nothing by themselves any more, and the newcomer may."""
        await self.world.hush()
        self.opened = True
        self.slow()
        for kitchen in self._kitchens.values():
            self._start(self._slow_at_texts(kitchen.person))

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _slow_at_texts(self, person: Person) -> None:
        phones = self.world.carrier.phones
        async for _ in phones.stream(person.phone, len(phones.texts(person.phone))):
            if person.key == self._here:
                self.slow()

    # Time

    def fast(self) -> None:
        """Let time fly until somebody is spoken to."""
        self.world.clock.change_rate(FAST)
        self._start(self._enough())

    def slow(self) -> None:
        """Back to the time that people live in."""
        self.world.clock.change_rate(1.0)

    async def _enough(self) -> None:
        await self.world.clock.wait(LONGEST)
        self.slow()

    # What they do

    async def do(self, who: str, what: str, value: str) -> None:
        """One deed of `who`. Raises NotNow with a reason, KeyError for somebody or something that does not exist."""
        if what == "take_over":
            self.taken.set()
        elif not self.opened:
            raise NotNow("The story is still being told.")
        elif what in ("fast", "slow"):
            {"fast": self.fast, "slow": self.slow}[what]()
        else:
            deeds = {"text": self.text, "speak": self.speak, "ring": self.ring, "call": self.in_call}
            await (deeds | {"deed": self.deed})[what](self._kitchens[who], value.strip()[:LETTERS])

    async def text(self, kitchen: Kitchen, words: str) -> None:
        """They text the hub."""
        if not words:
            raise NotNow("There is nothing to send.")
        self.slow()
        self.world.tell("in", kitchen.person.name, words)
        await self.world.carrier.text_from(kitchen.person.phone, words)

    async def speak(self, kitchen: Kitchen, words: str) -> None:
        """They speak to the speaker in their kitchen."""
        if not words:
            raise NotNow("Nothing was said.")
        self.slow()
        kitchen.said.append(("you", words))
        self.world.tell("says", kitchen.person.name, words)
        try:
            answer = await self._asked(kitchen, words)
        except (BadAnswer, httpx.HTTPError) as trouble:
            kitchen.said.append(("note", f"The speaker has no answer: {trouble}"))
            return
        if answer:
            kitchen.said.append(("hub", answer))
            self.world.tell("speaker", "", answer)

    async def _asked(self, kitchen: Kitchen, words: str) -> str:
        if kitchen.echo is None:
            kitchen.said.append(
                ("note", "Alexa has no skills in this language: text, ring, or open the page.")
            )
            return ""
        heard = kitchen.ears.hear(words)
        if heard.name == LAUNCH:
            return await kitchen.echo.open()
        if not kitchen.echo.listening:
            kitchen.said.append(
                ("note", "The speaker listens once the skill is open: “Alexa, open Nordwarm.”")
            )
            return ""
        return await kitchen.echo.intent(heard.name, **heard.slots)

    async def ring(self, kitchen: Kitchen, _: str) -> None:
        """They ring the hub."""
        if kitchen.holds is not None:
            raise NotNow("The line is open already.")
        self.slow()
        company = self.world.company
        kitchen.holds = Live()
        kitchen.call = company.dials(kitchen.person.phone, self.world.voice_url)
        self._start(self._until_over(kitchen, kitchen.call, kitchen.holds))

    async def _until_over(self, kitchen: Kitchen, call: Call, holds: Live) -> None:
        with contextlib.suppress(httpx.HTTPError):
            await self.world.company.talk(call, holds)
        kitchen.holds = None

    async def in_call(self, kitchen: Kitchen, act: str) -> None:
        """They press a key, say or mumble something, stay silent (empty), or hang up."""
        if kitchen.holds is None:
            raise NotNow("There is no call.")
        self.slow()
        kitchen.holds.do(act)

    async def deed(self, kitchen: Kitchen, value: str) -> None:
        """Something happens to one of their devices: `device name`."""
        device, _, name = value.partition(" ")
        mine = {
            each.id for each in self.world.scenario.things if each.home == self._homes[kitchen.person.key]
        }
        if device not in mine:
            raise KeyError(device)
        self.world.fleet[device].happen(name)
        self.fast()

    # What they see

    def state(self, who: str) -> dict[str, Any]:
        """Everything that the page shows to `who`. Raises KeyError."""
        kitchen, world = self._kitchens[who], self.world
        self._here = who
        phone, now = kitchen.person.phone, world.clock.now()
        texts = [each for each in world.carrier.messages if phone in (each.sender, each.to)]
        return {
            "open": self.opened,
            "fast": world.clock.rate > 1,
            "time": local(now, kitchen.person.zone),
            "who": who,
            "people": [
                {"key": each.person.key, "name": each.person.name, "language": each.person.language}
                for each in self._kitchens.values()
            ],
            "texts": [
                {
                    "mine": each.sender == phone,
                    "text": each.body,
                    "at": local(each.created, kitchen.person.zone),
                }
                for each in texts[-LINES:]
                if each.sender == phone or each.status.value in ("delivered", "sent")
            ],
            "speaker": {
                "lines": _lines(kitchen.said),
                "listening": kitchen.echo is not None and kitchen.echo.listening,
            },
            "call": self._call(kitchen),
            "devices": [
                thing(world.fleet[each.id], each.name)
                for each in world.scenario.things
                if each.home == self._homes[who] and world.begun
            ],
            "story": [
                {"at": local(line.at), "kind": line.kind, "who": line.who, "text": line.text}
                for line in world.story[-LINES:]
            ],
        }

    def _call(self, kitchen: Kitchen) -> dict[str, Any]:
        call = kitchen.call
        lines = [("you" if who == "caller" else "hub", words) for who, words in call.spoken] if call else []
        return {
            "open": kitchen.holds is not None,
            "lines": _lines(lines),
            "dialled": call.dialled if call else "",
        }


def _lines(said: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"by": who, "text": words} for who, words in said[-LINES:]]
