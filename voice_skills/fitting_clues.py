"""Clues: what in an answer speaks for each option of a question, and what speaks for none of them.

Most are the same in every language: an option's own words, what it is about and the opposite (`concepts`), a figure that was read
off, what both resemble. Some are of one language: that "fluff" speaks for `dirty`. Here they are found; what each of them weighs was learned.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from voice_skills.amounts import Range, amounts, range_of, side_of
from voice_skills.concepts import BEFORE_SIGNS, BEFORE_WORDS, Mention, Thesaurus, thesaurus
from voice_skills.matcher_choice import Labels, weight
from voice_skills.matcher_spelling import Likeness, Written
from voice_skills.matcher_text import is_han
from voice_skills.matcher_tongue import Tongue
from voice_skills.resemblance import resemblance

MOST_WORDS = 80
MOST_OPTIONS = 1_000
SIGNS_A_WORD = 1.6
KINDS = ("cannot", "not_sure", "done")
"""What both an option and an answer may be: "I cannot check", "my leg is in plaster"."""
OTHERS = (
    "unknown",
    "later",
    "tomorrow",
    "status",
    "person",
    "visit",
    "help",
    "repeat",
    "simpler",
    "restart",
    "steps",
    "skip",
)
"""What an answer may be instead."""
BACKING = ("word", "words", "slip", "kin", "concept", "concepts", "alike", "holds", *KINDS, "sound")
LONG, RAMBLING = 8, 16
LIKELY = 0.1
FOR, NOT, NONE = " > ", "not ", "none"

Clues = dict[str, float]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said: its words (each with its place, and whether it was denied), what they mention, what it resembles, its figures."""

    here: Tongue
    said: str
    words: Sequence[tuple[Written, int, bool]]
    mentions: Sequence[Mention]
    shares: Mapping[str, float]
    familiar: float
    figures: Sequence[float]
    runs: Sequence[str]

    @property
    def compares(self) -> bool:
        """Whether a figure is said to be more or less than something."""
        return side_of(self.said, self.here.language) != 0


@dataclass(frozen=True, slots=True)
class Option:
    """One form of an option: its own words (no other option has them) and concepts (each with whether it is denied), what it
    excludes, what it shares with the others, what it resembles, and what it says of a number."""

    own: Sequence[tuple[Written, bool]]
    concepts: Mapping[str, bool]
    excluded: frozenset[str]
    shared: frozenset[str]
    shares: Mapping[str, float]
    range: Range | None
    denied: bool
    han: bool


def answer(clauses: Sequence[str], here: Tongue) -> Answer:
    """Ready to be compared: `clauses` (folded)."""
    said = " ".join(clauses)
    learned = resemblance(here.language)
    words: list[tuple[Written, int, bool]] = []
    at = 0
    for clause in clauses:
        words += [(word, at + place, denied) for place, (word, denied) in enumerate(_words(clause, here))]
        at += len(_parts(clause)) + 1
    return Answer(
        here,
        said,
        words[:MOST_WORDS],
        thesaurus(here).mentions(clauses),
        learned.likely(said) if learned else {},
        learned.familiar(said) if learned else 1.0,
        amounts(said, here.language),
        [*dict.fromkeys(_runs(_parts(said), is_han(said)))],
    )


def _parts(form: str) -> list[str]:
    return list(form.replace(" ", "")) if is_han(form) else form.split()


def _words(form: str, here: Tongue) -> Iterator[tuple[Written, bool]]:
    parts, han = _parts(form), is_han(form)
    reach, joint = (BEFORE_SIGNS, "") if han else (BEFORE_WORDS, " ")
    for place, part in enumerate(parts):
        before = joint.join(parts[max(0, place - reach) : place])
        yield here.corrections.spelling.written(part), here.denies(before)


def _runs(parts: Sequence[str], han: bool) -> Iterator[str]:
    yield from parts
    yield from (f"{one}{two}" if han else f"{one} {two}" for one, two in pairwise(parts))


