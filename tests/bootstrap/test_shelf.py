"""A rule that names a guided fix which is not there is told of while its author checks the book."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.bootstrap.shelf import SHIPPED, take_down
from hub.cli.app import app
from hub.ports import BadInput

BOOK = """\
model: a/kettle
version: 1
expect_every: 60s
metrics: {temp: {unit: "°C"}}
rules:
  - id: hot
    title: It is hot
    severity: major
    when: temp > 100
    play: icing-upp
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "kettle"
    folder.mkdir()
    (folder / "rules.yaml").write_text(BOOK)
    return folder


def checked(pack: Path) -> str:
    result = CliRunner().invoke(app, ["rules", "check", str(pack / "rules.yaml")])
    return f"{result.exit_code} {result.output}"


def test_a_misspelt_guided_fix_is_told_with_its_line_and_the_nearest_one(pack: Path) -> None:
    (pack / "plays.yaml").write_text((SHIPPED / "heatpump" / "plays.yaml").read_text())

    told = checked(pack)

    assert told.startswith("2 ")
    assert f"{pack}/rules.yaml:10: rules[0].play: `icing-upp`: there is no such guided fix" in told
    assert "Did you mean `icing-up`?" in told


def test_a_guided_fix_without_any_plays_is_told(pack: Path) -> None:
    told = checked(pack)

    assert told.startswith("2 ")
    assert "there is no plays.yaml" in told


def test_a_rule_without_a_guided_fix_needs_no_plays(pack: Path) -> None:
    (pack / "rules.yaml").write_text(BOOK.replace("    play: icing-upp\n", ""))

    assert checked(pack).startswith("0 a/kettle, version 1: 1 rule, sound.")


def test_a_hub_starts_although_a_guided_fix_is_missing(pack: Path) -> None:
    assert list(take_down([str(pack)]).books) == ["a/kettle"]


PLAYS = """\
plays:
  - id: hot
    opening: {en: "Your {device} is hot.", de: "{device} ist heiß."}
    reminder: {en: "It is still hot.", de: "Er ist noch heiß."}
    go: {en: "what to do", de: "was Sie tun können"}
    first: person
    steps:
      person:
        agent: {en: "We will ring you.", de: "Wir rufen Sie an."}
"""


def test_all_that_ships_is_spoken_in_four_languages() -> None:
    shelf = take_down(("heatpump", "fridge", "router", "washer"))

    assert (list(shelf.words.languages()), shelf.unwritten) == (["en", "de", "es", "zh"], {})


def test_a_pack_of_the_makers_own_decides_which_languages_the_house_speaks(pack: Path) -> None:
    (pack / "plays.yaml").write_text(PLAYS)

    shelf = take_down(["fridge", str(pack)])

    assert list(shelf.words.languages()) == ["en", "de"]
    assert shelf.unwritten == {"es": ["kettle"], "zh": ["kettle"]}


def test_a_language_that_a_pack_uses_in_some_places_only_is_a_mistake(pack: Path) -> None:
    (pack / "plays.yaml").write_text(PLAYS.replace('en: "what to do"', 'en: "what to do", es: "qué hacer"'))

    with pytest.raises(BadInput, match="plays/kettle/hot/opening is missing in es"):
        take_down([str(pack)])


def test_every_pack_is_written_in_english(pack: Path) -> None:
    (pack / "plays.yaml").write_text(PLAYS.replace("en: ", "es: "))

    with pytest.raises(BadInput, match="plays/kettle/hot/opening is missing in en"):
        take_down([str(pack)])
