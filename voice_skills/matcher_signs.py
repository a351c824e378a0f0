"""What stands around the words: a thumb without any, a question mark behind them, a word of the law among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hub.domain.consent_words import Word, keyword
from hub.domain.conversation import Expecting, Intent, Meaning


def nodded(nods: bool | None, expecting: Expecting) -> Meaning:
    """A thumb is an answer to a question by yes and no, and a friendly end where nothing was asked."""
    if nods is None or expecting in (Expecting.CHOICE, Expecting.WHICH_CASE, Expecting.PIN):
        return Meaning(Intent.UNKNOWN)
    if expecting is Expecting.NOTHING:
        return Meaning(Intent.GOODBYE if nods else Intent.UNKNOWN)
    return Meaning(Intent.YES if nods else Intent.NO)


def only_asked(known: Meaning) -> Meaning:
    """What would act but was only asked: "ok?", "is it blocked?" is read back, "it works again?" asks how things are."""
    if known.intent is Intent.DONE:
        return Meaning(Intent.STATUS, sure=known.sure, language=known.language)
    return replace(known, sure=False) if known.intent in (Intent.YES, Intent.CHOICE) else known


def worded(said: str, parts: Sequence[str]) -> bool:
    """Whether one of the words by law is said by itself."""
    return any(keyword(part) is Word.STOP for part in (said, *parts))
