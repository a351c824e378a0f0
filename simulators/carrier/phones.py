"""What the people's phones have received, in order, and waiting for the next text without looking twice."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import AsyncIterator

from simulators.carrier.message import Message


class Phones:
    """Every phone that the carrier reaches, by number."""

    def __init__(self) -> None:
        self._texts: dict[str, list[Message]] = defaultdict(list)
        self._heard: dict[str, int] = defaultdict(int)
        self._rang = asyncio.Condition()

    async def ring(self, message: Message) -> None:
        """A text arrives on its recipient's phone."""
        async with self._rang:
            self._texts[message.to].append(message)
            self._rang.notify_all()

    def texts(self, phone: str) -> list[str]:
        """The bodies of everything that arrived on `phone`, oldest first."""
        return [message.body for message in self._texts[phone]]

    async def heard(self, phone: str, pattern: str = "", within: float = 20.0) -> Message:
        """The next text on `phone` that `pattern` (a regular expression) finds, and that nobody heard before.

        Texts that don't match are passed over for good. Raises TimeoutError after `within` wall seconds, with
        the texts that did arrive.
        """
        try:
            async with asyncio.timeout(within):
                async for message in self.stream(phone, self._heard[phone]):
                    self._heard[phone] += 1
                    if re.search(pattern, message.body, re.IGNORECASE):
                        return message
        except TimeoutError:
            raise TimeoutError(
                f"no text like {pattern!r} arrived within {within} s; there were {self.texts(phone)}"
            ) from None
        raise AssertionError("a stream of texts has no end")

    async def stream(self, phone: str, skip: int = 0) -> AsyncIterator[Message]:
        """Every text on `phone` after the first `skip`, for ever, as they arrive."""
        while True:
            async with self._rang:
                await self._rang.wait_for(lambda: len(self._texts[phone]) > skip)  # noqa: B023 - asked at once
            yield self._texts[phone][skip]
            skip += 1
