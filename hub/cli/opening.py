"""What most commands begin with: the settings, and a store that is closed again whatever happens."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer

from hub.bootstrap.wiring import open_the_store
from hub.ports import Store
from hub.settings import Settings, load

Config = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Settings file (default: beforehand.toml where it exists)."),
]


def settings_of(config: Path | None) -> Settings:
    """The settings of this run. Raises BadInput."""
    return load(os.environ, config)


@asynccontextmanager
async def store_of(settings: Settings) -> AsyncIterator[Store]:
    """The store of these settings, closed at the end. Raises BadInput when it is of another version."""
    store = await open_the_store(settings)
    try:
        yield store
    finally:
        await store.close()
