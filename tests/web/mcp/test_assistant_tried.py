"""The assistant that docs/assistants.md lets you try goes the whole way: it finds the door, is allowed, and asks what is wrong."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import httpx

from hub.bootstrap.front import application, listening, served
from hub.settings import load
from hub.testing import eventually
from hub.web.door import Program
from simulators.assistant import CLIENT, PLACE, visit
from tests.web.hooks.kitchen import kitchen
from tests.web.oauth.linking import App, app_in, asked

PAGE = Path(__file__).parents[3] / "docs" / "assistants.md"


async def test_it_is_let_in_on_a_customers_word_and_asks_what_is_wrong(tmp_path: Path) -> None:
    part = load({}, _settings_of_the_page(tmp_path)).assistants.programs[0]
    program = Program(part.id, part.secret, part.redirects, "devices", part.name)
    async with kitchen(tmp_path, "ro-1") as here:
        await here.home.fails("ro-1", "line-unstable")
        line = listening("127.0.0.1", 0)
        url = f"http://127.0.0.1:{line.getsockname()[1]}"
        app = app_in(here, program)
        door = replace(here.door, public_url=url)
        told: list[str] = []
        async with served(application(door), line):
            going = asyncio.create_task(visit(url, told.append))
            await eventually(lambda: len(told) == 2)
            await _allows(app, told[1])
            await going
        await app.http.aclose()
    assert "client_id=helper" in told[1]
    assert told[2].startswith("list_devices: ")
    assert told[3].startswith("explain_fault: ")
    assert "router" in told[3]


async def _allows(app: App, link: str) -> None:
    """Ada opens the link in her browser, and allows it."""
    async with httpx.AsyncClient(base_url=link.partition("/oauth")[0], follow_redirects=True) as browser:
        first = await browser.get(link)
        assert "Kitchen Helper" in first.text
        number = {"asked": asked(first), "mobile": await app.mobile()}
        second = await browser.post("/oauth/authorize/number", data=number)
        code = {"asked": asked(second), "code": await app.code_texted()}
        over = await browser.post("/oauth/authorize/code", data=code)
    assert "Thank you" in over.text


def _settings_of_the_page(folder: Path) -> Path:
    """The table that the page tells people to write, word by word."""
    blocks = PAGE.read_text(encoding="utf-8").split("```toml\n")[1:]
    tables = [each.partition("```")[0] for each in blocks]
    [table] = [each for each in tables if f"http://127.0.0.1{PLACE}" in each]
    assert f'id = "{CLIENT}"' in table
    file = folder / "beforehand.toml"
    file.write_text(table, encoding="utf-8")
    return file
