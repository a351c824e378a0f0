"""Several things said in one breath: "yes, but not now", "no, call me", "thanks, it is done". What counts of them.

Rules of this file. 1. What acts counts only when nothing beside it denies, doubts or stays unknown. 2. Of a yes or a no and
something else, the other one counts. 3. A person comes before everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hub.domain.conversation import Intent, Meaning

ACTING = (Intent.YES, Intent.DONE, Intent.RESTART, Intent.CHOICE, Intent.START)
"""What may change something, or say that something has been changed."""
HARMLESS = (
    Intent.PERSON,
    Intent.WRONG_NUMBER,
    Intent.VISIT,
    Intent.LANGUAGE,
    Intent.LINK,
    Intent.WHEN_WORSE,
    Intent.TOMORROW,
    Intent.LATER,
    Intent.TEXT_ME,
    Intent.SIMPLER,
    Intent.BACK,
    Intent.WHICH_DEVICE,
    Intent.REPEAT,
    Intent.STATUS,
    Intent.HELP,
)
"""What may always be answered; the first of these counts where several were said."""
PUTS_OFF = (Intent.WHEN_WORSE, Intent.TOMORROW, Intent.LATER)


def together(parts: Sequence[Meaning | None]) -> Meaning | None:
    """What the parts mean as a whole; None when nothing is left that is safe to hear. `None` is a part nobody understood."""
    known = [part for part in parts if part is not None and part.intent is not Intent.UNKNOWN]
    unknown = len(known) < len(parts)
    intents = {part.intent for part in known} - {Intent.GOODBYE}
    if not intents:
        return None if unknown or not known else known[0]
    harmless = [intent for intent in HARMLESS if intent in intents]
    acting = [part for part in known if part.intent in ACTING]
    if harmless and not (acting and harmless == [Intent.STATUS]):
        return _with_time(_first(known, harmless[0]), known)
    if Intent.NO in intents:
        return _denied(known, acting, unknown)
    return _acts(acting, unknown)


def _first(known: Sequence[Meaning], intent: Intent) -> Meaning:
    return next(part for part in known if part.intent is intent)


def _with_time(meant: Meaning, known: Sequence[Meaning]) -> Meaning:
    """A time that was named in another part goes with it."""
    when = meant.when or next((part.when for part in known if part.when is not None), None)
    return replace(meant, when=when)


def _denied(known: Sequence[Meaning], acting: Sequence[Meaning], unknown: bool) -> Meaning | None:
    """A no with something else: with a choice the choice is read back, with anything else that acts we do not know."""
    if not acting:
        return _first(known, Intent.NO)
    choices = {part for part in acting if part.intent is Intent.CHOICE}
    if len(choices) == len(acting) == 1 and not unknown:
        return replace(choices.pop(), sure=False)
    return None


def _acts(acting: Sequence[Meaning], unknown: bool) -> Meaning | None:
    """One thing that acts, and a yes beside it; sure when every word of it was understood."""
    distinct = {(part.intent, part.choice) for part in acting}
    if len(distinct) > 1:
        distinct = {each for each in distinct if each[0] is not Intent.YES}
    if len(distinct) != 1:
        return None
    intent, choice = distinct.pop()
    sure = not unknown and all(part.sure for part in acting)
    slot = next((part.slot for part in acting if part.intent is intent), "")
    return Meaning(intent, choice=choice, slot=slot, sure=sure)
