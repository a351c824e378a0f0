"""What an answer fits best of all options, when neither its number nor its words settle it: when that is acted upon, and when asked about.

Rules of this file. 1. What was named by its number or is called exactly so stays. 2. What fits clearly is chosen, unless it was
asked or doubted. 3. What was chosen by a word but hardly fits (another time, another thing, a question) is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from hub.domain.conversation import Expecting, Intent, Meaning
from voice_skills.amounts import amounts
from voice_skills.fitting import fits
from voice_skills.fitting_clues import Answer, Option, answer, options
from voice_skills.matcher_choice import Labels, number
from voice_skills.matcher_learned import FAMILIAR
from voice_skills.matcher_own_words import MISTAKEN as HEARD_FOR
from voice_skills.matcher_own_words import NUMBERED
from voice_skills.matcher_text import is_han
from voice_skills.matcher_tongue import Tongue

ACT, DOUBTFUL, CERTAIN, ASK = 0.6, 0.75, 0.9, 0.45
"""How likely an option must be: to be chosen; to be chosen where something else was heard that answers are often mistaken for
(`NEAR`); where something else was heard for sure, or something is denied that belongs to no option; and to be asked about."""
NEAR = (Intent.NO, Intent.YES, Intent.DONE, Intent.LATER, Intent.STATUS, Intent.OTHER, Intent.WHICH_DEVICE)
HARDLY, ELSEWHERE = 0.1, 0.6
"""What was chosen by a word is asked about when it is less likely than the first; than the second where another time is
named, both, or a question is asked."""
CANNOT, NOTHING = ("cannot", "not_sure"), frozenset({"none", "dark", "off", "silent", "iced-none"})
MOST_SIGNS, TWO = 400, 2
MISTAKEN = (*HEARD_FOR, Intent.WHICH_DEVICE)
OPTION = re.compile("[1-9]")
WISHES = (
    "stop",
    "person",
    "callback",
    "visit",
    "wrong_number",
    "text_me",
    "language",
    "restart",
    "cancel_visit",
    "back",
)
"""What is wished instead of answering."""
WISHED = 0.6
"""How likely it must be."""
OTHER_TIMES = frozenset(
    {
        "yesterday",
        "before",
        "long-ago",
        "last-week",
        "tomorrow",
        "later-time",
        "soon",
        "both",
        "neither",
        "several",
    }
)


def fitted(
    heard: Meaning | None, clauses: Sequence[str], here: Tongue, expecting: Expecting, labels: Labels
) -> Meaning | None:
    """What `clauses` (folded) choose of `labels`, or what was `heard`."""
    if expecting not in NUMBERED or not labels.forms or _settled(heard, clauses, here, labels):
        return heard
    given, listed = answer(clauses, here), options(here, labels)
    if by_figure := _by_figure(given, listed):
        return Meaning(Intent.CHOICE, choice=by_figure, sure=not here.corrections.asks(given.said))
    if max(given.shares.get(kind, 0.0) for kind in WISHES) >= WISHED:
        return heard
    shares = fits(given, listed)
    if heard is not None and heard.sure and heard.intent is Intent.CHOICE:
        return _checked(heard, given, listed, shares)
    return _best(heard, given, listed, shares)


def _best(
    heard: Meaning | None, given: Answer, listed: Sequence[Sequence[Option]], shares: Sequence[float]
) -> Meaning | None:
    """The option that fits best, where it fits well enough."""
    best = max(range(len(listed)), key=shares.__getitem__)
    least = DOUBTFUL if heard is not None and heard.intent is Intent.CHOICE else ACT
    if not _accounted(given, listed, best) or _elsewhere(given, listed):
        least = CERTAIN
    another = heard is not None and heard.sure and heard.intent is not Intent.UNKNOWN
    if another and heard is not None:
        least = max(least, DOUBTFUL if heard.intent in NEAR and heard.when is None else CERTAIN)
    if shares[best] >= least and (given.mentions or given.familiar >= FAMILIAR):
        return Meaning(Intent.CHOICE, choice=best + 1, sure=not _doubted(given))
    spoken_of = any(form.concepts.keys() & mentioned(given) for form in listed[best])
    asks = not another and shares[best] >= (ASK if spoken_of else CERTAIN)
    return Meaning(Intent.CHOICE, choice=best + 1, sure=False) if asks else heard


def _settled(heard: Meaning | None, clauses: Sequence[str], here: Tongue, labels: Labels) -> bool:
    """Whether it is clear already: something else was heard, an option was named by its number or called exactly so; or whether
    the options are times, which are compared as times elsewhere."""
    said = " ".join(clauses)
    return (
        len(said) > MOST_SIGNS
        or not here.agreeing.sub("", said).strip()
        or labels.times
        or (heard is not None and heard.sure and heard.intent not in MISTAKEN)
        or labels.exact(said, here.bare(said)) is not None
        or _numbered(clauses, here, len(labels.forms))
        or _saying(heard, said, here)
    )


def _doubted(given: Answer) -> bool:
    return given.here.doubts(given.said) or given.here.conditions.search(given.said) is not None


def _elsewhere(given: Answer, listed: Sequence[Sequence[Option]]) -> bool:
    """Whether another time is named, both or neither, of which no option speaks; or a question is asked."""
    offered = {name for forms in listed for form in forms for name in (*form.concepts, *form.shared)}
    named = {name for each in given.mentions if not each.denied for name in each.concepts}
    return bool((named & OTHER_TIMES) - offered) or given.here.corrections.asks(given.said)


def _accounted(given: Answer, listed: Sequence[Sequence[Option]], best: int) -> bool:
    """Whether nothing speaks against it that belongs to no option: its opposite, or a denial. A denial belongs to the question
    where another option is denied, or where the words that speak for it hold it ("doesn't budge", "I can't see it")."""
    excluded = frozenset().union(*(form.excluded for form in listed[best]))
    if any(not each.denied and each.concepts & excluded for each in given.mentions):
        return False
    if not given.here.denies(given.here.bystanders.sub(" ", given.said)):
        return True
    if any(form.denied and _unable(form.shares) >= ACT for form in listed[best]):
        return _unable(given.shares) >= ASK
    return _denied_by_words(given, listed[best]) or _denied_another(given, listed, best)


def _unable(shares: Mapping[str, float]) -> float:
    return sum(shares.get(kind, 0.0) for kind in CANNOT)


def _denied_by_words(given: Answer, forms: Sequence[Option]) -> bool:
    mine = {name: denied for form in forms for name, denied in form.concepts.items()}
    return any(
        (each.negative or each.concepts & NOTHING)
        and any(mine.get(name) is each.denied for name in each.concepts)
        for each in given.mentions
    )


def _denied_another(given: Answer, listed: Sequence[Sequence[Option]], best: int) -> bool:
    """ "Not open" of two options; of three only with a word for the one that is meant: "not the fridge, the washer"."""
    mine = {name for form in listed[best] for name in form.concepts}
    others = {
        name for at, forms in enumerate(listed) if at != best for form in forms for name in form.concepts
    } - mine
    told = len(listed) == TWO or any(not each.denied and each.concepts & mine for each in given.mentions)
    plain = not any(form.denied for form in listed[best])
    return told and plain and any(each.denied and each.concepts & others for each in given.mentions)


def _numbered(clauses: Sequence[str], here: Tongue, count: int) -> bool:
    """Whether options are named by their number: "1 or 2", "the sixth one"; not by a figure: "1.5"."""
    if any(each != int(each) for each in amounts(" ".join(clauses), here.language)):
        return False
    found = [number(here.bare(clause), here, Expecting.CHOICE, count) for clause in clauses]
    alone = [word for clause in clauses for word in clause.split() if OPTION.fullmatch(word)]
    return any(each is not None and each.sure for each in found) or len(alone) > 1


def mentioned(given: Answer) -> set[str]:
    """What was mentioned, denied or not."""
    return {name for each in given.mentions for name in each.concepts}


def _saying(heard: Meaning | None, said: str, here: Tongue) -> bool:
    """Whether it was one of our sayings, word for word: "done"."""
    known = here.words.get(said) or here.words.get(here.bare(said))
    return heard is not None and heard.sure and known is heard.intent and known not in (Intent.NO, Intent.YES)


def _by_figure(given: Answer, listed: Sequence[Sequence[Option]]) -> int:
    """The option that is true of the one figure that was read off; 0 where none is, or several, or the others name no figure."""
    ranges = [forms[0].range for forms in listed]
    bare = is_han(given.said) and len(given.said) <= TWO  # 选8: the number of an option
    if bare or len(given.figures) != 1 or sum(each is not None for each in ranges) < TWO or given.compares:
        return 0
    true = [
        number
        for number, each in enumerate(ranges, start=1)
        if each is not None and each.holds(given.figures[0])
    ]
    return true[0] if len(true) == 1 else 0


def _checked(
    heard: Meaning, given: Answer, listed: Sequence[Sequence[Option]], shares: Sequence[float]
) -> Meaning:
    """What was chosen by a word, asked about where it hardly fits."""
    here = given.here
    numbers = {here.numbers.get(word) for word in given.said.split()}
    in_order = any(word in given.said for word in (*here.last_words, *here.middle_words))
    if heard.choice > len(listed) or (
        (heard.choice in numbers or in_order) and not _elsewhere(given, listed)
    ):
        return heard
    named = mentioned(given)
    spoken_of = sum(any(form.concepts.keys() & named for form in forms) for forms in listed)
    least = ELSEWHERE if _elsewhere(given, listed) else 0.0 if spoken_of > 1 else HARDLY
    another = spoken_of < TWO and max(shares[:-1]) >= ACT and shares[heard.choice - 1] < max(shares[:-1])
    return replace(heard, sure=False) if another or shares[heard.choice - 1] < least else heard
