"""Plain questions that everybody asks: what it costs, whether it is dangerous, what may still be eaten, how long it takes, who we are, why we ask, whether
anything gets lost, and whose fault it is. Asked in any of our languages.

Rules of this file. 1. It is looked at last: a choice or a saying that is sure comes before a question. 2. HELP is the legal word
only when it stands alone (or with please); beside other words it is a cry for a person. 3. It answers nothing; it names the topic.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from hub.domain.consent_words import Word, bare, keyword
from hub.domain.conversation import Intent, Meaning
from voice_skills.matcher_text import clauses, is_han, plain

FOLDER = Path(__file__).parent / "questions"
BEFORE_STATUS = ("food", "danger", "cost", "warranty", "data")
"""What is asked although it sounds like "how is it?"."""
CRY = 3
"""Words (in Chinese: signs) beside HELP from which on it is no legal word."""

Asks = Mapping[str, re.Pattern[str]]


def questioned(text: str, known: Meaning, language: str) -> Meaning:
    """`known`, what `text` was taken for; or the question that it asks, where nothing was understood for sure."""
    if known.intent is Intent.HELP and cries(text):
        return Meaning(Intent.PERSON, sure=False)
    if known.sure and known.intent not in (Intent.UNKNOWN, Intent.STATUS):
        return known
    topic, tongue = _topic(text, language)
    if not topic or (known.sure and known.intent is Intent.STATUS and topic not in BEFORE_STATUS):
        return known
    return Meaning(Intent.QUESTION, slot=topic, language="" if tongue == language else tongue)


def cries(text: str) -> bool:
    """Whether HELP stands beside other words of its own weight: "my baby food is in there, help"."""
    parts = clauses(text)
    helps = [part for part in parts if keyword(part) is Word.HELP]
    rest = [bare(part) for part in parts if part not in helps]
    return bool(helps) and any((len(part) if is_han(part) else len(part.split())) >= CRY for part in rest)


def _topic(text: str, language: str) -> tuple[str, str]:
    """The topic and the language of the question in `text`; theirs is tried first."""
    pieces = [plain(text), *clauses(text)]
    known = _every()
    for tongue in sorted(known, key=lambda each: each != language):
        for piece in pieces:
            if is_han(piece) is not (tongue == "zh"):
                continue
            for topic, asks in known[tongue].items():
                if asks.search(piece):
                    return topic, tongue
    return "", ""


@cache
def _every() -> Mapping[str, Asks]:
    return dict(_read(path) for path in sorted(FOLDER.glob("*.yaml")))


def _read(path: Path) -> tuple[str, Asks]:
    told: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    asks = {
        topic: re.compile("|".join(f"(?:{each})" for each in said)) for topic, said in told["asks"].items()
    }
    return told["language"], asks
