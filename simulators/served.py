"""One ASGI app on a loopback port, in this event loop, without touching signals or logs.

For simulators of HTTP services. It is started and stopped in milliseconds, and can break off a request as a bad
network would.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Generator
from typing import Self

import uvicorn
from starlette.requests import Request
from starlette.types import ASGIApp

HOST = "127.0.0.1"


class _Quiet(uvicorn.Server):
    """A server that leaves signals to the program it runs in, and says when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()
        self.down = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    async def main_loop(self) -> None:
        await self.down.wait()  # instead of looking ten times a second

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for listener in (*self.servers, *(sockets or ())):
            listener.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()  # whoever still waits learns that we are gone
        await asyncio.gather(*self.server_state.tasks, return_exceptions=True)


class Served:
    """`app` on http://127.0.0.1:`port` (a free one by default). Raises OSError when the port is taken."""

    def __init__(self, app: ASGIApp, port: int = 0) -> None:
        self._app = app
        self.port = port
        self._server: _Quiet | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """The base address, without a slash at the end."""
        return f"http://{HOST}:{self.port}"

    async def start(self) -> Self:
        """Listen; returns when requests are answered."""
        listener = socket.create_server((HOST, self.port))
        self.port = int(listener.getsockname()[1])
        config = uvicorn.Config(
            self._app,
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
        )
        self._server = _Quiet(config)
        self._task = asyncio.create_task(self._server.serve([listener]))
        await self._server.up.wait()
        return self

    async def stop(self) -> None:
        """Stop listening and break off what is open."""
        if self._server and self._task:
            self._server.down.set()
            await self._task

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


def hang_up(request: Request) -> None:
    """Break the connection of `request` off at once, without an answer."""
    exchange = getattr(request.receive, "__self__")  # noqa: B009 - uvicorn's exchange, which a Callable type hides
    exchange.transport.abort()


async def never_answer(request: Request) -> None:
    """Return when the client has given up on `request` (whose body must have been read)."""
    while (await request.receive())["type"] != "http.disconnect":
        continue
