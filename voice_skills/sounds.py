"""Sounds: how words sound, for those who write as they hear: "ci por fabor", "es ist roht", 克以 for 可以.

Letters follow the rules of their language (`patterns/<lang>.yaml`: `sounds`), Chinese signs their syllable (`sounds/zh.yaml`),
without tones, and without what many speakers and recognisers do not tell apart. It knows no meanings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

SYLLABLES = Path(__file__).parent / "sounds" / "zh.yaml"
ALIKE = ((re.compile("^([zcs])h"), r"\1"), (re.compile("ng$"), "n"))
"""What southern Mandarin does not tell apart: zh and z, ang and an."""
_DOUBLED = re.compile(r"(.)\1+")


@dataclass(frozen=True, slots=True)
class Sounds:
    """How one language sounds: what is written in many ways, and how it is written once."""

    rules: Sequence[tuple[re.Pattern[str], str]] = ()

    def of(self, word: str) -> str:
        """The sound of one folded word, or of one Chinese sign; itself where nothing is known of it."""
        known = syllables().get(word)
        if known is not None:
            return known
        for written, once in self.rules:
            word = written.sub(once, word)
        return _DOUBLED.sub(r"\1", word)


def sounds(rules: Mapping[str, str]) -> Sounds:
    """The sounds of one language, from its rules: a pattern, and what it is written as."""
    return Sounds(tuple((re.compile(written), str(once)) for written, once in rules.items()))


@cache
def syllables() -> Mapping[str, str]:
    """The syllable of every common Chinese sign."""
    listed: dict[str, str] = yaml.safe_load(SYLLABLES.read_text(encoding="utf-8"))
    found: dict[str, str] = {}
    for syllable, signs in listed.items():
        plain = str(syllable)
        for pattern, once in ALIKE:
            plain = pattern.sub(once, plain)
        found |= dict.fromkeys(signs, plain)
    return found
