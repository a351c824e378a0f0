"""Mentions: which options of an open question are named in what was said, which of them are denied, and which were taken back.

Rules of this file. 1. What is taken back does not count ("red, no sorry, green"); what is denied is never chosen. 2. A no that
may take back what was said before it or deny what comes after it is read both ways, and counts only where both agree. 3. A
denied option leaves the other one of two. It answers an option and how plainly it was named; what to do then is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from voice_skills.matcher_corrections import Kind
from voice_skills.matcher_names import OwnWords
from voice_skills.matcher_spelling import Likeness
from voice_skills.matcher_text import is_han
from voice_skills.matcher_tongue import Tongue

MIDDLE_OF = 3


@dataclass(frozen=True, slots=True)
class Token:
    """One word of what was said: its kind, the option that it names (0: none), how much like that option's own word it is, and
    whether it is that option's number."""

    text: str
    kind: Kind
    option: int = 0
    like: Likeness = Likeness.NONE
    number: bool = False

    @property
    def names(self) -> bool:
        """Whether it names an option."""
        return self.option > 0


@dataclass(slots=True)
class Reading:
    """What is left of the mentions at the end: who was chosen by which tokens (their places), and who was denied."""

    chosen: dict[int, list[int]] = field(default_factory=dict)
    denied: set[int] = field(default_factory=set)
    listed: bool = False

    def one(self) -> int:
        """The one option that was chosen and not denied; 0 where there is none."""
        if len(self.chosen) != 1 or self.listed:
            return 0
        option = next(iter(self.chosen))
        return 0 if option in self.denied else option


def agreed(tokens: Sequence[Token], reversed_: frozenset[int]) -> tuple[int, Reading] | None:
    """The option that every reading of `tokens` leaves, and the reading; None where they disagree. The labels of the options
    in `reversed_` are denials themselves: naming them without one denies them."""
    denying = read(tokens, Kind.NOT, reversed_)
    if not any(token.kind is Kind.EITHER for token in tokens):
        return denying.one(), denying
    taking = read(tokens, Kind.BACK, reversed_)
    one, two = denying.one(), taking.one()
    if one and two and one != two:
        return None
    if one:
        return one, denying
    if two in denying.denied:
        return None
    return (two, taking) if two else (0, denying if denying.denied == taking.denied else Reading(listed=True))


def read(tokens: Sequence[Token], either: Kind, reversed_: frozenset[int]) -> Reading:
    """The mentions of `tokens`, a no that may be two things being `either`."""
    plain = [replace(token, kind=either) if token.kind is Kind.EITHER else token for token in tokens]
    reader = _Reader(reversed_)
    for at, token in enumerate(plain):
        reader.take(at, token, _next(plain, at))
    reader.close()
    return reader.found


def _next(tokens: Sequence[Token], at: int) -> Token:
    """What follows, silent words left out; a pause is not silent: "no, sorry"."""
    rest = (token for token in tokens[at + 1 :] if token.kind not in (Kind.SMALL, Kind.MODEST) or token.names)
    return next(rest, Token("", Kind.END))


class _Reader:
    """Goes through the tokens and keeps what still counts."""

    def __init__(self, reversed_: frozenset[int]) -> None:
        self.found = Reading()
        self._reversed = reversed_
        self._not = self._weak = self._or = False
        self._last: tuple[int, Token] | None = None

    def take(self, at: int, token: Token, following: Token) -> None:
        """One token more."""
        if token.names:
            self._name(at, token)
        elif token.kind is Kind.END:
            self.close()
        elif token.kind is Kind.BACK:
            self._back()
        elif token.kind is Kind.NOT:
            self._deny(following)
        elif token.kind is Kind.LIST:
            self._or = self._last is not None
        elif token.kind is Kind.JOINT:
            self._not = self._weak = False
        elif token.kind is Kind.OTHER:
            self._weak, self._or = self._not, False

    def close(self) -> None:
        """The end of a clause: a no that stands there denies what was named before it, or takes back all of it."""
        if self._not and not self._weak:
            if self._last is not None:
                self._turn(self._last)
            else:
                self._back()
        self._not = self._weak = self._or = False
        self._last = None

    def _deny(self, following: Token) -> None:
        if following.kind in (Kind.PAUSE, Kind.BACK, Kind.NOT):
            self._back()
        else:
            self._not, self._weak = True, False

    def _turn(self, last: tuple[int, Token]) -> None:
        """The last mention is denied after all; the label that is itself a denial is chosen by it."""
        at, token = last
        self.found.chosen.pop(token.option, None)
        if token.option in self._reversed and not token.number:
            self.found.denied.discard(token.option)
            self.found.chosen[token.option] = [at]
        else:
            self.found.denied.add(token.option)

    def _back(self) -> None:
        self.found.chosen.clear()
        self.found.denied.clear()
        self.found.listed = False
        self._not = self._weak = self._or = False
        self._last = None

    def _name(self, at: int, token: Token) -> None:
        if self._or and self._last is not None and self._last[1].option != token.option:
            self.found.listed = True
        label = token.option in self._reversed and not token.number
        if self._weak:  # "not quite closed": whose no it is cannot be told
            self.found.listed = True
        elif self._not != label:
            self.found.denied.add(token.option)
        else:
            self.found.chosen.setdefault(token.option, []).append(at)
        self._last = (at, token)
        self._not = self._not and label
        self._or = False


WEAK = frozenset({"one", "ein", "eine", "uno", "una"})
"""Numbers that are also articles: they count where nothing else is said. A Chinese sign may be part of any word."""


def tokens(clauses: Sequence[str], here: Tongue, names: OwnWords) -> list[Token]:
    """The words of `clauses` (folded), each with what it is; after each clause an end."""
    found: list[Token] = []
    for clause in clauses:
        found += _weakened([*_named(clause, here, names)])
        found.append(Token("", Kind.END))
    return found


def _named(clause: str, here: Tongue, names: OwnWords) -> Iterator[Token]:
    for text, run in names.split(clause):
        if run is not None:
            yield Token(text, Kind.OTHER, *run)
            continue
        for word, kind in here.corrections.kinds(text):
            number = _number(word, kind, here, names.count)
            if number is not None:
                yield Token(word, Kind.NUMBER, number, Likeness.SAME, number=True)
            elif kind in (Kind.OTHER, Kind.SMALL, Kind.JOINT):
                yield Token(word, kind, *names.of(word))
            else:
                yield Token(word, kind)


def _number(text: str, kind: Kind, here: Tongue, count: int) -> int | None:
    """The option of a number; 0 for a number that is no option, None for what is no number."""
    digits = text.removeprefix("#")
    if digits.isascii() and digits.isdigit():
        return int(digits) if len(digits) == 1 and int(digits) <= count else 0
    if kind is not Kind.NUMBER:
        return None
    if text in here.last_words:
        return count if count > 1 else 0
    if text in here.middle_words and text not in here.numbers:
        return 2 if count == MIDDLE_OF else 0
    return here.numbers[text] if here.numbers[text] <= count else 0


def _weakened(found: Sequence[Token]) -> Iterator[Token]:
    others = any(token.kind is Kind.OTHER for token in found)
    before: Token | None = None
    for token in found:
        article = token.text in WEAK and (others or (before is not None and before.names))
        sign = len(found) > 1 and len(token.text) == 1 and is_han(token.text)
        weak = token.number and (article or sign)
        yield Token(token.text, Kind.SMALL) if weak else token
        before = token
