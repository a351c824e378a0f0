"""A carrier that speaks Twilio's REST API: it takes texts, carries them, tells how it went, and brings replies."""

from __future__ import annotations

from typing import Literal, Self

from hub.clock import WallClock
from simulators.carrier.account import Account
from simulators.carrier.api import api
from simulators.carrier.exchange import Exchange
from simulators.served import Served


class Carrier(Exchange):
    """`async with Carrier(clock) as carrier:` serves the API at `carrier.url`, instead of https://api.twilio.com."""

    def __init__(
        self,
        clock: WallClock,
        account: Account | None = None,
        opt_out: Literal["provider", "hub"] = "provider",
        seed: int = 0,
        port: int = 0,
    ) -> None:
        super().__init__(clock, account, opt_out, seed)
        self._served = Served(api(self), port)

    @property
    def url(self) -> str:
        """The base address, without a slash at the end."""
        return self._served.url

    async def start(self) -> Self:
        """Answer requests. Raises OSError when the port is taken."""
        await self._served.start()
        return self

    async def stop(self) -> None:
        """Stop; texts under way are forgotten."""
        await self.quiet()
        await self._served.stop()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
