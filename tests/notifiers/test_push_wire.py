"""What each push service is sent, checked by servers that speak the real wire: signed, encrypted and shaped as documented."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import jwt
import pytest
from standardwebhooks import Webhook

from device_rules.reading import HOUR, MINUTE
from hub.clock import micros
from hub.domain.contact import MessageClass
from hub.ports import Accepted, Envelope, InDoubt, TryLater, Undeliverable
from hub.testing import FakeClock
from notifiers.push.card import tag_of
from simulators.push import PushService
from simulators.push_apple import Apple
from simulators.push_makers import SECRET, Makers
from tests.contracts.push_worlds import PUBLIC, PushWorld, push_world

START = micros("2026-11-21T17:00:00Z")
SECONDS = START // 1_000_000
LINK = "https://hub.nordwarm.example/p/abc"
HELLO = Envelope(
    id="msg_1",
    to="",
    text="Nordwarm: Ada, your heat pump is icing up. Reply 1 or 2. STOP ends.",
    language="en",
    kind=MessageClass.FIRST,
    created=START,
    relevant=3_600,
    brand="Nordwarm",
    subject="News about your heat pump",
    link=LINK,
)
TAG = tag_of("msg_1")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(START)


@pytest.fixture
async def browser(clock: FakeClock) -> AsyncIterator[PushWorld]:
    async with push_world("webpush", clock) as here:
        yield here


@pytest.fixture
async def firebase(clock: FakeClock) -> AsyncIterator[PushWorld]:
    async with push_world("fcm", clock) as here:
        yield here


@pytest.fixture
async def apple(clock: FakeClock) -> AsyncIterator[PushWorld]:
    async with push_world("apns", clock) as here:
        yield here


async def test_adas_browser_alone_can_read_what_it_is_sent(browser: PushWorld) -> None:
    service = browser.service
    assert isinstance(service, PushService)
    assert await browser.push.send(replace(HELLO, to=browser.to)) == Accepted("webpush:msg_1")
    pushed = service.taken[0]
    assert pushed.read == {
        "title": "Nordwarm",
        "body": "News about your heat pump",
        "tag": TAG,
        "lang": "en",
        "open": "Open",
        "link": LINK,
    }
    assert pushed.claims == {
        "aud": service.url,
        "exp": SECONDS + 12 * 3_600,
        "sub": "mailto:push@nordwarm.example",
    }
    told = {name: pushed.headers[name] for name in ("ttl", "urgency", "topic", "content-encoding")}
    assert told == {"ttl": "3600", "urgency": "high", "topic": TAG, "content-encoding": "aes128gcm"}

    service.subscribe("ada", PUBLIC)  # another browser by the same address has other keys: it cannot read it
    assert (await browser.push.send(replace(HELLO, to=browser.to))).code == "400"  # type: ignore[union-attr]  # the test says so
    assert "ECEException" in service.refused[-1]


async def test_a_message_sent_twice_is_one_notification(browser: PushWorld) -> None:
    service = browser.service
    assert isinstance(service, PushService)
    for _ in range(2):
        await browser.push.send(replace(HELLO, to=browser.to))
    await browser.push.send(replace(HELLO, to=browser.to, id="msg_2"))
    assert len(service.taken) == 3
    assert [*service.browsers["ada"].waiting] == [TAG, tag_of("msg_2")]


async def test_a_browser_that_was_told_another_key_refuses_us_and_is_not_buried(browser: PushWorld) -> None:
    service = browser.service
    assert isinstance(service, PushService)
    service.browsers["ada"].server_key = "another"
    assert await browser.push.send(replace(HELLO, to=browser.to)) == Undeliverable("403")


async def test_what_we_are_to_a_push_service_is_proved_anew_before_it_ends(
    browser: PushWorld, clock: FakeClock
) -> None:
    service = browser.service
    assert isinstance(service, PushService)
    for hours in (0, 10, 2):
        await clock.advance(hours * HOUR)
        await browser.push.send(replace(HELLO, to=browser.to))
    tokens = [one.headers["authorization"] for one in service.taken]
    assert tokens[0] == tokens[1] != tokens[2]
    assert not service.refused


@pytest.mark.parametrize(
    ("kind", "urgency"), [(MessageClass.SAFETY, "high"), (MessageClass.REMINDER, "normal")]
)
async def test_only_what_matters_wakes_a_phone_that_saves_its_battery(
    browser: PushWorld, kind: MessageClass, urgency: str
) -> None:
    await browser.push.send(replace(HELLO, to=browser.to, kind=kind))
    assert browser.service.taken[0].headers["urgency"] == urgency  # type: ignore[union-attr]  # the one for browsers


async def test_firebase_is_told_what_its_reference_asks_for(firebase: PushWorld) -> None:
    makers = firebase.service
    assert isinstance(makers, Makers)
    told = await firebase.push.send(replace(HELLO, to=firebase.to))
    assert told == Accepted("projects/nordwarm-app/messages/0:1")
    assert makers.sent["fcm"] == [
        {
            "token": "phone-of-ada",
            "notification": {"title": "Nordwarm", "body": "News about your heat pump"},
            "data": {"id": "msg_1", "link": LINK, "tag": TAG, "language": "en"},
            "android": {
                "priority": "HIGH",
                "ttl": "3600s",
                "collapse_key": TAG,
                "notification": {"tag": TAG},
            },
            "apns": {
                "headers": {
                    "apns-priority": "10",
                    "apns-expiration": str(SECONDS + 3_600),
                    "apns-collapse-id": TAG,
                },
                "payload": {"aps": {"sound": "default"}},
            },
            "webpush": {
                "headers": {"TTL": "3600", "Urgency": "high", "Topic": TAG},
                "notification": {"tag": TAG},
                "fcm_options": {"link": LINK},
            },
        }
    ]


async def test_firebase_is_signed_in_to_once_an_hour_and_not_for_each_message(
    firebase: PushWorld, clock: FakeClock
) -> None:
    makers = firebase.service
    assert isinstance(makers, Makers)
    at_once = [firebase.push.send(replace(HELLO, to=firebase.to, id=f"msg_{n}")) for n in range(5)]
    assert all(isinstance(one, Accepted) for one in await asyncio.gather(*at_once))
    assert makers.tokens == 1
    await clock.advance(54 * MINUTE)
    await firebase.push.send(replace(HELLO, to=firebase.to))
    assert makers.tokens == 1
    await clock.advance(MINUTE)
    await firebase.push.send(replace(HELLO, to=firebase.to))
    assert makers.tokens == 2


async def test_an_access_token_that_firebase_has_forgotten_is_replaced_at_the_next_try(
    firebase: PushWorld,
) -> None:
    makers = firebase.service
    assert isinstance(makers, Makers)
    await firebase.push.send(replace(HELLO, to=firebase.to))
    makers.tokens += 1  # somebody else's is the good one now
    assert await firebase.push.send(replace(HELLO, to=firebase.to)) == TryLater("UNAUTHENTICATED")
    assert isinstance(await firebase.push.send(replace(HELLO, to=firebase.to)), Accepted)


async def test_who_cannot_sign_in_has_sent_nothing(firebase: PushWorld, clock: FakeClock) -> None:
    makers = firebase.service
    assert isinstance(makers, Makers)
    for status, body, code in (
        (400, '{"error":"invalid_grant"}', "invalid_grant"),
        (503, "", "503"),
        (200, "{}", "no_access_token"),
        (418, "", "no_access_token"),
    ):
        makers.sign_in_moods.now(status, body)
        assert await firebase.push.send(replace(HELLO, to=firebase.to)) == TryLater(code)
    makers.sign_in_moods.now_kind("hang_up")
    assert isinstance(await firebase.push.send(replace(HELLO, to=firebase.to)), TryLater)
    assert makers.sent["fcm"] == []


async def test_apple_is_told_what_its_reference_asks_for(apple: PushWorld) -> None:
    service = apple.service
    assert isinstance(service, Apple)
    told = await apple.push.send(replace(HELLO, to=apple.to))
    phone, headers, body = service.taken[0]
    assert phone == "ad" * 32
    assert told == Accepted(headers["apns-id"])
    assert {name: headers[name] for name in headers if name.startswith("apns-") and name != "apns-id"} == {
        "apns-topic": "com.example.nordwarm",
        "apns-push-type": "alert",
        "apns-priority": "10",
        "apns-expiration": str(SECONDS + 3_600),
        "apns-collapse-id": TAG,
    }
    assert body == {
        "aps": {"alert": {"title": "Nordwarm", "body": "News about your heat pump"}, "sound": "default"},
        "id": "msg_1",
        "link": LINK,
    }
    claims = jwt.decode(service.tokens[0], options={"verify_signature": False})
    assert claims == {"iss": "TEAM123456", "iat": SECONDS}
    again = await apple.push.send(replace(HELLO, to=apple.to))
    assert again == told, "the same message has the same name, however often it is sent"


async def test_apple_hears_many_on_one_connection_with_one_token_for_forty_minutes(
    apple: PushWorld, clock: FakeClock
) -> None:
    service = apple.service
    assert isinstance(service, Apple)
    at_once = [apple.push.send(replace(HELLO, to=apple.to, id=f"msg_{n}")) for n in range(20)]
    assert all(isinstance(one, Accepted) for one in await asyncio.gather(*at_once))
    await clock.advance(39 * MINUTE)
    await apple.push.send(replace(HELLO, to=apple.to))
    assert (service.connections, len(service.tokens)) == (1, 1)
    await clock.advance(MINUTE)
    assert isinstance(await apple.push.send(replace(HELLO, to=apple.to)), Accepted)
    assert len(service.tokens) == 2


async def test_a_token_that_apple_rejects_is_renewed_no_sooner_than_apple_allows(
    apple: PushWorld, clock: FakeClock
) -> None:
    service = apple.service
    assert isinstance(service, Apple)
    for minutes, tokens in ((0, 1), (10, 1), (11, 2)):
        await clock.advance(minutes * MINUTE)
        service.moods.now(403, "ExpiredProviderToken")
        assert await apple.push.send(replace(HELLO, to=apple.to)) == TryLater("ExpiredProviderToken")
        assert isinstance(await apple.push.send(replace(HELLO, to=apple.to)), Accepted)
        assert len(service.tokens) == tokens


async def test_a_phone_without_the_app_is_buried(apple: PushWorld) -> None:
    service = apple.service
    assert isinstance(service, Apple)
    service.gone.add("ad" * 32)
    told = await apple.push.send(replace(HELLO, to=apple.to))
    assert getattr(told, "dead", False)


async def test_the_makers_own_server_can_check_who_calls_and_hears_a_message_once(clock: FakeClock) -> None:
    async with push_world("app", clock) as here:
        makers = here.service
        assert isinstance(makers, Makers)
        here.moods.now_kind("hang_up")
        assert isinstance(await here.push.send(replace(HELLO, to=here.to)), InDoubt)
        for _ in range(2):
            assert await here.push.send(replace(HELLO, to=here.to)) == Accepted("app:msg_1")
        assert makers.sent["app"] == [
            {
                "type": "message.push",
                "timestamp": "2026-11-21T17:00:00+00:00",
                "data": {
                    "id": "msg_1",
                    "to": "app-user-ada",
                    "title": "Nordwarm",
                    "body": "News about your heat pump",
                    "text": HELLO.text,
                    "link": LINK,
                    "language": "en",
                    "class": "first",
                    "relevant_seconds": 3_600,
                },
            }
        ]
        assert Webhook(SECRET).sign("msg_1", datetime.fromtimestamp(SECONDS, UTC), "{}").startswith("v1,")


async def test_ntfy_and_home_assistant_are_told_how_to_open_and_replace_it(clock: FakeClock) -> None:
    async with push_world("ntfy", clock) as here:
        assert await here.push.send(replace(HELLO, to=here.to)) == Accepted("ntfy1")
        assert here.service.sent["ntfy"] == [  # type: ignore[union-attr]  # the one with makers
            {
                "topic": "topic-of-ada",
                "title": "Nordwarm",
                "message": "News about your heat pump",
                "priority": 4,
                "sequence_id": TAG,
                "click": LINK,
                "actions": [{"action": "view", "label": "Open", "url": LINK, "clear": True}],
            }
        ]
    async with push_world("ha", clock) as here:
        assert await here.push.send(replace(HELLO, to=here.to)) == Accepted("ha:msg_1")
        assert here.service.sent["ha"] == [  # type: ignore[union-attr]  # the one with makers
            {
                "title": "Nordwarm",
                "message": "News about your heat pump",
                "data": {"tag": TAG, "ttl": 0, "priority": "high", "url": LINK, "clickAction": LINK},
            }
        ]
