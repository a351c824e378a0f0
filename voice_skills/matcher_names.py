"""Names of options: the words that belong to one option of a question and to no other, and which of them a word is.

"The light is green" and "the light is red" are told apart by "green" and "red"; of Chinese by runs of signs. It finds names; it
does not say what was chosen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from voice_skills.matcher_choice import Labels
from voice_skills.matcher_spelling import Likeness, Spelling, Written
from voice_skills.matcher_text import is_han

SHORTEST_RUN_PART = 2
"""Chinese signs of a longer run that may stand for it, in a question only."""


@dataclass(frozen=True, slots=True)
class OwnWords:
    """The own words of every option: for each of its forms those that no other option has."""

    own: tuple[tuple[frozenset[Written], ...], ...]
    closing: tuple[frozenset[str], ...]
    spelling: Spelling
    runs: re.Pattern[str] | None

    @property
    def count(self) -> int:
        """How many options there are."""
        return len(self.own)

    def of(self, word: str) -> tuple[int, Likeness]:
        """The option (from 1) that `word` names, and how much like its own word it is; 0 for a word of none, or of two."""
        best, found, said = Likeness.NONE, 0, self.spelling.written(word)
        for number, forms in enumerate(self.own, start=1):
            for own in frozenset().union(*forms):
                like = said.alike(own)
                if like > best:
                    best, found = like, number
                elif like is best and like is not Likeness.NONE and found != number:
                    found = 0
        return (found, best) if found else (0, Likeness.NONE)

    def split(self, clause: str) -> Iterator[tuple[str, tuple[int, Likeness] | None]]:
        """A clause in pieces: runs of Chinese signs that name an option, with that option, and what stands between them."""
        at = 0
        for run in self.runs.finditer(clause) if self.runs else ():
            if clause[at : run.start()]:
                yield clause[at : run.start()], None
            option, like = self.of(run[0])
            yield run[0], (option, like) if option else self._part(run[0])
            at = run.end()
        if clause[at:]:
            yield clause[at:], None

    def _part(self, signs: str) -> tuple[int, Likeness]:
        found = {
            number
            for number, forms in enumerate(self.own, start=1)
            for own in frozenset().union(*forms)
            if own.word.startswith(signs)
        }
        return (found.pop(), Likeness.KIN) if len(found) == 1 else (0, Likeness.NONE)

    def whole(self, option: int, named: Iterable[str], told: Iterable[str]) -> bool:
        """Whether `named` are all the own words of one form of `option`, and the small word that closes it was `told`."""
        if not self.closing[option - 1] <= set(told):
            return False
        said = [self.spelling.written(word) for word in named]
        return any(
            form and all(any(word.alike(own) > Likeness.KIN for word in said) for own in form)
            for form in self.own[option - 1]
        )


def own_words(labels: Labels, spelling: Spelling) -> OwnWords:
    """The own words of the options of `labels`."""
    every = [frozenset().union(*words) for words in labels.words]
    own: list[tuple[frozenset[str], ...]] = []
    for at, (words, forms) in enumerate(zip(labels.words, labels.ordered, strict=True)):
        others = frozenset().union(*every[:at], *every[at + 1 :])
        written = [spelling.written(word) for word in others]
        found = [
            _runs(form, mine - others) if is_han(form) else _apart(mine, written, spelling)
            for mine, form in zip(words, forms, strict=True)
        ]
        own.append(tuple(dict.fromkeys(found)))
    runs = {run for forms in own for form in forms for run in form if is_han(run)}
    ready = tuple(tuple(frozenset(map(spelling.written, form)) for form in forms) for forms in own)
    return OwnWords(ready, tuple(labels.closing), spelling, _pattern(runs))


def _apart(mine: frozenset[str], others: Sequence[Written], spelling: Spelling) -> frozenset[str]:
    return frozenset(
        word for word in mine if all(spelling.written(word).alike(other) < Likeness.SLIP for other in others)
    )


def _runs(form: str, own: frozenset[str]) -> frozenset[str]:
    return frozenset("".join(sign if sign in own else " " for sign in form).split())


def _pattern(runs: set[str]) -> re.Pattern[str] | None:
    parts = {run[:length] for run in runs for length in range(SHORTEST_RUN_PART, len(run))}
    listed = sorted(runs | parts, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, listed))) if listed else None
