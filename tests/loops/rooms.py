"""Ada's home with a Home Assistant in it: her kitchen has a satellite, the hub a line to it, and messages leave by the relay."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from device_rules.fault import ChangeKind, Severity
from device_rules.reading import MINUTE
from hub.domain.case import Step
from hub.domain.customer import Basis, BasisKind, Channel, Purpose
from hub.domain.effects import CommandDevice
from hub.domain.ids import CaseId, CustomerId, Moment
from hub.flow import satellites as flow
from hub.log.sqlite import SqliteLog
from hub.loops.home_assistant import Access, Line
from hub.loops.post import PostOffice
from hub.loops.relay import drain
from hub.loops.satellite_talk import Manners, Works
from hub.loops.satellites import Satellites
from hub.ports import Accepted, Envelope, InDoubt, Notifier, Outcome
from hub.testing import FakeClock, MemoryStore
from notifiers.paper.channel import Paper
from notifiers.voice.by_address import ByAddress
from simulators.home_assistant import Answer, HomeAssistant, Satellite, script
from tests.domain.talking import library
from tests.flow.home import ADA, START, Home
from voice_skills.home_assistant import HomeAssistantVoice

KITCHEN = "assist_satellite.kitchen"
PLACE = f"berg/{KITCHEN}"
COMMON = {"brand": "Nordwarm", "phone": "+49 30 5550100", "name": ""}
QUICK = Manners(patience=20.0, settle=0.0, soon=0.1, gone=0.2, speaking=20.0)
HASTY = Manners(patience=1.0, settle=0.0, soon=0.1, gone=0.2, speaking=20.0)
SPEAKER_FIRST = (Step(Channel.VOICE, 30 * MINUTE), Step(Channel.SMS, 240 * MINUTE), Step(Channel.AGENT, 0))


class HomeTime(FakeClock):
    """The time at home."""

    def __init__(self, home: Home) -> None:
        super().__init__(START)
        self.home = home

    def now(self) -> int:
        return self.home.now


@dataclass
class Texts:
    """Texts that leave by the relay and arrive in Ada's pocket."""

    home: Home
    channel: Channel = Channel.SMS
    in_doubt: str = "find"
    count: int = 0

    async def send(self, envelope: Envelope) -> Outcome:
        self.count += 1
        self.home.sent.append((ADA, envelope.text))
        return Accepted(f"SM{self.count}")

    async def find(self, envelope: Envelope) -> Accepted | InDoubt | None:
        return None

    async def close(self) -> None:
        return None


class Link:
    """A way to devices that takes every command."""

    def __init__(self) -> None:
        self.sent: list[CommandDevice] = []

    async def send(self, command: CommandDevice) -> bool:
        self.sent.append(command)
        return True


class Room(Home):
    """See above. `post` carries what leaves, `satellites` is what is tested, `assistant` its other side."""

    assistant: HomeAssistant
    link: Link
    satellites: Satellites
    post: PostOffice

    async def posts(self) -> None:
        await drain(self.post)

    async def belongs_to(self, who: CustomerId = ADA, place: str = PLACE, leave: bool = True) -> None:
        """The satellite is somebody's, and they have agreed to being spoken to there."""
        async with self.store.transaction() as tx:
            await flow.map_out(tx, {place: who}, self.now)
            if leave:
                line = Basis(who, Purpose.SERVICE, Channel.VOICE, BasisKind.CONSENT, Moment(0), "DE", "tests")
                await tx.people.add_basis(line)

    async def goes_wrong(
        self,
        *answers: Answer,
        device: str = "ro-1",
        rule: str = "line-unstable",
        severity: Severity = Severity.MAJOR,
    ) -> CaseId:
        """A device fails while somebody in the kitchen is ready to give these answers; when all has been said."""
        self.kitchen.people = script(*answers)
        await self.fault(device, rule, ChangeKind.RAISED, severity)
        await self.wakes(0)
        await self.quiet()
        [case] = [each for each in await self.cases() if each.device == device]
        return case.id

    async def quiet(self) -> None:
        """Everything that is being said has been said, and what follows from it was done."""
        await self.satellites.quiet()
        await self.drain()

    @property
    def kitchen(self) -> Satellite:
        return self.assistant.satellites[KITCHEN]

    def said(self) -> list[str]:
        """What the satellite has said, questions and news."""
        return [text for _, text in self.kitchen.said]


@asynccontextmanager
async def room(
    folder: Path, *devices: str, manners: Manners = QUICK, language: str = "en"
) -> AsyncIterator[Room]:
    """A room, while the block runs."""
    store = MemoryStore()
    log = SqliteLog(folder / "log", FakeClock(), 1)
    made = Room(store, log, language)
    policy = replace(
        made.ctx.policy,
        channels=frozenset({Channel.VOICE, Channel.SMS}),
        ladders=dict.fromkeys(Severity, SPEAKER_FIRST),
        hold_downs=dict.fromkeys(Severity, 0),
        bundle=0,
    )
    made.ctx = replace(made.ctx, policy=policy)
    clock, words = HomeTime(made), library().words
    voice = HomeAssistantVoice(words, words.patterns, COMMON)
    async with HomeAssistant(language=language) as assistant:
        assistant.add("kitchen")
        access = Access("berg", assistant.url, assistant.token)
        made.assistant, made.link = assistant, Link()
        made.satellites = Satellites(Works(store, clock, made.ctx, voice), [access], manners)
        made.satellites.lines["berg"] = Line(access, rest=0.02)
        channels: dict[Channel, Notifier] = {
            Channel.VOICE: ByAddress({"ha:": made.satellites}),
            Channel.SMS: Texts(made),
        }
        made.post = PostOffice(store, clock, made.ctx, channels, Paper(None, folder / "paper.txt"), made.link)
        running = asyncio.create_task(made.satellites.run())
        await asyncio.wait_for(made.satellites.lines["berg"].up.wait(), 5)
        await made.move_in(*(devices or ("hp-1", "ro-1")))
        await made.belongs_to()
        try:
            yield made
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            await made.satellites.close()
            await log.close()
            await store.close()
