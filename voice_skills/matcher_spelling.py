"""Spelling: whether two words are one word, written as it sounds, with another ending, or with one slip of the finger.

It compares words of one language by that language's rules (`patterns/<lang>.yaml`: `sounds`, `endings`); it knows no meanings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from rapidfuzz.distance import OSA

from voice_skills.matcher_text import is_han, plain

SHORTEST_STEM = 3
SHORTEST_SLIP = 5
"""A shorter word with a slip in it is too often another word: "shot" and "shut"."""
SHORTEST_KIN = SHORTEST_HEARD = 4
MOST_LETTERS = 40
_DOUBLED = re.compile(r"(.)\1+")


class Likeness(IntEnum):
    """How alike two words are."""

    NONE = 0
    KIN = 1
    SLIP = 2
    SAME = 3


@dataclass(frozen=True, slots=True)
class Written:
    """A word, as it sounds, and as it sounds without its ending."""

    word: str
    heard: str
    stem: str

    def alike(self, other: Written) -> Likeness:
        """How alike two words are; Chinese signs are the same or not."""
        if self.word == other.word:
            return Likeness.SAME
        if not self.heard or not other.heard:
            return Likeness.NONE
        shorter = min(len(self.word), len(other.word))
        if shorter >= SHORTEST_HEARD and (self.heard == other.heard or self.stem == other.stem):
            return Likeness.SAME
        slip = shorter >= SHORTEST_SLIP and self.heard[0] == other.heard[0]
        if slip and OSA.distance(self.word, other.word, score_cutoff=1) <= 1:
            return Likeness.SLIP
        pairs = enumerate(zip(self.word, other.word, strict=False))
        shared = next((at for at, (one, two) in pairs if one != two), shorter)
        return Likeness.KIN if shared >= SHORTEST_KIN and 3 * shared >= 2 * shorter else Likeness.NONE


@dataclass(frozen=True, slots=True)
class Spelling:
    """How one language spells: `sounds` are written in many ways, `endings` change no meaning."""

    sounds: tuple[tuple[re.Pattern[str], str], ...]
    endings: tuple[str, ...]

    def written(self, word: str) -> Written:
        """`word` (folded), ready to be compared."""
        if is_han(word) or len(word) > MOST_LETTERS:
            return Written(word, "", "")
        return Written(word, self._heard(word), self._heard(self._stem(word)))

    def _heard(self, word: str) -> str:
        for sound, once in self.sounds:
            word = sound.sub(once, word)
        return _DOUBLED.sub(r"\1", word)

    def _stem(self, word: str) -> str:
        for ending in self.endings:
            if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
                return word[: -len(ending)]
        return word


def spelling(patterns: Mapping[str, Any]) -> Spelling:
    """The spelling of one language; of one without rules, words are compared as they stand."""
    sounds: Mapping[str, Any] = patterns.get("sounds") or {}
    endings: Sequence[Any] = patterns.get("endings") or ()
    return Spelling(
        tuple((re.compile(written), str(once)) for written, once in sounds.items()),
        tuple(sorted({plain(str(each)) for each in endings}, key=len, reverse=True)),
    )
