"""A push service for browsers, and the browser at its end: speaks RFC 8030, checks VAPID (RFC 8292), decrypts (RFC 8291).

It refuses what a real service refuses: a token that is not for it, is signed by somebody else or lives too long, a body
that is not encrypted for the browser, a missing TTL. What it takes is kept as the browser would read it. A later message
with the same Topic replaces the earlier one that has not been fetched.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, field
from typing import Any, Self

import http_ece
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.clock import WallClock
from simulators.push_moods import Moods
from simulators.served import Served

DAY = 86_400
MOST = 4_096  # bytes of a body that a push service has to take
URGENCIES = {"very-low", "low", "normal", "high"}


def unpadded(raw: bytes) -> str:
    """base64url without padding, as everything around Web Push is written."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def raw_of(text: str) -> bytes:
    """What `unpadded` was made of."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(slots=True)
class Browser:
    """One browser that has subscribed: `server_key` is the VAPID key that it was told (base64url)."""

    name: str
    server_key: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = b"sixteen letters!"
    waiting: dict[str, dict[str, Any]] = field(default_factory=dict)
    gone: bool = False

    def subscription(self, base: str) -> dict[str, Any]:
        """What PushSubscription.toJSON() answers."""
        public = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": unpadded(public), "auth": unpadded(self.auth)}
        return {"endpoint": f"{base}/send/{self.name}", "expirationTime": None, "keys": keys}

    def read(self, body: bytes) -> dict[str, Any]:
        """Decrypt what was sent. Raises http_ece.ECEException when it is not for this browser."""
        plain = http_ece.decrypt(body, private_key=self.key, auth_secret=self.auth, version="aes128gcm")
        told: dict[str, Any] = json.loads(plain)
        return told


@dataclass(frozen=True, slots=True)
class Pushed:
    """A message that was taken: for whom, its headers (lower case) and what the browser reads."""

    browser: str
    headers: dict[str, str]
    claims: dict[str, Any]
    read: dict[str, Any]


class PushService:
    """The service on a free loopback port: `async with PushService(clock) as service`."""

    def __init__(self, clock: WallClock) -> None:
        self.browsers: dict[str, Browser] = {}
        self.taken: list[Pushed] = []
        self.refused: list[str] = []
        self.moods = Moods()
        self._clock = clock
        app = Starlette(routes=[Route("/send/{name}", self._send, methods=["POST"])])
        self._served = Served(app)

    @property
    def url(self) -> str:
        """Its origin."""
        return self._served.url

    def subscribe(self, name: str, server_key: str) -> dict[str, Any]:
        """A browser subscribes with the hub's VAPID key; answers its subscription."""
        self.browsers[name] = Browser(name, server_key)
        return self.browsers[name].subscription(self.url)

    async def _send(self, request: Request) -> Response:
        body = await request.body()
        mood = await self.moods.next(request)
        if mood is not None:
            return mood
        browser = self.browsers.get(request.path_params["name"])
        if browser is None or browser.gone:
            return Response("no such subscription", 410)
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            claims = self._vapid(headers.get("authorization", ""), browser)
            self._shape(headers, body)
            read = browser.read(body)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, it is refused and told to the test
            self.refused.append(f"{type(error).__name__}: {error}")
            return Response("refused", 403 if "vapid" in str(error) else 400)
        self.taken.append(Pushed(browser.name, headers, claims, read))
        browser.waiting[headers.get("topic", str(len(self.taken)))] = read
        return Response(status_code=201, headers={"Location": f"{self.url}/message/{len(self.taken)}"})

    def _vapid(self, header: str, browser: Browser) -> dict[str, Any]:
        found = re.fullmatch(r"vapid t=([^,\s]+),\s*k=([\w-]+)", header)
        assert found, "vapid: no token"
        assert found[2] == browser.server_key, "vapid: not the key that the browser was told"
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw_of(found[2]))
        checks = {"verify_exp": False, "verify_aud": False}
        claims: dict[str, Any] = jwt.decode(found[1], key, algorithms=["ES256"], options=checks)  # type: ignore[arg-type]  # its type for options names more than it needs
        now = self._clock.now() // 1_000_000
        assert claims["aud"] == self.url, "vapid: for another service"
        assert now < claims["exp"] <= now + DAY, "vapid: lives too long or not any more"
        assert str(claims["sub"]).startswith(("mailto:", "https://")), "vapid: nobody to write to"
        return claims

    @staticmethod
    def _shape(headers: dict[str, str], body: bytes) -> None:
        assert headers.get("content-encoding") == "aes128gcm", "not encrypted"
        assert headers.get("ttl", "").isdigit(), "no TTL"
        assert headers.get("urgency", "normal") in URGENCIES, "no such urgency"
        assert re.fullmatch(r"[\w-]{0,32}", headers.get("topic", "")), "no topic"
        assert len(body) <= MOST, "too large"

    async def __aenter__(self) -> Self:
        await self._served.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._served.stop()
