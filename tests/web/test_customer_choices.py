"""What a person decides on their page: photos, ways to be reached, quiet time, language, and why they were told."""

from __future__ import annotations

import re
from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI

from device_rules.reading import HOUR
from hub.domain.case import Case
from hub.domain.customer import Address, BasisKind, Channel
from hub.domain.ids import AddressId, CustomerId, Moment
from hub.flow.photos import MOST
from hub.ports.grants import Granted, Token
from hub.web.app import create_app
from hub.web.door import Program
from tests.web.asking import hidden
from tests.web.test_customer_page import ADA, link_to, press, words
from tests.web.test_customer_pictures import PLACE, exif, heic, jpeg, png, segment
from tests.web.world import World, ticket_of

SENT = {"from": "22:30", "to": "7:15"}


@pytest.fixture
def app(here: World) -> FastAPI:
    policy = replace(here.door.ctx.policy, channels=frozenset({Channel.SMS, Channel.EMAIL, Channel.PHONE}))
    return create_app(replace(here.door, secret="a secret", ctx=replace(here.door.ctx, policy=policy)))


@pytest.fixture
async def case(here: World) -> Case:
    async with here.store.transaction() as tx:
        mail = Address(AddressId("ada-mail"), CustomerId("ada"), Channel.EMAIL, "ada@home.example")
        await tx.people.put_address(mail)
    return await here.ices_up()


@pytest.fixture
async def page(here: World, case: Case, client: httpx.AsyncClient) -> str:
    await client.post(await link_to(here, case))
    return (await client.get("/p")).text


async def send(client: httpx.AsyncClient, page: str, data: bytes, name: str = "IMG_4711.jpg") -> str:
    answer = await client.post("/p/photo", data={"form": hidden(page, "form")}, files={"photo": (name, data)})
    assert answer.status_code == 303
    return words((await client.get(answer.headers["location"].partition("#")[0])).text)


async def test_adas_photo_reaches_the_desk_without_the_place_it_was_taken(
    here: World, case: Case, client: httpx.AsyncClient, dag: httpx.AsyncClient, page: str
) -> None:
    told = await send(client, page, jpeg(segment(0xE1, exif())))
    assert "Our team can see your photo" in told
    assert "(a photo)" in told
    desk = await dag.get(ticket_of(case))
    async with here.store.reading() as tx:
        (photo,) = await tx.pages.photos(case.id)
    address = f"{ticket_of(case)}/photos/{photo.id}"
    assert address in desk.text
    seen = await dag.get(address)
    assert (seen.headers["content-type"], PLACE in seen.content) == ("image/jpeg", False)
    assert "sandbox" in seen.headers["content-security-policy"]
    assert "IMG_4711" not in seen.headers["content-disposition"]
    assert (await client.get(address)).status_code == 303, "nobody sees it who is not signed in"


async def test_the_same_photo_twice_is_one_and_there_is_an_end_to_them(
    here: World, case: Case, client: httpx.AsyncClient, page: str
) -> None:
    for _ in range(2):
        await send(client, page, png())
    async with here.store.reading() as tx:
        assert len(await tx.pages.photos(case.id)) == 1
    assert MOST >= 5, "enough for every side of a device"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "Please choose a photo first."),
        (b"<script>alert(1)</script>", "This is not a photo that we can read."),
        (b"\xff\xd8\xff" + bytes(5 * 1024 * 1024), "larger than 5 MB"),
        (heic(), "Our team can see your photo."),
    ],
)
async def test_what_is_sent_as_a_photo_is_answered_in_plain_words(
    client: httpx.AsyncClient, page: str, data: bytes, said: str
) -> None:
    assert said in await send(client, page, data)


async def test_a_strangers_photo_is_not_even_read(client: httpx.AsyncClient) -> None:
    assert (await client.post("/p/photo", files={"photo": ("a.jpg", jpeg())})).status_code == 403
    huge = await client.post("/p/photo", content=bytes(7 * 1024 * 1024))
    assert huge.status_code in (403, 413)


@pytest.mark.parametrize("size", [5 * 1024 * 1024 + 1, 7 * 1024 * 1024])
@pytest.mark.parametrize(("language", "words_"), [("en", "larger than 5 MB"), ("zh", "5 MB")])
async def test_a_photo_that_is_too_big_is_answered_on_adas_own_page_in_her_language(
    client: httpx.AsyncClient, page: str, size: int, language: str, words_: str
) -> None:
    await client.post("/p/language", data={"form": hidden(page, "form"), "language": language})
    page = (await client.get("/p")).text
    told = await send(client, page, b"\xff\xd8\xff" + bytes(size))
    notice = re.search(r'id="notice"[^>]*>([^<]+)<', (await client.get("/p?n=photo_large")).text)
    assert notice is not None and words_ in notice[1]
    assert notice[1] in told


