"""What Alexa asks, read from its JSON: which intent, which slots, which touch. Pure, and it trusts no shape.

Plain dictionaries, because Amazon's own classes fail on integer timestamps and unknown request types. Amazon tells no
figure of how sure it was of the words; it does tell when a slot fits nothing that it knows, or several things at once. Such
a meaning is not sure: it is read back, and acts on nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from hub.domain.conversation import Intent, Meaning

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
    "TomorrowIntent": Intent.TOMORROW,
    "WhenWorseIntent": Intent.WHEN_WORSE,
    "SimplerIntent": Intent.SIMPLER,
    "TextMeIntent": Intent.TEXT_ME,
    "VisitIntent": Intent.VISIT,
    "CallbackIntent": Intent.CALLBACK,
    "MoveVisitIntent": Intent.MOVE_VISIT,
    "CancelVisitIntent": Intent.CANCEL_VISIT,
    "OtherIntent": Intent.OTHER,
    "SkipIntent": Intent.SKIP,
    "StepsIntent": Intent.STEPS,
    "WhichDeviceIntent": Intent.WHICH_DEVICE,
    "LanguageIntent": Intent.LANGUAGE,
    "StopContactIntent": Intent.STOP,
    "ChoiceIntent": Intent.CHOICE,
    "DeviceIntent": Intent.UNKNOWN,
    "DangerIntent": Intent.DANGER,
    "GasIntent": Intent.DANGER,
    "ShockIntent": Intent.DANGER,
    "InjuryIntent": Intent.DANGER,
    "LinkIntent": Intent.LINK,
}
DANGERS: Mapping[str, str] = {
    "DangerIntent": "fire",
    "GasIntent": "gas",
    "ShockIntent": "power",
    "InjuryIntent": "hurt",
}
"""Words of danger, by what it is: they come before everything."""
CONFIRMED: Mapping[str, Intent] = {"CONFIRMED": Intent.YES, "DENIED": Intent.NO}
"""An answer to a question that Alexa put for us (Dialog.ConfirmIntent): it is a yes or a no like any other."""
TOUCHES: Mapping[str, Intent] = {
    intent.value: intent
    for intent in (
        Intent.YES,
        Intent.NO,
        Intent.DONE,
        Intent.PERSON,
        Intent.REPEAT,
        Intent.BACK,
        Intent.LATER,
        Intent.HELP,
    )
}
TOUCH = "Alexa.Presentation.APL.UserEvent"
SCREEN = "Alexa.Presentation.APL"


def table(body: object, *path: str) -> Mapping[str, Any]:
    """The table at `path`, or an empty one where anything on the way is missing or something else."""
    for name in path:
        body = body.get(name) if isinstance(body, Mapping) else None
    return body if isinstance(body, Mapping) else {}


def kind_of(body: Mapping[str, Any]) -> str:
    """The request's type."""
    return str(table(body, "request").get("type") or "")


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


def has_screen(body: Mapping[str, Any]) -> bool:
    """Whether the speaker can show what we write for screens."""
    return SCREEN in table(body, "context", "System", "device", "supportedInterfaces")


def slot(body: Mapping[str, Any], name: str) -> tuple[str, bool]:
    """A slot's words, kept as text (empty where unfilled), and whether Alexa is sure of them: it found one name for them,
    or it does not look names up for this slot. The customer's own names come before those of everybody."""
    found = table(body, "request", "intent", "slots", name)
    listed = table(found, "resolutions").get("resolutionsPerAuthority")
    authorities = listed if isinstance(listed, list) else []
    matches = [each for each in authorities if _code(each) == "ER_SUCCESS_MATCH"]
    for each in sorted(matches, key=lambda one: ".dynamic." not in str(table(one).get("authority"))):
        values = table(each).get("values")
        if isinstance(values, list) and values:
            return str(table(values[0], "value").get("name") or ""), len(values) == 1
    value = found.get("value")
    return "" if value is None else str(value), not any(
        _code(each) == "ER_SUCCESS_NO_MATCH" for each in authorities
    )


def _code(authority: object) -> str:
    return str(table(authority, "status").get("code") or "")


def meant(body: Mapping[str, Any]) -> Meaning:
    """The meaning of an intent request."""
    kind = DANGERS.get(intent_of(body))
    if kind is not None:
        return Meaning(Intent.DANGER, slot=kind)
    answered = CONFIRMED.get(str(table(body, "request", "intent").get("confirmationStatus") or ""))
    if answered is not None:
        return Meaning(answered)
    intent = INTENTS.get(intent_of(body), Intent.UNKNOWN)
    if intent is Intent.CHOICE:
        return _number(digits(slot(body, "number")[0]))
    if intent is Intent.LINK:
        return Meaning(Intent.LINK, slot=digits(slot(body, "code")[0]))
    if intent is Intent.LANGUAGE:
        return Meaning(intent, slot=_language(body))
    name, sure = slot(body, "device")
    return Meaning(intent, slot=name, sure=sure or intent is Intent.UNKNOWN)


def _number(number: str) -> Meaning:
    if len(number) == CODE_DIGITS:  # the code alone, without "my code is"
        return Meaning(Intent.LINK, slot=number)
    if number == "0":  # as in writing
        return Meaning(Intent.PERSON)
    return Meaning(Intent.CHOICE, choice=int(number)) if len(number) == 1 else Meaning(Intent.UNKNOWN)


def _language(body: Mapping[str, Any]) -> str:
    """The id of the language that was asked for: "de" for "Deutsch"."""
    found = table(body, "request", "intent", "slots", "language")
    listed = table(found, "resolutions").get("resolutionsPerAuthority")
    for each in listed if isinstance(listed, list) else []:
        values = table(each).get("values")
        if _code(each) == "ER_SUCCESS_MATCH" and isinstance(values, list) and values:
            return str(table(values[0], "value").get("id") or "").lower()
    return ""


def touched(body: Mapping[str, Any]) -> Meaning | None:
    """What a touch means: the same as the words on it. None for a touch that we did not offer."""
    told = table(body, "request").get("arguments")
    if not isinstance(told, list) or not told:
        return None
    if told[0] == "choice" and len(told) == 2 and isinstance(told[1], int) and 0 < told[1] < 10:
        return Meaning(Intent.CHOICE, choice=int(told[1]))
    intent = TOUCHES.get(told[0]) if isinstance(told[0], str) and len(told) == 1 else None
    return Meaning(intent) if intent is not None else None


def touched_step(body: Mapping[str, Any]) -> str:
    """The step that the touched screen was made for."""
    return str(table(body, "request").get("token") or "")
