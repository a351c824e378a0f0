"""A person's own page: from the link in a message to the last answer, without one line of script."""

from __future__ import annotations

import re
from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI

from device_rules.reading import HOUR, MINUTE
from hub.domain.case import Case
from hub.domain.contact import Direction
from hub.domain.conversation import Conversation
from hub.domain.customer import Channel
from hub.domain.ids import CaseId, CustomerId
from hub.flow.links import LIFE, make
from hub.web.app import create_app
from tests.web.asking import hidden
from tests.web.world import World

ADA, BEN = CustomerId("ada"), CustomerId("ben")


@pytest.fixture
def app(here: World) -> FastAPI:
    return create_app(replace(here.door, secret="a secret of this house"))


@pytest.fixture
async def case(here: World) -> Case:
    """Ada's heat pump ices up."""
    return await here.ices_up()


async def link_to(here: World, case: Case, customer: CustomerId = ADA, what: str = "msg") -> str:
    async with here.store.transaction() as tx:
        return f"/p/{await make(tx, customer, case.id, what, here.now)}"


@pytest.fixture
async def page(here: World, case: Case, client: httpx.AsyncClient) -> str:
    """Ada has opened her page; what it says."""
    entered = await client.post(await link_to(here, case))
    assert (entered.status_code, entered.headers["location"]) == (303, "/p")
    return (await client.get("/p")).text


async def press(client: httpx.AsyncClient, page: str, says: str, **more: str) -> str:
    """Press a button of `page`; the page that follows."""
    told = {"form": hidden(page, "form"), "at": point_of(page), "says": says, **more}
    answer = await client.post("/p/say", data=told)
    assert answer.status_code == 303, answer.text
    return (await client.get(answer.headers["location"].partition("#")[0])).text


def point_of(page: str) -> str:
    found = re.search(r'name="at" value="([^"]*)"', page)
    return found[1] if found else ""


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


async def talk_of(here: World, case: Case) -> Conversation:
    async with here.store.reading() as tx:
        talk = await tx.talks.get(case.id)
    assert talk is not None
    return talk


async def thread(here: World, case: Case) -> list[tuple[str, str]]:
    async with here.store.reading() as tx:
        found = await tx.messages.of_case(case.id)
    return [("Ada" if each.direction is Direction.IN else "hub", each.text) for each in found]


async def test_ada_reads_what_is_wrong_in_plain_words_with_a_live_value(page: str) -> None:
    told = words(page)
    assert "Garden heat pump" in told
    assert "Your Garden heat pump is icing up." in told
    assert "degrees at home" in told
    assert "Measured just now" in told
    assert "Needs your help" in told
    assert "What to do indoors" in told
    assert "Call me" in told


async def test_ada_is_led_through_the_whole_fix_by_buttons(
    here: World, case: Case, client: httpx.AsyncClient, page: str
) -> None:
    asked = await press(client, page, "choice:1")
    assert "Please look from a window" in words(asked)
    assert "It is free" in words(asked)
    before = await press(client, asked, "choice:1")
    assert "I can now start a defrost" in words(before)
    after = await press(client, before, "yes")
    assert "I am watching it" in words(after)
    assert "We are watching it" in words(after)
    assert "http-equiv" in after, (
        "without scripts it looks again by itself while there is something to wait for"
    )
    talk = await talk_of(here, case)
    assert (talk.step, talk.channel) == ("defrost", Channel.PAGE)
    assert [who for who, _ in await thread(here, case)] == ["Ada", "hub"] * 3
    assert (await thread(here, case))[2][1] == "It is free"
    async with here.store.reading() as tx:
        assert [each.command.name for each in await tx.outbox.commands_of(case.id)] == ["defrost"]


async def test_a_form_that_is_sent_twice_is_answered_once(
    here: World, case: Case, client: httpx.AsyncClient, page: str
) -> None:
    once = await press(client, page, "choice:1")
    assert await press(client, page, "choice:1") is not None
    assert (await talk_of(here, case)).step == "look"
    assert len(await thread(here, case)) == 2
    assert "Please look from a window" in words(once)


