"""Runs the tests that stand in a rule book, on their own clock: what the device sends, what must come of it.

A sample in which no series has a value is not sent at all, so `_x20` is twenty times silence. Values
that are not series are sent with every sample. `events` is a series of names, each said after the reading. Ticks come
exactly when the engine asks for them. `others` are devices of the same model, for rules that ask about groups: unless
they say otherwise, they have the firmware, site and region of the device under test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from device_rules.book import RuleBook
from device_rules.durations import parse_span, spell_span
from device_rules.engine import Engine
from device_rules.fault import ChangeKind, FaultChange
from device_rules.groups import ROUND, counted_of
from device_rules.groups_town import Town
from device_rules.model import TestText
from device_rules.reading import DAY, Micros, Tick
from device_rules.rule import Rule
from device_rules.stage import DEVICE, Stage, Told


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
    play, changes = _Play(book, stage.start), []
    for record in stage.records(max([parse_span(one["at"]) for one in expected], default=0)):
        changes += play.judge(record)
    got = tuple(_spelled(change, stage.start) for change in changes if _asked(change, rule))
    return TestResult(rule.id, test.name, tuple(_wanted(one) for one in expected), got)


def _asked(change: FaultChange, rule: Rule) -> bool:
    """Whether the test is about this fault: of its rule, and the device's own, or a group's if the rule asks about groups."""
    return change.rule == rule.id and (rule.group is not None or change.device == DEVICE)


class _Play:
    """One engine and, where the book asks about groups, the town that puts its counts together."""

    def __init__(self, book: RuleBook, start: Micros) -> None:
        self._engine = Engine([book])
        self._town = Town([book]) if counted_of(book) is not None else None
        self._start = self._told = start

    def judge(self, record: Told) -> list[FaultChange]:
        """The record, and before it the ticks that are wanted by then: by the engine, and by the town every ten seconds."""
        until = record.now if isinstance(record, Tick) else record.received
        changes: list[FaultChange] = []
        while (wake := self._wake()) is not None and wake <= until:
            changes += self._tick(Tick(wake, self._start - DAY))
        return changes + (self._tick(record) if isinstance(record, Tick) else self._engine.judge(record))

    def _wake(self) -> Micros | None:
        wake = self._engine.next_wake()
        if self._town is None:
            return wake
        after = self._told - self._told % ROUND + ROUND
        return after if wake is None else min(wake, after)

    def _tick(self, tick: Tick) -> list[FaultChange]:
        changes = list(self._engine.judge(tick))
        self._told = max(self._told, tick.now)
        for tally in self._engine.tallies() if self._town else ():
            assert self._town is not None
            found, standings = self._town.judge(tally)
            changes += found
            for standing in standings:
                changes += self._engine.judge(standing)
        return changes


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
