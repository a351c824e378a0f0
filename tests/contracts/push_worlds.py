"""The routes of the channel `push`, each with the service that it speaks to, as the tests put them together."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from hub.bootstrap.push import new_vapid_keys
from hub.clock import WallClock
from notifiers.push.apns import Apns, AppleKey
from notifiers.push.app import AppServer
from notifiers.push.channel import Push, Route
from notifiers.push.fcm import Fcm, ServiceAccount
from notifiers.push.homeassistant import HomeAssistant
from notifiers.push.ntfy import Ntfy
from notifiers.push.webpush import Vapid, WebPush
from simulators.push import PushService
from simulators.push_apple import Apple
from simulators.push_makers import HA_TOKEN, NTFY_TOKEN, SECRET, Makers
from simulators.push_moods import Moods

SCHEMES = ("webpush", "fcm", "apns", "app", "ntfy", "ha")
PRIVATE, PUBLIC = new_vapid_keys()


@dataclass(frozen=True, slots=True)
class PushWorld:
    """The channel with one route, an address that works, how many have arrived, and the mood of the service."""

    push: Push
    to: str
    arrived: Callable[[], int]
    moods: Moods
    service: PushService | Apple | Makers

    def breaks(self) -> None:
        """From now on the service is out of order."""
        self.moods.now(503)
        self.moods.always = self.moods.take()


@asynccontextmanager
async def push_world(
    scheme: str, clock: WallClock, full: bool = False, seconds: float = 2.0
) -> AsyncIterator[PushWorld]:
    """The route `scheme` and its service, speaking the real wire on loopback."""
    opened = {"webpush": _webpush, "apns": _apns}.get(scheme, _maker(scheme))
    async with opened(clock, full, seconds) as world:
        try:
            yield world
        finally:
            await world.push.close()


@asynccontextmanager
async def _webpush(clock: WallClock, full: bool, seconds: float) -> AsyncIterator[PushWorld]:
    async with PushService(clock) as service:
        to = f"webpush:{json.dumps(service.subscribe('ada', PUBLIC))}"
        route = WebPush(Vapid(PRIVATE, "mailto:push@nordwarm.example"), clock, (service.url,), seconds)
        push = Push({"webpush": route}, full)
        yield PushWorld(push, to, lambda: len(service.taken), service.moods, service)


@asynccontextmanager
async def _apns(clock: WallClock, full: bool, seconds: float) -> AsyncIterator[PushWorld]:
    async with Apple(clock) as apple:
        key = AppleKey(apple.p8(), apple.key_id, apple.team, apple.topic)
        push = Push({"apns": Apns(key, clock, apple.url, seconds)}, full)
        yield PushWorld(push, f"apns:{'ad' * 32}", lambda: len(apple.taken), apple.moods, apple)


def _maker(scheme: str) -> Callable[[WallClock, bool, float], AbstractAsyncContextManager[PushWorld]]:
    @asynccontextmanager
    async def opened(clock: WallClock, full: bool, seconds: float) -> AsyncIterator[PushWorld]:
        async with Makers(clock) as makers:
            route, to = _route(scheme, makers, clock, seconds)
            push = Push({scheme: route}, full)
            yield PushWorld(push, f"{scheme}:{to}", lambda: len(makers.sent[scheme]), makers.moods, makers)

    return opened


def _route(scheme: str, makers: Makers, clock: WallClock, seconds: float) -> tuple[Route, str]:
    if scheme == "fcm":
        return Fcm(ServiceAccount.read(makers.account()), clock, makers.url, seconds), "phone-of-ada"
    if scheme == "app":
        return AppServer(f"{makers.url}/app", SECRET, clock, seconds), "app-user-ada"
    if scheme == "ntfy":
        return Ntfy(makers.url, NTFY_TOKEN, seconds), "topic-of-ada"
    return HomeAssistant(makers.url, HA_TOKEN, seconds), "mobile_app_adas_phone"
