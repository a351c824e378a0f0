"""A maker's own system, which hears the hub's events: it keeps what comes, and answers as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Self

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulators.served import Served, hang_up


@dataclass(frozen=True, slots=True)
class Post:
    """One event as it came: headers in small letters, and the body as it was signed."""

    headers: Mapping[str, str] = field(repr=False)
    body: str = field(repr=False)


class Maker:
    """`async with Maker() as maker:` hears at `maker.url`. `next_answers` are answers (status) for the next posts: 0 breaks
    off after taking one; else 204."""

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.next_answers: list[int] = []
        self._came = asyncio.Condition()
        self._served = Served(Starlette(routes=[Route("/beforehand", self._take, methods=["POST"])]))

    @property
    def url(self) -> str:
        """Where events go."""
        return f"{self._served.url}/beforehand"

    async def until(self, check: Callable[[], bool], within: float = 10.0) -> None:
        """Return when `check()` holds after a post. Raises TimeoutError."""
        async with asyncio.timeout(within), self._came:
            await self._came.wait_for(check)

    async def __aenter__(self) -> Self:
        await self._served.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._served.stop()

    async def _take(self, request: Request) -> Response:
        body = (await request.body()).decode()
        async with self._came:
            self.posts.append(Post(dict(request.headers), body))
            self._came.notify_all()
        status = self.next_answers.pop(0) if self.next_answers else 204
        if status == 0:
            hang_up(request)
        headers = {"Retry-After": "7"} if status in (429, 503) else {}
        return Response(status_code=status or 204, headers=headers)
