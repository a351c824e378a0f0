"""The Alexa voice: Amazon's JSON to a Turn, a Reply to Amazon's JSON. Pure: no network, no clock, no verification.

Plain dictionaries, because Amazon's own classes fail on integer timestamps and unknown request types.
Rules of this file. 1. Every request type is answered: an unknown one with an empty response, never with an error. 2. The
microphone stays open exactly when the speech ends with a question, and then there is a reprompt. 3. Nothing is spoken
after a session has ended. 4. The session keeps nothing: where we stand is the hub's to know.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from xml.sax.saxutils import escape

from hub.domain.contact import Phrase
from hub.domain.conversation import Expecting, Heard, Intent, Meaning, Question, Reply, Turn
from hub.domain.customer import Channel
from hub.domain.wording import as_speech, spoken_again
from hub.ports import Words

SPEECH_LIMIT = 8000  # characters of outputSpeech; voice-platforms, section 2.2
BODY_LIMIT = 24_000  # bytes of the whole response, the three parts below and their wrapping
SPOKEN, SPOKEN_AGAIN, SHOWN = SPEECH_LIMIT, 2000, 1000  # characters of speech, reprompt and card
SPEECH_BYTES, AGAIN_BYTES, CARD_BYTES = 14_000, 4000, 3000
CODE_DIGITS = 6

INTENTS: Mapping[str, Intent] = {
    "AMAZON.YesIntent": Intent.YES,
    "AMAZON.NoIntent": Intent.NO,
    "AMAZON.HelpIntent": Intent.HELP,
    "AMAZON.StopIntent": Intent.GOODBYE,
    "AMAZON.CancelIntent": Intent.GOODBYE,
    "AMAZON.NavigateHomeIntent": Intent.GOODBYE,
    "AMAZON.FallbackIntent": Intent.UNKNOWN,
    "AMAZON.RepeatIntent": Intent.REPEAT,
    "AMAZON.NextIntent": Intent.DONE,
    "AMAZON.PreviousIntent": Intent.BACK,
    "AMAZON.StartOverIntent": Intent.STATUS,
    "PersonIntent": Intent.PERSON,
    "RestartIntent": Intent.RESTART,
    "StatusIntent": Intent.STATUS,
    "DoneIntent": Intent.DONE,
    "LaterIntent": Intent.LATER,
    "SimplerIntent": Intent.SIMPLER,
    "TextMeIntent": Intent.TEXT_ME,
    "StopContactIntent": Intent.STOP,
    "ChoiceIntent": Intent.CHOICE,
    "DeviceIntent": Intent.UNKNOWN,
    "LinkIntent": Intent.LINK,
}
HELP = "AMAZON.HelpIntent"
ENDINGS: Mapping[Expecting, Phrase] = {
    Expecting.NOTHING: Phrase("voice.what_now"),
    Expecting.CHOICE: Phrase("voice.which_number"),
    Expecting.WHICH_CASE: Phrase("voice.which_number"),
    Expecting.YES_NO: Phrase("voice.yes_or_no"),
}
"""The last words of a speech that asks, where its own are no question: the choices of a question come after it."""
ANYTHING = Question(Expecting.NOTHING, (), (Phrase("voice.anything_else"),))


def table(body: object, *path: str) -> Mapping[str, Any]:
    """The table at `path`, or an empty one where anything on the way is missing or something else."""
    for name in path:
        body = body.get(name) if isinstance(body, Mapping) else None
    return body if isinstance(body, Mapping) else {}


def slot(body: Mapping[str, Any], name: str) -> str:
    """A slot's resolved name where Alexa resolved it, else the words, kept as text; empty where unfilled."""
    found = table(body, "request", "intent", "slots", name)
    authorities = table(found, "resolutions").get("resolutionsPerAuthority")
    for authority in authorities if isinstance(authorities, list) else []:
        values = table(authority, "status").get("code") == "ER_SUCCESS_MATCH" and table(authority).get(
            "values"
        )
        if isinstance(values, list) and values:
            return str(table(values[0], "value").get("name") or "")
    value = found.get("value")
    return "" if value is None else str(value)


