"""`beforehand people`: everything about somebody, erasing them, taking an import back."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from hub.cli.app import app
from hub.clock import parse_clock
from simulators.registers import registers
from simulators.scenario import load

SHEETS = ("sites.csv", "customers.csv", "devices.csv", "bases.csv")


@pytest.fixture
def batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A folder with the demo's people in its store; the id of the import that brought them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BEFOREHAND_STORE_SECRET", "the secret of the command line's tests")
    monkeypatch.setenv("BEFOREHAND_STORE_DSN", f"sqlite:///{tmp_path}/hub.sqlite")
    for name, text in registers(load("one-afternoon")).items():
        (tmp_path / name).write_text(text)
    found = re.search(r"undo-import (import_\w+)", beforehand("import", *SHEETS).output)
    assert found is not None
    return found[1]


def beforehand(*words: str, given: str = "") -> Result:
    return CliRunner().invoke(app, list(words), input=given)


def test_everything_about_somebody_is_written_into_one_file(batch: str, tmp_path: Path) -> None:
    assert beforehand("people", "export", "ada", "--out", "ada.json").exit_code == 0
    assert json.loads((tmp_path / "ada.json").read_text())["names"][0]["customer"] == "ada"
    nobody = beforehand("people", "export", "nobody")
    assert nobody.exit_code == 2 and "there is no such customer" in nobody.output


def test_who_is_erased_by_a_typed_id_is_on_the_list_that_outlives_a_restore(
    batch: str, tmp_path: Path
) -> None:
    assert beforehand("people", "erase", "ada", given="bea\n").exit_code == 2
    erased = beforehand("people", "erase", "ada", given="ada\n")
    assert "ada is erased" in erased.output
    (tmp_path / "list.jsonl").write_text(beforehand("people", "erasures").stdout)
    assert "ada" not in (tmp_path / "list.jsonl").read_text().replace('"who"', "").split('"at"')[0]
    given = datetime.fromtimestamp(parse_clock("").now() / 1_000_000, UTC).isoformat()
    (tmp_path / "bases.csv").write_text(
        f"customer,purpose,channel,kind,at,how\nada,service,sms,contract,{given},order\n"
    )
    back = beforehand("import", *SHEETS).output  # the name comes back
    assert "a basis given since lets them in again: ada" in back
    assert "1 of 1 was here again" in beforehand("people", "erase-again", "list.jsonl").output


def test_the_next_ordinary_import_leaves_out_who_was_erased_and_says_so(batch: str, tmp_path: Path) -> None:
    assert beforehand("people", "erase", "ada", "--yes").exit_code == 0
    for more in (("--dry-run",), ()):
        told = beforehand("import", *SHEETS, *more)
        assert told.exit_code == 0
        assert "1 person was erased here and is left out: ada. Take them out of the source." in told.output
        assert "changed" not in told.output and "said stop" not in told.output
    assert beforehand("people", "export", "ada", "--out", "ada.json").exit_code == 0
    assert json.loads((tmp_path / "ada.json").read_text())["names"][0]["name"] == ""
    assert "already: nothing has changed" in beforehand("people", "erase", "ada").output


def test_nobody_is_asked_about_somebody_who_is_not_there_and_the_question_says_what_is_known(
    batch: str,
) -> None:
    unknown = beforehand("people", "erase", "nobody", given="nobody\n")
    assert (unknown.exit_code, "cannot be undone" in unknown.output) == (2, False)
    asked = beforehand("people", "erase", "ada", given="bea\n").output
    assert "What we know of ada: 1 name, 1 address" in asked and "nothing was erased" in asked


def test_nobody_is_asked_while_the_list_of_erasures_cannot_be_written(batch: str, tmp_path: Path) -> None:
    (tmp_path / "erasures.jsonl").mkdir()
    refused = beforehand("people", "erase", "ada", given="ada\n")
    assert (refused.exit_code, "What we know" in refused.output) == (2, False)
    assert "nobody can be erased" in refused.output


def test_who_was_erased_already_is_told_so_and_nothing_changes(batch: str) -> None:
    assert beforehand("people", "erase", "ada", "--yes").exit_code == 0
    listed = beforehand("people", "erasures").stdout
    again = beforehand("people", "erase", "ada")
    assert again.exit_code == 0 and "already: nothing has changed" in again.output
    assert beforehand("people", "erasures").stdout == listed


def test_an_import_says_what_it_brought_before_it_is_taken_back(batch: str) -> None:
    unknown = beforehand("people", "undo-import", "abc", given="y\n")
    assert (unknown.exit_code, "Take it back?" in unknown.output) == (2, False)
    asked = beforehand("people", "undo-import", batch, given="n\n")
    assert asked.exit_code == 2 and f"{batch} of 20" in asked.output and "customers" in asked.output
    assert "taken back" not in beforehand("people", "imports").output


def test_an_import_is_taken_back_once(batch: str) -> None:
    assert batch in beforehand("people", "imports").output
    assert "is taken back" in beforehand("people", "undo-import", batch, "--yes").output
    assert "taken back" in beforehand("people", "imports").output
    assert beforehand("people", "undo-import", batch, "--yes").exit_code == 2


def test_the_desk_learns_whether_somebody_has_a_pin_and_nothing_more(batch: str) -> None:
    assert "ada has no PIN." in beforehand("people", "pin", "ada").output
    assert "nothing has changed" in beforehand("people", "pin", "ada", "--remove").output
    nobody = beforehand("people", "pin", "nobody")
    assert nobody.exit_code == 2 and "there is no such customer" in nobody.output
    assert beforehand("people", "pin", "ada", "--remove", "--send-link").exit_code == 2
    unreachable = beforehand("people", "pin", "ada", "--send-link")
    assert unreachable.exit_code == 2 and "web.public_url" in unreachable.output


def test_a_link_for_a_pin_leads_to_the_page_of_somebody_who_has_one(
    batch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEFOREHAND_WEB_PUBLIC_URL", "https://care.example")
    told = beforehand("people", "pin", "ada", "--send-link")
    assert told.exit_code == 2 and "has no page yet" in told.output


def test_a_shell_without_the_secret_is_sent_away_before_anybody_is_imported_or_looked_at(
    batch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEFOREHAND_STORE_SECRET", "what another shell had set")
    for words in (("check",), ("import", *SHEETS, "--dry-run"), ("people", "export", "ada"), ("run",)):
        told = beforehand(*words)
        assert told.exit_code == 2, words
        assert "not the secret that this store was made with" in told.output
    assert beforehand("pause", "--all", "--because", "night").exit_code == 0
