"""Backups: every row of every table in one file, written while the hub runs, read into an empty database of either kind.

The file is a zip: `manifest.json` (version of the tables, moment, rows and SHA-256 per table) and one file of JSON lines per table.
What is written is the state of one moment: the view of one transaction. It holds names and numbers of customers: nobody but its
owner may read it. A backup of older tables is read into older tables, which are then brought up to date.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import msgspec
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, LargeBinary, MetaData, Table, inspect, select, text

from hub.domain.ids import Moment
from hub.ports import BadInput
from hub.store.opening import MIGRATIONS, database_url, migrate, named, newest, opened, stands_at
from hub.store.tables import metadata

KIND = "beforehand backup"
CHUNK = 1_000
MANIFEST = "manifest.json"

Patch = Callable[[str, dict[str, Any]], dict[str, Any]]
Progress = Callable[[str, int], None]


class TableEntry(msgspec.Struct, frozen=True):
    """How many rows a table has, and the SHA-256 of its lines."""

    rows: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds: `revision` of the tables, the moment `at` of which it is the state (business time, UTC µs)."""

    kind: str
    revision: str
    at: int
    tables: dict[str, TableEntry]

    @property
    def rows(self) -> int:
        """All rows."""
        return sum(entry.rows for entry in self.tables.values())


def quietly(table: str, rows: int) -> None:
    """Show no progress."""


async def dump(dsn: str, file: Path, at: Moment, progress: Progress = quietly) -> Manifest:
    """Write the state of this moment into `file`, which appears when it is whole. Raises BadInput when it exists already."""
    with _appearing(file) as out:
        async with opened(database_url(dsn)) as engine, engine.connect() as plain:
            connection = await plain.execution_options(isolation_level=_SNAPSHOT[plain.dialect.name])
            return await connection.run_sync(_write, out, at, progress)


@contextmanager
def _appearing(file: Path) -> Iterator[IO[bytes]]:
    """A new file for nobody's eyes but ours; it has its name only when it is whole and on the disk."""
    if file.exists():
        raise BadInput(str(file), "there is a file already", "Name one that does not exist yet")
    part = file.with_name(f"{file.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600), "w+b") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        part.rename(file)
    except OSError as error:
        why = f"it cannot be written: {error.strerror}"
        raise BadInput(str(file), why, "Name a file in a folder of yours") from None
    finally:
        part.unlink(missing_ok=True)


_SNAPSHOT: Mapping[str, Any] = {"postgresql": "REPEATABLE READ", "sqlite": "SERIALIZABLE"}


def _write(connection: Connection, out: IO[bytes], at: Moment, progress: Progress) -> Manifest:
    revision = stands_at(connection)
    if revision != newest():
        raise BadInput("store", f"the database is at version {revision}", "Run `beforehand db upgrade` first")
    entries: dict[str, TableEntry] = {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as whole:
        for table in metadata.sorted_tables:
            entries[table.name] = _write_table(connection, table, whole, progress)
        manifest = Manifest(KIND, revision, at, entries)
        whole.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
    return manifest


def _write_table(
    connection: Connection, table: Table, whole: zipfile.ZipFile, progress: Progress
) -> TableEntry:
    order = [*table.primary_key.columns]
    found = connection.execution_options(stream_results=True, yield_per=CHUNK).execute(
        select(table).order_by(*order)
    )
    seal, rows = hashlib.sha256(), 0
    with whole.open(f"{table.name}.jsonl", "w", force_zip64=True) as lines:
        for chunk in found.mappings().partitions(CHUNK):
            block = b"".join(msgspec.json.encode(dict(row)) + b"\n" for row in chunk)
            lines.write(block)
            seal.update(block)
            rows += len(chunk)
            progress(table.name, rows)
    return TableEntry(rows, seal.hexdigest())


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup file that has been looked at: whole, and of tables that this program knows."""

    file: Path
    manifest: Manifest


def look_into(file: Path, migrations: Path = MIGRATIONS) -> Backup:
    """Read the manifest and check every line. Raises BadInput for what is no backup of ours, is damaged, or too new."""
    try:
        with zipfile.ZipFile(file) as whole:
            manifest = msgspec.json.decode(whole.read(MANIFEST), type=Manifest)
            for name, entry in manifest.tables.items():
                if _sealed(whole, name) != entry.sha256:
                    raise BadInput(f"{file}, {name}", "its lines are not those that were written", _OTHER)
    except FileNotFoundError:
        raise BadInput(
            str(file), "there is no such file", "Name a file that `beforehand backup` made"
        ) from None
    except (zipfile.BadZipFile, KeyError, msgspec.DecodeError, OSError, EOFError) as error:
        why = f" ({error.strerror})" if isinstance(error, OSError) and error.strerror else ""
        raise BadInput(str(file), f"it is no backup, or damaged{why}", _OTHER) from None
    known = {script.revision for script in ScriptDirectory(str(migrations)).walk_revisions()}
    if manifest.kind != KIND or manifest.revision not in known:
        raise BadInput(
            str(file),
            f"it was made by a newer program (tables {manifest.revision}; this one knows {newest()})",
            "Restore it with the program that made it",
        )
    return Backup(file, manifest)


def _sealed(whole: zipfile.ZipFile, table: str) -> str:
    seal = hashlib.sha256()
    with whole.open(f"{table}.jsonl") as lines:
        while block := lines.read(65_536):
            seal.update(block)
    return seal.hexdigest()


_OTHER = "Use another backup"


async def load(dsn: str, backup: Backup, patch: Patch, progress: Progress = quietly) -> None:
    """Fill the empty database at `dsn`; each row passes through `patch` (table, row). All or nothing.

    Raises BadInput when the database holds anything.
    """
    url = database_url(dsn)
    async with opened(url) as engine, engine.begin() as connection:
        await connection.run_sync(_load, named(url), backup, patch, progress)


def _load(connection: Connection, name: str, backup: Backup, patch: Patch, progress: Progress) -> None:
    if inspect(connection).get_table_names():
        raise BadInput(
            name,
            "a backup is read into an empty database only",
            "Name an empty one, and keep this one until all is well",
        )
    migrate(connection, backup.manifest.revision)
    there = MetaData()
    there.reflect(connection)
    with zipfile.ZipFile(backup.file) as whole:
        for table in there.sorted_tables:
            if table.name in backup.manifest.tables:
                _load_table(connection, table, whole, patch, progress)
    migrate(connection, "head")


def _load_table(
    connection: Connection, table: Table, whole: zipfile.ZipFile, patch: Patch, progress: Progress
) -> None:
    blobs = [column.name for column in table.columns if isinstance(column.type, LargeBinary)]
    rows = 0
    with whole.open(f"{table.name}.jsonl") as lines:
        for chunk in _chunks(lines):
            values = [patch(table.name, _row(line, blobs)) for line in chunk]
            connection.execute(table.insert(), values)
            rows += len(values)
            progress(table.name, rows)
    if "seq" in table.columns and connection.dialect.name == "postgresql":
        count_on = f"SELECT setval(pg_get_serial_sequence('{table.name}', 'seq'), max(seq)) FROM {table.name}"  # noqa: S608
        connection.execute(text(f"{count_on} HAVING max(seq) IS NOT NULL"))


def _row(line: bytes, blobs: list[str]) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(line)
    for name in blobs:
        row[name] = msgspec.convert(row[name], bytes)
    return row


def _chunks(lines: IO[bytes]) -> Iterator[list[bytes]]:
    chunk: list[bytes] = []
    for line in lines:
        chunk.append(line)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
