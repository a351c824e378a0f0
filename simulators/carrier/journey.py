"""The way of an accepted text to the phone, as a plan: which state when, and which receipts are told with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulators.carrier.menu import Fault, Kind
from simulators.carrier.message import Status

Told = tuple[Status, int | None]
UNKNOWN_ERROR = 30008


@dataclass(frozen=True, slots=True)
class Step:
    """After `paces` (a pace is a second of business time), and `after` µs more, a state, and receipts to tell."""

    paces: int
    becomes: Told | None
    tells: tuple[Told, ...]
    after: int = 0


def journey(faults: Mapping[Kind, Fault]) -> list[Step]:
    """The steps of one text, with what the fault menu does to it."""
    end: Told = (Status.DELIVERED, None)
    if Kind.UNDELIVERABLE in faults:
        end = (Status.UNDELIVERED, faults[Kind.UNDELIVERABLE].code)
    sending, sent = (Status.SENDING, None), (Status.SENT, None)
    steps = [Step(1, sending, (sending,)), Step(1, sent, (sent,)), Step(2, end, (end,))]
    if Kind.REORDERED_STATUS in faults:
        steps[1:] = [Step(1, sent, ()), Step(2, end, (end, sent))]
    if Kind.CONTRADICTORY_STATUS in faults:
        steps.append(Step(1, None, ((Status.FAILED, UNKNOWN_ERROR),)))
    if Kind.FAILED_FIRST in faults:
        steps[2] = Step(2, end, ((Status.FAILED, UNKNOWN_ERROR), end))
    if Kind.UNKNOWN_STATUS in faults:
        steps[0] = Step(1, sending, (sending, (Status.UNHEARD_OF, None)))
    if Kind.REPEATED_STATUS in faults:
        steps = [Step(step.paces, step.becomes, step.tells * 2) for step in steps]
    if Kind.LATE_STATUS in faults:
        late = tuple(told for step in steps for told in step.tells)
        steps = [Step(step.paces, step.becomes, ()) for step in steps]
        steps.append(Step(0, None, late, faults[Kind.LATE_STATUS].after))
    if Kind.NO_STATUS in faults:
        steps = [Step(step.paces, step.becomes, ()) for step in steps]
    return steps
