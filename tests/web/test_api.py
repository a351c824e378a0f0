"""What programs are told, and what they may do."""

from __future__ import annotations

from typing import Any

import httpx

from tests.web.asking import key
from tests.web.world import ADMIN_KEY, DESK_KEY, READ_KEY, World


async def ask(client: httpx.AsyncClient, path: str, status: int = 200) -> Any:
    answer = await client.get(f"/api/v1{path}", headers=key(READ_KEY))
    assert answer.status_code == status, answer.text
    return answer.json()


async def act(client: httpx.AsyncClient, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
    return await client.post(f"/api/v1{path}", headers=key(DESK_KEY), json=body)


async def test_a_ticket_brings_its_packet_its_evidence_its_thread_and_its_timeline(
    client: httpx.AsyncClient, here: World
) -> None:
    case = await here.ices_up()
    await here.told(case, "ada", "Nordwarm: your heat pump is icing up.", 30)
    await here.asks_for_person(case)
    listed = (await ask(client, "/tickets?view=needs_agent"))["items"]
    assert [one["id"] for one in listed] == [case.id]
    full = await ask(client, f"/tickets/{case.id}")
    assert (full["status"], full["customer_name"], full["device_name"]) == (
        "needs_agent",
        "Ada Berg",
        "Garden heat pump",
    )
    assert full["since"] == "2026-11-21T15:35:00.000Z"
    assert full["faults"][0]["evidence"]["rule"] == "icing-up"
    assert full["packet"][0]["sha256"] and full["packet"][0]["body"]
    assert [one["direction"] for one in full["messages"]] == ["out", "in"]
    assert "The customer asked for a person." in [one["sentence"] for one in full["timeline"]]


async def test_a_list_is_read_page_by_page_and_nothing_is_missed_or_doubled(
    client: httpx.AsyncClient,
) -> None:
    found, cursor = [], ""
    for _ in range(3):
        answer = await ask(client, f"/devices?limit=1&cursor={cursor}")
        found += [one["id"] for one in answer["items"]]
        cursor = answer["next"] or ""
    assert found == ["fr-2002", "hp-4471", "hp-7789"] and cursor == ""
    assert (await ask(client, "/devices?cursor=nonsense!", 422))[
        "detail"
    ] == "This cursor is not one of ours."


async def test_a_device_shows_what_was_last_heard_of_it(client: httpx.AsyncClient, here: World) -> None:
    await here.ices_up()
    device = await ask(client, "/devices/hp-4471")
    assert device["presence"] == "online"
    assert device["values"]["coil_temp"]["value"] < -15
    await ask(client, "/devices/nothing", 404)


async def test_people_sites_and_what_they_agreed_to_can_be_read(client: httpx.AsyncClient) -> None:
    ada = await ask(client, "/customers/ada")
    assert ada["name"] == "Ada Berg" and ada["addresses"][0]["value"] == "+4915112345001"
    assert len((await ask(client, "/customers"))["items"]) == 3
    site = (await ask(client, "/sites?customer=ada"))["items"][0]
    assert (site["label"], site["devices"], site["residents"][0]["role"]) == (
        "Hafenstraße 4, Kiel",
        ["hp-4471"],
        "owner",
    )
    assert await ask(client, "/sites/site-ada") == site
    assert (await ask(client, "/consents?customer=ada"))["items"][0]["kind"] == "contract"


async def test_faults_cases_contacts_and_rules_can_be_read(client: httpx.AsyncClient, here: World) -> None:
    case = await here.ices_up()
    await here.told(case, "ada", "Nordwarm: your heat pump is icing up.", 30)
    fault = (await ask(client, "/faults?open=true"))["items"][0]
    assert fault["rule"] == "icing-up" and fault["cleared"] is None
    assert (await ask(client, f"/faults/{fault['id']}")) == fault
    assert (await ask(client, "/cases"))["items"][0] == await ask(client, f"/cases/{case.id}")
    contact = (await ask(client, f"/contacts?case={case.id}"))["items"][0]
    assert contact["messages"][0]["status"] == "delivered"
    assert (await ask(client, f"/commands?case={case.id}"))["items"] == []
    assert {"icing-up", "low-pressure"} <= {rule["id"] for rule in (await ask(client, "/rules"))["items"]}


async def test_a_help_desk_takes_writes_notes_and_resolves(client: httpx.AsyncClient, here: World) -> None:
    case = await here.asks_for_person(await here.ices_up())
    taken = (await act(client, f"/tickets/{case.id}/take")).json()["case"]
    assert taken["agent"] == "key:desk"
    replied = (await act(client, f"/tickets/{case.id}/reply", {"text": "We are on our way."})).json()
    assert replied["decision"]["verdict"] == "allow" and replied["decision"]["stages"]
    await act(client, f"/tickets/{case.id}/note", {"text": "Bring a spare valve."})
    closed = (await act(client, f"/tickets/{case.id}/resolve", {"closing": "replaced"})).json()["case"]
    assert (closed["state"], closed["closing"], closed["proved"]) == ("resolved", "replaced", False)
    full = await ask(client, f"/tickets/{case.id}")
    assert full["messages"][-1]["text"].endswith("We are on our way.")
    assert [one["data"]["text"] for one in full["timeline"] if one["kind"] == "agent.note"] == [
        "Bring a spare valve."
    ]


async def test_who_has_seen_an_older_ticket_changes_nothing(client: httpx.AsyncClient, here: World) -> None:
    case = await here.asks_for_person(await here.ices_up())
    stale = await act(
        client, f"/tickets/{case.id}/resolve", {"closing": "fixed", "version": case.version - 1}
    )
    assert stale.status_code == 409 and stale.json()["version"] == case.version
    assert (await ask(client, f"/tickets/{case.id}"))["status"] == "needs_agent"


async def test_a_wish_that_makes_no_sense_is_refused_with_a_place(
    client: httpx.AsyncClient, here: World
) -> None:
    case = await here.ices_up()
    wrong = await act(client, f"/tickets/{case.id}/resolve", {"closing": "bored"})
    assert wrong.status_code == 422 and wrong.json()["errors"][0]["at"] == "body/closing"
    empty = await act(client, f"/tickets/{case.id}/reply", {"text": "  "})
    assert empty.status_code == 422 and "no words" in empty.json()["detail"]
    early = await act(client, f"/tickets/{case.id}/hand-back")
    assert early.status_code == 422
    assert (await act(client, "/tickets/nothing/take")).status_code == 404


async def test_all_contacts_can_be_paused_and_resumed_by_program(
    client: httpx.AsyncClient, here: World
) -> None:
    paused = await client.post("/api/v1/pause", headers=key(ADMIN_KEY), json={"why": "Wrong firmware."})
    assert paused.json() == {
        "mode": "live",
        "paused": True,
        "paused_because": "Wrong firmware.",
        "paused_parts": [],
    }
    case = await here.asks_for_person(await here.ices_up())
    refused = (await act(client, f"/tickets/{case.id}/reply", {"text": "Hello"})).json()["decision"]
    assert (refused["verdict"], refused["because"]) == ("deny", "kill_switch")
    resumed = await client.post("/api/v1/resume", headers=key(ADMIN_KEY))
    assert resumed.json()["paused"] is False


async def test_the_api_describes_itself(client: httpx.AsyncClient) -> None:
    told = (await client.get("/api/openapi.json", headers=key(READ_KEY))).json()
    nouns = (
        "devices",
        "customers",
        "sites",
        "rules",
        "faults",
        "cases",
        "tickets",
        "contacts",
        "commands",
        "consents",
    )
    assert {f"/api/v1/{noun}" for noun in nouns} <= set(told["paths"])
    assert all(
        path.startswith(("/api/", "/healthz", "/readyz", "/metrics", "/hooks")) for path in told["paths"]
    )
    assert told["components"]["securitySchemes"]


async def test_a_program_imports_and_first_sees_what_would_change(
    client: httpx.AsyncClient, here: World
) -> None:
    registers = {
        "sites": [{"site": "s9", "zone": "Europe/Berlin", "label": "Deich 1"}],
        "customers": [
            {"customer": "eva", "name": "Eva Linde", "phone": "+4915112345009", "site": "s9", "role": "owner"}
        ],
        "devices": [{"device": "hp-9", "model": "nordwarm/heatpump-x1", "name": "Heat pump", "site": "s9"}],
    }
    asked = {"headers": key(ADMIN_KEY), "json": registers}
    tried = (await client.post("/api/v1/import?dry_run=true", **asked)).json()
    assert "errors" not in tried, tried["errors"]
    assert tried["rehearsal"] and {one["id"] for one in tried["added"]} == {"s9", "eva", "hp-9"}
    await ask(client, "/customers/eva", 404)
    done = (await client.post("/api/v1/import", **asked)).json()
    assert not done["rehearsal"] and done["groundless"] == ["eva"]
    assert {one["id"] for one in done["absent"]} >= {"ada", "hp-4471"}, "told, and not deleted"
    assert (await ask(client, "/customers/eva"))["name"] == "Eva Linde"
    assert (await client.post("/api/v1/import", **asked)).json()["added"] == []
    assert (await act(client, "/import", registers)).status_code == 403


async def test_an_import_with_mistakes_changes_nothing_and_names_them_all(client: httpx.AsyncClient) -> None:
    registers = {
        "sites": [{"site": "s9", "zone": "Europe/Atlantis"}],
        "devices": [{"device": "hp-9", "modle": "nordwarm/heatpump-x1"}],
    }
    refused = await client.post("/api/v1/import", headers=key(ADMIN_KEY), json=registers)
    assert refused.status_code == 422
    found = refused.json()["errors"]
    assert any("zone" in one["at"] and one["remedy"] for one in found)
    assert any("modle" in str(one) for one in found)
    await ask(client, "/sites/s9", 404)
