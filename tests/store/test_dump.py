"""A backup holds everything of one moment, and comes back whole on either kind of database, or not at all."""

import hashlib
import stat
import zipfile
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from hub.domain.ids import Moment
from hub.log.sqlite import SqliteLog
from hub.ports import BadInput
from hub.store import SqlStore, open_store
from hub.store.dump import KIND, MANIFEST, Manifest, TableEntry, dump, load, look_into
from hub.store.tables import metadata
from hub.testing import SATURDAY_EVENING, FakeClock
from tests.conftest import SECRET
from tests.flow.home import Home

AT = Moment(SATURDAY_EVENING)


async def everything(store: SqlStore) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    async with store.connected() as connection:
        return {
            table.name: [
                tuple(row) for row in await connection.execute(select(table).order_by(*table.primary_key))
            ]
            for table in metadata.sorted_tables
        }


async def lived_in(store: SqlStore, folder: Path) -> None:
    """A household in the middle of a conversation, with telemetry state, facts, packets and what is owed."""
    log = SqliteLog(folder / "log", FakeClock(), 2)
    home = Home(store, log)  # type: ignore[arg-type]
    await home.move_in("hp-1", "fr-1")
    await home.fails("hp-1", "icing-up")
    await home.writes("1")
    await home.fails("fr-1", "warm")
    await log.close()


def unchanged(table: str, row: dict[str, object]) -> dict[str, object]:
    """Rows as they are."""
    return row


@pytest.fixture
def other(request: pytest.FixtureRequest, dsn: str, tmp_path: Path) -> str:
    """An empty database of the other kind."""
    if dsn.startswith("sqlite"):
        address: str = request.getfixturevalue("empty_postgres")
        return address
    return f"sqlite:///{tmp_path}/other.db"


@pytest.fixture(params=["sqlite", "postgres"])
def other_empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/empty.db"
    address: str = request.getfixturevalue("empty_postgres")
    return address


async def test_a_backup_comes_back_whole_on_the_other_kind_of_database(
    both: SqlStore, dsn: str, other: str, tmp_path: Path
) -> None:
    await lived_in(both, tmp_path)
    before = await everything(both)
    manifest = await dump(dsn, tmp_path / "hub.backup", AT)
    assert manifest.rows == sum(len(rows) for rows in before.values()) > 40
    await load(other, look_into(tmp_path / "hub.backup"), unchanged)
    again = await open_store(other, SECRET)
    try:
        assert await everything(again) == before
        async with again.transaction() as tx:  # what is written next does not collide with what was there
            newest = await tx.facts.newest()
        home = Home(again, SqliteLog(tmp_path / "log2", FakeClock(), 2))  # type: ignore[arg-type]
        await home.move_in("ro-1")
        await home.fails("ro-1", "offline")
        async with again.reading() as tx:
            assert await tx.facts.newest() > newest
    finally:
        await again.close()


async def test_a_backup_is_the_state_of_one_moment_while_the_hub_goes_on(
    both: SqlStore, dsn: str, tmp_path: Path
) -> None:
    await lived_in(both, tmp_path)
    before = {name: len(rows) for name, rows in (await everything(both)).items()}
    manifest = await dump(dsn, tmp_path / "hub.backup", AT)
    async with both.transaction() as tx:
        await tx.house.add_key("later", "later", ())
    assert {name: entry.rows for name, entry in manifest.tables.items()} == before


async def test_nobody_but_its_owner_may_read_it(both: SqlStore, dsn: str, tmp_path: Path) -> None:
    await dump(dsn, tmp_path / "hub.backup", AT)
    assert stat.S_IMODE((tmp_path / "hub.backup").stat().st_mode) == 0o600
    assert not (tmp_path / "hub.backup.part").exists()


async def test_a_backup_overwrites_nothing(tmp_path: Path, dsn: str, both: SqlStore) -> None:
    (tmp_path / "hub.backup").write_text("the one of yesterday")
    with pytest.raises(BadInput, match="there is a file already"):
        await dump(dsn, tmp_path / "hub.backup", AT)
    with pytest.raises(BadInput, match="it cannot be written"):
        await dump(dsn, tmp_path / "no such folder" / "hub.backup", AT)


async def test_it_is_read_into_an_empty_database_only(both: SqlStore, dsn: str, tmp_path: Path) -> None:
    await dump(dsn, tmp_path / "hub.backup", AT)
    with pytest.raises(BadInput, match="empty database only"):
        await load(dsn, look_into(tmp_path / "hub.backup"), unchanged)


async def test_a_restore_that_breaks_in_the_middle_leaves_nothing_behind(
    both: SqlStore, dsn: str, other: str, tmp_path: Path
) -> None:
    await lived_in(both, tmp_path)
    await dump(dsn, tmp_path / "hub.backup", AT)

    def breaks(table: str, row: dict[str, object]) -> dict[str, object]:
        if table == "messages":
            raise OSError("the power is gone")
        return row

    with pytest.raises(OSError, match="power"):
        await load(other, look_into(tmp_path / "hub.backup"), breaks)
    await load(other, look_into(tmp_path / "hub.backup"), unchanged)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("cut", "it is no backup, or damaged"),
        ("text", "it is no backup, or damaged"),
        ("line", "its lines are not those that were written"),
        ("newer", "made by a newer program"),
        ("absent", "there is no such file"),
    ],
)
async def test_what_is_no_whole_backup_of_ours_is_refused(harm: str, said: str, tmp_path: Path) -> None:
    dsn = f"sqlite:///{tmp_path}/store.db"
    await (await open_store(dsn, SECRET)).close()
    good, bad = tmp_path / "good.backup", tmp_path / "bad.backup"
    await dump(dsn, good, AT)
    if harm == "cut":
        bad.write_bytes(good.read_bytes()[:-200])
    elif harm == "text":
        bad.write_text("hello")
    elif harm != "absent":
        with zipfile.ZipFile(good) as whole, zipfile.ZipFile(bad, "w") as made:
            for name in whole.namelist():
                body = whole.read(name)
                if name == MANIFEST and harm == "newer":
                    body = body.replace(b'"revision": "', b'"revision": "9')
                made.writestr(name, body + b"{}\n" if name == "facts.jsonl" and harm == "line" else body)
    with pytest.raises(BadInput, match=said):
        look_into(bad)


async def test_an_older_backup_is_brought_up_to_date(other_empty: str, tmp_path: Path) -> None:
    line = msgspec.json.encode({"id": "mia", "name": "Mia", "role": "agent", "password": "x"}) + b"\n"
    entry = TableEntry(1, hashlib.sha256(line).hexdigest())
    manifest = Manifest(KIND, "0001", AT, {"users": entry})
    with zipfile.ZipFile(tmp_path / "old.backup", "w") as made:
        made.writestr("users.jsonl", line)
        made.writestr(MANIFEST, msgspec.json.encode(manifest))
    await load(other_empty, look_into(tmp_path / "old.backup"), unchanged)
    store = await open_store(other_empty, SECRET)
    async with store.reading() as tx:
        assert [user.name for user in await tx.house.users()] == ["Mia"]
        assert await tx.upkeep.alarms() == []  # a table that is younger than the backup
    await store.close()
