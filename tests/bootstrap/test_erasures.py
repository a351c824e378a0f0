"""Who was erased stays erased when an older backup comes back, without anybody keeping a list by hand."""

import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from hub.bootstrap.erasures import erasure_file, listing
from hub.bootstrap.keeping import Restored, back_up, restore_from
from hub.bootstrap.wiring import bare_context, open_the_store
from hub.domain.customer import Channel
from hub.domain.ids import CustomerId, Moment
from hub.flow.consent_choices import By
from hub.flow.consent_erasure import erase
from hub.flow.context import Context
from hub.flow.register import sync
from hub.flow.sheets import read_files
from hub.ports import BadInput
from hub.settings import LogPart, PaperPart, RulesPart, Settings, StorePart
from hub.store import open_store
from hub.store.dump import quietly

SECRET = "a key that is long enough"
ADA, BEN = CustomerId("ada"), CustomerId("ben")
SHEETS = (
    ("sites.csv", "site,zone,country\nhome,Europe/Berlin,DE\n"),
    (
        "customers.csv",
        "customer,name,phone,site\nada,Ada Berg,+491713920011,home\nben,Ben,+491713920012,home\n",
    ),
)
NOON = 1_795_000_000_000_000
MINUTE = 60_000_000


@dataclass(frozen=True)
class House:
    """A hub in a folder of its own, and the empty database into which it comes back."""

    old: Settings
    new: Settings
    backup: Path

    async def import_(self, at: int, *, anew: bool = False) -> None:
        """Bring the registers in; `anew`: with a basis that Ada gave a second ago."""
        store = await open_the_store(self.old)
        given = datetime.fromtimestamp((at - 1_000_000) / 1_000_000, UTC).isoformat()
        basis = f"customer,purpose,channel,kind,at,how\nada,service,sms,contract,{given},a new order\n"
        await sync(store, read_files((*SHEETS, ("bases.csv", basis)) if anew else SHEETS), Moment(at))
        await store.close()

    async def erase(self, customer: CustomerId, at: int) -> None:
        store = await open_the_store(self.old)
        try:
            async with store.transaction() as tx:
                await erase(tx, customer, By("dag", "api", Moment(at)), ctx())
        finally:
            await store.close()

    async def back_up(self) -> None:
        await back_up(self.old, self.backup, quietly)

    async def restore(self, erasures: Path | None = None) -> Restored:
        return await restore_from(self.new, self.backup, erasures, quietly)

    async def known(self, settings: Settings, customer: CustomerId) -> tuple[str, list[str]]:
        """Name and numbers that are kept of somebody."""
        store = await open_the_store(settings)
        async with store.reading() as tx:
            found = (
                await tx.people.name(customer),
                [each.value for each in await tx.people.addresses(customer)],
            )
        await store.close()
        return found


@cache
def ctx() -> Context:
    """What erasing needs of the rest of the house, made once."""
    return bare_context(Settings(rules=RulesPart(packs=("router",))))


@pytest.fixture
def house(tmp_path: Path) -> House:
    return a_house(tmp_path, f"sqlite:///{tmp_path}/data/old.db", f"sqlite:///{tmp_path}/data/new.db")


