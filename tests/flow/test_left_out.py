"""A register that still lists somebody who was erased does not bring them back, and the import says whom it leaves out."""

from __future__ import annotations

import pytest

from device_rules.reading import DAY
from hub.domain.because import Because
from hub.domain.customer import BasisKind, Channel, Customer, QuietHours
from hub.domain.ids import CustomerId, Moment
from hub.flow.consent_undo import HOW
from hub.flow.register import Report, sync, with_all_mistakes
from hub.flow.sheets import BadSheet, read_files
from hub.ports.rights import Erasure
from hub.testing import MemoryStore

NOW = Moment(1_795_280_400_000_000)  # 2026-11-21T17:00:00Z
LATER = Moment(NOW + 3 * DAY)
ADA = CustomerId("ada")
SITES = "site,zone\nhome,Europe/Berlin\n"
PEOPLE = (
    "customer,name,language,phone,email,site,quiet_from\n"
    "ada,Ada Berg,en,+491713920011,ada@example.org,home,\nben,Ben Berg,de,+491713920012,,home,\n"
)
BASES = "customer,purpose,channel,kind,at,how\nada,service,sms,contract,2024-01-01,form\nben,service,sms,contract,2024-01-01,form\n"
LINE = "1 person was erased here and is left out: ada. Take them out of the source."


async def brought(store: MemoryStore, now: Moment = LATER, *, dry_run: bool = False, **sheets: str) -> Report:
    texts = sheets or {"sites": SITES, "customers": PEOPLE, "bases": BASES}
    rows = read_files((f"{name}.csv", text) for name, text in texts.items())
    return await sync(store, rows, now, dry_run)


async def erase(store: MemoryStore, at: int = NOW + DAY) -> None:
    async with store.transaction() as tx:
        await tx.people.erase(ADA, "dag", Moment(at))


async def kept(store: MemoryStore, who: str = "ada") -> set[str]:
    """The name and the addresses that are kept of somebody."""
    async with store.reading() as tx:
        name, found = await tx.people.name(CustomerId(who)), await tx.people.addresses(CustomerId(who))
    return {name, *(one.value for one in found)} - {""}


@pytest.fixture
async def without_ada(store: MemoryStore) -> MemoryStore:
    """A house that knew Ada and Ben; Ada was erased a day later."""
    await brought(store, NOW)
    await erase(store)
    return store


async def test_the_same_registers_again_bring_no_name_and_no_number_back(without_ada: MemoryStore) -> None:
    tried = await brought(without_ada, dry_run=True)
    done = await brought(without_ada)
    for report in (tried, done):
        assert LINE in str(report)
        assert (report.plan.changed, report.plan.absent, report.plan.stopped) == ((), (), ())
        assert "ada" not in str(report).replace(LINE, "")
    assert await kept(without_ada) == set()
    assert done.batch == ""


async def test_whatever_is_new_of_somebody_erased_stays_out_and_the_rest_comes_in(
    without_ada: MemoryStore,
) -> None:
    report = await brought(
        without_ada,
        sites=SITES + "lake,Europe/Stockholm\n",
        customers="customer,name,language,phone,site,role,quiet_from\n"
        "ada,Ada Lund,fr,+491713920099,home,,20:00\nada,Ada Lund,fr,+491713920099,lake,owner,20:00\n"
        "ben,Ben Lund,de,+491713920012,home,,\ncleo,Cleo Ek,en,,home,,\n",
        bases=BASES + "ada,care,sms,consent,2026-11-22,a form of the morning before\n",
    )
    assert LINE in str(report) and "fr" not in str(report.held_against((), ("en", "de")))
    assert {one[1] for one in report.plan.added} == {"lake", "cleo"}
    assert await kept(without_ada, "ben") == {"Ben Lund", "+491713920012"}
    assert await kept(without_ada) == set()
    async with without_ada.reading() as tx:
        assert await tx.people.customer(ADA) == Customer(ADA, "en", "", QuietHours())
        assert await tx.people.residents("lake", LATER) == []
        at_home = {one.customer for one in await tx.people.residents("home", LATER)}
        assert at_home == {"ada", "ben", "cleo"}, "a home in the source ends for nobody"
        assert "care" not in {line.purpose for line in await tx.people.bases(ADA)}


