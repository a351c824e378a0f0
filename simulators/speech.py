"""Speech: turns of a conversation as sound files, by espeak-ng where it is installed. For ears, not for the product.

One file for each turn and one with the whole conversation. What cannot be had says so: there is no silent half result.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PROGRAM = "espeak-ng"
MISSING = (
    f"{PROGRAM} is not installed, so nothing can be spoken. On Debian or Ubuntu: apt-get install {PROGRAM}"
)
VOICES = {"en": "en-us", "de": "de", "es": "es", "zh": "cmn"}
PACE = {"hub": "150", "person": "175"}  # words a minute
PITCH = {"hub": "45", "person": "65"}  # 0 to 99
BREATH = 0.6  # seconds between two turns
AT_ONCE = 2
PATIENCE = 30.0  # seconds for one turn


class CannotSpeak(Exception):
    """Why nothing was spoken, in words for whoever asked."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One turn: who speaks (`hub` or `person`), the words, and their language."""

    who: str
    words: str
    language: str = "en"


def program() -> str:
    """Where espeak-ng is. Raises CannotSpeak."""
    found = shutil.which(PROGRAM)
    if found is None:
        raise CannotSpeak(MISSING)
    return found


def command(espeak: str, turn: Spoken, file: Path) -> list[str]:
    """The command line that speaks `turn` into `file`; the words themselves go to its standard input."""
    voice = VOICES.get(turn.language.split("-")[0].lower(), turn.language)
    kind = turn.who if turn.who in PACE else "person"
    sound = ["-v", voice, "-s", PACE[kind], "-p", PITCH[kind]]
    return [espeak, *sound, "-b", "1", "-w", str(file), "--stdin"]


async def speak(turns: Sequence[Spoken], folder: Path) -> list[Path]:
    """Speak every turn into a file of `folder`, and all of them into `{folder}.wav`; the files written, the whole one last.

    Raises CannotSpeak without espeak-ng, or when it fails.
    """
    espeak, gate = program(), asyncio.Semaphore(AT_ONCE)
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    files = [folder / f"{n:02}-{plain(turn.who)}.wav" for n, turn in enumerate(turns, start=1)]

    async def one(turn: Spoken, file: Path) -> None:
        async with gate:
            await _say(command(espeak, turn, file), turn.words)

    ends = await asyncio.gather(
        *(one(turn, file) for turn, file in zip(turns, files, strict=True)), return_exceptions=True
    )
    for trouble in ends:
        if isinstance(trouble, BaseException):
            raise trouble
    whole = folder.with_name(f"{folder.name}.wav")
    join(files, whole)
    return [*files, whole]


async def _say(line: list[str], words: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *line,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, said = await asyncio.wait_for(process.communicate(words.encode()), PATIENCE)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise CannotSpeak(f"{PROGRAM} did not finish within {PATIENCE:g} s") from None
    if process.returncode:
        raise CannotSpeak(f"{PROGRAM} failed: {said.decode(errors='replace').strip()[:200]}")


def join(files: Sequence[Path], whole: Path) -> None:
    """Put sound files of one kind behind each other into `whole`, with a breath between them. Raises CannotSpeak when they
    are not of one kind, or no sound files."""
    shapes: set[tuple[int, int, int]] = set()
    parts: list[bytes] = []
    for file in files:
        try:
            with wave.open(str(file)) as sound:
                shapes.add((sound.getnchannels(), sound.getsampwidth(), sound.getframerate()))
                parts.append(sound.readframes(sound.getnframes()))
        except (wave.Error, EOFError, OSError) as trouble:
            raise CannotSpeak(f"{file.name} is no sound: {trouble}") from trouble
    if len(shapes) != 1:
        raise CannotSpeak("there is nothing to join, or the parts are of different kinds")
    [(channels, width, rate)] = shapes
    breath = bytes(int(rate * BREATH) * channels * width)
    with wave.open(str(whole), "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(width)
        out.setframerate(rate)
        out.writeframes(breath.join(parts))


def plain(name: str) -> str:
    """A name that a file can have."""
    return re.sub(r"[^\w-]+", "-", name.lower()).strip("-") or "somebody"
