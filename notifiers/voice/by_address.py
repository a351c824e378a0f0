"""The channel `voice` where there are several kinds of speakers: what an address begins with says who speaks.

An address that begins with nothing known is an account at Amazon, as it was before there were others.
"""

from __future__ import annotations

from collections.abc import Mapping

from hub.domain.customer import Channel
from hub.ports import Accepted, Envelope, InDoubt, Notifier, Outcome, Undeliverable

AMAZON = "alexa:"


class ByAddress:
    """`ways` by what an address begins with, `otherwise` for all others (None: there is no other)."""

    channel = Channel.VOICE
    provider = "speakers"
    in_doubt = "resend"

    def __init__(self, ways: Mapping[str, Notifier], otherwise: Notifier | None = None) -> None:
        self._ways = {AMAZON: otherwise, **ways}
        self._otherwise = otherwise

    async def send(self, envelope: Envelope) -> Outcome:
        """Hand it to whoever speaks there."""
        way = self._way(envelope)
        return await way.send(envelope) if way is not None else Undeliverable("no_such_speaker")

    async def find(self, envelope: Envelope) -> Accepted | InDoubt | None:
        """Ask whoever speaks there."""
        way = self._way(envelope)
        return await way.find(envelope) if way is not None else None

    async def close(self) -> None:
        """Close them all."""
        for way in {id(each): each for each in (*self._ways.values(), self._otherwise) if each}.values():
            await way.close()

    def _way(self, envelope: Envelope) -> Notifier | None:
        found = [way for begins, way in self._ways.items() if envelope.to.startswith(begins)]
        return found[0] if found else self._otherwise
