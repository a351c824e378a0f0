"""Ada's telephone at the end of a line: it rings, she does something, and the call is over when everything is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from hub.clock import fast_clock
from hub.domain.customer import Channel
from hub.domain.ids import CaseId
from notifiers.phone.channel import Phone
from notifiers.twilio_wire import Account
from simulators.phone import Person, PhoneCompany
from simulators.phone_line import Call
from tests.flow.home import START
from tests.web.hooks.line import Line, line

NUMBER = "+4915112345601"


class Ringing:
    """Ada's telephone, and the company that rings it."""

    def __init__(self, house: Line, company: PhoneCompany) -> None:
        self.house, self.home, self.company = house, house.home, company

    @property
    def voice(self) -> str:
        """Where the company asks what to say to somebody who rings."""
        return f"{self.house.url}/hooks/twilio/voice"

    async def rings(self, person: Person) -> tuple[CaseId, Call]:
        """The heat pump fails, and Ada's telephone rings until the call is over."""
        self.company.people[NUMBER] = person
        case = await self.home.fails("hp-1", "icing-up")
        call = await self.company.over(self.company.calls[-1])
        await self.well(call)
        return case, call

    async def rings_us(self, *does: str, number: str = NUMBER) -> Call:
        """Somebody rings the hub."""
        call = await self.company.ring_hub(number, self.voice, does)
        await self.well(call)
        return call

    async def well(self, call: Call) -> None:
        """What followed from the call has happened, and Twilio would not have complained."""
        await self.home.drain()
        assert call.wrong == []
        assert {posted.status for posted in self.company.hooks.posted} <= {200, 204}


@asynccontextmanager
async def ringing(folder: Path, language: str = "en") -> AsyncIterator[Ringing]:
    """A telephone in a house whose hub may ring it."""
    async with PhoneCompany(fast_clock(START, 10_000)) as company:
        own = company.account

        def make(hub: str) -> Phone:
            return Phone(Account(own.sid, own.token, own.number, hub, company.url))

        async with line(folder, Channel.PHONE, NUMBER, make, language) as house:
            yield Ringing(house, company)
