"""The voice of a Wyoming `handle` service: frames to words heard, replies to `handled` and `not-handled`. Pure: no network.

One transcript is one turn. What a frame may weigh is decided here; who waits for it, and for how long, elsewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from wyoming.handle import Handled, NotHandled
from wyoming.info import Attribution, HandleModel, HandleProgram, Info

from hub.domain.contact import Phrase
from hub.domain.conversation import Heard, Reply, Turn
from hub.domain.customer import Channel
from hub.domain.wording import as_speech
from hub.ports import BadInput, Words
from hub.ports.speakers import Head, Utterance

LIMIT = 64 * 1024  # bytes of a whole frame; voice-platforms, section 12
HEARD = 1_000  # characters of words that are kept
NAME = 200  # characters of a name that somebody else gives


def head(line: bytes) -> Head:
    """Read the first line of a frame. Raises BadInput on what is none, or would be longer than anything that speaks to us."""
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        raise BadInput("frame", "it is no JSON") from None
    kind = said.get("type") if isinstance(said, dict) else None
    if not isinstance(kind, str):
        raise BadInput("frame", "it has no type")
    sizes = [_size(said.get(name)) for name in ("data_length", "payload_length")]
    if sum(sizes) + len(line) > LIMIT:
        raise BadInput("frame", "it is too long")
    data = said.get("data")
    return Head(kind, data if isinstance(data, dict) else {}, *sizes)


def merged(first: Head, more: bytes) -> Mapping[str, Any]:
    """The data of a frame: that of its first line, and the JSON that followed it. Raises BadInput."""
    try:
        found = json.loads(more) if more else {}
    except (ValueError, RecursionError):
        raise BadInput("frame", "its data is no JSON") from None
    if not isinstance(found, dict):
        raise BadInput("frame", "its data is no table")
    return {**first.data, **found}


def _size(value: object) -> int:
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadInput("frame", "a length is no number")
    return value


class WyomingVoice:
    """Translates for one hub. `common` are the variables that every phrase may use (brand, phone)."""

    def __init__(self, words: Words, common: Mapping[str, str]) -> None:
        self._words, self._common = words, dict(common)

    def head(self, line: bytes) -> Head:
        """See `head`."""
        return head(line)

    def merged(self, first: Head, more: bytes) -> Mapping[str, Any]:
        """See `merged`."""
        return merged(first, more)

    def info(self) -> tuple[str, dict[str, Any]]:
        """Who we are: one `handle` program, installed, in all languages that we speak."""
        by = Attribution(name="Beforehand", url="https://example.com/beforehand")
        languages = list(self._words.languages())
        brand = self._common.get("brand", "")
        about = f"Help with devices of {brand}"
        model = HandleModel(
            "support", by, installed=True, description=about, version="1", languages=languages
        )
        program = HandleProgram("support-hub", by, True, about, "1", models=[model])
        event = Info(handle=[program]).event()
        return event.type, event.data

    def read(self, data: Mapping[str, Any]) -> Utterance:
        """What a `transcript` says. Raises BadInput when it has no words."""
        text, context = data.get("text"), data.get("context")
        if not isinstance(text, str):
            raise BadInput("transcript", "it has no text")
        known = context if isinstance(context, dict) else {}
        speaker = _name(known.get("satellite_id")) or _name(known.get("device_id"))
        words = "".join(letter if letter.isprintable() else " " for letter in text)[:HEARD].strip()
        return Utterance(
            words, speaker, self._language(data.get("language")), _name(known.get("conversation_id"))
        )

    def heard(self, said: Utterance, key: str) -> Turn:
        """The turn in it: words, or silence where there are none."""
        kind = Heard.TEXT if said.text else Heard.SILENCE
        return Turn(kind, Channel.VOICE, key, said.text, language=said.language, private=False)

    def handled(self, reply: Reply, said: Utterance) -> tuple[str, dict[str, Any]]:
        """The answer. Raises BadInput when a phrase cannot be said."""
        language = reply.language or said.language
        text = " ".join(self._say(each, language) for each in as_speech(reply)).strip()
        event = Handled(text, _context(said)).event()
        return event.type, event.data

    def not_handled(self, key: str, said: Utterance) -> tuple[str, dict[str, Any]]:
        """That nothing was done, in the words of the phrase `key`. Raises BadInput when it cannot be said."""
        event = NotHandled(self._say(Phrase(key), said.language), _context(said)).event()
        return event.type, event.data

    def _language(self, named: object) -> str:
        short = re.split("[-_]", named)[0].lower() if isinstance(named, str) else ""
        return short if short in self._words.languages() else "en"

    def _say(self, phrase: Phrase, language: str) -> str:
        return self._words.spoken(Phrase(phrase.key, {**self._common, **phrase.variables}), language)


def _context(said: Utterance) -> dict[str, Any] | None:
    return {"conversation_id": said.talk} if said.talk else None


def _name(value: object) -> str:
    return value[:NAME] if isinstance(value, str) and value.isprintable() else ""
