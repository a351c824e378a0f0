"""Who may come in, and what they may do there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
from fastapi import FastAPI

from device_rules.reading import HOUR, MINUTE
from hub.domain.agent import AgentRole, User
from hub.domain.ids import UserId
from hub.web.access import COOKIE, Scope
from hub.web.app import create_app
from hub.web.login import safe_next
from hub.web.passwords import token_hash
from tests.web.asking import hidden, key, login, sign_in
from tests.web.world import ADMIN_KEY, DESK_KEY, READ_KEY, World

JSON = {"Content-Type": "application/json"}


def asking(app: FastAPI, host: str = "127.0.0.1:8080") -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=f"http://{host}")


async def test_a_stranger_is_sent_to_the_sign_in_page_and_back_to_where_they_wanted_to_go(
    client: httpx.AsyncClient,
) -> None:
    sent = await client.get("/console/tickets/case_1")
    assert sent.status_code == 303
    form = await client.get(sent.headers["location"])
    assert hidden(form.text, "to") == "/console/tickets/case_1"


async def test_dag_signs_in_and_his_cookie_can_be_read_by_no_script(client: httpx.AsyncClient) -> None:
    done = await sign_in(client, "dag")
    assert done.status_code == 303
    cookie = next(line for line in done.headers.get_list("set-cookie") if line.startswith(COOKIE))
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie
    assert (await client.get("/console")).status_code == 200


async def test_the_store_keeps_no_token_that_opens_a_door(client: httpx.AsyncClient, here: World) -> None:
    await sign_in(client, "dag")
    token = client.cookies[COOKIE]
    async with here.store.reading() as tx:
        assert await tx.house.session(token, here.now) is None


async def test_a_wrong_password_and_an_unknown_name_are_told_the_same(client: httpx.AsyncClient) -> None:
    wrong, unknown = await login(client, "dag", "guess"), await login(client, "nobody", "guess")
    assert wrong.status_code == unknown.status_code == 401
    assert "Name and password do not match" in wrong.text and "Name and password do not match" in unknown.text


async def test_after_five_wrong_guesses_even_the_right_password_has_to_wait(
    client: httpx.AsyncClient, here: World
) -> None:
    for _ in range(5):
        assert (await login(client, "dag", "guess")).status_code == 401
    refused = await sign_in(client, "dag")
    assert refused.status_code == 429 and int(refused.headers["retry-after"]) > 200
    await here.clock.advance(5 * MINUTE)
    assert (await sign_in(client, "dag")).status_code == 303


async def test_a_session_ends_after_half_a_day(dag: httpx.AsyncClient, here: World) -> None:
    await here.clock.advance(12 * HOUR + MINUTE)
    assert (await dag.get("/console")).status_code == 303


async def test_who_signs_out_is_out(dag: httpx.AsyncClient) -> None:
    page = await dag.get("/console")
    token = dag.cookies[COOKIE]
    await dag.post("/logout", data={"csrf": hidden(page.text, "csrf")})
    again = await dag.get("/console", headers={"Cookie": f"{COOKIE}={token}"})
    assert again.status_code == 303


async def test_a_form_without_its_token_changes_nothing(dag: httpx.AsyncClient, here: World) -> None:
    case = await here.ices_up()
    for data in ({}, {"csrf": "0" * 64}):
        refused = await dag.post(f"/console/tickets/{case.id}/take", data=data)
        assert refused.status_code == 403
        assert refused.headers["content-type"] == "application/problem+json"
    async with here.store.reading() as tx:
        unchanged = await tx.cases.get(case.id)
    assert unchanged is not None and unchanged.agent is None


async def test_a_sign_in_form_of_another_site_is_refused(client: httpx.AsyncClient) -> None:
    forged = await client.post("/login", data={"name": "dag", "password": "x", "csrf": "forged"})
    assert forged.status_code == 403 and COOKIE not in client.cookies


async def test_a_session_may_use_the_api_but_needs_its_token_to_change_something(
    dag: httpx.AsyncClient, here: World
) -> None:
    case = await here.ices_up()
    assert (await dag.get("/api/v1/tickets")).status_code == 200
    assert (await dag.post(f"/api/v1/tickets/{case.id}/take")).status_code == 403
    token = hidden((await dag.get("/console")).text, "csrf")
    taken = await dag.post(f"/api/v1/tickets/{case.id}/take", headers={"X-CSRF-Token": token})
    assert taken.json()["case"]["agent"] == "dag"


async def test_a_program_without_a_key_is_told_how_to_come_in(client: httpx.AsyncClient) -> None:
    for path in ("/api/v1/tickets", "/api/v1/devices", "/api/v1/stream", "/api/openapi.json"):
        refused = await client.get(path)
        assert refused.status_code == 401 and refused.headers["www-authenticate"] == "Bearer", path
    assert (await client.get("/api/v1/tickets", headers=key("guessed"))).status_code == 401


async def test_a_key_opens_what_its_scopes_say_and_no_more(client: httpx.AsyncClient, here: World) -> None:
    case = await here.ices_up()
    take = f"/api/v1/tickets/{case.id}/take"
    refused = await client.post(take, headers=key(READ_KEY))
    assert refused.status_code == 403 and refused.json()["needs"] == "tickets"
    assert (await client.post(take, headers=key(DESK_KEY))).json()["case"]["agent"] == "key:desk"
    assert (
        await client.post("/api/v1/pause", headers=key(DESK_KEY), json={"why": "test"})
    ).status_code == 403


async def test_a_new_key_is_shown_once_and_works(client: httpx.AsyncClient) -> None:
    made = await client.post("/api/v1/keys", headers=key(ADMIN_KEY), json={"name": "crm", "scopes": ["read"]})
    assert made.status_code == 201
    assert (await client.get("/api/v1/tickets", headers=key(made.json()["key"]))).status_code == 200


async def test_programs_do_not_get_pages(client: httpx.AsyncClient) -> None:
    assert (await client.get("/console", headers=key(READ_KEY))).status_code == 403


async def test_the_demo_signs_in_by_itself_only_where_it_runs(here: World) -> None:
    app = create_app(
        here.door.__class__(here.store, here.clock, here.door.ctx, secret="x", sign_in_as=UserId("sam"))
    )
    async with asking(app) as near:
        welcome = await near.get("/console", follow_redirects=True)
        assert welcome.status_code == 200 and "Pause all contacts" in welcome.text
    async with asking(app, "evil.example") as far:
        page = await far.get("/console", follow_redirects=True)
        assert "Sign in" in page.text and COOKIE not in far.cookies


def test_signing_in_leads_to_no_other_site() -> None:
    for wish in (
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/console//evil",
        "javascript:alert(1)",
    ):
        assert safe_next(wish) == "/console"
    assert safe_next("/console/tickets/case_1") == "/console/tickets/case_1"


async def test_an_agent_cannot_pause_contacts_a_supervisor_can(
    dag: httpx.AsyncClient, client: httpx.AsyncClient, here: World
) -> None:
    page = await dag.get("/console")
    assert "Pause all contacts" not in page.text
    refused = await dag.post("/console/pause", data={"csrf": hidden(page.text, "csrf"), "why": "x"})
    assert refused.status_code == 403
    await sign_in(client, "sam")
    token = hidden((await client.get("/console")).text, "csrf")
    await client.post("/console/pause", data={"csrf": token, "why": "Wrong firmware warned everybody."})
    page = await client.get("/console")
    assert "All contacts are paused" in page.text and "“Wrong firmware warned everybody.”" in page.text
    await client.post("/console/resume", data={"csrf": token})
    async with here.store.reading() as tx:
        assert not (await tx.house.switches()).paused


async def test_a_stranger_is_turned_away_before_one_byte_of_what_they_send_is_read(app: FastAPI) -> None:
    read: list[bytes] = []

    async def much() -> AsyncIterator[bytes]:
        for _ in range(30):
            read.append(b"{" * 1024 * 1024)
            yield read[-1]

    async with asking(app) as stranger:
        for path in ("/api/v1/import", "/api/v1/keys", "/api/v1/tickets/case_1/reply"):
            refused = await stranger.post(path, content=b"{ not json", headers=JSON)
            assert refused.status_code == 401, path
            weak = await stranger.post(path, content=b"{ not json", headers=JSON | key(READ_KEY))
            assert weak.status_code == 403, path
        refused = await stranger.post("/api/v1/import", content=much(), headers=JSON)
    assert refused.status_code == 401 and read == []


async def test_who_may_import_still_cannot_send_without_end(client: httpx.AsyncClient) -> None:
    much = b'{"sites": [' + b" " * (33 * 1024 * 1024)
    refused = await client.post("/api/v1/import", content=much, headers=JSON | key(ADMIN_KEY))
    assert refused.status_code == 413 and refused.json()["remedy"] == "Send it in smaller parts."


async def test_what_the_key_of_an_agent_takes_is_the_agent_s_own_and_signed_with_their_name(
    dag: httpx.AsyncClient, here: World
) -> None:
    case = await here.asks_for_person(await here.ices_up())
    async with here.store.transaction() as tx:
        await tx.house.put_user(User(UserId("dag"), "Dag Holm", AgentRole.AGENT))
        await tx.house.add_key(token_hash("of-dag"), "dag", [Scope.READ, Scope.TICKETS])
    path = f"/api/v1/tickets/{case.id}"
    async with asking(create_app(here.door)) as desk:
        taken = await desk.post(f"{path}/take", headers=key("of-dag"))
        assert taken.json()["case"]["agent"] == "dag"
        await desk.post(f"{path}/reply", headers=key("of-dag"), json={"text": "I am on my way."})
        said = (await desk.get(path, headers=key("of-dag"))).json()["messages"]
    assert said[-1]["text"] == "Nordwarm, Dag Holm: I am on my way."
    assert f"row-{case.id}" in (await dag.get("/console?view=mine")).text
    page = (await dag.get(f"/console/tickets/{case.id}")).text
    assert "Hand back" in page and 'data-act="take"' not in page


async def test_where_one_is_signed_in_by_itself_no_way_out_is_offered(
    dag: httpx.AsyncClient, here: World
) -> None:
    assert "Sign out" in (await dag.get("/console")).text
    async with asking(create_app(replace(here.door, sign_in_as=UserId("dag")))) as near:
        page = await near.get("/console", follow_redirects=True)
    assert page.status_code == 200 and "Sign out" not in page.text
