"""Turns a step in the life of a group's fault into a fault change, with the counts that made it for evidence."""

from __future__ import annotations

from dataclasses import dataclass

from device_rules.book import RuleBook
from device_rules.episode import Step
from device_rules.evidence import WITHDRAWN, notes_of
from device_rules.fault import ChangeKind, Evidence, FaultChange, Leaf, fault_id
from device_rules.groups import parts_of, spoken
from device_rules.groups_place import Life, Sum
from device_rules.reading import Micros
from device_rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Telling:
    """Who is told about: a group, under a book, one of its rules, its counts, and what they are worth."""

    group: str
    book: RuleBook
    rule: Rule
    sum: Sum
    truth: bool | None


def headline_of(telling: Telling) -> str:
    """What the fault is called: `37 of 120 acme/pump with firmware 2.3.1: The house is not getting warm`."""
    counted = telling.sum
    return f"{counted.true} of {counted.known} {spoken(telling.group)}: {telling.rule.title}"


def change_of(telling: Telling, step: Step, headline: str) -> FaultChange:
    """The fault change of one step."""
    rule, hold, book = telling.rule, step.hold, telling.book
    evidence = Evidence(
        model=book.model,
        rule=rule.id,
        book=book.version,
        when=_leaf(telling, step.at),
        held=hold.known if hold else 0,
        coverage=round(hold.coverage, 4) if hold else 1.0,
        notes=(_counts(telling), *notes_of(step.kind)),
    )
    return FaultChange(
        fault=fault_id(telling.group, rule.id, step.start),
        device=telling.group,
        rule=rule.id,
        kind=step.kind,
        severity=step.severity,
        at=step.at,
        start=step.start,
        number=step.number,
        evidence=evidence,
        title=headline,
        shadow=rule.shadow,
        packet=rule.packet,
    )


def _leaf(telling: Telling, at: Micros) -> Leaf:
    """The share against its threshold, and under it the condition that was asked of every device."""
    rule = telling.rule
    assert rule.group is not None
    return Leaf(
        text=f"share of {spoken(telling.group)} >= {_percent(rule.group.fraction)} %",
        truth=telling.truth,
        metric="share",
        value=round(100 * telling.sum.share, 1) if telling.sum.known else None,
        threshold=round(100 * rule.group.fraction, 1),
        unit="%",
        observed=at,
        parts=(Leaf(rule.when.text),),
    )


def _counts(telling: Telling) -> str:
    """`37 of 120 known devices, 30.8 %, threshold 20 %`."""
    counted, rule = telling.sum, telling.rule
    assert rule.group is not None
    text = f"{counted.true} of {counted.known} known devices, {_percent(counted.share)} %"
    text += f", threshold {_percent(rule.group.fraction)} %"
    dark = counted.members - counted.known
    return f"{text}; of {dark} more it is not known." if dark else f"{text}."


def _percent(share: float) -> str:
    return f"{round(100 * share, 1):g}"


def withdrawn(group: str, rule_id: str, life: Life, book: RuleBook | None, at: Micros) -> FaultChange:
    """The end of a fault whose rule is gone."""
    fault = life.episode.fault
    assert fault is not None
    model, version = (book.model, book.version) if book else (parts_of(group).model, 0)
    return FaultChange(
        fault=fault_id(group, rule_id, fault.start),
        device=group,
        rule=rule_id,
        kind=ChangeKind.CLEARED,
        severity=fault.severity,
        at=max(at, fault.told),
        start=fault.start,
        number=fault.number + 1,
        evidence=Evidence(model, rule_id, version, Leaf(WITHDRAWN), notes=(WITHDRAWN,)),
        title=life.headline,
    )
