"""Importing: what is listed comes in, what is known stays, what is wrong is named with file, line and remedy."""

from pathlib import Path

import pytest

from device_rules.reading import DAY
from hub.domain.customer import Address, BasisKind, Channel, Customer, Health, Person, Purpose, QuietHours
from hub.domain.device import Admission, Device
from hub.domain.site import Role, Site
from hub.flow.register import Report, sync
from hub.flow.sheets import COLUMNS, REQUIRED, BadSheet, Row, Sheet, read_csv, read_files, read_rows
from hub.testing import MemoryStore

NOW = 1_795_280_400_000_000  # 2026-11-21T17:00:00Z
SITES = "site,zone,country,label\nhome,Europe/Berlin,de,Garden\nlake,Europe/Stockholm,SE,\n"
PEOPLE = (
    "customer,name,language,phone,email,zone,site,role,since,quiet_from,quiet_to\n"
    "ada,Ada Berg,en,0171 3920011,ada@example.org,,home,owner,2020-01-01,22:00,7:30\n"
    "cleo,Cleo Lind,,070-174 06 05,,,lake,,,,\n"
)
DEVICES = (
    "device;model;name;serial;firmware;site;room;since;attr.kw;attr.indoor;attr.code\n"
    "hp1;heatpump;garden heat pump;SN7;2.1;home;garden;;8.5;false;007\n"
    "fr1;fridge;;;;lake;;;;;\n"
)
BASES = (
    "customer,purpose,channel,kind,country,at,who,how,wording\n"
    "ada,service,sms,contract,DE,2020-01-01,sales,order form,v3\n"
)


def all_rows() -> list[Row]:
    texts = {"bases.csv": BASES, "devices.csv": DEVICES, "customers.csv": PEOPLE, "sites.csv": SITES}
    return [row for name, text in texts.items() for row in read_csv(name, text)]


def customers(*lines: str) -> list[Row]:
    return read_csv("customers.csv", "customer,name,phone,site,role,since\n" + "\n".join(lines))


async def imported(store: MemoryStore, rows: list[Row], now: int = NOW) -> Report:
    return await sync(store, rows, now)


def refusal(name: str, text: str) -> list[str]:
    with pytest.raises(BadSheet) as refused:
        read_csv(name, text)
    return [str(problem) for problem in refused.value.problems]


async def test_everything_that_is_listed_comes_in(store: MemoryStore) -> None:
    report = await imported(store, all_rows())
    async with store.reading() as tx:
        assert await tx.people.site("home") == Site("home", "Europe/Berlin", "DE", "Garden")
        assert await tx.people.customer("ada") == Customer("ada", "en", "", QuietHours(1320, 450))
        assert await tx.people.name("cleo") == "Cleo Lind"
        reached = {one.channel: one.value for one in await tx.people.addresses("ada")}
        assert reached == {Channel.SMS: "+491713920011", Channel.EMAIL: "ada@example.org"}
        assert [one.value for one in await tx.people.addresses("cleo")] == ["+46701740605"]
        assert [(one.customer, one.role) for one in await tx.people.residents("lake", 1)] == [
            ("cleo", Role.OWNER)
        ]
        assert await tx.people.residents("home", NOW - 10_000 * DAY) == []
        pump = await tx.devices.get("hp1")
        assert pump is not None
        assert (pump.site, pump.room, pump.firmware) == ("home", "garden", "2.1")
        assert pump.attributes == {"kw": 8.5, "indoor": False, "code": "007"}
        assert await tx.devices.site_at("hp1", 1) == "home"
        [line] = await tx.people.bases("ada")
        assert (line.purpose, line.kind, line.how, line.wording) == (
            Purpose.SERVICE,
            BasisKind.CONTRACT,
            "order form",
            "v3",
        )
    assert [device.id for device in report.devices] == ["hp1", "fr1"]
    assert "1 customer has no basis on record: listed, not contacted (cleo)" in str(report)


async def test_the_same_import_again_changes_nothing(store: MemoryStore) -> None:
    await imported(store, all_rows())
    again = await imported(store, all_rows(), NOW + DAY)
    assert (again.plan.writes, again.plan.added, again.plan.changed) == ((), (), ())
    assert len(again.plan.same) == 7


