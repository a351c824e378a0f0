"""Whole sentences in four languages: how much is understood, what is never heard, and templates that are refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.domain.conversation import Expecting, Intent
from hub.ports import BadInput
from tests.benchmarks.understanding import LANGUAGES, LIMIT_MS, examine, slowest
from voice_skills.matcher import Matcher
from voice_skills.sentences import SENTENCES, house_sentences, sentences
from voice_skills.words import house_words

EARS = Matcher(house_words())
ENOUGH = 0.95
FEW = 600
STATES = (
    (Expecting.YES_NO, ()),
    (Expecting.CHOICE, ("it is free", "it is blocked", "I cannot see it")),
    (Expecting.NOTHING, ()),
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_h1_what_customers_say_is_understood_and_never_to_their_harm(language: str) -> None:
    found = list(examine(EARS, "first", language))
    assert len(found) >= 200
    assert [(each.said, each.heard) for each in found if each.harmful] == []
    assert sum(each.understood for each in found) / len(found) >= ENOUGH


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_is_recognised_by_a_sample_of_itself(language: str) -> None:
    assert set(house_sentences()) == set(LANGUAGES)
    file = SENTENCES / f"{language}.yaml"
    sentences(file.read_text(encoding="utf-8"), file.name)  # raises for every template that does not


@pytest.mark.parametrize(
    ("templates", "wrong"),
    [
        ({"yes": '["(yes|ok) do it"]', "no": '["(yes|ok) do it"]'}, "is heard as nothing, or two things"),
        ({"status": '["how is my {thing}"]'}, "MissingListError"),
        ({"status": '["how is <it>"]'}, "MissingRuleError"),
    ],
)
def test_a_template_that_does_not_recognise_itself_is_told(templates: dict[str, str], wrong: str) -> None:
    lines = "".join(f"  '{intent}': {listed}\n" for intent, listed in templates.items())
    with pytest.raises(BadInput, match=wrong):
        sentences(f"language: en\nintents:\n{lines}", "sentences/en.yaml")


def test_a_range_of_numbers_is_refused_before_it_can_stop_the_process() -> None:
    text = (
        "language: en\nlists:\n  pin: {range: {from: 0, to: 999999}}\nintents:\n  link: ['my pin is {pin}']\n"
    )
    with pytest.raises(BadInput, match="a list is a list of words"):
        sentences(text, "sentences/en.yaml")


NOT_MEANT = {
    "en": "yes if it is safe|I did not do it|not done|should I restart it|did you restart it|that is not ok|"
    "almost done|what happens if I say yes|yes no|please stop the alarm|I can't stop it|don't do it|ok?",
    "de": "ja wenn es sicher ist|ich habe es nicht gemacht|noch nicht fertig|das ist nicht in Ordnung|soll ich neu starten|"
    "fast fertig|mach das nicht|ohne Neustart bitte|stoppen Sie die Pumpe|ja, starten Sie nicht neu|genau das nicht",
    "es": "sí si es seguro|todavía no lo he hecho|no lo hice|no está listo|casi listo|no está bien|pare la lavadora|"
    "sin reiniciar|sí no|por qué lo reinició|sí, pero no ahora",
    "zh": "还没做好|没关好|没有完成|可以吗|别重启|先别重启|不可以重启|要不要重启|重启了吗|结束了吗|别说好|好像不行|停水了|没说可以|不要停",
}


@pytest.mark.parametrize(
    ("language", "text"), [(name, each) for name, texts in NOT_MEANT.items() for each in texts.split("|")]
)
def test_what_is_denied_asked_or_conditional_never_acts(language: str, text: str) -> None:
    for expecting, options in STATES:
        meaning = EARS.understand(text, language, expecting, options)
        acts = meaning.intent in (Intent.YES, Intent.DONE, Intent.RESTART, Intent.START, Intent.CHOICE)
        assert not (acts and meaning.sure), meaning
        assert meaning.intent is not Intent.STOP


@pytest.mark.parametrize(
    ("text", "language", "intent", "spoken"),
    [
        ("ja bitte", "en", Intent.YES, "de"),
        ("Wie geht es meiner Wärmepumpe?", "en", Intent.STATUS, "de"),
        ("más despacio, por favor", "de", Intent.SIMPLER, "es"),
        ("我要人工客服", "en", Intent.PERSON, "zh"),
        ("call me", "zh", Intent.PERSON, "en"),
    ],
)
def test_words_in_another_language_than_ours_are_understood_and_named(
    text: str, language: str, intent: Intent, spoken: str
) -> None:
    meaning = EARS.understand(text, language, Expecting.NOTHING, ())
    assert (meaning.intent, meaning.language) == (intent, spoken)


@pytest.mark.parametrize(
    ("text", "language", "slot"),
    [
        ("auf Deutsch bitte", "de", "de"),
        ("can we speak Spanish", "en", "es"),
        ("说中文可以吗", "zh", "zh"),
        ("¿habla inglés?", "es", "en"),
    ],
)
def test_who_asks_for_another_language_is_told_apart(text: str, language: str, slot: str) -> None:
    meaning = EARS.understand(text, language, Expecting.NOTHING, ())
    assert (meaning.intent, meaning.slot) == (Intent.LANGUAGE, slot)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("leave me alone", Intent.STOP),
        ("leave me alone, I'm at work", Intent.LATER),
        ("stop texting me, I'm at work", Intent.STOP),
        ("yes, but not now", Intent.LATER),
        ("my fridge is broken, call me", Intent.PERSON),
        ("thanks, it is done", Intent.DONE),
        ("no, the second one", Intent.CHOICE),
    ],
)
def test_of_several_things_said_at_once_the_right_one_counts(text: str, intent: Intent) -> None:
    assert EARS.understand(text, "en", *STATES[1]).intent is intent


def test_hostile_texts_are_answered_at_once() -> None:
    took, text = slowest(EARS, FEW)
    assert took < LIMIT_MS, text


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400), st.sampled_from(LANGUAGES), st.sampled_from(STATES))
def test_any_text_at_all_has_a_meaning(
    text: str, language: str, state: tuple[Expecting, tuple[str, ...]]
) -> None:
    meaning = EARS.understand(text, language, *state)
    assert meaning.intent in set(Intent)
