"""`beforehand alexa package`: one command writes what Amazon's command line deploys."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from hub.cli.app import app


def test_one_command_writes_the_skill_or_says_what_to_mend(tmp_path: Path) -> None:
    run = CliRunner().invoke(
        app, ["alexa", "package", str(tmp_path / "skill"), "--url", "https://hub.example.com"]
    )
    assert run.exit_code == 0, run.output
    assert "ask deploy" in run.output
    assert "not published" in run.output
    assert "account-linking.json is not written: alexa.link_secret is not set" in run.output
    assert not (tmp_path / "skill" / "account-linking.json").exists()
    found = json.loads((tmp_path / "skill" / "skill-package" / "skill.json").read_text(encoding="utf-8"))
    assert found["manifest"]["apis"]["custom"]["endpoint"]["uri"] == "https://hub.example.com/hooks/alexa"

    wrong = CliRunner().invoke(
        app,
        [
            "alexa",
            "package",
            str(tmp_path),
            "--url",
            "https://hub.example.com",
            "--invocation",
            "open sesame",
        ],
    )
    assert wrong.exit_code != 0
    assert "for herself" in wrong.output