async def test_somebody_whom_only_the_list_of_erasures_knows_does_not_come_in(store: MemoryStore) -> None:
    async with store.transaction() as tx:
        await tx.people.add_erasure(Erasure(tx.people.sign("customer", ADA), NOW, "dag"))
    assert LINE in str(await brought(store))
    async with store.reading() as tx:
        assert await tx.people.customer(ADA) is None
    assert await kept(store, "ben") == {"Ben Berg", "+491713920012"}


async def test_two_of_them_are_told_in_one_line(without_ada: MemoryStore) -> None:
    async with without_ada.transaction() as tx:
        await tx.people.erase(CustomerId("ben"), "dag", NOW)
    told = str(await brought(without_ada, dry_run=True))
    assert "2 people were erased here and are left out: ada, ben. Take them out of the source." in told


async def test_her_number_under_another_id_comes_in_and_is_never_written_to(without_ada: MemoryStore) -> None:
    report = await brought(
        without_ada,
        customers="customer,name,phone\nada-2,Ada Berg,+491713920011\n",
        bases="customer,purpose,channel,kind,at,how\nada-2,service,sms,contract,2026-11-23,form\n",
    )
    assert [one.because for one in report.plan.reach] == [Because.SUPPRESSED]
    assert "left out" not in str(report)


async def test_a_basis_given_after_the_erasure_lets_her_in_again_until_she_is_erased_again(
    without_ada: MemoryStore,
) -> None:
    fresh = BASES + "ada,service,sms,contract,2026-11-23T10:00:00Z,a new order\n"
    back = str(await brought(without_ada, sites=SITES, customers=PEOPLE, bases=fresh))
    assert "1 person was erased here, and a basis given since lets them in again: ada." in back
    assert "Nobody writes to them until they say START." in back and "left out" not in back
    assert await kept(without_ada) == {"Ada Berg", "+491713920011", "ada@example.org"}
    async with without_ada.transaction() as tx:
        assert await tx.people.suppressed(ADA, Channel.SMS) is not None
    again = str(await brought(without_ada, sites=SITES, customers=PEOPLE))  # the ledger remembers the basis
    assert "erased" not in again
    await erase(without_ada, LATER)
    assert LINE in str(await brought(without_ada, sites=SITES, customers=PEOPLE, bases=fresh))
    assert await kept(without_ada) == set()


@pytest.mark.parametrize(
    ("kind", "how"),
    [(BasisKind.WITHDRAWN, "a letter"), (BasisKind.CONTRACT, HOW)],
    ids=["withdrawn", "undone"],
)
async def test_what_is_no_new_basis_lets_nobody_in(
    without_ada: MemoryStore, kind: BasisKind, how: str
) -> None:
    async with without_ada.transaction() as tx:
        [line, *_] = await tx.people.bases(ADA)
        values = {name: getattr(line, name) for name in type(line).__slots__}
        await tx.people.add_basis(type(line)(**values | {"kind": kind, "at": LATER, "how": how}))
    assert LINE in str(await brought(without_ada))
    assert await kept(without_ada) == set()


async def test_mistakes_of_the_others_are_told_and_her_lines_are_none(without_ada: MemoryStore) -> None:
    with pytest.raises(BadSheet) as refused:
        await brought(
            without_ada, customers="customer,name,site\nada,Ada Berg,moon\n,Nobody,home\nben,Ben,mars\n"
        )
    told = await with_all_mistakes(without_ada, refused.value, LATER)
    assert [str(one.cause) for one in told.problems] == [
        "this cell must not be empty",
        "there is no site mars",
    ]
