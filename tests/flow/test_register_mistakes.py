"""Whoever brings a register in hears of every mistake at once, of no mistake that is none, and of what is worth a look."""

from enum import StrEnum
from pathlib import Path

import pytest

from hub.domain.customer import BasisKind, Purpose
from hub.domain.ids import Moment
from hub.domain.site import Role
from hub.flow.register import sync, with_all_mistakes
from hub.flow.sheets import BadSheet, read_files
from hub.testing import MemoryStore

NOW = Moment(1_795_280_400_000_000)
SITES = "site,zone,country\nhome,Europe/Berlin,DE\n"
PEOPLE = "customer,name,phone,site\nada,Ada,+49 171 3920011,home\n"


async def mistakes(store: MemoryStore, **sheets: str) -> list[str]:
    """Every mistake of these sheets, as `place: cause`."""
    try:
        await sync(store, read_files((f"{name}.csv", text) for name, text in sheets.items()), NOW)
    except BadSheet as bad:
        whole = await with_all_mistakes(store, bad, NOW) if bad.rows else bad
        return [f"{each.place}: {each.cause}" for each in whole.problems]
    return []


async def test_unknown_sites_and_double_lines_are_told_with_the_slips_in_cells(store: MemoryStore) -> None:
    told = await mistakes(
        store,
        sites=SITES + "lake,Europe/Nowhere,SE\nhome,Europe/Berlin,DE\n",
        customers=PEOPLE + "ben,Ben,+49 17,moon\ncleo,,12,lake\n",
        devices="device,model,site,since\nhp 1,pump,home,\nhp2,pump,mars,yesterday\n",
        bases="customer,purpose,channel,kind,at,how\nzoe,service,sms,contract,2026-01-01,form\nben,care,sms,x,2030-01-01,f\n",
    )
    assert told == [
        "sites.csv, line 3, column zone: there is no such time zone",
        "sites.csv, line 4, column site: home stands in line 2 already",
        "customers.csv, line 3, column site: there is no site moon",
        "customers.csv, line 3, column phone: this number has too few or too many digits",
        "customers.csv, line 4, column phone: this is no phone number",
        "customers.csv, line 4, column name: this cell must not be empty",
        "devices.csv, line 2, column device: an id holds no spaces and none of / + #, and at most 128 letters",
        "devices.csv, line 3, column since: this is no date",
        "devices.csv, line 3, column site: there is no site mars",
        "bases.csv, line 2, column customer: there is no customer zoe",
        "bases.csv, line 3, column kind: there is no such name",
        "bases.csv, line 3, column at: this lies in the future",
    ]
    async with store.reading() as tx:
        assert await tx.people.site("home") is None


@pytest.mark.parametrize("sites", ["sit,zone\nhome,Europe/Berlin\n", "site,zone\nho me,Europe/Berlin\n", ""])
async def test_who_lives_in_a_sheet_that_could_not_be_read_is_no_mistake(
    store: MemoryStore, sites: str
) -> None:
    told = await mistakes(store, sites=sites, customers=PEOPLE + "ben,,,home\n")
    assert not [each for each in told if "there is no site" in each]
    assert "customers.csv, line 3, column name: this cell must not be empty" in told


async def test_a_number_of_somebody_else_is_told_and_comes_in(store: MemoryStore) -> None:
    rows = read_files([("sites.csv", SITES), ("customers.csv", PEOPLE + "ben,Ben,0171 3920011,home\n")])
    first = str(await sync(store, rows, NOW))
    assert "1 customer has a number or mail address that somebody else has, too: ben (like ada)." in first
    assert "1 site added: home." in first and "2 customers added" in first
    later = read_files([("customers.csv", "customer,name,phone,site\ncleo,Cleo,+491713920011,home\n")])
    assert "cleo (like " in str(await sync(store, later, NOW))


@pytest.mark.parametrize("dear", ["+1 900 555 1234", "0900 1234567", "+44 909 879 0879"])
async def test_a_premium_number_is_refused(store: MemoryStore, dear: str) -> None:
    told = await mistakes(store, sites=SITES, customers=PEOPLE.replace("+49 171 3920011", dear))
    assert told == ["customers.csv, line 2, column phone: this is a premium number, which costs who rings it"]


@pytest.mark.parametrize("names", [Role, Purpose, BasisKind])
def test_the_page_on_importing_names_what_may_be_written(names: type[StrEnum]) -> None:
    page = (Path(__file__).parents[2] / "docs" / "import.md").read_text()
    assert [each for each in names if f"`{each}`" not in page] == []
