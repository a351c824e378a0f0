"""What people may say to the Alexa skill: an interaction model per locale, made from the words that the hub listens to.

A word that works by text works by voice. Alexa wants letters, spaces, apostrophes and slots only: what it would refuse is
left out. A language that the house does not listen to yet has no model.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hub.ports import BadInput
from voice_skills.alexa_asked import DANGERS
from voice_skills.alexa_words import LOCALES, TONGUES

# Intents of ours → the word list that they are sampled from. Amazon's built-ins bring their own samples.
LISTS: Mapping[str, str] = {
    "PersonIntent": "person",
    "RestartIntent": "restart",
    "StatusIntent": "status",
    "DoneIntent": "done",
    "LaterIntent": "later",
    "TomorrowIntent": "tomorrow",
    "WhenWorseIntent": "when_worse",
    "SimplerIntent": "simpler",
    "TextMeIntent": "text_me",
    "MoveVisitIntent": "move_visit",
    "CancelVisitIntent": "cancel_visit",
    "VisitIntent": "visit",
    "CallbackIntent": "callback",
    "OtherIntent": "other",
    "SkipIntent": "skip",
    "StepsIntent": "steps",
    "WhichDeviceIntent": "which_device",
    "LanguageIntent": "language",
}
OF_SPEECH = (*DANGERS, "ChoiceIntent", "LinkIntent", "StopContactIntent", "DeviceIntent")
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
SLOT_TYPES: Mapping[str, str] = {
    "number": "AMAZON.NUMBER",
    "code": "AMAZON.NUMBER",
    "device": "DEVICE",
    "language": "LANGUAGE",
}
ASK_CODE = "Elicit.LinkIntent.code"
_SAYABLE = re.compile(r"[^\W\d_][\w' {}-]*|\{[a-z]+\}")
_LATIN = re.compile(r"[a-zA-ZÀ-ɏ' {}-]+")
_NAME = re.compile(r"[^\W\d_]+'?[^\W\d_]*( [^\W\d_]+'?[^\W\d_]*)+")
# Words that Alexa needs for itself. Source: Amazon's "Choose the invocation name for a custom skill".
_HERS = re.compile(
    r"\b(alexa|echo|amazon|computer|ziggy|skill|app|launch|ask|tell|load|begin|enable|open|start|talk|play|from|to|using"
    r"|with|about|for|if|and|whether|by|the|an?|of|in)\b"
)
# Our ears hear words without apostrophes; Alexa wants them spelled.
_SPELLED = {"whats": "what's", "its": "it's", "im": "i'm", "ive": "i've", "dont": "don't", "cant": "can't"}


def locales(patterns: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """The locales that can be served: those whose language the house listens to."""
    heard = {language for language, listen in patterns.items() if listen.get("intents")}
    return {locale: language for locale, language in LOCALES.items() if language in heard}


def models(patterns: Mapping[str, Mapping[str, Any]], names: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Locale → interaction model, from the word lists (`patterns`) per language. `names` are how the skill is called, by
    language. Raises BadInput for a name that Alexa would refuse."""
    return {
        locale: model(language, patterns[language], names[language])
        for locale, language in locales(patterns).items()
    }


def invocation(name: str) -> str:
    """The name as Alexa wants it: small letters, at least two words, none of her own. Raises BadInput."""
    plain = " ".join(name.lower().split())
    if taken := _HERS.search(plain):
        raise BadInput(name, f"Alexa keeps the word {taken[0]!r} for herself", "Choose other words.")
    if not _NAME.fullmatch(plain) or not 2 <= len(plain) <= 50:
        remedy = "Two words or more, letters only, numbers written out: --invocation 'nordwarm help'"
        raise BadInput(name, "Alexa could not be called so", remedy)
    return plain


def model(language: str, patterns: Mapping[str, Any], called: str) -> dict[str, Any]:
    """The interaction model of one language, for a skill that is `called` so. Raises BadInput."""
    taken: set[str] = set()
    made = [_intent(name, language, patterns, taken) for name in (*OF_SPEECH, *LISTS)]
    own = [each for each in made if each["samples"]]
    built_in = [{"name": name, "samples": []} for name in BUILT_IN]
    types = [{"name": "DEVICE", "values": _values(TONGUES[language].devices)}]
    languages = _languages(patterns)
    if languages:
        types.append({"name": "LANGUAGE", "values": _values(languages)})
    return {
        "interactionModel": {
            "languageModel": {
                "invocationName": invocation(called),
                "intents": [*built_in, *own],
                "types": types,
            },
            "dialog": {"intents": [_code_dialog()], "delegationStrategy": "SKILL_RESPONSE"},
            "prompts": [
                {"id": ASK_CODE, "variations": [{"type": "PlainText", "value": TONGUES[language].code}]}
            ],
        }
    }


def _intent(name: str, language: str, patterns: Mapping[str, Any], taken: set[str]) -> dict[str, Any]:
    """One intent of ours; a sample that an earlier intent has is not given twice (Alexa could not choose)."""
    listed = patterns["intents"].get(LISTS.get(name, ""), {}).get("words", ())
    samples = []
    for sample in (*TONGUES[language].samples.get(name, ()), *map(str, listed)):
        plain = " ".join(_SPELLED.get(word, word) for word in sample.lower().split())
        unknown = "{language}" in plain and not _languages(patterns)
        if plain not in taken and not unknown and _SAYABLE.fullmatch(plain) and _LATIN.fullmatch(plain):
            taken.add(plain)
            samples.append(plain)
    slots = sorted({slot for sample in samples for slot in re.findall(r"\{([a-z]+)\}", sample)})
    return {
        "name": name,
        "slots": [{"name": slot, "type": SLOT_TYPES[slot]} for slot in slots],
        "samples": samples,
    }


def _languages(patterns: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """How each language is called in this one, as far as Alexa can hear it."""
    found = {}
    for id_, names in (patterns.get("languages") or {}).items():
        sayable = tuple(name for name in map(str, names) if _LATIN.fullmatch(name))
        if sayable:
            found[str(id_).upper()] = sayable
    return found


def _values(named: Mapping[str, tuple[str, ...]]) -> list[dict[str, Any]]:
    return [
        {"id": id_, "name": {"value": names[0], "synonyms": list(names[1:])}} for id_, names in named.items()
    ]


def _code_dialog() -> dict[str, Any]:
    """The one slot that the skill may wait for: the pairing code."""
    slot = {
        "name": "code",
        "type": SLOT_TYPES["code"],
        "confirmationRequired": False,
        "elicitationRequired": True,
        "prompts": {"elicitation": ASK_CODE},
    }
    return {"name": "LinkIntent", "confirmationRequired": False, "prompts": {}, "slots": [slot]}
