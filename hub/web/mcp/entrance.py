"""Where assistants come in: `/mcp`, and where a program learns how to be let in. Without a program that may be linked there is
no such address, and the protocol's SDK, a quarter of what the hub takes to start, is not even loaded.
"""

from __future__ import annotations

from importlib import import_module

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.web.door import Door

PATH, SCOPE = "/mcp", "devices"
ABOUT_US = "/.well-known/oauth-protected-resource/mcp"
WIRE = "hub.web.mcp.wire"


def router(door: Door) -> APIRouter:
    """The address of the protocol, and the page about it (RFC 9728); nothing without a program that may be linked."""
    routes = APIRouter(include_in_schema=False)
    if not door.programs:
        return routes
    routes.routes.append(Route(PATH, import_module(WIRE).Wire(door)))

    @routes.get("/.well-known/oauth-protected-resource")
    @routes.get(ABOUT_US)
    async def about() -> Response:
        return JSONResponse(_about(door.public_url))

    return routes


def _about(url: str) -> dict[str, object]:
    """RFC 9728."""
    return {
        "resource": f"{url}{PATH}",
        "authorization_servers": [url],
        "scopes_supported": [SCOPE],
        "bearer_methods_supported": ["header"],
    }
