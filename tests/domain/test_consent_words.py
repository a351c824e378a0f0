"""STOP, START and HELP are understood however they are written, in every language, and nothing else is taken for them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.consent_words import HELP, LEGAL_STOP, START, STOP, Word, keyword, tongue_of
from hub.domain.conversation import Expecting, Intent
from voice_skills.matcher import Matcher
from voice_skills.words import house_words

EARS = Matcher(house_words())
LISTS = {Word.STOP: STOP, Word.START: START, Word.HELP: HELP}
WORDS = sorted({(word, one) for word, listed in LISTS.items() for words in listed.values() for one in words})
POLITE = ("please", "bitte", "por favor", "s'il vous plaît", "merci", "")
ENDS = ("", ".", "!", "!!!", " ...", "?", "。", "！")


def written(word: str) -> list[str]:
    """A word in capitals, in full width, decomposed, quoted, and with room around it."""
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in word)
    cases = [word, word.upper(), word.title(), wide, unicodedata.normalize("NFD", word)]
    return [*cases, f'"{word}"', f"  {word}\n", f"«{word}»", f"\u200b{word}"]


def test_the_list_of_the_law_is_complete() -> None:
    words = [
        "STOP",
        "STOPALL",
        "UNSUBSCRIBE",
        "CANCEL",
        "END",
        "QUIT",
        "REVOKE",
        "OPTOUT",
        "REMOVE",
        "ARRET",
        "TD",
    ]
    assert set(LEGAL_STOP) >= {word.lower() for word in words} | {"stop all", "opt out", "opt-out"}
    assert {"en", "de", "es", "fr", "zh"} <= set(STOP) & set(START) & set(HELP)


@pytest.mark.parametrize(("word", "text"), WORDS)
def test_every_keyword_counts_in_every_case_and_with_any_punctuation(word: Word, text: str) -> None:
    for form in written(text):
        for end in ENDS:
            assert keyword(form + end) is word, form + end


@pytest.mark.parametrize(("word", "text"), WORDS)
def test_please_and_thank_you_change_nothing(word: Word, text: str) -> None:
    for polite in POLITE:
        assert keyword(f"{text} {polite}") is word
        assert keyword(f"{polite.upper()}, {text}!") is word
    assert keyword(f"请{text}") is word


@pytest.mark.parametrize("language", ["en", "de", "fr", "zz"])
def test_stop_counts_before_everything_else_whatever_was_asked_and_whatever_language_we_write(
    language: str,
) -> None:
    for words in STOP.values():
        for text in words:
            for expecting, options in ((Expecting.NOTHING, ()), (Expecting.YES_NO, ("yes", "no"))):
                meaning = EARS.understand(f"{text.upper()}!", language, expecting, options)
                assert meaning.intent is Intent.STOP, text


@pytest.mark.parametrize("language", ["en", "de"])
def test_start_and_help_are_understood_from_afar(language: str) -> None:
    for wanted, listed in ((Intent.START, START), (Intent.HELP, HELP)):
        for words in listed.values():
            for text in words:
                assert EARS.understand(text, language, Expecting.NOTHING, ()).intent is wanted, text


@pytest.mark.parametrize(
    "text",
    [
        "please stop texting me",
        "stop sending me these messages",
        "can you stop writing to me",
        "I want to unsubscribe",
        "Bitte schreiben Sie mir nicht mehr",
        "bitte hören Sie auf",
    ],
)
def test_who_asks_to_stop_in_their_own_words_is_heard_and_it_is_no_keyword(text: str) -> None:
    assert EARS.understand(text, "en", Expecting.NOTHING, ()).intent is Intent.STOP
    assert keyword(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "yes",
        "don't stop",
        "it won't stop beeping",
        "the end of the hose",
        "cancelled flight",
        "please",
    ],
)
def test_other_words_are_no_keywords(text: str) -> None:
    assert keyword(text) is None


@given(st.text(max_size=400))
def test_whatever_is_written_costs_nothing_and_breaks_nothing(text: str) -> None:
    assert keyword(text) in (None, *Word)


def test_a_word_that_one_language_has_alone_tells_the_language() -> None:
    assert (tongue_of("STOPP!"), tongue_of("ayuda"), tongue_of("退订")) == ("de", "es", "zh")
    assert tongue_of("cancelar") == ""
