"""Apple's push service: HTTP/2 and nothing else, spoken with h2; checks the provider token, the headers and the payload.

Cleartext with prior knowledge, since loopback needs no certificate. Answers and reasons are those of Apple's documentation.
"""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, field
from typing import Any, Self

import h2.config
import h2.connection
import h2.events
import h2.exceptions
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hub.clock import WallClock
from simulators.push_moods import Moods
from simulators.served import HOST

HOUR = 3_600
SOONEST = 20 * 60  # seconds between two provider tokens
UUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")


class Refused(Exception):
    """Apple says no: `status` and `reason`."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


@dataclass(slots=True)
class Asked:
    """One request: its headers (pseudo ones too) and its body."""

    headers: dict[str, str]
    body: bytearray = field(default_factory=bytearray)


class Apple:
    """`async with Apple(clock) as apple`: `phones` are device tokens, `gone` those whose app was removed."""

    def __init__(self, clock: WallClock, topic: str = "com.example.nordwarm") -> None:
        self._clock, self.topic = clock, topic
        self.key_id, self.team = "ABC1234DEF", "TEAM123456"
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.phones = {"ad" * 32}
        self.gone: set[str] = set()
        self.taken: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.tokens: list[str] = []
        self.connections = 0
        self.moods = Moods()
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}
        self.url = ""

    def p8(self) -> str:
        """The key file that Apple hands out."""
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, HOST, 0)
        self.url = f"http://{HOST}:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        going = [task for task in self._open.values() if task is not None]
        for writer in self._open:
            writer.transport.abort()
        await asyncio.gather(*going)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open[writer] = asyncio.current_task()
        line = h2.connection.H2Connection(
            h2.config.H2Configuration(client_side=False, header_encoding="utf-8")
        )
        line.initiate_connection()
        writer.write(line.data_to_send())
        streams: dict[int, Asked] = {}
        try:
            while data := await reader.read(65_536):
                for event in line.receive_data(data):
                    self._heard(line, event, streams, writer)
                writer.write(line.data_to_send())
        except (OSError, h2.exceptions.ProtocolError):
            pass  # it speaks something else, or has gone
        finally:
            del self._open[writer]
            writer.close()

    def _heard(
        self,
        line: h2.connection.H2Connection,
        event: h2.events.Event,
        streams: dict[int, Asked],
        writer: asyncio.StreamWriter,
    ) -> None:
        if isinstance(event, h2.events.RequestReceived):
            headers = {str(name): str(value) for name, value in event.headers or ()}
            streams[event.stream_id or 0] = Asked(headers)
        elif isinstance(event, h2.events.DataReceived):
            streams[event.stream_id or 0].body += event.data or b""
            line.acknowledge_received_data(event.flow_controlled_length or 0, event.stream_id or 0)
        elif isinstance(event, h2.events.StreamEnded):
            number = event.stream_id or 0
            self._answer(line, number, streams.pop(number), writer)

    def _answer(
        self, line: h2.connection.H2Connection, number: int, asked: Asked, writer: asyncio.StreamWriter
    ) -> None:
        mood = self.moods.take()
        if mood is not None and mood.kind == "hang_up":
            writer.transport.abort()
            return
        if mood is not None and mood.kind == "silence":
            return
        status, reason, more = 200, "", {}
        if mood is not None:
            status, reason, more = mood.status, mood.body, mood.headers
        else:
            try:
                self._take(asked)
            except Refused as refused:
                status, reason = refused.status, refused.reason
        told = json.dumps({"reason": reason}).encode() if reason else b""
        headers = [(":status", str(status)), ("apns-id", asked.headers.get("apns-id", "")), *more.items()]
        line.send_headers(number, headers, end_stream=not told)
        if told:
            line.send_data(number, told, end_stream=True)

    def _take(self, asked: Asked) -> None:
        headers = asked.headers
        self._provider(headers.get("authorization", ""))
        phone = headers[":path"].removeprefix("/3/device/")
        _require(headers[":method"] == "POST", 405, "MethodNotAllowed")
        _require(headers[":path"] != phone, 404, "BadPath")
        _require(headers.get("apns-topic") == self.topic, 400, "TopicDisallowed")
        _require(headers.get("apns-push-type") == "alert", 400, "InvalidPushType")
        _require(headers.get("apns-priority") in ("10", "5", "1"), 400, "BadPriority")
        _require(headers.get("apns-expiration", "").isdigit(), 400, "BadExpirationDate")
        _require(0 < len(headers.get("apns-collapse-id", "")) <= 64, 400, "BadCollapseId")
        _require(bool(UUID.fullmatch(headers.get("apns-id", ""))), 400, "BadMessageId")
        _require(len(asked.body) <= 4_096, 413, "PayloadTooLarge")
        _require(phone not in self.gone, 410, "Unregistered")
        _require(phone in self.phones, 400, "BadDeviceToken")
        told = json.loads(bytes(asked.body))
        _require(bool(told.get("aps")), 400, "PayloadEmpty")
        self.taken.append((phone, headers, told))

    def _provider(self, header: str) -> None:
        _require(header.startswith("bearer "), 403, "MissingProviderToken")
        token = header.removeprefix("bearer ")
        try:
            assert jwt.get_unverified_header(token)["kid"] == self.key_id
            checks = {"verify_iat": False}
            claims = jwt.decode(
                token,
                self._key.public_key(),
                algorithms=["ES256"],
                issuer=self.team,
                options=checks,  # type: ignore[arg-type]  # its type for options names more than it needs
            )
        except (jwt.InvalidTokenError, AssertionError, KeyError):
            raise Refused(403, "InvalidProviderToken") from None
        now = self._clock.now() // 1_000_000
        _require(now - HOUR <= claims["iat"] <= now + 60, 403, "ExpiredProviderToken")
        if not self.tokens or self.tokens[-1] != token:
            last = (
                jwt.decode(self.tokens[-1], options={"verify_signature": False})
                if self.tokens
                else {"iat": 0}
            )
            _require(claims["iat"] - last["iat"] >= SOONEST, 429, "TooManyProviderTokenUpdates")
            self.tokens.append(token)


def _require(good: bool, status: int, reason: str) -> None:
    if not good:
        raise Refused(status, reason)
