"""How the web tests ask: signing in by the form, reading hidden fields, sending a key."""

from __future__ import annotations

import re

import httpx

from tests.web.world import PASSWORD


def key(name: str) -> dict[str, str]:
    """The header of a program."""
    return {"Authorization": f"Bearer {name}"}


async def sign_in(client: httpx.AsyncClient, name: str) -> httpx.Response:
    """Signs in by the form, as a browser would."""
    return await login(client, name, PASSWORD)


async def login(client: httpx.AsyncClient, name: str, password: str) -> httpx.Response:
    form = await client.get("/login")
    shown = hidden(form.text, "csrf")
    return await client.post("/login", data={"name": name, "password": password, "csrf": shown})


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"there is no hidden field {name}"
    return found[1]
