"""Words: every phrase of the house and of the plays, in every language, for screens and for ears.

A phrase is text with `{variables}`. A part in square brackets is left out when one of its variables is empty. A device's
name set apart, as in "Ihr Router ({device}) ...", is left out when it repeats what is said: "Ihr Router (Router)". A variable
whose value is "@key" is that other phrase in the same language; `x_said` is the variable `x` as it is said. What is missing
raises BadInput: it stops the send, not the customer. Nothing here sends, or knows a person: {name}, {brand} and {phone} are
filled in at dispatch.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from device_rules.yaml_file import BookError, Document, load_yaml
from hub.domain.contact import Phrase
from hub.domain.spoken_time import When
from hub.ports import BadInput
from voice_skills.times import Times, times
from voice_skills.times_said import only_time, time_in

VARIABLE = re.compile(r"\{([a-z_]+)\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_APART = re.compile(r" \(\{device\}\)|, \{device\}(?:,(?= \w)|(?=[.:!?]|$))")
DEEPEST = 3
LENDS = "en"
"""The language that every pack is written in: in it is said what nobody wrote in another."""
PHRASES = Path(__file__).parent / "phrases"
PATTERNS = Path(__file__).parent / "patterns"

Spoken = Mapping[str, "Entry"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One phrase in one language: as written and as spoken; `place` (file:line) for whoever has to mend it. `lent` says that
    it is not in this language but in English, because whoever wrote it has it in no other."""

    text: str
    spoken: str
    place: str = ""
    lent: bool = False

    @property
    def variables(self) -> frozenset[str]:
        """The variables of both forms."""
        return frozenset(VARIABLE.findall(self.text)) | frozenset(VARIABLE.findall(self.spoken))


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """`Words` over `entries`: language → key → Entry. `patterns` is what the matcher listens for, per language; `speaks`
    are the languages that the house itself has words in, `heard` the words for times as they were compiled."""

    entries: Mapping[str, Spoken]
    patterns: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    speaks: frozenset[str] = frozenset()
    heard: dict[str, Times] = field(default_factory=dict, compare=False, repr=False)

    def text(self, phrase: Phrase, language: str) -> str:
        """As written. Raises BadInput for a missing key, variable or language."""
        return self._render(phrase.key, phrase.variables, language, written=True)

    def spoken(self, phrase: Phrase, language: str) -> str:
        """As spoken: plain words, no markup. Raises BadInput as `text` does."""
        return self._render(phrase.key, phrase.variables, language, written=False)

    def when(self, text: str, language: str) -> When | None:
        """The time that somebody names who was asked for one; None where they name none."""
        short = re.split("[-_]", language)[0].lower()
        name = next((each for each in (language, short, "en") if each in self.patterns), "")
        if name not in self.heard and name:
            self.heard[name] = times(name, self.patterns[name].get("times") or {})
        return time_in(text, self.heard[name]) if name else None

    def only_time(self, text: str, language: str) -> bool:
        """Whether they name a time and say nothing else with it, after `when` has found one."""
        self.when(text, language)
        short = re.split("[-_]", language)[0].lower()
        name = next((each for each in (language, short, "en") if each in self.heard), "")
        return bool(name) and only_time(text, self.heard[name])

    def tongue(self, phrases: Iterable[Phrase], language: str) -> str:
        """In which language all of `phrases` can be said to whoever reads `language`: that one, or English, never half and half."""
        own = self._in(language)
        if own is None:
            return LENDS
        for phrase in phrases:
            inside = [given[1:] for given in phrase.variables.values() if given.startswith("@")]
            if any(key in own and own[key].lent for key in (phrase.key, *inside)):
                return LENDS
        return language

    def _in(self, language: str) -> Spoken | None:
        """What there is in `language`; None where the house does not speak it."""
        for name in (language, re.split("[-_]", language)[0].lower()):
            if name in (self.speaks or self.entries):
                return self.entries.get(name)
        return None

    def languages(self) -> Sequence[str]:
        """The languages that the house speaks, English first. A play's words in another one are kept until it does."""
        return sorted(self.speaks or self.entries, key=lambda language: (language != "en", language))

    def variables_of(self, key: str) -> frozenset[str]:
        """The variables that `key` needs, in any language; a key that is not there needs none."""
        found = [entries[key].variables for entries in self.entries.values() if key in entries]
        return frozenset().union(*found)

    def keys(self, language: str = "en") -> Sequence[str]:
        """Every key of `language`."""
        return list(self.entries.get(language, {}))

    def plus(self, phrases: Mapping[str, Spoken]) -> Phrasebook:
        """This book and the phrases of plays. Raises BadInput when a key is there twice."""
        merged = {language: dict(entries) for language, entries in self.entries.items()}
        for language, entries in phrases.items():
            mine = merged.setdefault(language, {})
            for key, entry in entries.items():
                if key in mine:
                    raise BadInput(entry.place, f"the phrase {key} is there twice", "Rename one of them")
                mine[key] = entry
        return Phrasebook(merged, self.patterns, self.speaks)

    def entry(self, key: str, language: str) -> Entry:
        """The phrase `key` in `language` ("de-AT" is served by "de"; one that we do not speak, by English). Raises BadInput
        when it is missing."""
        entries = self._in(language)
        found = self.entries.get(LENDS, {}).get(key) if entries is None else entries.get(key)
        if found is None:
            raise BadInput(key, f"the phrase is missing in {language}", f"Add it to phrases/{language}.yaml")
        return found

    def _render(
        self, key: str, variables: Mapping[str, str], language: str, *, written: bool, depth: int = 0
    ) -> str:
        entry = self.entry(key, language)

        def value(name: str) -> str:
            given = (
                variables.get(name, "")
                if written
                else variables.get(f"{name}_said") or variables.get(name, "")
            )
            if given.startswith("@") and depth < DEEPEST and given[1:] in self.entries.get("en", {}):
                return self._render(given[1:], variables, language, written=written, depth=depth + 1)
            return given

        def optional(part: re.Match[str]) -> str:
            return part[1] if all(value(name) for name in VARIABLE.findall(part[1])) else ""

        def filled(part: re.Match[str]) -> str:
            if not variables.get(part[1]):
                where = f"{entry.place or key} ({language})"
                raise BadInput(where, f"the variable {{{part[1]}}} of {key} has no value", "Give it one")
            return value(part[1])

        template = _unrepeated(entry.text if written else entry.spoken, variables.get("device", ""))
        return VARIABLE.sub(filled, _OPTIONAL.sub(optional, template)).strip()


