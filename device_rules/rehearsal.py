"""Runs the tests that stand in a rule book, on their own clock: what the device sends, what must come of it.

A sample in which no series has a value is not sent at all, so `_x20` is twenty times silence. Values
that are not series are sent with every sample. `events` is a series of names, each said after the reading.
Ticks come exactly when the engine asks for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from device_rules.book import RuleBook
from device_rules.durations import parse_span, spell_span
from device_rules.engine import Engine
from device_rules.fault import ChangeKind, FaultChange
from device_rules.model import TestText
from device_rules.reading import (
    DAY,
    SECOND,
    Describe,
    Event,
    Micros,
    Presence,
    PresenceState,
    Reading,
    Tick,
    Value,
)
from device_rules.rule import Rule
from device_rules.series import Sample, parse_series
from device_rules.tree import Kind
from device_rules.vocabulary import KINDS

START: Micros = 1_767_225_600 * SECOND  # 1 January 2026; any moment would do
DEVICE = "device-under-test"

Told: TypeAlias = Reading | Event | Presence | Describe | Tick


@dataclass(frozen=True, slots=True)
class TestResult:
    """One test of one rule: what was expected and what came, in plain words."""

    __test__ = False
    rule: str
    name: str
    expected: tuple[str, ...]
    got: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Exactly what was expected came, and nothing else."""
        return self.expected == self.got

    def __str__(self) -> str:
        head = f"{'passed' if self.passed else 'FAILED'}: {self.rule}: {self.name}"
        if self.passed:
            return head
        return f"{head}\n  expected: {_listed(self.expected)}\n  got:      {_listed(self.got)}"


def run_tests(book: RuleBook) -> list[TestResult]:
    """Every test of every rule, in the order of the book."""
    return [_run(book, rule, test) for rule in book.rules for test in rule.tests]


def _listed(outcomes: tuple[str, ...]) -> str:
    return ", then ".join(outcomes) or "nothing"


def _run(book: RuleBook, rule: Rule, test: TestText) -> TestResult:
    expected = [] if test.expect == "none" else test.expect
    ends = [parse_span(one["at"]) for one in expected]
    engine, changes = Engine([book]), []
    for record in _records(book, test, max(ends, default=0)):
        changes += _judged(engine, record)
    got = tuple(_spelled(change) for change in changes if change.rule == rule.id)
    return TestResult(rule.id, test.name, tuple(_wanted(one) for one in expected), got)


def _judged(engine: Engine, record: Told) -> list[FaultChange]:
    """The record, and before it the ticks that the engine wants by then."""
    until = record.now if isinstance(record, Tick) else record.received
    changes: list[FaultChange] = []
    while (wake := engine.next_wake()) is not None and wake <= until:
        changes += engine.judge(Tick(wake, START - DAY))
    return changes + engine.judge(record)


def _records(book: RuleBook, test: TestText, end: Micros) -> Iterator[Told]:
    every = parse_span(test.given["every"]) if "every" in test.given else book.expect_every
    series = {
        name: _samples(book, name, given)
        for name, given in test.given.items()
        if name not in {"every", "attributes"}
    }
    length = max([len(samples) for samples in series.values() if len(samples) > 1], default=end // every + 1)
    yield Describe(DEVICE, START, START, book.model, attributes=_attributes(test.given.get("attributes", {})))
    for number in range(length):
        at = START + number * every
        yield Tick(at, START - DAY)
        yield from _sample_records(series, number, at)
    yield Tick(START + max((length - 1) * every, end), START - DAY)


def _sample_records(series: Mapping[str, list[Sample]], number: int, at: Micros) -> Iterator[Told]:
    now = {name: _at(samples, number) for name, samples in series.items()}
    told, happened = now.pop("presence", None), now.pop("events", None)
    if isinstance(told, str):
        yield Presence(DEVICE, at, at, PresenceState(told))
    moving = [name for name in now if len(series[name]) > 1]
    values = {name: value for name, value in now.items() if value is not None}
    if values and not (moving and all(now[name] is None for name in moving)):
        yield Reading(DEVICE, at, at, values)
    if isinstance(happened, str):
        yield Event(DEVICE, at, at, happened)


def _at(samples: list[Sample], number: int) -> Sample:
    if len(samples) == 1:
        return samples[0]
    return samples[number] if number < len(samples) else None


def _samples(book: RuleBook, name: str, given: Any) -> list[Sample]:
    kind = KINDS[book.metrics[name].type] if name in book.metrics else Kind.TEXT
    if isinstance(given, str):
        return parse_series(given, kind)
    return [float(given) if kind is Kind.NUMBER and not isinstance(given, bool) else given]


def _attributes(given: Mapping[str, Any]) -> dict[str, Value]:
    return {
        name: float(value) if isinstance(value, int) and not isinstance(value, bool) else value
        for name, value in given.items()
    }


def _spelled(change: FaultChange) -> str:
    at = spell_span(change.at - START)
    match change.kind:
        case ChangeKind.RAISED:
            return f"raise {change.severity} at {at}"
        case ChangeKind.SEVERITY:
            return f"severity {change.severity} at {at}"
        case ChangeKind.UNSTABLE:
            return f"unstable at {at}"
        case ChangeKind.CLEARED:
            return f"clear at {at}"


def _wanted(expected: Mapping[str, Any]) -> str:
    outcome = next(key for key in expected if key != "at")
    severity = f" {expected[outcome]}" if outcome in {"raise", "severity"} else ""
    return f"{outcome}{severity} at {spell_span(parse_span(expected['at']))}"
