"""Choices: which option of an open question words choose, by its number, its words, or some of its words and no others.

It knows only the question; what people may say at any time is a matter of the tongues.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from hub.domain.contact import Phrase
from hub.domain.conversation import Expecting, Intent, Meaning
from hub.ports import BadInput
from voice_skills.matcher_text import is_han
from voice_skills.matcher_tongue import Tongue
from voice_skills.numbers import spelled
from voice_skills.words import Phrasebook

MOST_BESIDE = 5
"""Weighty words that may stand beside those of an option."""
DIGIT = re.compile(r"#?([0-9])")


@dataclass(frozen=True, slots=True)
class Labels:
    """The folded forms of each option, as a set and in their order, the words of each form that tell something,
    the small word that closes all of them where that matters ("die Tür ist zu"), and whether options are times."""

    forms: Sequence[frozenset[str]]
    ordered: Sequence[Sequence[str]]
    words: Sequence[Sequence[frozenset[str]]]
    closing: Sequence[frozenset[str]]
    times: bool = False

    def exact(self, *said: str) -> Meaning | None:
        """The option that is called so."""
        for number, forms in enumerate(self.forms, start=1):
            if not forms.isdisjoint(said):
                return Meaning(Intent.CHOICE, choice=number)
        return None

    def in_part(self, said: str, here: Tongue) -> Meaning | None:
        """The one option that holds every weighty word that was said, or all of whose weighty words were said, and that denies
        as the words do; sure unless they hedge or ask."""
        weighty = weight(said, here)
        if not weighty:
            return None
        for fits in (self._holding(weighty), self._held(weighty, said)):
            found = [
                number for number in fits if any(_agree(said, form, here) for form in self.forms[number - 1])
            ]
            if len(found) == 1:
                return Meaning(Intent.CHOICE, choice=found[0], sure=not here.doubts(said))
            if found:
                return None
        return None

    def _holding(self, weighty: frozenset[str]) -> list[int]:
        return [
            n for n, listed in enumerate(self.words, start=1) if any(weighty <= words for words in listed)
        ]

    def _held(self, weighty: frozenset[str], said: str) -> list[int]:
        return [
            n
            for n, listed in enumerate(self.words, start=1)
            if self.closing[n - 1] <= set(said.split())
            and any(words and words <= weighty and len(weighty - words) <= MOST_BESIDE for words in listed)
        ]


def _agree(said: str, form: str, here: Tongue) -> bool:
    return here.denies(said) == here.denies(form)


def weight(said: str, here: Tongue) -> frozenset[str]:
    """The words (or Chinese signs) of `said` that tell something; whether they are denied is compared apart."""
    parts = list(said.replace(" ", "")) if is_han(said) else said.split()
    return frozenset(part for part in parts if part not in here.small and not here.denies(part))


def labels(book: Phrasebook, here: Tongue, language: str, options: Sequence[str]) -> Labels:
    """The labels of `options`: keys of phrases, or names of devices, which are themselves."""
    forms = [_forms(book, here, language, option) for option in options]
    ordered = [sorted(each) for each in forms]
    words = [[weight(form, here) for form in each] for each in ordered]
    particles = here.corrections.particles
    closing = [frozenset.intersection(*(particles & {form.split()[-1]} for form in each)) for each in ordered]
    times = any(here.times.find(form)[0] is not None for each in ordered for form in each)
    return Labels(forms, ordered, words, closing, times)


def _forms(book: Phrasebook, here: Tongue, language: str, option: str) -> frozenset[str]:
    phrase, written = Phrase(option, {"device": "it"}), [option]
    with suppress(BadInput):  # a name of a device is no phrase: it is itself
        written = [book.text(phrase, language), book.spoken(phrase, language)]
    folded = [here.fold(form) for form in written]
    return frozenset(folded) | frozenset(here.bare(form) for form in folded)


def number(said: str, here: Tongue, expecting: Expecting, count: int) -> Meaning | None:
    """ "1", "#1", "one", "number one", "the first", "the last one"; with more words after it, only "did you mean"."""
    if expecting is Expecting.NOTHING and not DIGIT.fullmatch(said):
        return None
    if count > 1 and said in here.last_words:
        return Meaning(Intent.CHOICE, choice=count)
    if count == 3 and said in here.middle_words:
        return Meaning(Intent.CHOICE, choice=2)
    whole = here.numbers.get(said)
    if whole is not None:
        return _chosen(whole, sure=True)
    if is_han(said):
        return None
    words = said.split()
    kept = [word for word in words if word not in here.number_words]
    if len(kept) == 2 and here.numbers.get(kept[1]) == 1 and kept[0] not in spelled(here.language):
        kept = kept[:1]  # "the second one"
    if not kept or (len(kept) > 1 and not DIGIT.fullmatch(kept[0])):
        return None
    digit = DIGIT.fullmatch(kept[0])
    found = int(digit[1]) if digit else here.numbers.get(kept[0], -1)
    if found < 0 or (len(kept) > 1 and found > count):
        return None
    return _chosen(found, sure=len(kept) == 1 and not here.doubts(said))


def _chosen(found: int, sure: bool) -> Meaning:
    return (
        Meaning(Intent.PERSON, sure=sure) if found == 0 else Meaning(Intent.CHOICE, choice=found, sure=sure)
    )
