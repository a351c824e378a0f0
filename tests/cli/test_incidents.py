"""From the command line an incident is named by what the list shows of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from device_rules.fault import Severity
from hub.cli.app import app
from hub.domain.ids import Moment
from hub.domain.incident import Incident, IncidentState
from hub.store import open_store

ID = "incident_xt9tq2w7yk4m5n8p"
SECRET = "the secret of the command line's tests"


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub with one incident, and a narrow terminal."""
    dsn = f"sqlite:///{tmp_path}/hub.sqlite"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("BEFOREHAND_STORE_SECRET", SECRET)
    monkeypatch.setenv("BEFOREHAND_STORE_DSN", dsn)
    asyncio.run(_made(dsn))


async def _made(dsn: str) -> None:
    at = Moment(1_800_000_000_000_000)
    cohort, state = "firmware|nordwarm/heatpump-x1|2.3.1", IncidentState.CANDIDATE
    one = Incident(ID, "no-heat", cohort, "No heat", Severity.CRITICAL, state, at, at)
    store = await open_store(dsn, SECRET)
    async with store.transaction() as tx:
        await tx.incidents.save(one)
    await store.close()


@pytest.mark.usefixtures("found")
def test_the_list_shows_the_whole_id_in_a_narrow_terminal_and_says_what_is_to_do() -> None:
    listed = CliRunner().invoke(app, ["incidents", "list"])
    assert listed.exit_code == 0 and ID in listed.output
    shown = CliRunner().invoke(app, ["incidents", "show", ID])
    assert "Needs a decision: " in shown.output and "candidate" not in shown.output
    assert "0 devices, 0 not recovered; 0 households told (0 messages lost)" in shown.output
