"""`beforehand push`: keys that work at once, and links for people who are known."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from hub.bootstrap.push import push_keys
from hub.cli.app import app
from hub.settings import Settings

pytestmark = pytest.mark.usefixtures("folder")


def beforehand(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with a customer."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BEFOREHAND_STORE_SECRET", "the secret of the command line's tests")
    monkeypatch.setenv("BEFOREHAND_STORE_DSN", f"sqlite:///{tmp_path}/hub.sqlite")
    (tmp_path / "sites.csv").write_text("site,zone,country,label\nhome,Europe/Berlin,DE,Home\n")
    (tmp_path / "customers.csv").write_text("customer,name,site,phone\nada,Ada Berg,home,+4915112345001\n")
    return tmp_path


def test_keys_are_printed_as_the_settings_want_them() -> None:
    printed = beforehand("push", "keys").output
    part = Settings.model_validate(tomllib.loads(printed)).push
    keys = push_keys(part)
    assert keys is not None
    assert keys.public_key in printed


def test_a_link_is_made_for_a_customer_who_is_known(folder: Path) -> None:
    assert beforehand("import", "sites.csv", "customers.csv").exit_code == 0
    assert "beforehand push keys" in beforehand("push", "link", "ada").output, "browsers are not set up yet"
    (folder / "beforehand.toml").write_text(beforehand("push", "keys").output)
    told = beforehand("push", "link", "ada")
    assert told.exit_code == 0, told.output
    assert told.output.startswith("http://127.0.0.1:8080/push/")
    nobody = beforehand("push", "link", "nobody")
    assert nobody.exit_code != 0
    assert "there is no such customer" in nobody.output
