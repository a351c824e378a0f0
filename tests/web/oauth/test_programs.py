"""An assistant that asks to act for a customer: what they read before they allow it, and how they end it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.domain.ids import Moment
from hub.web.door import Program
from hub.web.oauth.words import FOR_PROGRAM, MAY, WORDS
from tests.flow.home import ADA
from tests.web.hooks.kitchen import kitchen
from tests.web.oauth.linking import ASKS, VERIFIER, App, app_in

BACK = "http://127.0.0.1/back"
HERE = "http://127.0.0.1:49152/back"
HELPER = Program("helper-7", "", (BACK, "https://helper.example/back"), "devices", "Kitchen Helper")
SPEAKER = ("speaker", "skill", "Lautsprecher", "Skill", "altavoz", "音箱", "技能", "Alexa")


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with kitchen(tmp_path, "ro-1") as here:
        made = app_in(here, HELPER)
        async with made.http:
            yield made


async def opens(app: App, language: str = "en", back: str = HERE) -> str:
    told = {**ASKS, "client_id": HELPER.id, "redirect_uri": back}
    page = await app.http.get("/oauth/authorize", params=told, headers={"accept-language": language})
    assert page.status_code in (200, 400), page.text
    return page.text if page.status_code == 200 else ""


@pytest.mark.parametrize("language", ["en", "de", "es", "zh"])
async def test_ada_reads_who_asks_what_it_may_do_and_how_to_end_it(app: App, language: str) -> None:
    asked = {**ASKS, "client_id": HELPER.id, "redirect_uri": HERE}
    first = await app.http.get("/oauth/authorize", params=asked, headers={"accept-language": language})
    second = await app.says_number(first, await app.mobile())
    for page in (first, second):
        assert page.status_code == 200
        assert f'lang="{language}"' in page.text
        assert "Kitchen Helper" in page.text
        assert all(FOR_PROGRAM[language][key] in page.text for key in MAY)
        assert [word for word in SPEAKER if word in page.text] == []
    assert FOR_PROGRAM[language]["agree"].partition("{")[0][:40] in second.text
    [text] = [text for text in await _texts(app) if any(each.isdecimal() for each in text)]
    assert "Kitchen Helper" in text
    assert "speaker" not in text


async def _texts(app: App) -> list[str]:
    await app.here.home.posts()
    return list(await app.here.home.texts())


def test_every_language_says_the_same_things() -> None:
    for told in (WORDS, FOR_PROGRAM):
        assert {frozenset(words) for words in told.values()} == {frozenset(told["en"])}


async def test_a_program_on_adas_own_computer_may_take_any_port_and_nothing_else(app: App) -> None:
    for good in (BACK, HERE, "https://helper.example/back"):
        assert await opens(app, back=good)
    for bad in (
        "http://127.0.0.1:49152/elsewhere",
        "http://localhost:49152/back",
        "https://127.0.0.1:49152/back",
        "http://127.0.0.1.evil.example/back",
        "http://127.0.0.1:49152@evil.example/back",
        "https://helper.example:8443/back",
        "http://127.0.0.1:x/back",
    ):
        assert not await opens(app, back=bad), bad


async def test_what_ada_allowed_a_program_on_her_computer_is_redeemed_there_only(app: App) -> None:
    asked = {"client_id": HELPER.id, "redirect_uri": HERE}
    page = await app.says_number(await app.opens(**asked), await app.mobile())
    answer = await app.says_code(page, await app.code_texted())
    assert answer.headers["location"].startswith(f"{HERE}?")
    code = answer.headers["location"].partition("code=")[2].partition("&")[0]
    form = {"grant_type": "authorization_code", "client_id": HELPER.id, "code": code}
    elsewhere = {**form, "redirect_uri": BACK, "code_verifier": VERIFIER}
    assert (await app.http.post("/oauth/token", data=elsewhere)).status_code == 400
    redeemed = await app.http.post("/oauth/token", data={**elsewhere, "redirect_uri": HERE})
    assert redeemed.status_code == 200
    async with app.here.home.store.reading() as tx:
        assert await tx.grants.allowed(ADA, Moment(app.here.home.now)) == [HELPER.id]
