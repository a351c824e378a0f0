"""Runs the tests that stand in a rule book, on their own clock: what the device sends, what must come of it.

A sample in which no series has a value is not sent at all, so `_x20` is twenty times silence. Values
that are not series are sent with every sample. `events` is a series of names, each said after the reading. Ticks come
exactly when the engine asks for them. `others` are devices of the same model, for rules that ask about groups: unless
they say otherwise, they have the firmware, site and region of the device under test.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from device_rules.book import RuleBook
from device_rules.durations import parse_span, spell_span
from device_rules.engine import Engine
from device_rules.fault import ChangeKind, FaultChange
from device_rules.given import BESIDE, events_in, every_in, start_of, zone_in
from device_rules.model import TestText
from device_rules.reading import (
    DAY,
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
    stage = Stage.of(book, test)
    engine, changes = Engine([book]), []
    for record in stage.records(max([parse_span(one["at"]) for one in expected], default=0)):
        changes += stage.judged(engine, record)
    got = tuple(_spelled(change, stage.start) for change in changes if change.rule == rule.id)
    return TestResult(rule.id, test.name, tuple(_wanted(one) for one in expected), got)


@dataclass(frozen=True, slots=True)
class Stage:
    """Where and when one test plays (µs), and the series of what the device sends there."""

    model: str
    start: Micros
    every: Micros
    zone: str
    attributes: Mapping[str, Value]
    series: Mapping[str, list[Sample]]
    events: list[Sample]

    @classmethod
    def of(cls, book: RuleBook, test: TestText) -> Stage:
        """The stage of a test that was checked with its book."""
        given = test.given
        words = {name: given[name] for name in BESIDE if name in given and name not in book.metrics}
        return cls(
            model=book.model,
            start=start_of(words),
            every=every_in(words["every"]) if "every" in words else book.expect_every,
            zone=zone_in(words),
            attributes=_attributes(words.get("attributes", {})),
            series={
                name: _samples(book, name, value)
                for name, value in given.items()
                if name == "presence" or name in book.metrics
            },
            events=parse_series(str(words.get("events", "")), Kind.TEXT),
        )

    def judged(self, engine: Engine, record: Told) -> list[FaultChange]:
        """The record, and before it the ticks that the engine wants by then."""
        until = record.now if isinstance(record, Tick) else record.received
        changes: list[FaultChange] = []
        while (wake := engine.next_wake()) is not None and wake <= until:
            changes += engine.judge(Tick(wake, self.start - DAY))
        return changes + engine.judge(record)

    def records(self, end: Micros) -> Iterator[Told]:
        """Everything that the engine is told, until at least `end` after the start."""
        lengths = [len(samples) for samples in (*self.series.values(), self.events) if len(samples) > 1]
        length = max(lengths, default=end // self.every + 1)
        yield Describe(
            DEVICE, self.start, self.start, self.model, attributes=dict(self.attributes), zone=self.zone
        )
        for number in range(length):
            at = self.start + number * self.every
            yield Tick(at, self.start - DAY)
            yield from self.sample(number, at)
        yield Tick(self.start + max((length - 1) * self.every, end), self.start - DAY)

    def sample(self, number: int, at: Micros) -> Iterator[Told]:
        """What the device sends at one moment: presence, a reading, events."""
        now = {name: _at(samples, number) for name, samples in self.series.items()}
        told = now.pop("presence", None)
        if isinstance(told, str):
            yield Presence(DEVICE, at, at, PresenceState(told))
        moving = [name for name in now if len(self.series[name]) > 1]
        values = {name: value for name, value in now.items() if value is not None}
        if values and not (moving and all(now[name] is None for name in moving)):
            yield Reading(DEVICE, at, at, values)
        happened = self.events[number] if number < len(self.events) else None
        for name, data in events_in(happened) if isinstance(happened, str) else ():
            yield Event(DEVICE, at, at, name, data)


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


def _spelled(change: FaultChange, start: Micros) -> str:
    at = spell_span(change.at - start)
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
