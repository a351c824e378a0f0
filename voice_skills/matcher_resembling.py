"""Resembling: which option of a question a sentence means that shares no word with it: "I've got my leg in plaster" and "I cannot
check" are both what somebody says who cannot.

It compares what the sentence and the options resemble (`resemblance`); of a language without examples it says nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache

from hub.domain.conversation import Intent, Meaning
from voice_skills.matcher_choice import Labels, weight
from voice_skills.matcher_spelling import Likeness
from voice_skills.matcher_text import is_han
from voice_skills.matcher_tongue import Tongue
from voice_skills.resemblance import resemblance

CANNOT, DONE = "cannot", "done"
ASK, ACT = 0.65, 0.75
"""How likely it must be that somebody says so, to ask about the option and to act on it."""
ALIKE, APART = 0.85, 0.55
"""How like the option must be, and how unlike every other."""
SOUNDS, UNLIKE = 0.35, 0.1
ENOUGH_WORDS, ENOUGH_SIGNS = 3, 5
"""Words (or Chinese signs) of weight that tell why somebody cannot."""


def resembling(said: str, here: Tongue, labels: Labels, named: frozenset[int]) -> Meaning | None:
    """The one option that says what `said` (folded) says: that somebody cannot, or has done it. `named` are the options of
    which a word was said: another one than those is never chosen. Surely only where a word of it is said too, or where enough
    is said to know why somebody cannot: there is much that one can have done."""
    mine = _likely(said, here.language)
    kind = max((CANNOT, DONE), key=lambda each: mine.get(each, 0.0))
    share = mine.get(kind, 0.0)
    if share < ASK or here.corrections.asks(said):
        return None
    near = [max(_cosine(mine, _of_label(form, here.language)) for form in forms) for forms in labels.ordered]
    option = 1 + max(range(len(near)), key=near.__getitem__)
    others = [each for at, each in enumerate(near, start=1) if at != option]
    if near[option - 1] < ALIKE or max(others, default=0.0) > APART or not named <= {option}:
        return None
    told = _shares(said, here, labels, option) or (kind == CANNOT and _explains(said, here))
    return Meaning(
        Intent.CHOICE, choice=option, sure=told and share >= ACT and here.hedges.search(said) is None
    )


def _explains(said: str, here: Tongue) -> bool:
    """Whether enough is said to know why somebody cannot; "I can't stop it" may be about anything."""
    return len(weight(said, here)) >= (ENOUGH_SIGNS if is_han(said) else ENOUGH_WORDS)


def _shares(said: str, here: Tongue, labels: Labels, option: int) -> bool:
    own = frozenset().union(*labels.words[option - 1])
    written = here.corrections.spelling.written
    words = [written(word) for word in own]
    return any(written(said_).alike(word) >= Likeness.SLIP for said_ in weight(said, here) for word in words)


def sounds_like(labels: Labels, kind: str, here: Tongue) -> bool:
    """Whether an option itself is something of this kind."""
    every = [form for forms in labels.ordered for form in forms]
    return any(_of_label(form, here.language).get(kind, 0.0) >= SOUNDS for form in every)


def unlike(said: str, kind: str, here: Tongue) -> bool:
    """Whether `said` is hardly anything of this kind; never where nothing was learned."""
    return _likely(said, here.language).get(kind, 1.0) < UNLIKE


def unheard_of(word: str, here: Tongue) -> bool:
    """Whether nobody has ever said this word to us: only then is it another one with a slip."""
    heard = _lexicon(here.language)
    return (
        bool(heard)
        and word not in heard
        and (here.sentences is None or word not in here.sentences.vocabulary)
    )


def _likely(said: str, language: str) -> Mapping[str, float]:
    learned = resemblance(language)
    return learned.likely(said) if learned else {}


@lru_cache(maxsize=4_000)
def _of_label(form: str, language: str) -> Mapping[str, float]:
    """The same of an option, kept: options come again and again. What customers say is never kept."""
    return _likely(form, language)


@lru_cache(maxsize=16)
def _lexicon(language: str) -> frozenset[str]:
    learned = resemblance(language)
    return (
        frozenset(gram[:-1] for gram in learned.learned.grams if gram.endswith(" "))
        if learned
        else frozenset()
    )


def _cosine(one: Mapping[str, float], two: Mapping[str, float]) -> float:
    """How alike two likelihoods are: 1 for the same, 0 for nothing in common."""
    length = math.sqrt(sum(each**2 for each in one.values()) * sum(each**2 for each in two.values()))
    return sum(share * two.get(kind, 0.0) for kind, share in one.items()) / length if length else 0.0
