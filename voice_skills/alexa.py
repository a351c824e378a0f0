"""The Alexa voice: Amazon's JSON to a Turn, a Reply to Amazon's JSON. Pure: no network, no clock, no verification.

Plain dictionaries, because Amazon's own classes fail on integer timestamps and unknown request types. Every request
type is answered: an unknown one with an empty response, never with an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from xml.sax.saxutils import escape

from hub.domain.contact import Phrase
from hub.domain.conversation import Heard, Intent, Meaning, Reply, Turn
from hub.domain.customer import Channel
from hub.domain.wording import as_speech, spoken_again
from hub.ports import Words

SPEECH_LIMIT = 8000  # characters of outputSpeech; voice-platforms, section 2.2
BODY_LIMIT = 24_000  # bytes of the whole response

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
    "LinkIntent": Intent.LINK,
}
SILENT_ENDS = {"EXCEEDED_MAX_REPROMPTS": Heard.SILENCE}


def table(body: object, *path: str) -> Mapping[str, Any]:
    """The table at `path`, or an empty one where anything on the way is missing or something else."""
    for name in path:
        body = body.get(name) if isinstance(body, Mapping) else None
    return body if isinstance(body, Mapping) else {}


def slot(body: Mapping[str, Any], name: str) -> str:
    """A slot's resolved id where Alexa resolved it, else the words, kept as text; empty where unfilled."""
    found = table(body, "request", "intent", "slots", name)
    authorities = table(found, "resolutions").get("resolutionsPerAuthority")
    for authority in authorities if isinstance(authorities, list) else []:
        values = table(authority, "status").get("code") == "ER_SUCCESS_MATCH" and table(authority).get(
            "values"
        )
        if isinstance(values, list) and values:
            return str(table(values[0], "value").get("id") or table(values[0], "value").get("name") or "")
    value = found.get("value")
    return "" if value is None else str(value)


class AlexaVoice:
    """Translates for one hub. `common` are the variables every phrase may use (brand, phone)."""

    def __init__(self, words: Words, common: Mapping[str, str]) -> None:
        self._words, self._common = words, dict(common)

    def heard(self, body: Mapping[str, Any], language: str) -> Turn | None:
        """The turn in a request; None where there is nothing to answer (events, unknown types)."""
        request = table(body, "request")
        kind, key = str(request.get("type") or ""), str(request.get("requestId") or "")
        if kind == "LaunchRequest":
            return Turn(Heard.LAUNCH, Channel.VOICE, key, language=language, private=False)
        if kind == "SessionEndedRequest":
            ended = SILENT_ENDS.get(str(request.get("reason")), Heard.HANGUP)
            return Turn(ended, Channel.VOICE, key, language=language, private=False)
        if kind != "IntentRequest":
            return None
        meaning = self._meaning(body)
        text = str(table(request, "intent").get("name") or "")
        return Turn(Heard.TEXT, Channel.VOICE, key, text, meaning, language, private=False)

    def _meaning(self, body: Mapping[str, Any]) -> Meaning:
        intent = INTENTS.get(str(table(body, "request", "intent").get("name") or ""), Intent.UNKNOWN)
        if intent is Intent.CHOICE:
            number = slot(body, "number")
            known = number.isdigit() and 0 < int(number) < 10
            return Meaning(Intent.CHOICE, choice=int(number)) if known else Meaning(Intent.UNKNOWN)
        if intent is Intent.LINK:
            return Meaning(
                Intent.LINK, slot="".join(letter for letter in slot(body, "code") if letter.isdigit())
            )
        return Meaning(intent, slot=slot(body, "device"))

    def say(self, reply: Reply | None, request: Mapping[str, Any], language: str) -> dict[str, Any]:
        """The response body. Without a reply: an empty one, as skill events and ended sessions expect."""
        if reply is None or table(request, "request").get("type") == "SessionEndedRequest":
            return {"version": "1.0", "response": {}}
        question = None if reply.end else reply.ask
        response: dict[str, Any] = {
            "outputSpeech": ssml(self._spoken(as_speech(replace(reply, ask=question)), language)),
            "shouldEndSession": question is None,
        }
        if question is not None:
            response["reprompt"] = {"outputSpeech": ssml(self._spoken(spoken_again(question), language))}
        if reply.card is not None:
            text = self._words.text(self._with_common(reply.card), language)
            title = self._common.get("brand", "")
            response["card"] = {"type": "Simple", "title": title, "content": text[:SPEECH_LIMIT]}
        return {"version": "1.0", "sessionAttributes": {}, "response": response}

    def _spoken(self, phrases: Iterable[Phrase], language: str) -> str:
        return " ".join(self._words.spoken(self._with_common(phrase), language) for phrase in phrases)

    def _with_common(self, phrase: Phrase) -> Phrase:
        return Phrase(phrase.key, {**self._common, **phrase.variables})


def ssml(text: str) -> dict[str, str]:
    """Speech as SSML, escaped and cut at a word so that it stays within Amazon's limit."""
    room = SPEECH_LIMIT - len("<speak></speak>")
    safe = escape("".join(letter for letter in text if letter.isprintable() or letter == " "))
    if len(safe) > room:
        safe = safe[:room].rsplit(" ", 1)[0].rsplit("&", 1)[0]
    return {"type": "SSML", "ssml": f"<speak>{safe}</speak>", "playBehavior": "REPLACE_ENQUEUED"}
