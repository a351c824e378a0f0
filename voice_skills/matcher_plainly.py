"""Plainly: whether an option was named in a way that may be acted upon, or only spoken about.

It looks at what stands beside the name: doubts, wishes, conditions, another option's words, a negation of something unknown.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.domain.conversation import Expecting
from voice_skills.matcher_choice import MOST_BESIDE, Labels
from voice_skills.matcher_corrections import Kind
from voice_skills.matcher_mentions import Token
from voice_skills.matcher_names import OwnWords
from voice_skills.matcher_text import is_han
from voice_skills.matcher_tongue import Tongue


def pure(told: Sequence[Token], at: int) -> bool:
    """Whether nothing but a number is said around it, and nothing after it."""
    start = max((n + 1 for n in range(at) if told[n].kind in (Kind.END, Kind.JOINT)), default=0)
    return not any(_beside(token) for token in told[start:])


def plainly(
    told: Sequence[Token], named: Sequence[Token], own: OwnWords, option: int, expecting: Expecting
) -> bool:
    """Whether the own words of an option are all there, with few others and no negation that belongs to none of them."""
    beside = sum(_beside(token) for token in told)
    if not named or _loose_negation(told):
        return False
    signs = "".join(token.text for token in named)
    if is_han(signs) and len(signs) == 1 and beside:
        return False  # one sign beside others may be part of another word
    if expecting is Expecting.WHICH_CASE and any(token.kind is Kind.JOINT for token in told) and beside:
        return False  # a story about devices: "the washing machine runs, but ..."
    if own.whole(option, [token.text for token in named], [token.text for token in told]):
        return beside <= MOST_BESIDE
    return expecting is Expecting.WHICH_CASE and beside <= 1


def foreign(told: Sequence[Token], option: int, here: Tongue, labels: Labels) -> bool:
    """Whether a word is said that several other options have and `option` has not: it is about those."""
    written = here.corrections.spelling.written
    mine = frozenset().union(*labels.words[option - 1])
    theirs = frozenset().union(*(words for each in labels.words for words in each)) - mine
    others = [written(word) for word in theirs]
    said = [written(token.text) for token in told if _beside(token)]
    return any(_in(word.word, other.word) or word.alike(other) for word in said for other in others)


def _in(word: str, other: str) -> bool:
    return is_han(word) and other in word


def unreal(told: Sequence[Token], here: Tongue) -> bool:
    """Whether it is about what should be, will be or would be, or what only comes close."""
    said = " ".join(token.text for token in told if token.kind is not Kind.PAUSE)
    return here.corrections.unreal.search(said) is not None or here.contrasts.search(said) is not None


def doubted(told: Sequence[Token], here: Tongue) -> bool:
    """Whether a doubt or a question is in it; to think or to suppose is none."""
    kept = [token for token in told if token.kind not in (Kind.MODEST, Kind.BACK) and not token.number]
    said = " ".join(token.text for token in kept)
    spoken = [token for token in told if token.kind is not Kind.END]
    trails = bool(spoken) and spoken[-1].kind is Kind.LIST  # "red, or"
    return trails or here.hedges.search(said) is not None or here.corrections.asks(said)


def _beside(token: Token) -> bool:
    return token.kind is Kind.OTHER and not token.names


def _loose_negation(told: Sequence[Token]) -> bool:
    """Whether a negation stands before something that we do not know."""
    open_ = False
    for token in told:
        if token.kind in (Kind.NOT, Kind.EITHER):
            open_ = True
        elif _beside(token) and open_:
            return True
        elif token.kind in (Kind.END, Kind.BACK, Kind.PAUSE) or token.names:
            open_ = False
    return False
