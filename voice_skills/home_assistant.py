"""The voice of Home Assistant's satellites: a Reply to the data of `ask_question`, its answer to a Turn. Pure: no network.

Rules of this file. 1. What may be answered is given as hassil sentences: the open question's own answers, and the words that
work everywhere. 2. An answer that Home Assistant did not recognise is understood by our own ears, from its words. 3. A
sentence belongs to one answer only, and stop, help and a person come before everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from hub.domain.contact import Phrase
from hub.domain.conversation import Expecting, Heard, Intent, Meaning, Reply, Turn
from hub.domain.customer import Channel
from hub.domain.wording import as_speech
from hub.ports import BadInput, Words

FIRST = (Intent.STOP, Intent.HELP, Intent.PERSON)
TO_EARS = (
    Intent.START, Intent.LINK, Intent.LANGUAGE, Intent.CHOICE, Intent.DANGER, Intent.QUESTION, Intent.UNKNOWN,
)  # fmt: skip
"""What no list of words can tell: our own ears hear it from what was said."""
EVERYWHERE = tuple(each for each in Intent if each not in (*FIRST, *TO_EARS))
CHOICE = "choice"
LONGEST = 2_000  # characters of one question: nobody listens for longer
HEARD = 1_000  # characters of an answer that are kept
MOST = 12  # sentences of one answer: a small Home Assistant compiles them for every question, and our ears know the rest
_NOT_SAID = re.compile(r"[^\w' ]|_")


class HomeAssistantVoice:
    """Translates for one hub. `listens` are the patterns of a phrasebook by language, `common` the variables that every
    phrase may use (brand, phone)."""

    def __init__(
        self, words: Words, listens: Mapping[str, Mapping[str, Any]], common: Mapping[str, str]
    ) -> None:
        self._words, self._listens, self._common = words, listens, dict(common)

    def spoken(self, reply: Reply, language: str) -> str:
        """What a reply says: its words, then its choices. Raises BadInput."""
        return " ".join(self._say(each, language) for each in as_speech(reply)).strip()

    def news(self, language: str) -> str:
        """That there is news, for a satellite that cannot listen. No question. Raises BadInput."""
        return self._say(Phrase("speaker.news"), language)

    def ask(
        self, satellite: str, question: str, wants: tuple[Expecting, Sequence[Phrase]], language: str
    ) -> dict[str, Any]:
        """The data of `ask_question`: `question` as text, and what may be answered: what is expected, and the options."""
        answers = self._answers(*wants, language)
        return {
            "entity_id": satellite,
            "question": printable(question),
            "preannounce": True,
            "answers": [{"id": name, "sentences": list(said)} for name, said in answers],
        }

    def announce(self, satellite: str, text: str) -> dict[str, Any]:
        """The data of `announce`."""
        return {"entity_id": satellite, "message": printable(text), "preannounce": True}

    def heard(self, answer: Mapping[str, Any] | None, key: str, language: str) -> Turn:
        """The turn in an answer; None is silence. With slots, the words count, which our ears know better."""
        said = answer.get("sentence") if answer is not None else None
        text = printable(said)[:HEARD] if isinstance(said, str) else ""
        meaning = Meaning(Intent.UNKNOWN)
        if answer is not None and not (answer.get("slots") and text):
            meaning = meaning_of(str(answer.get("id") or ""))
        if not text and meaning.intent is Intent.UNKNOWN:
            return Turn(Heard.SILENCE, Channel.VOICE, key, language=language, private=False)
        return Turn(Heard.TEXT, Channel.VOICE, key, text, meaning, language, private=False)

    def _answers(
        self, expecting: Expecting, options: Sequence[Phrase], language: str
    ) -> Iterator[tuple[str, Sequence[str]]]:
        """Answer by answer, its sentences; one that an earlier answer has is not given twice."""
        taken: set[str] = set()
        for intent in FIRST:
            yield from _given(intent.value, self._listed(intent, language), taken)
        if expecting is not Expecting.YES_NO:
            for number, option in enumerate(options, start=1):
                yield from _given(f"{CHOICE}-{number}", self._option(number, option, language), taken)
        for intent in EVERYWHERE:
            yield from _given(intent.value, self._listed(intent, language), taken)

    def _option(self, number: int, option: Phrase, language: str) -> Iterator[str]:
        """How an option is chosen: by its own words, or by its number."""
        full = Phrase(option.key, {**self._common, **option.variables})
        try:
            yield from (self._words.spoken(full, language), self._words.text(full, language))
        except BadInput:
            yield option.key  # the name of a device, or a time, is no phrase: it is itself
        numbers: Mapping[str, int] = self._patterns(language).get("numbers", {})
        yield str(number)
        yield from (word for word, value in numbers.items() if value == number)

    def _listed(self, intent: Intent, language: str) -> Iterable[str]:
        listed = self._patterns(language).get("intents", {}).get(intent.value) or {}
        return [str(each) for each in listed.get("words", ())]

    def _patterns(self, language: str) -> Mapping[str, Any]:
        short = re.split("[-_]", language)[0].lower()
        return self._listens.get(language) or self._listens.get(short) or self._listens.get("en", {})

    def _say(self, phrase: Phrase, language: str) -> str:
        return self._words.spoken(Phrase(phrase.key, {**self._common, **phrase.variables}), language)


def meaning_of(name: str) -> Meaning:
    """What the id of an answer means; UNKNOWN where it is none of ours."""
    kind, _, number = name.partition("-")
    if kind == CHOICE and number.isdecimal() and len(number) <= 2:
        return Meaning(Intent.CHOICE, choice=int(number))
    known = name in {each.value for each in (*FIRST, *EVERYWHERE)}
    return Meaning(Intent(name)) if known else Meaning(Intent.UNKNOWN)


def sentence(text: str) -> str:
    """`text` as a hassil sentence without punctuation or signs of its grammar; empty when nothing is left."""
    return " ".join(_NOT_SAID.sub(" ", text).lower().split()).strip("' ")


def printable(text: str) -> str:
    """`text` without control characters, at a bearable length."""
    return "".join(letter for letter in text if letter.isprintable())[:LONGEST].strip()


def _given(name: str, listed: Iterable[str], taken: set[str]) -> Iterator[tuple[str, Sequence[str]]]:
    found = [said for said in dict.fromkeys(map(sentence, listed)) if said and said not in taken][:MOST]
    taken.update(found)
    if found:
        yield name, found
