"""The page's own words, in the languages that we write well: `words/<language>.yaml`, the same keys in each.

Never the words of the conversation: those are phrases of the house and of the plays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_skeleton

from device_rules.reading import DAY, HOUR, MINUTE
from device_rules.yaml_file import load_yaml
from hub.domain.contact import Phrase
from hub.domain.ids import Moment
from hub.ports import BadInput
from hub.ports import Words as Phrases
from hub.web.when import clock_in, local

FOLDER = Path(__file__).parent / "words"
_VARIABLE = re.compile(r"\{([a-z]+)\}")


@cache
def shelf() -> Mapping[str, Mapping[str, str]]:
    """Every language's words."""
    found = {}
    for file in sorted(FOLDER.glob("*.yaml")):
        data = load_yaml(file.read_text(encoding="utf-8"), file.name).data
        found[file.stem] = {str(key): str(text) for key, text in data.items()}
    return found


def short(language: str) -> str:
    """The language whose words we have for `language` ("de-AT" is served by "de"), else English."""
    plain = re.split("[-_]", language)[0].lower()
    return plain if plain in shelf() else "en"


def wanted(header: str) -> str:
    """The first language of an Accept-Language header that we write."""
    asked = (part.split(";")[0].strip().split("-")[0].lower() for part in header.split(","))
    return next((one for one in asked if one in shelf()), "en")


class Texts:
    """The words in one language, with what is always filled in (`brand`, `phone`); and phrases, moments and spans in it."""

    def __init__(self, language: str, phrases: Phrases, own: Mapping[str, str]) -> None:
        self.language = short(language)
        self._phrases, self._own = phrases, own
        self._words = shelf()[self.language]

    def __call__(self, key: str, **more: str) -> str:
        """The page's own words for `key`."""
        told = {**self._own, **more}
        return _VARIABLE.sub(lambda part: told.get(part[1], ""), self._words[key])

    def known(self, key: str) -> str:
        """The page's own words for `key`, where it has any."""
        return self(key) if key in self._words else ""

    def phrase(self, phrase: Phrase) -> str:
        """A phrase of the conversation; in English where the house does not say it in this language, else nothing."""
        filled = Phrase(phrase.key, {**self._own, "name": "", **phrase.variables})
        for language in (self.language, "en"):
            try:
                return self._phrases.text(filled, language)
            except BadInput:
                continue
        return ""

    def label(self, phrase: Phrase) -> str:
        """A phrase as the writing on a button."""
        text = self.phrase(phrase)
        return text[:1].upper() + text[1:]

    def languages(self) -> list[tuple[str, str]]:
        """What can be chosen: the languages that the page and the house both have."""
        known = set(self._phrases.languages())
        return [(each, words["name"]) for each, words in shelf().items() if each in known]

    def ago(self, moment: int, now: int) -> str:
        """How long ago, in one unit."""
        gone = now - moment
        for size, key in ((DAY, "days"), (HOUR, "hours"), (MINUTE, "minutes")):
            if gone >= size:
                return self(key, n=str(gone // size))
        return self("now")

    def moment(self, moment: Moment, zone: str, now: int) -> str:
        """The time of day, with the day when it is not today."""
        clock = clock_in(moment, zone)
        if local(moment, zone).date() == local(now, zone).date():
            return clock
        try:
            day = format_skeleton("MMMd", local(moment, zone), locale=Locale.parse(self.language))
        except (UnknownLocaleError, ValueError):
            day = local(moment, zone).strftime("%d.%m.")
        return f"{day}, {clock}"
