"""`beforehand check` beside a hub that runs: it judges the settings all the same, and takes neither its log nor its line."""

from __future__ import annotations

import asyncio
import fcntl
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.cli.app import app
from hub.store import open_store
from simulators.broker import Mosquitto

SECRET = "the secret of the tests of check"


@pytest.mark.system
async def test_an_edited_file_is_judged_while_the_hub_runs(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.mkdir()
    await (await open_store(f"sqlite:///{tmp_path}/hub.sqlite", SECRET)).close()
    held = os.open(log / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(held, fcntl.LOCK_EX)  # as the hub that runs holds it
    async with Mosquitto() as broker:
        file = tmp_path / "beforehand.toml"
        file.write_text(
            f'[store]\ndsn = "sqlite:///{tmp_path}/hub.sqlite"\nsecret = "{SECRET}"\n[log]\npath = "{log}"\n'
            f'[mqtt]\nurl = "mqtt://{broker.host}:{broker.port}"\n[policy]\nquiet_hours = false\n'
        )
        told = await asyncio.to_thread(CliRunner().invoke, app, ["check", "--config", str(file)])
    os.close(held)

    assert told.exit_code == 0, told.output
    assert "policy.quiet_hours: nobody is protected at night" in told.output
    assert "a hub runs with this log" in told.output
    assert f"✓ broker mqtt://{broker.host}:{broker.port}" in told.output
