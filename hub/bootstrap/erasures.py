"""Where the list of erasures lies, and that it holds everybody whom the store knows as erased."""

from __future__ import annotations

import asyncio
from pathlib import Path

from hub.loops.upkeep import Check
from hub.ports import BadInput, Store
from hub.settings import Settings
from hub.store import ErasureFile

NAME = "erasures.jsonl"


def erasure_file(settings: Settings) -> ErasureFile:
    """The list: where the settings say, else beside the store's file, else (PostgreSQL) beside the log."""
    if settings.store.erasures is not None:
        return ErasureFile(settings.store.erasures)
    file = settings.store.dsn.removeprefix("sqlite:///")
    beside = Path(file) if file != settings.store.dsn else settings.log.path
    return ErasureFile(beside.parent / NAME)


def listing(store: Store, file: ErasureFile) -> Check:
    """The check that brings the list up to date, and says why it cannot be kept."""

    async def listed() -> str | None:
        async with store.reading() as tx:
            erasures = await tx.people.erasures()
        try:
            await asyncio.to_thread(file.keep, erasures)
        except BadInput as mistake:
            return mistake.cause
        return file.trouble()

    return listed
