"""Settings refuse nonsense early, in words: where, what, and what would do."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.ports import BadInput
from hub.settings import load
from hub.settings.kinds import duration

MINUTE = 60_000_000


def refused(environ: dict[str, str], file: Path | None = None) -> str:
    with pytest.raises(BadInput) as caught:
        load(environ, file)
    return str(caught.value)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "beforehand.toml"
    file.write_text('[mqtt]\nurl = "mqtt://file"\nuser = "u"\n')

    settings = load({"BEFOREHAND_MQTT_URL": "mqtt://environment"}, file)

    assert (settings.mqtt.url, settings.mqtt.user) == ("mqtt://environment", "u")


def test_a_secret_is_read_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cret\n")

    assert load({"BEFOREHAND_SMS_AUTH_TOKEN_FILE": str(tmp_path / "token")}).sms.auth_token == "s3cret"
    assert "cannot be read" in refused({"BEFOREHAND_SMS_AUTH_TOKEN_FILE": str(tmp_path / "none")})


def test_a_list_is_written_with_commas() -> None:
    settings = load({"BEFOREHAND_POLICY_TEST_NUMBERS": "+49 171 3920011, +46701740605"})

    assert settings.policy.test_numbers == ("+491713920011", "+46701740605")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("BEFOREHAND_MQTT_ULR", "x", "Did you mean BEFOREHAND_MQTT_URL"),
        ("BEFOREHAND_POLICY_ZONE", "Mars/Base", "Europe/Berlin"),
        ("BEFOREHAND_POLICY_COUNTRY", "Germany", "two capital letters"),
        ("BEFOREHAND_POLICY_PHONE", "hello", "telephone number"),
        ("BEFOREHAND_POLICY_CUSTOMER_DAY", "-1", "CUSTOMER_DAY: it is too small"),
        ("BEFOREHAND_LOG_KEEP", "soon", "such as 15m"),
        ("BEFOREHAND_WEB_PORT", "70000", "Write 65535 or less"),
        ("BEFOREHAND_STORE_SECRET", "x", "Write 8 characters or more"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(name: str, value: str, says: str) -> None:
    assert says in refused({name: value})


def test_a_misspelt_name_in_the_file_suggests_the_nearest(tmp_path: Path) -> None:
    file = tmp_path / "beforehand.toml"
    file.write_text('[policy]\nbrnd = "x"\n')

    assert "Did you mean brand" in refused({}, file)


def test_a_file_that_is_no_toml_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "beforehand.toml"
    file.write_text("[policy\n")

    assert "line 1" in refused({}, file)
    assert "no such file" in refused({}, tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("text", "micros"), [("90s", 90_000_000), ("15m", 15 * MINUTE), ("2h", 120 * MINUTE), (MINUTE, MINUTE)]
)
def test_durations_are_written_as_people_write_them(text: object, micros: int) -> None:
    assert duration(text) == micros


def test_a_ladder_of_ones_own_is_read_step_by_step(tmp_path: Path) -> None:
    file = tmp_path / "beforehand.toml"
    file.write_text('[[policy.ladders.major]]\nchannel = "sms"\nwait = "2h"\n')

    assert load({}, file).policy.ladders["major"][0].wait == 120 * MINUTE


def test_relative_paths_count_from_the_folder_of_the_settings_file(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    (tmp_path / "beforehand.toml").write_text(
        '[store]\ndsn = "sqlite:///data/hub.sqlite"\n[log]\npath = "/var/log/hub"\n[rules]\npacks = ["fridge", "./book"]\n'
    )
    found = load({}, tmp_path / "beforehand.toml")
    assert found.store.dsn == f"sqlite:///{tmp_path}/data/hub.sqlite"
    assert found.log.path == Path("/var/log/hub")
    assert found.paper.file == tmp_path / "data/paper.txt"
    assert found.rules.packs == ("fridge", str(tmp_path / "book"))
