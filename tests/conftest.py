"""What many tests share: a store and a clock of their own, and a real PostgreSQL, started once."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import asyncpg
import pytest
from hypothesis import settings

from hub.store import SqlStore, open_store
from hub.store.opening import database_url
from hub.store.tables import metadata
from hub.testing import FakeClock, MemoryStore, blank
from tests.postgres import Server, running
from tests.promises import HOUSE

settings.load_profile(HOUSE)
SECRET = "the key of the tests"

# What takes longest begins first when workers share the tests, file by file: else one of them ends long after the other.
LONGEST = (
    "system/test_kill.py",
    "system/test_scenarios.py",
    "system/test_run.py",
    "ingest/test_source.py",
    "system/test_console.py",
    "system/test_street_half.py",
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a worker: the files that take longest first. Without workers the order is that of the folders."""
    if hasattr(config, "workerinput"):
        first = {Path(__file__).parent / name: rank for rank, name in enumerate(LONGEST)}
        items.sort(key=lambda item: first.get(item.path, len(first)))


@pytest.fixture
async def store() -> AsyncIterator[MemoryStore]:
    made = MemoryStore()
    yield made
    await made.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server."""
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def migrated(postgres: Server) -> str:
    """The address of a database with our tables, made once."""

    async def make() -> None:
        await _order(postgres, "CREATE DATABASE street")
        await (await open_store(postgres.dsn("street"), SECRET)).close()

    asyncio.run(make())
    return postgres.dsn("street")


@pytest.fixture
def postgres_dsn(migrated: str) -> str:
    """The address of a PostgreSQL with our tables and nothing in them."""
    tables = ", ".join(f'"{table}"' for table in metadata.tables)
    asyncio.run(_execute(migrated, f"TRUNCATE {tables} RESTART IDENTITY"))
    return migrated


@pytest.fixture
def empty_postgres(postgres: Server, request: pytest.FixtureRequest) -> str:
    """The address of an empty PostgreSQL database."""
    name = f"t{uuid5(NAMESPACE_URL, request.node.nodeid).hex}"
    asyncio.run(_order(postgres, f"CREATE DATABASE {name}"))
    return postgres.dsn(name)


@pytest.fixture(params=["sqlite", "postgres"])
def dsn(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without contents: every test that takes it runs on both kinds."""
    if request.param == "sqlite":
        shutil.copy(blank(), tmp_path / "store.db")
        return f"sqlite:///{tmp_path}/store.db"
    address: str = request.getfixturevalue("postgres_dsn")
    return address


@pytest.fixture
async def both(dsn: str) -> AsyncIterator[SqlStore]:
    """A store as people run it, on SQLite and on PostgreSQL."""
    made = await open_store(dsn, SECRET)
    yield made
    await made.close()


async def _order(server: Server, words: str) -> None:
    await _execute(server.dsn("postgres"), words)


async def _execute(dsn: str, words: str) -> None:
    url = database_url(dsn)
    connection = await asyncpg.connect(host=str(url.query["host"]), user=url.username, database=url.database)
    await connection.execute(words)
    await connection.close()