async def test_an_old_answer_is_not_told_to_a_new_question(
    here: World, case: Case, client: httpx.AsyncClient, page: str
) -> None:
    asked = await press(client, page, "choice:1")
    await press(client, asked, "choice:1")
    late = await press(client, asked, "choice:2")
    assert "Something has changed in the meantime" in words(late)
    assert (await talk_of(here, case)).step == "defrost"


async def test_back_again_and_simpler_are_always_there(client: httpx.AsyncClient, page: str) -> None:
    asked = await press(client, page, "choice:1")
    plainer = await press(client, asked, "simpler")
    assert "can the air blow out" in words(plainer)
    first = await press(client, plainer, "back")
    assert "What to do indoors" in words(first)


async def test_ada_writes_in_her_own_words(
    here: World, case: Case, client: httpx.AsyncClient, page: str
) -> None:
    asked = await press(client, page, "", text="1")
    assert "Please look from a window" in words(asked)
    unclear = await press(client, asked, "", text="the thing there makes a noise like a cat")
    assert "did not understand" in words(unclear)
    person = await press(client, unclear, "", text="meow meow meow")
    assert "Our team has been told" in words(person)
    assert ("Ada", "meow meow meow") in await thread(here, case)
    empty = await press(client, person, "", text="   ")
    assert "Please write something first." in words(empty)


async def test_a_person_is_one_press_away(
    here: World, case: Case, client: httpx.AsyncClient, page: str
) -> None:
    told = await press(client, page, "person")
    assert "Our team has been told" in words(told)
    assert (await talk_of(here, case)).with_person


async def test_not_now_waits_and_ada_may_go_on_all_the_same(client: httpx.AsyncClient, page: str) -> None:
    told = await press(client, page, "later")
    assert "Waiting, as you wished" in words(told)
    assert "You can also go on now" in words(told)
    asked = await press(client, told, "choice:1")
    assert "Please look from a window" in words(asked)


async def test_stop_means_stop_and_start_is_offered(
    here: World, client: httpx.AsyncClient, page: str
) -> None:
    told = await press(client, page, "stop")
    async with here.store.reading() as tx:
        assert await tx.people.suppressed(ADA) is not None
    assert "We do not write to you any more" in words(told)
    assert 'value="stop"' not in told
    again = await press(client, told, "start")
    async with here.store.reading() as tx:
        assert await tx.people.suppressed(ADA) is None
    assert 'value="stop"' in again


async def test_a_link_opens_once_and_offers_a_new_one_by_text(
    here: World, case: Case, app: FastAPI, client: httpx.AsyncClient
) -> None:
    link = await link_to(here, case)
    door = await client.get(link)
    assert (door.status_code, "Open my page" in door.text) == (200, True)
    assert "Ada" not in door.text and "heat pump" not in door.text, "whoever finds a link learns nothing"
    await client.get(link)
    assert (await client.post(link)).headers["location"] == "/p"
    assert (await client.get(link)).headers["location"] == "/p", "in the same browser it just opens"

    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as other:
        assert (await other.post(link)).headers["location"] == link
        over = await other.get(link)
        assert (over.status_code, "This link has been used" in over.text) == (410, True)
        assert (await other.get("/p")).status_code == 403
        sent = await other.post(f"{link}/again")
        assert "A new link is on its way" in sent.text
        assert "+49" not in sent.text.replace(here.door.ctx.policy.phone, "").replace("+49305550100", "")
    async with here.store.reading() as tx:
        (text,) = [each for each in await tx.messages.of_case(case.id) if each.channel is Channel.SMS]
    assert [phrase.key for phrase in text.phrases] == ["page.again"]


async def test_a_link_ends_after_a_day_and_so_does_the_visit(
    here: World, case: Case, client: httpx.AsyncClient, page: str
) -> None:
    late = await link_to(here, case, what="another")
    await here.clock.advance(LIFE - MINUTE)
    assert (await client.get("/p")).status_code == 200
    await here.clock.advance(HOUR)
    assert (await client.get("/p")).status_code == 403
    assert (await client.get(late)).status_code == 410
    assert (await client.post(late)).headers["location"] == late


