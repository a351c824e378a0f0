"""The words of the house: complete in every language, short enough for ears, cheap enough for texts."""

from __future__ import annotations

import pytest

from hub.bootstrap.shelf import take_down
from hub.domain.contact import MessageClass, Phrase
from hub.domain.text import alphabet, lint
from hub.ports import BadInput
from voice_skills.play_lint import EXAMPLE, MOST_SEGMENTS, OWN_SIGNS, too_long
from voice_skills.words import Phrasebook, house_words, load_language

BOOK = take_down(("heatpump", "fridge", "router", "washer")).words
PAIRS = [(key, language) for language in BOOK.languages() for key in BOOK.keys(language)]
NO_SENTENCE = "phone.hints"
"""What the carrier's ears are told to expect: a list that nobody hears."""
OWN_NAMES = "language."
"""Languages are called by their own name, in their own script, whatever language asks."""
FREE_TEXT = "a greenhouse heat pump {with} [odd] @name"


def test_every_phrase_exists_in_every_language_with_the_same_variables() -> None:
    english = {key: _needs(key, "en") for key in BOOK.keys("en")}
    for language in BOOK.languages():
        assert set(BOOK.keys(language)) == set(english)
    for key, needed in english.items():
        for language in BOOK.languages():
            missing = needed ^ _needs(key, language)
            assert missing <= {"device"}, (key, language, missing)


def test_english_german_spanish_and_chinese_are_spoken() -> None:
    assert list(BOOK.languages()) == ["en", "de", "es", "zh"]


@pytest.mark.parametrize("language", BOOK.languages())
def test_every_spoken_sentence_can_be_followed_by_ear(language: str) -> None:
    long = {key: too_long(BOOK.spoken(Phrase(key, EXAMPLE), language)) for key in BOOK.keys(language)}
    assert [key for key, where in long.items() if where and key != NO_SENTENCE] == []


@pytest.mark.parametrize("language", BOOK.languages())
def test_every_text_is_short_and_has_no_sign_that_its_language_could_spare(language: str) -> None:
    wrong = [key for key in BOOK.keys(language) if _complaints(key, language)]
    assert [(key, _complaints(key, language)) for key in wrong] == []


def _complaints(key: str, language: str) -> list[object]:
    text = BOOK.text(Phrase(key, EXAMPLE), language)
    checked = lint(text, MessageClass.TURN)
    own = OWN_SIGNS.get(language)
    spared = lint(own.sub("", text), MessageClass.TURN) if own else checked
    notes = () if key.startswith(OWN_NAMES) else spared.notes
    dear = [f"{checked.segments} segments"] if checked.segments > MOST_SEGMENTS[language] else []
    return [*checked.faults, *notes, *dear]


@pytest.mark.parametrize("language", BOOK.languages())
def test_a_message_that_nobody_asked_for_says_how_to_stop_in_its_language(language: str) -> None:
    frame = BOOK.text(Phrase("frame.stop"), language)
    assert lint(f"Nordwarm. {frame}", MessageClass.FIRST).faults == ()
    assert lint("Nordwarm.", MessageClass.FIRST).faults != ()


def test_spanish_first_words_spare_the_accents_that_double_the_price() -> None:
    frame = ("frame.hello", "frame.stop", "frame.our_number", "choice.first", "choice.next", "choice.call_me")
    first = [key for key in BOOK.keys("es") if key.endswith(("/opening", "/reminder"))]
    dear = [key for key in first if alphabet(BOOK.text(Phrase(key, EXAMPLE), "es")) != "GSM-7"]
    assert {alphabet(BOOK.text(Phrase(key, EXAMPLE), "es")) for key in frame} == {"GSM-7"}
    assert {key.split("/")[2] for key in dear} == {"low-pressure", "pressure-falling"}  # presión


def test_nothing_that_is_spoken_names_a_person() -> None:
    assert [pair for pair in PAIRS if "{name}" in BOOK.entry(*pair).spoken] == []


def test_a_missing_phrase_stops_the_send_and_says_what_to_do() -> None:
    with pytest.raises(BadInput, match=r"nonsense: the phrase is missing in en\. Add it to phrases/en\.yaml"):
        BOOK.text(Phrase("nonsense"), "en")


