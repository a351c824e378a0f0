"""The page over HTTP: one page with its script and its look, what there is to see (`state`), and what somebody does (`do`).

Meant for this machine alone. A deed must come as JSON from a page of the same address, so that no other site can do one.
"""

from __future__ import annotations

import json
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from simulators.talk.room import NotNow, Room

PLACE = "/demo"
HERE = Path(__file__).parent
FILES = {
    "talk.css": "text/css",
    "screens.css": "text/css",
    "talk.js": "text/javascript",
    "draw.js": "text/javascript",
    "speech.js": "text/javascript",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
MOST = 4_096  # bytes of one deed


def talk_page(room: Room) -> Starlette:
    """The ASGI app of `room`, at `/demo` and below."""

    async def page(_: Request) -> Response:
        return FileResponse(HERE / "talk.html", media_type="text/html", headers=HEADERS)

    async def file(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in FILES:
            return Response(status_code=404)
        return FileResponse(HERE / name, media_type=FILES[name], headers=HEADERS)

    async def state(request: Request) -> Response:
        try:
            return JSONResponse(room.state(request.query_params.get("who", "")), headers=HEADERS)
        except KeyError:
            return JSONResponse({"error": "Nobody is called so."}, 404)

    async def do(request: Request) -> Response:
        return await _done(room, request)

    return Starlette(
        routes=[
            Route(PLACE, page),
            Route(f"{PLACE}/state", state),
            Route(f"{PLACE}/do", do, methods=["POST"]),
            Route(f"{PLACE}/{{name}}", file),
        ]
    )


async def _done(room: Room, request: Request) -> Response:
    """Do what the page asks for, and say so; else why not."""
    if not _from_here(request):
        return JSONResponse({"error": "Only the page itself may do that."}, 403)
    raw = await request.body()
    try:
        body = json.loads(raw[:MOST])
        await room.do(str(body["who"]), str(body["what"]), str(body.get("value", "")))
    except NotNow as why:
        return JSONResponse({"error": str(why)}, 409)
    except (ValueError, KeyError, TypeError):
        return JSONResponse({"error": "There is no such thing to do."}, 400)
    return Response(status_code=204)


def _from_here(request: Request) -> bool:
    origin = request.headers.get("origin", "")
    mine = origin == f"{request.url.scheme}://{request.headers.get('host', '')}"
    return mine and request.headers.get("content-type", "").startswith("application/json")


def beside(room: Room, app: ASGIApp) -> ASGIApp:
    """`app` with the page of `room` beside it, on the same address."""
    talk = talk_page(room)

    async def split(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        ours = scope["type"] == "http" and (path == PLACE or path.startswith(f"{PLACE}/"))
        await (talk if ours else app)(scope, receive, send)

    return split
