"""The channel `push`: notifications by whatever a person's phone or browser listens to.

An address is `scheme:value`; each scheme is a route in a file of its own, and knows nothing of the others. It sends one
envelope and translates what came back; it never retries, and repeats no address, words or secret in an outcome or a log line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from hub.domain.customer import Channel
from hub.ports import Accepted, Envelope, InDoubt, Outcome, Undeliverable
from notifiers.push.card import Card, card_of


class Route(Protocol):
    """One kind of push service. `to` is an address without its scheme."""

    async def send(self, to: str, card: Card) -> Outcome: ...
    async def close(self) -> None: ...


class Push:
    """The routes that are set up, by scheme. `full` shows the words on the lock screen too.

    In doubt, it sends again: every route carries a key of the message with which the phone, the push service or the
    maker's server replaces the first by the second, and no push service can be asked whether it has a message.
    """

    channel = Channel.PUSH
    in_doubt = "resend"

    def __init__(self, routes: Mapping[str, Route], full: bool = False) -> None:
        self._routes, self._full = dict(routes), full

    async def send(self, envelope: Envelope) -> Outcome:
        """Push it by the route that the address names. A route that is not set up leaves the address as it is."""
        scheme, _, to = envelope.to.partition(":")
        route = self._routes.get(scheme)
        if route is None or not to:
            return Undeliverable("no_such_route")
        return await route.send(to, card_of(envelope, self._full))

    async def find(self, envelope: Envelope) -> Accepted | InDoubt | None:
        """No push service tells what it was given."""
        return InDoubt("cannot_be_asked")

    async def close(self) -> None:
        """Give the connections back."""
        for route in self._routes.values():
            await route.close()