_OPTIONS: dict[tuple[str, tuple[tuple[str, ...], ...]], list[list[Option]]] = {}


def options(here: Tongue, labels: Labels) -> list[list[Option]]:
    """The options of a question, each in all of its forms. They are kept: options come again and again."""
    forms = tuple(tuple(each) for each in labels.ordered)
    known = _OPTIONS.get((here.language, forms))
    if known is None:
        known = [[_option(form, at, forms, here) for form in each] for at, each in enumerate(forms)]
        if len(_OPTIONS) < MOST_OPTIONS:
            _OPTIONS[here.language, forms] = known
    return known


def _option(form: str, at: int, forms: Sequence[Sequence[str]], here: Tongue) -> Option:
    book = thesaurus(here)
    others = [each for number, listed in enumerate(forms) if number != at for each in listed]
    theirs = [here.corrections.spelling.written(word) for each in others for word in weight(each, here)]
    weighty = weight(form, here)
    mine = _polar(book, form)
    near = [_polar(book, each) for each in others]
    own = {name: denied for name, denied in mine.items() if all(each.get(name) != denied for each in near)}
    return Option(
        [
            (word, denied)
            for word, denied in _words(form, here)
            if word.word in weighty and all(word.alike(other) < Likeness.SLIP for other in theirs)
        ],
        own,
        book.excluded(frozenset(name for name, denied in own.items() if not denied)),
        frozenset(mine) - frozenset(own),
        _likely(form, here.language),
        range_of(form, here.language),
        here.denies(form),
        is_han(form),
    )


def _polar(book: Thesaurus, form: str) -> dict[str, bool]:
    return {name: each.denied for each in book.mentions([form]) for name in each.concepts}


@lru_cache(maxsize=4_000)
def _likely(form: str, language: str) -> Mapping[str, float]:
    learned = resemblance(language)
    return learned.likely(form) if learned else {}


def clues(heard: Answer, listed: Sequence[Sequence[Option]]) -> list[Clues]:
    """What speaks for each option, and last what speaks for none of them."""
    found: list[Clues] = []
    places: list[float] = []
    for forms in listed:
        clues_, place = max((_for(heard, form) for form in forms), key=lambda each: _strength(each[0]))
        found.append(clues_)
        places.append(place)
    latest = max(places)
    if latest >= 0 and places.count(latest) == 1:
        found[places.index(latest)]["last"] = 1.0
    strengths = [_strength(each) for each in found]
    for at, each in enumerate(found):
        each["ahead"] = strengths[at] - max((*strengths[:at], *strengths[at + 1 :]), default=0.0)
    return [*found, _for_none(heard, found)]


def _strength(found: Clues) -> float:
    return sum(found.get(name, 0.0) for name in BACKING) - found.get("against", 0.0)


def _for(heard: Answer, option: Option) -> tuple[Clues, float]:
    """What speaks for one option, and the last place where something does (-1: nowhere)."""
    found: Clues = {
        kind: math.sqrt(heard.shares.get(kind, 0.0) * option.shares.get(kind, 0.0)) for kind in KINDS
    }
    place = max(_by_words(heard, option, found), _by_concepts(heard, option, found))
    _by_pairs(heard, option, found)
    found["alike"] = _cosine(heard.shares, option.shares)
    found["polarity"] = float(option.denied and heard.here.denies(heard.said))
    if option.range is not None and len(heard.figures) == 1 and not heard.compares:
        found["holds" if option.range.holds(heard.figures[0]) else "fails"] = 1.0
    return found, place