async def test_a_rehearsal_shows_what_would_happen_and_writes_nothing(store: MemoryStore) -> None:
    report = await sync(store, all_rows(), NOW, dry_run=True)
    assert "2 customers would be added: ada, cleo." in str(report)
    assert "Ada Berg" not in str(report)
    async with store.reading() as tx:
        assert await tx.people.page("", 9) == []


async def test_what_nobody_here_can_serve_is_told(store: MemoryStore) -> None:
    rows = all_rows() + read_csv("customers.csv", "customer,name,language\nluc,Luc Petit,fr\n")
    report = (await imported(store, rows)).held_against({"heatpump"}, ("en", "de"))
    assert "1 device has a model without a rule book: fr1 (fridge). Nobody judges what it sends." in str(
        report
    )
    assert (
        "1 customer has a language that the hub does not speak: luc (fr). It writes and speaks to this one in English."
        in str(report)
    )
    served = report.held_against({"heatpump", "fridge"}, ("en", "fr"))
    assert "rule book" not in str(served) and "speak" not in str(served)


async def test_who_is_not_listed_is_told_and_stays(store: MemoryStore) -> None:
    await imported(store, all_rows())
    report = await imported(store, customers("ada,Ada Berg,,,,"))
    assert report.plan.absent == ((Sheet.CUSTOMERS, "cleo", ""),)
    assert "1 customer not listed, and left as they are: cleo." in str(report)
    async with store.reading() as tx:
        assert len(await tx.people.page("", 9)) == 2


async def test_an_empty_cell_says_nothing_and_a_full_one_counts(store: MemoryStore) -> None:
    await imported(store, all_rows())
    report = await imported(store, customers("ada,Ada Lund,0171 3920099,,,"))
    assert report.plan.changed == ((Sheet.CUSTOMERS, "ada", "name, phone"),)
    async with store.reading() as tx:
        assert await tx.people.name("ada") == "Ada Lund"
        assert await tx.people.find_address(Channel.SMS, "+491713920011") is None
        assert len(await tx.people.addresses("ada")) == 2
        customer = await tx.people.customer("ada")
        assert customer is not None
        assert customer.quiet == QuietHours(1320, 450)


async def test_a_landline_gets_calls_and_no_texts(store: MemoryStore) -> None:
    await imported(store, customers("ada,Ada Berg,030 5550100,,,"))
    async with store.reading() as tx:
        assert [(one.channel, one.value) for one in await tx.people.addresses("ada")] == [
            (Channel.PHONE, "+49305550100")
        ]


async def test_importing_never_undoes_a_stop_not_even_under_another_name(store: MemoryStore) -> None:
    await imported(store, all_rows())
    async with store.transaction() as tx:
        await tx.people.suppress("ada", NOW, "STOP_SAID")
    newer = BASES.replace("2020-01-01", "2026-11-22")
    again = all_rows() + read_csv("bases.csv", newer) + customers("zoe,Zoe Berg,+49 171 3920011,,,")
    report = await imported(store, again, NOW + 5 * DAY)
    assert "2 of the customers have said stop; they stay in peace." in str(report)
    async with store.reading() as tx:
        assert await tx.people.suppressed("ada") == NOW
        assert await tx.people.suppressed("zoe") == NOW


async def test_a_new_owner_ends_the_time_of_the_old_one_and_an_old_list_does_not_bring_him_back(
    store: MemoryStore,
) -> None:
    await imported(store, all_rows())
    moved = 1_793_491_200_000_000  # 2026-11-01
    await imported(store, customers("nils,Nils Ek,,home,owner,2026-11-01"))
    async with store.reading() as tx:
        assert [one.customer for one in await tx.people.residents("home", moved - 1)] == ["ada"]
        assert [one.customer for one in await tx.people.residents("home", moved)] == ["nils"]
    await imported(store, all_rows(), NOW + DAY)
    async with store.reading() as tx:
        assert [one.customer for one in await tx.people.residents("home", NOW + DAY)] == ["nils"]


async def test_two_owners_in_one_list_own_together_and_an_occupant_ends_nobody(store: MemoryStore) -> None:
    await imported(store, all_rows())
    await imported(
        store,
        customers(
            "ada,Ada Berg,,home,owner,2020-01-01", "bo,Bo Berg,,home,owner,", "kim,Kim Berg,,home,occupant,"
        ),
    )
    async with store.reading() as tx:
        assert {one.customer for one in await tx.people.residents("home", NOW)} == {"ada", "bo", "kim"}


