"""How much a book may ask of a device's memory: the size of windows, and what all of them may take.

Every derived value has a bounded size, so a book's worst case is known before any device is judged by it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction

from device_rules.comparison import Wrong
from device_rules.durations import spell_span
from device_rules.functions import Function
from device_rules.model import BookText
from device_rules.reading import HOUR, MINUTE, SECOND, Micros
from device_rules.source import BUCKETS, MOST_EXACT, Source

MOST_EXPECTED = 5_000_000  # observations in one window
MOST_SOURCES = 2_000  # derived values in one book
TOO_MANY = (
    f"this book has more than {MOST_SOURCES:,} different functions of time; use fewer, or the same windows"
)
LONGEST_CONDITIONS = 500_000  # characters in one book
MOST_STATE = 1 << 20  # bytes of one device
OBSERVATION = 64  # bytes, as Python keeps a moment and a value
HAPPENING = 40  # bytes, a moment alone
BUCKET = 120
SLOT = 80  # a value, when it was observed, what it was before
MOST_SLOTS = MOST_STATE // SLOT
SMALL = 96  # what the forms without a window keep
HABIT = 1_200  # thirty samples and the mean that moves
DETECTOR = 8_000  # eight tails with their samples
WITHOUT = frozenset(["hour", "weekday", "open", "fleet", "any", "all", "missing"])

_PACE = {SECOND: "a second", MINUTE: "a minute", HOUR: "an hour"}


def expected(text: str, window: Micros, every: Micros | None) -> int:
    """How many observations the window expects, 0 when they come on change. Raises Wrong."""
    if window <= 0:
        raise Wrong(f"`{text}`: a window is longer than nothing; write a span like 1h")
    if not every:
        return 0
    if window < every:
        raise Wrong(
            f"`{text}`: the window of {spell_span(window)} is shorter than the time between two readings "
            f"({spell_span(every)}); make it longer"
        )
    found = window // every
    if found > MOST_EXPECTED:
        pace = _PACE.get(every, f"every {spell_span(every)}")
        raise Wrong(
            f"`{text}`: a window of {spell_span(window)} at one reading {pace} is {found:,} readings; at most "
            f"{MOST_EXPECTED:,}: make the window shorter, or say with `every` that readings are rarer"
        )
    return found


def needed(function: Function, count: int, coverage: float) -> int:
    """How many observations make the function known."""
    if not function.filled:
        return function.least
    return max(function.least, math.ceil(Fraction(repr(coverage)) * count))


def size_of(source: Source) -> int:
    """The most that this value keeps of one device, in bytes."""
    if source.form in WITHOUT:
        return 0
    if source.form == "unusual":
        return DETECTOR
    if source.form == "drift":
        return HABIT
    if source.form in {"prev", "stuck", "consecutive", "sequence"}:
        return SMALL
    if source.form in {"times", "events"}:
        return MOST_EXACT * HAPPENING
    if source.expected > MOST_EXACT:
        return BUCKETS * BUCKET
    return OBSERVATION * (source.expected or MOST_EXACT)


def too_much(sources: Sequence[Source], slots: int) -> str:
    """Why a book with these derived values, and so many slots in all, is refused; "" when it may be used."""
    if len(sources) > MOST_SOURCES:
        return TOO_MANY
    total = sum(map(size_of, sources)) + slots * SLOT
    if total <= MOST_STATE:
        return ""
    dearest = sorted(sources, key=size_of, reverse=True)[:3]
    named = ", ".join(f"`{source.text[:60]}` ({size_of(source) / 1024:.0f} KB)" for source in dearest)
    largest = f" The largest: {named}. Windows that expect fewer readings keep less" if named else ""
    return f"this book would keep up to {total // 1024:,} KB of each device; at most {MOST_STATE // 1024:,} KB.{largest}"


def too_long(draft: BookText) -> str:
    """Why a book with so much text in its conditions is refused; "" when it may be read."""
    found = sum(map(len, _conditions(draft)))
    if found <= LONGEST_CONDITIONS:
        return ""
    return f"the conditions of this book have {found:,} characters; at most {LONGEST_CONDITIONS:,}. Split it by models"


def _conditions(draft: BookText) -> Iterator[str]:
    yield draft.maintenance or ""
    for rule in draft.rules:
        yield from (rule.when or "", rule.clear or "", rule.count or "")
        yield from rule.sequence or ()
        yield from (level.when for level in rule.levels)
