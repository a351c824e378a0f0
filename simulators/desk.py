"""The agent at the desk, through the hub's own API: watches the timeline, takes the tickets that need a person, acts.

Knows the hub only by HTTP: the stream of facts, the tickets, and an API key.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from hub.clock import WallClock
from simulators.written import span

AGAIN = 0.2  # real seconds before the stream is opened again

Told = Callable[[str, str], None]


@dataclass(slots=True)
class Desk:
    """One agent. `visits` by device: `after` a while, `note` what was done, `does` something in the world,
    `closes` the reason to close it."""

    url: str
    key: str
    clock: WallClock
    visits: Mapping[str, Mapping[str, Any]]
    told: Told
    do: Callable[[str], Awaitable[None]]
    taken: set[str] = field(default_factory=set)

    def client(self) -> httpx.AsyncClient:
        """HTTP with the key."""
        return httpx.AsyncClient(
            base_url=self.url,
            headers={"Authorization": f"Bearer {self.key}"},
            timeout=httpx.Timeout(10, read=None),
        )

    async def facts(self) -> AsyncIterator[dict[str, Any]]:
        """The timeline from its beginning, for ever; a broken stream is taken up where it ended."""
        last = 0
        while True:
            try:
                async with (
                    self.client() as http,
                    http.stream("GET", "/api/v1/stream", params={"after": last}) as lines,
                ):
                    async for line in lines.aiter_lines():
                        if line.startswith("data:") and (fact := json.loads(line[5:])).get("kind"):
                            last = fact["seq"]
                            yield fact
            except httpx.HTTPError:
                await asyncio.sleep(AGAIN)

    async def tickets(self) -> list[dict[str, Any]]:
        """All tickets, newest first."""
        async with self.client() as http:
            answer = await http.get("/api/v1/tickets", params={"limit": 100})
            answer.raise_for_status()
            found: list[dict[str, Any]] = answer.json()["items"]
            return found

    async def look(self) -> None:
        """Take every ticket that needs a person and that this agent has not taken yet."""
        for ticket in await self.tickets():
            if ticket["status"] == "needs_agent" and ticket["id"] not in self.taken:
                self.taken.add(ticket["id"])
                await self._visit(ticket)

    async def _visit(self, ticket: Mapping[str, Any]) -> None:
        visit = self.visits.get(ticket["device"], {})
        await self.clock.wait(span(visit.get("after", "2m"), "the agent"))
        path = f"/api/v1/tickets/{ticket['id']}"
        async with self.client() as http:
            (await http.post(f"{path}/take")).raise_for_status()
            self.told(
                "take",
                f"takes the ticket: {ticket['customer_name']}, {ticket['device_name']}. {ticket['needs_agent']}",
            )
            if visit.get("note"):
                (await http.post(f"{path}/note", json={"text": visit["note"]})).raise_for_status()
                self.told("note", str(visit["note"]))
            if visit.get("closes"):
                (await http.post(f"{path}/resolve", json={"closing": visit["closes"]})).raise_for_status()
                self.told("close", f"closes the ticket: {visit['closes']}")
        if visit.get("does"):
            await self.do(str(visit["does"]))