async def test_an_owner_of_earlier_times_is_history(store: MemoryStore) -> None:
    await imported(store, all_rows())
    await imported(store, customers("otto,Otto Alt,,home,owner,2001-01-01"))
    async with store.reading() as tx:
        assert [one.customer for one in await tx.people.residents("home", NOW)] == ["ada"]
        assert [one.customer for one in await tx.people.residents("home", 1_000_000_000_000_000)] == ["otto"]


async def test_a_device_that_moves_stands_elsewhere_from_that_day_on(store: MemoryStore) -> None:
    await imported(store, all_rows())
    moved = read_csv("devices.csv", "device,model,site,since\nhp1,heatpump,lake,2026-11-01\n")
    report = await imported(store, moved)
    assert report.plan.changed == ((Sheet.DEVICES, "hp1", "site"),)
    async with store.reading() as tx:
        pump = await tx.devices.get("hp1")
        assert pump is not None
        assert (pump.site, pump.name) == ("lake", "garden heat pump")
        assert await tx.devices.site_at("hp1", NOW) == "lake"
        assert await tx.devices.site_at("hp1", NOW - 60 * DAY) == "home"


async def test_a_device_in_quarantine_is_admitted_and_new_firmware_is_dated(store: MemoryStore) -> None:
    async with store.transaction() as tx:
        await tx.devices.put(Device("x1", "fridge", "", firmware="1.0", admission=Admission.QUARANTINED))
    report = await imported(store, read_csv("devices.csv", "device,model,firmware\nx1,fridge,1.1\n"))
    [device] = report.devices
    assert (device.admission, device.firmware_since) == (Admission.ACTIVE, NOW)


async def test_a_number_that_was_dead_stays_dead_and_a_new_one_is_good(store: MemoryStore) -> None:
    async with store.transaction() as tx:
        await tx.people.put_customer(Customer("ada"), Person("ada", "Ada Berg"))
        await tx.people.put_address(Address("a1", "ada", Channel.SMS, "+491713920011", Health.DEAD))
    for phone, health in (("0171 3920011", Health.DEAD), ("0171 3920012", Health.GOOD)):
        await imported(store, customers(f"ada,Ada Berg,{phone},,,"))
        async with store.reading() as tx:
            [address] = await tx.people.addresses("ada")
            assert (address.id, address.health) == ("a1", health)


async def test_a_program_brings_the_same_rows(store: MemoryStore) -> None:
    rows = read_rows(Sheet.DEVICES, [{"device": "hp1", "model": "heatpump", "attr.kw": 8.5, "site": None}])
    report = await imported(store, rows)
    assert report.devices[0].attributes == {"kw": 8.5}
    with pytest.raises(BadSheet, match="devices, line 2, column model: this cell must not be empty"):
        read_rows(Sheet.DEVICES, [{"device": "a", "model": "b"}, {"device": "c"}])


async def test_a_wrong_import_writes_nothing_and_names_every_mistake(store: MemoryStore) -> None:
    rows = customers("ada,Ada Berg,0171 39200110000000,home,,", "bo,Bo Ek,,nowhere,,") + read_csv(
        "sites.csv", SITES
    )
    rows += read_csv(
        "bases.csv", BASES.replace("ada,", "eva,") + "bo,service,sms,consent,,2031-01-01,,form,\n"
    )
    with pytest.raises(BadSheet) as refused:
        await imported(store, rows)
    assert [str(problem) for problem in refused.value.problems] == [
        "customers.csv, line 2, column phone: this number has too few or too many digits. "
        "Write it with its country, such as +49 151 23456789",
        "customers.csv, line 3, column site: there is no site nowhere. Add it to sites.csv",
        "bases.csv, line 2, column customer: there is no customer eva. Add the customer to customers.csv",
        "bases.csv, line 3, column at: this lies in the future. Write when it was given",
    ]
    async with store.reading() as tx:
        assert await tx.people.site("home") is None


def test_a_mistake_in_a_cell_names_file_line_column_and_remedy() -> None:
    lines = "site,zone,country\nhome,Europe/Berlin,DE\n\na b,Berlin,Germany\n"
    assert refusal("sites.csv", lines) == [
        "sites.csv, line 4, column site: an id holds no spaces and none of / + #, and at most 128 letters. "
        "Write another id",
        "sites.csv, line 4, column zone: there is no such time zone. Write one such as Europe/Berlin",
        "sites.csv, line 4, column country: there is no such country. Write two letters such as DE",
    ]


