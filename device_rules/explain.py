"""Why a rule is raised on a device, or why it is not: for agents, for `rules show --why`, for tests.

It looks and changes nothing; the answer holds for the moment asked for.
"""

from __future__ import annotations

import msgspec

from device_rules.durations import spell_span
from device_rules.episode import Episode
from device_rules.fault import Leaf, Severity
from device_rules.hold import Hold
from device_rules.reading import SECOND, Micros, Value
from device_rules.rule import Rule
from device_rules.truth import Sight, leaf_of
from device_rules.ward import Ward

MARKS = {True: "yes", False: "no", None: "unknown"}


class Why(msgspec.Struct, frozen=True):
    """The state of one rule on one device at `at` (own time, µs); spans are µs.

    `state` is idle, pending, raised, inhibited or unknown. `held` of `needed` is how long the condition
    has been known true; `calm` of `calm_needed` the same for the all-clear of a raised fault.
    """

    device: str
    rule: str
    title: str
    book: int
    state: str
    at: Micros
    when: Leaf
    clear: Leaf | None = None
    severity: Severity | None = None
    start: Micros | None = None
    held: Micros = 0
    needed: Micros = 0
    calm: Micros = 0
    calm_needed: Micros = 0
    inhibited_by: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def why_of(device: Ward, rule_id: str, now: Micros, listening_since: Micros) -> Why:
    """Why `rule_id` stands as it does on `device` at the hub's `now`. Raises KeyError for an unknown rule."""
    number = device.layout.numbers[rule_id]
    rule, episode = device.who.book.rules[number], device.asking.episodes.get(number, Episode())
    at = max(device.own(now), device.effective)
    sight = _sight(device, at)
    when = leaf_of(rule.when, sight)
    fault, parents = episode.fault, device.asking.inhibitors(rule)
    hold, calm = episode.pending, episode.clearing
    return Why(
        device=device.id,
        rule=rule.id,
        title=rule.title,
        book=device.who.book.version,
        state=_state(episode, when, bool(parents)),
        at=at,
        when=when,
        clear=leaf_of(rule.clear, sight) if episode.raised else None,
        severity=fault.severity if fault else None,
        start=fault.start if fault else hold.start if hold else None,
        held=_known(hold, at),
        needed=rule.need.known,
        calm=_known(calm, at),
        calm_needed=rule.calm.known,
        inhibited_by=tuple(parents),
        notes=tuple(_notes(device, rule, episode)),
    )


def _state(episode: Episode, when: Leaf, inhibited: bool) -> str:
    if episode.fault is not None:
        return "raised"
    if inhibited and (episode.pending is not None or when.truth):
        return "inhibited"
    if episode.pending is not None:
        return "pending"
    return "unknown" if when.truth is None else "idle"


def _known(hold: Hold | None, at: Micros) -> Micros:
    if hold is None:
        return 0
    return hold.known + (max(at - hold.cursor, 0) if hold.truth else 0)


def _sight(device: Ward, at: Micros) -> Sight:
    """The device's values as they will be at `at` if nothing is heard until then."""
    memory, layout = device.memory, device.layout
    values = list(memory.values)
    for slot, gap in layout.fading:
        if memory.seen[slot] + gap <= at:
            values[slot] = None
    heard = memory.listening and memory.heard + layout.unheard_after > at
    if not heard:
        for slot in layout.steady:
            values[slot] = None
    seen = list(device.asking.sight(at).observed)
    for slot, worth, age in device.derived.foreseen(at, values, heard):
        values[slot], seen[slot] = worth, age
    return Sight(values, seen, at)


def _notes(device: Ward, rule: Rule, episode: Episode) -> list[str]:
    notes = []
    if not device.ears.heard:
        notes.append("Nothing has been heard of this device yet.")
    if episode.waits_for == "proof":
        notes.append("It waits for a fresh observation, since the fault that held it back is over.")
    if episode.waits_for == "news":
        notes.append("It rests on late readings and waits for one that is not late.")
    if episode.unstable:
        notes.append("It comes and goes: no change is told until an hour has been calm.")
    if rule.shadow:
        notes.append("A rule on trial: it is judged and counted, nobody is contacted.")
    return notes


def as_text(why: Why) -> str:
    """The same for a person: a headline, the condition leaf by leaf, the timers, the notes."""
    lines = [f"{why.title} ({why.rule}): {_headline(why)}", *_leaf_lines(why.when, why.at, 1)]
    if why.state != "raised" and why.needed:
        lines.append(f"  known true for {spell_span(_whole(why.held))} of {spell_span(why.needed)}")
    if why.clear is not None:
        calm = f"{spell_span(_whole(why.calm))} of {spell_span(why.calm_needed)}"
        lines += [
            f"  it clears when this has been known true for {calm}:",
            *_leaf_lines(why.clear, why.at, 2),
        ]
    if why.inhibited_by:
        lines.append(f"  held back while raised: {', '.join(why.inhibited_by)}")
    return "\n".join([*lines, *(f"  {note}" for note in why.notes)])


def _headline(why: Why) -> str:
    match why.state:
        case "raised":
            return f"raised, {why.severity}, for {spell_span(_whole(why.at - (why.start or why.at)))}"
        case "pending":
            return "pending: the condition holds, but not for long enough yet"
        case "inhibited":
            return "held back by another fault"
        case "unknown":
            return "not raised: it cannot be known"
    return "not raised: the condition does not hold"


def _whole(span: Micros) -> Micros:
    return span - span % SECOND


def _leaf_lines(leaf: Leaf, now: Micros, depth: int) -> list[str]:
    line = f"{'  ' * depth}{MARKS[leaf.truth]}: {leaf.text}"
    if leaf.metric:
        line += f" ({leaf.metric} {_seen(leaf, now)})"
    return [line, *(inner for part in leaf.parts for inner in _leaf_lines(part, now, depth + 1))]


def _seen(leaf: Leaf, now: Micros) -> str:
    age = "never seen" if leaf.observed is None else f"{spell_span(_whole(max(now - leaf.observed, 0)))} ago"
    if leaf.value is None:
        return f"unknown, {age}" if leaf.observed is None else f"unknown, last seen {age}"
    return f"is {_shown(leaf.value)}{' ' + leaf.unit if leaf.unit else ''}, {age}"


def _shown(value: Value) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
