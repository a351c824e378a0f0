"""Backups at the command line: what comes back is paused, says what to do next, and names no class of ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from hub.cli.app import app

pytestmark = pytest.mark.usefixtures("hub")
CUSTOMERS = "customer,name,phone,site\nada,Ada,+491713920011,home\n"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hub that knows Ada, with a backup of it; nobody has touched its switches, and its carrier does not answer."""
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "STORE_SECRET": "the secret of the command line's tests",
        "STORE_DSN": f"sqlite:///{tmp_path}/hub.sqlite",
        "RULES_PACKS": "router",
        "SMS_ACCOUNT_SID": "AC1",
        "SMS_AUTH_TOKEN": "token",
        "SMS_SENDER": "+4930555012",
        "SMS_BASE_URL": "http://127.0.0.1:9",
    }.items():
        monkeypatch.setenv(f"BEFOREHAND_{name}", value)
    (tmp_path / "sites.csv").write_text("site,zone,country\nhome,Europe/Berlin,DE\n")
    (tmp_path / "customers.csv").write_text(CUSTOMERS)
    assert beforehand("import", "sites.csv", "customers.csv").exit_code == 0
    assert beforehand("backup", "monday.backup").exit_code == 0
    return tmp_path


def beforehand(*words: str, given: str = "") -> Result:
    return CliRunner().invoke(app, list(words), input=given)


def elsewhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEFOREHAND_STORE_DSN", f"sqlite:///{folder}/new.sqlite")


def test_a_hub_that_came_back_is_paused_until_the_carrier_has_been_read(
    hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert beforehand("people", "erase", "ada", given="ada\n").exit_code == 0
    elsewhere(hub, monkeypatch)
    told = beforehand("restore", "monday.backup").output
    assert "0 waiting messages and 0 device commands set aside" in told
    assert "1 erasure done again" in told and "Error" not in told
    assert "the carrier could not be read (it does not answer)" in told
    assert told.index("beforehand catch-up") < told.index("beforehand resume")
    assert "restored from the backup" in beforehand("pause", "--list").output
    refused = beforehand("resume")
    assert (refused.exit_code, "beforehand catch-up" in refused.output) == (2, True)
    assert "was erased at" in beforehand("people", "erase", "ada").output


def test_a_house_that_has_no_list_of_erasures_is_told_what_to_do(
    hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere(hub, monkeypatch)
    assert "beforehand people erase-again FILE" in beforehand("restore", "monday.backup").output


def test_a_file_that_is_no_backup_is_told_in_plain_words(hub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere(hub, monkeypatch)
    refused = beforehand("restore", "customers.csv")
    assert refused.exit_code == 2
    assert "customers.csv: it is no backup, or damaged\n" in refused.output
    assert not (hub / "new.sqlite").exists()
