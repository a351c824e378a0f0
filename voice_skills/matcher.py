"""Understanding: what a person's words mean. STOP first, in every language at once; then what exactly was asked; then patterns.

A typing error leads to "did you mean …?" (`sure=False`), never to an action, and never to STOP or to a yes. A negation never
means yes. It is told words and answers a Meaning; it remembers nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process

from hub.domain.consent_words import LONGEST as LONGEST
from hub.domain.consent_words import Word, folded, keyword
from hub.domain.contact import Phrase
from hub.domain.conversation import Expecting, Intent, Meaning
from hub.ports import BadInput
from voice_skills.words import Phrasebook

CLOSE = 85.0
CLEAR = 5.0
SHORTEST = 5
"""A typing error is guessed at from this length, score and distance to the next intent (voice-platforms, section 14)."""

MOST_LABELS = 5_000
NEVER_GUESSED = (Intent.STOP, Intent.START, Intent.YES, Intent.NO, Intent.DONE, Intent.LINK)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_DIGIT = re.compile(r"#?([0-9])")


plain = folded


@dataclass(frozen=True, slots=True)
class Tongue:
    """What one language listens for, folded and compiled."""

    fillers: re.Pattern[str]
    negations: re.Pattern[str]
    numbers: Mapping[str, int]
    number_words: frozenset[str]
    words: Mapping[str, Intent]
    like: Sequence[tuple[Intent, re.Pattern[str]]]

    def bare(self, text: str) -> str:
        """`text` without words that say nothing; unless nothing would be left."""
        return " ".join(self.fillers.sub(" ", text).split()) or text

    def denies(self, text: str) -> bool:
        """Whether a negation is in it."""
        return self.negations.search(text) is not None


def tongue(patterns: Mapping[str, Any]) -> Tongue:
    """Compile the `patterns` of one phrases file."""
    intents: Mapping[str, Any] = patterns.get("intents", {})
    words: dict[str, Intent] = {}
    like: list[tuple[Intent, re.Pattern[str]]] = []
    for name, listen in intents.items():
        intent = Intent(name)
        words |= {plain(str(word)): intent for word in listen.get("words", ())}
        like += [
            (intent, re.compile(each.casefold().translate(_UMLAUTS))) for each in listen.get("like") or ()
        ]
    return Tongue(
        _any(patterns.get("fillers", ())),
        _any(patterns.get("negations", ())),
        {plain(word): number for word, number in patterns.get("numbers", {}).items()},
        frozenset(plain(str(word)) for word in patterns.get("number_words", ())),
        words,
        like,
    )


def _any(words: Iterable[object]) -> re.Pattern[str]:
    found = sorted((re.escape(plain(str(word))) for word in words), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(found)})\b" if found else r"(?!)")


class Matcher:
    """`Ears` over the patterns of a phrasebook."""

    def __init__(self, words: Phrasebook) -> None:
        self._words = words
        self._tongues = {language: tongue(patterns) for language, patterns in words.patterns.items()}
        self._labelled: dict[tuple[str, str], frozenset[str]] = {}

    def understand(self, text: str, language: str, expecting: Expecting, options: Sequence[str]) -> Meaning:
        """What `text` means while `expecting` one of `options` (phrase keys, or names of devices)."""
        said = plain(text)
        if not said:
            return Meaning(Intent.UNKNOWN)
        here = self._tongue(language)
        if self._stop(said):
            return Meaning(Intent.STOP)
        bare = here.bare(said)
        labels = self._labels(language, options)
        known = (
            self._exact(bare, said, here, labels)
            or self._number(bare, here, expecting, len(options))
            or self._negated(bare, said, here, expecting)
            or self._pattern(bare, said, here)
            or self._elsewhere(bare, said, language)
        )
        return known or self._guess(bare, here, labels) or Meaning(Intent.UNKNOWN)

    def _tongue(self, language: str) -> Tongue:
        short = re.split("[-_]", language)[0].lower()
        return self._tongues.get(language) or self._tongues.get(short) or self._tongues["en"]

    def _stop(self, said: str) -> bool:
        """STOP in any language: a word of its own, or a sentence that says so; "don't stop" is none."""
        if keyword(said) is Word.STOP:
            return True
        for each in self._tongues.values():
            bare = each.bare(said)
            if keyword(bare) is Word.STOP:
                return True
            if Intent.STOP in (each.words.get(bare), each.words.get(said)):
                return True
            if any(i is Intent.STOP and (p.fullmatch(bare) or p.fullmatch(said)) for i, p in each.like):
                return True
        return False

    def _labels(self, language: str, options: Sequence[str]) -> list[frozenset[str]]:
        """The folded words of each option, written and spoken."""
        return [self._forms(language, option) for option in options]

    def _forms(self, language: str, option: str) -> frozenset[str]:
        known = self._labelled.get((language, option))
        if known is not None:
            return known
        phrase, forms = Phrase(option, {"device": "it"}), [option]
        with suppress(BadInput):  # a name of a device is no phrase: it is itself
            forms = [self._words.text(phrase, language), self._words.spoken(phrase, language)]
        here = self._tongue(language)
        found = frozenset(here.bare(plain(form)) for form in forms)
        if len(self._labelled) < MOST_LABELS:
            self._labelled[language, option] = found
        return found

    @staticmethod
    def _exact(bare: str, said: str, here: Tongue, labels: Sequence[frozenset[str]]) -> Meaning | None:
        """START, HELP and a person come first, then the words of an option."""
        intent = here.words.get(said) or here.words.get(bare)
        if intent in (Intent.START, Intent.HELP, Intent.PERSON):
            return Meaning(intent)
        for number, forms in enumerate(labels, start=1):
            if bare in forms or said in forms:
                return Meaning(Intent.CHOICE, choice=number)
        return None

    @staticmethod
    def _number(bare: str, here: Tongue, expecting: Expecting, count: int) -> Meaning | None:
        """ "1", "#1", "one", "number one", "the first"; with more words after it, only "did you mean"."""
        if expecting is Expecting.NOTHING and not _DIGIT.fullmatch(bare):
            return None
        words = [word for word in bare.split() if word not in here.number_words]
        if not words:
            return None
        digit = _DIGIT.fullmatch(words[0])
        number = int(digit[1]) if digit else here.numbers.get(words[0], -1)
        if number < 0 or (len(words) > 1 and (not digit or number > count)):
            return None
        if number == 0:
            return Meaning(Intent.PERSON, sure=len(words) == 1)
        return Meaning(Intent.CHOICE, choice=number, sure=len(words) == 1)

    @staticmethod
    def _negated(bare: str, said: str, here: Tongue, expecting: Expecting) -> Meaning | None:
        """A negation that is not itself a known saying: no to a yes-or-no question, and otherwise nothing we know."""
        if not here.denies(said) or bare in here.words or said in here.words:
            return None
        if any(pattern.fullmatch(bare) or pattern.fullmatch(said) for _, pattern in here.like):
            return None
        return Meaning(Intent.NO) if expecting is Expecting.YES_NO else Meaning(Intent.UNKNOWN)

    @staticmethod
    def _pattern(bare: str, said: str, here: Tongue) -> Meaning | None:
        intent = here.words.get(said) or here.words.get(bare)
        if intent is not None:
            return Meaning(intent)
        for intent, pattern in here.like:
            if pattern.fullmatch(bare) or pattern.fullmatch(said):
                return Meaning(intent)
        return None

    def _elsewhere(self, bare: str, said: str, language: str) -> Meaning | None:
        """A person, help or start in another language than the one we write in."""
        here = self._tongue(language)
        for each in self._tongues.values():
            intent = each.words.get(said) or each.words.get(bare)
            if each is not here and intent in (Intent.PERSON, Intent.HELP, Intent.START):
                return Meaning(intent)
        word = keyword(said)
        return Meaning(Intent(word.value)) if word is not None else None

    @staticmethod
    def _guess(bare: str, here: Tongue, labels: Sequence[frozenset[str]]) -> Meaning | None:
        """The nearest option or saying, when it is near enough and no other is; always to be read back."""
        if len(bare) < SHORTEST:
            return None
        meant: dict[str, Meaning] = {
            word: Meaning(intent, sure=False)
            for word, intent in here.words.items()
            if intent not in NEVER_GUESSED
        }
        for number, forms in enumerate(labels, start=1):
            meant |= {form: Meaning(Intent.CHOICE, choice=number, sure=False) for form in forms}
        near = process.extract(bare, list(meant), scorer=fuzz.ratio, score_cutoff=CLOSE - CLEAR, limit=12)
        if not near or near[0][1] < CLOSE:
            return None
        best = meant[near[0][0]]
        rival = any(meant[form] != best and score > near[0][1] - CLEAR for form, score, _ in near)
        return None if rival or here.denies(bare) != here.denies(near[0][0]) else best
