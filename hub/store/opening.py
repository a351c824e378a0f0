"""Opening a database: a new one is made by the migrations, an older one is refused until somebody upgrades it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, inspect, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from hub.ports import BadInput
from hub.store.erasure_file import ErasureFile
from hub.store.sql import SqlStore, sqlite_engine

MIGRATIONS = Path(__file__).parent / "migrations"
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7211)")


async def open_store(
    dsn: str,
    secret: str,
    upgrade: bool = False,
    *,
    migrations: Path = MIGRATIONS,
    erased: ErasureFile | None = None,
) -> SqlStore:
    """Open the store at `dsn` (`sqlite:///path` or `postgresql://…`); `secret` keys its hashes; `erased` is its list of erasures.

    An empty database is made new. Raises BadInput when the database is older than the program (unless `upgrade`),
    newer, or not ours.
    """
    url = database_url(dsn)
    async with opened(url) as engine, engine.begin() as connection:
        await connection.run_sync(_make_ready, named(url), upgrade, migrations)
    return SqlStore(url, secret, erased=erased)


async def upgrade(dsn: str, *, migrations: Path = MIGRATIONS) -> tuple[str | None, str]:
    """Bring the database at `dsn` up to date; the versions before (None: it was empty) and after."""
    url = database_url(dsn)
    async with opened(url) as engine, engine.begin() as connection:
        before = await connection.run_sync(stands_at)
        await connection.run_sync(_make_ready, named(url), True, migrations)
    return before, newest(migrations)


async def version(dsn: str) -> str | None:
    """The version of the database at `dsn`; None when it is empty."""
    async with opened(database_url(dsn)) as engine, engine.connect() as connection:
        return await connection.run_sync(stands_at)


def newest(migrations: Path = MIGRATIONS) -> str:
    """The version that this program needs."""
    return ScriptDirectory(str(migrations)).get_current_head() or ""


def database_url(dsn: str) -> URL:
    """The address with the driver we use. Raises BadInput on anything but SQLite and PostgreSQL."""
    try:
        url = make_url(dsn)
    except ArgumentError as error:
        raise BadInput("store", "this is no database address", _REMEDY) from error
    kind = url.get_backend_name()
    if kind == "postgresql":
        if find_spec("asyncpg") is None:
            raise BadInput(
                "store",
                "PostgreSQL's driver is not installed",
                "Install it: pip install 'beforehand[postgres]'",
            )
        return url.set(drivername="postgresql+asyncpg")
    if kind == "sqlite" and url.database and url.database != ":memory:":
        _make_room(Path(url.database))
        return url.set(drivername="sqlite+aiosqlite")
    raise BadInput("store", f"there is no store of the kind {kind!r}", _REMEDY)


def _make_room(file: Path) -> None:
    """The folder for a SQLite file, and the file itself for nobody's eyes but ours: names and numbers will be in it."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600, exist_ok=True)
        if file.is_dir():
            raise IsADirectoryError(f"{file} is a folder")
        with file.open("rb") as there:
            begins = there.read(16)
    except OSError as error:
        raise BadInput(
            "store", f"{file} cannot be used: {error.strerror or error}", "Name a file in a folder of ours"
        ) from None
    if begins and begins != b"SQLite format 3\x00":
        raise BadInput(
            "store", f"{file} is no SQLite database", "Name another file, or one that does not exist yet"
        )


_REMEDY = "Write sqlite:///beforehand.db or postgresql://user@host/database"


class opened:  # noqa: N801 - a context, read as a word
    """An engine for as long as the block lasts."""

    def __init__(self, url: URL) -> None:
        sqlite = url.get_backend_name() == "sqlite"
        self._made: AsyncEngine = sqlite_engine(url) if sqlite else create_async_engine(url)

    async def __aenter__(self) -> AsyncEngine:
        return self._made

    async def __aexit__(self, *_error: object) -> None:
        await self._made.dispose()


def _make_ready(connection: Connection, name: str, upgrade: bool, migrations: Path) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(_ONE_AT_A_TIME)
    stands, needed = stands_at(connection), newest(migrations)
    if stands == needed:
        return
    if stands is None and inspect(connection).get_table_names():
        raise BadInput(name, "this database holds something else", "Name another one, or an empty one")
    known = {script.revision for script in ScriptDirectory(str(migrations)).walk_revisions()}
    if stands is not None and stands not in known:
        raise BadInput(
            name,
            f"this database is at version {stands}, which is newer than this program ({needed})",
            "Run the program that made it, or restore a backup",
        )
    if stands is not None and not upgrade:
        raise BadInput(
            name,
            f"this database is at version {stands}; this program needs {needed}",
            "Make a backup, then run `beforehand db upgrade`",
        )
    migrate(connection, "head", migrations)


def migrate(connection: Connection, revision: str, migrations: Path = MIGRATIONS) -> None:
    """Bring the tables up to `revision`; the caller commits."""
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def stands_at(connection: Connection) -> str | None:
    """The version of the tables; None when there are none."""
    return MigrationContext.configure(connection).get_current_revision()


def named(url: URL) -> str:
    """The address without its password."""
    return url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)
