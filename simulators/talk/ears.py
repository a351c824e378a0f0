"""A speaker's ears: words to one of the skill's intents, by the interaction model that the skill is published with.

A small stand-in for Amazon's: samples are matched as they are written, with numbers, codes and devices in their slots; what
nothing fits is the fallback. It understands no more than that, and knows nothing of the hub.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

LAUNCH = "LaunchRequest"
FALLBACK = "AMAZON.FallbackIntent"
OPENS = ("open", "start", "launch", "ask", "talk to", "öffne", "starte", "frage", "abre", "inicia")
BUILT_IN: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "en": {
        "AMAZON.YesIntent": (
            "yes",
            "yeah",
            "yep",
            "sure",
            "ok",
            "okay",
            "yes please",
            "please do",
            "go ahead",
        ),
        "AMAZON.NoIntent": ("no", "nope", "no thanks", "no thank you", "rather not"),
        "AMAZON.HelpIntent": ("help", "help me", "what can i say"),
        "AMAZON.StopIntent": ("stop", "off", "shut up", "quit"),
        "AMAZON.CancelIntent": ("cancel", "never mind", "forget it"),
        "AMAZON.RepeatIntent": ("repeat", "repeat that", "say that again", "again"),
        "AMAZON.NextIntent": ("next", "skip"),
        "AMAZON.PreviousIntent": ("back", "go back", "previous"),
        "AMAZON.StartOverIntent": ("start over", "restart the skill"),
    },
    "de": {
        "AMAZON.YesIntent": ("ja", "ja bitte", "gerne", "ok", "okay", "klar", "mach das", "ja gerne"),
        "AMAZON.NoIntent": ("nein", "nein danke", "nö", "lieber nicht"),
        "AMAZON.HelpIntent": ("hilfe", "hilf mir", "was kann ich sagen"),
        "AMAZON.StopIntent": ("stopp", "stop", "halt", "aus"),
        "AMAZON.CancelIntent": ("abbrechen", "vergiss es"),
        "AMAZON.RepeatIntent": ("wiederholen", "wiederhole", "noch einmal", "nochmal", "sag das nochmal"),
        "AMAZON.NextIntent": ("weiter", "nächster", "überspringen"),
        "AMAZON.PreviousIntent": ("zurück", "einen schritt zurück"),
        "AMAZON.StartOverIntent": ("von vorne", "neu starten"),
    },
    "es": {
        "AMAZON.YesIntent": ("sí", "si", "claro", "vale", "de acuerdo", "adelante"),
        "AMAZON.NoIntent": ("no", "no gracias"),
        "AMAZON.HelpIntent": ("ayuda", "ayúdame"),
        "AMAZON.StopIntent": ("para", "detente", "basta"),
        "AMAZON.CancelIntent": ("cancela", "olvídalo"),
        "AMAZON.RepeatIntent": ("repite", "repítelo", "otra vez"),
        "AMAZON.NextIntent": ("siguiente",),
        "AMAZON.PreviousIntent": ("atrás", "anterior"),
    },
}
NUMBERS: Mapping[str, tuple[str, ...]] = {
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    "de": ("null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"),
    "es": ("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"),
}


@dataclass(frozen=True, slots=True)
class Understood:
    """A launch, or an intent with its slots."""

    name: str
    slots: Mapping[str, str] = field(default_factory=dict)


class SkillEars:
    """Hears one language of one skill: `model` is the interaction model as the console takes it, `devices` the names that
    the person's devices have."""

    def __init__(self, language: str, model: Mapping[str, Any], devices: Iterable[str] = ()) -> None:
        self._digits = {word: str(n) for n, word in enumerate(NUMBERS.get(language, NUMBERS["en"]))}
        language_model = model.get("interactionModel", model).get("languageModel", {})
        self._called = str(language_model.get("invocationName", ""))
        names = "|".join(
            sorted((re.escape(plain(name)) for name in _names(language_model, devices)), key=len)
        )
        built_in = BUILT_IN.get(language, BUILT_IN["en"])
        samples = [(name, sample) for name, listed in built_in.items() for sample in listed]
        for intent in language_model.get("intents", ()):
            samples += [(intent["name"], str(sample)) for sample in intent.get("samples", ())]
        samples.sort(key=lambda each: each[1].count("{"))  # what is said word for word comes first
        self._samples = [(name, _pattern(sample, names or "(?!)")) for name, sample in samples]

    def hear(self, words: str) -> Understood:
        """What `words` are to the skill."""
        said = plain(words).removeprefix("alexa ").strip()
        if said.startswith(OPENS) and any(
            each in said for each in (self._called.split(" ")[0], self._called)
        ):
            return Understood(LAUNCH)
        in_digits = " ".join(self._digits.get(each, each) for each in said.split())
        for name, pattern in self._samples:
            found = pattern.fullmatch(said) or pattern.fullmatch(in_digits)
            if found:
                slots = {slot: value for slot, value in found.groupdict().items() if value}
                return Understood(name, slots)
        return Understood(FALLBACK)


def plain(words: str) -> str:
    """Small letters and single spaces, without punctuation."""
    return " ".join(re.sub(r"[^\w\s']", " ", words.lower()).split())


def _names(model: Mapping[str, Any], devices: Iterable[str]) -> list[str]:
    found = list(devices)
    for kind in model.get("types", ()):
        for value in kind.get("values", ()) if kind.get("name") == "DEVICE" else ():
            name = value.get("name", {})
            found += [str(name.get("value", "")), *map(str, name.get("synonyms", ()))]
    return [name for name in found if name.strip()]


def _pattern(sample: str, names: str) -> re.Pattern[str]:
    """A sample as an expression: numbers are one figure, a code is six, a device is one that has a name."""
    kinds = {"number": r"\d", "code": r"(?:\d ?){6}", "device": names}
    parts = re.split(r"\{(\w+)\}", sample)
    made = ""
    for n, part in enumerate(parts):
        made += re.escape(plain(part)) if n % 2 == 0 else f"(?P<{part}>{kinds.get(part, '.+')})"
        if n + 1 < len(parts) and (part.endswith(" ") or parts[n + 1].startswith(" ")):
            made += " "
    return re.compile(made.strip())
