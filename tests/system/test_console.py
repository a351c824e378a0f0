"""The console in a real browser, with the keyboard alone, against a real server, store and log."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

from hub.domain.agent import Closing
from hub.domain.because import Because
from hub.domain.case import CaseState
from hub.domain.contact import MessageClass
from hub.domain.ids import CustomerId, UserId
from tests.web.served import served
from tests.web.world import World, ticket_of, world

pytestmark = [pytest.mark.system, pytest.mark.asyncio(loop_scope="module")]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True, slots=True)
class Desk:
    """A world with a browser in front of it. `troubles` are what the page's scripts complained about."""

    world: World
    page: Page
    address: str
    troubles: list[str]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    async with (
        async_playwright() as player,
        await player.chromium.launch(executable_path=CHROMIUM, args=QUIET) as made,
    ):
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def desk(tmp_path: Path, browser: Browser) -> AsyncIterator[Desk]:
    size = ViewportSize(width=1366, height=800)
    async with (
        world(tmp_path, sign_in_as=UserId("dag")) as made,
        served(made.door) as address,
        await browser.new_context(viewport=size, timezone_id="Europe/Berlin") as context,
    ):
        page, troubles = await context.new_page(), []
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
        yield Desk(made, page, address, troubles)


async def test_dag_sees_a_ticket_arrive_reads_it_replies_and_resolves_it_without_a_mouse(desk: Desk) -> None:
    page, here = desk.page, desk.world
    await page.goto(f"{desk.address}/console")
    await expect(page.locator("#live[data-state=live]")).to_be_visible()
    await expect(page.locator(".nothing")).to_contain_text("Nobody is waiting for a person")
    await page.evaluate("window.sameAsBefore = true")

    case = await here.ices_up()
    await here.told(case, "ada", "Nordwarm: Ada, your heat pump is icing up. It is still heating.", 38)
    await here.asks_for_person(case)
    row = page.locator(".row")
    await expect(row).to_contain_text("The outdoor unit is icing up")
    await expect(page.locator("#polite")).to_contain_text("Ada Berg")
    assert await page.evaluate("window.sameAsBefore"), "it arrived without a reload"

    await page.keyboard.press("j")
    await expect(row).to_be_focused()
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**{ticket_of(case)}")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Call Ada Berg")
    await the_first_screen_answers(page)
    await the_chart_shows_the_fault(page)

    await page.keyboard.press("t")
    await expect(page.locator(".status").first).to_have_text("with an agent")
    await page.keyboard.press("r")
    await page.keyboard.type("Hello Ada, this is Dag. I am ringing you in two minutes.")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".say.out").last).to_contain_text("this is Dag")
    await expect(page.locator("#words")).to_have_value("")

    await page.keyboard.press("Escape")
    await page.keyboard.press("e")
    await expect(page.get_by_text("Not proved: the device’s readings still show the fault.")).to_be_visible()
    await expect(page.locator("#resolve-dialog :checked")).to_have_count(0)
    await expect(page.locator(".doubt")).to_be_hidden()
    await page.keyboard.press("Space")
    await expect(page.locator(".doubt")).to_contain_text("Readings still show the fault.")
    await page.keyboard.press("ArrowDown")
    await expect(page.locator(".doubt")).to_be_hidden()
    await page.keyboard.press("Enter")
    await expect(page.locator(".status").first).to_have_text("resolved")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Resolved: false alarm")
    assert not desk.troubles

    async with here.store.reading() as tx:
        closed = await tx.cases.get(case.id)
        said = [one for one in await tx.messages.of_case(case.id) if one.kind is MessageClass.AGENT]
        owed = await tx.outbox.get(said[0].id)
    assert closed is not None and closed.state is CaseState.RESOLVED and closed.closing == Closing.FALSE_ALARM
    assert [one.written_by for one in said] == ["dag"] and owed is not None


async def the_first_screen_answers(page: Page) -> None:
    """Who, which device, what broke, since when, what has been tried and told, what next: without scrolling."""
    for answer in (
        "Ada Berg",
        "Garden heat pump",
        "The outdoor unit is icing up",
        "16:35",
        "It is still heating",
        "Next",
    ):
        found = page.locator("#brief").get_by_text(answer).first
        box = await found.bounding_box()
        assert box is not None and box["y"] + box["height"] <= 800, f"{answer} is on the first screen"


