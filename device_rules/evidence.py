"""Turns a step of an episode into what the engine answers: a fault change that carries its evidence."""

from __future__ import annotations

import msgspec

from device_rules.book import RuleBook
from device_rules.episode import Fault, Step
from device_rules.fault import ChangeKind, Evidence, FaultChange, Leaf, fault_id
from device_rules.reading import Micros
from device_rules.rule import Rule
from device_rules.tree import Node
from device_rules.truth import Sight, leaf_of, truth_of

RAISED, CLEARED, SEVERITY, UNSTABLE = (
    ChangeKind.RAISED, ChangeKind.CLEARED, ChangeKind.SEVERITY, ChangeKind.UNSTABLE,
)  # fmt: skip
OF_UNREST = ("It came and went four times within an hour; nothing more is said until an hour has been calm.",)
WITHDRAWN = "The rule that raised it is no longer in the book."


class Telling(msgspec.Struct, frozen=True, gc=False):
    """Who is told about: a device, under a book, one of its rules, and its values at the moment."""

    device: str
    book: RuleBook
    rule: Rule
    sight: Sight


def change_of(telling: Telling, step: Step) -> FaultChange:
    """The fault change of one step, with the condition that brought it about."""
    rule, hold = telling.rule, step.hold
    evidence = Evidence(
        model=telling.book.model,
        rule=rule.id,
        book=telling.book.version,
        when=leaf_of(_reason(telling, step), telling.sight),
        held=hold.known if hold else 0,
        coverage=round(hold.coverage, 4) if hold and hold.blind else 1.0,
        notes=notes_of(step.kind),
    )
    return FaultChange(
        fault=fault_id(telling.device, rule.id, step.start),
        device=telling.device,
        rule=rule.id,
        kind=step.kind,
        severity=step.severity,
        at=step.at,
        start=step.start,
        number=step.number,
        evidence=evidence,
        title=rule.title,
        play=rule.play,
        shadow=rule.shadow,
        packet=rule.packet,
    )


def notes_of(kind: ChangeKind) -> tuple[str, ...]:
    """What is told besides with a change of this kind."""
    return OF_UNREST if kind is UNSTABLE else ()


def _reason(telling: Telling, step: Step) -> Node:
    """The condition to show: what cleared it, the level that holds now, or else `when`."""
    rule = telling.rule
    if step.kind is RAISED:
        return rule.when
    if step.kind is CLEARED:
        return rule.clear
    if step.kind is SEVERITY:
        for severity, node in zip(rule.levels, rule.conditions[2:], strict=True):
            if severity is step.severity and truth_of(node, telling.sight.values):
                return node
    return rule.when


def closed(device: str, book: RuleBook, rule: str, fault: Fault, at: Micros) -> FaultChange:
    """The end of a fault whose rule is gone."""
    return FaultChange(
        fault=fault_id(device, rule, fault.start),
        device=device,
        rule=rule,
        kind=CLEARED,
        severity=fault.severity,
        at=max(at, fault.told),
        start=fault.start,
        number=fault.number + 1,
        evidence=Evidence(book.model, rule, book.version, Leaf(WITHDRAWN), notes=(WITHDRAWN,)),
    )
