"""Pausing at the command line: what is paused is told with since and by whom, and a slip is never taken for success."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from hub.cli.app import app

pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a store."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BEFOREHAND_STORE_SECRET", "the secret of the command line's tests")
    monkeypatch.setenv("BEFOREHAND_STORE_DSN", f"sqlite:///{tmp_path}/hub.sqlite")
    (tmp_path / "sites.csv").write_text("site,zone,country,label\nhome,Europe/Berlin,DE,Home\n")
    assert beforehand("import", "sites.csv").exit_code == 0
    return tmp_path


def beforehand(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_who_pulled_the_kill_switch_and_when_is_told() -> None:
    assert beforehand("pause", "all off").exit_code == 0
    told = beforehand("pause", "--list").output
    assert "since 20" in told and "by command line: all off" in told


def test_a_part_is_paused_with_a_reason_and_the_kill_switch_without() -> None:
    refused = beforehand("pause", "--provider", "twilio")
    assert (refused.exit_code, "--because" in refused.output) == (2, True)
    assert beforehand("pause", "--provider", "twilio", "--because", "an outage").exit_code == 0
    assert beforehand("pause").exit_code == 0


def test_a_misspelt_provider_is_refused_with_the_nearest() -> None:
    refused = beforehand("pause", "--provider", "twillio", "--because", "an outage")
    assert (refused.exit_code, "Did you mean twilio?" in refused.output) == (2, True)
    assert "Nothing is paused" in beforehand("pause", "--list").output


def test_an_unknown_rule_is_refused_with_those_that_there_are() -> None:
    refused = beforehand("pause", "--rule", "nonsense", "--because", "x")
    assert refused.exit_code == 2
    assert "There are:" in refused.output and "icing-up" in refused.output


def test_a_mistake_at_resuming_names_resume() -> None:
    assert "resume:" in beforehand("resume", "--all", "--rule", "icing-up").output
    assert "were not paused" in beforehand("resume").output
