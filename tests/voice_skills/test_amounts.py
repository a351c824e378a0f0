"""Figures that people read off: as digits, as words, with halves and decimals, and what an option says of them."""

from __future__ import annotations

import pytest

from voice_skills.amounts import Range, amounts, pointed, range_of
from voice_skills.matcher_tongue import tongues
from voice_skills.words import house_words

TONGUES = tongues(house_words().patterns)


@pytest.mark.parametrize(
    ("language", "text", "figures"),
    [
        ("en", "it says nought point six", [0.6]),
        ("en", "1.5", [1.5]),
        ("en", "one and a half bar", [1.5]),
        ("en", "about 20 degrees", [20.0]),
        ("de", "null komma acht", [0.8]),
        ("de", "0,8 bar", [0.8]),
        ("de", "anderthalb", [1.5]),
        ("es", "uno y medio", [1.5]),
        ("es", "cero coma seis", [0.6]),
        ("zh", "一点五", [1.5]),
        ("zh", "零点八巴", [0.8]),
        ("en", "no idea", []),
    ],
)
def test_a_figure_is_read_as_people_say_it(language: str, text: str, figures: list[float]) -> None:
    assert amounts(TONGUES[language].fold(pointed(text, language)), language) == figures


@pytest.mark.parametrize(
    ("language", "label", "inside", "outside"),
    [
        ("en", "more than 1 bar", 1.2, 1.0),
        ("en", "below 1 bar", 0.9, 1.0),
        ("en", "between 1 and 2 bar", 1.0, 2.1),
        ("de", "über 20 Grad", 21.0, 20.0),
        ("de", "unter 1 bar", 0.5, 1.5),
        ("es", "menos de 1 bar", 0.5, 1.5),
        ("zh", "4到8度", 6.0, 9.0),
        ("zh", "8度以上", 9.0, 7.0),
    ],
)
def test_an_option_is_true_of_some_figures(language: str, label: str, inside: float, outside: float) -> None:
    found = range_of(TONGUES[language].fold(label), language)
    assert found is not None
    assert found.holds(inside)
    assert not found.holds(outside)


@pytest.mark.parametrize("label", ["it is green", "1, 2 or 3", "from 2 to 1"])
def test_an_option_without_a_plain_figure_says_nothing_of_figures(label: str) -> None:
    assert range_of(TONGUES["en"].fold(label), "en") is None


def test_a_figure_alone_is_only_itself() -> None:
    assert range_of("5", "en") == Range(5.0, 5.0) or not Range(5.0, 5.0).holds(4.0)
    assert Range(5.0, 5.0).holds(5.0)
