"""Whatever goes wrong on a page that customers see, they read it in their language, and never land in the console."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI

from hub.bootstrap.front import application
from hub.domain.case import Case
from hub.web.door import Program
from tests.web.asking import hidden
from tests.web.test_customer_page import link_to, words
from tests.web.world import World

BROWSER = {"accept": "text/html,application/xhtml+xml"}
SORRY = {"en": "more than we can take", "de": "mehr, als wir", "es": "más de lo que", "zh": "太多了"}


@pytest.fixture
def app(here: World) -> FastAPI:
    programs = {"helper": Program("helper", "", ("https://helper.example/",), "devices")}
    app = application(replace(here.door, secret="a secret", programs=programs))

    @app.get("/p/fails/now")
    async def fails() -> None:
        raise RuntimeError("of our own making")

    return app


@pytest.fixture
async def case(here: World) -> Case:
    return await here.ices_up()


@pytest.fixture
async def page(here: World, case: Case, client: httpx.AsyncClient) -> str:
    await client.post(await link_to(here, case))
    return (await client.get("/p")).text


@pytest.mark.parametrize("language", SORRY)
async def test_ada_reads_in_her_language_that_it_was_too_much(
    client: httpx.AsyncClient, page: str, language: str
) -> None:
    await client.post("/p/language", data={"form": hidden(page, "form"), "language": language})
    form = hidden((await client.get("/p")).text, "form")
    for text in ("x" * 5_000, "x" * 300_000):
        answer = await client.post("/p/say", data={"form": form, "text": text}, headers=BROWSER)
        assert answer.status_code in (413, 422)
        assert SORRY[language] in answer.text
        assert 'href="/p"' in answer.text
        assert "/console" not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/p/fails/now", 500),
        ("GET", "/p/a/b/c", 404),
        ("PUT", "/p", 405),
        ("POST", "/p/unknown-page/what", 404),
        ("POST", "/p/pin", 403),
        ("GET", "/p/why", 403),
        ("GET", "/oauth", 404),
        ("GET", "/oauth/nothing", 404),
        ("PUT", "/oauth/authorize", 405),
        ("POST", "/oauth/authorize/number", 422),
        ("POST", "/oauth/authorize/number", 413),
        ("GET", "/push/nothing", 404),
    ],
)
async def test_no_error_leads_a_customer_into_the_console(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    long = {"mobile": "1" * (300_000 if status == 413 else 100)} if path.endswith("number") else None
    answer = await client.request(method, path, headers={**BROWSER, "accept-language": "de-DE"}, data=long)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert 'lang="de"' in answer.text
    assert "/console" not in answer.text
    assert "tickets" not in words(answer.text).lower()
    assert "script-src 'self'" in answer.headers["content-security-policy"]


async def test_a_program_still_gets_problem_details(client: httpx.AsyncClient) -> None:
    answer = await client.put("/p")
    assert answer.headers["content-type"] == "application/problem+json"
