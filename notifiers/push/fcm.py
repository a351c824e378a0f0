"""The route `fcm:`: the maker's own Android or iPhone app, by Firebase Cloud Messaging, HTTP v1.

The address is the app's registration token. Signs in as a service account; keeps the access token until shortly before it
ends, and neither in a file nor in a log.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import jwt

from hub.ports import Accepted, Clock, InDoubt, Outcome, TryLater
from notifiers.push.card import Card
from notifiers.push.wire import Answer, Line, Reading

SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIFE = 3_600  # seconds that a grant may live
EARLY = 300  # seconds before its end at which an access token is renewed
LONGEST = 2_419_200  # seconds: four weeks, the longest that FCM keeps a message
INVALID_TOKEN = "INVALID_TOKEN"  # noqa: S105 - our name for "the registration token is no such thing"
READING = Reading(
    "fcm",
    dead=frozenset({"UNREGISTERED", INVALID_TOKEN}),
    # A sender's mismatch is what the wrong service account gets for every phone there is: nobody is buried for it.
    ours=frozenset({"401", "403", "404", "SENDER_ID_MISMATCH", "THIRD_PARTY_AUTH_ERROR"}),
)
SIGNING_IN = Reading("fcm", ours=frozenset({"400", "401", "403"}))


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """A service account, as in the JSON file that Google hands out."""

    project: str
    email: str
    private_key: str
    token_url: str = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address

    def __repr__(self) -> str:
        return f"ServiceAccount({self.project!r})"

    @classmethod
    def read(cls, text: str) -> ServiceAccount:
        """From the text of Google's file. Raises ValueError or KeyError when something is missing."""
        told = json.loads(text)
        return cls(told["project_id"], told["client_email"], told["private_key"], told["token_uri"])


class Fcm:
    """One project at `api`."""

    def __init__(
        self,
        account: ServiceAccount,
        clock: Clock,
        api: str = "https://fcm.googleapis.com",
        seconds: float = 10.0,
    ) -> None:
        self._account, self._clock, self._line = account, clock, Line(seconds)
        self._url = f"{api.rstrip('/')}/v1/projects/{account.project}/messages:send"
        self._one_at_a_time = asyncio.Lock()
        self._token, self._until = "", 0

    async def send(self, to: str, card: Card) -> Outcome:
        """Push it to one installation of the app."""
        token = await self._signed_in()
        if not isinstance(token, str):
            return token
        body = {"message": message(to, card, self._now())}
        answer = await self._line.post_json(self._url, body, {"Authorization": f"Bearer {token}"})
        if not isinstance(answer, Answer):
            return answer
        if answer.good:
            return (
                Accepted(str(answer.json().get("name", "")))
                if answer.json().get("name")
                else InDoubt("no_name")
            )
        if answer.status == 401:
            self._until = 0
        return READING.outcome(answer, _code(answer))

    async def close(self) -> None:
        """Give the connections back."""
        await self._line.close()

    def _now(self) -> int:
        return self._clock.now() // 1_000_000

    async def _signed_in(self) -> str | Outcome:
        """An access token; when there is none to be had nothing has been sent, so it is tried later."""
        async with self._one_at_a_time:
            now = self._now()
            if EARLY < self._until - now <= LIFE:
                return self._token
            form = urlencode({"grant_type": GRANT, "assertion": self._grant(now)}).encode()
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            answer = await self._line.post(self._account.token_url, form, kind)
            if not isinstance(answer, Answer):
                return TryLater(answer.code)
            told = answer.json()
            if not answer.good or not told.get("access_token"):
                refused = SIGNING_IN.outcome(answer, str(told.get("error", "")))
                return refused if isinstance(refused, TryLater) else TryLater("no_access_token")
            self._token = str(told["access_token"])
            self._until = now + min(LIFE, int(told.get("expires_in", LIFE)))
            return self._token

    def _grant(self, now: int) -> str:
        account = self._account
        claims = {
            "iss": account.email,
            "scope": SCOPE,
            "aud": account.token_url,
            "iat": now,
            "exp": now + LIFE,
        }
        return jwt.encode(claims, account.private_key, algorithm="RS256")


def message(to: str, card: Card, now: int) -> dict[str, Any]:
    """The message as documented: what is shown, what the app reads, and the parts for each platform. `now` in seconds."""
    life = min(LONGEST, card.relevant)
    web: dict[str, Any] = {
        "headers": {"TTL": str(life), "Urgency": "high" if card.urgent else "normal", "Topic": card.tag},
        "notification": {"tag": card.tag},
    }
    if card.link.startswith("https://"):
        web["fcm_options"] = {"link": card.link}
    return {
        "token": to,
        "notification": {"title": card.title, "body": card.body},
        "data": {"id": card.id, "link": card.link, "tag": card.tag, "language": card.language},
        "android": {
            "priority": "HIGH" if card.urgent else "NORMAL",
            "ttl": f"{life}s",
            "collapse_key": card.tag,
            "notification": {"tag": card.tag},
        },
        "apns": {
            "headers": {
                "apns-priority": "10" if card.urgent else "5",
                "apns-expiration": str(now + life),
                "apns-collapse-id": card.tag,
            },
            "payload": {"aps": {"sound": "default"}},
        },
        "webpush": web,
    }


def _code(answer: Answer) -> str:
    """FCM's own code; a registration token that is none has a name of ours."""
    error = answer.json().get("error")
    if not isinstance(error, dict):
        return ""
    details = [one for one in error.get("details", ()) if isinstance(one, dict)]
    code = next(
        (str(one["errorCode"]) for one in details if one.get("errorCode")), str(error.get("status", ""))
    )
    fields = [field.get("field") for one in details for field in one.get("fieldViolations", ())]
    no_token = "message.token" in fields or "registration token is not" in str(error.get("message", ""))
    return INVALID_TOKEN if code == "INVALID_ARGUMENT" and no_token else code
