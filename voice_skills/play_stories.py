"""The stories that guided fixes carry in data: what is said or shown, and the step that must follow, in every language.

`plays_tests.yaml` beside the plays: by play, a list of stories with a `name` and `turns`. A turn `says` the id of a choice (or
yes, no, go; while times are offered first_time, other_time), or tells what the `device` answered (done, failed), what
`telemetry` shows (over, not_over, or shown: the metric that the step watches), that the `proof` came, or that no `visits` are
offered here; `at` is the step that follows. Nothing here is sent or kept: it walks the pure core.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hub.domain import talk as core
from hub.domain.contact import Phrase
from hub.domain.conversation import Conversation, Heard, Intent, Knowledge, Meaning, Turn
from hub.domain.customer import Channel
from hub.domain.ids import CaseId, CustomerId, Moment
from hub.domain.play import Play
from hub.domain.policy import CALENDARS
from hub.domain.slots import free
from hub.domain.wording import NO, YES
from hub.ports import BadInput, Ears
from voice_skills.words import Phrasebook, read

FILE = "plays_tests.yaml"
TURN_KEYS = {"says", "device", "telemetry", "proof", "visits", "at"}
TIMES = ("first_time", "second_time", "other_time")
NOON = Moment(1_795_262_400_000_000)
"""Noon on a Saturday in November; no story depends on the day."""
DEVICE = "Kati 7"
"""A name that is a word in no language we speak."""


@dataclass(frozen=True, slots=True)
class Story:
    """One way through a play. `place` is file and line, for whoever has to mend it."""

    play: str
    name: str
    turns: tuple[Mapping[str, Any], ...]
    place: str


def load_stories(pack: Path) -> list[Story]:
    """The stories of the pack in folder `pack`; none where it has no such file. Raises BadInput naming file and line."""
    path = pack / FILE
    if not path.is_file():
        return []
    document = read(path.read_text(encoding="utf-8"), f"{pack.name}/{FILE}")
    if not isinstance(document.data, dict):
        raise BadInput(document.name, "stories are written by play", "Write `play-id:` and a list of stories")
    found = []
    for play, stories in document.data.items():
        for number, each in enumerate(stories):
            place = f"{document.name}:{document.line((play, number))}"
            if not isinstance(each, dict) or set(each) != {"name", "turns"}:
                raise BadInput(place, "a story has a `name` and `turns`", "Write both")
            turns = tuple(each["turns"])
            if any(set(turn) - TURN_KEYS for turn in turns):
                raise BadInput(place, f"a turn has only: {', '.join(sorted(TURN_KEYS))}", "Write one of them")
            found.append(Story(str(play), str(each["name"]), turns, place))
    return found


class Walk:
    """One story being walked in one language."""

    def __init__(self, play: Play, words: Phrasebook, ears: Ears, language: str) -> None:
        self.play, self.words, self.ears, self.language = play, words, ears, language
        slots = {kind: free(calendar, {}, NOON) for kind, calendar in CALENDARS.items()}
        self.known = Knowledge(device="d-1", device_name=DEVICE, zone="Europe/Berlin", slots=slots)
        talk = Conversation(CaseId("case"), CustomerId("customer"), language=language)
        self.talk, _, _ = core.begin(talk, play, self.known, NOON)
        self.count = 0

    def take(self, turn: Mapping[str, Any]) -> str:
        """Do one turn; answers what is wrong with where it leads ("" when nothing is)."""
        if "visits" in turn:
            self.known = replace(self.known, slots={})
        elif "says" in turn:
            self.says(str(turn["says"]))
        elif "device" in turn:
            self.happens(Heard.COMMAND_OK if turn["device"] == "done" else Heard.COMMAND_FAILED)
        elif "telemetry" in turn:
            self.shows(str(turn["telemetry"]))
        elif "proof" in turn:
            self.happens(Heard.PROOF_GIVEN)
        wanted = turn.get("at", self.talk.step)
        return (
            ""
            if self.talk.step == wanted
            else f"it stands at {self.talk.step or 'the opening'}, not at {wanted}"
        )

    def shows(self, what: str) -> None:
        """Telemetry shows that the fault is over, that it is not yet, or what the step watches."""
        self.known = replace(self.known, fault_open=what != "over")
        kind = {"over": Heard.RECOVERED, "shown": Heard.SHOWN}.get(what, Heard.CHECK_OVER)
        self.happens(kind, text=self.talk.step)

    def says(self, word: str) -> None:
        """Say a choice by its own words in this language, the number of a time, or a plain yes or no."""
        if word in TIMES and self.talk.booking:
            self.happens(Heard.TEXT, word, Meaning(Intent.CHOICE, TIMES.index(word) + 1))
            return
        key = {"yes": YES, "no": NO, "go": self.play.go}.get(word)
        key = key or next((each for each in self.talk.options if each.rsplit("/", 1)[-1] == word), "")
        if not key:
            raise BadInput(
                word, f"there is no choice {word!r} at step {self.talk.step}", "Write one that is there"
            )
        text = self.words.text(Phrase(key, {"device": DEVICE}), self.language)
        meaning = self.ears.understand(text, self.language, self.talk.expecting, self.talk.options)
        self.happens(Heard.TEXT, text, meaning)

    def happens(self, kind: Heard, text: str = "", meaning: Meaning | None = None) -> None:
        """Tell the core."""
        self.count += 1
        heard = meaning or Meaning(Intent.UNKNOWN)
        turn = Turn(kind, Channel.SMS, f"turn-{self.count}", text, heard, self.language)
        self.talk, _, _ = core.tell(self.talk, turn, self.play, self.known, NOON)


def complaints(story: Story, play: Play, words: Phrasebook, ears: Ears) -> Iterator[str]:
    """What goes wrong in `story`, in any language that the house speaks."""
    for language in words.languages():
        walk = Walk(play, words, ears, language)
        for number, turn in enumerate(story.turns, 1):
            wrong = walk.take(turn)
            if wrong:
                yield f"{story.place}: {story.play}: {story.name}: turn {number} in {language}: {wrong}"
                break
