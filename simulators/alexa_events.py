"""Amazon's side of Proactive Events: tokens by Login with Amazon, and notices, checked as documented.

It keeps what it takes, says 409 to what it has, and 403 for people who want no notices. It lights no lamp.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.clock import SECOND, WallClock
from simulators.served import Served, hang_up

SCOPE = "alexa::proactive_events"
REFERENCE = re.compile(r"[0-9A-Za-z~]{1,100}")
PARTS = {"timestamp", "referenceId", "expiryTime", "event", "localizedAttributes", "relevantAudience"}
LIFE = 3600


@dataclass
class Events:
    """`async with Events(clock) as amazon:`; `amazon.api` and `amazon.login` are its two addresses.

    `subscribed` are the accounts that want notices. `next_answers` are answers (status) for the next notices, 0 breaks
    off after taking one. `moments` are the words that were said while an answer was awaited, with their request.
    """

    clock: WallClock
    client: tuple[str, str] = ("amzn1.application-oa2-client.simulated", "simulated-client-secret")
    brand: str = "Nordwarm"
    subscribed: set[str] = field(default_factory=set)
    next_answers: list[int] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    stages: list[str] = field(default_factory=list)
    tokens: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    moments: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        routes = [
            Route("/auth/o2/token", self._token, methods=["POST"]),
            Route("/v1/proactiveEvents", self._live, methods=["POST"]),
            Route("/v1/proactiveEvents/stages/development", self._development, methods=["POST"]),
            Route("/v1/directives", self._directive, methods=["POST"]),
        ]
        self._served = Served(Starlette(routes=routes))

    @property
    def api(self) -> str:
        """Where notices go, in place of https://api.amazonalexa.com."""
        return self._served.url

    @property
    def login(self) -> str:
        """Where tokens are, in place of https://api.amazon.com/auth/o2/token."""
        return f"{self._served.url}/auth/o2/token"

    def forget_tokens(self) -> None:
        """Every token is refused from now on."""
        self.tokens.clear()

    async def __aenter__(self) -> Self:
        await self._served.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._served.stop()

    async def _token(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        if (form.get("client_id"), form.get("client_secret")) != self.client:
            return JSONResponse({"error": "invalid_client"}, 401)
        if form.get("grant_type") != "client_credentials" or form.get("scope") != SCOPE:
            return JSONResponse({"error": "invalid_scope"}, 400)
        token = f"Atc|simulated-{len(self.tokens)}-{self.clock.now()}"
        self.tokens[token] = self.clock.now() + LIFE * SECOND
        said = {"access_token": token, "scope": SCOPE, "token_type": "bearer", "expires_in": LIFE}
        return JSONResponse(said)

    async def _live(self, request: Request) -> Response:
        return await self._take(request, "live")

    async def _development(self, request: Request) -> Response:
        return await self._take(request, "development")

    async def _directive(self, request: Request) -> Response:
        """Something to say before the answer comes: five times a request at most."""
        body: dict[str, Any] = await request.json()
        name = str(body.get("header", {}).get("requestId") or "")
        told = body.get("directive", {})
        many = len([each for each, _ in self.moments if each == name]) >= 5
        speech = told.get("speech")
        shaped = set(told) == {"type", "speech"} and told["type"] == "VoicePlayer.Speak" and bool(speech)
        if (
            not request.headers.get("authorization", "").startswith("Bearer ")
            or not name
            or many
            or not shaped
        ):
            self.wrong.append("directive")
            return JSONResponse({"message": "as documented"}, 400)
        self.moments.append((name, str(speech)))
        return Response(status_code=204)

    async def _take(self, request: Request, stage: str) -> Response:
        body: dict[str, Any] = await request.json()
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self.tokens.get(token, 0) <= self.clock.now():
            return JSONResponse({"message": "Invalid token"}, 403)
        found = self._problem(body)
        if found:
            self.wrong.append(found)
            return JSONResponse({"message": found}, 400)
        answer = self.next_answers.pop(0) if self.next_answers else 202
        if answer not in (0, 202):
            return JSONResponse({"message": "as told"}, answer)
        user = body["relevantAudience"]["payload"]["user"]
        if user not in self.subscribed:
            return JSONResponse({"message": "not subscribed"}, 403)
        if any(_same(body, each) for each in self.taken):
            return JSONResponse({"message": "a duplicate referenceId"}, 409)
        self.taken.append(body)
        self.stages.append(stage)
        if answer == 0:
            hang_up(request)
        return Response(status_code=202)

    def _problem(self, body: dict[str, Any]) -> str:
        """What Amazon would object to; empty when all is well."""
        if set(body) != PARTS:
            return f"parts: {sorted(set(body) ^ PARTS)}"
        if not REFERENCE.fullmatch(str(body["referenceId"])):
            return "referenceId"
        lives = _seconds(body["expiryTime"]) - self.clock.now() / SECOND
        if not 5 * 60 - 5 <= lives <= 24 * 3600 + 5:
            return f"expiryTime in {lives:.0f} s"
        event, audience = body["event"], body["relevantAudience"]
        group = event["payload"].get("messageGroup", {})
        checks = {
            "timestamp": abs(_seconds(body["timestamp"]) - self.clock.now() / SECOND) < 600,
            "event name": event["name"] == "AMAZON.MessageAlert.Activated",
            "state": event["payload"].get("state", {}).get("status") in ("UNREAD", "FLAGGED"),
            "creator": group.get("creator") == {"name": self.brand},
            "count": isinstance(group.get("count"), int) and group["count"] >= 1,
            "urgency": group.get("urgency", "URGENT") == "URGENT",
            "group": set(group) <= {"creator", "count", "urgency"},
            "audience": audience.get("type") == "Unicast" and list(audience.get("payload", {})) == ["user"],
        }
        return next((name for name, good in checks.items() if not good), "")


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(one[part] == other[part] for part in ("referenceId", "relevantAudience"))


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
