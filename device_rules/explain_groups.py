"""Why a rule about a group of devices is raised, or why it is not: the counts against the share that it takes."""

from __future__ import annotations

from device_rules.episode import Episode
from device_rules.explain_told import Why, due_of, timer_of
from device_rules.explain_tree import Point
from device_rules.explain_words import plain_number
from device_rules.groups import spoken
from device_rules.groups_telling import Telling
from device_rules.reading import HOUR, Micros


def why_group(telling: Telling, episode: Episode, at: Micros, held_back: bool) -> Why:
    """Why the rule stands as it does on the group at `at`, the hub's moment of the last count."""
    rule, fault, truth = telling.rule, episode.fault, telling.truth
    against = None if truth is None else not truth
    assert rule.group is not None
    return Why(
        device=telling.group,
        rule=rule.id,
        title=rule.title,
        model=telling.book.model,
        book=telling.book.version,
        state=_state(episode, telling.truth, held_back),
        at=at,
        zone="",
        when=_point(telling, at),
        clear=_against(telling, at) if episode.raised else None,
        severity=fault.severity if fault else None,
        start=fault.start if fault else episode.pending.start if episode.pending else None,
        holding=timer_of(episode.pending, rule.need, at, truth),
        calming=timer_of(episode.clearing, rule.calm, at, against),
        raises_when="" if episode.raised or telling.truth else _more(telling),
        raises_at=None if episode.raised or held_back else due_of(episode.pending, rule.need),
        clears_when="" if not episode.raised or telling.truth is False else _fewer(telling),
        clears_at=due_of(episode.clearing, rule.calm) if episode.raised and not episode.unstable else None,
        inhibited_by=rule.unless if held_back else (),
        unstable_until=episode.turns[-1] + HOUR if episode.unstable else None,
        notes=(f"Every device is asked: {rule.when.text}",),
    )


def _state(episode: Episode, truth: bool | None, held_back: bool) -> str:
    if episode.fault is not None:
        return "raised"
    if episode.pending is not None:
        return "inhibited" if held_back else "pending"
    return "unknown" if truth is None else "idle"


def _point(telling: Telling, at: Micros) -> Point:
    counted, group = telling.sum, telling.rule.group
    assert group is not None
    dark = counted.members - counted.known
    said = f"{counted.true} of {counted.known} known devices"
    said += f", {plain_number(round(100 * counted.share, 1))} %" if counted.known else ""
    said += f"; of {dark} more it is not known" if dark else ""
    said += f"; it takes {group.at_least} devices" if counted.known < group.at_least else ""
    return Point(
        text=f"share of {spoken(telling.group)} >= {_wanted(telling)}",
        truth=telling.truth,
        said=said,
        metric="share",
        value=round(100 * counted.share, 1) if counted.known else None,
        threshold=round(100 * group.fraction, 1),
        unit="%",
        observed=at,
        unknown="" if telling.truth is not None else "not_told",
        facts={
            "members": counted.members,
            "known": counted.known,
            "true": counted.true,
            "at_least": group.at_least,
        },
    )


def _against(telling: Telling, at: Micros) -> Point:
    truth = None if telling.truth is None else not telling.truth
    inner = _point(telling, at)
    return Point(f"not ({inner.text})", truth, parts=(inner,))


def _wanted(telling: Telling) -> str:
    assert telling.rule.group is not None
    return f"{plain_number(round(100 * telling.rule.group.fraction, 1))} %"


def _more(telling: Telling) -> str:
    group = telling.rule.group
    assert group is not None
    return f"{_wanted(telling)} of at least {group.at_least} known devices say yes"


def _fewer(telling: Telling) -> str:
    return f"fewer than {_wanted(telling)} say yes"
