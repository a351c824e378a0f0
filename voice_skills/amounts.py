"""Amounts: how much somebody reads off a dial, and whether an option ("more than 1 bar") is true of it.

It compares numbers as they are said; it knows no units.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from voice_skills.numbers import in_digits

POINTS = {"en": "point|dot|comma", "de": "komma|punkt", "es": "coma|punto|con", "zh": "点"}
HALVES = {"en": "and a half", "de": "einhalb", "es": "y (?:1 )?medi[oa]", "zh": "[个度]?半"}
WHOLE_HALVES = {"de": {"anderthalb": "1.5", "eineinhalb": "1.5", "zweieinhalb": "2.5", "dreieinhalb": "3.5"}}
MORE = {
    "en": "more than|over|above|from|at least|higher than|greater than|or more|longer than|warmer than|hotter than",
    "de": "mehr als|ueber|mindestens|hoeher als|groesser als|oder mehr|laenger als",
    "es": "mas de|mas que|por encima de|al menos|mayor|superior|o mas",
    "zh": "高于|超过|大于|多于|以上|不低于|至少",
}
LESS = {
    "en": "less than|under|below|at most|lower than|fewer than|or less|shorter than|colder than|cooler than|up to",
    "de": "weniger als|unter|hoechstens|niedriger als|kleiner als|oder weniger|kuerzer als",
    "es": "menos de|menos que|por debajo de|como mucho|menor|inferior|o menos",
    "zh": "低于|不到|小于|少于|以下|不足|最多",
}
_DECIMAL = re.compile(r"(?<![\d.,])(\d{1,3})[.,](\d)(?![\d.,]*\d)")
_NUMBER = re.compile(r"(?<![\d.])\d+(?:[.,]\d+)?(?![\d.])")


@dataclass(frozen=True, slots=True)
class Range:
    """What an option says of a number: between which two bounds it lies."""

    least: float
    most: float

    def holds(self, amount: float) -> bool:
        """Whether it is true of `amount`; a bound that two options share belongs to the one between."""
        return (
            self.least <= amount <= self.most
            if self.least > -math.inf and self.most < math.inf
            else self.least < amount < self.most
        )


def pointed(text: str, language: str) -> str:
    """`text` with its decimals as they are spoken: "1,5" is "1 comma 5", which folding leaves whole."""
    point = POINTS.get(language, "").partition("|")[0]
    return _DECIMAL.sub(rf"\1 {point} \2", text) if point else text


def amounts(said: str, language: str) -> list[float]:
    """The numbers in `said` (folded), decimals and halves as people speak them: "nought point six" is 0.6."""
    for word, written in WHOLE_HALVES.get(language, {}).items():
        said = said.replace(word, written)
    digits = in_digits(said, language)
    point, half = POINTS.get(language), HALVES.get(language)
    if point:
        digits = re.sub(rf"(?<=\d) ?(?:{point}) ?(?=\d)", ".", digits)
    if half:
        digits = re.sub(rf"(\d) ?(?:{half})", r"\1.5", digits)
    return [float(found[0].replace(",", ".")) for found in _NUMBER.finditer(digits)]


def range_of(label: str, language: str) -> Range | None:
    """What an option (folded) says of numbers: "below 1", "1 to 2", "5"; None where it names none, or more than two."""
    found = amounts(label, language)
    side = side_of(label, language)
    if len(found) == 2 and found[0] < found[1]:
        return Range(found[0], found[1])
    if len(found) != 1:
        return None
    return Range(found[0] if side >= 0 else -math.inf, found[0] if side <= 0 else math.inf)


def side_of(said: str, language: str) -> int:
    """Whether more (1) or less (-1) than something is said; 0 for neither, and for both."""
    return _says(MORE, said, language) - _says(LESS, said, language)


def _says(words: Mapping[str, str], said: str, language: str) -> int:
    return int(language in words and re.search(words[language], said) is not None)
