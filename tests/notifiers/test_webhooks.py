"""Events for the maker's own systems: signed as Standard Webhooks wants, checked with its own library on the other side."""

import base64
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError
from structlog.testing import capture_logs

from hub.clock import WallClock, fast_clock, micros
from hub.ports import Accepted, InDoubt, TryLater, Undeliverable
from notifiers.webhooks.delivery import Delivery
from simulators.maker import Maker

START = micros("2026-11-21T17:00:00Z")
OLD, NEW, OTHER = ("whsec_" + base64.b64encode(letter * 24).decode() for letter in (b"o", b"n", b"x"))
BODY = json.dumps({"type": "case.opened", "data": {"case": "case_1"}})


@pytest.fixture
async def maker() -> AsyncIterator[Maker]:
    async with Maker() as maker:
        yield maker


async def test_every_secret_signs_so_that_the_old_one_can_stay_until_the_new_one_is_everywhere(
    maker: Maker,
) -> None:
    delivery = Delivery(maker.url, (NEW, OLD), WallClock())
    assert await delivery.post("evt_1", BODY) == Accepted("evt_1")
    await delivery.close()
    [post] = maker.posts
    for secret in (OLD, NEW):
        assert Webhook(secret).verify(post.body, dict(post.headers)) == json.loads(BODY)
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER).verify(post.body, dict(post.headers))


async def test_an_event_that_comes_again_has_the_same_name_and_a_new_moment(maker: Maker) -> None:
    clock = fast_clock(START, 1_000_000)
    delivery = Delivery(maker.url, (NEW,), clock)
    await delivery.post("evt_1", BODY)
    await clock.wait(5_000_000)
    await delivery.post("evt_1", BODY)
    await delivery.close()
    first, second = (post.headers for post in maker.posts)
    assert first["webhook-id"] == second["webhook-id"] == "evt_1"
    assert int(second["webhook-timestamp"]) > int(first["webhook-timestamp"])
    assert datetime.fromtimestamp(int(first["webhook-timestamp"]), UTC).year == 2026


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Accepted("evt_1")),
        (204, Accepted("evt_1")),
        (302, Undeliverable("302")),
        (400, Undeliverable("400")),
        (410, Undeliverable("410")),
        (429, TryLater("429", 7.0)),
        (503, TryLater("503", 7.0)),
        (0, InDoubt("")),
    ],
)
async def test_what_the_receiver_says_decides_whether_it_comes_again(
    maker: Maker, status: int, outcome: object
) -> None:
    maker.next_answers.append(status)
    delivery = Delivery(maker.url, (NEW,), WallClock())
    with capture_logs() as lines:
        told = await delivery.post("evt_1", BODY)
    await delivery.close()
    if status:
        assert told == outcome
    else:
        assert isinstance(told, InDoubt)
    assert lines == []


@pytest.mark.parametrize("secret", ["", "secret", "whsec_", "whsec_c2hvcnQ="])
def test_a_secret_that_is_none_is_refused_at_once(secret: str) -> None:
    with pytest.raises(ValueError, match="whsec_"):
        Delivery("https://systems.example", (secret,), WallClock())
