"""Commands say what they did, and what is wrong with place, cause and remedy: never a traceback."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from hub.cli.app import app
from hub.store import open_store
from simulators.registers import registers
from simulators.scenario import load
from tests.contracts.makings import T0, message


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with a secret of its own and the registers of the demo's evening."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BEFOREHAND_STORE_SECRET", "the secret of the command line's tests")
    monkeypatch.setenv("BEFOREHAND_STORE_DSN", f"sqlite:///{tmp_path}/hub.sqlite")
    for name, text in registers(load("one-afternoon")).items():
        (tmp_path / name).write_text(text)
    return tmp_path


SHEETS = ("sites.csv", "customers.csv", "devices.csv", "bases.csv")


@pytest.fixture
def hub(folder: Path) -> Path:
    """The same, of a hub that has run before: its store is there."""
    asyncio.run(_made(f"sqlite:///{folder}/hub.sqlite"))
    return folder


async def _made(dsn: str) -> None:
    await (await open_store(dsn, "the secret of the command line's tests")).close()


def beforehand(*words: str, given: str = "") -> Result:
    return CliRunner().invoke(app, list(words), input=given)


def test_a_rehearsed_import_shows_what_it_would_do_and_changes_nothing(folder: Path) -> None:
    rehearsed = beforehand("import", *SHEETS, "--dry-run")
    again = beforehand("import", *SHEETS, "--dry-run")

    assert rehearsed.exit_code == 0
    assert "would be added" in rehearsed.output
    assert again.output == rehearsed.output


def test_an_import_twice_adds_nothing_the_second_time(folder: Path) -> None:
    first, second = beforehand("import", *SHEETS), beforehand("import", *SHEETS)

    assert "added" in first.output
    assert "added" not in second.output


def test_every_mistake_of_a_sheet_is_told_with_its_line(folder: Path) -> None:
    (folder / "devices.csv").write_text(
        "device,model,name,site\nfr 1,x,Fridge,lind\nfr#2,nordwarm/fridge-f2,F,lind\n"
    )

    told = beforehand("import", "sites.csv", "devices.csv")

    assert told.exit_code == 2
    assert "line 2" in told.output
    assert "line 3" in told.output
    assert "Traceback" not in told.output


def test_a_device_whose_model_has_no_book_is_named_when_it_is_imported(folder: Path) -> None:
    (folder / "devices.csv").write_text("device,model,name,site\nfr-9,acme/nosuchmodel,Fridge,lind\n")

    told = beforehand("import", "sites.csv", "devices.csv")

    assert told.exit_code == 0
    assert "acme/nosuchmodel" in told.output or "fr-9" in told.output
    assert "book" in told.output


def test_a_misspelt_setting_suggests_the_right_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEFOREHAND_MQTT_ULR", "mqtt://127.0.0.1")

    told = beforehand("outbox")

    assert told.exit_code == 2
    assert "BEFOREHAND_MQTT_URL" in told.output


def test_a_misspelt_line_of_the_settings_file_suggests_the_right_one(folder: Path) -> None:
    (folder / "beforehand.toml").write_text('[polcy]\nbrand = "x"\n')

    told = beforehand("outbox")

    assert told.exit_code == 2
    assert "policy" in told.output


def test_going_live_without_a_way_to_send_is_refused_with_a_remedy(folder: Path) -> None:
    told = beforehand("go-live", "--yes")

    assert told.exit_code == 2
    assert "sms.account_sid" in told.output


def test_going_live_with_the_default_secret_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BEFOREHAND_STORE_SECRET")
    for name, value in (("ACCOUNT_SID", "AC1"), ("AUTH_TOKEN", "t"), ("SENDER", "+4930123456")):
        monkeypatch.setenv(f"BEFOREHAND_SMS_{name}", value)

    told = beforehand("go-live", "--yes")

    assert told.exit_code == 2
    assert "BEFOREHAND_STORE_SECRET" in told.output


def test_all_contacts_are_paused_and_run_again(hub: Path) -> None:
    paused, resumed = beforehand("pause", "carrier trouble"), beforehand("pause", "--resume")

    assert "paused" in paused.output
    assert "run again" in resumed.output


def test_explaining_what_nobody_knows_says_where_to_look(hub: Path) -> None:
    told = beforehand("explain", "case_nobody")

    assert told.exit_code == 2
    assert "search box" in told.output


def test_a_supervisor_is_added_with_a_password_from_standard_input(folder: Path) -> None:
    added = beforehand("user", "add", "dag", "--role", "supervisor", given="a long enough password\n")
    short = beforehand("user", "add", "dag", given="short\n")

    assert added.exit_code == 0
    assert "supervisor" in added.output
    assert short.exit_code != 0


def test_a_key_is_printed_once_and_an_unknown_scope_is_refused(folder: Path) -> None:
    made, refused = (
        beforehand("user", "key", "crm", "--scope", "read"),
        beforehand("user", "key", "crm", "--scope", "all"),
    )

    assert len(made.output.strip()) > 40
    assert "tickets" in refused.output


def test_what_waits_in_the_outbox_is_listed_with_what_it_waits_for(hub: Path) -> None:
    async def owed() -> None:
        store = await open_store(f"sqlite:///{hub}/hub.sqlite", "the secret of the command line's tests")
        async with store.transaction() as tx:
            await tx.outbox.put(message("msg_1"), T0, note="kill_switch")
            await tx.outbox.put(message("msg_2"), T0)
        await store.close()

    asyncio.run(owed())
    for told in (beforehand("outbox"), beforehand("outbox", "list")):
        assert "0 parked, 2 queued" in told.output
        assert "msg_1" in told.output and "paused" in " ".join(told.output.split())
    assert "0 parked" in beforehand("outbox", "list", "--state", "parked").output


def test_a_parked_message_that_is_not_there_cannot_be_released(hub: Path) -> None:
    told = beforehand("outbox", "release", "msg_nobody")

    assert told.exit_code == 2
    assert "beforehand outbox" in told.output


def test_a_broken_book_is_told_with_line_and_nearest_word(folder: Path) -> None:
    (folder / "rules.yaml").write_text(
        "model: a/b\nversion: 1\nexpect_evry: 60s\nmetrics: {t: {type: float}}\nrules: []\n"
    )

    told = beforehand("rules", "check", str(folder / "rules.yaml"))

    assert told.exit_code == 2
    assert "expect_every" in told.output
    assert ":3" in told.output or "line 3" in told.output


@pytest.mark.parametrize("pack", ["heatpump", "fridge", "router", "washer"])
def test_the_shipped_books_pass_their_own_tests(folder: Path, pack: str) -> None:
    told = beforehand("rules", "test", pack)

    assert told.exit_code == 0
    assert ", 0 failed" in told.output


def test_a_kill_switch_that_finds_no_store_says_so_instead_of_pausing_a_new_one(folder: Path) -> None:
    told = beforehand("pause", "EMERGENCY")
    assert told.exit_code == 2
    assert "there is no store at" in told.output
    assert "-c FILE" in told.output
    assert not (folder / "hub.sqlite").exists()


def test_a_span_that_is_none_is_told_before_anything_is_looked_up(hub: Path) -> None:
    told = beforehand("alive", "--within", "xyz")
    assert told.exit_code == 2
    assert "such as 15m" in told.output
