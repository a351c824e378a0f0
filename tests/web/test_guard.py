"""The outer wall: headers on everything, limits, and no word of a customer in an error or a log line."""

from __future__ import annotations

import dataclasses
import re
from contextlib import AbstractAsyncContextManager

import httpx
import pytest
from fastapi import FastAPI

from hub.ports import Tx
from hub.ports.telemetry import Gauges
from hub.testing import MemoryStore
from hub.web.app import create_app
from hub.web.paper import STATIC
from tests.web.asking import key
from tests.web.world import DESK_KEY, READ_KEY, World


async def test_every_answer_forbids_inline_scripts_framing_and_guessing(client: httpx.AsyncClient) -> None:
    for path in ("/login", "/healthz", "/static/look.css", "/api/v1/tickets", "/nowhere"):
        headers = (await client.get(path)).headers
        policy = headers["content-security-policy"]
        assert (
            "script-src 'self'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        ), path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


async def test_a_hub_behind_https_never_goes_back(here: World) -> None:
    app = create_app(dataclasses.replace(here.door, public_url="https://support.nordwarm.example"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="https://hub") as client:
        answer = await client.get("/login")
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert "Secure" in answer.headers["set-cookie"]


async def test_pages_keep_nothing_inline(dag: httpx.AsyncClient, here: World) -> None:
    case = await here.ices_up()
    for path in ("/console?view=all", f"/console/tickets/{case.id}", "/login"):
        page = (await dag.get(path)).text
        assert " style=" not in page and "<style" not in page and " onclick=" not in page, path
        assert "http://" not in page.replace("http://www.w3.org", ""), "nothing is fetched from elsewhere"


def test_no_script_of_a_page_waits_for_one_that_waits_for_it() -> None:
    needs = {
        file.name: set(re.findall(r'from "\./([^"]+)"', file.read_text())) for file in STATIC.glob("*.js")
    }
    while ready := [name for name, wanted in needs.items() if not wanted & needs.keys()]:
        for name in ready:
            del needs[name]
    assert not needs, "these import each other"


class Broken(MemoryStore):
    """A store that cannot be read any more."""

    def reading(self) -> AbstractAsyncContextManager[Tx]:
        raise RuntimeError("of the test")


async def test_operators_hear_when_every_page_of_the_desk_fails_and_when_one_is_shown_again(
    here: World,
) -> None:
    gauges, broken = Gauges(), Broken()
    app = create_app(dataclasses.replace(here.door, store=broken, gauges=gauges))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://hub") as client:
        for _ in range(3):
            assert (await client.get("/api/v1/tickets", headers=key(READ_KEY))).status_code == 500
        assert (gauges.pages_failed, gauges.page_shown) == (3, False)
        app.state.door = here.door
        await client.get("/console")  # to the sign-in: that shows no ticket yet
        assert gauges.pages_failed == 3
        assert (await client.get("/api/v1/tickets", headers=key(READ_KEY))).status_code == 200
    assert (gauges.pages_failed, gauges.page_shown) == (0, True)
    await broken.close()


async def test_too_much_is_refused_before_anybody_reads_it(client: httpx.AsyncClient) -> None:
    refused = await client.post("/login", content=b"x" * 300_000)
    assert refused.status_code == 413 and refused.json()["remedy"] == "Send it in smaller parts."


async def test_errors_are_problem_details_and_repeat_no_input(client: httpx.AsyncClient) -> None:
    missing = await client.get("/api/v1/tickets/nothing", headers=key(READ_KEY))
    assert missing.status_code == 404
    assert missing.headers["content-type"] == "application/problem+json"
    assert missing.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no such ticket.",
        "instance": "/api/v1/tickets/nothing",
    }
    wrong = await client.get("/api/v1/tickets?limit=+4915112345001", headers=key(READ_KEY))
    assert wrong.status_code == 422 and "15112345001" not in wrong.text
    assert wrong.json()["errors"] == [{"at": "query/limit", "cause": "It has to be 200 or less."}]


async def test_what_is_wrong_with_a_field_is_said_in_plain_words(client: httpx.AsyncClient) -> None:
    for sent, said in (
        ({}, "body/text: This is needed."),
        ({"text": ["Hello"]}, "body/text: This has to be a text."),
        ({"text": "x" * 1201}, "body/text: It is too long: at most 1200 letters."),
        ({"text": "Hello", "input": 1}, "body/input: There is no such field."),
        ({"text": "", "version": "x"}, "body/version: This has to be a whole number. And 1 more."),
    ):
        wrong = await client.post("/api/v1/tickets/case_1/reply", headers=key(DESK_KEY), json=sent)
        assert (wrong.status_code, wrong.json()["detail"]) == (422, said)
    closing = {"closing": "gone"}
    wrong = await client.post("/api/v1/tickets/case_1/resolve", headers=key(DESK_KEY), json=closing)
    assert wrong.json()["detail"].startswith("body/closing: It has to be 'fixed', 'false_alarm'")


async def test_a_bug_is_answered_kindly_and_logged_without_its_words(
    app: FastAPI, client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("Ada Berg +4915112345001")

    answer = await client.get("/broken?q=Ada+Berg")
    assert answer.status_code == 500 and answer.json()["detail"] == "Something went wrong on our side."
    told = "".join(capsys.readouterr())
    assert "RuntimeError" in told and "/broken" in told
    assert "Ada" not in told and "15112345001" not in told
