"""Concepts: what the words of an answer are about, in the words that people use: "shut", "pulled to" and "latched" are `closed`,
which is never `open`.

`concepts/<lang>.yaml` lists them. Here they are found in what was said, with whether they were denied ("not open"); what follows
from it for a question is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from voice_skills.matcher_text import is_han
from voice_skills.matcher_tongue import Tongue
from voice_skills.sounds import syllables

CONCEPTS = Path(__file__).parent / "concepts"
LONGEST_WORDS, LONGEST_SIGNS = 6, 10
SHORTEST_HEARD, SHORTEST_STEM = 4, 4
BEFORE_WORDS, BEFORE_SIGNS = 3, 2
"""How many words (or signs) before a word a negation may stand to deny it."""
IDIOM = "idiom"
"""Words that do not mean what they are made of."""
BARE = frozenset({"can", "could", "not", "no", "nicht", "kein", "keine", "不", "没", "没有"})
"""What only denies, and is about nothing."""
AFTER = {
    "en": re.compile(r"\s(?:(?:it|its|is|was|they|are) )*not$"),
    "es": re.compile(r"\sno(?: (?:esta|estan|es|son|hay|tiene))?$"),
    "de": re.compile(r"\s(?:\S+\s){0,2}(?:nicht|ned)\b"),
    "zh": re.compile("[不没](?:了|到|动|起|着|上|见|下|出)"),
}
"""What stands after a word and denies it: "leuchtet nicht", 转不动."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Concepts that a word (or a few) from place `start` to `end` stand for, whether they are denied, and whether the words
    themselves hold a negation: "doesn't budge"."""

    concepts: frozenset[str]
    start: int
    end: int
    denied: bool
    negative: bool = False


@dataclass(frozen=True, slots=True)
class Thesaurus:
    """The words of one language by what they mean, and what excludes what."""

    here: Tongue
    exact: Mapping[str, frozenset[str]] = field(default_factory=dict)
    heard: Mapping[str, frozenset[str]] = field(default_factory=dict)
    stems: Mapping[str, frozenset[str]] = field(default_factory=dict)
    against: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def mentions(self, clauses: Sequence[str]) -> list[Mention]:
        """What is mentioned in `clauses` (folded), in order; places count on from clause to clause."""
        found: list[Mention] = []
        at = 0
        for clause in clauses:
            parts = list(clause.replace(" ", "")) if is_han(clause) else clause.split()
            found += self._denials(_meant([*self._runs(parts)]), parts, at)
            at += len(parts) + 1
        return found

    def excluded(self, concepts: frozenset[str]) -> frozenset[str]:
        """What cannot be true beside any of `concepts`."""
        return frozenset().union(*(self.against.get(each, frozenset()) for each in concepts)) - concepts

    def _runs(self, parts: Sequence[str]) -> Iterator[tuple[frozenset[str], int, int]]:
        """Every run of words that stands for something, and the words in it that do: "a lot of ice", "ice"."""
        han = any(map(is_han, parts))
        joint, longest = ("", LONGEST_SIGNS) if han else (" ", LONGEST_WORDS)
        for at in range(len(parts)):
            for length in range(min(longest, len(parts) - at), 0, -1):
                concepts = self._known(joint.join(parts[at : at + length]), parts[at : at + length], han)
                if concepts:
                    yield concepts, at, at + length

    def _known(self, run: str, parts: Sequence[str], han: bool) -> frozenset[str]:
        known = self.exact.get(run)
        if known is None and (len(parts) > 1 or (not han and len(run) >= SHORTEST_HEARD)):
            known = self.heard.get(self.sound(run))
        if known is None and not han and len(parts) == 1 and len(run) >= SHORTEST_STEM:
            known = self.stems.get(self.here.corrections.spelling.written(run).stem)
        return known or frozenset()

    def sound(self, run: str) -> str:
        """How a run of words or signs sounds."""
        if is_han(run):
            return " ".join(syllables().get(sign, sign) for sign in run)
        return " ".join(self.here.corrections.spelling.written(word).heard for word in run.split())

    def _denials(
        self, runs: Sequence[tuple[frozenset[str], int, int]], parts: Sequence[str], at: int
    ) -> Iterator[Mention]:
        han = any(map(is_han, parts))
        joint, reach = ("", BEFORE_SIGNS) if han else (" ", BEFORE_WORDS)
        behind = AFTER.get(self.here.language)
        for concepts, start, end in runs:
            first = max(
                (
                    stop
                    for _, begin, stop in runs
                    if stop <= start and not self.here.denies(joint.join(parts[begin:stop]))
                ),
                default=0,
            )
            before = joint.join(parts[max(first, start - reach) : start])
            after = joint + joint.join(parts[end:])
            denied = self.here.denies(before) or (behind is not None and behind.match(after) is not None)
            negative = self.here.denies(joint.join(parts[start:end]))
            yield Mention(concepts, at + start, at + end, denied, negative)


def _meant(runs: Sequence[tuple[frozenset[str], int, int]]) -> list[tuple[frozenset[str], int, int]]:
    """The runs without idioms and what is in them: "shut up" closes nothing."""
    idioms = [(start, end) for names, start, end in runs if IDIOM in names]
    return [
        (names, start, end)
        for names, start, end in runs
        if IDIOM not in names and not any(first <= start and end <= last for first, last in idioms)
    ]


def _thesaurus(here: Tongue, listed: Mapping[str, Any]) -> Thesaurus:
    exact: dict[str, set[str]] = {}
    against: dict[str, set[str]] = {name: set() for name in listed}
    for name, entry in listed.items():
        for word in entry.get("words") or ():
            folded = here.fold(str(word)).replace(" ", "" if is_han(str(word)) else " ")
            if folded and folded not in BARE:
                exact.setdefault(folded, set()).add(name)
        for other in entry.get("against") or ():
            if other in listed:
                against[name].add(other)
                against[other].add(name)
    bare = Thesaurus(here)
    heard: dict[str, set[str]] = {}
    stems: dict[str, set[str]] = {}
    for word, names in exact.items():
        heard.setdefault(bare.sound(word), set()).update(names)
        if " " not in word and not is_han(word) and len(word) >= SHORTEST_STEM:
            stems.setdefault(here.corrections.spelling.written(word).stem, set()).update(names)
    return Thesaurus(here, _frozen(exact), _frozen(heard), _frozen(stems), _frozen(against))


def _frozen(found: Mapping[str, set[str]]) -> Mapping[str, frozenset[str]]:
    return {word: frozenset(names) for word, names in found.items()}


_SHELF: dict[str, Thesaurus] = {}


def thesaurus(here: Tongue) -> Thesaurus:
    """The thesaurus of a language; empty for one without."""
    if here.language not in _SHELF:
        listed = concepts(here.language)
        _SHELF[here.language] = _thesaurus(here, listed)
    return _SHELF[here.language]


@cache
def concepts(language: str) -> Mapping[str, Any]:
    """What `concepts/<language>.yaml` says; nothing where there is none."""
    file = CONCEPTS / f"{language}.yaml"
    listed: Mapping[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else {}
    return listed
