"""The channel `voice`: a nudge on the person's smart speaker by Alexa's Proactive Events.

A ring of light and one of Amazon's own sentences: "You have one new message from …". The message itself is told when the
person opens the skill. Nothing personal leaves; accepted means accepted, never heard. It never retries, and never repeats
an account, a text or a token in an outcome, an error or a log line.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import httpx
import structlog

from device_rules.reading import SECOND
from hub.domain.contact import MessageClass
from hub.domain.customer import Channel
from hub.ports import Accepted, Clock, Envelope, InDoubt, Outcome, TryLater, Undeliverable

EVENT = "AMAZON.MessageAlert.Activated"
SCOPE = "alexa::proactive_events"
SHORTEST, LONGEST = 300, 86_400  # seconds that a notice may live; voice-platforms, requirement C2
EARLY = 300 * SECOND  # a token is renewed so long before its end
URGENT = frozenset({MessageClass.SAFETY, MessageClass.FIRST})
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Skill:
    """The skill's own credentials for events, its stage, and where Amazon is (for Europe, api.eu.amazonalexa.com).

    `brand` is who the message is said to be from: the maker's name and nothing else, whatever happens.
    """

    client_id: str
    client_secret: str
    brand: str
    stage: Literal["development", "live"] = "live"
    api: str = "https://api.amazonalexa.com"
    login: str = "https://api.amazon.com/auth/o2/token"
    timeout: float = 10.0

    def __repr__(self) -> str:
        return f"Skill({self.api!r}, {self.stage})"


class Nudge:
    """Notices of one skill. A repeated one is recognised by Amazon, so that what is in doubt is sent again."""

    channel = Channel.VOICE
    provider = "alexa"
    in_doubt = "resend"

    def __init__(self, skill: Skill, clock: Clock) -> None:
        self._skill, self._clock = skill, clock
        self._client: httpx.AsyncClient | None = None
        self._token, self._until = "", 0
        self._renewing = asyncio.Lock()

    async def send(self, envelope: Envelope) -> Outcome:
        """Post the notice. A token that Amazon no longer likes is renewed once."""
        try:
            token = await self._access()
            answer = await self._post(envelope, token)
            if answer.status_code in (401, 403):
                answer = await self._post(envelope, await self._access(stale=token))
        except _NoToken as error:
            return error.outcome
        except NEVER_LEFT as error:
            return TryLater(type(error).__name__)
        except httpx.HTTPError as error:
            return InDoubt(type(error).__name__)
        return outcome(answer, reference(envelope))

    async def find(self, envelope: Envelope) -> Accepted | InDoubt | None:
        """Amazon cannot be asked what it has."""
        return InDoubt("cannot_be_asked")

    async def close(self) -> None:
        """Give the connections back."""
        if self._client is not None:
            await self._client.aclose()

    async def _post(self, envelope: Envelope, token: str) -> httpx.Response:
        stage = "/stages/development" if self._skill.stage == "development" else ""
        return await self._http.post(
            f"{self._skill.api.rstrip('/')}/v1/proactiveEvents{stage}",
            json=notice(envelope, self._skill.brand, self._clock.now()),
            headers={"Authorization": f"Bearer {token}"},
        )

    async def _access(self, stale: str = "") -> str:
        """A token that is good for a while, and is not `stale`; asked for once, however many wait for it. Raises _NoToken."""
        async with self._renewing:
            if self._token and self._token != stale and self._clock.now() < self._until:
                return self._token
            self._token, lives = await self._log_in()
            self._until = self._clock.now() + max(lives * SECOND - EARLY, SECOND)
            return self._token

    async def _log_in(self) -> tuple[str, int]:
        asked = {
            "grant_type": "client_credentials",
            "client_id": self._skill.client_id,
            "client_secret": self._skill.client_secret,
            "scope": SCOPE,
        }
        try:
            answer = await self._http.post(self._skill.login, data=asked)
            said = answer.json()
            if answer.status_code == 200:
                return str(said["access_token"]), int(said["expires_in"])
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise _NoToken(TryLater(type(error).__name__)) from None
        if answer.status_code < 500 and answer.status_code != 429:
            remedy = "check alexa.client_id, alexa.client_secret and the skill's publications"
            log.error("alexa_login_refused", status=answer.status_code, remedy=remedy)
        raise _NoToken(TryLater(f"login_{answer.status_code}", _after(answer.headers)))

    @property
    def _http(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=self._skill.timeout, follow_redirects=False)
        return self._client


class _NoToken(Exception):
    """There is no token to be had: nothing was sent."""

    def __init__(self, outcome: TryLater) -> None:
        super().__init__(outcome.code)
        self.outcome = outcome


def reference(envelope: Envelope) -> str:
    """The message's name at Amazon: letters, digits and `~`, the same at every try."""
    return re.sub(r"[^0-9A-Za-z]", "~", envelope.id)[:100]


def notice(envelope: Envelope, brand: str, now: int) -> dict[str, Any]:
    """The event for one account. Its words are Amazon's; of ours there is only `brand`."""
    lives = min(LONGEST, max(SHORTEST, envelope.relevant))
    group: dict[str, Any] = {"creator": {"name": brand}, "count": 1}
    if envelope.kind in URGENT:
        group["urgency"] = "URGENT"
    return {
        "timestamp": _iso(now),
        "referenceId": reference(envelope),
        "expiryTime": _iso(now + lives * SECOND),
        "event": {
            "name": EVENT,
            "payload": {"state": {"status": "UNREAD", "freshness": "NEW"}, "messageGroup": group},
        },
        "localizedAttributes": [],
        "relevantAudience": {"type": "Unicast", "payload": {"user": envelope.to}},
    }


def outcome(answer: httpx.Response, name: str) -> Outcome:
    """What Amazon's answer means; voice-platforms, section 4. 403 after a fresh token: the person wants no notices."""
    status, code = answer.status_code, str(answer.status_code)
    if status in (202, 409):  # 409: it has this one already
        return Accepted(name)
    if status == 403:
        return Undeliverable(code, dead=True)
    if status in (401, 408, 429) or status >= 500:
        return TryLater(code, _after(answer.headers))
    return Undeliverable(code)  # 432: enough notices for this person today


def _iso(moment: int) -> str:
    return datetime.fromtimestamp(moment // SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _after(headers: Mapping[str, str]) -> float | None:
    text = headers.get("Retry-After", "")
    return float(text) if text.isdigit() else None
