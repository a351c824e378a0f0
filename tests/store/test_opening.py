"""A database is made by the migrations, upgraded on request, and refused when it does not fit."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine

from hub.domain.ids import SiteId
from hub.domain.site import Site
from hub.ports import BadInput
from hub.store import newest, open_store, upgrade, version
from hub.store.opening import MIGRATIONS, database_url
from hub.store.tables import metadata


@pytest.fixture(params=["sqlite", "postgres"])
def dsn(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of either kind."""
    made: str = f"sqlite:///{tmp_path}/new.db"
    return made if request.param == "sqlite" else str(request.getfixturevalue("empty_postgres"))


def differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


async def test_an_empty_database_is_made_new_and_opened_again(dsn: str) -> None:
    for _ in range(2):
        store = await open_store(dsn, "secret")
        async with store.reading() as tx:
            assert await tx.facts.newest() == 0
        await store.close()
    assert await version(dsn) == newest()


async def test_the_migrations_make_exactly_the_tables_that_the_program_uses(dsn: str) -> None:
    await (await open_store(dsn, "secret")).close()
    engine = create_async_engine(database_url(dsn))
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_upgrading_an_empty_database_makes_it_and_upgrading_again_changes_nothing(dsn: str) -> None:
    assert await version(dsn) is None
    assert await upgrade(dsn) == (None, newest())
    assert await upgrade(dsn) == (newest(), newest())


def made_by_another_release(path: Path, release: str) -> str:
    with create_engine(f"sqlite:///{path}").begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:release)"), {"release": release})
    return f"sqlite:///{path}"


NEXT_STEP = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "9000", {before!r}


def upgrade() -> None:
    with op.batch_alter_table("sites") as sites:
        sites.add_column(sa.Column("floor", sa.Text, nullable=True))
"""


@pytest.fixture
def next_release(tmp_path: Path) -> Path:
    """The migrations of a release that will come: ours, and one step more."""
    folder = tmp_path / "next 100%"
    shutil.copytree(MIGRATIONS, folder)
    (folder / "versions" / "9000_next.py").write_text(NEXT_STEP.format(before=newest()))
    return folder


async def test_an_older_database_is_refused_and_the_way_out_is_named(dsn: str, next_release: Path) -> None:
    await (await open_store(dsn, "secret")).close()
    with pytest.raises(BadInput, match=r"needs 9000.*`beforehand db upgrade`"):
        await open_store(dsn, "secret", migrations=next_release)
    assert await version(dsn) == newest()


async def test_an_older_database_is_upgraded_with_all_that_is_in_it(dsn: str, next_release: Path) -> None:
    store = await open_store(dsn, "secret")
    async with store.transaction() as tx:
        await tx.people.put_site(Site(SiteId("home"), "Europe/Berlin", "DE", "Ada's house"))
    await store.close()
    assert await upgrade(dsn, migrations=next_release) == (newest(), "9000")
    with pytest.raises(BadInput, match="newer than this program"):
        await open_store(dsn, "secret")
    engine = create_async_engine(database_url(dsn))
    async with engine.connect() as connection:
        rows = (await connection.execute(text("SELECT label, floor FROM sites"))).all()
    await engine.dispose()
    assert [tuple(row) for row in rows] == [("Ada's house", None)]


async def test_a_database_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    dsn = made_by_another_release(tmp_path / "newer.db", "9999")
    with pytest.raises(BadInput, match="newer than this program"):
        await open_store(dsn, "secret", upgrade=True)


async def test_a_database_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "photos.db") as connection:
        connection.execute("CREATE TABLE photos (name TEXT)")
    with pytest.raises(BadInput, match="holds something else"):
        await open_store(f"sqlite:///{tmp_path}/photos.db", "secret")


@pytest.mark.parametrize(
    "dsn", ["mysql://root@localhost/hub", "sqlite://", "post gres://x", "sqlite:///:memory:"]
)
def test_an_address_that_is_none_names_what_one_looks_like(dsn: str) -> None:
    with pytest.raises(BadInput, match=r"Write sqlite:///beforehand\.db or postgresql://"):
        database_url(dsn)


async def test_a_refusal_never_shows_the_password(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        database_url("oracle://ada:hidden@host/db")
    assert "hidden" not in str(refused.value)
