"""Imports that are taken back, people who are erased, and everything we know about somebody in one document."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from device_rules.reading import DAY
from hub.domain.because import Because
from hub.domain.customer import Address, BasisKind, Channel, Customer, Health, Person
from hub.domain.effects import Note
from hub.domain.ids import AddressId, CaseId, CustomerId, Moment
from hub.flow.consent_choices import By, choose
from hub.flow.consent_erasure import erase, export, reapply_erasures
from hub.flow.consent_undo import undo
from hub.flow.register import sync
from hub.flow.sheets import read_csv
from hub.ports import BadInput
from hub.ports.erasures import as_lines, from_lines
from hub.testing import MemoryStore
from tests.flow.home import ADA, NUMBERS, Home

NOW = Moment(1_795_280_400_000_000)
DAG = By("dag", "test", Moment(NOW + DAY))
FILES = {
    "sites.csv": "site,zone,country\nlake,Europe/Stockholm,SE\n",
    "customers.csv": "customer,name,phone,site,language\ncleo,Cleo Lind,070-174 06 05,lake,en\nzoe,Zoe Ek,,lake,en\n",
    "bases.csv": "customer,purpose,channel,kind,at,how\ncleo,service,sms,contract,2024-01-01,order form\n",
}


async def brought(store: MemoryStore, now: Moment = NOW, **files: str) -> str:
    texts = {f"{name}.csv": text for name, text in files.items()} or FILES
    report = await sync(store, [row for name, text in texts.items() for row in read_csv(name, text)], now)
    return report.batch


async def kinds(store: MemoryStore, who: str) -> list[BasisKind]:
    async with store.reading() as tx:
        return [line.kind for line in await tx.people.bases(CustomerId(who))]


async def health(store: MemoryStore, who: str) -> list[Health]:
    async with store.reading() as tx:
        return [one.health for one in await tx.people.addresses(CustomerId(who))]


async def taken_back(store: MemoryStore, batch: str) -> str:
    async with store.transaction() as tx:
        return str(await undo(tx, batch, DAG))


async def test_a_dry_run_says_who_could_be_contacted_and_why_the_others_not(store: MemoryStore) -> None:
    rows = [row for name, text in FILES.items() for row in read_csv(name, text)]
    report = await sync(store, rows, NOW, dry_run=True)
    told = {one.customer: (one.channels, one.because) for one in report.plan.reach}
    assert told == {"cleo": ((Channel.SMS,), Because.ALLOWED), "zoe": ((), Because.NO_ADDRESS)}
    assert "1 of 2 customers could then be contacted: cleo (sms)." in str(report)
    assert "1 not: The person has no address for this channel. zoe." in str(report)
    assert report.batch == ""
    await brought(store)
    async with store.transaction() as tx:
        await tx.people.suppress(CustomerId("cleo"), NOW, "stop")
    again = await sync(store, rows, NOW, dry_run=True)
    assert "1 not: The customer said stop. cleo." in str(again)


async def test_an_import_without_a_basis_is_listed_and_not_contacted(store: MemoryStore) -> None:
    rows = [row for name in ("sites.csv", "customers.csv") for row in read_csv(name, FILES[name])]
    report = await sync(store, rows, NOW, dry_run=True)
    assert [one.because for one in report.plan.reach] == [Because.NO_BASIS, Because.NO_ADDRESS]


async def test_an_import_that_is_taken_back_leaves_nobody_to_be_contacted(store: MemoryStore) -> None:
    batch = await brought(store)
    said = await taken_back(store, batch)
    assert "1 address, 1 basis" in said and "Never taken back: 1 site" in said
    assert await kinds(store, "cleo") == [BasisKind.CONTRACT, BasisKind.WITHDRAWN]
    assert await health(store, "cleo") == [Health.SUSPENDED]
    async with store.reading() as tx:
        assert await tx.people.residents("lake", Moment(DAG.now + 1)) == []  # type: ignore[arg-type]
        assert await tx.people.name(CustomerId("cleo")) == "Cleo Lind"
        [row] = await tx.people.imports(9)
        assert (row.id, row.undone) == (batch, DAG.now)


async def test_an_import_is_taken_back_once_and_must_be_known(store: MemoryStore) -> None:
    batch = await brought(store)
    await taken_back(store, batch)
    for name in (batch, "import_none"):
        with pytest.raises(BadInput):
            await taken_back(store, name)


async def test_taking_an_import_back_never_undoes_a_stop(store: MemoryStore) -> None:
    batch = await brought(store)
    async with store.transaction() as tx:
        await tx.people.suppress(CustomerId("cleo"), Moment(NOW + 1), "stop")
    await taken_back(store, batch)
    async with store.reading() as tx:
        assert await tx.people.suppressed(CustomerId("cleo")) == NOW + 1
    assert await kinds(store, "cleo") == [BasisKind.CONTRACT, BasisKind.WITHDRAWN]


async def test_an_older_basis_counts_again_when_the_newer_import_is_taken_back(store: MemoryStore) -> None:
    await brought(store)
    newer = "customer,purpose,channel,kind,at,how\ncleo,service,sms,withdrawn,2025-01-01,letter\n"
    batch = await brought(store, Moment(NOW + 1), bases=newer)
    await taken_back(store, batch)
    assert await kinds(store, "cleo") == [BasisKind.CONTRACT, BasisKind.WITHDRAWN, BasisKind.CONTRACT]


async def test_what_she_changed_since_stays_hers(store: MemoryStore) -> None:
    await brought(store)
    batch = await brought(
        store,
        Moment(NOW + 1),
        customers="customer,name,language,quiet_from,quiet_to\ncleo,Cleo Lind,sv,22:00,09:00\n",
    )
    async with store.transaction() as tx:
        await choose(tx, CustomerId("cleo"), {"language": "de"}, By("customer", "page", Moment(NOW + 2)))
    await taken_back(store, batch)
    async with store.reading() as tx:
        cleo = await tx.people.customer(CustomerId("cleo"))
    assert cleo is not None
    assert (cleo.language, cleo.quiet.begins) == ("de", 21 * 60)


async def test_a_number_that_was_replaced_cannot_come_back_and_the_report_says_so(store: MemoryStore) -> None:
    await brought(store)
    changed = "customer,name,phone\ncleo,Cleo Lind,+46701740699\n"
    batch = await brought(store, Moment(NOW + 1), customers=changed)
    assert "1 address took the place of another" in await taken_back(store, batch)
    assert await health(store, "cleo") == [Health.SUSPENDED]


async def test_the_record_of_an_import_holds_no_name_and_no_number(store: MemoryStore) -> None:
    batch = await brought(store)
    async with store.reading() as tx:
        lines = str(await tx.people.import_lines(batch))
    assert "Cleo" not in lines and "70174" not in lines


async def _everything(home: Home) -> str:
    async with home.store.reading() as tx:
        return json.dumps(await export(tx, ADA, home.now))


async def _lived(home: Home) -> CaseId:
    case = await home.fails("hp-1", "icing-up")
    await home.writes("my secret garden is flooded")
    async with home.store.transaction() as tx:
        note = {"by": "dag", "text": "Ada Berg rang about her garden"}
        await tx.facts.add(Note(case, None, "agent.note", Because.AGENT_WROTE, note), home.now)
    return case


async def test_everything_about_a_person_is_one_document(home: Home) -> None:
    await _lived(home)
    told = json.loads(await _everything(home))
    assert told["names"] == [{"customer": "ada", "name": "Ada Berg"}]
    assert [one["value"] for one in told["addresses"]] == [NUMBERS[ADA]]
    assert "my secret garden is flooded" in {one["text"] for one in told["messages"]}
    assert told["bases"][0]["at"].startswith("1970-01-01T00:00:00")
    assert {"homes", "contacts", "decisions", "cases", "timeline", "preferences"} <= set(told)
    assert "Ben" not in json.dumps(told)
    async with home.store.reading() as tx:
        with pytest.raises(BadInput):
            await export(tx, CustomerId("nobody"), home.now)


async def test_who_is_erased_leaves_no_word_no_name_and_no_number(home: Home) -> None:
    await _lived(home)
    async with home.store.transaction() as tx:
        told = await erase(tx, ADA, replace(DAG, now=home.now), home.ctx)
    assert (told["names"], told["addresses"], told["notes"]) == (1, 1, 1)
    after = await _everything(home)
    for gone in ("Ada Berg", NUMBERS[ADA], "secret", "garden is", "rang"):
        assert gone not in after
    async with home.store.reading() as tx:
        assert await tx.people.find_address(Channel.SMS, NUMBERS[ADA]) is None
        assert len(await tx.outbox.page("queued", 9)) == 0


async def test_the_number_of_who_was_erased_is_still_suppressed_when_it_is_imported_again(home: Home) -> None:
    async with home.store.transaction() as tx:
        await erase(tx, ADA, replace(DAG, now=home.now), home.ctx)
    async with home.store.transaction() as tx:
        again = CustomerId("ada-2")
        await tx.people.put_customer(Customer(again), Person(again, "Ada Berg"))
        await tx.people.put_address(Address(AddressId("again"), again, Channel.SMS, NUMBERS[ADA]))
        assert await tx.people.suppressed(again) is not None


async def test_an_erasure_is_done_again_after_a_restore(home: Home) -> None:
    async with home.store.transaction() as tx:
        await erase(tx, ADA, replace(DAG, now=home.now), home.ctx)
        listed = as_lines(await tx.people.erasures())
        assert "ada" not in listed
    async with home.store.transaction() as tx:  # the backup knows her by name
        await tx.people.put_customer(Customer(ADA), Person(ADA, "Ada Berg"))
        await tx.people.put_address(Address(AddressId("ada-sms"), ADA, Channel.SMS, NUMBERS[ADA]))
    async with home.store.transaction() as tx:
        assert await reapply_erasures(tx, from_lines(listed), home.now, home.ctx) == 1
        assert await reapply_erasures(tx, from_lines(listed), home.now, home.ctx) == 0
        assert await tx.people.name(ADA) == ""
        assert [one.value for one in await tx.people.addresses(ADA)] == [""]
        assert await tx.people.name(CustomerId("ben")) == "Ben Berg"


@pytest.mark.parametrize("line", ["{}", "nonsense", '{"hash": "a"}'])
def test_a_list_of_erasures_that_is_none_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(BadInput, match="line 2"):
        from_lines(f"\n{line}\n")
