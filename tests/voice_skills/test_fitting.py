"""Answers in anybody's own words: what fits is chosen, what fits nothing is not, and what is nearly so is asked about."""

from __future__ import annotations

import time

import pytest
import yaml

from hub.domain.conversation import Expecting, Intent, Meaning
from tests.benchmarks.understanding import LANGUAGES
from voice_skills.fitting import ANSWERS, fits, mark, weights
from voice_skills.fitting_clues import answer, options
from voice_skills.matcher import Matcher
from voice_skills.matcher_choice import labels
from voice_skills.matcher_text import clauses
from voice_skills.matcher_tongue import tongues
from voice_skills.words import house_words

BOOK = house_words()
EARS = Matcher(BOOK)
TONGUES = tongues(BOOK.patterns)
DOOR = {
    "en": ("the lid is closed", "the lid is open", "I cannot check"),
    "de": ("der Deckel ist zu", "der Deckel ist offen", "ich kann nicht nachsehen"),
    "es": ("la tapa está cerrada", "la tapa está abierta", "no puedo mirarlo"),
    "zh": ("盖子关着", "盖子开着", "我没法看"),
}
BAR = ("below 1 bar", "between 1 and 2 bar", "above 2 bar")


def hear(text: str, offered: tuple[str, ...], language: str = "en") -> Meaning:
    return EARS.understand(text, language, Expecting.CHOICE, offered)


def test_what_was_learned_is_of_the_answers_and_concepts_that_are_there() -> None:
    assert weights().of == mark(), "answers or concepts have changed: make learn"


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_name_every_option_of_their_question(language: str) -> None:
    for question in yaml.safe_load((ANSWERS / f"{language}.yaml").read_text(encoding="utf-8")):
        numbers = set(range(1, len(question["options"]) + 1))
        assert set(question["said"]) == numbers | {"none"}, question["options"]
        assert question.get("expecting", "choice") in ("choice", "which_case")


@pytest.mark.parametrize(
    ("language", "text", "choice"),
    [
        ("en", "shut tight", 1), ("en", "its latched", 1), ("en", "wide open", 2), ("en", "hanging open", 2),
        ("en", "my leg is in plaster i cant get down there", 3), ("en", "i cant get down there with my knees", 3),
        ("de", "bombenfest verriegelt", 1), ("de", "sperrangelweit auf", 2), ("de", "da komm ich nicht dran", 3),
        ("es", "bien trancada", 1), ("es", "de par en par", 2), ("es", "no puedo llegar ahí con la pierna rota", 3),
        ("zh", "关得死死的", 1), ("zh", "大敞着", 2), ("zh", "我够不着", 3),
    ],
)  # fmt: skip
def test_an_option_is_known_by_what_it_means(language: str, text: str, choice: int) -> None:
    assert hear(text, DOOR[language], language) == Meaning(Intent.CHOICE, choice=choice)


@pytest.mark.parametrize(
    "text",
    [
        "it was closed yesterday",
        "how do I close it",
        "i'll close it tomorrow",
        "half closed half open",
        "if i close it it opens again",
        "my neighbour thinks it is closed",
        "just send somebody",
        "what lid",
    ],
)
def test_what_only_sounds_like_an_option_is_never_acted_upon(text: str) -> None:
    heard = hear(text, DOOR["en"])
    assert not (heard.intent is Intent.CHOICE and heard.sure), heard


@pytest.mark.parametrize(
    ("text", "choice"),
    [("nought point six", 1), ("1.5", 2), ("about one and a half", 2), ("it reads three bar", 3)],
)
def test_a_figure_chooses_the_range_it_lies_in(text: str, choice: int) -> None:
    assert hear(text, BAR) == Meaning(Intent.CHOICE, choice=choice)


def test_a_bare_number_is_the_number_of_an_option_before_it_is_a_figure() -> None:
    assert hear("2", BAR) == Meaning(Intent.CHOICE, choice=2)
    assert hear("5", BAR).choice not in (1, 2, 3)


def test_the_end_of_contact_comes_before_any_option() -> None:
    assert hear("take me off your list, all of it", ("on", "off", "neither")).intent is Intent.STOP


@pytest.mark.parametrize("language", LANGUAGES)
def test_likelihoods_of_all_options_and_of_none_add_up(language: str) -> None:
    here = TONGUES[language]
    listed = options(here, labels(BOOK, here, language, DOOR[language]))
    shares = fits(answer([here.fold(part) for part in clauses("lorem ipsum, 关 open zu")], here), listed)
    assert len(shares) == 4
    assert sum(shares) == pytest.approx(1.0)


def test_a_long_answer_is_weighed_within_a_hundredth_of_a_second() -> None:
    here = TONGUES["en"]
    listed = options(here, labels(BOOK, here, "en", DOOR["en"]))
    said = [
        "well i went all the way down and had a look and it was closed but then open and i cannot say " * 3
    ]
    fits(answer(said, here), listed)
    began = time.thread_time()
    for _ in range(10):
        fits(answer(said, here), listed)
    assert (time.thread_time() - began) / 10 < 0.01