def _unrepeated(template: str, device: str) -> str:
    """`template` without a device's name set apart, when the sentence before it says that name already."""

    def kept(part: re.Match[str]) -> str:
        sentence = re.split(r"[.!?] ", template[: part.start()])[-1]
        return "" if device and device.casefold() in sentence.casefold() else part[0]

    return _APART.sub(kept, template)


def entry_of(value: object, place: str) -> Entry:
    """An Entry from YAML: one text for both forms, or `{text, spoken}`. Raises BadInput."""
    if isinstance(value, str) and value.strip():
        return Entry(value, value, place)
    if (
        isinstance(value, dict)
        and set(value) == {"text", "spoken"}
        and all(isinstance(each, str) for each in value.values())
    ):
        return Entry(value["text"], value["spoken"], place)
    raise BadInput(place, "a phrase is a text, or `text:` and `spoken:`", "Write both, as texts")


def read(text: str, name: str) -> Document:
    """The YAML document `text` of the file `name`. Raises BadInput naming file and line."""
    try:
        return load_yaml(text, name)
    except BookError as wrong:
        first = wrong.problems[0]
        raise BadInput(f"{first.file}:{first.line}", first.what) from wrong


def load_language(text: str, name: str) -> tuple[str, dict[str, Entry], dict[str, Any]]:
    """One phrases file: its language, its phrases and its patterns. Raises BadInput."""
    document = read(text, name)
    data = document.data
    if (
        not isinstance(data, dict)
        or set(data) - {"language", "phrases", "patterns"}
        or not isinstance(data.get("phrases"), dict)
    ):
        raise BadInput(name, "a phrases file has `language`, `phrases` and `patterns`")
    entries = {
        key: entry_of(value, f"{name}:{document.line(('phrases', key))}")
        for key, value in data["phrases"].items()
    }
    return str(data.get("language", "")), entries, data.get("patterns") or {}


def house_words(files: Iterable[tuple[str, str]] = ()) -> Phrasebook:
    """The phrases that come with the house, or those of `files` (text, name), with what the house listens for. A language
    that we hear and do not speak yet is understood all the same. Raises BadInput."""
    chosen = list(files) or [
        (each.read_text(encoding="utf-8"), f"phrases/{each.name}") for each in sorted(PHRASES.glob("*.yaml"))
    ]
    entries: dict[str, Spoken] = {}
    patterns: dict[str, Mapping[str, Any]] = dict(house_patterns())
    for text, name in chosen:
        language, phrases, heard = load_language(text, name)
        entries[language] = phrases
        if heard:
            patterns[language] = heard
    return Phrasebook(entries, patterns, frozenset(entries))


def house_patterns() -> Mapping[str, Mapping[str, Any]]:
    """What the house listens for, per language: `patterns/<language>.yaml`. Raises BadInput."""
    found = {}
    for each in sorted(PATTERNS.glob("*.yaml")):
        data = read(each.read_text(encoding="utf-8"), f"patterns/{each.name}").data
        if not isinstance(data, dict) or not isinstance(data.get("intents"), dict):
            raise BadInput(f"patterns/{each.name}", "a patterns file has `intents`")
        found[each.stem] = data
    return found
