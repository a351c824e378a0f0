"""The voice of Home Assistant's satellites: what may be answered, and what an answer means."""

import re

import pytest
from hassil import Intents, recognize
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.contact import Phrase
from hub.domain.conversation import Expecting, Heard, Intent, Reply
from hub.domain.wording import DEVICE
from simulators.home_assistant import recognised
from tests.domain.talking import library
from voice_skills.home_assistant import EVERYWHERE, FIRST, HomeAssistantVoice, sentence

KITCHEN = "assist_satellite.kitchen"
WORDS = library().words
LANGUAGES = list(WORDS.languages())
VOICE = HomeAssistantVoice(WORDS, WORDS.patterns, {"brand": "Nordwarm", "phone": "+49 30 1", "name": ""})
PUNCTUATION = re.compile(r"[.。,，?¿？؟!¡！;；:：’…()\[\]{}<>|/]")
CHOICES = tuple(Phrase(key) for key in ("choice.go", "choice.call_me", "choice.text_me"))
NAMES = tuple(Phrase(DEVICE, {"device": name}) for name in ("R&D <oven>", "hall router (old)", "Küche"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "wants",
    [(Expecting.YES_NO, ()), (Expecting.CHOICE, CHOICES), (Expecting.WHICH_CASE, NAMES)],
    ids=["yes or no", "choices", "devices"],
)
def test_e1_what_may_be_answered_fits_home_assistant_and_compiles_in_hassil(
    language: str, wants: tuple[Expecting, tuple[Phrase, ...]]
) -> None:
    data = VOICE.ask(KITCHEN, "Shall I?", wants, language)

    assert set(data) == {"entity_id", "question", "preannounce", "answers"}
    assert (data["entity_id"], data["question"]) == (KITCHEN, "Shall I?")
    assert all(set(each) == {"id", "sentences"} and each["sentences"] for each in data["answers"])
    every = [said for each in data["answers"] for said in each["sentences"]]
    assert len(every) == len(set(every)), "one sentence, one answer"
    assert not [said for said in every if PUNCTUATION.search(said)]
    for answer in data["answers"]:
        given = [{"sentences": answer["sentences"]}]
        intents = Intents.from_dict({"language": language, "intents": {"Answer": {"data": given}}})
        assert recognize(answer["sentences"][0], intents) is not None
    names = [each["id"] for each in data["answers"]]
    assert names[:3] == ["stop", "help", "person"]
    assert [each for each in names if each.startswith("choice-")] == [
        f"choice-{number}" for number, _ in enumerate(wants[1], 1)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_e1_every_sentence_is_recognised_as_its_own_answer(language: str) -> None:
    answers = VOICE.ask(KITCHEN, "?", (Expecting.CHOICE, CHOICES), language)["answers"]
    for answer in answers:
        for said in answer["sentences"][:3]:
            assert recognised(said, answers, language)["id"] == answer["id"], said


def test_e1_the_question_is_heard_without_signs_that_nobody_can_say() -> None:
    data = VOICE.ask(KITCHEN, "Shall\x00 I\n?" + "x" * 5000, (Expecting.YES_NO, ()), "en")
    assert data["question"].startswith("Shall I?x")
    assert len(data["question"]) <= 2000


def test_e2_an_answer_that_was_recognised_means_what_its_id_says() -> None:
    heard = VOICE.heard({"id": "yes", "sentence": "go ahead", "slots": {}}, "k", "en")
    assert (heard.kind, heard.meaning.intent, heard.text) == (Heard.TEXT, Intent.YES, "go ahead")
    heard = VOICE.heard({"id": "choice-2", "sentence": "two", "slots": {}}, "k", "en")
    assert (heard.meaning.intent, heard.meaning.choice) == (Intent.CHOICE, 2)
    assert not heard.private


def test_e2_with_slots_or_without_an_id_the_words_are_left_to_our_own_ears() -> None:
    answers: list[dict[str, object]] = [
        {"id": "later", "sentence": "in two hours", "slots": {"when": "two hours"}},
        {"id": None, "sentence": "in two hours", "slots": {}},
        {"id": "somebody else's", "sentence": "in two hours"},
    ]
    for answer in answers:
        heard = VOICE.heard(answer, "k", "en")
        assert (heard.kind, heard.meaning.intent, heard.text) == (Heard.TEXT, Intent.UNKNOWN, "in two hours")


@pytest.mark.parametrize("nothing", [None, {}, {"id": None, "sentence": ""}, {"id": None, "sentence": None}])
def test_e2_no_words_are_silence(nothing: dict[str, object] | None) -> None:
    assert VOICE.heard(nothing, "k", "en").kind is Heard.SILENCE


@given(
    st.dictionaries(
        st.sampled_from(["id", "sentence", "slots", "x"]),
        st.none() | st.text(max_size=3000) | st.integers() | st.lists(st.integers(), max_size=2),
    )
)
def test_whatever_comes_back_is_a_turn(answer: dict[str, object]) -> None:
    heard = VOICE.heard(answer, "k", "en")
    assert heard.kind in (Heard.TEXT, Heard.SILENCE)
    assert len(heard.text) <= 1000


@given(st.text(max_size=100))
def test_no_name_of_a_device_spoils_the_grammar(name: str) -> None:
    said = sentence(name)
    if said:
        given_ = [{"sentences": [said]}]
        assert "A" in Intents.from_dict({"language": "en", "intents": {"A": {"data": given_}}}).intents


@pytest.mark.parametrize("language", LANGUAGES)
def test_e3_news_for_a_satellite_that_cannot_listen_asks_nothing_and_names_nothing(language: str) -> None:
    said = VOICE.news(language)
    assert "Nordwarm" in said
    assert not re.search(r"[?？¿]", said)


def test_what_is_said_everywhere_can_be_said_at_a_satellite() -> None:
    known = {*FIRST, *EVERYWHERE}
    left_to_ears = {Intent.START, Intent.LINK, Intent.LANGUAGE, Intent.CHOICE, Intent.UNKNOWN}
    left_to_ears |= {Intent.DANGER, Intent.QUESTION}
    assert known | left_to_ears == set(Intent)


def test_a_reply_is_said_with_its_choices() -> None:
    assert VOICE.spoken(Reply((Phrase("goodbye"),)), "en") == "Goodbye."
