"""Several people belong to a home: the ticket says who of them wrote, who was written to, and who may be."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from device_rules.fault import Severity
from device_rules.reading import DAY, HOUR, MINUTE
from hub.domain.agent import AgentRole, User
from hub.domain.because import Because
from hub.domain.case import CaseState
from hub.domain.ids import Moment
from hub.domain.site import Residence, Role
from hub.testing import FakeClock, MemoryStore
from hub.web.access import COOKIE, open_session
from hub.web.app import create_app
from hub.web.door import Door
from tests.stories.book import ADA, BEN, CLEO, DAG, ICE, Street, street
from tests.stories.household import KIEL, cleo_has_a_key


@pytest.fixture
async def home() -> AsyncIterator[Street]:
    """Ada's home; Cleo has a key."""
    store = MemoryStore()
    made = await street(store, FakeClock())
    await cleo_has_a_key(made)
    yield made
    await store.close()


async def ticket(home: Street) -> str:
    """The page of Ada's ticket, as Dag sees it, without the breaks between its words."""
    door = Door(home.store, home.clock, home.ctx, secret="of the tests", books={})
    transport = httpx.ASGITransport(app=create_app(door))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
        client.cookies.set(COOKIE, await open_session(door, User(DAG, "Dag", AgentRole.AGENT)))
        page = await client.get(f"/console/tickets/{(await home.case(ICE)).id}")
        listed = await client.get("/console?view=all")
    assert page.status_code == 200 and listed.status_code == 200
    return " ".join(page.text.split()) + " LISTED " + " ".join(listed.text.split())


async def test_a_second_contact_who_says_stop_is_not_taken_for_the_owner_who_was_written_to(
    home: Street,
) -> None:
    await home.fails(ICE)
    await home.pass_time(2 * MINUTE)
    await home.writes(CLEO, "STOP")
    page = await ticket(home)
    assert '<dd><strong>Ada Berg</strong><span class="sub">owner · Kiel' in page
    assert "also: Cleo Berg (second contact)" in page
    assert "Reply to Ada" in page and "Ada may be written to now." in page
    assert "nothing is sent" not in page
    assert "<b>Beforehand</b> <span>to Ada Berg (owner)</span>" in page
    assert page.split(" LISTED ")[1].count("Ada Berg") >= 1


async def test_a_case_that_stands_for_somebody_else_s_stop_does_not_say_that_nothing_is_sent(
    home: Street,
) -> None:
    await home.fails(ICE)
    await home.pass_time(2 * MINUTE)
    case = await home.case(ICE)
    async with home.store.transaction() as tx:
        await tx.people.suppress(CLEO, home.now, str(Because.STOP_SAID))
        wanted = replace(case, state=CaseState.WITH_AGENT, needs_agent=Because.SUPPRESSED)
        await tx.cases.save(replace(wanted, version=case.version + 1))
    page = await ticket(home)
    assert "Ada may be written to now." in page and "nothing is sent" not in page
    assert "Cleo Berg (second contact) said stop, and hears nothing more." in page


async def test_what_a_second_contact_wrote_stands_under_their_own_name(home: Street) -> None:
    async with home.store.transaction() as tx:
        for basis in await tx.people.bases(ADA):
            await tx.people.suppress(basis.customer, home.now, "stop_said")
    await home.fails(ICE)
    await home.pass_time(2 * MINUTE)
    await home.writes(CLEO, "wrong number")
    page = await ticket(home)
    assert "Cleo Berg (second contact): “wrong number”" in page and "Ada: " not in page
    assert "<b>Cleo Berg (second contact)</b>" in page
    assert "to Cleo Berg (second contact): “Nordwarm: Hello Cleo" in page
    assert "Not sent to Ada Berg (owner)" in page
    assert "+4915550100003 (suspended)" in page, "whose number it is that is wrong"
    assert "also: Ada Berg (owner)" in page
    assert "Cleo Berg (second contact)" in page.split(" LISTED ")[1]


async def test_the_first_and_the_second_who_were_asked_are_told_apart(home: Street) -> None:
    async with home.store.transaction() as tx:
        await tx.people.put_residence(Residence(KIEL, BEN, Role.OCCUPANT, Moment(home.now - DAY)))
    await home.fails(replace(ICE, severity=Severity.CRITICAL))
    await home.pass_time(HOUR)
    page = await ticket(home)
    for who in ("Ada Berg (owner)", "Cleo Berg (second contact)"):
        assert f"<span>to {who}</span>" in page
        assert f"The gate allowed a first text to {who}" in page or f"reminder text to {who}" in page
