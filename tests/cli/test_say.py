"""Between a question and its answer stand no log lines; what a person must know still reaches them."""

from __future__ import annotations

import pytest
import structlog
import typer

from hub.cli.say import plainly


def test_a_command_shows_its_answer_alone_and_warnings_on_standard_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = structlog.get_config()

    @plainly
    def command() -> None:
        log = structlog.get_logger("hub.flow")
        log.info("case.went_live", because="go_live")
        log.warning("operators_not_told")
        typer.echo("Sending is live.")

    command()
    shown = capsys.readouterr()
    assert shown.out == "Sending is live.\n"
    assert "operators_not_told" in shown.err and "went_live" not in shown.err
    assert structlog.get_config() == before
