"""What is told of a value that is derived over time: how full its window is, how far a count or a sequence has come.

Nothing here changes a window: `Look` has copies. Facts are counts, and spans and moments in µs.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

from device_rules.durations import spell_span
from device_rules.explain_look import Look
from device_rules.explain_values import Told, Unknown, not_heard, told_of_metric
from device_rules.explain_words import ago, clock, many, over, plain_number, span_in_words, worth
from device_rules.matching import spell_event
from device_rules.reading import Micros
from device_rules.source import EventMatch, Form, Source, Step
from device_rules.tree import Ref
from device_rules.windows import Sequence
from device_rules.windows.buckets import Bucketed
from device_rules.windows.exact import Exact
from device_rules.windows.habit import HABIT, Drift
from device_rules.windows.happenings import BucketShare, Consecutive, Events, Share, Times
from device_rules.windows.latest import Stuck
from device_rules.windows.sliding import Sliding
from device_rules.windows.unusual import LEARNING, Unusual


@dataclass(frozen=True, slots=True)
class Asked:
    """A derived value: as the condition has it, where it comes from, its window as a copy, and the look."""

    ref: Ref
    source: Source
    look: Look

    @property
    def window(self) -> object:
        """The window at the moment that is asked about."""
        window: object = self.look.windows.get(self.source.slot)
        return window.ahead if isinstance(window, Sliding) and window.ahead is not None else window

    @property
    def is_now(self) -> str:
        """`is 64.2 °C`."""
        value = self.look.values[self.ref.slot]
        return "is not known" if value is None else f"is {worth(value, self.ref.unit)}"


def told_over_time(ref: Ref, source: Source, look: Look) -> Told:
    """A derived value. While what it watches is not known, that is told instead."""
    if source.base >= 0 and look.values[source.base] is None and source.form != "missing":
        inner = told_of_metric(source.base, look)
        return Told(f"is not known: {source.metric} {inner.said}", inner.unknown, inner.facts)
    if source.base < 0 and source.slot in look.windows and not look.heard:
        return not_heard(look)
    return TELLERS.get(source.form, _of_window)(Asked(ref, source, look))


def readings_in(window: object) -> int | None:
    """How many observations a window holds; None for one that does not count them."""
    match window:
        case Exact():
            return len(window.ats)
        case Bucketed():
            return window.size
    return None


def _of_window(asked: Asked) -> Told:
    source, count = asked.source, readings_in(asked.window)
    if count is None:
        return Told(f"{asked.is_now}, {over(source.span)}" if source.span else asked.is_now)
    facts = {"readings": count, "expected": source.expected, "needed": source.needed, "window": source.span}
    if asked.look.values[source.slot] is not None:
        whole = (
            f"{count} of {many(source.expected, 'reading')}" if source.expected else many(count, "reading")
        )
        return Told(f"{asked.is_now} over {over(source.span)}, {whole}", "", facts)
    if count < source.needed:
        said = f"is not known yet: {over(source.span)} has {count} of the {many(source.needed, 'reading')} it needs"
    else:
        said = f"is not known: {many(count, 'reading')} in {over(source.span)} do not tell"
    return Told(said, Unknown.NOT_FILLED, facts)


def _of_count(asked: Asked) -> Told:
    """`times`, `count(event…)` and `count: n of`."""
    source, look, window = asked.source, asked.look, asked.window
    assert isinstance(window, Events)
    moments = window.ats[bisect_right(window.ats, look.at - source.span) :]
    last = moments[-1] if moments else None
    facts = {"count": len(moments), "last": last, "window": source.span}
    said = f"{len(moments) or 'none'} in {over(source.span)}"
    if last is not None:
        said += f"; the last {ago(look.at - last)}"
    if isinstance(window, Times) and window.last is None:
        said += "; its condition has not been known yet"
    return Told(said, "", facts)


def falls_below(asked: Asked, number: int) -> Micros | None:
    """When a count that is `number` or more falls below it, if no more comes (own time)."""
    window = asked.window
    if not isinstance(window, Events):
        return None
    moments = window.ats[bisect_right(window.ats, asked.look.at - asked.source.span) :]
    return moments[-number] + asked.source.span if 0 < number <= len(moments) else None


def _of_share(asked: Asked) -> Told:
    source, window, count = asked.source, asked.window, readings_in(asked.window) or 0
    found = window.found if isinstance(window, Share) else 0
    if isinstance(window, BucketShare):
        found = window.before + window.found
    if asked.look.values[source.slot] is None:
        return _of_window(asked)
    facts = {"true": found, "readings": count, "expected": source.expected, "window": source.span}
    percent = plain_number(round(100 * found / count, 1))
    return Told(f"is {percent} %: {found} of {many(count, 'reading')} in {over(source.span)}", "", facts)


def _of_row(asked: Asked) -> Told:
    window = asked.window
    assert isinstance(window, Consecutive)
    left = window.number - window.streak
    facts = {"streak": window.streak, "wanted": window.number}
    return Told(
        f"{window.streak} of {window.number} so far" if left else f"{many(window.number, 'reading')} or more",
        "",
        facts,
        rises=f"{many(left, 'more reading')} in a row {'finds' if left == 1 else 'find'} it true",
        falls="one reading finds it false",
    )


def _of_sequence(asked: Asked) -> Told:
    chain, look = asked.window, asked.look
    assert isinstance(chain, Sequence)
    passed, steps = chain.passed, chain.steps
    facts = {"passed": passed, "steps": len(steps), "last": chain.since if passed else None}
    if not passed:
        return Told(f"has not begun: waits for {_named(steps[0])}", "", facts, rises=_all_of(steps))
    done = f"step {passed} of {len(steps)} done {ago(look.at - chain.since)}"
    if passed == len(steps):
        return Told(f"has come to its end: {done}", "", facts, falls=_over_by(steps[-1]))
    step, until = steps[passed], chain.since + chain.steps[passed].within
    by = clock(until, look.at, look.zone)
    waits = f"{_named(step)} comes by {by}" if step.wanted else f"{_named(step)} does not come until {by}"
    rest = ", and what follows" if passed + 1 < len(steps) else ""
    return Told(
        f"{done}; goes on if {waits}",
        "",
        {**facts, "until": until},
        rises=f"{waits}{rest}",
        falls="it is not",
    )


def _all_of(steps: tuple[Step, ...]) -> str:
    return ", then ".join(_step(step) for step in steps) + (" come" if len(steps) > 1 else " comes")


def _step(step: Step) -> str:
    name = _named(step)
    if not step.within:
        return name
    return f"{'' if step.wanted else 'no '}{name} within {spell_span(step.within)}"


def _named(step: Step) -> str:
    watched = step.watched
    return spell_event(watched) if isinstance(watched, EventMatch) else f"`{watched.text}`"


def _over_by(step: Step) -> str:
    return "what clears it is so" if step.wanted else f"{_named(step)} comes"


def _of_stuck(asked: Asked) -> Told:
    window, look, source = asked.window, asked.look, asked.source
    assert isinstance(window, Stuck)
    if window.last is None:
        return Told("is not known yet", Unknown.NEVER_SEEN)
    same, until = look.at - window.since, window.since + source.span
    metric = look.ward.who.book.metrics[source.metric]
    said = (
        f"{source.metric} is {worth(window.last, metric.unit)} and has not changed for {span_in_words(same)}"
    )
    facts = {"since": window.since, "span": same, "window": source.span}
    rises = f"{source.metric} stays the same until {clock(until, look.at, look.zone)}"
    return Told(said, "", facts, rises=rises, falls=f"{source.metric} changes")


def _of_drift(asked: Asked) -> Told:
    window, source = asked.window, asked.source
    assert isinstance(window, Drift)
    learnt = window.habit[0]
    facts = {"samples": learnt, "wanted": HABIT, "window": source.span}
    if asked.look.values[source.slot] is None:
        said = f"is still learning this device's habit: {learnt} of {HABIT} averages over {spell_span(source.span)}"
        return Told(said, Unknown.LEARNING, facts)
    return Told(f"{asked.is_now} away from this device's own habit", "", facts)


def _of_unusual(asked: Asked) -> Told:
    window = asked.window
    assert isinstance(window, Unusual)
    facts = {"minutes": window.guard.n, "wanted": LEARNING}
    if asked.look.values[asked.source.slot] is None:
        said = f"is still learning what is usual: {window.guard.n} of {LEARNING} minutes"
        return Told(said, Unknown.LEARNING, facts)
    return Told(f"{asked.is_now}, as of the last whole minute", "", facts)


def _of_previous(asked: Asked) -> Told:
    if asked.look.values[asked.source.slot] is None:
        return Told("is not known: there was no known reading before the last", Unknown.NEVER_SEEN)
    return Told(asked.is_now)


def _of_clock(asked: Asked) -> Told:
    place = f"in {asked.look.zone}" if asked.look.zone else "in UTC, as the device has no site with a zone"
    return Told(f"{asked.is_now} {place}")


def _of_fleet(asked: Asked) -> Told:
    if asked.look.values[asked.source.slot] is None:
        return Told("is not known: it takes 20 devices that tell", Unknown.NOT_TOLD)
    return Told(f"{asked.is_now} over all devices of the model")


def _of_site(asked: Asked) -> Told:
    look = asked.look
    match look.values[asked.source.slot]:
        case None if not look.ward.who.site:
            return Told("is not known: the device has no site", Unknown.NO_VALUE)
        case None:
            return Told("is not known of the others at the site", Unknown.NOT_TOLD)
        case True:
            return Told("is so")
    return Told("is not so")


TELLERS: dict[Form, Callable[[Asked], Told]] = {
    "events": _of_count,
    "times": _of_count,
    "share": _of_share,
    "consecutive": _of_row,
    "sequence": _of_sequence,
    "stuck": _of_stuck,
    "drift": _of_drift,
    "unusual": _of_unusual,
    "prev": _of_previous,
    "hour": _of_clock,
    "weekday": _of_clock,
    "fleet": _of_fleet,
    "any": _of_site,
    "all": _of_site,
}
