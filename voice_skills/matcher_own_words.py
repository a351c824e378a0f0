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
from voice_skills.matcher_choice import Labels
from voice_skills.matcher_corrections import Kind
from voice_skills.matcher_mentions import Reading, Token, agreed, tokens
from voice_skills.matcher_names import OwnWords, own_words
from voice_skills.matcher_plainly import doubted, foreign, plainly, pure, unreal
from voice_skills.matcher_resembling import resembling, sounds_like, unheard_of, unlike
from voice_skills.matcher_spelling import Likeness
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
TWINS = 2


def in_own_words(
    heard: Meaning | None, clauses: Sequence[str], here: Tongue, expecting: Expecting, labels: Labels
) -> Meaning | None:
    """What `clauses` (folded) choose of `labels`, or what was `heard` when they choose nothing."""
    named = heard is not None and heard.when is not None and labels.times
    if expecting not in NUMBERED or not labels.forms or named or not _open(heard):
        return heard
    if (
        heard is not None
        and heard.intent is Intent.CHOICE
        and heard.sure
        and expecting is not Expecting.CHOICE
    ):
        return heard
    twin = _by_polarity(heard, here, labels)
    if twin is not None:
        return twin
    own = own_words(labels, here.corrections.spelling)
    told = tokens(clauses, here, own)
    said = " ".join(clauses)
    if len(told) > MOST_WORDS:
        return heard
    if heard is not None and heard.intent is Intent.CHOICE and heard.sure:
        return _checked(heard, told, said, here, labels)
    found = _named(told, here, own, labels, expecting)
    if found is None and expecting is Expecting.CHOICE:
        contradicted = frozenset(token.option for token in told if token.names)
        found = resembling(said, here, labels, contradicted)
    corrected = any(token.kind in (Kind.NOT, Kind.EITHER, Kind.BACK) for token in told)
    return _stronger(heard, found, said, here, (labels, corrected))


def _open(heard: Meaning | None) -> bool:
    """Whether what was heard may still be an answer to the question."""
    if heard is None or not heard.sure:
        return True
    return heard.intent in MISTAKEN


def _checked(heard: Meaning, told: Sequence[Token], said: str, here: Tongue, labels: Labels) -> Meaning:
    """An option that was heard by its words; asked about where another one's words, a wish or a condition stand beside them."""
    forms = (said, here.bare(said))
    if (
        any(token.number for token in told)
        or labels.exact(*forms) == heard
        or _part_of(heard, said, here, labels)
    ):
        return heard
    left = agreed(told, _reversed(here, labels))
    against = left is None or heard.choice in left[1].denied or not left[1].chosen.keys() <= {heard.choice}
    doubtful = against or foreign(told, heard.choice, here, labels) or unreal(told, here)
    return replace(heard, sure=False) if doubtful else heard


def _part_of(heard: Meaning, said: str, here: Tongue, labels: Labels) -> bool:
    """Whether it is a piece of the option's own line: "what to do" of "what to do indoors"."""
    mine = labels.forms[heard.choice - 1] if 0 < heard.choice <= len(labels.forms) else ()
    return any(f" {said} " in f" {form} " and here.denies(said) == here.denies(form) for form in mine)


def _stronger(
    heard: Meaning | None, found: Meaning | None, said: str, here: Tongue, of: tuple[Labels, bool]
) -> Meaning | None:
    """The answer, where it is surer than what was heard. Patience counts where it sounds like it; where an option does so as
    well ("I am away"), it is asked about."""
    labels, corrected = of
    if heard is None or heard.intent is Intent.UNKNOWN:
        return found or heard
    if heard.intent is Intent.LATER and heard.sure:
        if found is not None and found.sure and (corrected or unlike(said, str(Intent.LATER), here)):
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
        return _other_of_two(told, reading, own.count, expecting)
    places = reading.chosen[option]
    by_number = [at for at in places if told[at].number]
    if by_number:
        slips = [told[at].text for at in by_number if told[at].like is Likeness.SLIP]
        sure = pure(told, by_number[-1]) and len(by_number) == len(places)
    else:
        named = [told[at] for at in places if told[at].like > Likeness.KIN]
        slips = [token.text for token in named if token.like is Likeness.SLIP]
        sure = plainly(told, named, own, option, expecting)
        if expecting is Expecting.CHOICE:
            sure = sure and not (foreign(told, option, here, labels) or unreal(told, here))
    sure = sure and all(unheard_of(slip, here) for slip in slips) and not doubted(told, here)
    return Meaning(Intent.CHOICE, choice=option, sure=sure)


def _reversed(here: Tongue, labels: Labels) -> frozenset[int]:
    return frozenset(
        number
        for number, forms in enumerate(labels.ordered, start=1)
        if all(here.denies(form) for form in forms)
    )


def _other_of_two(
    told: Sequence[Token], reading: Reading, count: int, expecting: Expecting
) -> Meaning | None:
    """ "Not the first": of two options, the second."""
    if count != TWINS or len(reading.denied) != 1 or reading.chosen or reading.listed:
        return None
    numbered = expecting is Expecting.WHICH_CASE or all(token.number for token in told if token.names)
    plain = not any(token.kind is Kind.OTHER and not token.names for token in told)
    return Meaning(Intent.CHOICE, choice=3 - next(iter(reading.denied)), sure=numbered and plain)
