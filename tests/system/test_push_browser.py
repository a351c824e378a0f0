"""A notification in a real Chromium: Ada turns it on by the page, the hub pushes, her browser shows it and opens it.

What is simulated: a browser can subscribe only at its maker's push service, which is on the internet. So the page's
`PushManager.subscribe` answers the subscription of our push service, which checks and decrypts what the hub sends; what it
decrypted is given to the page's own service worker by Chromium's debugging protocol, as a push. Nobody can press a
notification of a headless browser either: the worker is told that it was pressed, and where it wanted to go is looked at.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, ViewportSize, async_playwright, expect

from hub.bootstrap.push import new_vapid_keys
from hub.domain.contact import MessageClass
from hub.domain.customer import Channel, Health
from hub.domain.ids import CustomerId
from hub.ports import Accepted, Envelope
from hub.testing import eventually
from hub.web.door import PushKeys
from hub.web.push_links import new_token
from notifiers.push.channel import Push
from notifiers.push.webpush import Vapid, WebPush
from simulators.push import PushService
from tests.web.served import served
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
PRIVATE, PUBLIC = new_vapid_keys()
SECRET = "a secret of this house"

# The one thing that is not real in the page: where a subscription comes from.
SUBSCRIBING = """
(() => {
  const told = %s;
  const made = () => ({
    endpoint: told.endpoint,
    options: { applicationServerKey: Uint8Array.from(atob(told.key), (c) => c.charCodeAt(0)).buffer },
    toJSON: () => ({ endpoint: told.endpoint, keys: told.keys }),
    unsubscribe: async () => { localStorage.removeItem("subscribed"); return true; },
  });
  PushManager.prototype.subscribe = async (options) => {
    if (!options.userVisibleOnly || options.applicationServerKey.length !== 65) throw new Error("not like this");
    localStorage.setItem("subscribed", "yes");
    return made();
  };
  PushManager.prototype.getSubscription = async () => localStorage.getItem("subscribed") ? made() : null;
})();
"""


@dataclass(frozen=True, slots=True)
class Home:
    """Ada's browser in front of the hub, the push service between them, and what her page complained about."""

    world: World
    page: Page
    address: str
    service: PushService
    push: Push
    troubles: list[str]


@pytest_asyncio.fixture(loop_scope="module")
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    async with world(tmp_path) as made, PushService(made.clock) as service, async_playwright() as player:
        door = replace(
            made.door, push=PushKeys(PUBLIC, lambda one: one.startswith(service.url)), secret=SECRET
        )
        browser = await player.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        async with served(door) as address:
            context = await browser.new_context(viewport=ViewportSize(width=390, height=844))
            push = Push(
                {"webpush": WebPush(Vapid(PRIVATE, "mailto:a@b.example"), made.clock, (service.url,))}
            )
            page = await prepared(context, address, service)
            troubles: list[str] = []
            page.on("pageerror", lambda error: troubles.append(str(error)))
            page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
            yield Home(made, page, address, service, push, troubles)
            await push.close()
            await context.close()
        await browser.close()


async def prepared(context: BrowserContext, address: str, service: PushService) -> Page:
    """A page that may show notifications and subscribes at our push service."""
    await context.grant_permissions(["notifications"], origin=address)
    told = service.subscribe("ada", PUBLIC)
    key = PUBLIC.replace("-", "+").replace("_", "/")
    told["key"] = key + "=" * (-len(key) % 4)
    await context.add_init_script(SUBSCRIBING % json.dumps(told))
    return await context.new_page()


