"""Times that will not do: "I can't do Monday", "only home from half two", "erst ab zwei", "el lunes no puedo", "星期一不行".

What is said in a clause is told apart: what is refused in it, and from when or until when somebody can. It books nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace

from hub.domain.spoken_time import When, minutes_of
from voice_skills.matcher_text import clauses, is_han
from voice_skills.numbers import in_digits
from voice_skills.times import Times
from voice_skills.times_denied import LISTEN, NO_UNIT, Refusals, refused

LUNCH, LUNCH_OVER = 12 * 60, 13 * 60
_BARE = re.compile(rf"(?<!\d)(?P<h>\d{{1,2}})(?:h(?P<m>[0-5]\d))?(?![\dh]){NO_UNIT}")


_UP_TO = re.compile(r"到$")
_QUARTERS = re.compile(
    r"(?:viertel (?:nach|vor)|(?:a )?quarter (?:to|past)|(?:a )?half past|halb|dreiviertel) *$"
)


def narrowed(text: str, times: Times) -> tuple[When, str]:
    """What will not do (`barred`, `since`, `until`), and the clauses that name what would, one string."""
    listen, limits, kept = LISTEN.get(times.language), When(), []
    if listen is None:
        return limits, " ".join(clauses(text))
    for clause in (part for each in clauses(text) for part in listen.parts.split(each)):
        said = listen.half[0].sub(listen.half[1], in_digits(clause.strip(), times.language))
        limits, left = _clause(said, limits, times, listen)
        kept.append(left)
    return limits, " ".join(each for each in kept if each)


def _clause(said: str, limits: When, times: Times, listen: Refusals) -> tuple[When, str]:
    """The limits with those of one clause, and what is left of it."""
    if any(pattern.search(said) for pattern in times.spans):
        return limits, said
    denied, busy = refused(said, times.language), listen.busy.search(said) is not None
    for pattern, minute, early in (
        (listen.after_lunch, LUNCH_OVER, False),
        (listen.before_lunch, LUNCH, True),
    ):
        if pattern.search(said):
            return _limited(limits, minute, early != denied), pattern.sub(" ", said)
    bound = _bound(said, times, listen)
    if bound is not None:
        if busy and limits.barred:  # why that day will not do, and no wish for another
            return limits, ""
        named, early = bound
        minutes = minutes_of(named)
        return _limited(limits, minutes[-1 if busy else 0], early != denied), said
    if not denied:
        return limits, said
    named_time, _ = times.find(said, refusing=True)
    today = (
        named_time is not None and named_time.days == 0 and named_time.hour is None and not named_time.part
    )
    if named_time is None or today:
        return limits, "" if named_time is None and busy else said
    return replace(limits, barred=(*limits.barred, named_time)), ""


def _bound(said: str, times: Times, listen: Refusals) -> tuple[When, bool] | None:
    """The time of day that a clause begins or ends with, and whether it ends there; None where it does neither."""
    found = next((hit for each in (*times.clocks, _BARE) if (hit := each.search(said))), None)
    if found is None:
        return None
    named, _ = times.find(said, refusing=True)
    if named is None or named.hour is None:
        named = When(hour=int(found["h"]), minute=int(found["m"] or 0)) if int(found["h"]) < 24 else None
    if named is None:
        return None
    if is_han(said):
        tail, head = said[found.end() :], said[: found.start()]
        since, until = listen.since.search(tail), listen.until.search(tail) or _UP_TO.search(head)
    else:
        head = _QUARTERS.sub("", said[: found.start("h")]).strip()
        since, until = listen.since.search(head), listen.until.search(head)
    return (named, until is not None) if since or until else None


def _limited(limits: When, minute: int, early: bool) -> When:
    """`limits`, narrower: until `minute` of a day, or from then on."""
    if early:
        return replace(limits, until=min(minute, limits.until or minute))
    return replace(limits, since=max(minute, limits.since or 0))
