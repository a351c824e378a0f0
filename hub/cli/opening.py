"""What most commands begin with: the settings, and a store that is closed again whatever happens."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer

from hub.bootstrap.soundness import with_further_slips
from hub.bootstrap.wiring import open_the_store
from hub.ports import BadInput, Store
from hub.settings import BadPart, Settings, load

Config = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Settings file (default: beforehand.toml where it exists)."),
]


def settings_of(config: Path | None) -> Settings:
    """The settings of this run. Raises BadInput."""
    try:
        return load(os.environ, config)
    except BadPart as refused:
        raise with_further_slips(refused) from None


@asynccontextmanager
async def store_of(
    settings: Settings, *, fresh: bool = False, any_secret: bool = False
) -> AsyncIterator[Store]:
    """The store of these settings, closed at the end. Only a command that one begins with may make a new one (`fresh`): a
    kill switch that makes a new store and pauses that would say that it worked.

    Raises BadInput when it is of another version, was made with another secret (unless `any_secret` will do), or is not there.
    """
    file = settings.store.dsn.removeprefix("sqlite:///")
    if not fresh and file != settings.store.dsn and not os.path.exists(file):  # noqa: ASYNC240, PTH110 - before anything runs
        raise BadInput(
            "store.dsn",
            f"there is no store at {file}",
            "Name the settings file of your hub: -c FILE, or start the hub.",
        )
    store = await open_the_store(settings, any_secret=any_secret)
    try:
        yield store
    finally:
        await store.close()
