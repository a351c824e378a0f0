"""Why a rule is raised on a device, or why it is not, and what would change that: for agents, for
`rules show --why`, for tests.

It looks and changes nothing; the answer holds for the moment asked for. `explain_text` puts it into words.
"""

from __future__ import annotations

from typing import Any

import msgspec

from device_rules.episode import UNREST, Episode
from device_rules.explain_look import Look
from device_rules.explain_outlook import missing
from device_rules.explain_text import as_text as as_text
from device_rules.explain_told import Level, due_of, timer_of
from device_rules.explain_told import Why as Why
from device_rules.explain_tree import point_of
from device_rules.explain_words import clock
from device_rules.reading import HOUR, Micros
from device_rules.rule import Rule
from device_rules.tree import All, Node
from device_rules.ward import Ward
from device_rules.windows.calendar import is_open, next_edge

GROUPS: dict[tuple[str, ...], str] = {
    ("fleet",): "all devices of the model",
    ("site",): "the devices of the model at one site",
}


def why_of(device: Ward, rule_id: str, now: Micros, listening_since: Micros) -> Why:
    """Why `rule_id` stands as it does on `device` at the hub's `now`. Raises KeyError for an unknown rule."""
    book = device.who.book
    number = device.layout.numbers[rule_id]
    rule, episode = book.rules[number], device.asking.episodes.get(number, Episode())
    upkeep = book.maintenance if rule.heeds_maintenance else None
    look = Look(device, [*rule.conditions, *([upkeep] if upkeep else [])], now, listening_since)
    serviced = upkeep is not None and look.truth(upkeep) is True
    parents = tuple(device.asking.inhibitors(rule))
    opens, truth, clear = _edge(rule, look, False), look.truth(rule.when), look.truth(rule.clear)
    fault, pending, clearing = episode.fault, episode.pending, episode.clearing
    waits = episode.raised or bool(parents) or serviced or opens is not None
    return Why(
        device=device.id,
        rule=rule.id,
        title=rule.title,
        model=book.model,
        book=book.version,
        state=_state(rule, episode, truth, bool(parents) or serviced),
        at=look.at,
        zone=look.zone,
        when=point_of(rule.when, look),
        clear=point_of(rule.clear, look) if episode.raised else None,
        severity=fault.severity if fault else None,
        start=fault.start if fault else pending.start if pending else None,
        holding=timer_of(pending, rule.need, look.at, truth),
        calming=timer_of(clearing, rule.calm, look.at, clear),
        raises_when="" if episode.raised or rule.group else missing(rule.when, look),
        raises_at=due_of(pending, rule.need) if truth and not waits else None,
        clears_when=_missing_for_clear(rule, look) if episode.raised else "",
        clears_at=due_of(clearing, rule.calm) if clear and not episode.unstable else None,
        inhibited_by=parents,
        maintenance=serviced,
        opens_at=opens,
        closes_at=_edge(rule, look, True),
        unstable_until=episode.turns[-1] + HOUR if episode.unstable else None,
        levels=_levels(rule, episode, look),
        notes=tuple(_notes(device, rule, episode, look)),
    )


def as_json(why: Why) -> dict[str, Any]:
    """The same as a plain dict for programs, with every key of `Why`, `Point`, `Timer` and `Level` always there.

    Moments are UTC µs, spans µs, truths true, false or null (unknown).
    """
    plain: dict[str, Any] = msgspec.to_builtins(why)
    return plain


def _state(rule: Rule, episode: Episode, truth: bool | None, held_back: bool) -> str:
    if rule.group is not None:
        return "counted"
    if episode.fault is not None:
        return "raised"
    if held_back and (episode.pending is not None or truth):
        return "inhibited"
    if episode.pending is not None:
        return "pending"
    return "unknown" if truth is None else "idle"


def _missing_for_clear(rule: Rule, look: Look) -> str:
    """What was written as `clear` comes first; that `when` must not hold as well is told only when it is all."""
    clear: Node = rule.clear
    written = clear.parts[0] if isinstance(clear, All) and len(clear.parts) == 2 else clear
    return missing(written, look) or missing(clear, look)


def _edge(rule: Rule, look: Look, is_now_open: bool) -> Micros | None:
    """When the rule's hours end (or begin) next; None when they do not, or when it has none."""
    schedule = rule.schedule
    if schedule is None or is_open(schedule, look.at, look.zone) is not is_now_open:
        return None
    return next_edge(schedule, look.at, look.zone)


def _levels(rule: Rule, episode: Episode, look: Look) -> tuple[Level, ...]:
    found = []
    for number, severity in enumerate(rule.levels):
        node = rule.conditions[2 + number]
        on = episode.raised and number < len(episode.levels) and episode.levels[number]
        falling = episode.falling[number] if on else None
        found.append(
            Level(
                severity,
                on,
                point_of(node, look),
                missing(node, look) if not on else missing(node, look, False),
                due_of(falling, rule.calm),
            )
        )
    return tuple(found)


def _notes(device: Ward, rule: Rule, episode: Episode, look: Look) -> list[str]:
    notes = []
    if not device.ears.heard:
        notes.append("Nothing has been heard of this device yet.")
    if rule.group is not None:
        whom = GROUPS.get(rule.group.by, "the devices alike in " + " and ".join(rule.group.by))
        notes.append(
            f"This rule counts {whom}: it is raised when {100 * rule.group.fraction:g} % of at least "
            f"{rule.group.at_least} of them say yes. Here is what this one device says."
        )
    if episode.waits_for == "proof":
        notes.append("It waits for a fresh observation, since what held it back is over.")
    if episode.waits_for == "news":
        notes.append("It rests on late readings and waits for one that is not late.")
    if episode.unstable:
        until = clock(episode.turns[-1] + HOUR, look.at, look.zone)
        notes.append(
            f"It comes and goes ({max(len(episode.turns), UNREST)} turns within an hour): no change is told "
            f"until an hour has been calm, at {until} if nothing turns before."
        )
    if device.ears.heard and not look.heard:
        notes.append("The device is not heard at the moment.")
    if rule.shadow:
        notes.append("A rule on trial: it is judged and counted, nobody is contacted.")
    return notes
