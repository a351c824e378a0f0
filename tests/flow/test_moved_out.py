"""Who loses a home by an import is named before it happens, with what is still open there."""

from __future__ import annotations

import pytest

from hub.flow.register import sync
from hub.flow.sheets import Row, read_csv
from hub.testing import FakeClock, MemoryStore
from tests.flow.fleet import Fleet, fleet


@pytest.fixture
async def here(store: MemoryStore, clock: FakeClock) -> Fleet:
    made = await fleet(store, clock)
    await made.homes(2)
    await made.fails("pump-0")
    return made


def new_owner(since: str = "") -> list[Row]:
    return read_csv("customers.csv", f"customer,name,site,role,since\ndina,Dina Neu,home-0,owner,{since}\n")


async def test_the_dry_run_names_the_old_owner_the_new_one_and_the_open_case(here: Fleet) -> None:
    case = await here.case_of("pump-0")
    said = str(await sync(here.store, new_owner(), here.now, dry_run=True))
    line = (
        "owner-0 would no longer be the owner of home-0, from now on (new owner: dina). 1 case is open there:"
    )
    assert f"{line} {case.id}." in said
    assert "1 customer not listed, and left as they are: owner-1." in said


async def test_the_import_says_so_too_and_since_when(here: Fleet) -> None:
    said = str(await sync(here.store, new_owner("2026-11-01"), here.now))
    assert "owner-0 is no longer the owner of home-0, from 2026-11-01 00:00 UTC on (new owner: dina)." in said
    again = str(await sync(here.store, new_owner(), here.now))
    assert "no longer" not in again
