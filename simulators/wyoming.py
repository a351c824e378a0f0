"""Home Assistant's side of a Wyoming `handle` service: what was said to a satellite goes out, what is to be said comes back.

One connection per turn, as Home Assistant's core does it, by the protocol's own library. `Lost` is what it makes of a
connection that ends without an answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from wyoming.asr import Transcript
from wyoming.client import AsyncTcpClient
from wyoming.error import Error
from wyoming.handle import Handled, NotHandled
from wyoming.info import Describe, Info


class Lost(Exception):
    """No answer came: Home Assistant says "connection lost", or what the socket said."""


@dataclass(frozen=True, slots=True)
class Assist:
    """A pipeline whose conversation agent is the service at `host` and `port`."""

    host: str
    port: int
    wait: float = 10.0

    async def info(self) -> Info:
        """Who answers there. Raises Lost."""
        async with self._client() as client:
            await client.write_event(Describe().event())
            event = await client.read_event()
            if event is None or not Info.is_type(event.type):
                raise Lost
            return Info.from_event(event)

    async def says(
        self, text: str, satellite: str = "", language: str = "en", talk: str = "01J"
    ) -> Handled | NotHandled:
        """Somebody says `text` to a satellite; what it answers. Raises Lost."""
        context = {"conversation_id": talk, "device_id": None, "satellite_id": satellite or None}
        try:
            async with self._client() as client:
                await client.write_event(Transcript(text, context=context, language=language).event())
                while (event := await client.read_event()) is not None:
                    if Handled.is_type(event.type):
                        return Handled.from_event(event)
                    if NotHandled.is_type(event.type):
                        return NotHandled.from_event(event)
                    if Error.is_type(event.type):
                        return NotHandled(Error.from_event(event).text)
        except (OSError, TimeoutError) as error:
            raise Lost from error
        raise Lost

    def _client(self) -> AsyncTcpClient:
        return AsyncTcpClient(self.host, self.port, connect_timeout=self.wait, read_timeout=self.wait)
