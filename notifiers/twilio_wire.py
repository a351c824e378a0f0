"""The wire under Twilio's client, for every channel that goes through Twilio: the library's own, with the address replaced
and refusals told in full.

It never logs a request or an answer (the library's own does, with numbers and texts in them), and never tries twice.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import ClientConnectorError, ClientError, ClientTimeout, ConnectionTimeoutError
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from hub.ports import InDoubt, Outcome, TryLater, Undeliverable

TWILIO = "https://api.twilio.com"
# Our account, its credit or our sender is at fault, not the customer: wait, and a person must act.
OURS = frozenset(
    {"20003", "20005", "20006", "21210", "21212", "21603", "21606", "21659", "21660", "21701", "21703"}
)
BROKEN = (ClientError, OSError, json.JSONDecodeError)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Account:
    """Where and as whom to send. `sender` is a number (E.164) or the SID of a messaging service (`MG…`).

    `api` replaces Twilio's address (a local carrier, a proxy); `public_url` is where the carrier reaches the hub.
    """

    sid: str
    token: str
    sender: str
    public_url: str
    api: str = TWILIO
    timeout: float = 10.0

    def __repr__(self) -> str:
        return f"Account({self.api!r})"


class Refused(Exception):
    """The carrier answered with an error: HTTP `status`, the carrier's `code`, and after how many seconds to come back."""

    def __init__(self, status: int, code: str, after: float | None) -> None:
        super().__init__(f"HTTP {status}, code {code}")
        self.status, self.code, self.after = status, code, after


class Wire(AsyncTwilioHttpClient):  # type: ignore[misc]  # the library is untyped
    """Sends to `base` instead of Twilio's own address, on one pool of connections.

    `seconds` is for the whole exchange, most of it for getting a connection: a connection that never came about
    proves that nothing was sent, anything later does not.
    """

    def __init__(self, base: str, seconds: float) -> None:
        super().__init__()
        self._base = base.rstrip("/")
        self._limit = ClientTimeout(total=seconds, connect=seconds * 0.8, sock_connect=seconds * 0.8)

    async def request(self, method: str, url: str, **rest: Any) -> Response:
        """As the library's, but errors (status ≥ 400) raise `Refused`, which keeps Retry-After."""
        account, token = rest.get("auth") or ("", "")
        basic = base64.b64encode(f"{account}:{token}".encode()).decode()
        async with self.session.request(
            method.upper(),
            url.replace(TWILIO, self._base, 1),
            params=rest.get("params"),
            data=rest.get("data"),
            headers={**(rest.get("headers") or {}), "Authorization": f"Basic {basic}"},
            timeout=self._limit,
            allow_redirects=False,
        ) as answer:
            text = await answer.text()
        if answer.status >= 400:
            after = answer.headers.get("Retry-After", "")
            raise Refused(
                answer.status, _code(text, answer.status), float(after) if after.isdigit() else None
            )
        return Response(answer.status, text, answer.headers)


def _code(text: str, status: int) -> str:
    try:
        return str(int(json.loads(text)["code"]))
    except (ValueError, KeyError, TypeError):
        return str(status)


class Line:
    """One Twilio client, made when first needed and used for everything that a channel does."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._client: Client | None = None
        self._wire: Wire | None = None

    @property
    def client(self) -> Client:
        """The client. It needs a running event loop."""
        if self._client is None:
            a = self.account
            self._wire = Wire(a.api, a.timeout)
            # With an environment of its own, the client never picks up an edge or a region (they'd rewrite our address).
            self._client = Client(a.sid, a.token, http_client=self._wire, environment={"TWILIO_EDGE": ""})
        return self._client

    def hook(self, path: str) -> str:
        """The address at which the carrier finds our hook `path`."""
        return f"{self.account.public_url.rstrip('/')}/hooks/twilio/{path}"

    async def close(self) -> None:
        """Give the connections back."""
        if self._wire is not None:
            await self._wire.close()


def broken(error: Exception) -> Outcome:
    """What it means that a call of ours broke with one of `BROKEN`: a connection that never came about sent nothing."""
    if isinstance(error, ClientConnectorError | ConnectionTimeoutError):
        return TryLater(type(error).__name__)
    return InDoubt(type(error).__name__)


def refusal(refused: Refused, ours: str, dead: frozenset[str]) -> Outcome:
    """What a refusal means: codes in `dead` say that the address will never work, and the line of the log named `ours`
    that our own account or sender is at fault."""
    if refused.status in (401, 403) or refused.code in OURS:
        log.error(ours, code=refused.code, status=refused.status, remedy="check account and sender")
        return TryLater(refused.code)
    if refused.status in (408, 425, 429, 503) or refused.code == "20429":
        return TryLater(refused.code, refused.after)
    if refused.status >= 500:
        return InDoubt(refused.code)  # it may have been accepted before the answer broke
    return Undeliverable(refused.code, dead=refused.code in dead)
