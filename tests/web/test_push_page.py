"""The page on which a person turns notifications on: one link, one person, one consent; and the way back."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI

from device_rules.reading import HOUR
from hub.bootstrap.push import new_vapid_keys
from hub.domain.because import Because
from hub.domain.customer import Address, Basis, BasisKind, Channel, Health, Purpose
from hub.domain.ids import CustomerId
from hub.flow.consent_choices import By, choose
from hub.web.app import create_app
from hub.web.door import PushKeys
from hub.web.push_links import LIFE, new_token, read_token
from hub.web.push_words import WORDS, words_in
from simulators.push import Browser
from tests.web.asking import key
from tests.web.world import ADMIN_KEY, DESK_KEY, READ_KEY, World
from voice_skills.words import house_words

PUBLIC = new_vapid_keys()[1]
SERVICE = "https://push.example"
ADA, BEN = CustomerId("ada"), CustomerId("ben")
PHONE = Browser("phone", PUBLIC).subscription(SERVICE)
LAPTOP = Browser("laptop", PUBLIC).subscription(SERVICE)
SECRET = "a secret of this house"


@pytest.fixture
def app(here: World) -> FastAPI:
    keys = PushKeys(PUBLIC, lambda endpoint: endpoint.startswith(SERVICE + "/"))
    return create_app(replace(here.door, push=keys, secret=SECRET))


def token_of(here: World, customer: CustomerId) -> str:
    return new_token(SECRET, customer, here.now)


def value_of(subscription: dict) -> str:
    keys = subscription["keys"]
    return f"webpush:{subscription['endpoint']}#{keys['p256dh']}.{keys['auth']}"


async def addresses(here: World, customer: CustomerId) -> list[Address]:
    async with here.store.reading() as tx:
        return [one for one in await tx.people.addresses(customer) if one.channel is Channel.PUSH]


async def ledger(here: World, customer: CustomerId) -> list[Basis]:
    async with here.store.reading() as tx:
        return [line for line in await tx.people.bases(customer) if line.channel is Channel.PUSH]


async def test_ada_turns_notifications_on_and_what_she_agreed_to_is_on_record(
    here: World, client: httpx.AsyncClient
) -> None:
    token = token_of(here, ADA)
    page = await client.get(f"/push/{token}")
    assert page.status_code == 200
    assert "Turn notifications on" in page.text
    assert PUBLIC in page.text
    assert "Ada" not in page.text, "a link may be opened by anybody: it names nobody"
    assert await addresses(here, ADA) == [], "looking uses nothing up"

    answer = await client.post(f"/push/{token}", json=PHONE)
    assert answer.json() == {"on": True}
    (address,) = await addresses(here, ADA)
    assert (address.value, address.health) == (value_of(PHONE), Health.GOOD)
    (line,) = await ledger(here, ADA)
    assert (line.purpose, line.kind, line.how, line.country) == (
        Purpose.SERVICE,
        BasisKind.CONSENT,
        "web page /push",
        "DE",
    )
    assert line.wording in page.text.replace("&#39;", "'"), "what is on record is what she was shown"
    async with here.store.reading() as tx:
        kinds = [fact.kind for fact in await tx.facts.since(0)]
    assert "address.added" in kinds


async def test_a_link_works_once_and_twice_only_for_the_same_browser(
    here: World, client: httpx.AsyncClient
) -> None:
    token = token_of(here, ADA)
    for _ in range(2):
        assert (await client.post(f"/push/{token}", json=PHONE)).status_code == 200
    refused = await client.post(f"/push/{token}", json=LAPTOP)
    assert refused.status_code == 410
    assert refused.json()["detail"] == "This link has ended."
    page = await client.get(f"/push/{token}")
    assert (page.status_code, "This link has ended" in page.text) == (410, True)
    assert len(await addresses(here, ADA)) == len(await ledger(here, ADA)) == 1


async def test_a_link_ends_after_a_day_and_cannot_be_forged(here: World, client: httpx.AsyncClient) -> None:
    token = token_of(here, ADA)
    assert read_token(SECRET, token, here.now) == ADA
    forged = new_token("another secret", ADA, here.now)
    for wrong in (forged, token[:-2], token + "AA", "x", "%00", "é" * 9, token[1:]):
        assert (await client.get(f"/push/{wrong}")).status_code == 410, wrong
        assert (await client.post(f"/push/{wrong}", json=PHONE)).status_code == 410, wrong
    await here.clock.advance(LIFE)
    assert (await client.post(f"/push/{token}", json=PHONE)).status_code == 410
    assert await addresses(here, ADA) == []


async def test_ben_reads_german(here: World, client: httpx.AsyncClient) -> None:
    page = (await client.get(f"/push/{token_of(here, BEN)}")).text
    assert '<html lang="de"' in page
    assert "Mitteilungen einschalten" in page
    await client.post(f"/push/{token_of(here, BEN)}", json=PHONE)
    assert (await ledger(here, BEN))[0].wording.startswith("Mit dem Einschalten sind Sie einverstanden")
    over = await client.get("/push/nothing", headers={"Accept-Language": "fr-FR, de;q=0.8"})
    assert "Dieser Link ist abgelaufen" in over.text


async def test_turning_off_ends_the_consent_with_the_last_device(
    here: World, client: httpx.AsyncClient
) -> None:
    await client.post(f"/push/{token_of(here, ADA)}", json=PHONE)
    await here.clock.advance(HOUR)
    await client.post(f"/push/{token_of(here, ADA)}", json=LAPTOP)
    assert (await client.post("/push/off", json=PHONE)).json() == {"off": True}
    assert [line.kind for line in await ledger(here, ADA)] == [BasisKind.CONSENT], "the laptop is still on"
    assert (await client.post("/push/off", json=LAPTOP)).json() == {"off": True}
    assert [line.kind for line in await ledger(here, ADA)] == [BasisKind.CONSENT, BasisKind.WITHDRAWN]
    assert {one.health for one in await addresses(here, ADA)} == {Health.DEAD}
    assert (await client.post("/push/off", json=LAPTOP)).json() == {"off": False}
    assert len(await ledger(here, ADA)) == 2

    await here.clock.advance(HOUR)
    await client.post(f"/push/{token_of(here, ADA)}", json=PHONE)
    assert [line.kind for line in await ledger(here, ADA)][-1] is BasisKind.CONSENT, "and on again"


async def test_who_does_not_have_the_browser_cannot_turn_it_off(
    here: World, client: httpx.AsyncClient
) -> None:
    await client.post(f"/push/{token_of(here, ADA)}", json=PHONE)
    guess = {**LAPTOP, "endpoint": PHONE["endpoint"]}
    assert (await client.post("/push/off", json=guess)).json() == {"off": False}
    assert (await addresses(here, ADA))[0].health is Health.GOOD


async def test_a_browser_that_renews_its_subscription_stays_subscribed(
    here: World, client: httpx.AsyncClient
) -> None:
    await client.post(f"/push/{token_of(here, ADA)}", json=PHONE)
    assert (await client.post("/push/move", json={"old": PHONE, "new": LAPTOP})).json() == {"moved": True}
    assert {one.value: one.health for one in await addresses(here, ADA)} == {
        value_of(PHONE): Health.DEAD,
        value_of(LAPTOP): Health.GOOD,
    }
    assert (await client.post("/push/move", json={"old": PHONE, "new": LAPTOP})).json() == {"moved": False}


async def test_a_browser_that_changes_hands_tells_the_new_owner_only(
    here: World, client: httpx.AsyncClient
) -> None:
    await client.post(f"/push/{token_of(here, ADA)}", json=PHONE)
    await client.post(f"/push/{token_of(here, BEN)}", json=PHONE)
    assert [one.health for one in await addresses(here, ADA)] == [Health.DEAD]
    assert [one.health for one in await addresses(here, BEN)] == [Health.GOOD]


async def test_who_had_switched_push_off_and_turns_it_on_again_is_heard(
    here: World, client: httpx.AsyncClient
) -> None:
    async with here.store.transaction() as tx:
        await choose(tx, ADA, {"channels_off": ["push", "voice"]}, By("customer", "page", here.now))
    await here.clock.advance(HOUR)
    await client.post(f"/push/{token_of(here, ADA)}", json=PHONE)
    async with here.store.reading() as tx:
        assert (await tx.people.preference(ADA)).channels_off == (Channel.VOICE,)


async def test_what_was_turned_off_here_does_not_come_back_with_a_start(
    here: World, client: httpx.AsyncClient
) -> None:
    await client.post(f"/push/{token_of(here, ADA)}", json=PHONE)
    await here.clock.advance(HOUR)
    await client.post("/push/off", json=PHONE)
    await here.clock.advance(HOUR)
    async with here.store.transaction() as tx:
        await tx.people.suppress(ADA, here.now, str(Because.SUPPRESSED))
    await here.clock.advance(HOUR)
    async with here.store.transaction() as tx:
        await tx.people.unsuppress(ADA, here.now, str(Because.CUSTOMER_ASKED))
    assert (await ledger(here, ADA))[-1].kind is BasisKind.WITHDRAWN


async def test_who_said_stop_is_told_how_to_come_back_and_nothing_changes(
    here: World, client: httpx.AsyncClient
) -> None:
    async with here.store.transaction() as tx:
        await tx.people.suppress(ADA, here.now, str(Because.SUPPRESSED))
    token = token_of(here, ADA)
    page = await client.get(f"/push/{token}")
    assert "You asked us to stop" in page.text
    assert (await client.post(f"/push/{token}", json=PHONE)).status_code == 409
    assert await addresses(here, ADA) == []


@pytest.mark.parametrize(
    "told",
    [
        {"endpoint": "https://evil.example/x"},
        {"endpoint": "http://127.0.0.1:8080/api/v1/pause"},
        {"endpoint": SERVICE + "/" + "x" * 2_000},
        {"keys": {"p256dh": "AAAA", "auth": PHONE["keys"]["auth"]}},
        {"keys": {"p256dh": PHONE["keys"]["p256dh"], "auth": "not/base64!"}},
        {"keys": {}},
    ],
)
async def test_a_subscription_that_leads_elsewhere_is_refused(
    here: World, client: httpx.AsyncClient, told: dict
) -> None:
    refused = await client.post(f"/push/{token_of(here, ADA)}", json={**PHONE, **told})
    assert refused.status_code == 422
    assert "127.0.0.1" not in refused.text
    assert await addresses(here, ADA) == []


async def test_people_are_told_what_a_locked_screen_shows_before_they_agree(here: World) -> None:
    for full, said in ((False, "that there is news, not what it is"), (True, "shows the message itself")):
        door = replace(here.door, push=PushKeys(PUBLIC, bool, full), secret=SECRET)
        transport = httpx.ASGITransport(app=create_app(door))
        async with httpx.AsyncClient(transport=transport, base_url="https://hub") as client:
            assert said in (await client.get(f"/push/{token_of(here, ADA)}")).text


def test_every_language_says_the_same_things() -> None:
    assert list(WORDS) == list(house_words().languages())
    assert all(words.keys() == WORDS["en"].keys() for words in WORDS.values())
    places = {language: [text.count("{") for text in words.values()] for language, words in WORDS.items()}
    assert all(found == places["en"] for found in places.values())
    assert words_in("zh-Hans-CN", "Nordwarm", "+49 30 1")["title"] == "Nordwarm 的通知"
    assert words_in("xx", "Nordwarm", "+49 30 1")["title"] == "Notifications from Nordwarm"


@pytest.mark.parametrize(
    ("wanted", "lang", "told"), [("es-MX", "es", "ha caducado"), ("zh-CN", "zh", "已失效")]
)
async def test_a_browser_is_answered_in_spanish_and_chinese(
    client: httpx.AsyncClient, wanted: str, lang: str, told: str
) -> None:
    over = (await client.get("/push/nothing", headers={"Accept-Language": wanted})).text
    assert f'<html lang="{lang}"' in over
    assert told in over


async def test_a_hub_without_web_push_has_no_such_page(here: World) -> None:
    app = create_app(replace(here.door, secret=SECRET))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="https://hub") as client:
        assert (await client.get(f"/push/{token_of(here, ADA)}")).status_code == 404
        asked = await client.post("/api/v1/customers/ada/push-link", headers=key(DESK_KEY))
    assert asked.status_code == 404


async def test_the_worker_may_work_for_the_whole_page(client: httpx.AsyncClient) -> None:
    worker = await client.get("/push/worker.js")
    assert worker.headers["service-worker-allowed"] == "/push"
    assert worker.headers["content-type"].startswith("text/javascript")
    manifest = (await client.get("/push/manifest.webmanifest")).json()
    assert "start_url" not in manifest, "an iPhone opens the page that it was made from, link and all"
    for path in ("/push", "/push/read"):
        page = await client.get(path)
        assert page.status_code == 200
        assert " style=" not in page.text and "<script>" not in page.text


async def test_the_desk_asks_for_a_link_to_send(here: World, client: httpx.AsyncClient) -> None:
    assert (await client.post("/api/v1/customers/ada/push-link")).status_code == 401
    assert (await client.post("/api/v1/customers/ada/push-link", headers=key(READ_KEY))).status_code == 403
    assert (await client.post("/api/v1/customers/nobody/push-link", headers=key(DESK_KEY))).status_code == 404
    told = (await client.post("/api/v1/customers/ada/push-link", headers=key(DESK_KEY))).json()
    assert told["expires"] == here.now + LIFE
    page = await client.get(told["url"].removeprefix(here.door.public_url))
    assert page.status_code == 200


async def test_nobody_who_may_only_read_learns_how_to_reach_adas_browser(
    here: World, client: httpx.AsyncClient, dag: httpx.AsyncClient
) -> None:
    await client.post(f"/push/{token_of(here, ADA)}", json=PHONE)
    told = (await client.get("/api/v1/customers/ada", headers=key(READ_KEY))).text
    assert "a browser" in told and SERVICE not in told
    case = await here.ices_up()
    desk = (await dag.get(f"/console/tickets/{case.id}")).text
    assert "a browser" in desk and SERVICE not in desk


async def test_the_makers_app_brings_and_ends_addresses(here: World, client: httpx.AsyncClient) -> None:
    path, asks = "/api/v1/customers/ada/push-addresses", key(ADMIN_KEY)
    told = {"address": "fcm:token-of-adas-phone", "wording": "Tell me about faults.", "how": "the app, 4.2"}
    assert (await client.post(path, headers=asks, json={**told, "address": "sms:+49"})).status_code == 422
    assert (await client.post(path, headers=asks, json=told)).json() == {"done": True}
    (line,) = await ledger(here, ADA)
    assert (line.how, line.wording, line.kind) == ("the app, 4.2", "Tell me about faults.", BasisKind.CONSENT)
    for whose, done in (("ben", False), ("ada", True)):
        answer = await client.post(
            f"/api/v1/customers/{whose}/push-addresses/off", headers=asks, json={"address": told["address"]}
        )
        assert answer.json() == {"done": done}
    assert (await addresses(here, ADA))[0].health is Health.DEAD
    assert (await ledger(here, ADA))[-1].kind is BasisKind.WITHDRAWN
