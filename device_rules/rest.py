"""How a device leaves the ward, and how it comes back: when nothing is left to remember but its last values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from device_rules.book import RuleBook
from device_rules.reading import Micros, Reading, Value
from device_rules.ward import Ward


class Last(NamedTuple):
    """What a quiet device said last: its values, and when those were observed that are older than `effective`."""

    values: Mapping[str, Value]
    aged: Mapping[str, Micros]
    effective: Micros
    received: Micros


Put: TypeAlias = tuple[Sequence[Value | None], Sequence[Micros] | None]
"""How a quiet device keeps what it said: the values in the order of the book's metrics, after them the previous ones
that are asked for, and the moments of those that are sent on change, in the order of the plan's `held`. Lists that
are written in for a wide book; for others tuples, and no moments when all are those of the device."""


def put_down(ward: Ward) -> Put:
    """What the ward knows of the metrics, as a quiet device keeps it; they must be whole."""
    values, ages = [*ward.memory.plain(), *ward.derived.look_back()], ward.memory.ages()
    if ward.questions.wide:
        return values, ages
    return tuple(values), None if all(age == ward.effective for age in ages) else tuple(ages)


def picked_up(book: RuleBook, put: Put, effective: Micros, received: Micros) -> Last:
    """What a quiet device said last, of what it keeps."""
    values, ages = put
    aged = (
        {name: age for name, age in zip(book.plan.held, ages, strict=True) if age != effective}
        if ages
        else {}
    )
    known: dict[str, Value] = dict(zip(book.metrics, values, strict=False))  # type: ignore[arg-type]
    return Last(known, aged, effective, received)


def resume(ward: Ward, last: Last) -> None:
    """Take up a quiet device where it said this."""
    effective = last.effective
    ward.effective, ward.received = effective, last.received
    said = last.values
    if last.aged:
        said = {name: value for name, value in said.items() if name not in last.aged}
        for name, age in last.aged.items():
            ward.memory.admit(name, last.values[name], age)
    ward.memory.take(said, effective)
    ward.memory.heard, ward.memory.listening = effective, True
    ward.ears.resume(last.received, ward.memory)
    ward.echoes.begin(said)
    ward.asking.told = effective
    ward.due = ward.fades = effective + ward.layout.shortest


def restful(ward: Ward, reading: Reading) -> bool:
    """Whether nothing is unusual after this reading, so that its values alone need be kept."""
    return (
        len(reading.values) >= len(ward.who.book.metrics) - len(ward.questions.held)
        and ward.effective == reading.effective
        and len(ward.echoes.said) == 1
        and ward.ears.heard == reading.received
        and at_rest(ward)
    )


def at_rest(ward: Ward) -> bool:
    """Whether every metric is known as of one moment, and nothing is under way."""
    ballot = ward.ballot
    return (
        ward.questions.quick
        and (
            ballot is None
            or (ward.who.book.upkeep is None and all(truth is False for truth in ballot.member.truths))
        )
        and ward.waiting is None
        and not (ward.asking.late or ward.away or ward.withdrawn)
        and all(episode.asleep for episode in ward.asking.episodes.values())
        and ward.memory.heard == ward.effective
        and not ward.memory.recalled
        and ward.memory.whole(ward.effective)
        and ward.derived.resting
    )
