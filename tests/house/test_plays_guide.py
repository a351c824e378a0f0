"""The guide to guided fixes: its plays are sound, its stories hold, and commands and messages are what really comes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.bootstrap.shelf import in_one_voice
from hub.cli.app import app
from hub.domain.play import Who
from hub.domain.slots import BookingKind
from tests.house.reading import Block, blocks, read
from tests.house.rules_on_pages import code, table
from voice_skills.play_lint import LONGEST_SPOKEN, MOST_SEGMENTS, lint
from voice_skills.playbook import PLAY_KEYS, load_plays
from voice_skills.playsteps import KINDS, STEP_KEYS
from voice_skills.stories_file import TURNS
from voice_skills.words import house_words

GUIDE = "docs/plays-guide.md"
PAGE = read(GUIDE)
FILES = [block for block in blocks(GUIDE, "yaml") if "/" in block.name]
STEPS = [block for block in blocks(GUIDE, "yaml") if block.name == "step"]
MISTAKES = table(PAGE, "instead of | you write | you are told")
SCENE = re.compile(
    r"^```yaml (?P<file>\S+/\S+)\n(?P<text>.*?)^```$|^    beforehand (?P<command>[^\n]+)\n\n```text output\n(?P<output>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
"""Files as they are written, and commands as they are given, in the order of the page."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "freezer").mkdir()
    return tmp_path


def write(folder: Path, files: Iterable[Block]) -> None:
    for block in files:
        (folder / block.name).write_text(block.text, encoding="utf-8")


def beforehand(command: str) -> str:
    return CliRunner().invoke(app, command.split()).output


def test_whoever_follows_the_guide_sees_what_it_shows(folder: Path) -> None:
    commands = []
    for each in SCENE.finditer(PAGE):
        if each["file"]:
            (folder / each["file"]).write_text(each["text"], encoding="utf-8")
            continue
        commands.append(each["command"])
        assert beforehand(each["command"]) == each["output"], each["command"]

    assert commands == [
        "rules check freezer",
        "rules test freezer",
        "rules test freezer",
        "rules test freezer --transcript en",
    ]


@pytest.mark.parametrize("block", STEPS, ids=lambda block: block.text.split(":")[0])
def test_a_step_of_the_guide_can_be_used_as_it_stands(block: Block) -> None:
    names = re.findall(r"^(\w+):", block.text, re.MULTILINE)
    goals = set(re.findall(r"\b(?:then|failed|declined|none): (\w+)", block.text)) | {"person"}
    ends = {
        "solved": "solved: {en: It is well.}",
        "watch": "check: {en: I watch it.}\n  within: 1h\n  then: solved\n  failed: person",
        "person": "agent: {en: A person gets back to you.}",
    }
    more = {"solved"} if "watch" in goals and "watch" not in names else set()
    steps = block.text + "".join(f"{goal}:\n  {ends[goal]}\n" for goal in sorted((goals | more) - set(names)))
    opening = "    opening: {en: It is warm.}\n    reminder: {en: It is warm.}\n    go: {en: what to do}\n"
    head = f"plays:\n  - id: page\n{opening}    first: {names[0]}\n    steps:\n"
    text = head + "".join(f"      {line}\n" for line in steps.splitlines())

    plays, phrases = load_plays(text, "page", "page")

    assert lint(plays, in_one_voice(house_words().plus(phrases), "page")) == []


def test_every_kind_of_step_is_shown_or_told_with_all_its_keys() -> None:
    sections = {part.split("\n")[0]: part for part in PAGE.split("\n### ")[1:]}
    for kind in KINDS:
        rows = table(sections[kind].split("\n## ")[0], "key | meaning")
        assert [code(row[0])[0] for row in rows] == list(STEP_KEYS[kind])


def test_every_key_of_a_play_and_every_turn_of_a_story_is_told() -> None:
    play = table(PAGE.split("\n## A play")[1], "key | meaning")
    turns = table(PAGE, "turn | meaning")

    assert [code(row[0])[0] for row in play] == list(PLAY_KEYS)
    assert [code(row[0])[0].split(":")[0] for row in turns] == list(TURNS)
    assert set(re.findall(r"`(?:telemetry|device|visits): (\w+)`", PAGE)) == {
        str(word) for key, words in TURNS.items() if key != "proof" for word in words
    }


@pytest.mark.parametrize(("good", "bad", "told"), MISTAKES, ids=[row[1] for row in MISTAKES])
def test_a_common_mistake_is_answered_as_the_guide_says(folder: Path, good: str, bad: str, told: str) -> None:
    write(folder, FILES[:2])
    [before], [after] = code(good), code(bad)
    [file] = [block for block in FILES[:2] if before in block.text]
    (folder / file.name).write_text(file.text.replace(before, after, 1), encoding="utf-8")

    assert code(told)[0] in beforehand("rules check freezer").replace("\n  Write it like 30m", "")


def test_the_limits_of_the_guide_are_those_of_the_check() -> None:
    assert f"at most {LONGEST_SPOKEN} words" in PAGE
    assert MOST_SEGMENTS == {"en": 2, "de": 2, "es": 4, "zh": 2}
    assert all(f"`{each}`" in PAGE for each in [*BookingKind, Who.ANYONE, Who.ABLE])


def test_what_the_guide_shows_of_live_values_can_be_used() -> None:
    [live] = [block for block in blocks(GUIDE, "yaml") if block.name == "live"]
    [plays] = [block for block in FILES if block.name.endswith("plays.yaml")]

    [play], phrases = load_plays(live.text + plays.text, "page", "freezer")

    assert [each.metric for each in play.live] == ["inside"]
    assert lint([play], in_one_voice(house_words().plus(phrases), "freezer")) == []
