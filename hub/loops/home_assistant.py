"""The line to one Home Assistant: a WebSocket that is kept open, and services called over it, one answer each.

It reconnects with growing pauses, and never says a token, a question or an answer to a log. What is under way when the line
breaks is `Gone`. It knows nothing of conversations.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import structlog

ANNOUNCE, START_CONVERSATION = 1, 2
"""Features of a satellite. Source: `AssistSatelliteEntityFeature` of Home Assistant's core."""
LARGEST = 16 * 1024 * 1024  # bytes of one message: the states of a large home
FIRST_REST, LONGEST_REST = 1.0, 60.0  # real seconds between two tries to connect
HELLO = 10.0  # real seconds until somebody who speaks Home Assistant's protocol has said so
FRESH = 60.0  # real seconds for which the features of satellites are taken as known
BEAT = 30.0  # real seconds between two signs of life

log = structlog.get_logger(__name__)


class Gone(Exception):
    """The line broke, or was not there."""


class Refused(Exception):
    """Home Assistant would not: `code` and `why` in its own words, which are never logged."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(code)
        self.code, self.why = code, why


@dataclass(frozen=True, slots=True)
class Access:
    """One Home Assistant: the name of the home, its address (http or https), and a long-lived token."""

    home: str
    url: str
    token: str = field(repr=False)

    @property
    def socket(self) -> str:
        """Where its WebSocket is."""
        return self.url.rstrip("/").replace("http", "ws", 1) + "/api/websocket"


class Line:
    """See above. `rest` is the first pause after a failure."""

    def __init__(self, access: Access, rest: float = FIRST_REST) -> None:
        self.access, self._rest = access, rest
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._waiting: dict[int, asyncio.Future[Mapping[str, Any]]] = {}
        self._number = 0
        self._features: dict[str, int] = {}
        self._known_at = 0.0
        self._down_since = asyncio.get_running_loop().time()
        self.up = asyncio.Event()

    def down_for(self) -> float:
        """For how many real seconds there has been no line; 0 while there is one."""
        return 0.0 if self.up.is_set() else asyncio.get_running_loop().time() - self._down_since

    async def run(self) -> None:
        """Keep the line until cancelled."""
        rest = self._rest
        async with aiohttp.ClientSession() as http:
            while True:
                was_up = False
                try:
                    was_up = await self._once(http)
                except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
                    log.warning(
                        "home_assistant_unreachable", home=self.access.home, error=type(error).__name__
                    )
                except Refused as error:
                    remedy = "Make a new long-lived token there and set it."
                    log.error("home_assistant_refused", home=self.access.home, code=error.code, remedy=remedy)
                    rest = LONGEST_REST
                rest = self._rest if was_up else rest
                await asyncio.sleep(rest)
                rest = min(LONGEST_REST, rest * 2)

    async def _once(self, http: aiohttp.ClientSession) -> bool:
        """One connection, from hello to the end; True when it was one that worked. Raises Refused for a bad token."""
        async with http.ws_connect(self.access.socket, max_msg_size=LARGEST, heartbeat=BEAT) as socket:
            async with asyncio.timeout(HELLO):
                await self._log_in(socket)
            self._socket, self._known_at = socket, 0.0
            self.up.set()
            log.info("home_assistant_connected", home=self.access.home)
            try:
                async for message in socket:
                    if message.type is aiohttp.WSMsgType.TEXT:
                        self._answered(message.data)
            finally:
                self._lost()
        log.warning("home_assistant_gone", home=self.access.home)
        return True

    async def _log_in(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        hello = await socket.receive_json()
        if not isinstance(hello, dict) or hello.get("type") != "auth_required":
            raise ValueError("this is not Home Assistant")
        await socket.send_json({"type": "auth", "access_token": self.access.token})
        answer = await socket.receive_json()
        if not isinstance(answer, dict) or answer.get("type") != "auth_ok":
            raise Refused("auth_invalid", "")

    def _answered(self, text: str) -> None:
        try:
            said = json.loads(text)
        except (ValueError, RecursionError):
            return
        for each in said if isinstance(said, list) else [said]:
            if isinstance(each, dict) and each.get("type") in ("result", "pong"):
                waits = self._waiting.pop(each.get("id", 0), None)
                if waits is not None and not waits.done():
                    waits.set_result(each)

    def _lost(self) -> None:
        self._socket = None
        self.up.clear()
        self._down_since = asyncio.get_running_loop().time()
        for waits in self._waiting.values():
            if not waits.done():
                waits.set_exception(Gone())
        self._waiting.clear()

    async def ask(self, message: Mapping[str, Any], within: float) -> Any:
        """Send one command and wait for its result. Raises Gone, Refused, TimeoutError."""
        socket = self._socket
        if socket is None:
            raise Gone
        self._number += 1
        number = self._number
        waits: asyncio.Future[Mapping[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[number] = waits
        try:
            async with asyncio.timeout(within):
                await socket.send_json({"id": number, **message})
                answer = await waits
        except (aiohttp.ClientError, ConnectionError) as error:
            raise Gone from error
        finally:
            self._waiting.pop(number, None)
        if answer.get("success") is False:
            error_ = answer.get("error")
            told = error_ if isinstance(error_, dict) else {}
            raise Refused(str(told.get("code") or ""), str(told.get("message") or ""))
        return answer.get("result")

    async def call(
        self, service: str, data: Mapping[str, Any], within: float, *, answers: bool = False
    ) -> Any:
        """Call a service of `assist_satellite`; with `answers`, what it answers. Raises as `ask` does."""
        message: dict[str, Any] = {"type": "call_service", "domain": "assist_satellite", "service": service}
        message |= {"service_data": dict(data)} | ({"return_response": True} if answers else {})
        result = await self.ask(message, within)
        return result.get("response") if answers and isinstance(result, dict) else None

    async def features(self, entity: str) -> int | None:
        """What a satellite can do; None when there is none of that name, or it is away. Raises as `ask` does."""
        now = asyncio.get_running_loop().time()
        if now - self._known_at > FRESH or entity not in self._features:
            states = await self.ask({"type": "get_states"}, HELLO)
            self._features = dict(_satellites(states))
            self._known_at = now
        return self._features.get(entity)


def _satellites(states: object) -> list[tuple[str, int]]:
    """The satellites among a home's states that can be spoken through."""
    found = []
    for each in states if isinstance(states, list) else []:
        name = each.get("entity_id") if isinstance(each, dict) else None
        if (
            isinstance(name, str)
            and name.startswith("assist_satellite.")
            and each.get("state") != "unavailable"
        ):
            features = (each.get("attributes") or {}).get("supported_features")
            found.append((name, features if isinstance(features, int) else 0))
    return found
