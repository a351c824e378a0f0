"""A person's PIN for the keys of a telephone: set, changed and removed on their own page, and known to nobody else."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI

from device_rules.reading import MINUTE
from hub.domain.case import Case
from hub.domain.customer import Channel
from hub.domain.verify import PROOF_LIFE
from hub.ports.bookings import PinCheck
from hub.web.app import create_app
from hub.web.customer.texts import shelf
from tests.web.asking import hidden, key
from tests.web.test_customer_page import ADA, link_to, words
from tests.web.world import DESK_KEY, READ_KEY, World

LONG_AGO = PROOF_LIFE // MINUTE + 1


@pytest.fixture
def app(here: World) -> FastAPI:
    policy = replace(here.door.ctx.policy, channels=frozenset({Channel.SMS, Channel.PHONE}), pages=True)
    return create_app(replace(here.door, secret="a secret", ctx=replace(here.door.ctx, policy=policy)))


@pytest.fixture
async def case(here: World) -> Case:
    return await here.ices_up()


@pytest.fixture
async def page(here: World, case: Case, client: httpx.AsyncClient) -> str:
    """Ada has opened her page this very moment, and looks at what it says about her PIN."""
    await client.post(await link_to(here, case))
    return (await client.get("/p/pin")).text


async def types(client: httpx.AsyncClient, page: str, pin: str, again: str = "") -> str:
    told = {"form": hidden(page, "form"), "pin": pin, "again": again or pin}
    answer = await client.post("/p/pin", data=told)
    assert answer.status_code == 303 and pin not in answer.headers["location"]
    return (await client.get(answer.headers["location"])).text


async def checks(here: World, pin: str) -> PinCheck:
    async with here.store.transaction() as tx:
        return await tx.bookings.check_pin(ADA, pin, here.now)


async def texts(here: World, case: Case) -> list[str]:
    """The keys of what was said to Ada in writing."""
    async with here.store.reading() as tx:
        found = await tx.messages.of_case(case.id)
    return [each.phrases[0].key for each in found if each.phrases and each.channel is Channel.SMS]


async def test_ada_sets_a_pin_on_the_page_that_her_link_has_just_opened(
    here: World, case: Case, client: httpx.AsyncClient, page: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 'href="/p/pin"' in (await client.get("/p")).text
    assert "You have no PIN yet." in words(page) and "Remove" not in words(page)
    after = words(await types(client, page, "471193"))
    assert "Your PIN is kept." in after and "You have a PIN." in after and "471193" not in after
    assert await checks(here, "471193") is PinCheck.RIGHT
    async with here.store.reading() as tx:
        facts = [fact for fact in await tx.facts.since(0, 500) if fact.kind.startswith("pin.")]
        kept = [str(each) for each in await tx.messages.of_case(case.id)]
    assert [fact.kind for fact in facts] == ["pin.set"]
    assert not [each for each in (*map(str, facts), *kept, capsys.readouterr().out) if "471193" in each]


async def test_a_pin_that_is_none_that_anybody_would_try_first_or_that_was_mistyped_is_not_kept(
    here: World, client: httpx.AsyncClient, page: str
) -> None:
    for pin, again, said in (
        ("1234", "", "too easy to guess"),
        ("471193471", "", "four to eight digits"),
        ("47a1", "", "four to eight digits"),
        ("4711", "4712", "were not the same"),
    ):
        assert said in words(await types(client, page, pin, again)), pin
        assert await checks(here, pin) is PinCheck.NONE


async def test_a_page_that_was_opened_a_while_ago_sends_a_link_first_and_sets_nothing(
    here: World, case: Case, client: httpx.AsyncClient, page: str
) -> None:
    await here.clock.advance(LONG_AGO * MINUTE)
    old = (await client.get("/p/pin")).text
    assert "more than ten minutes ago" in words(old) and 'name="pin"' not in old
    await types(client, page, "4711")  # the form of before
    assert await checks(here, "4711") is PinCheck.NONE
    answer = await client.post("/p/pin/link", data={"form": hidden(old, "form")})
    assert "A link is on its way" in words((await client.get(answer.headers["location"])).text)
    assert await texts(here, case) == ["pin.link"]
    door = await client.get(await link_to(here, case, what="a new one"))
    assert door.status_code == 200 and "Open my page" in words(door.text)
    await client.post(await link_to(here, case, what="a new one"))
    again = (await client.get("/p/pin")).text
    assert "Your PIN is kept." in words(await types(client, again, "4711"))


async def test_a_link_that_opened_this_page_already_still_leads_straight_in(
    here: World, case: Case, client: httpx.AsyncClient, page: str
) -> None:
    await here.clock.advance(LONG_AGO * MINUTE)
    assert (await client.get(await link_to(here, case))).status_code == 303


async def test_who_changes_or_removes_a_pin_is_told_so_on_their_telephone(
    here: World, case: Case, client: httpx.AsyncClient, page: str
) -> None:
    await types(client, page, "4711")
    assert await texts(here, case) == []
    await types(client, page, "8305")
    assert await texts(here, case) == ["pin.changed"]
    assert (await checks(here, "4711"), await checks(here, "8305")) == (PinCheck.WRONG, PinCheck.RIGHT)
    await here.clock.advance(LONG_AGO * MINUTE)
    old = (await client.get("/p/pin")).text
    answer = await client.post("/p/pin/remove", data={"form": hidden(old, "form")})
    gone = words((await client.get(answer.headers["location"])).text)
    assert "Your PIN is removed." in gone and "You have no PIN yet." in gone
    assert await texts(here, case) == ["pin.changed"] * 2
    assert await checks(here, "8305") is PinCheck.NONE


async def test_a_pin_that_was_wrong_five_times_is_shown_as_locked_and_a_new_one_counts_at_once(
    here: World, client: httpx.AsyncClient, page: str
) -> None:
    await types(client, page, "4711")
    for wrong in range(5):
        await checks(here, f"830{wrong}")
    assert "is locked" in words((await client.get("/p/pin")).text)
    await types(client, page, "8309")
    assert await checks(here, "8309") is PinCheck.RIGHT


async def test_nobody_sets_a_pin_without_a_page_or_with_another_pages_form(
    here: World, client: httpx.AsyncClient, page: str
) -> None:
    forged = await client.post("/p/pin", data={"form": "x.y", "pin": "4711", "again": "4711"})
    assert "n=stale" in forged.headers["location"]
    client.cookies.clear()
    assert (await client.get("/p/pin")).status_code == 403
    told = {"form": hidden(page, "form"), "pin": "4711", "again": "4711"}
    assert (await client.post("/p/pin", data=told)).status_code == 403
    assert await checks(here, "4711") is PinCheck.NONE


async def test_tries_come_to_an_end(here: World, client: httpx.AsyncClient, page: str) -> None:
    answers = [
        await client.post("/p/pin", data={"form": hidden(page, "form"), "pin": "1111", "again": "1111"})
        for _ in range(11)
    ]
    assert "wait_please" in answers[-1].headers["location"]


async def test_where_no_telephone_rings_no_pin_is_offered(here: World, case: Case) -> None:
    policy = replace(here.door.ctx.policy, channels=frozenset({Channel.SMS}))
    app = create_app(replace(here.door, secret="a secret", ctx=replace(here.door.ctx, policy=policy)))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
        await client.post(await link_to(here, case))
        assert "/p/pin" not in (await client.get("/p")).text
        assert (await client.get("/p/pin")).headers["location"] == "/p"


async def test_the_whole_page_speaks_adas_language(client: httpx.AsyncClient, page: str) -> None:
    for language in ("de", "es", "zh"):
        await client.post("/p/language", data={"form": hidden(page, "form"), "language": language})
        shown = words((await client.get("/p/pin")).text)
        told, english = shelf()[language], shelf()["en"]
        for name in ("pin_title", "pin_none", "pin_new", "pin_hint", "pin_keep"):
            assert told[name] in shown and english[name] not in shown, (language, name)


async def test_the_desk_sees_whether_there_is_a_pin_removes_it_and_sends_a_link_but_sets_none(
    here: World, client: httpx.AsyncClient, page: str
) -> None:
    await types(client, page, "4711")
    mine, desk, reader = "/api/v1/customers/ada/pin", key(DESK_KEY), key(READ_KEY)
    assert (await client.get(mine, headers=reader)).json() == {"set": True, "locked": False}
    assert (await client.delete(mine, headers=reader)).status_code == 403
    assert (await client.put(mine, json={"pin": "8305"}, headers=desk)).status_code == 405
    assert (await client.post(f"{mine}/link", headers=desk)).json()["sent"] is True
    assert (await client.delete(mine, headers=desk)).json() == {"set": False, "locked": False}
    assert (await client.get(mine, headers=reader)).json() == {"set": False, "locked": False}
    assert await checks(here, "4711") is PinCheck.NONE
    for method in ("GET", "DELETE"):
        nobody = await client.request(method, "/api/v1/customers/nobody/pin", headers=desk)
        assert nobody.status_code == 404
    assert (await client.post("/api/v1/customers/ben/pin/link", headers=desk)).status_code == 422
