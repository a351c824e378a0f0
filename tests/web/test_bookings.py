"""Appointments at the desk and over the API: installers see their own, the desk sees all and can call one off."""

from __future__ import annotations

import httpx
import pytest

from device_rules.reading import HOUR
from hub.domain.agent import AgentRole, User
from hub.domain.ids import CaseId, CustomerId, Moment, UserId
from hub.domain.slots import BookingKind, Slot
from hub.ports.bookings import Booking
from hub.web.passwords import token_hash
from tests.web.asking import key, sign_in
from tests.web.world import HASH, READ_KEY, World, ticket_of

VISITS_KEY = "visits-key"


@pytest.fixture
async def booked(here: World) -> World:
    """Two visits, of Ines and of Omar, tomorrow."""
    now = here.clock.now()
    async with here.store.transaction() as tx:
        await tx.house.add_key(token_hash(VISITS_KEY), "planner", ["visits"])
        for number, name in enumerate(("ines", "omar")):
            await tx.house.put_user(User(UserId(name), name.title(), AgentRole.INSTALLER, HASH))
            starts = Moment(now + (24 + number) * HOUR)
            slot = Slot(BookingKind.VISIT, starts, Moment(starts + 2 * HOUR))
            case = CaseId(f"case-{name}")
            assert await tx.bookings.hold(
                Booking(f"b-{name}", case, CustomerId("ada"), slot, name, Moment(now))
            )
    return here


async def test_an_installer_sees_their_own_visits_and_nothing_else(
    client: httpx.AsyncClient, booked: World
) -> None:
    await sign_in(client, "ines")
    shown = await client.get("/console/bookings")
    assert shown.status_code == 200
    assert "visit" in shown.text
    assert "Omar" not in shown.text
    assert "Call off" not in shown.text
    assert (await client.get("/console")).status_code == 403
    [mine] = (await client.get("/api/v1/bookings")).json()["items"]
    assert mine["seat"] == "ines"
    assert (await client.get("/api/v1/customers")).status_code == 403


async def test_a_program_needs_the_scope_and_sees_all_visits(
    client: httpx.AsyncClient, booked: World
) -> None:
    assert (await client.get("/api/v1/bookings", headers=key(READ_KEY))).status_code == 403
    items = (await client.get("/api/v1/bookings", headers=key(VISITS_KEY))).json()["items"]
    assert [item["seat"] for item in items] == ["ines", "omar"]
    refused = await client.post("/api/v1/bookings/b-ines/call-off", headers=key(VISITS_KEY))
    assert refused.status_code == 403


async def test_an_agent_reads_before_closing_what_stays_booked(dag: httpx.AsyncClient, here: World) -> None:
    case = await here.asks_for_person(await here.ices_up())
    starts = Moment(here.clock.now() + 24 * HOUR)
    slot = Slot(BookingKind.CALLBACK, starts, Moment(starts + HOUR // 2))
    before = (await dag.get(ticket_of(case))).text
    assert "it stays booked" not in before
    async with here.store.transaction() as tx:
        booking = Booking("b-call", case.id, CustomerId("ada"), slot, "1", Moment(here.clock.now()))
        assert await tx.bookings.hold(booking)
    dialog = (await dag.get(ticket_of(case))).text.split('id="resolve-dialog"', 1)[1]
    assert "Call booked for " in dialog
    assert "it stays booked, and the customer is told so" in dialog
