"""An assistant on somebody's own computer, small enough to read: it finds the way in by itself, asks to be allowed, and then asks
what is wrong. It knows the hub by its address only.

    python -m simulators.assistant http://127.0.0.1:8080
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
import secrets
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

CLIENT, PLACE = "helper", "/linked"
PATIENCE = 600.0  # real seconds for somebody to allow it
THANKS = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nThank you. You can close this page now.\n"


async def way_in(http: httpx2.AsyncClient, url: str) -> dict[str, Any]:
    """What the hub says of how to be let in: RFC 9728 from the refusal, then RFC 8414."""
    refused = await http.post(f"{url}/mcp", json={})
    named = re.search(r'resource_metadata="([^"]+)"', refused.headers.get("www-authenticate", ""))
    if named is None:
        raise SystemExit(f"{url} lets no assistants in: there is no [[assistants.programs]] in its settings.")
    about = (await http.get(named[1])).json()
    found = await http.get(f"{about['authorization_servers'][0]}/.well-known/oauth-authorization-server")
    server: dict[str, Any] = found.json()
    return server


async def allowed(http: httpx2.AsyncClient, server: dict[str, Any], tell: Callable[[str], None]) -> str:
    """An access token, once somebody has opened the link that is told and has allowed it there."""
    verifier = secrets.token_urlsafe(48)
    proof = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    answered: asyncio.Future[dict[str, list[str]]] = asyncio.get_running_loop().create_future()

    async def came_back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readline()).decode(errors="replace").split(" ")[1:2]
        asked = urlsplit(path[0]) if path else None
        if asked is not None and asked.path == PLACE and not answered.done():
            answered.set_result(parse_qs(asked.query))
        writer.write(THANKS)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(came_back, "127.0.0.1", 0) as listening:
        back = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}{PLACE}"
        state = secrets.token_urlsafe(16)
        asks = {
            "response_type": "code",
            "client_id": CLIENT,
            "redirect_uri": back,
            "scope": "devices",
            "state": state,
        }
        asks |= {"code_challenge": proof, "code_challenge_method": "S256"}
        tell(f"{server['authorization_endpoint']}?{urlencode(asks)}")
        got = await asyncio.wait_for(answered, PATIENCE)
    if got.get("state") != [state] or "code" not in got:
        raise SystemExit("It was not allowed.")
    form = {"grant_type": "authorization_code", "code": got["code"][0], "redirect_uri": back}
    tokens = await http.post(
        server["token_endpoint"], data={**form, "client_id": CLIENT, "code_verifier": verifier}
    )
    tokens.raise_for_status()
    return str(tokens.json()["access_token"])


async def asks(url: str, key: str, tool: str, **arguments: str) -> str:
    """What a tool answers, as words."""
    async with (
        httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}) as http,
        Client(streamable_http_client(f"{url}/mcp", http_client=http), mode="legacy") as client,
    ):
        result = await client.call_tool(tool, arguments)
    return str(getattr(result.content[0], "text", ""))


async def visit(url: str, tell: Callable[[str], None]) -> None:
    """The whole way: let in, then the devices, then what is wrong."""
    async with httpx2.AsyncClient() as http:
        server = await way_in(http, url)
        tell("Open this link, and allow it:")
        key = await allowed(http, server, tell)
    for tool in ("list_devices", "explain_fault"):
        tell(f"{tool}: {await asks(url, key, tool)}")


def _line(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(visit((sys.argv[1:] or ["http://127.0.0.1:8080"])[0].rstrip("/"), _line))
