"""The Alexa voice: Amazon's JSON to a Turn, a Reply to Amazon's JSON. Pure: no network, no clock, no verification.

Rules of this file. 1. Every request type is answered: an unknown one with an empty response, never with an error. 2. The
microphone stays open exactly when the speech ends with a question, and then there is a reprompt. 3. Nothing is spoken
after a session has ended. 4. The session keeps nothing: where we stand is the hub's to know. 5. What does not fit into
Amazon's limits leaves in this order: names, screen, card; the words come last.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from xml.sax.saxutils import escape

from hub.domain.contact import Phrase
from hub.domain.conversation import Expecting, Heard, Intent, Meaning, Question, Reply, Turn
from hub.domain.customer import Channel
from hub.domain.wording import PERSON, as_speech, spoken_again
from hub.ports import Words
from hub.ports.beside import NOTHING_BESIDE, Beside
from voice_skills.alexa_asked import INTENTS as INTENTS
from voice_skills.alexa_asked import (
    TOUCH,
    has_screen,
    intent_of,
    key_of,
    kind_of,
    meant,
    slot,
    table,
    touched,
)
from voice_skills.alexa_asked import digits as digits
from voice_skills.alexa_screen import Button, screen

SPEECH_LIMIT = 8000  # characters of outputSpeech; voice-platforms, section 2.2
BODY_LIMIT = 24_000  # bytes of the whole response, the three parts below and their wrapping
SPOKEN, SPOKEN_AGAIN, SHOWN = SPEECH_LIMIT - 50, 2000, 1000  # characters of speech, reprompt and card
SPEECH_BYTES, AGAIN_BYTES, CARD_BYTES = 14_000, 4000, 3000
MOST_NAMES, NAME_LENGTH = 40, 100  # of the customer's own devices; Alexa takes a hundred values
HALF_SURE = 0.5

HELP = "AMAZON.HelpIntent"
CAN_FULFILL = "CanFulfillIntentRequest"
KNOWN_SLOTS = ("number", "code", "device", "language")
ENDINGS: Mapping[Expecting, Phrase] = {
    Expecting.NOTHING: Phrase("voice.what_now"),
    Expecting.CHOICE: Phrase("voice.which_number"),
    Expecting.WHICH_CASE: Phrase("voice.which_number"),
    Expecting.YES_NO: Phrase("voice.yes_or_no"),
}
"""The last words of a speech that asks, where its own are no question: the choices of a question come after it."""
ANYTHING = Question(Expecting.NOTHING, (), (Phrase("voice.anything_else"),))
TONGUES: Mapping[str, str] = {"en": "en-US", "de": "de-DE", "es": "es-ES"}
EMPTY: Mapping[str, Any] = {"version": "1.0", "response": {}}


class AlexaVoice:
    """Translates for one hub. `common` are the variables every phrase may use (brand, phone)."""

    def __init__(self, words: Words, common: Mapping[str, str]) -> None:
        self._words, self._common = words, dict(common)

    def heard(self, body: Mapping[str, Any], language: str) -> Turn | None:
        """The turn in a request; None where there is nothing to answer (events, unknown types).

        Silence ends a session like any other end: Amazon has put our question twice by then, and the hub's own
        patience with the case goes on.
        """
        kind, key = kind_of(body), key_of(body)
        if kind == "LaunchRequest":
            return Turn(Heard.LAUNCH, Channel.VOICE, key, language=language, private=False)
        if kind == "SessionEndedRequest":
            return Turn(Heard.HANGUP, Channel.VOICE, key, language=language, private=False)
        meaning: Meaning | None = None
        if kind == "IntentRequest":
            meaning = meant(body)
        elif kind == TOUCH:
            meaning = touched(body)
        if meaning is None:
            return None
        said = Turn(  # without words: Amazon keeps them, and tells what they mean
            Heard.TEXT, Channel.VOICE, key, meaning=meaning, language=language, private=False
        )
        return said if meaning.sure else replace(said, confidence=HALF_SURE)

    def say(
        self,
        reply: Reply | None,
        request: Mapping[str, Any],
        language: str,
        beside: Beside = NOTHING_BESIDE,
    ) -> dict[str, Any]:
        """The response body. Without a reply: an empty one, as skill events and ended sessions expect. Raises BadInput
        when a phrase cannot be said."""
        if kind_of(request) == CAN_FULFILL:
            return {"version": "1.0", "response": {"canFulfillIntent": _could(request)}}
        if reply is None or kind_of(request) == "SessionEndedRequest":
            return dict(EMPTY)
        question = None if reply.end else reply.ask
        if question is None and intent_of(request) == HELP and not reply.to_person:
            question = ANYTHING  # who asks for help is asked what they would like
        reply, language = replace(reply, ask=question), reply.language or language
        response: dict[str, Any] = {"shouldEndSession": question is None}
        self._speak(response, reply, language)
        if beside.account:
            response["card"] = {"type": "LinkAccount"}
        elif reply.card is not None:
            response["card"] = self._card(reply.card, language)
        directives = self._directives(reply, request, language, beside)
        if directives:
            response["directives"] = directives
        return within({"version": "1.0", "sessionAttributes": {}, "response": response})

    def moment(self, language: str) -> str:
        """What is said while we are still looking."""
        return self._spoken([Phrase("voice.moment")], language)

    def _speak(self, response: dict[str, Any], reply: Reply, language: str) -> None:
        """Put the words, and for a question its repetition, into the response; in the tongue of `reply.language`, if any."""
        tongue = TONGUES.get(reply.language, "")
        speech, ending, question = self._spoken(as_speech(reply), language), "", reply.ask
        if question is not None:
            ending = self._words.spoken(ENDINGS.get(question.expecting, ENDINGS[Expecting.NOTHING]), language)
            again = self._spoken(spoken_again(question), language)
            response["reprompt"] = {
                "outputSpeech": in_tongue(ssml(again, ending, SPOKEN_AGAIN, AGAIN_BYTES), tongue)
            }
        if speech or ending:
            response["outputSpeech"] = {
                **in_tongue(ssml(speech, ending), tongue),
                "playBehavior": "REPLACE_ENQUEUED",
            }

    def _directives(
        self, reply: Reply, request: Mapping[str, Any], language: str, beside: Beside
    ) -> list[dict[str, Any]]:
        """The screen, the customer's own names, and what we wait for: hints, which nothing depends on."""
        found = []
        if beside.code and reply.ask is not None:
            found.append(ELICIT_CODE)
        if beside.names:
            found.append(known_names(beside.names))
        if has_screen(request) and reply.say:
            found.append(self._screen(reply, language, beside.step))
        return found

    def _screen(self, reply: Reply, language: str, step: str) -> dict[str, Any]:
        words = " ".join(self._words.text(self._with_common(each), language) for each in reply.say)
        buttons = []
        for number, option in enumerate(reply.ask.options if reply.ask else (), start=1):
            label = self._words.text(self._with_common(option), language)
            buttons.append(Button(printable(label), _sends(reply, number)))
        if reply.ask is not None:
            buttons.append(Button(self._words.text(Phrase(PERSON), language), (Intent.PERSON.value,)))
        title = printable(self._common.get("brand", ""))[:100]
        return screen(step, title, cut(printable(words), 2000, CARD_BYTES), buttons)

    def _card(self, phrase: Phrase, language: str) -> dict[str, str]:
        text = printable(self._words.text(self._with_common(phrase), language))
        title = printable(self._common.get("brand", ""))[:100]
        return {"type": "Simple", "title": title, "content": cut(text, SHOWN, CARD_BYTES)}

    def _spoken(self, phrases: Iterable[Phrase], language: str) -> str:
        return " ".join(self._words.spoken(self._with_common(phrase), language) for phrase in phrases).strip()

    def _with_common(self, phrase: Phrase) -> Phrase:
        return Phrase(phrase.key, {**self._common, **phrase.variables})


