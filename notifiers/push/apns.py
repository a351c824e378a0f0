"""The route `apns:`: the maker's own iPhone app, by Apple's push service over HTTP/2.

The address is the app's device token in hex. Proves who we are with a token signed by our key, renewed well within the
hour for which Apple takes it and no oftener than the twenty minutes it asks for.
"""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass
from typing import Any

import jwt

from hub.ports import Accepted, Clock, Outcome, Undeliverable
from notifiers.push.card import Card
from notifiers.push.wire import Answer, Line, Reading

RENEW, SOONEST = 40 * 60, 20 * 60  # seconds: between Apple's 20 and 60 minutes
LONGEST = 2_419_200  # seconds
TOKEN = re.compile(r"[0-9a-fA-F]{64,200}")
IDS = uuid.UUID("0b7a3c0e-6a39-5b0a-9d2c-2f0a4f1c7d55")  # the space in which our message ids become UUIDs
READING = Reading(
    "apns",
    dead=frozenset({"BadDeviceToken", "Unregistered", "ExpiredToken", "410"}),
    ours=frozenset(
        {"403", "404", "405", "BadTopic", "DeviceTokenNotForTopic", "MissingTopic", "TopicDisallowed"}
        | {"TooManyProviderTokenUpdates", "BadCertificate", "BadCertificateEnvironment", "InvalidPushType"}
    ),
)


@dataclass(frozen=True, slots=True)
class AppleKey:
    """A signing key (`.p8`, PEM), its id, the team it belongs to, and the app (`topic`: its bundle id)."""

    private_key: str
    key_id: str
    team: str
    topic: str

    def __repr__(self) -> str:
        return f"AppleKey({self.topic!r})"


class Apns:
    """One app at `api`."""

    def __init__(
        self, key: AppleKey, clock: Clock, api: str = "https://api.push.apple.com", seconds: float = 10.0
    ) -> None:
        self._key, self._clock, self._api = key, clock, api.rstrip("/")
        self._line = Line(seconds, http2=True)
        self._token, self._made = "", 0

    async def send(self, to: str, card: Card) -> Outcome:
        """Push it to one installation of the app."""
        if not TOKEN.fullmatch(to):
            return Undeliverable("BadDeviceToken", dead=True)
        name = str(uuid.uuid5(IDS, card.id))
        url = f"{self._api}/3/device/{to.lower()}"
        told = json.dumps(payload(card), ensure_ascii=False).encode()
        answer = await self._line.post(url, told, self._headers(name, card))
        if not isinstance(answer, Answer):
            return answer
        if answer.good:
            return Accepted(name)
        reason = str(answer.json().get("reason", ""))
        if reason in ("ExpiredProviderToken", "InvalidProviderToken") and self._age() >= SOONEST:
            self._token = ""
        return READING.outcome(answer, reason)

    async def close(self) -> None:
        """Give the connections back."""
        await self._line.close()

    def _headers(self, name: str, card: Card) -> dict[str, str]:
        now = self._clock.now() // 1_000_000
        return {
            "authorization": f"bearer {self._provider_token(now)}",
            "content-type": "application/json",
            "apns-topic": self._key.topic,
            "apns-push-type": "alert",
            "apns-priority": "10" if card.urgent else "5",
            "apns-expiration": str(now + min(LONGEST, card.relevant)),
            "apns-collapse-id": card.tag,
            "apns-id": name,
        }

    def _age(self) -> int:
        return self._clock.now() // 1_000_000 - self._made

    def _provider_token(self, now: int) -> str:
        if not self._token or not 0 <= self._age() < RENEW:
            claims, key = {"iss": self._key.team, "iat": now}, self._key
            self._token = jwt.encode(claims, key.private_key, algorithm="ES256", headers={"kid": key.key_id})
            self._made = now
        return self._token


def payload(card: Card) -> dict[str, Any]:
    """What the phone shows, and what the app reads when it is opened."""
    alert = {"title": card.title, "body": card.body}
    return {"aps": {"alert": alert, "sound": "default"}, "id": card.id, "link": card.link}
