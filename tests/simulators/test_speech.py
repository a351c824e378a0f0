"""Conversations as sound: the command line of espeak-ng, tried with a small program of that name."""

import asyncio
import os
import sys
import wave
from pathlib import Path

import pytest

from hub.bootstrap.shelf import take_down
from hub.cli.aloud import conversation, fix
from simulators.scenario import load
from simulators.speech import CannotSpeak, Spoken, command, join, speak
from simulators.world import Line

TURNS = [
    Spoken("hub", "One of your devices needs a little attention.", "en"),
    Spoken("person", "yes; rm -rf 'x' \"$HOME\"", "en"),
    Spoken("hub", "Im Kühlschrank ist es warm.", "de"),
    Spoken("hub", "好的", "zh"),
]
ESPEAK = """#!/bin/sh
# Writes down how it was called and what it was to say, and makes a sound of half a second.
here=$(dirname "$0")
file=""
last=""
for word in "$@"; do [ "$last" = "-w" ] && file="$word"; last="$word"; done
{ echo "$@"; cat; echo; echo ----; } > "$file.called"
[ -e "$here/broken" ] && { echo "no such voice" >&2; exit 1; }
cp "$here/sound.wav" "$file"
"""


def sound(file: Path, rate: int = 22_050) -> None:
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(bytes(rate))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in front of the PATH with an espeak-ng of our own in it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "espeak-ng").write_text(ESPEAK)
    (folder / "espeak-ng").chmod(0o755)
    sound(folder / "sound.wav")
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return folder


async def test_every_turn_is_a_file_and_the_whole_conversation_is_one(here: Path, tmp_path: Path) -> None:
    files = await speak(TURNS, tmp_path / "story")
    assert [file.name for file in files] == [
        "01-hub.wav",
        "02-person.wav",
        "03-hub.wav",
        "04-hub.wav",
        "story.wav",
    ]
    with wave.open(str(files[-1])) as whole:
        seconds = whole.getnframes() / whole.getframerate()
    assert seconds == pytest.approx(4 * 0.5 + 3 * 0.6, abs=0.01)


async def test_words_go_in_by_the_front_door_and_never_into_the_command_line(
    here: Path, tmp_path: Path
) -> None:
    await speak(TURNS, tmp_path / "story")
    called = (tmp_path / "story" / "02-person.wav.called").read_text()
    line, said, *_ = called.splitlines()
    assert said == TURNS[1].words
    assert "rm" not in line
    assert line.split() == command("espeak-ng", TURNS[1], tmp_path / "story" / "02-person.wav")[1:]


def test_each_language_has_its_voice_and_the_house_sounds_unlike_its_customers() -> None:
    lines = [" ".join(command("espeak-ng", turn, Path("x.wav"))) for turn in TURNS]
    assert "-v en-us -s 150 -p 45" in lines[0]
    assert "-v en-us -s 175 -p 65" in lines[1]
    assert "-v de " in lines[2]
    assert "-v cmn " in lines[3]
    assert all(line.endswith("-b 1 -w x.wav --stdin") for line in lines)


async def test_a_program_that_fails_is_told_in_its_own_words(here: Path, tmp_path: Path) -> None:
    (here / "broken").touch()
    with pytest.raises(CannotSpeak, match="no such voice"):
        await speak(TURNS, tmp_path / "story")


async def test_without_it_nothing_is_half_done_and_the_remedy_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotSpeak, match="apt-get install espeak-ng"):
        await speak(TURNS, tmp_path / "story")
    assert not await asyncio.to_thread((tmp_path / "story").exists)


def test_sounds_of_two_kinds_are_not_glued_together(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav", 22_050)
    sound(tmp_path / "b.wav", 16_000)
    with pytest.raises(CannotSpeak, match="different kinds"):
        join([tmp_path / "a.wav", tmp_path / "b.wav"], tmp_path / "c.wav")


async def test_the_demo_says_at_once_that_it_cannot_speak(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hub", "demo", "--once", "--speak", str(tmp_path / "sound"),
        env={**os.environ, "PATH": str(tmp_path)}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    told, _ = await process.communicate()
    assert process.returncode == 2
    assert "apt-get install espeak-ng" in " ".join(told.decode().split())


def test_the_story_is_heard_as_it_was_said_at_the_speaker() -> None:
    story = load("one-afternoon")
    lines = [
        Line(0, "says", "Ada Berg", "Alexa, open Nordwarm."),
        Line(1, "out", "Ada Berg", "a text, which nobody hears"),
        Line(2, "speaker", "", "Hello, this is Nordwarm."),
        Line(3, "says", "Ben Krause", "ja"),
        Line(4, "speaker", "", "Danke."),
    ]
    assert [(each.who, each.language) for each in conversation(story, lines)] == [
        ("person", "en"),
        ("hub", "en"),
        ("person", "de"),
        ("hub", "de"),
    ]


def test_a_guided_fix_is_heard_from_its_opening_to_its_thanks() -> None:
    shelf = take_down(("heatpump",))
    [play] = [each for each in shelf.plays.values() if each.id == "icing-up"]
    turns = list(fix(play, shelf, "en"))
    assert turns[0].words == "Ice is building up on your heat pump."
    assert any(turn.who == "person" and turn.words == "yes" for turn in turns)
    assert all("{" not in turn.words for turn in turns)