async def test_ada_switches_mails_on_and_what_she_read_is_on_record(
    here: World, client: httpx.AsyncClient, page: str
) -> None:
    assert 'value="email"' in page and 'value="sms" checked' in page
    answer = await client.post("/p/choices", data={"form": hidden(page, "form"), "ways": ["email"], **SENT})
    assert answer.headers["location"] == "/p?n=kept#choices"
    async with here.store.reading() as tx:
        person = await tx.people.customer(ADA)
        chosen = await tx.people.preference(ADA)
        (line,) = [each for each in await tx.people.bases(ADA) if each.channel is Channel.EMAIL]
    assert person is not None
    assert (person.quiet.begins, person.quiet.ends, person.wake_me) == (22 * 60 + 30, 7 * 60 + 15, False)
    assert Channel.SMS in chosen.channels_off and Channel.EMAIL not in chosen.channels_off
    assert (line.kind, line.how, line.country) == (BasisKind.CONSENT, "web page /p", "DE")
    assert line.wording in words(page)
    after = (await client.get("/p")).text
    assert 'value="email" checked' in after and 'value="sms" checked' not in after


async def test_a_time_that_is_none_changes_nothing(here: World, client: httpx.AsyncClient, page: str) -> None:
    wrong = {"form": hidden(page, "form"), "from": "late", "to": "25:00"}
    assert "n=wrong_time" in (await client.post("/p/choices", data=wrong)).headers["location"]
    async with here.store.reading() as tx:
        assert await tx.people.choices(ADA) == []


async def test_after_stop_the_ways_are_left_alone(here: World, client: httpx.AsyncClient, page: str) -> None:
    told = await press(client, page, "stop")
    await client.post("/p/choices", data={"form": hidden(told, "form"), "ways": ["email"], **SENT})
    async with here.store.reading() as tx:
        assert (await tx.people.preference(ADA)).channels_off == ()
        assert not [each for each in await tx.people.bases(ADA) if each.kind is BasisKind.CONSENT]


@pytest.mark.parametrize(
    ("language", "said"),
    [("de", "Braucht Ihre Hilfe"), ("es", "Necesita su ayuda"), ("zh", "需要您的帮助")],
)
async def test_ada_changes_the_language_of_the_page_and_of_every_message(
    here: World, client: httpx.AsyncClient, page: str, language: str, said: str
) -> None:
    await client.post("/p/language", data={"form": hidden(page, "form"), "language": language})
    after = (await client.get("/p")).text
    assert f'<html lang="{language}"' in after and said in words(after)
    async with here.store.reading() as tx:
        person = await tx.people.customer(ADA)
    assert person is not None and person.language == language
    await client.post("/p/language", data={"form": hidden(page, "form"), "language": "xx"})
    assert f'<html lang="{language}"' in (await client.get("/p")).text


async def test_ada_reads_why_she_was_told(
    here: World, case: Case, client: httpx.AsyncClient, page: str
) -> None:
    assert "We have not written to you about this." in (await client.get("/p/why")).text
    await here.told(case, "ada", "Your heat pump is icing up.", 10)
    assert "We may write to you" in words((await client.get("/p/why")).text)


async def test_ada_closes_her_page_in_this_browser(client: httpx.AsyncClient, page: str) -> None:
    left = await client.post("/p/leave", data={"form": hidden(page, "form")})
    assert "You have closed your page" in left.text
    for path in ("/p", "/p/why", "/p/part"):
        assert (await client.get(path)).status_code == 403


async def test_ada_sees_who_may_act_for_her_and_ends_it(
    here: World, app: FastAPI, client: httpx.AsyncClient, page: str
) -> None:
    assert "Who may act for you" not in page
    helper = Program("helper", "", ("https://helper.example/",), "devices", "Kitchen Helper")
    skill = Program("alexa", "secret", ("https://a.example/",), "devices", speaker=True)
    app.state.door = replace(app.state.door, programs={"helper": helper, "alexa": skill})
    async with here.store.transaction() as tx:
        for program in ("helper", "alexa"):
            granted = Granted(program, program, ADA, "devices")
            await tx.grants.put_token(program, Token(granted, "access", Moment(here.now + HOUR)))
    told = (await client.get("/p")).text
    assert "End it for Kitchen Helper" in told
    assert "alexa" not in told
    ended = await client.post("/p/programs/end", data={"form": hidden(told, "form"), "program": "helper"})
    after = (await client.get(ended.headers["location"].partition("#")[0])).text
    assert "can do nothing for you any more" in after
    assert "Kitchen Helper" not in after
    async with here.store.reading() as tx:
        assert await tx.grants.allowed(ADA, here.now) == ["alexa"]
