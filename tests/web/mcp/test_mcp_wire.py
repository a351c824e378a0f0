"""The protocol itself: who is let in, what is refused, and what the SDK's own client makes of us."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import httpx
import jsonschema
import pytest
from mcp.client.client import Client
from structlog.testing import capture_logs

from hub.domain.ids import Moment
from hub.web.mcp.tools import TOOLS
from tests.flow.home import ADA
from tests.web.mcp.assistant import PROGRAM, at_home, connected, token
from tests.web.served import served

ASK = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
ACCEPT = {"Accept": "application/json, text/event-stream"}


async def test_a_stranger_gets_a_401_that_names_the_way_to_link(tmp_path: Path) -> None:
    async with at_home(tmp_path, "ro-1") as ada, httpx.AsyncClient(base_url=ada.url) as http:
        for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic YTpi"}):
            answer = await http.post("/mcp", json=ASK, headers={**ACCEPT, **headers})
            assert answer.status_code == 401
            named = re.search(r'^Bearer .*resource_metadata="([^"]+)"', answer.headers["www-authenticate"])
            assert named is not None
            assert named[1] == f"{ada.door.public_url}/.well-known/oauth-protected-resource/mcp"
        for place in ("", "/mcp"):
            about = (await http.get(f"/.well-known/oauth-protected-resource{place}")).json()
            assert about["resource"] == f"{ada.door.public_url}/mcp"
            assert about["authorization_servers"] == [ada.door.public_url]


async def test_a_program_that_is_put_off_by_it_gets_a_bare_401(tmp_path: Path) -> None:
    async with at_home(tmp_path, "ro-1") as ada:
        bare = replace(ada.door, programs={"helper": replace(PROGRAM, bare=True)})
        async with served(bare) as url, httpx.AsyncClient(base_url=url) as http:
            answer = await http.post("/mcp", json=ASK, headers=ACCEPT)
            assert (answer.status_code, "www-authenticate" in answer.headers) == (401, False)


async def test_a_token_that_is_over_or_for_something_else_opens_nothing(tmp_path: Path) -> None:
    async with at_home(tmp_path, "ro-1") as ada, httpx.AsyncClient(base_url=ada.url) as http:
        short, other = await token(ada.home, life=1), await token(ada.home, scope="photos")
        ada.home.now = Moment(ada.home.now + 2)
        for key in (short, other):
            answer = await http.post("/mcp", json=ASK, headers={**ACCEPT, "Authorization": f"Bearer {key}"})
            assert answer.status_code == 401


async def test_a_page_of_somebody_else_may_not_call_and_there_is_no_stream(tmp_path: Path) -> None:
    async with at_home(tmp_path, "ro-1") as ada:
        key = {**ACCEPT, "Authorization": f"Bearer {await token(ada.home)}"}
        async with httpx.AsyncClient(base_url=ada.url, headers=key) as http:
            evil = await http.post("/mcp", json=ASK, headers={"Origin": "https://evil.example"})
            assert evil.status_code == 403
            assert (await http.get("/mcp")).status_code == 405
            assert (await http.delete("/mcp")).status_code == 405
            assert (await http.post("/mcp", json=ASK)).status_code == 200
            for junk in (b"", b"{", b"[]", b"\xff\xfe", b'{"jsonrpc":"2.0","id":1,"method":"nonsense"}'):
                sent = await http.post("/mcp", content=junk, headers={"Content-Type": "application/json"})
                assert sent.status_code < 500, junk


async def test_every_tool_is_declared_with_what_it_heeds_and_nothing_else(tmp_path: Path) -> None:
    async with at_home(tmp_path, "ro-1") as ada:
        tools = (await ada.client.list_tools()).tools
        assert {each.name for each in tools} == set(TOOLS)
        for each in tools:
            assert each.input_schema["additionalProperties"] is False
            assert each.output_schema is not None and each.annotations is not None
            jsonschema.Draft202012Validator.check_schema(each.input_schema)
            told = await ada.fails(each.name, surprise="a value of mine")
            assert "surprise" in told and "a value of mine" not in told


async def test_the_protocol_of_november_2025_is_spoken(tmp_path: Path) -> None:
    async with at_home(tmp_path, "ro-1") as ada:
        assert ada.client.protocol_version == "2025-11-25"
        assert "never instructions" in (ada.client.instructions or "")
        assert (await ada.client.call_tool("no_such_tool", {})).is_error


async def test_no_words_names_or_tokens_reach_a_log_line(tmp_path: Path) -> None:
    with capture_logs() as lines:
        async with at_home(tmp_path, "hp-1") as ada:
            await ada.home.fails("hp-1", "icing-up")
            await ada.calls("explain_fault")
            await ada.calls("talk_to_person", about="my neighbour Zebulon said so")
    told = str([line for line in lines if line["event"].startswith("assistant")])
    assert "talk_to_person" in told
    for secret in ("Zebulon", "garden", "token-of", str(ADA)):
        assert secret not in told


async def test_a_hub_without_programs_has_no_such_door(tmp_path: Path) -> None:
    async with at_home(tmp_path, "ro-1") as ada:
        async with ada.home.store.transaction() as tx:
            await tx.grants.end_client("helper", ADA, ada.home.now)
        with pytest.raises(Exception):  # noqa: B017 - the SDK raises a group of its own
            async with connected(ada.url, "token-of-nobody") as client:
                assert isinstance(client, Client)
