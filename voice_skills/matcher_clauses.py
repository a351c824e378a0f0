"""Several things said in one breath: "yes, but not now", "no, call me", "thanks, it is done". What counts of them.

Rules of this file. 1. What acts counts only when nothing beside it denies or doubts; a yes moreover only when it comes first,
and what follows merely explains it. 2. Of a yes or a no and something else, the other one counts; of a yes and a no, the no.
3. A person comes before everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hub.domain.conversation import Intent, Meaning

ACTING = (Intent.YES, Intent.DONE, Intent.RESTART, Intent.CHOICE, Intent.START)
"""What may change something, or say that something has been changed."""
HARMLESS = (
    Intent.PERSON,
    Intent.WRONG_NUMBER,
    Intent.CALLBACK,
    Intent.CANCEL_VISIT,
    Intent.MOVE_VISIT,
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
    Intent.STEPS,
    Intent.OTHER,
    Intent.SKIP,
    Intent.CANCEL,
)
"""What may always be answered; the first of these counts where several were said."""
PUTS_OFF = (Intent.WHEN_WORSE, Intent.TOMORROW, Intent.LATER)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of what was said: what it means, where we know, and whether it is calm: no negation, doubt, condition, question."""

    meant: Meaning | None
    calm: bool = True
    pause: bool = False


def together(parts: Sequence[Part], confirms: bool = False, but: bool = False) -> Meaning | None:
    """What the parts mean as a whole; None when nothing is left that is safe to hear. `confirms`: a command waits for its
    yes, and "yes, restart it" is that yes. `but`: a condition or an objection is in it, so that a yes and a no are neither."""
    spoken = [part for part in parts if not part.pause] or list(parts)
    known = [
        part.meant for part in spoken if part.meant is not None and part.meant.intent is not Intent.UNKNOWN
    ]
    strange = [part for part in spoken if part.meant is None or part.meant.intent is Intent.UNKNOWN]
    intents = {meant.intent for meant in known} - {Intent.GOODBYE}
    if not intents:
        return None if not known or any(not part.calm for part in strange) else known[0]
    harmless = [intent for intent in HARMLESS if intent in intents]
    acting = [meant for meant in known if meant.intent in ACTING]
    if harmless and not (acting and harmless == [Intent.STATUS]):
        return _with_time(_first(known, harmless[0]), known)
    if Intent.NO in intents:
        denied = _denied(known, acting, not strange)
        refused = denied is not None and denied.intent is Intent.NO
        return replace(denied, sure=False) if denied and refused and but and acting else denied
    calm = all(part.calm for part in strange)
    explained = calm and spoken[0].meant is not None
    return _acts(acting, confirms, (not strange, calm, explained))


def _first(known: Sequence[Meaning], intent: Intent) -> Meaning:
    return next(meant for meant in known if meant.intent is intent)


def _with_time(meant: Meaning, known: Sequence[Meaning]) -> Meaning:
    """A time that was named in another part goes with it."""
    when = meant.when or next((each.when for each in known if each.when is not None), None)
    return replace(meant, when=when)


def _denied(known: Sequence[Meaning], acting: Sequence[Meaning], clear: bool) -> Meaning | None:
    """A no with something else: with a yes it is a no; a choice after it counts; with anything else that acts we do not know."""
    if all(meant.intent is Intent.YES for meant in acting):
        return _first(known, Intent.NO)
    if (
        not all(meant.intent is Intent.CHOICE for meant in acting)
        or len({meant.choice for meant in acting}) != 1
    ):
        return None
    after = known.index(acting[0]) > known.index(_first(known, Intent.NO))
    return replace(acting[0], sure=after and clear and all(meant.sure for meant in acting))


def _acts(acting: Sequence[Meaning], confirms: bool, clear: tuple[bool, bool, bool]) -> Meaning | None:
    """One thing that acts, and a yes beside it."""
    distinct = {(meant.intent, meant.choice) for meant in acting}
    if len(distinct) > 1 and confirms and {intent for intent, _ in distinct} == {Intent.YES, Intent.RESTART}:
        distinct = {(Intent.YES, 0)}
    if len(distinct) > 1:
        distinct = {each for each in distinct if each[0] is not Intent.YES}
    if len(distinct) != 1:
        return None
    intent, choice = distinct.pop()
    alone, calm, explained = clear
    heard = alone or (explained if intent is Intent.YES else calm)
    sure = heard and any(meant.sure for meant in acting if meant.intent is intent)
    slot = next((meant.slot for meant in acting if meant.intent is intent), "")
    return Meaning(intent, choice=choice, slot=slot, sure=sure)
