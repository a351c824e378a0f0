"""While we are still looking: "one moment" on the speaker, once, when an answer takes longer than a second or a device is
about to tell whether it has done what it was asked. It never changes an answer, and a failure of it is no failure.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import structlog

from hub.web.door import AlexaKeys
from hub.web.hooks.alexa_events import table

PATH = "/v1/directives"
MOST_KEPT = 1000  # requests whose "one moment" is remembered

log = structlog.get_logger(__name__)

Say = Callable[[], Awaitable[None]]


class Meanwhile:
    """Says "one moment" when the block takes longer than `soon` real seconds, or at once after `hurry`; at most once."""

    def __init__(self, say: Say | None, soon: float) -> None:
        self._say, self._soon, self._wanted = say, soon, asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def hurry(self) -> None:
        """It will take a while: say so now."""
        self._wanted.set()

    async def __aenter__(self) -> Self:
        if self._say is not None:
            self._task = asyncio.create_task(self._later(self._say))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _later(self, say: Say) -> None:
        try:
            async with asyncio.timeout(self._soon):
                await self._wanted.wait()
        except TimeoutError:
            pass
        try:
            await say()
        except Exception as error:  # noqa: BLE001 - whatever it is: the answer itself matters, this does not
            log.warning("alexa_moment_failed", error=type(error).__name__)


class Pauses:
    """What is needed to say something meanwhile, and which requests have been told already."""

    def __init__(self, keys: AlexaKeys) -> None:
        self._keys = keys
        self._told: deque[str] = deque(maxlen=MOST_KEPT)

    def saying(self, body: Mapping[str, Any], words: Callable[[], str]) -> Say | None:
        """How to say `words` while this request is answered; None where Amazon did not say how, or it was told before."""
        system, speak = table(body, "context", "System"), self._keys.speak
        where, token = (
            address(str(system.get("apiEndpoint") or ""), self._keys.api),
            system.get("apiAccessToken"),
        )
        name = table(body, "request").get("requestId")
        if (
            speak is None
            or not where
            or not isinstance(token, str)
            or not isinstance(name, str)
            or name in self._told
        ):
            return None

        async def say() -> None:
            self._told.append(name)
            await speak(where, token, directive(name, words()))

        return say


def address(endpoint: str, ours: str = "") -> str:
    """Where directives go; empty when `endpoint` is neither Amazon's own nor `ours`."""
    if ours and endpoint == ours:
        return f"{endpoint.rstrip('/')}{PATH}"
    try:
        parts = urlsplit(endpoint)
        theirs = parts.scheme == "https" and str(parts.hostname).endswith(".amazonalexa.com")
        return f"https://{parts.hostname}{PATH}" if theirs and parts.port in (None, 443) else ""
    except ValueError:
        return ""


def directive(request: str, words: str) -> dict[str, Any]:
    """The body that makes the speaker say `words` now."""
    return {
        "header": {"requestId": request},
        "directive": {"type": "VoicePlayer.Speak", "speech": words},
    }
