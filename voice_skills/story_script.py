"""A story of a guided fix as the customer would read it, turn by turn, for who writes one. Nothing of it is sent."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from hub.domain.contact import MessageClass, Phrase
from hub.domain.conversation import Reply
from hub.domain.play import Play
from hub.domain.wording import as_message
from hub.ports import Ears
from voice_skills.play_lint import EXAMPLE
from voice_skills.play_stories import Walk
from voice_skills.stories_file import Story
from voice_skills.words import Phrasebook

WIDTH = 100
HAPPENS: Mapping[tuple[str, object], str] = {
    ("device", "done"): "it has done that",
    ("device", "failed"): "it could not do that",
    ("telemetry", "over"): "the fault is over",
    ("telemetry", "not_over"): "the time is over, the fault is not",
    ("telemetry", "shown"): "it shows what was watched for",
    ("proof", True): "the customer has proved who they are",
    ("visits", "none"): "no times can be offered here",
}


def script(story: Story, play: Play, words: Phrasebook, ears: Ears, language: str) -> Iterator[str]:
    """The lines of `story` in `language`, as texts to an example customer; the device is called after the pack."""
    walk = Walk(play, words, ears, language, play.pack)
    yield from _hub(walk.reply, MessageClass.FIRST, words, walk)
    for turn in story.turns:
        told = next(
            (HAPPENS[key, turn[key]] for key in ("device", "telemetry", "proof", "visits") if key in turn), ""
        )
        yield f"  ({told})" if told else f"  customer: {_answer(walk, turn, words)}"
        walk.take(turn)
        if "visits" not in turn:
            yield from _hub(walk.reply, MessageClass.TURN, words, walk)


def _answer(walk: Walk, turn: Mapping[str, Any], words: Phrasebook) -> str:
    """The customer's words; what nobody can say here stands as it is written."""
    key = walk.answers().get(str(turn["says"]), "")
    return words.text(Phrase(key, {"device": walk.play.pack}), walk.language) if key else str(turn["says"])


def _hub(reply: Reply, kind: MessageClass, words: Phrasebook, walk: Walk) -> Iterator[str]:
    known = EXAMPLE | {"device": walk.play.pack}
    text = " ".join(
        words.text(Phrase(each.key, known | each.variables), walk.language)
        for each in as_message(reply, kind)
    )
    if text:
        yield textwrap.fill(text, WIDTH, initial_indent="  hub:      ", subsequent_indent=" " * 12)
