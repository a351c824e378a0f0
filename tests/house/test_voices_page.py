"""The engineer's page about voices: every room is on it, and sentences mean what it says."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

from hub.domain.conversation import Expecting
from tests.domain.talking import PUMP, ears, library
from tests.house.reading import ROOT, read
from tests.house.rules_on_pages import code, table

PAGE = "voice_skills/README.md"
SAID = table(read(PAGE), "somebody says | when asked | it means")
ROOMS = [name for row in table(read(PAGE), "files | what they are for") for name in code(row[0])]
ASKED = {
    "a choice": Expecting.CHOICE,
    "yes or no": Expecting.YES_NO,
    "nothing": Expecting.NOTHING,
}
OPTIONS = [f"plays/heatpump/icing-up/look/{each}" for each in ("free", "blocked", "unseen")]


def test_every_file_of_the_voices_has_its_room_on_the_page() -> None:
    folder = ROOT / "voice_skills"
    files = [each.name for each in folder.glob("*.py") if each.stem != "__init__"]
    folders = [f"{each.name}/" for each in folder.iterdir() if each.is_dir() and each.name != "__pycache__"]

    assert [each for each in files + folders if not any(fnmatch(each, room) for room in ROOMS)] == []
    assert [room for room in ROOMS if not list(folder.glob(room.rstrip("/")))] == []


@pytest.mark.parametrize(("said", "asked", "means"), SAID, ids=[row[0] for row in SAID])
def test_a_sentence_means_what_the_page_says(said: str, asked: str, means: str) -> None:
    expecting = ASKED[asked]
    options = OPTIONS if expecting is Expecting.CHOICE else []

    found = ears().understand(said, "en", expecting, options)

    told = (
        f"`{found.intent}{f' {found.choice}' if found.choice else ''}`{'' if found.sure else ', read back'}"
    )
    assert told == means


def test_the_question_of_the_page_is_one_that_is_asked() -> None:
    words = [library().words.entry(key, "en").text for key in OPTIONS]

    assert " ".join(f"{number} = {each}." for number, each in enumerate(words, 1)) in read(PAGE)
    assert library().plays[PUMP, "icing-up"].steps["look"]


def test_the_files_that_a_new_language_needs_are_there_for_english() -> None:
    rows = table(read(PAGE), "file | what")
    for name in [each.replace("/fr.", "/en.") for row in rows for each in code(row[0])]:
        found = [ROOT / "voice_skills" / name, ROOT / name, *ROOT.glob(f"device_rules/packs/*/{name}")]
        assert any(Path(each).exists() for each in found), name


def test_the_commands_of_the_page_are_there() -> None:
    assert re.search(r"^learn:", read("Makefile"), re.MULTILINE)
    assert (ROOT / "tests/benchmarks/understanding.py").is_file()
