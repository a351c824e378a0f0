"""The heartbeat to a service outside: an address that is fetched while all is well, and its `/fail` when the hub is not ready.

That is the convention of healthchecks.io and its kin; a service that knows no `/fail` simply misses the beat.
"""

from __future__ import annotations

import httpx

SECONDS = 10.0


class Heartbeat:
    """One address. It is never logged: whoever knows it can make a dead hub look alive."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._http = httpx.AsyncClient(timeout=SECONDS)

    async def ping(self, trouble: str) -> bool:
        """Tell that the hub is well, or what is wrong with it; False when nobody took it."""
        url = f"{self._url}/fail" if trouble else self._url
        try:
            answer = await self._http.post(url, content=trouble.encode())
        except httpx.HTTPError:
            return False
        return answer.is_success

    async def close(self) -> None:
        """Give the connection back."""
        await self._http.aclose()
