"""Sentences: templates of whole sentences per language, recognised by hassil. One that has a word more is none of them.

It does no guessing. Every template is tried with a sample of itself when it is loaded; ranges of numbers are not allowed in
them (a wide one stops the process for a minute: numbers are read by regular expressions before).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from hassil import Intents, recognize_all
from hassil.errors import HassilError
from hassil.expression import Sentence
from hassil.sample import sample_sentence

from hub.domain.conversation import Intent
from hub.ports import BadInput
from voice_skills.matcher_text import plain
from voice_skills.words import read

SENTENCES = Path(__file__).parent / "sentences"
LONGEST_SENTENCE = 120
"""Characters of one sentence that are compared with templates."""
ACTS = (Intent.YES, Intent.DONE, Intent.RESTART, Intent.START, Intent.CHOICE)
"""What may change something: a template of these holds no negation."""
_WORD = re.compile(r"[^\W_]+")
_SIGN = re.compile(r"[a-z0-9]+|\S")
_SYNTAX = re.compile(r"(<[a-z_]+>|\{[a-z_]+\}|[()\[\]|])")


@dataclass(frozen=True, slots=True)
class Sentences:
    """The templates of one language."""

    language: str
    intents: Intents
    stop: Intents
    vocabulary: frozenset[str]

    def ready(self) -> None:
        """Have every template read: hassil reads them with the first sentence that may be one."""
        word = min(self.vocabulary, default="")
        self.stops(word)
        self.meant(word)

    def stops(self, said: str) -> bool:
        """Whether it is a sentence that ends contact."""
        return self._may(said) and any(True for _ in recognize_all(said, self.stop))

    def _may(self, said: str) -> bool:
        """Whether every word (in Chinese: every sign) is one of ours, without which no template can be it."""
        parts = _SIGN.findall(said) if self.language == "zh" else said.split()
        return 0 < len(said) <= LONGEST_SENTENCE and self.vocabulary.issuperset(parts)

    def meant(self, said: str) -> tuple[Intent, str] | None:
        """The intent of `said` (folded) and the device that it names; None when it is no sentence of ours, or when it is a
        sentence of two intents."""
        if not self._may(said):
            return None
        found: tuple[Intent, str] | None = None
        for result in recognize_all(said, self.intents):
            device = result.entities.get("device")
            here = (Intent(result.intent.name), str(device.value).strip() if device else "")
            if found is not None and found[0] is not here[0]:
                return None
            found = found or here
        return found


def sentences(text: str, name: str) -> Sentences:
    """One sentences file, proved: every template recognises a sample of itself. Raises BadInput for one that does not, or for
    a range of numbers."""
    found = parsed(text, name)
    _recognise_themselves(found, name)
    return found


def parsed(text: str, name: str) -> Sentences:
    """One sentences file, taken as it stands. Raises BadInput for what cannot be one."""
    data = read(text, name).data
    if not isinstance(data, dict) or not isinstance(data.get("intents"), dict):
        raise BadInput(name, "a sentences file has `language` and `intents`")
    language = str(data.get("language", ""))
    listed: Mapping[str, Any] = data.get("lists") or {}
    if any(not isinstance(values, list) for values in listed.values()):
        raise BadInput(name, "a list is a list of words", "Numbers and ranges are read before the sentences.")
    table: dict[str, Any] = {
        "language": language,
        "settings": {"ignore_whitespace": language == "zh"},
        "intents": {
            Intent(intent).value: {"data": [{"sentences": [template(each, language) for each in templates]}]}
            for intent, templates in data["intents"].items()
        },
        "lists": {
            key: {"values": [{"in": template(str(each), language), "out": str(each)} for each in values]}
            for key, values in listed.items()
        },
        "expansion_rules": {
            key: template(value, language) for key, value in (data.get("rules") or {}).items()
        },
    }
    stops: Mapping[str, Any] = {key: each for key, each in table["intents"].items() if key == Intent.STOP}
    written = " ".join(str(each) for templates in table["intents"].values() for each in _written(templates))
    return Sentences(
        language,
        Intents.from_dict(table),
        Intents.from_dict({**table, "intents": stops}),
        _words_of(" ".join((written, str(table["expansion_rules"]), str(table["lists"]))), language),
    )


def _words_of(text: str, language: str) -> frozenset[str]:
    return frozenset((_SIGN if language == "zh" else _WORD).findall(text))


def _written(templates: Mapping[str, Any]) -> list[str]:
    return [sentence for each in templates["data"] for sentence in each["sentences"]]


def template(written: str, language: str) -> str:
    """A template with its words folded as what is said is, and its syntax as it was; Chinese stands without spaces."""
    found = "".join(
        part if _SYNTAX.fullmatch(part) else _folded(part) for part in _SYNTAX.split(written) if part
    )
    return found.replace(" ", "") if language == "zh" else found


def _folded(words: str) -> str:
    """Folded, with the spaces at its edges kept: they part words."""
    if not words.strip():
        return words
    wide = unicodedata.normalize("NFKC", words)
    return f"{' ' if wide[0].isspace() else ''}{plain(words)}{' ' if wide[-1].isspace() else ''}"


def _recognise_themselves(found: Sentences, name: str) -> None:
    wrong = [
        problem
        for intent in found.intents.intents.values()
        for each in intent.data
        for sentence in each.sentences
        if (problem := _problem(found, intent.name, sentence))
    ]
    if wrong:
        raise BadInput(
            name, "; ".join(wrong), "A template is recognised by a sample of itself, as its own intent."
        )


def _problem(found: Sentences, intent: str, sentence: Sentence) -> str:
    """What is wrong with a template: nothing, where a sample of it means its intent."""
    try:
        samples = sample_sentence(sentence, found.intents.slot_lists, found.intents.expansion_rules)
        sample = plain(next(iter(samples), ""))
        known = found.meant(sample)
    except HassilError as wrong:
        return f"{intent}: {sentence.text!r}: {wrong!r}"
    if known is not None and known[0].value == intent:
        return ""
    return f"{intent}: {sample!r} of {sentence.text!r} is heard as {known[0].value if known else 'nothing, or two things'}"


@cache
def house_sentences() -> Mapping[str, Sentences]:
    """The sentences that come with the house, per language. A test proves them: doing so takes seconds, and a hub that starts
    has none to give away."""
    found = {}
    for each in sorted(SENTENCES.glob("*.yaml")):
        known = parsed(each.read_text(encoding="utf-8"), f"sentences/{each.name}")
        found[known.language] = known
    return found
