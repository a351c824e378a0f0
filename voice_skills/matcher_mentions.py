"""Mentions: which options of an open question are named in what was said, which of them are denied, and which were taken back.

Rules of this file. 1. What is taken back does not count ("red, no sorry, green"); what is denied is never chosen. 2. A no that
may take back what was said before it or deny what comes after it is read both ways, and counts only where both agree. 3. A
denied option leaves the other one of two. It answers an option and how plainly it was named; what to do then is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz.distance import OSA

from voice_skills.matcher_corrections import Kind
from voice_skills.matcher_names import OwnWords
from voice_skills.matcher_spelling import Likeness
from voice_skills.matcher_text import is_han
from voice_skills.matcher_tongue import Tongue

MIDDLE_OF = 3
SHORTEST_NUMBER, LONG_NUMBER = 3, 5
"""Letters of a number that may be written with two of them exchanged ("tow"), and with any slip ("secnd")."""


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
        following = _next(plain, at)
        closes = tokens[at].kind is Kind.EITHER and following.kind is Kind.END
        reader.take(at, replace(token, kind=Kind.NOT) if closes else token, following)
    reader.close()
    return reader.found


def _next(tokens: Sequence[Token], at: int) -> Token:
    """What follows, silent words left out; a pause is not silent: "no, sorry"."""
    rest = (token for token in tokens[at + 1 :] if token.kind not in (Kind.SMALL, Kind.MODEST) or token.names)
    return next(rest, Token("", Kind.END))


def _nothing(_: Token) -> None:
    """Silent words change nothing."""


class _Reader:
    """Goes through the tokens and keeps what still counts."""

    def __init__(self, reversed_: frozenset[int]) -> None:
        self.found = Reading()
        self._reversed = reversed_
        self._not = self._weak = self._or = False
        self._last: tuple[int, Token] | None = None
        self._beside = 0
        self._here: set[int] = set()
        self._turns: Mapping[Kind, Callable[[Token], None]] = {
            Kind.END: lambda _: self.close(),
            Kind.BACK: lambda _: self._back(),
            Kind.NOT: self._deny,
            Kind.LIST: lambda _: self._list(),
            Kind.JOINT: lambda _: self._join(),
            Kind.OTHER: lambda _: self._wander(),
        }

    def take(self, at: int, token: Token, following: Token) -> None:
        """One token more."""
        same = token.names and token.option == self._beside and not token.number
        if token.kind is not Kind.SMALL or token.names:
            self._beside = token.option
        if same:  # "heat pump": two words of one name
            self.found.chosen.get(token.option, []).append(at)
        elif token.names:
            self._name(at, token)
        else:
            self._turns.get(token.kind, _nothing)(following)

    def close(self) -> None:
        """The end of a clause: a no that stands there denies what was named before it, or takes back all of it."""
        if self._not and not self._weak:
            if self._last is None:
                self._back()
            elif len(self._here) > 1:  # "red, green it is not": how much of it?
                self.found.listed = True
            else:
                self._turn(self._last)
        self._not = self._weak = self._or = False
        self._last = None
        self._here.clear()

    def _list(self) -> None:
        self._or = self._last is not None

    def _join(self) -> None:
        self._not = self._weak = False

    def _wander(self) -> None:
        self._weak, self._or = self._not, False

    def _deny(self, following: Token) -> None:
        if following.kind in (Kind.PAUSE, Kind.BACK, Kind.NOT) and not following.names:
            self._back()
        elif self._last is not None and self._last[1].option in self.found.denied & self._reversed:
            self._turn(self._last)  # "I see it not": the no of such a label stands after it in some languages
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
        self._here.clear()

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
        self._here.add(token.option)
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
            elif kind in (Kind.OTHER, Kind.SMALL, Kind.JOINT, Kind.PAUSE):
                option, like = names.of(word)
                slip = _slipped(word, here) if kind is Kind.OTHER and not option else 0
                if 0 < slip <= names.count:
                    yield Token(word, Kind.NUMBER, slip, Likeness.SLIP, number=True)
                else:
                    yield Token(word, kind, option, like)
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


def _slipped(word: str, here: Tongue) -> int:
    """The number that `word` is with one slip of the finger: two letters exchanged, or another slip in a long one."""
    found = {
        value
        for number, value in here.numbers.items()
        if len(number) >= SHORTEST_NUMBER
        and word[0] == number[0]
        and (sorted(word) == sorted(number) or min(len(word), len(number)) >= LONG_NUMBER)
        and OSA.distance(word, number, score_cutoff=1) == 1
    }
    return found.pop() if len(found) == 1 else 0


def _weakened(found: Sequence[Token]) -> Iterator[Token]:
    others = any(token.kind in (Kind.OTHER, Kind.PAUSE) for token in found)
    before: Token | None = None
    for token in found:
        article = token.text in WEAK and (others or (before is not None and before.names))
        sign = len(found) > 1 and len(token.text) == 1 and is_han(token.text)
        weak = token.number and (article or sign)
        yield Token(token.text, Kind.SMALL) if weak else token
        before = token
