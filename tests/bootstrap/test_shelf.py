"""A rule that names a guided fix which is not there is told of while its author checks the book."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.bootstrap.shelf import SHIPPED, take_down
from hub.cli.app import app
from hub.domain.contact import Phrase
from hub.domain.conversation import Expecting, Intent, Meaning
from hub.ports import BadInput
from voice_skills.matcher import Matcher

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


def test_what_a_pack_does_not_say_in_a_language_is_told_in_english_and_all_else_in_the_language(
    pack: Path,
) -> None:
    (pack / "plays.yaml").write_text(PLAYS)

    shelf = take_down(["fridge", str(pack)])
    words = shelf.words

    assert list(words.languages()) == ["en", "de", "es", "zh"]
    assert shelf.unwritten == {"es": ["kettle"], "zh": ["kettle"]}
    assert shelf.lending() == [
        "kettle is not written in es, zh: whoever reads that is told of its devices in English."
    ]
    hot = Phrase("plays/kettle/hot/opening", {"device": "Kessel"})
    door = Phrase("plays/fridge/door-open/opening", {"device": "nevera"})
    assert [words.tongue([hot], each) for each in ("de", "de-AT", "es", "fr")] == ["de", "de-AT", "en", "en"]
    assert words.tongue([Phrase("frame.hello"), door], "es") == "es"
    assert words.text(hot, "es") == "Your Kessel is hot."


def test_a_message_is_never_half_in_one_language_and_half_in_another(pack: Path) -> None:
    (pack / "plays.yaml").write_text(PLAYS)
    words = take_down([str(pack)]).words
    answer = Phrase("choice.first", {"what": "@plays/kettle/hot/go"})

    assert words.tongue([Phrase("frame.hello"), answer], "es") == "en"
    assert words.tongue([Phrase("frame.hello"), answer], "de") == "de"


def test_an_answer_in_english_is_understood_of_whoever_writes_another_language(pack: Path) -> None:
    (pack / "plays.yaml").write_text(PLAYS)
    options = ["plays/kettle/hot/go"]
    ears = Matcher(take_down([str(pack)]).words)

    for said, language in (("1", "es"), ("what to do", "es"), ("1", "fr"), ("what to do", "fr")):
        assert ears.understand(said, language, Expecting.CHOICE, options) == Meaning(Intent.CHOICE, choice=1)


def test_a_language_that_a_pack_uses_in_some_places_only_is_a_mistake(pack: Path) -> None:
    (pack / "plays.yaml").write_text(PLAYS.replace('en: "what to do"', 'en: "what to do", es: "qué hacer"'))

    with pytest.raises(BadInput, match="plays/kettle/hot/opening is missing in es"):
        take_down([str(pack)])


def test_every_pack_is_written_in_english(pack: Path) -> None:
    (pack / "plays.yaml").write_text(PLAYS.replace("en: ", "es: "))

    with pytest.raises(BadInput, match="plays/kettle/hot/opening is missing in en"):
        take_down([str(pack)])
