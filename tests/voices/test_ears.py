"""What every voice relies on: a negation never acts, hostile words cost little, codes stay text, phrases can be spoken."""

from __future__ import annotations

import random
import re
import time

import pytest

from hub.domain.contact import Phrase
from hub.domain.conversation import Expecting, Intent
from tests.domain.talking import ears, library

LANGUAGES = ("en", "de", "es", "zh")
NEVER = {
    "en": ["do not restart it", "don't restart the router", "no, please do not do that", "never restart it"],
    "de": [
        "nicht neu starten",
        "bitte nicht neu starten",
        "nein, starte ihn nicht neu",
        "auf keinen Fall neu starten",
    ],
    "es": ["no lo reinicie", "no reinicies el router", "no, por favor no lo haga", "nunca lo reinicie"],
    "zh": ["不要重启", "别重启路由器", "不，请不要这样做", "千万别重启"],
}
ACTS = (Intent.RESTART, Intent.YES, Intent.DONE)
STRANGE = "aA0 9.\u0000\u202e'\"<>{}[]()|\\&;%$#@!?¿ñß汉字🙂🔥\u0301\ufeff"


@pytest.mark.parametrize("language", LANGUAGES)
def test_h2_a_negation_never_sets_a_device_in_motion(language: str) -> None:
    for words in NEVER[language]:
        for expecting in (Expecting.NOTHING, Expecting.YES_NO):
            meaning = ears().understand(words, language, expecting, ())
            assert not (meaning.intent in ACTS and meaning.sure), (words, meaning)


def test_h3_hostile_words_are_answered_within_fifty_milliseconds_of_work() -> None:
    rng = random.Random(7)
    for number in range(2_500):
        words = "".join(rng.choices(STRANGE, k=rng.choice((0, 1, 20, 200, 1_000))))
        begun = time.thread_time()
        meaning = ears().understand(words, LANGUAGES[number % 4], Expecting.YES_NO, ())
        assert time.thread_time() - begun < 0.05, words[:40]
        assert meaning.intent is not Intent.RESTART


@pytest.mark.parametrize("language", LANGUAGES)
def test_h4_a_code_that_begins_with_a_zero_is_no_number(language: str) -> None:
    for code in ("0042", "007", "012345"):
        meaning = ears().understand(code, language, Expecting.CHOICE, ("choice.yes", "choice.no"))
        assert meaning.intent is not Intent.CHOICE, meaning
        assert meaning.slot in ("", code)


@pytest.mark.parametrize("language", LANGUAGES)
def test_h5_every_phrase_can_be_said_in_every_language_in_short_sentences(language: str) -> None:
    words = library().words
    keys = set(words.keys("en"))
    assert keys <= set(words.keys(language))
    for key in sorted(keys):
        spoken = words.spoken(Phrase(key, dict.fromkeys(words.variables_of(key), "x")), language)
        for sentence in re.split(r"(?<=[.!?。！？])\s*", spoken):
            assert len(sentence.split()) <= 25, (key, sentence)
