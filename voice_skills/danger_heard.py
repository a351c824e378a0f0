"""Words of danger in what a person says: fire, smoke, gas, electric shock, somebody hurt; in every language at once.

Rules of this file. 1. Rather one alarm too many than one too few: typing errors of the words that matter still count. 2. What is
denied ("no smoke"), long past, or only thought of ("could it burn?") does not. 3. It knows no conversation and decides nothing.

Each `danger/<language>.yaml` has: `alarm` (patterns by kind), `harmless` (idioms that are taken out before), `before` and
`after` (what denies a word that stands right there), `elsewhen` (not here and now, unless a word of `now` is beside it, or one of `again` in what follows),
`words` (mended when mistyped, unless the word is one of `apart`) and `spelled` (mistakes that no rule finds).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz.distance import OSA

from hub.domain.conversation import Intent, Meaning
from voice_skills.matcher_text import is_han, plain

FOLDER = Path(__file__).parent / "danger"
KINDS = ("gas", "fire", "power", "hurt")
"""The worst first: where gas may be, no switch is touched, whatever else there is."""
RINGING = "ringing"
"""An alarm that goes off; by itself ("the smoke detector needs a battery") it is harmless."""
BREATH = "hurt"
"""The one kind whose words hold a no themselves: "I cannot breathe"."""
MOST = 4_000
"""Characters that are looked at: as many as are kept of a text."""
WINDOW, STEP = 300, 240
"""Characters that are looked at together; a sentence without any signs is looked at in pieces that overlap."""
LEAST = 5  # letters of a word whose typing errors are mended
LONG = 9  # letters from which on two errors are mended
_ENDS = re.compile(r"[.,;:!?…，。！？；：、\n\r()]+|\s[-–—]+\s|[–—]+| (?=(?:but|aber|pero)\b)", re.IGNORECASE)
_ELONGATED = re.compile(r"([a-z])\1{2,}")


@dataclass(frozen=True, slots=True)
class Dangers:
    """The words of one language."""

    language: str
    alarm: Mapping[str, re.Pattern[str]]
    harmless: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    elsewhen: re.Pattern[str]
    now: re.Pattern[str]
    again: re.Pattern[str]
    words: tuple[str, ...]
    spelled: Mapping[str, str]
    apart: frozenset[str]
    alike: Mapping[str, tuple[str, ...]]
    """The words by their first letter, and by their letters in order: what a slip may have been."""

    def kind_in(self, heard: str, then: str = "") -> str:
        """Which danger `heard` (folded) tells of; empty for none. What `then` follows may say that it is so again."""
        said = self._mended(heard)
        if not any(pattern.search(said) for pattern in self.alarm.values()):
            return ""
        elsewhen = self.elsewhen.search(said) or self.elsewhen.search(heard)
        if elsewhen and not (self.now.search(said) or self.again.search(then)):
            return ""
        left = self.harmless.sub(" / ", said)
        found = next((kind for kind in KINDS if self._tells(kind, left)), "")
        return found or ("fire" if self._tells(RINGING, said) else "")

    def _tells(self, kind: str, said: str) -> bool:
        for found in self.alarm[kind].finditer(said):
            last = (
                found.start() if kind == BREATH else max(found.start(), said.rfind(" ", 0, found.end()) + 1)
            )
            openings = {said[: found.start()], said[:last]}
            if self.after.search(said[found.end() :]) is None and not any(map(self.before.search, openings)):
                return True
        return False

    def _mended(self, said: str) -> str:
        if self.language == "zh":
            for wrong, right in self.spelled.items():
                said = said.replace(wrong, right)
            return said
        return " ".join(self._word(each) for each in said.split())

    def _word(self, word: str) -> str:
        short = _ELONGATED.sub(r"\1", word)
        if short in self.spelled or short in self.words:
            return self.spelled.get(short, short)
        if word in self.apart or len(word) < LEAST:
            return word
        for right in (*self.alike.get(word[0], ()), *self.alike.get("".join(sorted(word)), ())):
            most = 2 if len(right) >= LONG else 1
            if abs(len(word) - len(right)) <= most and OSA.distance(word, right, score_cutoff=most) <= most:
                return right
        return word


def danger(text: str) -> Meaning | None:
    """The danger that `text` tells of (`slot`: gas, fire, power or hurt), with the language it was said in; else None."""
    worst: tuple[int, str, str] | None = None
    parts = [*_parts(text)]
    for part, then in zip_longest(parts, parts[1:], fillvalue=""):
        for each in _every():
            if is_han(part) is not (each.language == "zh"):
                continue
            kind = each.kind_in(part, then)
            if kind and (worst is None or KINDS.index(kind) < worst[0]):
                worst = KINDS.index(kind), kind, each.language
    return Meaning(Intent.DANGER, slot=worst[1], language=worst[2]) if worst else None


def _parts(text: str) -> Iterator[str]:
    for part in _ENDS.split(text[:MOST]):
        for start in range(0, max(1, len(part) - (WINDOW - STEP)), STEP):
            piece = plain(part[start : start + WINDOW])
            if piece:
                yield piece


@cache
def _every() -> tuple[Dangers, ...]:
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.yaml")))


def _read(path: Path) -> Dangers:
    told: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    spelled = {str(wrong): str(right) for wrong, right in told["spelled"].items()}
    return Dangers(
        language=told["language"],
        alarm={kind: _any(patterns) for kind, patterns in told["alarm"].items()},
        harmless=_any(told["harmless"]),
        before=re.compile(rf"(?:{_any(told['before']).pattern}) ?$"),
        after=re.compile(told["after"]),
        elsewhen=_any(told["elsewhen"]),
        now=re.compile(told["now"]),
        again=re.compile(told["again"]),
        words=tuple(told["words"]),
        spelled=spelled,
        apart=frozenset(told["apart"]),
        alike=_alike(told["words"]),
    )


def _alike(words: list[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for word in words:
        for key in (word[0], "".join(sorted(word))):
            found[key] = (*found.get(key, ()), word)
    return found


def _any(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{each})" for each in patterns))
