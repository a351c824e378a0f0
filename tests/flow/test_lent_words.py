"""A customer whose language a pack is not written in is told in English: the whole message, and all else in their language."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from device_rules.yaml_file import load_yaml
from hub.bootstrap.shelf import SHIPPED, take_down
from hub.domain.conversation import Heard, Intent
from tests.flow.home import Home
from voice_skills.matcher import Matcher


def without(language: str, value: Any) -> Any:
    """`value` with every table's words in `language` gone."""
    if isinstance(value, dict):
        return {key: without(language, each) for key, each in value.items() if key != language}
    return [without(language, each) for each in value] if isinstance(value, list) else value


def speaks_no_german(home: Home, folder: Path) -> None:
    """The heat pumps' fixes as of a maker who has not written them in German."""
    pack = folder / "heatpump"
    shutil.copytree(SHIPPED / "heatpump", pack)
    plays = load_yaml((pack / "plays.yaml").read_text(encoding="utf-8"), "plays.yaml").data
    (pack / "plays.yaml").write_text(yaml.safe_dump(without("de", plays), allow_unicode=True), "utf-8")
    words = take_down([str(pack), "fridge"]).words
    home.ctx = replace(home.ctx, words=words, ears=Matcher(words))


async def test_a_german_customer_reads_a_fix_that_is_not_written_in_german_in_english(
    home: Home, tmp_path: Path
) -> None:
    speaks_no_german(home, tmp_path)
    home.language = "de"
    await home.move_in("hp-1")
    await home.fails("hp-1", "icing-up")

    [first] = await home.texts()
    assert first.startswith("Nordwarm: Hello Ada. Your garden heat pump is icing up.")
    assert "Reply 1 = what to do indoors." in first
    [asked] = await home.writes("eins")
    assert asked.startswith("Please look from a window") and "Reply 1 = it is free." in asked
    [person] = await home.writes("ein Mensch bitte")
    assert "Mensch" in person and "person" not in person


async def test_a_customer_whose_language_we_do_not_speak_is_helped_in_english(home: Home) -> None:
    home.language = "fr"
    await home.move_in("hp-1")
    await home.fails("hp-1", "icing-up")

    [first] = await home.texts()
    assert first.startswith("Nordwarm: Hello Ada. Your garden heat pump is icing up.")
    assert "Please look from a window" in (await home.writes("1"))[0]


async def test_a_voice_says_such_a_fix_in_english_and_not_with_a_german_tongue(
    home: Home, tmp_path: Path
) -> None:
    speaks_no_german(home, tmp_path)
    home.language = "de"
    await home.move_in("hp-1")
    await home.fails("hp-1", "icing-up")

    assert (await home.says(Heard.LAUNCH)).language == ""
    assert (await home.says(Intent.YES)).language == "en"