def _by_words(heard: Answer, option: Option, found: Clues) -> float:
    """Its own words."""
    hits, last = 0, -1
    for word, denied in option.own:
        said = max(((said.alike(word), at, not_) for said, at, not_ in heard.words), default=None)
        if said is None or said[0] is Likeness.NONE:
            continue
        like, at, not_ = said
        if not_ != denied:
            found["denied"] = 1.0
            continue
        found[{Likeness.SAME: "word", Likeness.SLIP: "slip", Likeness.KIN: "kin"}[like]] = 1.0
        hits, last = hits + (like >= Likeness.SLIP), max(last, at)
    if option.own:
        found["words"] = hits / len(option.own)
    if option.han and hits < len(option.own) > 1 and _sounds(heard, option):
        found["sound"] = 1.0
    return float(last)


def _sounds(heard: Answer, option: Option) -> bool:
    """Whether its own run of Chinese signs is there, written with others that sound the same."""
    book = thesaurus(heard.here)
    own = book.sound("".join(word.word for word, _ in option.own))
    return f" {own} " in f" {book.sound(heard.said.replace(' ', ''))} "


def _by_concepts(heard: Answer, option: Option, found: Clues) -> float:
    """What it is about, and the opposite."""
    hit: set[str] = set()
    last = -1
    for name, each in [(name, one) for one in heard.mentions for name in one.concepts]:
        same = option.concepts.get(name) is each.denied
        if name in option.concepts:
            found["concept" if same else "opposite"] = 1.0
            hit |= {name} if same else set()
        if name in option.excluded:
            found["against not" if each.denied else "against"] = 1.0
        if name in option.shared:
            found["topic"] = 1.0
        if same or (name in option.excluded and each.denied):
            last = max(last, each.end - 1)
    if option.concepts:
        found["concepts"] = len(hit) / len(option.concepts)
    return float(last)


def _by_pairs(heard: Answer, option: Option, found: Clues) -> None:
    """That one thing was said and the option is about another: "dusty" and "it is dirty"."""
    language = heard.here.language
    for own, denied in option.concepts.items():
        own_ = f"{NOT if denied else ''}{own}"
        found |= {f"{language} {run}{FOR}{own_}": 1.0 for run in heard.runs}
        found |= {f"is {kind}{FOR}{own_}": share for kind, share in heard.shares.items() if share > LIKELY}
        for each in heard.mentions:
            not_ = NOT if each.denied != denied else ""
            found |= {f"{not_}{name}{FOR}{own}": 1.0 for name in each.concepts}


def _for_none(heard: Answer, found: Sequence[Clues]) -> Clues:
    """What speaks for no option: a question, a doubt, another time, a story, something else that is wished."""
    here, said = heard.here, heard.said
    length = len(said) / SIGNS_A_WORD if is_han(said) else len(said.split())
    backed = sum(bool(each.keys() & {"word", "slip", "concept"}) for each in found)
    seen = {
        "asks": here.corrections.asks(said),
        "hedges": here.hedges.search(said) is not None,
        "unreal": here.corrections.unreal.search(said) is not None,
        "contrasts": here.contrasts.search(said) is not None,
        "conditions": here.conditions.search(said) is not None,
        "denies": here.denies(said),
        "long": length >= LONG,
        "rambling": length >= RAMBLING,
        "several": backed > 1,
        "nothing": backed == 0,
        NONE: True,
    }
    clues_ = {name: 1.0 for name, true in seen.items() if true} | {"strange": 1 - heard.familiar}
    clues_ |= {f"is {kind}": heard.shares.get(kind, 0.0) for kind in OTHERS}
    clues_ |= {f"{here.language} {run}{FOR}{NONE}": 1.0 for run in heard.runs}
    return clues_ | {f"{name}{FOR}{NONE}": 1.0 for each in heard.mentions for name in each.concepts}


def _cosine(one: Mapping[str, float], two: Mapping[str, float]) -> float:
    length = math.sqrt(sum(each**2 for each in one.values()) * sum(each**2 for each in two.values()))
    return sum(share * two.get(kind, 0.0) for kind, share in one.items()) / length if length else 0.0
