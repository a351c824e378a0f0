"""How a device leaves the ward, and how it comes back: when nothing is left to remember but its last values."""

from __future__ import annotations

from collections.abc import Sequence

from device_rules.reading import Micros, Reading, Value
from device_rules.ward import Ward


def resume(
    ward: Ward, said: dict[str, Value], before: Sequence[Value | None], effective: Micros, received: Micros
) -> None:
    """Take up a quiet device: what it said last, all of one moment, and what was known before that."""
    ward.effective, ward.received = effective, received
    ward.memory.take(said, effective)
    ward.memory.heard, ward.memory.listening = effective, True
    ward.ears.resume(received, ward.memory)
    ward.echoes.begin(said)
    ward.derived.resume(before)
    ward.asking.told = effective
    ward.due = ward.fades = effective + ward.layout.shortest


def restful(ward: Ward, reading: Reading) -> bool:
    """Whether nothing is unusual after this reading, so that its values alone need be kept."""
    return (
        len(reading.values) >= len(ward.who.book.metrics)
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
        and ward.memory.whole(ward.effective)
        and ward.derived.resting
    )
