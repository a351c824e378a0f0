"""Whatever role somebody has in a home, tickets of that home are shown; one that cannot be read hides no other."""

from __future__ import annotations

from enum import StrEnum
from typing import cast

import httpx
import pytest

from device_rules.reading import DAY
from hub.domain.ids import CustomerId, Moment, SiteId
from hub.domain.site import Residence, Role
from tests.web.asking import key
from tests.web.world import READ_KEY, World, ticket_of

HOME = SiteId("site-ada")


class Newer(StrEnum):
    """A role that this hub does not know."""

    GARDENER = "gardener"


async def has_role(here: World, customer: str, role: Role) -> None:
    """Somebody gets a role in Ada's home."""
    async with here.store.transaction() as tx:
        await tx.people.put_residence(
            Residence(HOME, CustomerId(customer), role, Moment(here.now - 30 * DAY))
        )


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("owned", [True, False])
async def test_a_ticket_is_shown_whatever_role_somebody_has_in_the_home(
    dag: httpx.AsyncClient, here: World, role: Role, owned: bool
) -> None:
    await has_role(here, "ben", role)
    case = await here.ices_up()
    if not owned:
        async with here.store.transaction() as tx:
            for one in await tx.people.residents(HOME, here.now):
                if one.customer == "ada":
                    await tx.people.put_residence(
                        Residence(HOME, one.customer, one.role, one.since, here.now)
                    )
    who = "Ada Berg" if owned else "Ben Haas"
    listed = await dag.get("/console?view=all")
    assert listed.status_code == 200 and f"row-{case.id}" in listed.text and who in listed.text
    page = await dag.get(ticket_of(case))
    assert page.status_code == 200 and who in page.text
    told = await dag.get("/api/v1/tickets", headers=key(READ_KEY))
    assert [one["customer_name"] for one in told.json()["items"]] == [who]
    assert (await dag.get(f"/api/v1/tickets/{case.id}", headers=key(READ_KEY))).status_code == 200


async def test_one_household_that_cannot_be_read_does_not_take_the_list_of_tickets_with_it(
    dag: httpx.AsyncClient, here: World
) -> None:
    odd, other = await here.ices_up(), await here.ices_up("hp-7789")
    await has_role(
        here, "ben", cast(Role, Newer.GARDENER)
    )  # as a newer hub, or a hand in the database, may write it
    listed = await dag.get("/console?view=all")
    assert listed.status_code == 200
    assert f"row-{other.id}" in listed.text and "Cleo Santos" in listed.text
    assert f"row-{odd.id}" in listed.text and "cannot be read" in listed.text
    told = await dag.get("/api/v1/tickets", headers=key(READ_KEY))
    assert told.status_code == 200
    names = {one["id"]: one["customer_name"] for one in told.json()["items"]}
    assert names == {odd.id: "", other.id: "Cleo Santos"}
