"""The translator: Amazon's JSON becomes a turn, a reply becomes speech that Amazon accepts."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.contact import Phrase
from hub.domain.conversation import Expecting, Heard, Intent, Question, Reply
from hub.domain.customer import Channel
from tests.promises import tried
from voice_skills.alexa import BODY_LIMIT, SPEECH_LIMIT, AlexaVoice, digits, ssml
from voice_skills.words import house_words

WORDS = house_words()
VOICE = AlexaVoice(WORDS, {"brand": "Nordwarm", "phone": "+49 431 555 0100", "name": ""})
STILL = Phrase("status.still", {"device": "hall router"})
ASKS = Reply((Phrase("which.device"),), Question(Expecting.YES_NO, (), (Phrase("which.device"),)))


def intent(name: str, **slots: Any) -> dict[str, Any]:
    filled = {slot: {"name": slot, "value": value} for slot, value in slots.items()}
    return {
        "request": {"type": "IntentRequest", "requestId": "r1", "intent": {"name": name, "slots": filled}}
    }


def heard(body: dict[str, Any]) -> tuple[Intent, int, str]:
    turn = VOICE.heard(body, "en")
    assert turn is not None
    assert (turn.channel, turn.private) == (Channel.VOICE, False)
    return turn.meaning.intent, turn.meaning.choice, turn.meaning.slot


def said(reply: Reply | None, body: dict[str, Any] | None = None, language: str = "en") -> dict[str, Any]:
    answer = VOICE.say(reply, body or intent("StatusIntent"), language)
    assert len(json.dumps(answer, ensure_ascii=False).encode()) <= BODY_LIMIT
    response: dict[str, Any] = answer["response"]
    return response


def speech(spoken: dict[str, str]) -> str:
    assert len(spoken["ssml"]) <= SPEECH_LIMIT
    return "".join(ElementTree.fromstring(spoken["ssml"]).itertext())


@pytest.mark.parametrize(
    ("number", "meaning"),
    [
        ("1", (Intent.CHOICE, 1, "")),
        ("9", (Intent.CHOICE, 9, "")),
        ("0", (Intent.PERSON, 0, "")),
        ("12", (Intent.UNKNOWN, 0, "")),
        ("?", (Intent.UNKNOWN, 0, "")),
        ("²", (Intent.UNKNOWN, 0, "")),
        ("٣", (Intent.CHOICE, 3, "")),
        ("9" * 5000, (Intent.UNKNOWN, 0, "")),
        ("483927", (Intent.LINK, 0, "483927")),
        (3, (Intent.CHOICE, 3, "")),
        (None, (Intent.UNKNOWN, 0, "")),
    ],
)
def test_a_number_is_a_choice_a_person_or_the_code(number: Any, meaning: tuple[Intent, int, str]) -> None:
    assert heard(intent("ChoiceIntent", number=number)) == meaning


@pytest.mark.parametrize("code", ["483927", "4 8 3 9 2 7", "483 927", "4, 8, 3, 9, 2, 7.", 483927])
def test_a_code_is_its_digits(code: Any) -> None:
    assert heard(intent("LinkIntent", code=code)) == (Intent.LINK, 0, "483927")


def test_a_device_is_called_by_the_name_that_alexa_found_for_it() -> None:
    body = intent("DeviceIntent", device="the wifi")
    match = {
        "status": {"code": "ER_SUCCESS_MATCH"},
        "values": [{"value": {"name": "router", "id": "ROUTER"}}],
    }
    body["request"]["intent"]["slots"]["device"]["resolutions"] = {"resolutionsPerAuthority": [match]}
    assert heard(body) == (Intent.UNKNOWN, 0, "router")
    match["status"] = {"code": "ER_SUCCESS_NO_MATCH"}
    assert heard(body) == (Intent.UNKNOWN, 0, "the wifi")


@pytest.mark.parametrize("reason", ["EXCEEDED_MAX_REPROMPTS", "USER_INITIATED", "ERROR", None])
def test_however_a_session_ends_it_is_hung_up_and_nothing_is_said(reason: str | None) -> None:
    body = {"request": {"type": "SessionEndedRequest", "requestId": "r", "reason": reason}}
    turn = VOICE.heard(body, "en")
    assert turn is not None
    assert turn.kind is Heard.HANGUP
    assert said(Reply((STILL,)), body) == {}


def test_requests_without_an_id_are_told_apart_by_what_they_hold() -> None:
    one, other = intent("StatusIntent"), intent("PersonIntent")
    for body in (one, other):
        del body["request"]["requestId"]
    keys = [turn.key for body in (one, dict(one), other) if (turn := VOICE.heard(body, "en"))]
    assert keys[0] == keys[1] != keys[2]
    assert all(keys)


@pytest.mark.parametrize(
    "kind", ["AlexaSkillEvent.SkillEnabled", "Alexa.Presentation.APL.UserEvent", "", "x"]
)
def test_what_is_no_turn_is_answered_with_nothing(kind: str) -> None:
    assert VOICE.heard({"request": {"type": kind, "requestId": "r"}}, "en") is None
    assert said(None) == {}


def test_b2_a_question_keeps_the_microphone_open_and_has_a_repetition() -> None:
    response = said(ASKS)
    assert response["shouldEndSession"] is False
    assert speech(response["outputSpeech"]) == "Which device is it about?"
    assert speech(response["reprompt"]["outputSpeech"]) == "Which device is it about?"


def test_a_statement_ends_the_session() -> None:
    response = said(Reply((STILL,)))
    assert response["shouldEndSession"] is True
    assert "reprompt" not in response


def test_an_end_is_an_end_whatever_was_asked() -> None:
    assert said(Reply((STILL,), ASKS.ask, end=True))["shouldEndSession"] is True


@pytest.mark.parametrize(
    ("expecting", "last"),
    [
        (Expecting.NOTHING, "What would you like?"),
        (Expecting.CHOICE, "Which number is it?"),
        (Expecting.WHICH_CASE, "Which number is it?"),
        (Expecting.YES_NO, "Yes or no?"),
    ],
)
@pytest.mark.parametrize("language", ["en", "de"])
def test_an_open_microphone_always_follows_a_question(expecting: Expecting, last: str, language: str) -> None:
    response = said(Reply((STILL,), Question(expecting, (), (STILL,))), language=language)
    for spoken in (speech(response["outputSpeech"]), speech(response["reprompt"]["outputSpeech"])):
        assert spoken.endswith(last if language == "en" else "?")


def test_who_asks_for_help_is_asked_what_they_would_like() -> None:
    response = said(Reply((Phrase("help"),), end=True), intent("AMAZON.HelpIntent"))
    assert response["shouldEndSession"] is False
    assert speech(response["outputSpeech"]).endswith("What would you like?")


@pytest.mark.parametrize(
    "name", ["R&D <oven>", "Ömers \"Ofen\" 'unten'", "a\x00b\ud83dc", "😀 oven", "]]>", "&amp;"]
)
def test_b2_a_device_may_have_any_name(name: str) -> None:
    spoken = speech(said(Reply((Phrase("status.still", {"device": name}),)))["outputSpeech"])
    assert (
        spoken
        == f"Your {name.replace(chr(0), '').replace(chr(0xD83D), '')} still shows the problem. I keep watching it."
    )


@tried(150)
@given(st.text(max_size=300), st.integers(1, 60), st.sampled_from(["", "What would you like?"]))
def test_b2_speech_is_always_xml_within_the_limits(text: str, times: int, ending: str) -> None:
    for long in (text, (text + " ") * times * 10, text * times * 20):
        spoken = ssml(long, ending)
        words = speech(spoken)
        assert not ending or words.endswith("?")
        assert len(spoken["ssml"].encode()) <= 14_000


@pytest.mark.parametrize("name", ["&" * 30_000, "< " * 20_000, "ü" * 40_000, "日本 " * 20_000, "a" * 40_000])
def test_b2_the_longest_answer_fits_into_amazons_limit(name: str) -> None:
    """B2 Every answer: ≤ 24 000 bytes; speech ≤ 8000 characters; SSML parses as XML with device
    names such as R&D <oven>; sessionAttributes ≤ 200 bytes; readable as the vendor SDK's response
    envelope; shouldEndSession:false if and only if the speech ends with a question and has a
    reprompt; an empty object after SessionEnded and events."""
    much = Phrase("status.still", {"device": name})
    response = said(Reply((much, much), Question(Expecting.YES_NO, (), (much,)), card=much))
    assert speech(response["outputSpeech"]).endswith("?")
    assert speech(response["reprompt"]["outputSpeech"]).endswith("?")
    assert response["card"]["type"] == "Simple"


@given(st.text())
def test_digits_are_plain_digits(text: str) -> None:
    assert digits(text).isascii()


def test_who_asked_for_another_language_hears_it_as_it_is_spoken() -> None:
    response = said(Reply((STILL,), language="de"))
    assert '<lang xml:lang="de-DE">' in response["outputSpeech"]["ssml"]
    assert speech(response["outputSpeech"]).startswith("Ihr Gerät") or "hall router" in str(response)
    assert "<lang" not in said(Reply((STILL,)))["outputSpeech"]["ssml"]
