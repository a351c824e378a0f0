"""What `beforehand demo --speak FOLDER` makes audible: everything that was said aloud in the story, and every guided fix."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from hub.bootstrap.shelf import Shelf
from hub.domain.contact import Phrase
from hub.domain.play import Ask, Play, Try
from hub.ports import BadInput
from simulators.scenario import Scenario
from simulators.speech import CannotSpeak, Spoken, plain, program, speak
from simulators.world import Line

DEVICES = {"heatpump": "heat pump", "fridge": "fridge", "router": "router", "washer": "washing machine"}
REMEDY = "Leave --speak out, or install it."


def can_speak() -> None:
    """Raises BadInput when nothing can be spoken on this machine."""
    try:
        program()
    except CannotSpeak as why:
        raise BadInput("--speak", str(why), REMEDY) from None


async def render(
    story: Scenario, lines: list[Line], shelf: Shelf, folder: Path, told: Callable[[str], None]
) -> None:
    """Speak the story and the guided fixes into `folder`. `told` hears what was written. Raises BadInput."""
    try:
        said = conversation(story, lines)
        if said:
            files = await speak(said, folder / "story")
            told(f"The story, as it was said aloud: {files[-1]}")
        for language in sorted({person.language for person in story.people} & set(shelf.words.languages())):
            for play in shelf.plays.values():
                await speak(
                    list(fix(play, shelf, language)),
                    folder / "plays" / language / plain(f"{play.pack}-{play.id}"),
                )
        told(f"Every guided fix, a folder and a file each: {folder / 'plays'}")
    except (CannotSpeak, OSError) as why:
        raise BadInput("--speak", str(why), REMEDY) from None


def conversation(story: Scenario, lines: list[Line]) -> list[Spoken]:
    """What was said to and by a speaker in the story, in order."""
    tongues = {person.name: person.language for person in story.people}
    found: list[Spoken] = []
    language = "en"
    for line in lines:
        if line.kind == "says":
            language = tongues.get(line.who, "en")
            found.append(Spoken("person", line.text, language))
        elif line.kind == "speaker":
            found.append(Spoken("hub", line.text, language))
    return found


def fix(play: Play, shelf: Shelf, language: str) -> Iterator[Spoken]:
    """A guided fix as it is said step by step, with the first answer of each question."""
    name = {"device": DEVICES.get(play.pack, "device")}

    def words(key: str) -> str:
        with suppress(BadInput):  # not written in this language
            return shelf.words.spoken(Phrase(key, name), language)
        return ""

    for who, key in _turns(play):
        said = words(key)
        if said:
            yield Spoken(who, said, language)


def _turns(play: Play) -> Iterator[tuple[str, str]]:
    yield "hub", play.opening
    yield "person", play.go
    for step in play.steps.values():
        yield "hub", step.asks if isinstance(step, Try) else step.phrase
        if isinstance(step, Ask):
            yield "person", step.choices[0].key
        elif isinstance(step, Try):
            yield "person", "choice.yes"
