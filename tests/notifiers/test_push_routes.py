"""The channel `push`: what each service answers, what the hub makes of it, and what may be seen on a lock screen."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from hub.clock import micros
from hub.domain.contact import MessageClass
from hub.ports import Accepted, Envelope, InDoubt, TryLater, Undeliverable
from hub.testing import FakeClock
from notifiers.push.card import card_of, tag_of
from notifiers.push.channel import Push
from notifiers.push.webpush import HOSTS, allowed, payload, subscription
from simulators.push_makers import google
from tests.contracts.push_worlds import SCHEMES, push_world

START = micros("2026-11-21T17:00:00Z")
HELLO = Envelope(
    id="msg_1",
    to="",
    text="Nordwarm: Ada, your heat pump is icing up. It is still heating. Reply 1 or 2. STOP ends.",
    language="en",
    kind=MessageClass.FIRST,
    created=START,
    relevant=3_600,
    brand="Nordwarm",
    subject="News about your heat pump",
    link="https://hub.nordwarm.example/p/abc",
)
DEAD, LATER = "dead", "later"


def fcm_error(status: int, name: str, code: str, where: str = "") -> str:
    return bytes(google(status, name, code, where).body).decode()


@pytest.mark.parametrize(
    ("scheme", "status", "body", "headers", "outcome"),
    [
        ("webpush", 404, "", {}, Undeliverable("404", dead=True)),
        ("webpush", 410, "", {}, Undeliverable("410", dead=True)),
        ("webpush", 400, "", {}, Undeliverable("400")),
        ("webpush", 413, "", {}, Undeliverable("413")),
        ("webpush", 403, "", {}, Undeliverable("403")),
        ("webpush", 429, "", {"Retry-After": "120"}, TryLater("429", 120.0)),
        (
            "webpush",
            503,
            "",
            {"Date": "Sat, 21 Nov 2026 17:00:00 GMT", "Retry-After": "Sat, 21 Nov 2026 17:01:30 GMT"},
            TryLater("503", 90.0),
        ),
        ("webpush", 500, "", {"Retry-After": "soon"}, TryLater("500")),
        ("webpush", 307, "", {"Location": "http://127.0.0.1:9/"}, Undeliverable("307")),
        (
            "fcm",
            404,
            fcm_error(404, "NOT_FOUND", "UNREGISTERED"),
            {},
            Undeliverable("UNREGISTERED", dead=True),
        ),
        ("fcm", 404, "<html>nothing here</html>", {}, TryLater("404")),
        (
            "fcm",
            400,
            fcm_error(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", "message.token"),
            {},
            Undeliverable("INVALID_TOKEN", dead=True),
        ),
        (
            "fcm",
            400,
            fcm_error(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", "message.android.ttl"),
            {},
            Undeliverable("INVALID_ARGUMENT"),
        ),
        (
            "fcm",
            403,
            fcm_error(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH"),
            {},
            TryLater("SENDER_ID_MISMATCH"),
        ),
        (
            "fcm",
            429,
            fcm_error(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED"),
            {"Retry-After": "60"},
            TryLater("QUOTA_EXCEEDED", 60.0),
        ),
        (
            "fcm",
            503,
            fcm_error(503, "UNAVAILABLE", "UNAVAILABLE"),
            {"Retry-After": "7"},
            TryLater("UNAVAILABLE", 7.0),
        ),
        ("fcm", 200, "{}", {}, InDoubt("no_name")),
        ("apns", 410, "Unregistered", {}, Undeliverable("Unregistered", dead=True)),
        ("apns", 410, "ExpiredToken", {}, Undeliverable("ExpiredToken", dead=True)),
        ("apns", 400, "BadDeviceToken", {}, Undeliverable("BadDeviceToken", dead=True)),
        ("apns", 400, "DeviceTokenNotForTopic", {}, TryLater("DeviceTokenNotForTopic")),
        ("apns", 400, "PayloadEmpty", {}, Undeliverable("PayloadEmpty")),
        ("apns", 413, "PayloadTooLarge", {}, Undeliverable("PayloadTooLarge")),
        ("apns", 403, "InvalidProviderToken", {}, TryLater("InvalidProviderToken")),
        (
            "apns",
            429,
            "TooManyRequests",
            {"retry-after": "30"},
            TryLater("TooManyRequests", 30.0),
        ),
        ("apns", 500, "InternalServerError", {}, TryLater("InternalServerError")),
        ("apns", 503, "Shutdown", {}, TryLater("Shutdown")),
        ("app", 202, "", {}, Accepted("app:msg_1")),
        ("app", 410, "", {}, Undeliverable("410", dead=True)),
        ("app", 404, "", {}, Undeliverable("404")),
        ("app", 401, "", {}, TryLater("401")),
        ("app", 502, "", {}, TryLater("502")),
        ("ntfy", 429, '{"code":42901,"http":429}', {}, TryLater("42901")),
        ("ntfy", 403, '{"code":40301,"http":403}', {}, TryLater("40301")),
        ("ntfy", 413, '{"code":41303,"http":413}', {}, Undeliverable("41303")),
        ("ha", 401, "401: Unauthorized", {}, TryLater("401")),
        ("ha", 400, "400: Bad Request", {}, Undeliverable("400")),
        ("ha", 502, "", {}, TryLater("502")),
    ],
)
async def test_what_a_push_service_says_decides_whether_the_hub_tries_again(
    scheme: str, status: int, body: str, headers: dict[str, str], outcome: object
) -> None:
    async with push_world(scheme, FakeClock(START)) as here:
        here.moods.now(status, body, headers)
        assert await here.push.send(replace(HELLO, to=here.to)) == outcome
        assert here.arrived() == 0


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_a_connection_that_breaks_or_falls_silent_leaves_the_message_in_doubt(scheme: str) -> None:
    async with push_world(scheme, FakeClock(START), seconds=0.2) as here:
        for kind in ("hang_up", "silence"):
            here.moods.now_kind(kind)
            told = await here.push.send(replace(HELLO, to=here.to))
            assert isinstance(told, InDoubt), kind
        assert here.push.in_doubt == "resend"
        assert isinstance(await here.push.send(replace(HELLO, to=here.to)), Accepted), (
            "and then it works again"
        )


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_a_service_that_is_not_there_is_tried_later_since_nothing_was_sent(scheme: str) -> None:
    async with push_world(scheme, FakeClock(START)) as here:
        to, push = here.to, here.push
        await here.service.__aexit__()
        assert await push.send(replace(HELLO, to=to)) == TryLater("ConnectError")


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_our_own_mistake_is_told_to_the_operator_and_buries_nobody(scheme: str) -> None:
    async with push_world(scheme, FakeClock(START)) as here:
        here.moods.now(403, "InvalidProviderToken")
        with capture_logs() as lines:
            told = await here.push.send(replace(HELLO, to=here.to))
        assert told in (TryLater(told.code), Undeliverable("403"))
        assert [(line["event"], line["log_level"]) for line in lines] == [("push_account_refused", "error")]


@pytest.mark.parametrize(
    ("to", "outcome"),
    [
        ("+4915112345001", Undeliverable("no_such_route")),
        ("fcm:token", Undeliverable("no_such_route")),
        ("webpush:", Undeliverable("no_such_route")),
        ("webpush:nonsense", Undeliverable("no_subscription", dead=True)),
        ("webpush:{}", Undeliverable("no_subscription", dead=True)),
        ('webpush:{"endpoint":"https://[","keys":{"p256dh":"AA","auth":"AA"}}', None),
        ("webpush:https://fcm.googleapis.com/x#AAAA.BBBB", Undeliverable("no_subscription", dead=True)),
    ],
)
async def test_an_address_that_makes_no_sense_is_asked_of_nobody(to: str, outcome: object) -> None:
    async with push_world("webpush", FakeClock(START)) as here:
        expected = outcome or Undeliverable("no_subscription", dead=True)
        assert await here.push.send(replace(HELLO, to=to)) == expected


@pytest.mark.parametrize("scheme", ["apns", "ntfy", "ha"])
async def test_an_address_cannot_lead_out_of_its_place(scheme: str) -> None:
    async with push_world(scheme, FakeClock(START)) as here:
        for to in ("../../../states", "a/b", "x y", "é"):
            told = await here.push.send(replace(HELLO, to=f"{scheme}:{to}"))
            assert isinstance(told, Undeliverable)
            assert told.dead


def test_a_browser_can_send_the_hub_to_push_services_only() -> None:
    for good in (
        "https://fcm.googleapis.com/fcm/send/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://wns2-by3p.notify.windows.com/w/?token=abc",
        "https://web.push.apple.com/abc",
    ):
        assert allowed(good, HOSTS), good
    for bad in (
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com:8443/x",
        "https://user@fcm.googleapis.com/x",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evilnotify.windows.com/x",
        "https://127.0.0.1/x",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "",
    ):
        assert not allowed(bad, HOSTS), bad


async def test_a_subscription_may_be_written_shortly() -> None:
    async with push_world("webpush", FakeClock(START)) as here:
        endpoint, keys = subscription(here.to.removeprefix("webpush:"))
        short = f"webpush:{endpoint}#{keys['p256dh']}.{keys['auth']}"
        assert isinstance(await here.push.send(replace(HELLO, to=short)), Accepted)


def test_a_lock_screen_shows_who_writes_and_what_about_and_the_rest_is_for_the_person() -> None:
    neutral, full = card_of(HELLO, full=False), card_of(HELLO, full=True)
    assert (neutral.title, neutral.body) == ("Nordwarm", "News about your heat pump")
    assert (full.title, full.body) == ("Nordwarm", HELLO.text)
    bare = card_of(replace(HELLO, subject="", brand="", language="de-AT"), full=False)
    assert bare.title == bare.body == "Es gibt Neuigkeiten zu einem Ihrer Geräte. Zum Lesen bitte öffnen."
    chinese = card_of(replace(HELLO, subject="", language="zh"), full=False)
    assert (chinese.body, chinese.open) == ("您的一台设备有新消息。打开即可阅读。", "打开")


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_no_push_service_shows_the_words_on_a_locked_phone(scheme: str) -> None:
    async with push_world(scheme, FakeClock(START)) as here:
        await here.push.send(replace(HELLO, to=here.to))
        told = seen(here.service, scheme)
    assert "icing up" not in told or scheme == "app", (
        "the maker's own server is told the words, to show when opened"
    )
    assert "News about your heat pump" in told


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_a_maker_may_choose_to_show_the_words(scheme: str) -> None:
    async with push_world(scheme, FakeClock(START), full=True) as here:
        await here.push.send(replace(HELLO, to=here.to))
        assert "icing up" in seen(here.service, scheme)


def seen(service: object, scheme: str) -> str:
    """Everything that the service was told, as one text."""
    sent = getattr(service, "sent", {}).get(scheme)
    taken = sent if sent is not None else [getattr(one, "read", one) for one in service.taken]  # type: ignore[attr-defined]  # one of three
    return json.dumps(taken, ensure_ascii=False)


def test_every_message_has_a_tag_of_its_own_that_fits_everywhere() -> None:
    tags = {tag_of(f"msg_{number}") for number in range(1_000)}
    assert len(tags) == 1_000
    assert {len(tag) for tag in tags} == {32}
    assert tag_of("msg_1") == tag_of("msg_1")


def test_the_longest_words_still_fit_into_one_push() -> None:
    told = payload(card_of(replace(HELLO, text="é🔥" * 1_600, link=""), full=True))
    assert len(told) <= 3_500
    assert json.loads(told)["words"].endswith("…")


async def test_without_a_link_the_words_travel_sealed_and_are_shown_after_opening() -> None:
    async with push_world("webpush", FakeClock(START)) as here:
        await here.push.send(replace(HELLO, to=here.to, link=""))
        read = here.service.taken[0].read  # type: ignore[union-attr]  # the one for browsers
    assert read["words"] == HELLO.text
    assert HELLO.text not in (read["title"], read["body"])


async def test_a_channel_without_routes_reaches_nobody_and_closes() -> None:
    push = Push({})
    assert await push.send(replace(HELLO, to="fcm:x")) == Undeliverable("no_such_route")
    await push.close()
