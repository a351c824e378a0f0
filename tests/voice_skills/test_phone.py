"""The telephone's voice: what keys and words mean, and TwiML that a carrier can read."""

from xml.etree import ElementTree

import pytest

from hub.domain.contact import Phrase
from hub.domain.conversation import Expecting, Heard, Intent, Question, Reply
from voice_skills.phone import HINT, HINTS, TONGUES, PhoneVoice
from voice_skills.words import house_words

VOICE = PhoneVoice(house_words(), {"brand": "R&D <Nordwarm>", "phone": "+49 30 5550100", "name": ""})
ASK = Question(Expecting.CHOICE, (Phrase("choice.go"), Phrase("choice.call_me")))


@pytest.mark.parametrize(
    ("form", "kind", "intent", "text"),
    [
        ({"Digits": "1"}, Heard.TEXT, Intent.UNKNOWN, "1"),
        ({"Digits": "0"}, Heard.TEXT, Intent.PERSON, "0"),
        ({"Digits": "9"}, Heard.TEXT, Intent.STOP, "9"),
        ({"Digits": "*"}, Heard.TEXT, Intent.REPEAT, "*"),
        ({"Digits": "2", "SpeechResult": "stop", "Confidence": "0.9"}, Heard.TEXT, Intent.UNKNOWN, "2"),
        ({"SpeechResult": "number one", "Confidence": "0.9"}, Heard.TEXT, Intent.UNKNOWN, "number one"),
        ({"SpeechResult": "stop", "Confidence": "0.2"}, Heard.TEXT, Intent.UNKNOWN, "stop"),
        ({"SpeechResult": "stop", "Confidence": "much"}, Heard.TEXT, Intent.UNKNOWN, "stop"),
        ({"SpeechResult": " "}, Heard.SILENCE, Intent.UNKNOWN, ""),
        ({}, Heard.SILENCE, Intent.UNKNOWN, ""),
    ],
)
def test_g3_a_key_wins_over_words_and_words_bring_how_sure_the_carrier_is(
    form: dict[str, str], kind: Heard, intent: Intent, text: str
) -> None:
    turn = VOICE.heard(form, "CA1:1", "en")
    assert (turn.kind, turn.meaning.intent, turn.text) == (kind, intent, text)
    assert turn.keyed is ("Digits" in form)
    assert (turn.confidence < 0.5) is (form.get("Confidence") in ("0.2", "much"))


@pytest.mark.parametrize("language", ["en", "de", "es", "zh"])
def test_a_question_is_one_gather_that_hears_keys_words_and_silence(language: str) -> None:
    twiml = ElementTree.fromstring(
        VOICE.say(Reply((Phrase("frame.hello"),), ASK), language, "/voice/turn?m=1&n=2")
    )
    [ear] = list(twiml)
    assert (ear.tag, ear.get("input"), ear.get("actionOnEmptyResult")) == ("Gather", "dtmf speech", "true")
    assert ear.get("action") == "/voice/turn?m=1&n=2"
    [said] = list(ear)
    assert "R&D <Nordwarm>" in (said.text or "")
    tongue = TONGUES[language]
    assert (said.get("language"), said.get("voice")) == (tongue.say, tongue.voice)
    assert ear.get("language") == tongue.hear


@pytest.mark.parametrize(
    ("language", "keys", "hints"),
    [
        ("es", ("marque 1 para", "marque 2 para"), ("ayuda", "una persona")),
        ("zh", ("请按1", "请按2"), ("帮助", "人工")),
    ],
)
def test_a_spanish_or_chinese_question_names_its_keys_and_expects_words_of_that_language(
    language: str, keys: tuple[str, ...], hints: tuple[str, ...]
) -> None:
    book = house_words()
    voice = PhoneVoice(book, {"brand": "Nordwarm", "phone": "+49 30 5550100", "name": ""})
    twiml = ElementTree.fromstring(voice.say(Reply((Phrase("frame.hello"),), ASK), language, "/x"))
    [ear] = list(twiml)
    [said] = list(ear)
    for each in keys:
        assert each in (said.text or "").casefold(), said.text
    expected = (ear.get("hints") or "").split(", ")
    assert expected[:2] == [book.spoken(option, language) for option in ASK.options]
    for each in hints:
        assert any(each in hint for hint in expected), expected
    assert len(expected) <= HINTS and all(len(each) <= HINT for each in expected)


@pytest.mark.parametrize("language", ["es", "zh"])
def test_a_pin_is_asked_for_in_spanish_and_chinese_and_taken_by_keys_alone(language: str) -> None:
    asks = Phrase("proof.pin")
    twiml = ElementTree.fromstring(
        VOICE.say(Reply((asks,), Question(Expecting.PIN, (), (asks,))), language, "/x")
    )
    [ear] = list(twiml)
    assert (ear.get("input"), ear.get("finishOnKey"), ear.get("hints")) == ("dtmf", "#", None)
    [said] = list(ear)
    assert said.get("language") == TONGUES[language].say


def test_a_call_ends_with_words_and_a_hang_up_or_a_person() -> None:
    over = Reply((Phrase("goodbye"),), end=True)
    assert [part.tag for part in ElementTree.fromstring(VOICE.say(over, "en", "/x"))] == ["Say", "Hangup"]
    dialled = ElementTree.fromstring(VOICE.say(over, "en", "/x", "+493055501000"))
    assert [part.tag for part in dialled] == ["Say", "Dial"]


def test_a_yes_or_no_is_asked_with_two_keys() -> None:
    twiml = VOICE.say(Reply((Phrase("stop.sure"),), Question(Expecting.YES_NO)), "en", "/x")
    assert "Press one for yes, or two for no." in twiml


@pytest.mark.parametrize(
    ("language", "last"),
    [("en", "Goodbye."), ("de", "Auf Wiedersehen."), ("es", "Hasta luego."), ("zh", "再见。")],
)
def test_a_call_ends_with_a_goodbye_and_says_days_and_hours_as_people_do(language: str, last: str) -> None:
    words = {"slot": "Mon, Nov 23, 09:00", "slot_said": "Monday at nine"}
    done = Reply((Phrase("booking.done.callback", words),), end=True)
    said = "".join(ElementTree.fromstring(VOICE.say(done, language, "/x")).itertext())
    assert "Monday at nine" in said
    assert "Nov" not in said
    assert said.endswith(last)
    question = Question(Expecting.CHOICE, (Phrase("choice.slot", words), Phrase("choice.other_time")))
    asked = "".join(ElementTree.fromstring(VOICE.say(Reply((), question), language, "/x")).itertext())
    assert "Monday at nine" in asked
    assert "Nov" not in asked


def test_a_goodbye_is_not_said_twice() -> None:
    over = ElementTree.fromstring(VOICE.say(Reply((Phrase("goodbye"),), end=True), "en", "/x"))
    assert "".join(over.itertext()).count("Goodbye") == 1