async def test_ada_turns_notifications_on_is_told_and_turns_them_off(home: Home) -> None:
    page, here = home.page, home.world
    await page.goto(f"{home.address}/push/{new_token(SECRET, CustomerId('ada'), here.now)}")
    await page.get_by_role("button", name="Turn notifications on").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Notifications are on")
    to = await address_of(home)

    link = f"{home.address}/push/read"
    shown = await pushed(
        home, Envelope("msg_1", to, "Nordwarm: Ada, your heat pump is icing up.", **COMMON, link=link)
    )
    assert shown == {
        "title": "Nordwarm",
        "body": "News about your heat pump",
        "lang": "en",
        "data": {"link": link},
    }
    assert await pressed(home) == link, "the link opens"

    await page.goto(f"{home.address}/push")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Notifications are on")
    await page.get_by_role("button", name="Turn notifications off").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Notifications are off")
    async with here.store.reading() as tx:
        found = await tx.people.find_address(Channel.PUSH, to)
    assert found is not None
    assert found.health is Health.DEAD
    await page.goto(f"{home.address}/push")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Notifications are not on here")
    assert not home.troubles


async def test_a_message_without_a_link_is_read_in_the_browser_after_opening(home: Home) -> None:
    page = home.page
    await page.goto(f"{home.address}/push/{new_token(SECRET, CustomerId('ada'), home.world.now)}")
    await page.get_by_role("button", name="Turn notifications on").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Notifications are on")
    words = "Nordwarm: Ada, your heat pump is icing up. It is still heating."
    shown = await pushed(home, Envelope("msg_2", await address_of(home), words, **COMMON))
    assert words not in json.dumps(shown), "a locked screen says that there is news, and no more"
    await page.goto(await pressed(home))
    await expect(page.locator("#words")).to_have_text(words)
    assert not home.troubles


COMMON: dict[str, Any] = {
    "language": "en",
    "kind": MessageClass.FIRST,
    "created": 0,
    "brand": "Nordwarm",
    "subject": "News about your heat pump",
}


async def address_of(home: Home) -> str:
    """The address that the page has left with the hub."""
    async with home.world.store.reading() as tx:
        (found,) = [
            one for one in await tx.people.addresses(CustomerId("ada")) if one.channel is Channel.PUSH
        ]
    return found.value


async def pushed(home: Home, envelope: Envelope) -> dict[str, Any]:
    """Send it by the channel, let the browser's own worker have what arrived, and answer the notification it shows."""
    assert isinstance(await home.push.send(envelope), Accepted)
    await home.page.wait_for_function(READY)
    line = await home.page.context.new_cdp_session(home.page)
    known: asyncio.Queue[list[dict[str, Any]]] = asyncio.Queue()
    line.on("ServiceWorker.workerRegistrationUpdated", lambda told: known.put_nowait(told["registrations"]))
    await line.send("ServiceWorker.enable")
    registration = next(one for one in await known.get() if one["scopeURL"].endswith("/push"))
    arrived = {
        "origin": home.address,
        "registrationId": registration["registrationId"],
        "data": json.dumps(home.service.taken[-1].read),
    }
    await line.send("ServiceWorker.deliverPushMessage", arrived)
    found: list[dict[str, Any]] = []

    async def shown() -> bool:
        found[:] = await home.page.evaluate(SHOWN)
        return bool(found)

    await eventually(shown)
    assert len(found) == 1
    return found[0]


READY = """
() => navigator.serviceWorker.getRegistration("/push").then((one) => one?.active?.state === "activated")
"""
SHOWN = """
navigator.serviceWorker.getRegistration("/push").then((one) => one.getNotifications()).then((all) =>
  all.map(({ title, body, lang, data }) => ({ title, body, lang, data })))
"""
PRESSED = """
async () => {
  let wanted = "";
  self.clients.openWindow = async (url) => { wanted = url; };
  self.clients.matchAll = async () => [];
  const [notification] = await self.registration.getNotifications();
  const waits = [];
  const event = new NotificationEvent("notificationclick", { notification });
  event.waitUntil = (promise) => waits.push(promise);
  self.dispatchEvent(event);
  await Promise.all(waits);
  return wanted + ((await self.registration.getNotifications()).length ? " and stays" : "");
}
"""


async def pressed(home: Home) -> str:
    """Tell the worker that its notification was pressed; where it wanted to go."""
    (worker,) = home.page.context.service_workers
    return str(await worker.evaluate(PRESSED))
