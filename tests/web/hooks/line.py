"""Ada's home, reached on another channel than a text: her case, a real relay, and the hub's own front door on a socket."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from device_rules.fault import Severity
from device_rules.reading import HOUR
from hub.bootstrap.front import application
from hub.domain.case import Step
from hub.domain.customer import Address, Basis, BasisKind, Channel, Purpose
from hub.domain.ids import AddressId, MessageId, Moment
from hub.log.sqlite import SqliteLog
from hub.loops import relay
from hub.loops.post import PostOffice
from hub.ports import Notifier
from hub.testing import FakeClock, MemoryStore, Postbox
from hub.web.door import Caller, Door, TwilioKeys
from simulators.served import Served
from tests.domain.talking import library
from tests.flow.home import ADA, Home
from tests.web.hooks.kitchen import HomeTime
from voice_skills.phone import PhoneVoice

COMMON = {"brand": "Nordwarm", "phone": "+49 30 5550100", "name": ""}
SECRET = "a long walk by the sea"
PERSON = "+493055501000"


class LineHome(Home):
    """A home whose messages leave by a real relay; `drain` runs arrows and relay until nothing moves."""

    post: PostOffice

    async def posts(self) -> None:
        """What is due leaves."""
        await relay.drain(self.post)

    async def message(self, name: str) -> str:
        """The status of a message."""
        async with self.store.reading() as tx:
            found = await tx.messages.get(MessageId(name))
        assert found is not None
        return str(found.status)

    async def statuses(self, channel: Channel) -> list[str]:
        """The status of everything that was sent to Ada on `channel`."""
        async with self.store.reading() as tx:
            cases = await tx.cases.of_customer(ADA, self.now, open_only=False)
            every = [each for case in cases for each in await tx.messages.of_case(case.id)]
        return [str(each.status) for each in every if each.channel is channel and each.kind != "turn"]


class Line:
    """The home, its door and where the door is."""

    def __init__(self, home: LineHome, door: Door, served: Served) -> None:
        self.home, self.door, self.served = home, door, served

    @property
    def url(self) -> str:
        return self.served.url


@asynccontextmanager
async def line(
    folder: Path, channel: Channel, value: str, make: Callable[[str], Notifier], language: str = "en"
) -> AsyncIterator[Line]:
    """Ada is reached on `channel` at `value`; `make` builds the channel, told where the hub's door is."""
    store, clock = MemoryStore(), FakeClock()
    log = SqliteLog(folder / "log", clock)
    home = LineHome(store, log, language)
    ladders = {**home.ctx.policy.ladders, Severity.MAJOR: (Step(channel, HOUR), Step(Channel.AGENT, 0))}
    channels = frozenset({channel, Channel.SMS, Channel.PAPER})
    home.ctx = replace(home.ctx, policy=replace(home.ctx.policy, ladders=ladders, channels=channels))
    served: Served | None = None

    async def app(scope: object, receive: object, send: object) -> None:
        await inner(scope, receive, send)

    served = await Served(app).start()
    voice = PhoneVoice(library().words, COMMON)
    door = Door(
        store,
        HomeTime(home),
        home.ctx,
        served.url,
        SECRET,
        twilio=TwilioKeys("simulated-auth-token"),
        caller=Caller(voice, PERSON),
    )
    inner = application(door)
    notifier = make(served.url)
    home.post = PostOffice(store, HomeTime(home), home.ctx, {channel: notifier}, Postbox())
    await home.move_in("hp-1")
    async with store.transaction() as tx:
        await tx.people.put_address(Address(AddressId("ada-line"), ADA, channel, value))
        basis = Basis(ADA, Purpose.SERVICE, channel, BasisKind.CONTRACT, Moment(0), "DE", "tests")
        await tx.people.add_basis(basis)
    try:
        yield Line(home, door, served)
    finally:
        await notifier.close()
        await served.stop()
        await log.close()
        await store.close()
