"""Guesses: what somebody may have meant who mistyped or was misheard. Always read back ("did you mean …?"), never acted on.

It never guesses at STOP, at a yes or a no, and never where a negation is in one of the two and not in the other.
"""

from __future__ import annotations

from collections.abc import Mapping

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from hub.domain.conversation import Intent, Meaning
from voice_skills.matcher_choice import Labels
from voice_skills.matcher_tongue import Tongue

CLOSE = 85.0
CLEAR = 5.0
SHORTEST = 5
"""A typing error is guessed at from this length, score and distance to the next intent (voice-platforms, section 14)."""
NEVER_GUESSED = (Intent.STOP, Intent.START, Intent.YES, Intent.NO, Intent.DONE, Intent.LINK)
MOST_WORDS = 14
ONE_SLIP, TWO_SLIPS_FROM = 1, 8


def guess(said: str, here: Tongue, labels: Labels) -> Meaning | None:
    """The nearest option or saying, when it is near enough and no other is."""
    if len(said) < SHORTEST:
        return None
    meant: dict[str, Meaning] = {
        word: Meaning(intent, sure=False)
        for word, intent in here.words.items()
        if intent not in NEVER_GUESSED
    }
    for number, forms in enumerate(labels.forms, start=1):
        meant |= {form: Meaning(Intent.CHOICE, choice=number, sure=False) for form in forms}
    near = process.extract(said, list(meant), scorer=fuzz.ratio, score_cutoff=CLOSE - CLEAR, limit=12)
    if not near or near[0][1] < CLOSE:
        return None
    best = meant[near[0][0]]
    rival = any(meant[form] != best and score > near[0][1] - CLEAR for form, score, _ in near)
    return None if rival or here.denies(said) != here.denies(near[0][0]) else best


def mended(said: str, here: Tongue, known: Mapping[str, None]) -> str:
    """`said` with each long word that we do not know as the one word that it nearly is; the same where there is none."""
    words = said.split()
    if not words or len(words) > MOST_WORDS:
        return said
    return " ".join(_mended(word, here, known) for word in words)


def _mended(word: str, here: Tongue, known: Mapping[str, None]) -> str:
    if len(word) < SHORTEST or word in known or word.isdigit():
        return word
    slips = ONE_SLIP + (len(word) >= TWO_SLIPS_FROM)
    near = process.extract(word, known, scorer=OSA.distance, score_cutoff=slips, limit=2)
    found = sorted({(distance, choice) for _, distance, choice in near}) if near else []
    if not found or (len(found) > 1 and found[0][0] == found[1][0]):
        return word
    return word if here.denies(found[0][1]) else found[0][1]
