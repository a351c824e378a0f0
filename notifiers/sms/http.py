"""The wire under Twilio's client: the library's own, with the address replaced and refusals told in full.

It never logs a request or an answer (the library's own does, with numbers and texts in them), and never tries twice.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from aiohttp import ClientTimeout
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response

TWILIO = "https://api.twilio.com"


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
