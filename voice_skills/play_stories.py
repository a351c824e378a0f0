"""The stories that guided fixes carry in data: what is said or shown, and the step that must follow, in every language.

`plays_tests.yaml` beside the plays: by play, a list of stories with a `name` and `turns`. A turn `says` the id of a choice (or
yes, no, go; while times are offered first_time, second_time, other_time), or tells what the `device` answered (done, failed),
what `telemetry` shows (over, not_over, or shown: the metric that the step watches), that the `proof` came, or that no `visits`
are offered here; `at` is the step that follows. Nothing here is sent or kept: it walks the pure core. Reading the file is
the business of `stories_file.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from device_rules.yaml_file import nearest
from hub.domain import talk as core
from hub.domain.contact import Phrase
from hub.domain.conversation import Conversation, Heard, Intent, Knowledge, Meaning, Turn
from hub.domain.customer import Channel
from hub.domain.ids import CaseId, CustomerId, Moment
from hub.domain.play import Play
from hub.domain.policy import CALENDARS
from hub.domain.slots import free
from hub.domain.wording import NO, YES
from hub.ports import Ears
from voice_skills.stories_file import Story
from voice_skills.words import Phrasebook

TIMES = ("first_time", "second_time", "other_time")
NOON = Moment(1_795_262_400_000_000)
"""Noon on a Saturday in November; no story depends on the day."""
DEVICE = "Kati 7"
"""A name that is a word in no language we speak."""
OPENING = "the opening"


@dataclass(frozen=True, slots=True)
class Astray:
    """A story that leads elsewhere: at which turn (`place` is its file and line), in which languages, what was expected and got."""

    place: str
    story: str
    languages: tuple[str, ...]
    expected: str
    got: str

    def __str__(self) -> str:
        spoken = ", ".join(self.languages)
        return f"FAILED: {self.place}: {self.story} ({spoken})\n  expected: {self.expected}\n  got:      {self.got}"


class _NoSuchAnswer(Exception):
    """The story says what nobody can say here."""


class Walk:
    """One story being walked in one language."""

    def __init__(
        self, play: Play, words: Phrasebook, ears: Ears, language: str, device: str = DEVICE
    ) -> None:
        self.play, self.words, self.ears, self.language = play, words, ears, language
        slots = {kind: free(calendar, {}, NOON) for kind, calendar in CALENDARS.items()}
        self.known = Knowledge(device="d-1", device_name=device, zone="Europe/Berlin", slots=slots)
        talk = Conversation(CaseId("case"), CustomerId("customer"), language=language)
        self.talk, self.reply, _ = core.begin(talk, play, self.known, NOON)
        self.count = 0

    def take(self, turn: Mapping[str, Any]) -> tuple[str, str]:
        """Do one turn; what was expected of it and what came, which are the same when nothing is wrong."""
        try:
            self._do(turn)
        except _NoSuchAnswer as wrong:
            return f"an answer `{turn['says']}`", str(wrong)
        stands = self.talk.step or OPENING
        return _at(str(turn.get("at", stands))), _at(stands)

    def _do(self, turn: Mapping[str, Any]) -> None:
        if "visits" in turn:
            self.known = replace(self.known, slots={})
        elif "says" in turn:
            self.says(turn["says"])
        elif "device" in turn:
            self.happens(Heard.COMMAND_OK if turn["device"] == "done" else Heard.COMMAND_FAILED)
        elif "telemetry" in turn:
            self.shows(turn["telemetry"])
        elif "proof" in turn:
            self.happens(Heard.PROOF_GIVEN)

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
        answers = self.answers()
        key = answers.get(word, "")
        if not key:
            where = _at(self.talk.step or OPENING)
            raise _NoSuchAnswer(f"{where} nobody can say that.{nearest(word, answers)}")
        text = self.words.text(Phrase(key, {"device": self.known.device_name}), self.language)
        meaning = self.ears.understand(text, self.language, self.talk.expecting, self.talk.options)
        self.happens(Heard.TEXT, text, meaning)

    def answers(self) -> Mapping[str, str]:
        """What can be said now, by its id: the keys of the words."""
        offered = {each.rsplit("/", 1)[-1]: each for each in self.talk.options}
        return offered | {"yes": YES, "no": NO, "go": self.play.go}

    def happens(self, kind: Heard, text: str = "", meaning: Meaning | None = None) -> None:
        """Tell the core."""
        self.count += 1
        heard = meaning or Meaning(Intent.UNKNOWN)
        turn = Turn(kind, Channel.SMS, f"turn-{self.count}", text, heard, self.language)
        self.talk, self.reply, _ = core.tell(self.talk, turn, self.play, self.known, NOON)


def _at(step: str) -> str:
    return f"at {step}"


def astray(story: Story, play: Play, words: Phrasebook, ears: Ears) -> Iterator[Astray]:
    """Where `story` leads elsewhere, in any language that the house speaks: its first wrong turn; languages that agree together."""
    found: dict[tuple[int, str, str], list[str]] = {}
    for language in words.languages():
        walk = Walk(play, words, ears, language)
        for number, turn in enumerate(story.turns):
            expected, got = walk.take(turn)
            if expected != got:
                found.setdefault((number, expected, got), []).append(language)
                break
    for (number, expected, got), languages in found.items():
        yield Astray(story.places[number], f"{story.play}: {story.name}", tuple(languages), expected, got)
