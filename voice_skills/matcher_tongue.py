"""A tongue: what one language listens for, compiled from `patterns/<lang>.yaml` and `sentences/<lang>.yaml`.

It says what one piece of a sentence means by itself; it knows neither the open question nor its choices.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hub.domain.conversation import Intent, Meaning
from hub.domain.spoken_time import Part, When
from hub.ports import BadInput
from voice_skills.matcher_corrections import Corrections, corrections
from voice_skills.matcher_text import any_of, is_han, plain
from voice_skills.numbers import code
from voice_skills.sentences import ACTS, Sentences, house_sentences
from voice_skills.times import Times, times

PATIENCE = (Intent.LATER, Intent.TOMORROW)
SNOOZES = (*PATIENCE, Intent.WHEN_WORSE)
TIMED = (Intent.PERSON, Intent.CALLBACK, Intent.VISIT, Intent.MOVE_VISIT, Intent.CANCEL_VISIT)
"""What keeps its own sense when a time is named with it; with anything else a time means: not now."""
PUT_OFF = (Intent.YES, Intent.NO, Intent.RESTART, Intent.UNKNOWN, *PATIENCE)
MAY_WAIT = (Intent.DONE, Intent.START, Intent.REPEAT, Intent.BACK)
MOST_LEADS = 4
CODE = re.compile(r"\d{4,8}")
WHOLE_CODE = 6
MOST_BESIDE = 7
"""Words (or Chinese signs) beside a time that may stay unknown."""


@dataclass(frozen=True, slots=True)
class Tongue:
    """What one language listens for, folded and compiled."""

    language: str
    spell: Mapping[str, str]
    fillers: re.Pattern[str]
    leads: re.Pattern[str]
    tails: re.Pattern[str]
    hedges: re.Pattern[str]
    asks: re.Pattern[str]
    contrasts: re.Pattern[str]
    conditions: re.Pattern[str]
    not_stop: re.Pattern[str]
    openers: re.Pattern[str]
    pauses: frozenset[str]
    joints: re.Pattern[str]
    negations: re.Pattern[str]
    agreeing: re.Pattern[str]
    bystanders: re.Pattern[str]
    numbers: Mapping[str, int]
    number_words: frozenset[str]
    last_words: frozenset[str]
    middle_words: frozenset[str]
    soft: frozenset[str]
    small: frozenset[str]
    words: Mapping[str, Intent]
    cues: Sequence[tuple[Intent, re.Pattern[str]]]
    languages: Mapping[str, re.Pattern[str]]
    sentences: Sentences | None
    times: Times
    corrections: Corrections

    def fold(self, text: str) -> str:
        """`text` folded, its short forms written out."""
        said = plain(text)
        return " ".join(self.spell.get(word, word) for word in said.split()) if self.spell else said

    def bare(self, said: str) -> str:
        """`said` without words that say nothing; unless nothing would be left."""
        return " ".join(self.fillers.sub(" ", said).split()) or said

    def denies(self, said: str) -> bool:
        """Whether a negation is in it."""
        return self.negations.search(said) is not None

    def doubts(self, said: str) -> bool:
        """Whether it says that it is not sure of itself, or asks."""
        return self.hedges.search(said) is not None or self.asks.search(said) is not None

    def forms(self, said: str) -> Iterator[str]:
        """`said`, then with less and less of what only leads to a wish or follows it."""
        seen: set[str] = set()
        form = said
        for _ in range(MOST_LEADS):
            bare = self.bare(form)
            for each in (form, self._stripped(form), bare):
                if each and each not in seen:
                    seen.add(each)
                    yield each
            form = self._stripped(bare)
            if not form or form in seen:
                return

    def _stripped(self, form: str) -> str:
        return self.tails.sub("", self.leads.sub("", form)).strip()

    def calm(self, said: str) -> bool:
        """Whether it neither denies, doubts, asks nor sets a condition; "no problem" and "why not" do not."""
        said = self.agreeing.sub(" ", said)
        return not (self.denies(said) or self.doubts(said) or self.contrasts.search(said))

    def opener(self, said: str) -> tuple[str, str] | None:
        """A yes or a no that opens `said`, and the rest of it."""
        found = self.openers.match(said)
        rest = said[found.end() :].strip() if found else ""
        return (found[0].strip(), rest) if found and rest else None

    def meant(self, said: str, whole: bool = True) -> Meaning | None:
        """What one piece (folded) means; None when it is none of our sayings. A negation is part of the saying, or there is
        no saying: "do not restart it" is none of ours for a restart. Of what is not `whole` (several clauses in one string)
        only sayings count, not a wish or a time in the middle."""
        for form in self.forms(said):
            known = self._saying(form)
            if known is not None:
                return self._dated(known, said) if known.intent in PATIENCE else known
        return (self._coded(said) or self._timed(said) or self._cue(said)) if whole else None

    def _dated(self, known: Meaning, said: str) -> Meaning:
        """Patience with the time that is in its own words: "tomorrow morning"."""
        when, _ = self.times.find(said)
        told = when is not None and (when.part is not None or when.hour is not None or when.after > 0)
        return replace(known, when=when) if told else known

    def stop_forms(self, said: str) -> Iterator[str]:
        """The forms of `said` that may be a STOP; none where it only asks whether something has stopped."""
        folded = self.fold(said)
        if self.not_stop.search(folded):
            return iter(())
        return iter(dict.fromkeys((said, folded, self.bare(folded), *self.forms(folded))))

    def stops(self, form: str) -> bool:
        """Whether it is a word or a sentence that ends contact."""
        if self.words.get(form) is Intent.STOP:
            return True
        return self.sentences is not None and self.sentences.stops(form)

    def _saying(self, form: str) -> Meaning | None:
        intent = self.words.get(form)
        if intent is Intent.STOP:  # was looked for before, in other forms than these
            return None
        if intent is not None:
            return Meaning(intent, slot=self._wanted(intent, form))
        found = self.sentences.meant(form) if self.sentences else None
        if found is None or found[0] is Intent.STOP:
            return None
        return Meaning(found[0], slot=found[1] or self._wanted(found[0], form))

    def _wanted(self, intent: Intent, form: str) -> str:
        return self.wanted(form) if intent is Intent.LANGUAGE else ""

    def wanted(self, form: str) -> str:
        """The language that is named in it, where one is."""
        return next((name for name, said in self.languages.items() if said.search(form)), "")

    def _coded(self, said: str) -> Meaning | None:
        """A code: six digits alone, or some with words about a code; as text, for "0042" is not 42."""
        alone = code(said, self.language)
        if len(alone) == WHOLE_CODE:
            return Meaning(Intent.LINK, slot=alone)
        digits = CODE.findall(said)
        if len(digits) == 1 and not self.denies(said):
            left = " ".join(CODE.sub(" ", said).split())
            if any(
                (known := self._saying(form)) and known.intent is Intent.LINK for form in self.forms(left)
            ):
                return Meaning(Intent.LINK, slot=digits[0])
        return None

    def _timed(self, said: str) -> Meaning | None:
        """A time, alone or with something that it goes with."""
        when, left = self.times.find(said)
        if when is None:
            return None
        known = Meaning(Intent.UNKNOWN) if not self.fillers.sub("", left).strip() else None
        for form in self.forms(left):
            known = known or self._saying(form)
        if known is None:
            cue = self._cue(left)
            if cue is not None:
                return _at_time(cue, when) if cue.intent in TIMED else cue
            return Meaning(_until(when), when=when) if self._put_off(when, left) else None
        if known.intent in TIMED:
            return _at_time(known, when)
        ahead = known.intent in MAY_WAIT and self._put_off(when, left)
        return Meaning(_until(when), when=when) if known.intent in PUT_OFF or ahead else None

    def _put_off(self, when: When, left: str) -> bool:
        """Whether a time still to come, with a few words that we do not know, asks for patience: "can we do this tomorrow"."""
        length = len(left) if is_han(left) else len(left.split())
        tonight = when.days == 0 and when.part in (Part.EVENING, Part.NIGHT)
        ahead = when.after > 0 or (when.days or 0) > 0 or tonight
        return ahead and length <= MOST_BESIDE and self.asks.search(left) is None

    def _cue(self, said: str) -> Meaning | None:
        """A harmless wish in the middle of other words."""
        asks = self.asks.search(said) is not None
        found = {
            intent
            for intent, pattern in self.cues
            if not (asks and intent in SNOOZES) and pattern.search(said)
        }
        return Meaning(found.pop()) if len(found) == 1 else None


def _at_time(known: Meaning, when: When) -> Meaning:
    """A call at a time is a callback."""
    intent = Intent.CALLBACK if known.intent is Intent.PERSON else known.intent
    return Meaning(intent, slot=known.slot, when=when)


def _until(when: When) -> Intent:
    return Intent.TOMORROW if when.days == 1 else Intent.LATER


def tongues(patterns: Mapping[str, Mapping[str, Any]]) -> dict[str, Tongue]:
    """Every language of `patterns`. Raises BadInput for a pattern that would be unsafe."""
    return {language: tongue(language, listen) for language, listen in patterns.items()}


def tongue(language: str, patterns: Mapping[str, Any]) -> Tongue:
    """Compile one language. Raises BadInput when a saying that acts holds a negation."""
    spell = {plain(str(short)): plain(str(full)) for short, full in patterns.get("spell", {}).items()}
    negations = any_of(patterns.get("negations", ()))
    words = _sayings(language, patterns, spell, negations)
    return Tongue(
        language,
        spell,
        any_of(patterns.get("fillers", ())),
        _at(patterns.get("leads", ()), "^(?:{})(?: |$)" if language != "zh" else "^(?:{}) ?"),
        _at(patterns.get("tails", ()), "(?:^| )(?:{})$" if language != "zh" else " ?(?:{})$"),
        any_of(patterns.get("hedges", ())),
        re.compile("|".join(patterns.get("asks", ())) or r"(?!)"),
        any_of(patterns.get("contrasts", ())),
        any_of(patterns.get("conditions", ())),
        re.compile("|".join(patterns.get("not_stop", ())) or r"(?!)"),
        any_of(patterns.get("openers", ())),
        frozenset(plain(str(word)) for word in patterns.get("pauses", ())),
        any_of(patterns.get("joints", ())),
        negations,
        any_of(patterns.get("agreeing", ())),
        any_of(patterns.get("bystanders", ())),
        {plain(str(word)): number for word, number in patterns.get("numbers", {}).items()},
        frozenset(plain(str(word)) for word in patterns.get("number_words", ())),
        frozenset(plain(str(word)) for word in patterns.get("last_words", ())),
        frozenset(plain(str(word)) for word in patterns.get("middle_words", ())),
        frozenset(plain(str(word)) for word in patterns.get("soft", ())),
        frozenset(plain(str(word)) for word in patterns.get("small_words", ())),
        words,
        [
            (Intent(name), re.compile(pattern))
            for name, listed in (patterns.get("cues") or {}).items()
            for pattern in listed
        ],
        {name: any_of(listed) for name, listed in (patterns.get("languages") or {}).items()},
        house_sentences().get(language),
        times(language, patterns.get("times") or {}),
        corrections(language, patterns),
    )


def _sayings(
    language: str, patterns: Mapping[str, Any], spell: Mapping[str, str], negations: re.Pattern[str]
) -> dict[str, Intent]:
    """Every word list, folded, short forms written out as well. Raises BadInput when one that acts holds a negation."""
    words: dict[str, Intent] = {}
    for name, listen in patterns.get("intents", {}).items():
        words |= {plain(str(word)): Intent(name) for word in listen.get("words") or ()}
    for word, intent in list(words.items()):
        words.setdefault(" ".join(spell.get(part, part) for part in word.split()), intent)
    idioms = {plain(str(word)) for word in patterns.get("idioms", ())}
    for word, intent in words.items():
        if intent in ACTS and word not in idioms and negations.search(word):
            raise BadInput(f"patterns/{language}.yaml", f"{word!r} is a negation and would act")
    return words


def _at(patterns: Iterable[str], where: str) -> re.Pattern[str]:
    listed = [plain(each) if is_han(each) and "(" not in each else each for each in patterns]
    listed.sort(key=len, reverse=True)
    return re.compile(where.format("|".join(listed))) if listed else re.compile(r"(?!)")
