"""Understanding: what a person's words mean. STOP first, in every language at once; then what exactly was asked; then numbers,
times and codes; then sentences; and what was nearly said as a question.

A typing error leads to "did you mean …?" (`sure=False`), unless what it resembles is all but certain. A negation never
means yes. It is told words and answers a Meaning; it remembers nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from hub.domain.consent_words import LONGEST as LONGEST
from hub.domain.consent_words import Word, keyword
from hub.domain.conversation import Expecting, Intent, Meaning
from voice_skills.amounts import pointed
from voice_skills.danger_heard import danger
from voice_skills.matcher_choice import Labels, labels, number
from voice_skills.matcher_clauses import ACTING, PUTS_OFF, Part, together
from voice_skills.matcher_fitting import fitted
from voice_skills.matcher_guess import NEVER_GUESSED, guess, mended
from voice_skills.matcher_learned import FAMILIAR, RISKY, Likely, beside_the_point, foreign, likely, weighed
from voice_skills.matcher_own_words import in_own_words
from voice_skills.matcher_signs import nodded, only_asked, worded
from voice_skills.matcher_text import clauses, is_han, nod
from voice_skills.matcher_text import plain as plain
from voice_skills.matcher_tongue import Tongue, tongues
from voice_skills.questions import questioned
from voice_skills.words import Phrasebook

DEEPEST = 4
"""How many openings and clauses within clauses are looked into."""
MOST_LABELS = 2_000
FIRST = (Intent.START, Intent.HELP)
"""What counts before the words of an option."""
BEHIND_LABELS = (Intent.DONE, Intent.STATUS, Intent.VISIT, Intent.HELP, Intent.PERSON, Intent.REPEAT)
"""What an option may be worded like: then the option counts."""
_STRONG = (
    "stop",
    "stopp",
    "stopall",
    "unsubscribe",
    "optout",
    "abmelden",
    "abbestellen",
    "baja",
    "退订",
    "退訂",
)
STRONG = frozenset(map(plain, _STRONG))
"""Keywords that are about contact even with other words after them."""


class Matcher:
    """`Ears` over the patterns of a phrasebook."""

    def __init__(self, words: Phrasebook) -> None:
        self._words = words
        self._tongues = tongues(words.patterns)
        self._labelled: dict[tuple[str, tuple[str, ...]], Labels] = {}
        self._known = {name: dict.fromkeys(_vocabulary(each)) for name, each in self._tongues.items()}

    def understand(self, text: str, language: str, expecting: Expecting, options: Sequence[str]) -> Meaning:
        """What `text` means while `expecting` one of `options` (phrase keys, or names of devices)."""
        here = self._tongue(language)
        text = pointed(text, here.language) if expecting is Expecting.CHOICE else text
        raw, parts = plain(text), clauses(text)
        said = here.fold(text)
        if (alarm := danger(text)) is not None:
            return alarm
        if not raw:
            return nodded(nod(text), expecting)
        stops = self._stop(raw, parts)
        if stops and worded(raw, parts):
            return Meaning(Intent.STOP)
        asked = Asked(here, expecting, self._labels(language, tuple(options), here))
        known = asked.hear(said, [here.fold(part) for part in parts])
        if stops or known is None or not known.sure or here.words.get(said) is not known.intent or options:
            seems = likely(said, here, expecting)
            abroad = foreign(raw, seems, self._tongues.values())
            if stops and not (abroad or seems).no_end:
                return Meaning(Intent.STOP)
            known = self._compared(known, asked, seems, abroad, (raw, parts))
            if known is not None and not known.sure and seems.familiar < FAMILIAR:
                known = self._nearly(said, asked) or known  # a slip of a saying, before a faint likeness
        known = known or self._nearly(said, asked) or Meaning(Intent.UNKNOWN)
        known = questioned(text, known, here.language)
        return only_asked(known) if text[:LONGEST].rstrip().endswith(("?", "？")) else known

    def _compared(
        self,
        known: Meaning | None,
        asked: Asked,
        seems: Likely,
        abroad: Likely | None,
        words: tuple[str, Sequence[str]],
    ) -> Meaning | None:
        """What our sayings made of `words` (raw, and its parts), beside what they resemble here or abroad."""
        (raw, parts), here, expecting = words, asked.here, asked.expecting
        known = (
            weighed(known, seems, expecting) if abroad is None else self._abroad(known, abroad, raw, parts)
        )
        if abroad is None:
            folded = [here.fold(part) for part in parts]
            own = in_own_words(known, folded, here, expecting, asked.labels)
            own = fitted(own, folded, here, expecting, asked.labels)
            known = own if own is known else beside_the_point(own, seems)
        return known or self._elsewhere(raw, parts, here) or asked.refusal(seems.said)

    def ready(self) -> None:
        """Load every language now: its first words would wait for it."""
        for language, each in self._tongues.items():
            self.understand("lorem ipsum dolor", language, Expecting.NOTHING, ())
            if each.sentences is not None:
                each.sentences.ready()

    def _tongue(self, language: str) -> Tongue:
        short = re.split("[-_]", language)[0].lower()
        return self._tongues.get(language) or self._tongues.get(short) or self._tongues["en"]

    def _labels(self, language: str, options: tuple[str, ...], here: Tongue) -> Labels:
        known = self._labelled.get((language, options))
        if known is None:
            known = labels(self._words, here, language, options)
            if len(self._labelled) < MOST_LABELS:
                self._labelled[language, options] = known
        return known

    def _stop(self, said: str, parts: Sequence[str]) -> bool:
        """STOP in any language: a word of its own, or a sentence that says so; "don't stop" is none."""
        if self._stops(said):
            return True
        if len(parts) < 2:
            return False
        told = [part for part in parts if keyword(part) is not Word.STOP and self._stops(part)]
        if told:
            return not all(self._soft(part) for part in told) or not self._patient(parts)
        others = [part for part in parts if keyword(part) is not Word.STOP]
        if len(others) == len(parts) or not all(self._idle(part) for part in others):
            return False
        return plain(parts[0]) in STRONG or all(self._polite(part) for part in others)

    def _stops(self, said: str) -> bool:
        for each in self._tongues.values():
            for form in each.stop_forms(said):
                if keyword(form) is Word.STOP or each.stops(form):
                    return True
        return False

    def _soft(self, part: str) -> bool:
        """Whether it may only be meant for now: "leave me alone"."""
        return any(form in each.soft for each in self._tongues.values() for form in each.stop_forms(part))

    def _patient(self, parts: Sequence[str]) -> bool:
        found = [each.meant(each.fold(part)) for each in self._tongues.values() for part in parts]
        return any(known is not None and known.intent in PUTS_OFF for known in found)

    def _idle(self, part: str) -> bool:
        """Whether these words beside a STOP mean nothing else that we know."""
        found = [each.meant(each.fold(part)) for each in self._tongues.values()]
        return all(known is None or known.intent is Intent.GOODBYE for known in found)

    def _polite(self, part: str) -> bool:
        return any(not each.fillers.sub("", each.fold(part)).strip() for each in self._tongues.values())

    def _elsewhere(self, said: str, parts: Sequence[str], here: Tongue) -> Meaning | None:
        """The same in another language than the one we write in, where every language that knows the words agrees."""
        found: dict[Meaning, str] = {}
        for name, each in self._tongues.items():
            if each is here or is_han(said) != (name == "zh"):
                continue
            known = each.meant(each.fold(said), len(parts) < 2) or (
                together([Part(each.meant(each.fold(part)), each.calm(each.fold(part))) for part in parts])
                if len(parts) > 1
                else None
            )
            if known is not None:
                found[known] = name
        if len(found) == 1:
            known, name = found.popitem()
            return replace(known, language=name)
        word = keyword(said)
        return Meaning(Intent(word.value)) if word is not None else None

    def _abroad(self, known: Meaning | None, seems: Likely, raw: str, parts: Sequence[str]) -> Meaning | None:
        """What is said in another language than the one we write in: by its sayings, or by what it is sure to resemble."""
        here = self._tongues[seems.here.language]
        known = known or self._elsewhere(raw, parts, here)
        alone = not is_han(raw) and " " not in raw  # one strange word is no sentence of another language
        found = None if known or alone else weighed(known, seems, Expecting.NOTHING)
        told = found is not None and found.sure and found.intent not in RISKY
        return replace(found, language=here.language) if found is not None and told else known

    def _nearly(self, said: str, asked: Asked) -> Meaning | None:
        """What was nearly said; always to be read back."""
        here = asked.here
        found = guess(here.bare(said), here, asked.labels)
        if found is None and (mend := mended(said, here, self._known[here.language])) != said:
            found = asked.hear(mend, [mend])
        if found is None or found.intent in NEVER_GUESSED:
            return None
        return replace(found, sure=False)


class Asked:
    """One open question and the tongue that it was put in."""

    def __init__(self, here: Tongue, expecting: Expecting, options: Labels) -> None:
        self.here, self.expecting, self.labels = here, expecting, options

    def hear(self, said: str, parts: Sequence[str]) -> Meaning | None:
        """What `said`, or its parts together, mean to this question."""
        known = self._part(said, whole=len(parts) < 2)
        if known is not None:
            return known
        pieces = [piece for part in parts for piece in self._pieces(part)]
        if len(pieces) < 2:
            return self._part(pieces[0]) if pieces and pieces[0] != said else None
        but = self.here.contrasts.search(said) is not None
        return together([self._judged(piece) for piece in pieces], self.expecting is Expecting.YES_NO, but)

    def _judged(self, piece: str) -> Part:
        here = self.here
        pause = piece in here.pauses or here.bare(piece) in here.pauses
        meant = self._part(piece) or self._other(piece)
        return Part(meant, here.calm(piece), pause)

    def _other(self, piece: str) -> Meaning | None:
        """ "not the fridge" beside "the router": a no to one of the options."""
        if not self.here.denies(piece):
            return None
        left = " ".join(self.here.negations.sub(" ", piece).split())
        return Meaning(Intent.NO) if left and self.labels.in_part(left, self.here) else None

    def _pieces(self, part: str, deep: int = 0) -> list[str]:
        """The part itself where it is understood, else what stands around its opening yes or no, its "but" and "because";
        what says nothing is none."""
        here = self.here
        if self._idle(part):
            return []
        if deep > DEEPEST or self._part(part) is not None:
            return [part]
        opener = here.opener(part) or here.opener(here.bare(part))
        found = [piece.strip() for piece in here.joints.split(part) if not self._idle(piece)]
        if opener is not None and len(found) < 2:
            after = self._pieces(opener[1], deep + 1)
            meant = [self._part(piece) for piece in after]
            if self._follows(self._part(opener[0]), meant):
                return [opener[0], *after]
        if len(found) < 2:
            return found
        return [piece for each in found for piece in self._pieces(each, deep + 1)]

    @staticmethod
    def _follows(opener: Meaning | None, meant: Sequence[Meaning | None]) -> bool:
        """Whether a yes or a no is said before what is meant; "no" may belong to its words: "no está tapada"."""
        if opener is not None and opener.intent is Intent.NO:
            return all(each is not None and each.intent not in ACTING for each in meant)
        return all(each is not None for each in meant)

    def _idle(self, piece: str) -> bool:
        known = self.here.words.get(piece.strip())
        return known is None and not self.here.fillers.sub("", piece).strip()

    def _part(self, said: str, whole: bool = True) -> Meaning | None:
        here = self.here
        bare = here.bare(said)
        first = here.words.get(said) or here.words.get(bare)
        if first in FIRST or (self.expecting is Expecting.YES_NO and first in (Intent.YES, Intent.NO)):
            return Meaning(first)
        known = self.labels.exact(said, bare) or number(bare, here, self.expecting, len(self.labels.forms))
        known = known or here.meant(said, whole)
        if whole and (known is None or known.intent in BEHIND_LABELS):
            known = self.labels.in_part(bare, here) or self.labels.in_part(said, here) or known
        if known is None:
            return self._denial(said)
        doubtful = known.intent in ACTING and here.hedges.search(said) is not None
        return replace(known, sure=False) if doubtful else known

    def _denial(self, said: str) -> Meaning | None:
        """What would act but for its negation is a no."""
        here = self.here
        if not here.denies(said) or here.doubts(said):
            return None
        left = " ".join(here.negations.sub(" ", said).split())
        meant = here.meant(left) if left else None
        return Meaning(Intent.NO) if meant is not None and meant.intent in ACTING else None

    def refusal(self, said: str) -> Meaning | None:
        """A negation that is none of our sayings: nothing that we know, and nothing that we guess at."""
        return Meaning(Intent.UNKNOWN) if self.here.denies(said) else None


def _vocabulary(here: Tongue) -> Iterable[str]:
    """Every word of a tongue's sayings."""
    for word in here.words:
        yield from word.split()
    if here.sentences is not None:
        yield from here.sentences.vocabulary