async def the_chart_shows_the_fault(page: Page) -> None:
    chart = page.get_by_role("img", name="The outdoor unit is icing up")
    await expect(chart.locator("[data-metric='Outdoor coil'] .threshold")).to_have_attribute(
        "data-threshold", "-12.0"
    )
    await expect(chart.locator(".threshold-label").first).to_have_text("below −12 °C")
    window = await chart.locator(".fault-window").bounding_box()
    whole = await chart.bounding_box()
    assert window is not None and whole is not None
    assert 0.2 * whole["width"] < window["width"] < 0.8 * whole["width"]


async def test_a_draft_survives_a_reload_and_a_changed_ticket_warns_before_it_is_sent(desk: Desk) -> None:
    page, here = desk.page, desk.world
    case = await here.asks_for_person(await here.ices_up())
    await page.goto(f"{desk.address}/console")
    await page.goto(f"{desk.address}{ticket_of(case)}")
    await page.keyboard.press("r")
    await page.keyboard.type("Please switch the pump")
    await page.reload()
    await expect(page.locator("#words")).to_have_value("Please switch the pump")

    await here.told(case, "ada", "A colleague has written meanwhile.", 1)
    await expect(page.locator("#conflict")).to_be_visible()
    await page.keyboard.press("r")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#toast")).to_contain_text("changed while you were looking")
    await page.get_by_text("I have read it").press("Enter")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".say.out").last).to_contain_text("Please switch the pump")


async def test_where_nothing_may_be_sent_the_words_are_kept_and_a_note_can_be_written(desk: Desk) -> None:
    page, here = desk.page, desk.world
    case = await here.asks_for_person(await here.ices_up())
    await page.goto(f"{desk.address}/console")
    await page.goto(f"{desk.address}{ticket_of(case)}")
    await page.keyboard.press("r")
    await page.keyboard.type("Hello Ada")
    async with here.store.transaction() as tx:
        await tx.people.suppress(CustomerId("ada"), here.now, str(Because.STOP_SAID))
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#toast")).to_contain_text("The customer said stop. Your words are kept")
    await expect(page.locator("#words")).to_have_value("Hello Ada")

    send = page.locator(".composer .foot button")
    await expect(send).to_have_attribute("aria-disabled", "true")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#toast")).to_contain_text("an internal note can be written")
    await page.get_by_text("Internal note", exact=True).click()
    await expect(send).to_have_attribute("aria-disabled", "false")
    await page.locator("#words").fill("She said stop: I write a letter.")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".say.note")).to_contain_text("I write a letter")
    async with here.store.reading() as tx:
        assert not [one for one in await tx.messages.of_case(case.id) if one.kind is MessageClass.AGENT]


async def test_the_first_page_after_signing_in_is_on_the_reader_s_clock(desk: Desk, browser: Browser) -> None:
    await desk.world.asks_for_person(await desk.world.ices_up())
    async with await browser.new_context(timezone_id="Asia/Tokyo") as context:
        page = await context.new_page()
        await page.goto(f"{desk.address}/console")
        await expect(page.locator("#shelf h1")).to_contain_text("times in Tokyo")
        await expect(page.locator(".row .time")).to_contain_text("00:35")


async def test_single_keys_can_be_switched_off_and_stay_off(desk: Desk) -> None:
    page = desk.page
    case = await desk.world.asks_for_person(await desk.world.ices_up())
    await page.goto(f"{desk.address}/console")
    await page.keyboard.press("?")
    await page.get_by_label("Single-key shortcuts").press("Space")
    await page.keyboard.press("Escape")
    await page.goto(f"{desk.address}{ticket_of(case)}")
    await page.keyboard.press("t")
    await page.keyboard.press("e")
    await expect(page.locator("#resolve-dialog")).to_be_hidden()
    async with desk.world.store.reading() as tx:
        untouched = await tx.cases.get(case.id)
    assert untouched is not None and untouched.agent is None


async def test_the_phone_shows_everything_without_scrolling_sideways(desk: Desk) -> None:
    page = desk.page
    case = await desk.world.asks_for_person(await desk.world.ices_up())
    await page.set_viewport_size({"width": 390, "height": 844})
    for path in ("/console", ticket_of(case)):
        await page.goto(f"{desk.address}{path}")
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, path
        await expect(page.locator("#q")).to_have_attribute("placeholder", "Search")
