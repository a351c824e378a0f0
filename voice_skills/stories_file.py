"""Stories of guided fixes from their file: `plays_tests.yaml` beside a plays.yaml.

Every error names file and line. It reads text; walking the stories is the business of `play_stories.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from device_rules.yaml_file import Document, nearest
from device_rules.yaml_file import Path as Place
from hub.domain.play import Play
from hub.ports import BadInput
from voice_skills.words import read

FILE = "plays_tests.yaml"
TURNS: Mapping[str, tuple[str | bool, ...]] = {
    "says": (),
    "device": ("done", "failed"),
    "telemetry": ("over", "not_over", "shown"),
    "proof": (True,),
    "visits": ("none",),
}
"""What a turn may tell, and in which words (none: the id of a choice)."""


@dataclass(frozen=True, slots=True)
class Story:
    """One way through a play. `places` are file and line of each turn, for whoever has to mend it."""

    play: str
    name: str
    turns: tuple[Mapping[str, Any], ...]
    places: tuple[str, ...]


def load_stories(pack: Path, plays: Sequence[Play], name: str = "") -> list[Story]:
    """The stories about `plays` in the folder `pack`; none where it has no such file. Raises BadInput naming file (`name`) and line."""
    path = pack / FILE
    if not path.is_file():
        return []
    page = _Page(read(path.read_text(encoding="utf-8"), name or f"{pack.name}/{FILE}"))
    if not isinstance(page.document.data, dict):
        raise page.wrong((), "stories are written by play", "Write `play-id:` and a list of stories")
    known = {play.id: play for play in plays}
    found = []
    for play_id, stories in page.document.data.items():
        if play_id not in known:
            raise page.wrong((play_id,), f"there is no guided fix `{play_id}`.{nearest(play_id, known)}")
        if not isinstance(stories, list):
            raise page.wrong((play_id,), "stories of a play are a list", "Write `- name:` and `turns:`")
        found += [page.story(known[play_id], each, (play_id, nth)) for nth, each in enumerate(stories)]
    return found


@dataclass(frozen=True, slots=True)
class _Page:
    document: Document

    def place(self, path: Place) -> str:
        return f"{self.document.name}:{self.document.line(path)}"

    def wrong(self, path: Place, cause: str, remedy: str = "") -> BadInput:
        return BadInput(self.place(path), cause, remedy)

    def story(self, play: Play, value: object, path: Place) -> Story:
        if not isinstance(value, dict) or set(value) != {"name", "turns"}:
            raise self.wrong(path, "a story has a `name` and `turns`", "Write both, and nothing else")
        turns = value["turns"]
        if not isinstance(turns, list) or not turns:
            raise self.wrong((*path, "turns"), "`turns` is a list", "Write such as `- {says: go, at: look}`")
        here = [(*path, "turns", number) for number in range(len(turns))]
        return Story(
            play.id,
            str(value["name"]),
            tuple(self.turn(play, turn, at) for turn, at in zip(turns, here, strict=True)),
            tuple(self.place(at) for at in here),
        )

    def turn(self, play: Play, value: object, path: Place) -> Mapping[str, Any]:
        told = [key for key in value if key != "at"] if isinstance(value, dict) else []
        if not isinstance(value, dict) or len(told) != 1:
            raise self.wrong(path, f"a turn tells one thing of: {', '.join(TURNS)}, and `at`")
        [key] = told
        if key not in TURNS:
            raise self.wrong(path, f"a turn tells nothing called `{key}`.{nearest(key, TURNS)}")
        allowed = TURNS[key]
        if value[key] not in allowed if allowed else not isinstance(value[key], str):
            words = ", ".join(str(each).lower() for each in allowed) or "the id of a choice, yes, no or go"
            raise self.wrong((*path, key), f"`{key}:` is one of: {words}")
        goal = value.get("at")
        if "at" in value and goal not in play.steps:
            raise self.wrong((*path, "at"), f"{play.id} has no step `{goal}`.{nearest(goal, play.steps)}")
        return value