def _sends(reply: Reply, number: int) -> tuple[str | int, ...]:
    """What the touch of the option `number` sends: yes and no are themselves."""
    if reply.ask is not None and reply.ask.expecting is Expecting.YES_NO:
        return (Intent.YES.value if number == 1 else Intent.NO.value,)
    return ("choice", number)


def _could(request: Mapping[str, Any]) -> dict[str, Any]:
    """Whether we could do what somebody asks of no skill in particular. Nothing is done."""
    known = intent_of(request) in INTENTS
    slots = {}
    for name in table(request, "request", "intent", "slots"):
        words, _ = slot(request, name)
        can = known and name in KNOWN_SLOTS and bool(words)
        slots[name] = {"canUnderstand": "YES" if can else "NO", "canFulfill": "YES" if can else "NO"}
    can_all = known and all(each["canFulfill"] == "YES" for each in slots.values())
    answer: dict[str, Any] = {"canFulfill": "YES" if can_all else "MAYBE" if known else "NO"}
    return {**answer, "slots": slots} if slots else answer


ELICIT_CODE: dict[str, Any] = {
    "type": "Dialog.ElicitSlot",
    "slotToElicit": "code",
    "updatedIntent": {
        "name": "LinkIntent",
        "confirmationStatus": "NONE",
        "slots": {"code": {"name": "code", "confirmationStatus": "NONE"}},
    },
}


def known_names(names: Mapping[str, str]) -> dict[str, Any]:
    """The customer's own names of their devices, for Alexa's ears, until the session ends."""
    told = [(device, printable(name)[:NAME_LENGTH].strip()) for device, name in names.items()]
    values = [
        {"id": device[:NAME_LENGTH], "name": {"value": name, "synonyms": []}} for device, name in told if name
    ]
    types = [{"name": "DEVICE", "values": values[:MOST_NAMES]}]
    return {"type": "Dialog.UpdateDynamicEntities", "updateBehavior": "REPLACE", "types": types}


def within(answer: dict[str, Any]) -> dict[str, Any]:
    """`answer` within Amazon's limit: what is only a hint leaves first."""
    response = answer["response"]
    while len(json.dumps(answer, ensure_ascii=False).encode(errors="replace")) > BODY_LIMIT:
        if response.get("directives"):
            response["directives"].pop(-2 if len(response["directives"]) > 1 else -1)
            if not response["directives"]:
                del response["directives"]
        elif response.pop("card", None) is None:
            return answer
    return answer


def in_tongue(spoken: dict[str, str], tongue: str) -> dict[str, str]:
    """The same speech, spoken as one speaks that language; Alexa knows no Chinese so, and reads it as it is."""
    if not tongue:
        return spoken
    inner = spoken["ssml"].removeprefix("<speak>").removesuffix("</speak>")
    return {**spoken, "ssml": f'<speak><lang xml:lang="{tongue}">{inner}</lang></speak>'}


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
