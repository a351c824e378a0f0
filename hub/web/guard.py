"""The guard at the outer wall: size limits, security headers, and the last catch for what nobody expected.

Plain ASGI, outside everything else. It never logs a query string or a body: they may hold names and numbers.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import structlog
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.web.problems import Problem, answer

log = structlog.get_logger()

# Scripts, styles and pictures come from us alone; nothing inline, nobody may frame a page of ours.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
STRICT: Mapping[str, str] = {"Strict-Transport-Security": "max-age=31536000"}
KIB = 1024
SMALL, LARGE = 256 * KIB, 32 * 1024 * KIB
LARGE_PATHS: Mapping[str, int] = {"/api/v1/import": LARGE, "/p/photo": 6 * 1024 * KIB}


class TooLarge(HTTPException):
    """More was sent than this address takes. An HTTP error, so that whoever is reading the body then hands it on."""

    def __init__(self) -> None:
        super().__init__(413)


Tally = Callable[[int], None]
"""Hears with which HTTP status a page of the desk was answered."""
DESK = ("/console", "/api/v1/")
Wrong = Callable[[Scope, Problem], Awaitable[Response]]
"""How a refusal is answered."""


async def _problem(scope: Scope, problem: Problem) -> Response:
    return answer(problem, scope["path"])


class Guard:
    """Wraps an ASGI application. Small bodies are read before the application runs, so that a limit is one clear answer;
    where much may be sent, the application reads it itself, once it knows who is asking."""

    def __init__(
        self, app: ASGIApp, secure: bool = False, wrong: Wrong | None = None, tally: Tally | None = None
    ) -> None:
        """`secure` says that the world reaches us by https, and shall never try anything else. `wrong` says how what is refused
        here is put into words (None: problem details); `tally` hears how pages of the desk were answered."""
        self.app, self.wrong, self.tally = app, wrong or _problem, tally
        self.headers = {**HEADERS, **(STRICT if secure else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the life of the server."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun: list[int] = []
        dressed = _dressed(scope, send, begun.append, self.headers)
        try:
            await self._answered(scope, receive, dressed, begun)
        finally:
            if (
                self.tally is not None
                and begun
                and scope["path"].startswith(DESK)
                and scope["method"] == "GET"
            ):
                self.tally(begun[0])

    async def _answered(self, scope: Scope, receive: Receive, dressed: Send, begun: list[int]) -> None:
        try:
            large = LARGE_PATHS.get(scope["path"])
            body = _counted(receive, large) if large else _replay(await _body(receive, SMALL), receive)
            await self.app(scope, body, dressed)
        except TooLarge:
            problem = Problem(413, "This is more than the address takes.", "Send it in smaller parts.")
            await (await self.wrong(scope, problem))(scope, receive, dressed)
        except Exception as error:  # noqa: BLE001 - the last catch: whatever it is, one line and an answer
            log.error("request failed", route=_route(scope), error=type(error).__name__, at=_place(error))
            if not begun:
                problem = Problem(500, "Something went wrong on our side.", "Try again in a moment.")
                await (await self.wrong(scope, problem))(scope, receive, dressed)


async def _body(receive: Receive, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(parts)
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise TooLarge
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _counted(receive: Receive, limit: int) -> Receive:
    left = limit

    async def counted() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise TooLarge
        return message

    return counted


def _replay(body: bytes, receive: Receive) -> Receive:
    given: list[bool] = []

    async def again() -> Message:
        if given:
            return await receive()
        given.append(True)
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _dressed(scope: Scope, send: Send, began: Callable[[int], None], more: Mapping[str, str]) -> Send:
    async def dress(message: Message) -> None:
        if message["type"] == "http.response.start":
            began(message["status"])
            headers = MutableHeaders(scope=message)
            for name, value in more.items():
                headers.setdefault(name, value)
            if not scope["path"].startswith("/static/"):
                headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return dress


def _route(scope: Scope) -> str:
    route = scope.get("route")
    return str(getattr(route, "path", "")) or "unknown"


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    return f"{trace.tb_frame.f_globals.get('__name__', '')}:{trace.tb_lineno}"
