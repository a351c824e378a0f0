"""A person's own page in a real Chromium: with scripts it looks by itself, without them it does everything all the same."""

from __future__ import annotations

import shutil
import struct
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import randbytes

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, async_playwright, expect

from hub.domain.case import Case
from hub.domain.conversation import Conversation
from hub.domain.device import DeviceState
from hub.domain.ids import CustomerId
from hub.flow.links import make
from hub.ports import Checkpoint
from tests.web.served import served
from tests.web.test_customer_pictures import PLACE, exif, jpeg, segment
from tests.web.world import World, world

pytestmark = [pytest.mark.system, pytest.mark.asyncio(loop_scope="module")]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
]
ADA = CustomerId("ada")
NARROW = ViewportSize(width=320, height=640)


@dataclass
class Home:
    """Ada's case, and the hub that her telephone reaches."""

    world: World
    case: Case
    address: str
    browser: Browser
    troubles: list[str]
    links: int = 0

    async def link(self) -> str:
        self.links += 1
        async with self.world.store.transaction() as tx:
            token = await make(tx, ADA, self.case.id, f"message {self.links}", self.world.now)
        return f"{self.address}/p/{token}"

    async def phone(self, **how: object) -> BrowserContext:
        context = await self.browser.new_context(viewport=NARROW, **how)  # type: ignore[arg-type]
        context.on("page", self._listen)
        return context

    def _listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda line: self.troubles.append(line.text) if line.type == "error" else None)

    async def talk(self) -> Conversation:
        async with self.world.store.reading() as tx:
            found = await tx.talks.get(self.case.id)
        assert found is not None
        return found


@pytest_asyncio.fixture(loop_scope="module")
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    async with world(tmp_path) as made, async_playwright() as player:
        browser = await player.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        case = await made.ices_up()
        async with served(replace(made.door, secret="a secret of this house")) as address:
            yield Home(made, case, address, browser, [])
        await browser.close()


async def test_without_scripts_ada_is_led_to_the_end_on_a_narrow_phone(home: Home) -> None:
    context = await home.phone(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(await home.link())
    await page.get_by_role("button", name="Open my page").click()
    assert page.url == f"{home.address}/p", "no token stays in the address"

    await page.get_by_role("button", name="What to do indoors").click()
    await page.get_by_role("button", name="It is free").click()
    await page.get_by_role("button", name="Yes, do it").click()
    await expect(page.locator("#status")).to_contain_text("We are watching it")
    await expect(page.get_by_role("link", name="Look again")).to_be_visible()
    await page.get_by_role("link", name="Keep it still").click()
    await expect(page.get_by_role("link", name="Keep it still")).to_have_count(0)
    assert (await home.talk()).step == "defrost"

    await page.get_by_label("Write to us").fill("It hums quite loudly now")
    await page.get_by_role("button", name="Send", exact=True).click()
    photo = {"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": jpeg(segment(0xE1, exif()))}
    await page.get_by_label("Send a photo").set_input_files(photo)  # type: ignore[arg-type]
    await page.get_by_role("button", name="Send the photo").click()
    await expect(page.get_by_text("Our team can see your photo")).to_be_visible()
    async with home.world.store.reading() as tx:
        (kept,) = await tx.pages.photos(home.case.id)
        found = await tx.pages.picture(home.case.id, kept.id)
    assert found is not None and PLACE not in found[1]

    await page.get_by_role("button", name="Please call me").click()
    await expect(page.locator("#status")).to_contain_text("Our team has been told")
    await page.locator("summary", has_text="What was said").click()
    await expect(page.locator("#thread")).to_contain_text("It hums quite loudly now")
    assert home.troubles == []
    await context.close()


def noise(side: int) -> bytes:
    """A PNG that cannot be packed: some 3 bytes for each of side × side points; and where it was taken, in a text chunk."""
    rows = b"".join(b"\0" + randbytes(3 * side) for _ in range(side))
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    parts = (
        (b"IHDR", head),
        (b"tEXt", b"Comment\0" + PLACE),
        (b"IDAT", zlib.compress(rows, 0)),
        (b"IEND", b""),
    )
    chunks = (
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


async def test_a_photo_of_any_size_is_made_small_on_the_telephone_and_without_scripts_the_page_says_how_large(
    home: Home,
) -> None:
    big = {"name": "IMG.png", "mimeType": "image/png", "buffer": noise(2_400)}
    assert len(big["buffer"]) > 16 * 1024 * 1024
    for scripts in (True, False):
        context = await home.phone(java_script_enabled=scripts)
        page = await context.new_page()
        await page.goto(await home.link())
        await page.get_by_role("button", name="Open my page").click()
        await page.get_by_label("Send a photo").set_input_files(big)  # type: ignore[arg-type]
        await page.get_by_role("button", name="Send the photo").click()
        said = "Our team can see your photo" if scripts else "larger than 5 MB"
        await expect(page.locator("#notice")).to_contain_text(said)
        await context.close()
    async with home.world.store.reading() as tx:
        photos = await tx.pages.photos(home.case.id)
        found = await tx.pages.picture(home.case.id, photos[-1].id)
    assert found is not None and found[0].kind == "image/jpeg"
    assert len(found[1]) < 5 * 1024 * 1024
    assert home.troubles == []


async def test_with_scripts_the_door_is_for_people_and_the_page_looks_by_itself(home: Home) -> None:
    context = await home.phone()
    page = await context.new_page()
    await page.goto(link := await home.link())
    assert page.url == link, "a browser that a program drives is not let in by the script: it has to press"
    await page.get_by_role("button", name="Open my page").click()
    await expect(page.get_by_role("button", name="Change")).to_be_hidden()
    await expect(page.locator("#status")).to_contain_text("degrees at home")
    await page.get_by_label("Write to us").fill("I am still writ")

    here = home.world
    async with here.store.transaction() as tx:
        state = await tx.devices.state(home.case.device)
        assert state is not None
        warm: DeviceState = replace(state, values={**state.values, "room_temp": (23.0, here.now)})
        await tx.partitions.save(Checkpoint(0, 2, {}, (warm,)))
    await expect(page.locator("#status")).to_contain_text("It is 23 degrees at home.", timeout=15_000)
    await expect(page.get_by_label("Write to us")).to_have_value("I am still writ")
    assert home.troubles == []
    await context.close()


async def test_nothing_is_cut_off_with_large_letters_and_everything_is_big_enough_for_a_thumb(
    home: Home,
) -> None:
    context = await home.phone(color_scheme="dark")
    page = await context.new_page()
    await page.goto(await home.link())
    await page.get_by_role("button", name="Open my page").click()
    for each in await page.locator("details > summary").all():
        await each.click()
    for letters in ("16px", "32px"):
        await page.evaluate("(size) => { document.documentElement.style.fontSize = size; }", letters)
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await page.evaluate(wide) <= 0, letters
    small = """() => [...document.querySelectorAll("button, a.button, summary, select")]
        .filter((each) => each.offsetParent && each.getBoundingClientRect().height < 44).map((each) => each.textContent)"""
    assert await page.evaluate(small) == []
    unnamed = """() => [...document.querySelectorAll("input:not([type=hidden]), textarea, select")]
        .filter((each) => !each.labels.length).map((each) => each.name)"""
    assert await page.evaluate(unnamed) == []
    await context.close()
