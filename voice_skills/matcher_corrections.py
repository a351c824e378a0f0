"""Corrections: the words of one language by which people take back, deny and count up: "no wait", "not", "or", "I think".

It is compiled from `patterns/<lang>.yaml`; what is corrected, it does not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from voice_skills.matcher_spelling import Spelling, spelling
from voice_skills.matcher_text import any_of, is_han, plain


class Kind(StrEnum):
    """What a word is to a correction. EITHER is a no that may take back what was said or deny what follows: "no" in Spanish."""

    BACK = "back"
    EITHER = "either"
    NOT = "not"
    PAUSE = "pause"
    MODEST = "modest"
    LIST = "list"
    JOINT = "joint"
    NUMBER = "number"
    SMALL = "small"
    OTHER = "other"
    END = "end"


@dataclass(frozen=True, slots=True)
class Corrections:
    """The words of one language by their kind, the longest first."""

    language: str
    phrases: Mapping[str, Kind]
    pattern: re.Pattern[str]
    spelling: Spelling
    questions: re.Pattern[str]
    statements: frozenset[str]
    unreal: re.Pattern[str]
    particles: frozenset[str]

    def asks(self, said: str) -> bool:
        """Whether it asks. Words that open statements as often as questions ("está cerrada") do not."""
        opening = said.partition(" ")[0]
        return opening not in self.statements and self.questions.search(said) is not None

    def kinds(self, clause: str) -> Iterator[tuple[str, Kind]]:
        """Every word (or phrase of ours, or Chinese sign) of a folded clause, with its kind."""
        for found in self.pattern.finditer(clause):
            yield found[0], self.phrases.get(found[0], Kind.OTHER)


def corrections(language: str, patterns: Mapping[str, Any]) -> Corrections:
    """Compile one language."""

    def folded(*names: str) -> frozenset[str]:
        return frozenset(plain(str(word)) for name in names for word in patterns.get(name) or ()) - {""}

    numbers = {plain(str(word)) for word in patterns.get("numbers") or ()}
    in_order = folded("last_words") | {
        each for each in folded("middle_words") if numbers.isdisjoint({each, *each.split()})
    }
    openers = folded("openers")
    phrases = dict.fromkeys(folded("small_words", "number_words", "fillers"), Kind.SMALL)
    phrases |= dict.fromkeys(folded("joints", "contrasts"), Kind.JOINT)
    phrases |= dict.fromkeys(folded("pauses"), Kind.PAUSE)
    phrases |= {word: Kind.EITHER if word in openers else Kind.NOT for word in folded("negations")}
    phrases |= dict.fromkeys(folded("lists"), Kind.LIST)
    phrases |= dict.fromkeys(folded("modest"), Kind.MODEST)
    phrases |= dict.fromkeys(folded("takes_back"), Kind.BACK)
    phrases |= dict.fromkeys(numbers | in_order, Kind.NUMBER)
    asks = re.compile("|".join(patterns.get("asks", ())) or r"(?!)")
    return Corrections(
        language,
        phrases,
        _lexer(phrases),
        spelling(patterns),
        asks,
        folded("statements"),
        any_of(patterns.get("unreal") or ()),
        folded("particles"),
    )


def _lexer(phrases: Iterable[str]) -> re.Pattern[str]:
    """A pattern for the phrases, the longest first, and else for words and single signs."""
    listed = sorted(phrases, key=len, reverse=True)
    spaced = "|".join(re.escape(each) for each in listed if not is_han(each))
    signs = [re.escape(each) for each in listed if is_han(each)]
    return re.compile(
        "|".join(
            [*signs, rf"(?<!\S)(?:{spaced or '(?!)'})(?!\S)", r"[a-z]+|#?[0-9]+|\S" if signs else r"\S+"]
        )
    )