def test_a_missing_variable_stops_the_send_and_names_the_line() -> None:
    with pytest.raises(
        BadInput, match=r"phrases/en\.yaml:\d+ \(en\): the variable \{device\} of status\.fine"
    ):
        BOOK.text(Phrase("status.fine"), "en")


def test_who_reads_a_language_that_we_do_not_speak_is_written_to_in_english() -> None:
    assert BOOK.tongue([Phrase("goodbye")], "fr") == "en"
    assert BOOK.text(Phrase("goodbye"), "fr") == BOOK.text(Phrase("goodbye"), "en")


@pytest.mark.parametrize("language", ["de-AT", "de_CH", "DE"])
def test_a_variety_of_a_language_is_served_by_the_language(language: str) -> None:
    assert BOOK.text(Phrase("goodbye"), language) == "Auf Wiedersehen."


def test_a_greeting_without_a_name_reads_well() -> None:
    named = BOOK.text(Phrase("frame.hello", {"brand": "Nordwarm", "name": "Ada"}), "en")
    nameless = BOOK.text(Phrase("frame.hello", {"brand": "Nordwarm", "name": ""}), "en")
    assert (named, nameless) == ("Nordwarm: Hello Ada.", "Nordwarm: Hello.")


def test_a_choice_is_called_by_its_phrase_in_the_same_language() -> None:
    line = Phrase("choice.first", {"n": "1", "what": "@choice.call_me"})
    assert BOOK.text(line, "en") == "Reply 1 = call me."
    assert BOOK.text(line, "de") == "Antworten Sie 1 = Anruf."


def test_a_device_with_an_odd_name_is_written_as_it_is_called() -> None:
    assert FREE_TEXT in BOOK.text(Phrase("status.fine", {"device": FREE_TEXT}), "en")


def test_a_german_device_that_is_called_what_it_is_is_not_named_twice() -> None:
    def said(key: str, device: str) -> tuple[str, str]:
        phrase = Phrase(key, {"device": device})
        return BOOK.text(phrase, "de"), BOOK.spoken(phrase, "de")

    door = "plays/fridge/door-open/opening"
    assert said(door, "Kühlschrank") == (
        "Die Kühlschranktür steht offen.",
        "Die Tür Ihres Kühlschranks steht offen.",
    )
    assert said(door, "Kellerkühlschrank")[0] == "Die Kühlschranktür (Kellerkühlschrank) steht offen."
    assert said("plays/router/offline/opening", "Flur")[0].startswith(
        "Wir hören nichts mehr von Ihrem Router (Flur)."
    )
    assert said("recovered", "Router")[0].startswith("Router: Alles arbeitet wieder gut.")


def test_whoever_sends_can_ask_which_variables_a_phrase_needs() -> None:
    assert BOOK.variables_of("stop.confirmed_open") == {"brand", "device", "phone"}
    assert BOOK.variables_of("no.such") == frozenset()


def test_a_phrase_that_is_there_twice_is_refused() -> None:
    with pytest.raises(BadInput, match="goodbye is there twice"):
        BOOK.plus({"en": {"goodbye": BOOK.entry("goodbye", "en")}})


def test_a_phrases_file_that_is_not_one_is_refused_with_its_line() -> None:
    with pytest.raises(BadInput, match=r"xx\.yaml:3: a phrase is a text"):
        load_language("language: xx\nphrases:\n  a: [1]\n", "xx.yaml")
    with pytest.raises(BadInput, match="a phrases file has"):
        load_language("- nothing", "xx.yaml")
    with pytest.raises(BadInput, match="`a` is there twice"):
        load_language("language: xx\nphrases: {a: b, a: c}", "xx.yaml")


def test_a_house_can_bring_its_own_words() -> None:
    book: Phrasebook = house_words([("language: en\nphrases: {hi: 'Hi {name}'}\n", "own.yaml")])
    assert book.text(Phrase("hi", {"name": "Ada"}), "en") == "Hi Ada"


def _needs(key: str, language: str) -> frozenset[str]:
    return BOOK.entry(key, language).variables
