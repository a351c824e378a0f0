"""The Alexa skill as files for Amazon's console: an interaction model per locale, made from the phrases, and a manifest.

    python -m voice_skills.alexa_model FOLDER --url https://hub.example.com/hooks/alexa

Samples come from the same word lists that the matcher listens to, so a word that works by text works by voice. Alexa
wants letters, spaces, apostrophes and slots only: what it would refuse is left out. It never talks to Amazon.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hub.ports import BadInput
from voice_skills.words import house_words

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
        "DeviceIntent": ("{device}", "the {device}", "my {device}", "it is the {device}"),
    },
    "de": {
        "ChoiceIntent": ("{number}", "nummer {number}", "die {number}", "antwort {number}"),
        "LinkIntent": ("mein code ist {code}", "der code ist {code}", "verbinde mich mit {code}"),
        "StopContactIntent": (
            "schreib mir nicht mehr",
            "kontaktiere mich nicht mehr",
            "keine nachrichten mehr",
        ),
        "RestartIntent": (
            "starte {device} neu",
            "starte mein {device} neu",
            "starte meine {device} neu",
            "starte den {device} neu",
            "starte die {device} neu",
        ),
        "StatusIntent": (
            "wie geht es meinem {device}",
            "wie geht es meiner {device}",
            "was ist los",
            "was ist mit meinem {device}",
            "was ist mit meiner {device}",
        ),
        "DeviceIntent": ("{device}", "der {device}", "die {device}", "mein {device}", "meine {device}"),
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
HELP_WORD: Mapping[str, str] = {"en": "help", "de": "hilfe"}
ABOUT: Mapping[str, tuple[str, str, tuple[str, str]]] = {
    "en": (
        "Help with your {brand} devices.",
        "Tells you when one of your {brand} devices needs you, helps you to put it right, and calls a person when you "
        "want one. Text the word link to our number, and tell the skill the code that we send you.",
        ("my code is 4 8 3 9 2 7", "how is my heat pump"),
    ),
    "de": (
        "Hilfe für Ihre Geräte von {brand}.",
        "Sagt Ihnen, wenn eines Ihrer Geräte von {brand} Sie braucht, hilft beim Beheben und ruft einen Menschen, wenn "
        "Sie einen möchten. Schicken Sie uns eine SMS mit dem Wort verbinden und nennen Sie dem Skill den Code.",
        ("mein code ist 4 8 3 9 2 7", "wie geht es meiner wärmepumpe"),
    ),
}
_SAYABLE = re.compile(r"[^\W\d_][\w' {}-]*|\{[a-z]+\}")
_NAME = re.compile(r"[^\W\d_]+'?[^\W\d_]*( [^\W\d_]+'?[^\W\d_]*)+")
# Words that Alexa needs for itself. Source: Amazon's "Choose the invocation name for a custom skill".
_HERS = re.compile(
    r"\b(alexa|echo|amazon|computer|ziggy|skill|app|launch|ask|tell|load|begin|enable|open|start|talk|play|from|to|using"
    r"|with|about|for|if|and|whether|by|the|an?|of|in)\b"
)
# Our ears hear words without apostrophes; Alexa wants them spelled.
_SPELLED = {"whats": "what's", "its": "it's", "im": "i'm", "ive": "i've", "dont": "don't"}


def models(patterns: Mapping[str, Mapping[str, Any]], names: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Locale → interaction model, from the phrases' `patterns` per language. `names` are how the skill is called, by
    language. Raises BadInput for a name that Alexa would refuse."""
    return {
        locale: model(language, patterns[language], names[language]) for locale, language in LOCALES.items()
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
    own = [
        _intent(name, language, patterns, taken)
        for name in (*LISTS, "ChoiceIntent", "LinkIntent", "StopContactIntent", "DeviceIntent")
    ]
    types = [
        {"id": id_, "name": {"value": names[0], "synonyms": list(names[1:])}}
        for id_, names in DEVICES[language].items()
    ]
    built_in = [{"name": name, "samples": []} for name in BUILT_IN]
    return {
        "interactionModel": {
            "languageModel": {
                "invocationName": invocation(called),
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
        plain = " ".join(_SPELLED.get(word, word) for word in sample.lower().split())
        if plain not in taken and _SAYABLE.fullmatch(plain):
            taken.add(plain)
            samples.append(plain)
    slots = sorted({slot for sample in samples for slot in re.findall(r"\{([a-z]+)\}", sample)})
    return {
        "name": name,
        "slots": [{"name": slot, "type": SLOT_TYPES[slot]} for slot in slots],
        "samples": samples,
    }


def manifest(brand: str, url: str, names: Mapping[str, str]) -> dict[str, Any]:
    """The skill's manifest: its endpoint at `url`, the events we want to hear of, its page in the store.

    Raises BadInput for an address that Amazon would refuse."""
    if not re.fullmatch(r"https://[\w.-]+(:443)?/\S*", url):
        raise BadInput(
            url, "Amazon calls only https on port 443", "--url https://hub.example.com/hooks/alexa"
        )
    endpoint = {"uri": url, "sslCertificateType": "Trusted"}
    events = [{"eventName": name} for name in ("SKILL_ENABLED", "SKILL_DISABLED")]
    return {
        "manifest": {
            "manifestVersion": "1.0",
            "apis": {"custom": {"endpoint": endpoint, "interfaces": []}},
            "events": {"endpoint": endpoint, "subscriptions": events},
            "publishingInformation": {
                "locales": {locale: _page(brand, names[lang], lang) for locale, lang in LOCALES.items()},
                "category": "SMART_HOME",
                "isAvailableWorldwide": False,
                "distributionCountries": ["US", "GB", "DE"],
                "testingInstructions": "Text the word link to our number, then say: my code is, and the six digits.",
            },
            "privacyAndCompliance": {
                "allowsPurchases": False,
                "usesPersonalInfo": True,
                "isChildDirected": False,
                "isExportCompliant": True,
                "containsAds": False,
            },
        }
    }


def _page(brand: str, called: str, language: str) -> dict[str, Any]:
    """What the store shows in one language."""
    summary, description, say = ABOUT[language]
    opening = {"en": "Alexa, open {name}", "de": "Alexa, öffne {name}"}[language]
    return {
        "name": brand,
        "summary": summary.format(brand=brand),
        "description": description.format(brand=brand),
        "examplePhrases": [opening.format(name=called), *say],
        "keywords": [],
    }


def write(folder: Path, brand: str, url: str, called: str = "") -> list[Path]:
    """Write one model per locale and `skill.json` into `folder`; the paths written. Raises BadInput."""
    names = {
        language: invocation(called or f"{brand} {HELP_WORD[language]}") for language in set(LOCALES.values())
    }
    files = models(house_words().patterns, names) | {"skill": manifest(brand, url, names)}
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, body in files.items():
        path = folder / f"{name}.json"
        path.write_text(json.dumps(body, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        written.append(path)
    return written


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 2 when something cannot be had so."""
    parser = argparse.ArgumentParser(
        prog="python -m voice_skills.alexa_model", description="Write the files of the Alexa skill."
    )
    parser.add_argument("folder", type=Path, help="where to write them")
    parser.add_argument("--url", required=True, help="the hub's address: https://…/hooks/alexa")
    parser.add_argument("--brand", default="Nordwarm", help="as in the setting policy.brand")
    parser.add_argument("--invocation", default="", help="how people call the skill (default: BRAND help)")
    chosen = parser.parse_args(arguments)
    try:
        written = write(chosen.folder, chosen.brand, chosen.url, chosen.invocation)
    except BadInput as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2
    sys.stdout.writelines(f"{path}\n" for path in written)
    return 0


if __name__ == "__main__":
    sys.exit(main())
