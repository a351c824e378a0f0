"""One event to the maker's own system, as Standard Webhooks wants it: an id that stays, a moment, and a signature.

It sends once and tells what came back. It never retries, never follows a redirect, and never repeats a secret or the
address in an outcome or a log line.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import httpx
from standardwebhooks import Webhook

from hub.ports import Accepted, Clock, InDoubt, Outcome, TryLater, Undeliverable

NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
BUSY = frozenset({408, 425, 429})


class Delivery:
    """The way to `url`. Every one of `secrets` (`whsec_…`) signs, so that a receiver may know the old or the new one.

    Raises ValueError for a secret that is none.
    """

    def __init__(self, url: str, secrets: Sequence[str], clock: Clock, seconds: float = 15.0) -> None:
        self._url, self._clock, self._seconds = url, clock, seconds
        self._signers = [_signer(secret) for secret in secrets]
        self._client: httpx.AsyncClient | None = None

    async def post(self, name: str, body: str) -> Outcome:
        """Hand over the event called `name`, whose JSON is `body`. Any 2xx is a yes."""
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=self._seconds, follow_redirects=False)
        try:
            async with asyncio.timeout(self._seconds + 1):
                answer = await self._client.post(
                    self._url, content=body.encode(), headers=self.headers(name, body)
                )
        except NEVER_LEFT as error:
            return TryLater(type(error).__name__)
        except (httpx.HTTPError, TimeoutError, OSError) as error:
            return InDoubt(type(error).__name__)
        code = str(answer.status_code)
        if 200 <= answer.status_code < 300:
            return Accepted(name)
        if answer.status_code in BUSY or answer.status_code >= 500:
            return TryLater(code, _after(answer.headers))
        return Undeliverable(code)

    def headers(self, name: str, body: str) -> dict[str, str]:
        """The three headers of Standard Webhooks, signed now: a retry has the same id and a new moment."""
        now = datetime.fromtimestamp(self._clock.now() // 1_000_000, UTC)
        return {
            "Content-Type": "application/json",
            "User-Agent": "Beforehand",
            "webhook-id": name,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signer.sign(name, now, body) for signer in self._signers),
        }

    async def close(self) -> None:
        """Give the connections back."""
        if self._client is not None:
            await self._client.aclose()


def _signer(secret: str) -> Webhook:
    if not secret.startswith("whsec_") or len(secret) < 30:
        raise ValueError("a secret is whsec_ and at least 24 bytes in base64")
    try:
        return Webhook(secret)
    except Exception:  # noqa: BLE001 - the library has an error of its own for a secret that is empty once decoded
        raise ValueError("a secret is whsec_ and at least 24 bytes in base64") from None


def _after(headers: Mapping[str, str]) -> float | None:
    text = headers.get("Retry-After", "")
    return float(text) if text.isdigit() else None
