"""What is learned from examples: it is of today's examples, it is honest about what it has not seen, and it is quick."""

from __future__ import annotations

import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.conversation import Expecting, Intent, Meaning
from hub.ports import BadInput
from tests.benchmarks.understanding import LANGUAGES, examine, sentences
from voice_skills.matcher import Matcher
from voice_skills.matcher_text import plain
from voice_skills.resemblance import EXAMPLES, LEARNED, MOST_GRAMS, grams, mark, resemblance, unpacked
from voice_skills.words import house_words

EARS = Matcher(house_words())
TWICE = 0.03
"""Some thousands of people hit on the same words as a few hundred others now and then."""
STRANGER, SLIPS = 0.84, 8
"""So much of the fourth set at least, and so many readings at most that would do harm: a floor, and not what we want. The figures
of the day are in `tests/benchmarks/understanding.py`."""


def hear(said: str, language: str = "en", expecting: Expecting = Expecting.YES_NO) -> Meaning:
    return EARS.understand(said, language, expecting, ())


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_learned_is_of_the_examples_that_are_there(language: str) -> None:
    learned = resemblance(language)
    assert learned is not None
    assert learned.learned.of == mark(language), "the examples have changed: make learn"


@pytest.mark.parametrize("language", LANGUAGES)
def test_examples_are_of_kinds_that_we_know_and_none_of_two_kinds(language: str) -> None:
    written = yaml.safe_load((EXAMPLES / f"{language}.yaml").read_text(encoding="utf-8"))
    assert set(written) - {"cannot", "not_sure"} <= {str(intent) for intent in Intent}
    said = [plain(str(each)) for listed in written.values() for each in listed]
    assert len(said) - len(set(said)) <= len(said) // 100, "who says a thing in two lists helps in neither"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_stranger_is_mostly_understood_and_hardly_ever_to_their_harm(language: str) -> None:
    found = list(examine(EARS, "fourth", language))
    assert sum(each.harmful for each in found) <= SLIPS
    assert sum(each.understood for each in found) / len(found) >= STRANGER


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_example_was_taken_from_an_examination_that_nobody_has_seen(language: str) -> None:
    written = yaml.safe_load((EXAMPLES / f"{language}.yaml").read_text(encoding="utf-8"))
    known = {plain(str(each)) for listed in written.values() for each in listed}
    long = 8 if language == "zh" else 25
    asked = {plain(str(each["said"])) for each in sentences("fourth", language)}
    same = [each for each in asked & known if len(each) > long]
    assert len(same) <= len(asked) * TWICE, same


@given(st.text(max_size=400))
def test_likelihoods_add_up_to_one_or_there_are_none(text: str) -> None:
    learned = resemblance("en")
    assert learned is not None
    found = learned.likely(plain(text))
    assert not found or abs(sum(found.values()) - 1) < 1e-9
    assert 0 <= learned.familiar(plain(text)) <= 1


def test_what_is_no_sentence_resembles_nothing() -> None:
    learned = resemblance("en")
    assert learned is not None
    assert learned.likely("") == {} and learned.familiar("ξψ") == 0
    endless = " ".join(f"word{number}" for number in range(400))
    assert len(grams(endless)) > MOST_GRAMS and learned.likely(endless) == {}


def test_a_language_without_examples_is_understood_by_sayings_alone() -> None:
    assert resemblance("xx") is None
    assert hear("yes please", "xx").intent is Intent.YES


def test_a_damaged_file_says_what_to_do() -> None:
    packed = (LEARNED / "en.bin").read_bytes()
    assert unpacked("en.bin", packed).language == "en"
    with pytest.raises(BadInput, match="make learn"):
        unpacked("en.bin", packed[: len(packed) // 2])


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("isn't there somebody i could have a word with", Intent.PERSON),
        ("could you ring me around half past six", Intent.CALLBACK),
        ("please take our number out of your system we want no more of this", Intent.STOP),
        ("the fellow does not need to come on thursday any more", Intent.CANCEL_VISIT),
    ],
)
def test_what_no_saying_knows_is_understood(said: str, intent: Intent) -> None:
    assert hear(said, expecting=Expecting.NOTHING).intent is intent


@pytest.mark.parametrize(
    "said",
    [
        "well go ahead unless it costs something",
        "would you start it if it were yours",
        "i do not think that you should go ahead",
        "yeds plaese",
        "why do you want to go ahead with it",
    ],
)
def test_what_denies_doubts_asks_or_is_misspelt_never_acts(said: str) -> None:
    heard = hear(said)
    assert heard.intent not in {Intent.YES, Intent.RESTART, Intent.DONE} or not heard.sure


def test_a_sentence_is_weighed_within_a_few_milliseconds() -> None:
    learned = resemblance("de")
    assert learned is not None
    said = (
        plain("also mein internet fliegt dauernd raus und mein bruder sagt sie koennen das von dort aus") * 3
    )
    began = time.process_time()
    for _ in range(20):
        learned.likely(said)
    assert (time.process_time() - began) / 20 < 0.02
