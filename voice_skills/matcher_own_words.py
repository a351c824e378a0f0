"""Own words: the answer to a numbered question that is neither its number nor its words exactly: "the second I suppose", "it isn't
green, it's red", "I've got my leg in plaster".

Rules of this file. 1. An option is chosen by its number or its own words, said plainly and last; with a doubt, a question or a
contradiction beside them it is asked about. 2. What resembles exactly one option is that option: surely only of what somebody
cannot do, or where a word is shared. 3. Whatever else was surely heard counts, unless it is what such an answer is mistaken for.
Another option than the one that was meant is worse than ten questions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hub.domain.conversation import Expecting, Intent, Meaning
from voice_skills.matcher_choice import MOST_BESIDE, Labels
from voice_skills.matcher_corrections import Kind
from voice_skills.matcher_mentions import Reading, Token, agreed, tokens
from voice_skills.matcher_names import OwnWords, own_words
from voice_skills.matcher_resembling import resembling, sounds_like, unheard_of, unlike
from voice_skills.matcher_spelling import Likeness
from voice_skills.matcher_text import is_han
from voice_skills.matcher_tongue import Tongue

NUMBERED = (Expecting.CHOICE, Expecting.WHICH_CASE)
MISTAKEN = (
    Intent.UNKNOWN,
    Intent.CHOICE,
    Intent.DONE,
    Intent.NO,
    Intent.YES,
    Intent.LATER,
    Intent.STATUS,
    Intent.SIMPLER,
    Intent.WRONG_NUMBER,
    Intent.OTHER,
)
"""What an answer to the question is mistaken for."""
MOST_WORDS = 80
MOST_SIGNS_BESIDE = 2
"""Chinese signs beside a single one that names an option: it may be part of another word."""
TWINS = 2


def in_own_words(
    heard: Meaning | None, clauses: Sequence[str], here: Tongue, expecting: Expecting, labels: Labels
) -> Meaning | None:
    """What `clauses` (folded) choose of `labels`, or what was `heard` when they choose nothing."""
    if expecting not in NUMBERED or not labels.forms or not _open(heard):
        return heard
    twin = _by_polarity(heard, here, labels)
    if twin is not None:
        return twin
    own = own_words(labels, here.corrections.spelling)
    told = tokens(clauses, here, own)
    said = " ".join(clauses)
    if len(told) > MOST_WORDS:
        return heard
    found = _named(told, here, own, labels, expecting)
    if found is None and expecting is Expecting.CHOICE:
        contradicted = frozenset(token.option for token in told if token.names)
        found = resembling(said, here, labels, contradicted)
    return _stronger(heard, found, said, here, labels)


def _open(heard: Meaning | None) -> bool:
    """Whether what was heard may still be an answer to the question."""
    if heard is None or not heard.sure:
        return True
    return heard.intent in MISTAKEN and heard.intent is not Intent.CHOICE


def _stronger(
    heard: Meaning | None, found: Meaning | None, said: str, here: Tongue, labels: Labels
) -> Meaning | None:
    """The answer, where it is surer than what was heard. Patience counts where it sounds like it; where an option does so as
    well ("I am away"), it is asked about."""
    if heard is None or heard.intent is Intent.UNKNOWN:
        return found or heard
    if heard.intent is Intent.LATER and heard.sure:
        if found is not None and found.sure and unlike(said, str(Intent.LATER), here):
            return found
        puts_off = said not in here.words and sounds_like(labels, str(Intent.LATER), here)
        return replace(heard, sure=False) if puts_off else heard
    return found if found is not None and (found.sure or not heard.sure) else heard


def _by_polarity(heard: Meaning | None, here: Tongue, labels: Labels) -> Meaning | None:
    """ "yes" and "no" to two options that say the same but for a negation, or of which one begins with that word."""
    if heard is None or not heard.sure or heard.intent not in (Intent.YES, Intent.NO):
        return None
    opening = [
        number
        for number, forms in enumerate(labels.ordered, start=1)
        if any((found := here.opener(form)) and here.words.get(found[0]) is heard.intent for form in forms)
    ]
    if len(opening) == 1:
        return Meaning(Intent.CHOICE, choice=opening[0])
    if len(labels.forms) != TWINS or set(labels.words[0]).isdisjoint(labels.words[1]):
        return None
    denied = [any(here.denies(form) for form in forms) for forms in labels.ordered]
    if denied[0] is denied[1]:
        return None
    return Meaning(Intent.CHOICE, choice=1 + denied.index(heard.intent is Intent.NO))


def _named(
    told: Sequence[Token], here: Tongue, own: OwnWords, labels: Labels, expecting: Expecting
) -> Meaning | None:
    """The option that is named by its number or its own words."""
    found = agreed(told, _reversed(here, labels))
    if found is None or any(token.number and not token.names for token in told):
        return None
    option, reading = found
    if not option:
        return _other_of_two(told, reading, own.count)
    places = reading.chosen[option]
    by_number = [at for at in places if told[at].number]
    if by_number:
        sure = _pure(told, by_number[-1]) and len(by_number) == len(places)
    else:
        named = [told[at] for at in places if told[at].like > Likeness.KIN]
        slips = (token.text for token in named if token.like is Likeness.SLIP)
        sure = all(unheard_of(slip, here) for slip in slips) and _plainly(told, named, own, option, expecting)
    return Meaning(Intent.CHOICE, choice=option, sure=sure and not _doubted(told, here))


def _reversed(here: Tongue, labels: Labels) -> frozenset[int]:
    return frozenset(
        number
        for number, forms in enumerate(labels.ordered, start=1)
        if all(here.denies(form) for form in forms)
    )


def _other_of_two(told: Sequence[Token], reading: Reading, count: int) -> Meaning | None:
    """ "Not the first": of two options, the second."""
    if count != TWINS or len(reading.denied) != 1 or reading.chosen or reading.listed:
        return None
    numbered = all(token.number for token in told if token.names)
    plain = not any(token.kind in (Kind.OTHER, Kind.EITHER) and not token.names for token in told)
    return Meaning(Intent.CHOICE, choice=3 - next(iter(reading.denied)), sure=numbered and plain)


def _pure(told: Sequence[Token], at: int) -> bool:
    """Whether nothing but a number is said around it, and nothing after it."""
    start = max((n + 1 for n in range(at) if told[n].kind in (Kind.END, Kind.JOINT)), default=0)
    around = told[start:]
    return not any(token.kind is Kind.OTHER and not token.names for token in around)


def _plainly(
    told: Sequence[Token], named: Sequence[Token], own: OwnWords, option: int, expecting: Expecting
) -> bool:
    """Whether the own words of an option are all there, with few others and no negation that belongs to none of them."""
    beside = [token for token in told if token.kind is Kind.OTHER and not token.names]
    if not named or _loose_negation(told):
        return False
    if (
        is_han(named[0].text)
        and sum(len(token.text) for token in named) == 1
        and len(beside) > MOST_SIGNS_BESIDE
    ):
        return False
    if own.whole(option, [token.text for token in named]):
        return len(beside) <= MOST_BESIDE
    return expecting is Expecting.WHICH_CASE and len(beside) <= 1


def _loose_negation(told: Sequence[Token]) -> bool:
    """Whether a negation stands before something that we do not know."""
    open_ = False
    for token in told:
        if token.kind in (Kind.NOT, Kind.EITHER):
            open_ = True
        elif token.kind is Kind.OTHER and not token.names and open_:
            return True
        elif token.kind in (Kind.END, Kind.BACK, Kind.PAUSE) or token.names:
            open_ = False
    return False


def _doubted(told: Sequence[Token], here: Tongue) -> bool:
    """Whether a doubt or a question is in it; to think or to suppose is none."""
    kept = [token for token in told if token.kind not in (Kind.MODEST, Kind.BACK) and not token.number]
    said = " ".join(token.text for token in kept)
    return here.hedges.search(said) is not None or here.corrections.asks(said)
