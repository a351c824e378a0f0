"""Alexa's interaction models, made from the phrases: what people may say, per locale. Deploy what `models` answers.

Samples come from the same word lists that the matcher listens to, so a word that works by text works by voice. Alexa
wants letters, spaces, apostrophes and slots only: what it would refuse is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

LOCALES: Mapping[str, str] = {"en-US": "en", "en-GB": "en", "de-DE": "de"}

# Intents of ours → the word list of the phrases they are sampled from. Amazon's built-ins bring their own samples.
LISTS: Mapping[str, str] = {
    "PersonIntent": "person",
    "RestartIntent": "restart",
    "StatusIntent": "status",
    "DoneIntent": "done",
    "LaterIntent": "later",
    "SimplerIntent": "simpler",
    "TextMeIntent": "text_me",
}
BUILT_IN = (
    "AMAZON.YesIntent",
    "AMAZON.NoIntent",
    "AMAZON.HelpIntent",
    "AMAZON.StopIntent",
    "AMAZON.CancelIntent",
    "AMAZON.FallbackIntent",
    "AMAZON.NavigateHomeIntent",
    "AMAZON.RepeatIntent",
    "AMAZON.NextIntent",
    "AMAZON.PreviousIntent",
    "AMAZON.StartOverIntent",
)
# Words that need a slot or are said only to a speaker; one line per language, kept beside the samples they join.
SPOKEN_ONLY: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "en": {
        "ChoiceIntent": ("{number}", "number {number}", "option {number}", "answer {number}"),
        "LinkIntent": ("my code is {code}", "link code {code}", "the code is {code}", "link me with {code}"),
        "StopContactIntent": ("stop contacting me", "stop writing to me", "do not contact me any more"),
        "RestartIntent": ("restart {device}", "restart my {device}", "reboot the {device}"),
        "StatusIntent": ("how is my {device}", "what is wrong", "what is wrong with my {device}"),
    },
    "de": {
        "ChoiceIntent": ("{number}", "nummer {number}", "die {number}", "antwort {number}"),
        "LinkIntent": ("mein code ist {code}", "der code ist {code}", "verbinde mich mit {code}"),
        "StopContactIntent": (
            "schreib mir nicht mehr",
            "kontaktiere mich nicht mehr",
            "keine nachrichten mehr",
        ),
        "RestartIntent": ("starte {device} neu", "starte mein {device} neu", "starte den {device} neu"),
        "StatusIntent": ("wie geht es meinem {device}", "was ist los", "was ist mit meinem {device}"),
    },
}
SLOT_TYPES: Mapping[str, str] = {"number": "AMAZON.NUMBER", "code": "AMAZON.NUMBER", "device": "DEVICE"}
DEVICES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "en": {
        "HEAT_PUMP": ("heat pump", "heating"),
        "FRIDGE": ("fridge", "refrigerator"),
        "ROUTER": ("router", "wifi"),
    },
    "de": {"HEAT_PUMP": ("wärmepumpe", "heizung"), "FRIDGE": ("kühlschrank",), "ROUTER": ("router", "wlan")},
}
_SAYABLE = re.compile(r"[^\W\d_][\w' {}-]*|\{[a-z]+\}")


def models(patterns: Mapping[str, Mapping[str, Any]], invocation: str) -> dict[str, dict[str, Any]]:
    """Locale → interaction model, from the phrases' `patterns` per language. `invocation` is the skill's name, spoken."""
    return {locale: model(language, patterns[language], invocation) for locale, language in LOCALES.items()}


def model(language: str, patterns: Mapping[str, Any], invocation: str) -> dict[str, Any]:
    """The interaction model of one language."""
    taken: set[str] = set()
    own = [
        _intent(name, language, patterns, taken)
        for name in (*LISTS, "ChoiceIntent", "LinkIntent", "StopContactIntent")
    ]
    types = [
        {"id": id_, "name": {"value": names[0], "synonyms": list(names[1:])}}
        for id_, names in DEVICES[language].items()
    ]
    built_in = [{"name": name, "samples": []} for name in BUILT_IN]
    return {
        "interactionModel": {
            "languageModel": {
                "invocationName": invocation.casefold(),
                "intents": [*built_in, *own],
                "types": [{"name": "DEVICE", "values": types}],
            }
        }
    }


def _intent(name: str, language: str, patterns: Mapping[str, Any], taken: set[str]) -> dict[str, Any]:
    """One intent of ours; a sample that an earlier intent has is not given twice (Alexa could not choose)."""
    listed = patterns["intents"].get(LISTS.get(name, ""), {}).get("words", ())
    samples = []
    for sample in (*map(str, listed), *SPOKEN_ONLY[language].get(name, ())):
        plain = sample.casefold().strip()
        if plain not in taken and _SAYABLE.fullmatch(plain):
            taken.add(plain)
            samples.append(plain)
    slots = sorted({slot for sample in samples for slot in re.findall(r"\{([a-z]+)\}", sample)})
    return {
        "name": name,
        "slots": [{"name": slot, "type": SLOT_TYPES[slot]} for slot in slots],
        "samples": samples,
    }
