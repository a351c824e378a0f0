"""What is told of one value that a condition looks at: what it is and how old, or why it is not known.

Words follow the name of the value: `is 20 °C, 4m ago`, `has not been seen yet`. Values that are derived from
others over time are told in `explain_windows`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from device_rules.explain_look import Look
from device_rules.explain_words import ago, plain_number, span_in_words, worth
from device_rules.reading import Micros, Value
from device_rules.rule import WHILE_HEARD, Metric
from device_rules.tree import Ref

Facts = Mapping[str, Value | None]


class Unknown(StrEnum):
    """Why a value is not known."""

    NEVER_SEEN = "never_seen"
    WORN_OFF = "worn_off"
    NOT_BELIEVED = "not_believed"
    NOT_HEARD = "not_heard"
    NOT_FILLED = "not_filled"
    LEARNING = "learning"
    NO_VALUE = "no_value"
    NOT_TOLD = "not_told"


@dataclass(frozen=True, slots=True)
class Told:
    """`said` in words; `unknown` is why it is not known, "" when it is. `facts` are the numbers behind it: counts,
    and spans and moments in µs. `rises` and `falls` say what must come for a truth to become true or false."""

    said: str
    unknown: Unknown | str = ""
    facts: Facts = field(default_factory=dict)
    rises: str = ""
    falls: str = ""


def told_plainly(ref: Ref, look: Look) -> Told:
    """A metric, an attribute or `presence`."""
    slot = look.ward.who.book.slots[ref.slot]
    value = look.values[ref.slot]
    if slot.sort == "attribute":
        if value is None:
            return Told("has no value for this device, and no default", Unknown.NO_VALUE)
        return Told(f"is {worth(value, ref.unit)}")
    if slot.sort == "presence":
        seen = look.seen[ref.slot]
        if value is None:
            return Told("has not been told yet", Unknown.NEVER_SEEN)
        return Told(f"is {value} since {ago(look.at - seen)}".replace("since just now", "just now"))
    return told_of_metric(ref.slot, look)


def told_of_metric(place: int, look: Look) -> Told:
    """The latest value of the metric in that slot."""
    book = look.ward.who.book
    slot = book.slots[place]
    metric, value, seen = book.metrics[slot.name], look.values[place], look.seen[place]
    if value is not None:
        return Told(f"is {worth(value, metric.unit)}, {ago(look.at - seen)}")
    return _not_known(metric, slot.gap, place, look)


def _not_known(metric: Metric, gap: Micros, place: int, look: Look) -> Told:
    seen = look.seen[place]
    if not seen:
        return Told("has not been seen yet", Unknown.NEVER_SEEN)
    if gap != WHILE_HEARD and seen + gap <= look.at:
        since = look.at - seen - gap
        said = f"was last seen {ago(look.at - seen)}; that counts for {span_in_words(gap)}"
        return Told(said, Unknown.WORN_OFF, {"seen": seen, "holds": gap, "worn_off_since": since})
    if gap == WHILE_HEARD and not look.heard:
        return not_heard(look)
    return Told(f"is not believed{_refusal(metric, place, look)}", Unknown.NOT_BELIEVED, {"seen": seen})


def _refusal(metric: Metric, place: int, look: Look) -> str:
    said = look.refused(place, metric.name)
    when = ago(look.at - look.seen[place])
    if said is None:
        return f": what came {when} was no value of it"
    if isinstance(said, str | bool) and metric.type in {"float", "int"}:
        shown = f'the text "{said}"' if isinstance(said, str) else f"`{said}`".lower()
        return f": {shown}, {when}, is not a number"
    shown = worth(said, metric.unit if not isinstance(said, str) else "")
    if metric.range is None or isinstance(said, str | bool):
        return f": {shown}, {when}"
    low, high = (plain_number(edge) for edge in metric.range)
    return f": {shown}, {when}, is outside {low} to {worth(metric.range[1], metric.unit) if high else high}"


def not_heard(look: Look) -> Told:
    """The device itself is not heard."""
    heard = look.ward.memory.heard
    if not heard:
        return Told("is not known: the device has not been heard yet", Unknown.NEVER_SEEN)
    said = f"is not known: the device was last heard {ago(look.at - heard)}"
    return Told(said, Unknown.NOT_HEARD, {"heard": heard})
