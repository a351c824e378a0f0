"""What supervisors decide about an incident: approve, reject, edit, close. Each in the transaction of whoever decides.

Raises Refused when it cannot be done. Sends nothing: the incident's own wake does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hub.domain import incident_life as life
from hub.domain.because import Because
from hub.domain.contact import MessageClass
from hub.domain.ids import Moment, UserId
from hub.domain.incident import Act, Incident, IncidentState
from hub.domain.incident_life import Refused
from hub.domain.text import lint
from hub.flow.context import Context
from hub.flow.incident import tell_fact, wake_of
from hub.ports import BadInput, Tx

LONGEST = 480  # letters of a supervisor's own words: three segments, with the frame around them


@dataclass(frozen=True, slots=True)
class News:
    """What the incident says from now on, by language (none: the house's words), and when there is news again. `tell`
    sends it to everyone who was told before."""

    words: Mapping[str, str]
    next_update: Moment | None
    tell: bool = False


@dataclass(frozen=True, slots=True)
class By:
    """Who decides, when, which version of the incident they have seen (None: any), and where they said so, if not at the desk."""

    user: UserId
    at: Moment
    seen: int | None = None
    how: str = ""


async def approve(tx: Tx, incident: str, by: By, ctx: Context) -> Incident:
    """Say yes. Above the size for two people it takes two different ones; then the canary begins."""
    before = await _read(tx, incident, by)
    households = await tx.incidents.households(incident)
    after = life.approve(before, by.user, households, by.at, ctx.policy.incidents)
    if after.state is IncidentState.CANARY:
        after = replace(after, canary=after.canary + await tx.incidents.count_told(incident))
    return await _save(tx, after, "approved", by, households=households)


async def reject(tx: Tx, incident: str, by: By) -> Incident:
    """Say no: individual contacts go on, a little spread out."""
    return await _save(tx, life.reject(await _read(tx, incident, by)), "rejected", by)


async def edit(tx: Tx, incident: str, by: By, news: News, ctx: Context) -> Incident:
    """Change what it says and when there is news. Other words need the approvals again, above the size for two people.
    Raises BadInput when the words cannot be said, the news is promised for a moment that has passed, or nothing would change."""
    before = await _read(tx, incident, by)
    life.may(before, Act.EDIT)
    words = {language: _checked(text, language) for language, text in news.words.items() if text.strip()}
    if unknown := sorted(words.keys() - set(ctx.words.languages())):
        known = ", ".join(ctx.words.languages())
        raise BadInput("words", f"{unknown[0]} is not spoken here", f"Write them in one of: {known}.")
    if (words, news.next_update) == (dict(before.words), before.next_update):
        raise BadInput("incident", "nothing would change", "Write other words, or another time of the news.")
    fresh = news.tell or news.next_update != before.next_update
    if fresh and news.next_update is not None and news.next_update <= by.at:
        raise BadInput("next update", "that moment has passed", "Promise news for a time to come (UTC).")
    number = before.number + news.tell
    after = replace(before, words=words, next_update=news.next_update, number=number)
    if words != dict(before.words):
        households = await tx.incidents.households(incident)
        after = life.reworded(after, households, by.at, ctx.policy.incidents)
    said = {"before": dict(before.words), "words": words}
    return await _save(tx, after, "edited", by, **said, next_update=news.next_update, told=news.tell)


async def close(tx: Tx, incident: str, by: By, closing: str) -> Incident:
    """It is over: everyone who was told is told that; what waits goes on by itself."""
    after = life.end(await _read(tx, incident, by), closing, Because.INCIDENT_OVER, by.at)
    return await _save(tx, after, "ended", by, closing=closing)


def _checked(text: str, language: str) -> str:
    words = " ".join(text.split())
    if len(words) > LONGEST:
        raise BadInput("words", f"they have {len(words)} letters", f"Write at most {LONGEST}.")
    if words.startswith("@") or "{" in words or "}" in words:
        raise BadInput("words", "@ at the beginning and { } are marks of templates", "Write plain sentences.")
    if faults := lint(words, MessageClass.REMINDER).faults:
        raise BadInput(f"words ({language})", "; ".join(faults), "Say what is wrong and what happens next.")
    return words


async def _read(tx: Tx, incident: str, by: By) -> Incident:
    """The incident, held. Raises Refused when it is not there, or has changed since it was seen."""
    found = await tx.incidents.get(incident, lock=True)
    if found is None:
        raise Refused("There is no such incident.")
    if by.seen is not None and by.seen != found.version:
        raise Refused("The incident has changed while you were looking at it. Look again, then decide.")
    return found


async def _save(tx: Tx, incident: Incident, kind: str, by: By, **data: object) -> Incident:
    after = replace(incident, version=incident.version + 1)
    await tx.incidents.save(after)
    await tx.wakes.put(wake_of(after.id, by.at))
    plain = kind == "edited" and after.because is not Because.INCIDENT_REWORDED
    because = Because.INCIDENT_EDITED if plain else after.because
    who = {"by": by.user, "how": by.how} if by.how else {"by": by.user}
    await tell_fact(tx, replace(after, because=because), kind, by.at, **who, **data)
    return after
