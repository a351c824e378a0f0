"""The wire that every route shares: one HTTP request, and what its answer (or the lack of one) means.

Tries once. Repeats no address, header or body in an outcome or a log line: push addresses are capabilities, and whoever
has one can write to that person.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from ssl import SSLContext
from typing import Any

import httpx
import structlog

from hub.ports import InDoubt, Outcome, TryLater, Undeliverable

log = structlog.get_logger(__name__)

logging.getLogger("httpx").setLevel(logging.WARNING)  # its line for each request names the address

# Proof that nothing was sent: there was no connection to send it on.
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
BUSY = frozenset({408, 425, 429})
LONGEST_ANSWER = 64  # characters of a service's own code that are kept


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service said. `after` is how many seconds it asked us to wait."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    after: float | None = None

    @property
    def good(self) -> bool:
        """Whether it was accepted."""
        return 200 <= self.status < 300

    def json(self) -> dict[str, Any]:
        """The body as an object; an empty one when it is none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True, slots=True)
class Reading:
    """How a route reads refusals: codes of a `dead` address, and codes that are `ours` (our key, our settings).

    What is ours is tried later, unless it never `mends` before the message is old.
    """

    route: str
    dead: frozenset[str] = frozenset()
    ours: frozenset[str] = frozenset({"401", "403"})
    mends: bool = True

    def outcome(self, answer: Answer, code: str = "") -> Outcome:
        """What an answer that is no success means. `code` is the service's own; the status stands in for it."""
        told = (code or str(answer.status))[:LONGEST_ANSWER]
        if told in self.dead:
            return Undeliverable(told, dead=True)
        if told in self.ours or str(answer.status) in self.ours or 300 <= answer.status < 400:
            log.error("push_account_refused", route=self.route, code=told, status=answer.status)
            return TryLater(told, answer.after) if self.mends else Undeliverable(told)
        if answer.status in BUSY or answer.status >= 500:
            return TryLater(told, answer.after)
        return Undeliverable(told)


class Line:
    """A pool of connections, made when first needed. `seconds` is for a whole exchange; `http2` speaks nothing else."""

    def __init__(self, seconds: float = 10.0, http2: bool = False) -> None:
        self._seconds, self._http2 = seconds, http2
        self._client: httpx.AsyncClient | None = None

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer | TryLater | InDoubt:
        """POST `body`. `TryLater` proves that nothing was sent; `InDoubt` that nobody can tell."""
        if self._client is None:
            limits = httpx.Timeout(self._seconds, connect=self._seconds * 0.8, pool=self._seconds * 0.8)
            self._client = httpx.AsyncClient(
                timeout=limits,
                http2=self._http2,
                http1=not self._http2,
                follow_redirects=False,
                verify=_trust(self._http2),
            )
        try:
            async with asyncio.timeout(self._seconds + 1):
                found = await self._client.post(url, content=body, headers=dict(headers))
        except NEVER_LEFT as error:
            return TryLater(type(error).__name__)
        except (httpx.HTTPError, TimeoutError, OSError) as error:
            return InDoubt(type(error).__name__)
        return Answer(found.status_code, found.content, found.headers, _after(found.headers))

    async def post_json(
        self, url: str, body: Mapping[str, Any], headers: Mapping[str, str]
    ) -> Answer | TryLater | InDoubt:
        """POST `body` as JSON."""
        told = json.dumps(body, ensure_ascii=False).encode()
        return await self.post(url, told, {"Content-Type": "application/json", **headers})

    async def close(self) -> None:
        """Give the connections back."""
        if self._client is not None:
            await self._client.aclose()


@cache
def _trust(_http2: bool) -> SSLContext:
    """The certificates we trust, read once; one for each protocol, since the protocol is agreed on in it."""
    return httpx.create_ssl_context()


def _after(headers: Mapping[str, str]) -> float | None:
    """Retry-After in seconds; a date is measured from the answer's own Date, since clocks differ."""
    text = headers.get("Retry-After", "").strip()
    if not text:
        return None
    if text.isdigit():
        return float(text)
    try:
        then, now = parsedate_to_datetime(text), parsedate_to_datetime(headers.get("Date", ""))
        return max(0.0, (then - now).total_seconds())
    except (ValueError, TypeError):
        return None