def test_the_mistakes_of_all_rows_and_all_files_are_told_at_once() -> None:
    people = "customer,name,quiet_from,quiet_to,since\na,A,25:00,8,yesterday\nb,B,8,8,8,8\nc,,,,\n"
    with pytest.raises(BadSheet) as refused:
        read_files([("customers.csv", people), ("devices.csv", "device\n"), ("sites.csv", SITES)])
    assert [str(problem).split(": ")[0] for problem in refused.value.problems] == [
        "customers.csv, line 3",
        "customers.csv, line 2, column quiet_from",
        "customers.csv, line 2, column quiet_to",
        "customers.csv, line 2, column since",
        "customers.csv, line 4, column name",
        "devices.csv, line 1",
    ]
    assert len(read_files([("sites.csv", SITES), ("customers.csv", PEOPLE)])) == 4


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("customers.csv", "", "customers.csv: the file is empty. The first line names the columns"),
        ("x.csv", "a,b\n1,2", "x.csv, line 1: nobody can tell what this lists. Call it one of"),
        ("sites.csv", "site,zome", "line 1, column zome: sites have no such column. Did you mean zone?"),
        ("sites.csv", "site\nhome", "sites.csv, line 1: the column zone is missing. Add it"),
        ("sites.csv", "site,zone\na,UTC,c", "line 2: there are 3 cells under 2 headings. Quote a cell"),
        ("sites.csv", 'site,zone\na,"UTC', "line 2: this is no CSV"),
        ("sites.csv", "site,zone\na,", "line 2, column zone: this cell must not be empty. Fill it in"),
        (
            "customers.csv",
            "customer,name,role\na,A,boss",
            "Write one of owner, occupant, second_contact, caretaker, installer",
        ),
        (
            "customers.csv",
            "customer,name,since\na,A,3.4.2020",
            "this is no date. Write one such as 2026-11-21",
        ),
        (
            "customers.csv",
            "customer,name,quiet_from\na,A,25:00",
            "this is no time of day. Write one such as 21:00",
        ),
        ("customers.csv", "customer,name,phone\na,A,call me", "this is no phone number. Write one such as"),
        ("customers.csv", "customer,name,email\na,A,ada", "this is no mail address"),
        ("customers.csv", "customer,name,language\na,A,English", "Write two small letters such as en or de"),
        (
            "bases.csv",
            "customer,purpose,channel,kind,at\na,service,sms,consent,2020-01-01",
            "column how is missing",
        ),
    ],
)
def test_every_mistake_has_its_remedy(name: str, text: str, said: str) -> None:
    assert said in "\n".join(refusal(name, text))


def test_a_sheet_is_known_by_its_headings_when_its_name_says_nothing() -> None:
    sheets = {read_csv("export.csv", text)[0].sheet for text in (SITES, PEOPLE, DEVICES, BASES)}
    assert sheets == set(Sheet)
    assert read_csv("a/b/sites-2026.csv", "\ufeff" + SITES)[0].id == "home"


async def test_the_same_id_twice_is_a_mistake_except_for_a_customer_of_two_sites(store: MemoryStore) -> None:
    with pytest.raises(BadSheet, match=r"sites\.csv, line 3, column site: home stands in line 2 already"):
        await imported(store, read_csv("sites.csv", "site,zone\nhome,UTC\nhome,UTC\n"))
    both = customers("ada,Ada Berg,,home,,", "ada,Ada Berg,,lake,,")
    await imported(store, both + read_csv("sites.csv", SITES))
    async with store.reading() as tx:
        assert [site.id for site in await tx.people.sites_of("ada", NOW)] == ["home", "lake"]
    with pytest.raises(BadSheet, match="line 3, column name: line 2 says something else of ada"):
        await imported(store, customers("ada,Ada Berg,,home,,", "ada,Ida Berg,,lake,,"))


def test_the_page_on_importing_names_every_column_and_marks_the_required_ones() -> None:
    page = (Path(__file__).parents[2] / "docs" / "import.md").read_text()
    for part in page.split("\n## ")[1:]:
        sheet = Sheet(part.splitlines()[0])
        first = [line.split("|")[1].strip() for line in part.splitlines() if line.startswith("|")][2:]
        assert [name.strip("*") for name in first if name != "attr.*"] == list(COLUMNS[sheet])
        assert {name.strip("*") for name in first if name.startswith("**")} == set(REQUIRED[sheet])
