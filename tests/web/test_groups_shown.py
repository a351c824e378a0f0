"""How people at the desk see a fault that a group of devices shares: as one ticket that says how many of how many."""

from __future__ import annotations

import re

import httpx

from device_rules.fault import ChangeKind, Evidence, FaultChange, Leaf, Severity, fault_id
from device_rules.reading import HOUR, MINUTE
from hub.domain.case import Case
from hub.domain.events import FaultChanged
from hub.domain.ids import FaultId
from hub.flow.triage import fault_changed
from tests.web.asking import key
from tests.web.world import READ_KEY, World, ticket_of

GROUP = "group:cohort:nordwarm/heatpump-x1|2.3.1|"
TITLE = "37 of 120 nordwarm/heatpump-x1 with firmware 2.3.1: The house is not getting warm"
NOTE = "37 of 120 known devices, 30.8 %, threshold 20 %."


async def many_fail(here: World) -> Case:
    """A third of the heat pumps with the new firmware get no house warm."""
    start = here.now - HOUR
    leaf = Leaf("share >= 20 %", True, "share", 30.8, 20.0, "%", here.now, (Leaf("room_temp < 15"),))
    evidence = Evidence("nordwarm/heatpump-x1", "cold-cohort", 1, leaf, 30 * MINUTE, notes=(NOTE,))
    change = FaultChange(
        fault_id(GROUP, "cold-cohort", start), GROUP, "cold-cohort", ChangeKind.RAISED, Severity.MAJOR,
        here.now, start, 0, evidence, TITLE, packet=("room_temp",),
    )  # fmt: skip
    async with here.store.transaction() as tx:
        await tx.faults.save(change)
        await fault_changed(tx, FaultChanged(change), here.now, here.door.ctx)
        found = await tx.cases.case_of_fault(FaultId(change.fault))
        assert found is not None
        case = await tx.cases.get(found)
    assert case is not None
    return case


async def test_the_list_and_the_ticket_say_how_many_of_which_devices(
    dag: httpx.AsyncClient, here: World
) -> None:
    case = await many_fail(here)
    listed = (await dag.get("/console?view=needs_agent")).text
    assert TITLE in listed
    page = (await dag.get(ticket_of(case))).text
    assert "<h1>Look into it: many devices have the same fault</h1>" in page
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert TITLE in words
    assert "Nordwarm/heatpump-x1 with firmware 2.3.1" in words
    assert "Many owners" in words


async def test_programs_are_told_the_counts_behind_it(client: httpx.AsyncClient, here: World) -> None:
    case = await many_fail(here)
    answer = await client.get("/api/v1/tickets?view=needs_agent", headers=key(READ_KEY))
    (ticket,) = answer.json()["items"]
    assert (ticket["id"], ticket["title"], ticket["customer"]) == (case.id, TITLE, None)
    assert ticket["device_name"] == "nordwarm/heatpump-x1 with firmware 2.3.1"
    (fault,) = (await client.get("/api/v1/faults", headers=key(READ_KEY))).json()["items"]
    assert (fault["device"], fault["title"], fault["evidence"]["notes"]) == (GROUP, TITLE, [NOTE])
    assert fault["evidence"]["when"]["value"] == 30.8
