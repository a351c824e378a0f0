"""Incidents at the desk and over the API: seen by everybody, decided by supervisors, tried without sending."""

from __future__ import annotations

import httpx
import pytest

from device_rules.reading import MINUTE
from hub.domain.incident import IncidentState, Limits
from hub.web.app import create_app
from tests.flow.fleet import LIMITS, Fleet, fleet
from tests.web.asking import hidden, key, sign_in
from tests.web.world import ADMIN_KEY, READ_KEY, World

PUMPS = [f"pump-{n}" for n in range(21)]


@pytest.fixture
async def failing(here: World) -> Fleet:
    """Twenty-one heat pumps have failed."""
    made = await fleet(here.store, here.clock, Limits(rate=36_000))  # type: ignore[arg-type]
    await made.homes(21)
    await made.fails(*PUMPS)
    await made.passes(2 * MINUTE)
    return made


async def test_a_trial_says_who_would_hear_when_and_at_what_cost_and_changes_nothing(
    client: httpx.AsyncClient, failing: Fleet
) -> None:
    one = await failing.incident()
    answer = await client.post(f"/api/v1/incidents/{one.id}/dry-run", headers=key(READ_KEY))
    assert answer.status_code == 200, answer.text
    trial = answer.json()
    assert (trial["households"], trial["messages"], trial["canary"], trial["people"]) == (21, 21, 1, 1)
    assert trial["next_update"] and "Next news by" in trial["texts"]["en"]
    assert trial["segments"] >= 21 and trial["planned"][0]["channel"] == "sms"
    assert await failing.incident() == one and failing.post.envelopes == []


async def test_a_program_that_reads_sees_the_incident_and_decides_nothing(
    client: httpx.AsyncClient, failing: Fleet
) -> None:
    one = await failing.incident()
    [listed] = (await client.get("/api/v1/incidents?open=true", headers=key(READ_KEY))).json()["items"]
    assert (listed["id"], listed["state"]) == (one.id, "candidate")
    shown = (await client.get(f"/api/v1/incidents/{one.id}", headers=key(READ_KEY))).json()
    assert shown["tally"]["cases"] == 21 and shown["timeline"][0]["kind"] == "incident.found"
    refused = await client.post(f"/api/v1/incidents/{one.id}/approve", headers=key(READ_KEY))
    assert refused.status_code == 403


async def test_a_decision_on_what_has_changed_meanwhile_is_refused(
    client: httpx.AsyncClient, failing: Fleet
) -> None:
    one = await failing.incident()
    path = f"/api/v1/incidents/{one.id}"
    seen = {"version": one.version}
    assert (await client.post(f"{path}/approve", headers=key(ADMIN_KEY), json=seen)).json()[
        "state"
    ] == "canary"
    again = await client.post(f"{path}/reject", headers=key(ADMIN_KEY), json=seen)
    assert again.status_code == 409 and "changed" in again.json()["detail"]
    edited = {"words": {"en": "We are restarting the heating service."}, "tell": True}
    assert (await client.post(f"{path}/edit", headers=key(ADMIN_KEY), json=edited)).json()["updates"] == 1
    bad = await client.post(f"{path}/edit", headers=key(ADMIN_KEY), json={"words": {"en": "Dear {name}"}})
    assert bad.status_code == 422
    assert (await client.post(f"{path}/close", headers=key(ADMIN_KEY))).json()["state"] == "ending"


async def test_a_supervisor_approves_and_ends_it_on_the_page_without_scripts(
    here: World, failing: Fleet
) -> None:
    one = await failing.incident()
    transport = httpx.ASGITransport(app=create_app(here.door))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as sam:
        await sign_in(sam, "sam")
        sam.headers["accept"] = "text/html"
        listed = await sam.get("/console/incidents")
        assert "Needs a decision" in listed.text and one.id in listed.text
        assert "21 devices, 21 not recovered" in listed.text
        page = (await sam.get(f"/console/incidents/{one.id}")).text
        assert "Nobody is there to answer" not in page, "dag sits at the desk"
        assert "Approve: tell 21" in page and "Owner3 Berg" in page
        assert "approved now, it promises next news by" in page and "Next news by" in page
        sent = {"csrf": hidden(page, "csrf"), "version": hidden(page, "version")}
        assert (await sam.post(f"/console/incidents/{one.id}/approve", data=sent)).status_code == 303
        await failing.passes(20 * MINUTE)
        number = int(failing.post.envelopes[0].to[5:])
        await failing.writes(number, "Is somebody coming?")
        page = (await sam.get(f"/console/incidents/{one.id}")).text
        assert "1 household told already." in page and "3 an hour, the last at about" in page
        assert "Is somebody coming?" in page and "Telling everybody" in page
        assert "Tell the 1 household that knows of it" in page
        words = {"words_en": "It is our fault, not yours.", "words_de": "", "next_update": "", "tell": "true"}
        again = sent | {"version": hidden(page, "version")}
        saved = await sam.post(f"/console/incidents/{one.id}/edit", data=again | words)
        assert saved.status_code == 303, saved.text
        await failing.passes(5 * MINUTE)
        assert any("It is our fault" in text for text in failing.texts(number))
        page = (await sam.get(f"/console/incidents/{one.id}")).text
        ended = again | {"version": hidden(page, "version"), "closing": "fixed"}
        await sam.post(f"/console/incidents/{one.id}/close", data=ended)
    await failing.passes(5 * MINUTE)
    assert (await failing.incident()).state is IncidentState.CLOSED


async def test_an_agent_sees_the_incident_and_no_buttons(dag: httpx.AsyncClient, failing: Fleet) -> None:
    one = await failing.incident()
    page = (await dag.get(f"/console/incidents/{one.id}")).text
    assert "A supervisor decides." in page and '<button class="full">Approve' not in page
    assert LIMITS.devices == 20


async def test_whoever_reads_the_list_of_tickets_sees_that_a_matter_waits_and_how_long(
    dag: httpx.AsyncClient, failing: Fleet
) -> None:
    one = await failing.incident()
    page = (await dag.get("/console")).text
    assert "One matter needs a decision." in page and f'href="/console/incidents/{one.id}"' in page
    assert "13 min left" in page and "The hub has the rest in hand" not in page
    await failing.passes(LIMITS.hold)
    assert "needs a decision" not in (await dag.get("/console")).text


@pytest.mark.parametrize("path", ["/console", "/console/incidents", "/console/bookings"])
async def test_every_page_leads_to_the_incidents(dag: httpx.AsyncClient, path: str) -> None:
    page = (await dag.get(path)).text
    top = page[page.index("<header") : page.index("</header>")]
    assert '<a href="/console/incidents"' in top
    assert f'<a href="{path}" aria-current="page"' in top
