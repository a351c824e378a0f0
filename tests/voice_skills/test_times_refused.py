"""What customers say will not do, in four languages: from when, until when, and which days."""

from __future__ import annotations

import pytest

from hub.domain.spoken_time import When
from voice_skills.words import house_words

WORDS = house_words()


@pytest.mark.parametrize(
    ("language", "said", "since", "until"),
    [
        ("en", "I'm only home from half two", 14 * 60 + 30, None),
        ("en", "not before 11:15", 11 * 60 + 15, None),
        ("en", "before ten please", None, 10 * 60),
        ("en", "between jobs, so after a quarter to two", 13 * 60 + 45, None),
        ("de", "erst ab halb zwei", 13 * 60 + 30, None),
        ("de", "nicht vor halb drei", 14 * 60 + 30, None),
        ("de", "nach Viertel vor zwei", 13 * 60 + 45, None),
        ("de", "ich bin bis elf Uhr da", None, 11 * 60),
        ("es", "a partir de las dos y media", 14 * 60 + 30, None),
        ("es", "antes de las once", None, 11 * 60),
        ("es", "no antes de las once", 11 * 60, None),
        ("zh", "两点半以后", 14 * 60 + 30, None),
        ("zh", "十一点之前", None, 11 * 60),
    ],
)
def test_from_when_and_until_when_somebody_can(
    language: str, said: str, since: int | None, until: int | None
) -> None:
    when = WORDS.when(said, language)
    assert when is not None
    assert (when.since, when.until) == (since, until)
    assert not WORDS.only_time(said, language)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "monday doesn't work for me"),
        ("en", "any day but monday"),
        ("de", "am Montag habe ich keine Zeit"),
        ("es", "cualquier día menos el lunes"),
        ("es", "el lunes no"),
        ("zh", "周一不方便"),
    ],
)
def test_a_day_that_will_not_do_is_barred(language: str, said: str) -> None:
    assert WORDS.when(said, language) == When(barred=(When(weekday=0),))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "why not monday"),
        ("en", "can't you come on monday?"),
        ("de", "warum nicht Montag"),
        ("es", "¿no pueden el lunes?"),
        ("zh", "周一行不行"),
        ("zh", "周一有没有空"),
    ],
)
def test_a_day_that_is_asked_for_with_a_not_is_wanted(language: str, said: str) -> None:
    assert WORDS.when(said, language) == When(weekday=0)
