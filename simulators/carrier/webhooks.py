"""Posts to the hub as Twilio would: form bodies, signed with the account's token. Keeps what was answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx
from twilio.request_validator import RequestValidator

from hub.clock import WallClock

PATIENCE = 15.0  # seconds of wall time, as Twilio's


@dataclass(frozen=True, slots=True)
class Posted:
    """One signed post: when (UTC µs), where, what, and what came back (`status` 0 when nobody answered)."""

    at: int
    url: str
    form: Mapping[str, str] = field(repr=False)
    status: int
    answer: str = field(repr=False)


class Webhooks:
    """The carrier's side of the hub's hooks."""

    def __init__(self, clock: WallClock, token: str) -> None:
        self.posted: list[Posted] = []
        self._clock = clock
        self._signer = RequestValidator(token)
        self._client = httpx.AsyncClient(timeout=PATIENCE, trust_env=False)

    async def post(self, url: str, form: Mapping[str, str]) -> Posted:
        """Post `form`, signed. An unreachable hub is tried once more, then recorded; nothing is raised for it."""
        headers = {
            "X-Twilio-Signature": self._signer.compute_signature(url, dict(form)),
            "User-Agent": "TwilioProxy/1.1",
        }
        at = self._clock.now()
        status, answer = 0, ""
        for _ in range(2):
            try:
                response = await self._client.post(url, data=dict(form), headers=headers)
            except httpx.ConnectError:
                continue
            except httpx.HTTPError:
                break
            status, answer = response.status_code, response.text
            break
        posted = Posted(at, url, form, status, answer)
        self.posted.append(posted)
        return posted

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()
