"""Numbers as people say them, and codes that stay text."""

from __future__ import annotations

import pytest

from hub.domain.conversation import Expecting, Intent
from voice_skills.matcher import Matcher
from voice_skills.matcher_text import plain
from voice_skills.numbers import code, in_digits
from voice_skills.words import house_words

EARS = Matcher(house_words())


@pytest.mark.parametrize(
    ("said", "language", "digits"),
    [
        ("in twenty-three minutes", "en", "in 23 minutes"),
        ("in dreiundzwanzig Minuten", "de", "in 23 minuten"),
        ("en veintitrés minutos", "es", "en 23 minutos"),
        ("en treinta y un minutos", "es", "en 31 minutos"),
        ("二十三分钟后", "zh", "23分钟后"),
        ("下午三点", "zh", "下午3点"),
        ("十点", "zh", "10点"),
        ("３点", "zh", "3点"),
        ("١٢", "en", "12"),
    ],
)
def test_a_number_in_words_is_the_number_in_digits(said: str, language: str, digits: str) -> None:
    assert in_digits(plain(said), language) == digits


@pytest.mark.parametrize(
    ("said", "language", "text"),
    [
        ("0042", "en", "0042"),
        ("zero zero four two", "en", "0042"),
        ("4 8 3 9 2 7", "en", "483927"),
        ("four eight three nine two seven", "en", "483927"),
        ("vier acht drei neun zwei sieben", "de", "483927"),
        ("cuatro ocho tres nueve dos siete", "es", "483927"),
        ("四八三九二七", "zh", "483927"),
        ("１２３４５６", "zh", "123456"),
        ("my code", "en", ""),
        ("1" * 40, "en", ""),
    ],
)
def test_a_code_stays_text(said: str, language: str, text: str) -> None:
    assert code(plain(said), language) == text


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("my code is 048392", "en"),
        ("mein Code ist 048392", "de"),
        ("mi código es 048392", "es"),
        ("验证码是048392", "zh"),
        ("048392", "en"),
    ],
)
def test_a_code_with_or_without_words_links_and_keeps_its_zero(said: str, language: str) -> None:
    meaning = EARS.understand(said, language, Expecting.NOTHING, ())
    assert (meaning.intent, meaning.slot) == (Intent.LINK, "048392")


@pytest.mark.parametrize(
    ("said", "language", "choice"),
    [
        ("the second one", "en", 2),
        ("the last one", "en", 3),
        ("the middle one", "en", 2),
        ("das zweite bitte", "de", 2),
        ("la segunda", "es", 2),
        ("第二个", "zh", 2),
        ("选三", "zh", 3),
        ("２", "zh", 2),
    ],
)
def test_a_choice_is_made_by_its_place(said: str, language: str, choice: int) -> None:
    meaning = EARS.understand(said, language, Expecting.CHOICE, ("red", "green", "blue"))
    assert (meaning.intent, meaning.choice, meaning.sure) == (Intent.CHOICE, choice, True)
