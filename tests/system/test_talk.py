"""A newcomer at the demo's page, in a real browser and by typing: one case over texts, speaker and telephone."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from hub.testing import eventually
from tests.system.hub_process import clean, free_port
from tests.system.test_console import CHROMIUM, QUIET

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]
PATIENCE = 40_000  # ms: a busy machine of two cores


@contextlib.asynccontextmanager
async def demo(folder: Path) -> AsyncIterator[str]:
    """The demo as a process of its own; its address."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hub", "demo", "--port", str(port), "--log", str(folder / "hub.log"),
        env=clean(), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        async with httpx.AsyncClient() as http:
            await eventually(lambda: answers(http, f"{url}/demo/state?who=ada"), within=60)
        yield url
    finally:
        await ended(process)


async def ended(process: asyncio.subprocess.Process) -> None:
    """Ctrl-C, once more where the first came before the demo listens to it."""
    while process.returncode is None:
        with contextlib.suppress(TimeoutError, ProcessLookupError):
            process.send_signal(signal.SIGINT)
            await asyncio.wait_for(process.wait(), 15)


async def answers(http: httpx.AsyncClient, url: str) -> bool:
    with contextlib.suppress(httpx.HTTPError):
        return (await http.get(url)).status_code == 200
    return False


@contextlib.asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    async with (
        async_playwright() as player,
        await player.chromium.launch(executable_path=CHROMIUM, args=QUIET) as made,
    ):
        yield made


async def test_a_newcomer_breaks_a_device_and_is_helped_by_text_speaker_and_telephone(tmp_path: Path) -> None:
    async with demo(tmp_path) as url, browser() as made:
        page = await made.new_page(viewport={"width": 1366, "height": 900})
        troubles: list[str] = []
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
        await page.goto(f"{url}/demo?who=ada")
        await page.get_by_role("button", name="Take over").click()
        await expect(page.locator("#curtain")).to_be_hidden()

        await breaks_the_heat_pump(page)
        await on_the_phone(page)
        await at_the_speaker(page)
        await by_telephone(page)
        await on_a_small_screen(page)
        assert troubles == []


async def breaks_the_heat_pump(page: Page) -> None:
    """Time flies until the device asks for help, and then it does not any more. What the story itself still waits for (the
    answer to a LINK) comes before: any text ends the flight."""
    if "LINK" in await page.locator("#texts").inner_text():
        await expect(page.locator("#texts")).to_contain_text("Your code is", timeout=PATIENCE)
    await page.get_by_role("button", name="Let snow block its air outlet").click()
    await expect(page.locator("#texts")).to_contain_text("is icing up", timeout=PATIENCE)
    await expect(page.locator("#pace")).to_have_text("real time")


async def on_the_phone(page: Page) -> None:
    await page.locator("#words").fill("1")
    await page.keyboard.press("Enter")
    await expect(page.locator("#texts")).to_contain_text("Please look from a window", timeout=PATIENCE)


async def at_the_speaker(page: Page) -> None:
    """A speaker that knows nobody says how to link it, and tells nothing else; with the code it goes on where the text was."""
    say = page.locator("#aloud")
    await say.fill("Alexa, open Nordwarm")
    await page.keyboard.press("Enter")
    spoken = page.locator("#spoken")
    await expect(spoken.locator("li:not(.mine)").last).to_contain_text("Nordwarm", timeout=PATIENCE)
    await expect(spoken).not_to_contain_text("heat pump")


async def by_telephone(page: Page) -> None:
    """Keys, words and mumbling; nobody acts on what was mumbled. On a Saturday a person rings back when it was agreed."""
    await page.get_by_role("button", name="Ring Nordwarm").click()
    heard = page.locator("#heard")
    await expect(heard).to_contain_text("Press one for yes, or two for no.", timeout=PATIENCE)
    await page.locator("#keys button").first.click()
    await expect(heard).to_contain_text("Press 1 for: it is free.", timeout=PATIENCE)
    await page.locator("#voice").fill("it is free")
    await page.keyboard.press("Enter")
    await expect(heard).to_contain_text("I can start a defrost", timeout=PATIENCE)
    await page.locator("#voice").fill("yes")
    await page.get_by_role("button", name="Mumble").click()
    await expect(heard.locator("li:not(.mine)", has_text="Shall I?")).to_have_count(2, timeout=PATIENCE)
    await page.locator("#keys button", has_text="a person").click()
    await expect(heard).to_contain_text("When shall we ring you?", timeout=PATIENCE)
    await page.locator("#keys button").first.click()
    await expect(heard.locator("li.mine")).to_have_count(5, timeout=PATIENCE)
    await expect(heard.locator("li:not(.mine)", has_text="Monday")).to_have_count(2, timeout=PATIENCE)


async def on_a_small_screen(page: Page) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await page.get_by_role("tab", name="Call").click()
    await expect(page.locator("#call")).to_be_visible()
    await expect(page.locator("#phone")).to_be_hidden()


async def test_no_other_site_can_do_anything_in_the_demo(tmp_path: Path) -> None:
    async with demo(tmp_path) as url, httpx.AsyncClient() as http:
        deed = {"who": "ada", "what": "take_over"}
        assert (await http.post(f"{url}/demo/do", json=deed)).status_code == 403
        elsewhere = {"Origin": "https://elsewhere.example"}
        assert (await http.post(f"{url}/demo/do", json=deed, headers=elsewhere)).status_code == 403
        here = {"Origin": url}
        assert (
            await http.post(f"{url}/demo/do", json=deed | {"what": "text"}, headers=here)
        ).status_code == 409
        assert (await http.post(f"{url}/demo/do", content="[]", headers=here)).status_code == 403
        assert (await http.get(f"{url}/demo/state?who=nobody")).status_code == 404
        assert (await http.get(f"{url}/demo/room.py")).status_code == 404
