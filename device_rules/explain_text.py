"""An explanation for a person: a headline, the condition leaf by leaf, the timers, what is missing, the notes."""

from __future__ import annotations

from collections.abc import Iterator

from device_rules.explain_told import Level, Timer, Why
from device_rules.explain_tree import Point
from device_rules.explain_words import clock, span_in_words
from device_rules.reading import Micros

MARKS = {True: "yes", False: "no", None: "unknown"}
HEADLINES = {
    "counted": "counted over many devices",
    "unknown": "not raised: it cannot be known",
    "idle": "not raised: the condition does not hold",
}


def as_text(why: Why) -> str:
    """The whole explanation, one thing a line."""
    return "\n".join(
        [
            f"{why.title} ({why.rule}): {_headline(why)}",
            *_point(why.when, 1),
            *(f"  {line}" for line in _outlook(why)),
            *(f"  {note}" for note in why.notes),
        ]
    )


def _headline(why: Why) -> str:
    match why.state:
        case "raised":
            since = why.at if why.start is None else why.start
            return f"raised, {why.severity}, for {span_in_words(why.at - since)}"
        case "pending" if why.when.truth is None:
            return "pending: the condition held, but cannot be known at the moment"
        case "pending" if why.holding.held >= why.holding.needed:
            return "pending: the condition holds, but the raise waits"
        case "pending":
            return "pending: the condition holds, but not for long enough yet"
        case "inhibited":
            return f"held back {'by another fault' if why.inhibited_by else 'while the device is worked on'}"
        case "idle" if why.when.truth:
            return "not raised: the condition holds, and is asked with the device's next message"
    return HEADLINES.get(why.state, why.state)


def _point(point: Point, depth: int) -> Iterator[str]:
    said = f" ({point.said})" if point.said else ""
    yield f"{'  ' * depth}{MARKS[point.truth]}: {point.text}{said}"
    for part in point.parts:
        yield from _point(part, depth + 1)


def _outlook(why: Why) -> Iterator[str]:
    """How far it is, what is missing, and what holds it back."""
    if why.state == "counted":
        return
    if why.state == "raised":
        yield from _to_clear(why)
        return
    yield from _to_raise(why)
    if why.inhibited_by:
        yield f"It is held back while this is raised: {', '.join(why.inhibited_by)}."
    if why.maintenance:
        yield "It is held back while the device is worked on."
    if why.opens_at is not None:
        yield f"It is outside its hours: it is raised from {_clock(why, why.opens_at)} on at the earliest."


def _to_raise(why: Why) -> Iterator[str]:
    timer = why.holding
    if timer.needed and (timer.held or why.state in {"pending", "inhibited"}):
        yield f"It has held for {_progress(timer)}."
    if why.raises_at is not None:
        if timer.held < timer.needed:
            yield f"It is raised at {_clock(why, why.raises_at)} if that stays so."
    elif why.raises_when:
        lasting = f", for {span_in_words(timer.needed)}" if timer.needed else ""
        if why.state == "pending":
            yield f"It goes on when: {why.raises_when}."
        else:
            yield f"It is raised when: {why.raises_when}{lasting}."


def _to_clear(why: Why) -> Iterator[str]:
    if why.clear is None:
        yield "For now it has cleared again."
        return
    for level in why.levels:
        yield _level(level, why)
    timer = why.calming
    if timer.held or timer.blind:
        yield f"The all-clear has held for {_progress(timer)}."
    if why.clears_at is not None:
        yield f"It clears at {_clock(why, why.clears_at)} if that stays so."
    elif why.clears_when:
        lasting = f", for {span_in_words(timer.needed)}" if timer.needed else ""
        yield f"It clears when: {why.clears_when}{lasting}."


def _level(level: Level, why: Why) -> str:
    if not level.on:
        return f"It becomes {level.severity} when: {level.missing or level.when.text}."
    if level.off_at is not None:
        return f"It is no longer {level.severity} at {_clock(why, level.off_at)} if that stays so."
    lasting = f", for {span_in_words(why.calming.needed)}" if why.calming.needed else ""
    return f"It is no longer {level.severity} when: {level.missing or level.when.text}{lasting}."


def _progress(timer: Timer) -> str:
    """`12m of 20m; it was not known for 1m of that time, at most 5m may be`."""
    said = f"{span_in_words(timer.held)} of {span_in_words(timer.needed)}"
    if timer.blind:
        said += f", and was not known for {span_in_words(timer.blind)} (at most {span_in_words(timer.blind_most)})"
    return said


def _clock(why: Why, at: Micros) -> str:
    return clock(at, why.at, why.zone)