async def test_opening_is_seen_and_no_answer(here: World, case: Case, client: httpx.AsyncClient) -> None:
    await here.told(case, "ada", "Your heat pump is icing up.", 5)
    link = await link_to(here, case)
    await client.get(link)
    async with here.store.reading() as tx:
        assert await tx.cases.seen(case.id) == {}, "a program that looks at links has seen nothing"
    await client.post(link)
    async with here.store.reading() as tx:
        assert len(await tx.cases.seen(case.id)) == 1
        now = await tx.cases.get(case.id)
    assert now is not None and now.acknowledged is None


@pytest.mark.parametrize("token", ["x", "a" * 22, "%00" * 7, "é" * 12, "a" * 5_000, "..%2f..%2fetc"])
async def test_a_link_that_is_none_of_ours_is_told_so(client: httpx.AsyncClient, token: str) -> None:
    assert (await client.get(f"/p/{token}")).status_code == 404
    assert (await client.post(f"/p/{token}")).status_code in (303, 404)


async def test_whoever_tries_many_links_has_to_wait(client: httpx.AsyncClient) -> None:
    answers = [(await client.get(f"/p/{'a' * 20}{number:02}")).status_code for number in range(22)]
    assert answers == [404] * 20 + [429] * 2


async def test_a_form_of_another_site_or_of_an_older_visit_does_nothing(
    here: World, case: Case, client: httpx.AsyncClient, page: str
) -> None:
    for form in ("", "made-up.0123456789abcdef0123456789abcdef", hidden(page, "form")[:-1]):
        answer = await client.post("/p/say", data={"form": form, "says": "stop"})
        assert answer.headers["location"].startswith("/p?n=stale")
    await client.post(await link_to(here, case, what="another"))
    answer = await client.post("/p/say", data={"form": hidden(page, "form"), "says": "stop"})
    assert answer.headers["location"].startswith("/p?n=stale")
    async with here.store.reading() as tx:
        assert await tx.people.suppressed(ADA) is None


async def test_the_page_ends_with_the_ownership_of_the_device(
    here: World, case: Case, client: httpx.AsyncClient, page: str
) -> None:
    async with here.store.transaction() as tx:
        for home in await tx.people.sites_of(ADA, here.now):
            (one,) = await tx.people.residents(home.id, here.now)
            await tx.people.put_residence(replace(one, until=here.now))
    await here.clock.advance(MINUTE)
    assert (await client.get("/p")).status_code == 403
    assert (await client.get("/p/part")).status_code == 403


async def test_what_others_at_home_were_told_is_not_on_adas_page(
    here: World, case: Case, client: httpx.AsyncClient, page: str
) -> None:
    await here.told(case, "ben", "A word to Ben alone", 5)
    await here.told(case, "ada", "A word to Ada", 4)
    told = words((await client.get("/p")).text)
    assert "A word to Ada" in told and "A word to Ben alone" not in told


async def test_nothing_of_the_page_leads_outside_or_keeps_the_token(
    here: World, case: Case, client: httpx.AsyncClient
) -> None:
    link = await link_to(here, case)
    for answer in (await client.get(link), await client.post(link), await client.get("/p")):
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert " style=" not in answer.text and "<script>" not in answer.text
        assert not re.search(r'(?:src|href)="https?://', answer.text)
    assert link not in (await client.get("/p")).text
    cookie = (await client.post(await link_to(here, case, what="more"))).headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/p" in cookie


async def test_the_store_keeps_no_token(here: World, case: Case) -> None:
    token = (await link_to(here, case)).removeprefix("/p/")
    async with here.store.reading() as tx:
        assert await tx.pages.link(token) is not None
        assert await tx.pages.link(token[:-1]) is None
    assert case.id == CaseId(case.id)