class AlexaVoice:
    """Translates for one hub. `common` are the variables every phrase may use (brand, phone)."""

    def __init__(self, words: Words, common: Mapping[str, str]) -> None:
        self._words, self._common = words, dict(common)

    def heard(self, body: Mapping[str, Any], language: str) -> Turn | None:
        """The turn in a request; None where there is nothing to answer (events, unknown types).

        Silence ends a session like any other end: Amazon has put our question twice by then, and the hub's own
        patience with the case goes on.
        """
        request = table(body, "request")
        kind, key = str(request.get("type") or ""), key_of(body)
        if kind == "LaunchRequest":
            return Turn(Heard.LAUNCH, Channel.VOICE, key, language=language, private=False)
        if kind == "SessionEndedRequest":
            return Turn(Heard.HANGUP, Channel.VOICE, key, language=language, private=False)
        if kind != "IntentRequest":
            return None
        meaning = self._meaning(body)  # the words are kept by Amazon
        return Turn(Heard.TEXT, Channel.VOICE, key, meaning=meaning, language=language, private=False)

    def _meaning(self, body: Mapping[str, Any]) -> Meaning:
        intent = INTENTS.get(intent_of(body), Intent.UNKNOWN)
        if intent is Intent.CHOICE:
            number = digits(slot(body, "number"))
            if len(number) == CODE_DIGITS:  # the code alone, without "my code is"
                return Meaning(Intent.LINK, slot=number)
            if number == "0":  # as in writing
                return Meaning(Intent.PERSON)
            return Meaning(Intent.CHOICE, choice=int(number)) if len(number) == 1 else Meaning(Intent.UNKNOWN)
        if intent is Intent.LINK:
            return Meaning(Intent.LINK, slot=digits(slot(body, "code")))
        return Meaning(intent, slot=slot(body, "device"))

    def say(self, reply: Reply | None, request: Mapping[str, Any], language: str) -> dict[str, Any]:
        """The response body. Without a reply: an empty one, as skill events and ended sessions expect. Raises BadInput
        when a phrase cannot be said."""
        if reply is None or table(request, "request").get("type") == "SessionEndedRequest":
            return {"version": "1.0", "response": {}}
        question = None if reply.end else reply.ask
        if question is None and intent_of(request) == HELP and not reply.to_person:
            question = ANYTHING  # who asks for help is asked what they would like
        speech = self._spoken(as_speech(replace(reply, ask=question)), language)
        response: dict[str, Any] = {"shouldEndSession": question is None}
        ending = ""
        if question is not None:
            ending = self._words.spoken(ENDINGS[question.expecting], language)
            again = self._spoken(spoken_again(question), language)
            response["reprompt"] = {"outputSpeech": ssml(again, ending, SPOKEN_AGAIN, AGAIN_BYTES)}
        if speech or ending:
            response["outputSpeech"] = {**ssml(speech, ending), "playBehavior": "REPLACE_ENQUEUED"}
        if reply.card is not None:
            response["card"] = self._card(reply.card, language)
        return {"version": "1.0", "sessionAttributes": {}, "response": response}

    def _card(self, phrase: Phrase, language: str) -> dict[str, str]:
        text = printable(self._words.text(self._with_common(phrase), language))
        title = printable(self._common.get("brand", ""))[:100]
        return {"type": "Simple", "title": title, "content": cut(text, SHOWN, CARD_BYTES)}

    def _spoken(self, phrases: Iterable[Phrase], language: str) -> str:
        return " ".join(self._words.spoken(self._with_common(phrase), language) for phrase in phrases).strip()

    def _with_common(self, phrase: Phrase) -> Phrase:
        return Phrase(phrase.key, {**self._common, **phrase.variables})


def key_of(body: Mapping[str, Any]) -> str:
    """What makes a request the same request: Amazon's id for it, or, where that is missing, its content."""
    named = table(body, "request").get("requestId")
    if isinstance(named, str) and named:
        return named
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def intent_of(body: Mapping[str, Any]) -> str:
    """The name of the intent, if it is one."""
    name = table(body, "request", "intent").get("name")
    return name if isinstance(name, str) else ""


def digits(text: str) -> str:
    """The digits in `text`: "4 8 3 9 2 7" and "483927" are the same code."""
    return "".join(str(int(letter)) for letter in text[:200] if letter.isdecimal())


def printable(text: str) -> str:
    """`text` without control characters and halves of characters, which neither XML nor UTF-8 can carry."""
    return "".join(letter for letter in text if letter.isprintable())


def cut(text: str, letters: int, size: int) -> str:
    """`text` within `letters` characters and `size` bytes of UTF-8, cut at a word."""
    if len(text) <= letters and len(text.encode()) <= size:
        return text
    short = text[:letters].encode()[:size].decode(errors="ignore")
    return short.rsplit(" ", 1)[0]


def ssml(text: str, ending: str = "", letters: int = SPOKEN, size: int = SPEECH_BYTES) -> dict[str, str]:
    """Speech as SSML, escaped, cut at a word so that it stays within Amazon's limits. With `ending`, a question, the
    speech ends with a question: its own, or that one where it has none (its choices may come last) or was cut."""
    safe, last = escape(printable(text)), escape(printable(ending))
    short = cut(safe, letters - len(last) - 20, size - len(last.encode()) - 20)
    if short != safe:
        start = short.rfind("&")  # half an entity would spoil the XML
        short = short if ";" in short[start:] else short[:start]
    if last and not (short == safe and safe.endswith("?")):
        short = f"{short} {last}".strip()
    return {"type": "SSML", "ssml": f"<speak>{short}</speak>"}
