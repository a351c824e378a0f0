"""A time in answer to "When shall we ring you?": one in the words, a number that stands alone, a day with a typing error.

Who was asked for a time is heard more kindly here than anybody else: what comes of it is offered, or can be changed.
"""

from __future__ import annotations

import re
from dataclasses import replace

from rapidfuzz import fuzz, process

from hub.domain.spoken_time import When
from voice_skills.matcher_text import is_han, plain
from voice_skills.numbers import in_digits
from voice_skills.times import Times
from voice_skills.times_refused import narrowed

ALIKE = 85
SHORTEST = 5
"""Letters of a word that may be misspelt: a shorter one is another word sooner than an error."""
MOST_WORDS = 5
MIDNIGHT = 24
_ALONE = re.compile(r"(?<!\d)(?P<h>\d{1,2})(?:(?:h| )(?P<m>[0-5]\d))?(?!\d)")
_ARTICLES = re.compile(r"\b(?:un|una|ein|eine|einen|einer|einem)\b|一(?=[个位下台次些点])")
"""What looks like a one and counts nothing."""
_POLITE = re.compile("请|吧|可以|好的|好|在|的|了|呢|行吗|吗")
_IDLE_WORDS = """
    please ok okay yes on at the then fine good great would be can could you we do i like for me it is
    make let lets us say how about what works suits rather better bitte ja gut passt mir dann um am
    gegen ginge geht lieber uhr den der por favor porfa si vale bien mejor a el la las los de para mi
"""
_IDLE = frozenset(_IDLE_WORDS.split())
"""Words beside a time that leave it as it is; none of them denies."""
_NUMBERS = re.compile(r"\d+")


def time_in(text: str, times: Times) -> When | None:
    """The time that `text` names; None where it names none, or several."""
    limits, kept = narrowed(text, times)
    if limits.limited:
        when, _ = times.find(_mended(kept, times))
        return _within(when or When(), limits)
    said = plain(text)
    when, _ = times.find(_mended(kept, times), refusing=True)
    if when is not None:
        return when
    digits = in_digits(_ARTICLES.sub(" ", said).strip(), times.language)
    found = _ALONE.search(digits)
    few = is_han(said) or len(said.split()) <= MOST_WORDS
    if found is None or not few or _NUMBERS.search(digits[found.end() :]) or int(found["h"]) > MIDNIGHT:
        return None
    minute = int(found["m"] or 0)
    return When(hour=int(found["h"]), minute=minute, exact=int(found["h"]) > MIDNIGHT // 2)


def _within(when: When, limits: When) -> When:
    return replace(when, since=limits.since, until=limits.until, barred=limits.barred)


def only_time(text: str, times: Times) -> bool:
    """Whether `text` says a time and nothing that could turn it round: "not at ten" says more than a time."""
    limits, _ = narrowed(text, times)
    if limits.limited:
        return False
    _, left = times.find(_mended(plain(text), times))
    spare = _POLITE.sub("", left) if is_han(left) else left
    words = [word for word in spare.split() if word not in _IDLE]
    return not words or (len(words) == 1 and in_digits(words[0], times.language).replace("h", "").isdigit())


def _mended(said: str, times: Times) -> str:
    """`said` with the names of days and of parts of a day as they are spelt."""
    known = [word for word in times.meant if " " not in word and len(word) >= SHORTEST and not is_han(word)]
    return " ".join(_spelt(word, known) for word in said.split())


def _spelt(word: str, known: list[str]) -> str:
    if len(word) < SHORTEST or word in known:
        return word
    near = process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=ALIKE)
    return near[0] if near else word
