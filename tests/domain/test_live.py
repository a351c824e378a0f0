"""Values that are told to people: whole numbers, and never nought for what is not."""

from __future__ import annotations

import pytest

from hub.domain.wording import live
from tests.domain.talking import ROUTER, library

LOST = {
    "en": "0.2 percent of its data gets lost",
    "de": "0,2 Prozent seiner Daten",
    "es": "El 0,2 por ciento de sus datos",
    "zh": "百分之0.2的数据",
}


def told(language: str, loss: float) -> list[str]:
    """What is said, in writing and aloud, of a router that loses `loss` percent of its data."""
    words = library().words
    said = live(library().plays[ROUTER, "line-unstable"], {"wan_loss": loss})
    return [form(each, language) for each in said for form in (words.text, words.spoken)]


@pytest.mark.parametrize("language", sorted(LOST))
def test_a_little_loss_is_said_with_its_tenths_as_people_write_them_there(language: str) -> None:
    for text in told(language, 0.24):
        assert LOST[language] in text


@pytest.mark.parametrize(
    ("loss", "said"), [(0.0, "0 percent"), (0.5, "0.5 percent"), (0.96, "1 percent"), (12.4, "12 percent")]
)
def test_only_nought_is_said_to_be_nought(loss: float, said: str) -> None:
    for text in told("en", loss):
        assert text.startswith(said)


def test_what_is_less_than_a_tenth_is_not_told() -> None:
    assert told("en", 0.03) == []