@pytest.fixture(params=["sqlite", "postgres"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> House:
    """A hub on SQLite, and one on PostgreSQL."""
    if request.param == "sqlite":
        kept: House = request.getfixturevalue("house")
        return kept
    return a_house(tmp_path, *map(request.getfixturevalue, ("postgres_dsn", "empty_postgres")))


def a_house(tmp_path: Path, one: str, other: str) -> House:
    old, new = (
        Settings(
            store=StorePart(dsn=dsn, secret=SECRET),
            log=LogPart(path=tmp_path / "data" / "log"),
            paper=PaperPart(file=tmp_path / "paper.txt"),
            rules=RulesPart(packs=("router",)),
        )
        for dsn in (one, other)
    )
    return House(old, new, tmp_path / "hub.backup")


async def test_who_was_erased_after_the_backup_is_erased_again_by_restoring_it(
    either: House, tmp_path: Path
) -> None:
    await either.import_(NOON)
    await either.back_up()
    await either.erase(ADA, NOON + MINUTE)
    listed = tmp_path / "data" / "erasures.jsonl"
    assert stat.S_IMODE(listed.stat().st_mode) == 0o600
    assert "ada" not in listed.read_text() and "+49" not in listed.read_text()

    told = await either.restore()

    assert (told.erased, told.kept) == (1, listed)
    assert await either.known(either.new, ADA) == ("", [""])
    assert await either.known(either.new, BEN) == ("Ben", ["+491713920012"])
    store = await open_the_store(either.new)
    async with store.reading() as tx:
        assert await tx.people.suppressed(ADA) is not None
        assert await tx.people.find_address(Channel.SMS, "+491713920011") is None
    await store.close()


async def test_who_came_back_before_the_backup_is_not_erased_by_an_old_line(house: House) -> None:
    await house.import_(NOON)
    await house.erase(ADA, NOON + MINUTE)
    await house.import_(NOON + 2 * MINUTE, anew=True)
    await house.back_up()
    assert (await house.restore()).erased == 0
    assert (await house.known(house.new, ADA))[0] == "Ada Berg"


async def test_who_was_erased_a_second_time_is_erased_again(house: House) -> None:
    await house.import_(NOON)
    await house.erase(ADA, NOON + MINUTE)
    await house.import_(NOON + 2 * MINUTE, anew=True)
    await house.back_up()
    await house.erase(ADA, NOON + 3 * MINUTE)
    assert (await house.restore()).erased == 1
    assert (await house.known(house.new, ADA))[0] == ""


async def test_a_list_that_was_kept_elsewhere_is_read_too(house: House, tmp_path: Path) -> None:
    await house.import_(NOON)
    await house.back_up()
    await house.erase(ADA, NOON + MINUTE)
    moved = (tmp_path / "data" / "erasures.jsonl").rename(tmp_path / "moved.jsonl")
    told = await house.restore(moved)
    assert (told.erased, told.kept) == (1, None)
    assert erasure_file(house.new).read(), "the list goes on with the hub that came back"


async def test_nobody_is_erased_while_the_list_cannot_be_written_and_the_hub_says_that(
    house: House, tmp_path: Path
) -> None:
    await house.import_(NOON)
    (tmp_path / "data" / "erasures.jsonl").mkdir(parents=True)
    with pytest.raises(BadInput, match="cannot be written: Is a directory"):
        await house.erase(ADA, NOON + MINUTE)
    assert (await house.known(house.old, ADA))[0] == "Ada Berg"
    store = await open_the_store(house.old)
    assert "cannot be written" in str(await listing(store, erasure_file(house.old))())
    await store.close()


async def test_a_restore_into_a_house_without_a_place_for_the_list_begins_nothing(
    house: House, tmp_path: Path
) -> None:
    await house.import_(NOON)
    await house.back_up()
    (tmp_path / "data" / "erasures.jsonl").mkdir(parents=True)
    with pytest.raises(BadInput, match="the list of erasures"):
        await house.restore()
    (tmp_path / "data" / "erasures.jsonl").rmdir()
    assert (await house.restore()).erased == 0


async def test_the_running_hub_lists_who_was_erased_before_there_was_a_list(house: House) -> None:
    await house.import_(NOON)
    store = await open_store(house.old.store.dsn, SECRET)  # keeps no list
    async with store.transaction() as tx:
        await erase(tx, ADA, By("dag", "api", Moment(NOON)), ctx())
    file = erasure_file(house.old)
    assert not file.path.exists()
    check = listing(store, file)
    assert (await check(), await check()) == (None, None)
    await store.close()
    assert [each.at for each in file.read()] == [NOON]
    assert len(file.path.read_text().splitlines()) == 1


def test_a_line_that_a_power_cut_left_half_is_left_out_and_the_next_one_counts(tmp_path: Path) -> None:
    settings = Settings(store=StorePart(erasures=tmp_path / "list.jsonl"))
    file = erasure_file(settings)
    whole = '{"hash": "a", "at": 1, "who": "dag"}\n'
    file.path.write_text(whole + '{"hash": "b", "a')
    [one] = file.read()
    file.keep([one, type(one)("c", Moment(2), "dag")])
    assert [each.hash for each in file.read()] == ["a", "c"]


def test_a_list_that_is_none_stops_the_restore_with_its_line(tmp_path: Path) -> None:
    settings = Settings(store=StorePart(erasures=tmp_path / "list.jsonl"))
    (tmp_path / "list.jsonl").write_text('{"nonsense": 1}\n')
    with pytest.raises(BadInput, match=r"list\.jsonl, line 1"):
        erasure_file(settings).read()
