"""What is watched record by record: conditions, events, and sequences of them (15, 19 to 21)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from device_rules.reading import Event, Micros
from device_rules.source import EventMatch, Source, Step
from device_rules.tree import Node

Judge = Callable[[Node], bool | None]
"""What a condition is right now."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What a condition was as a record came. `brought` are the metrics of a reading, None of other records."""

    at: Micros
    truth: bool | None
    brought: frozenset[str] | None


def is_such(event: Event | None, match: EventMatch) -> bool:
    """Whether an event is one that is looked for."""
    if event is None or event.name != match.name:
        return False
    return all(key in event.data and event.data[key] == value for key, value in match.wanted)


def turns(noted: list[Noted]) -> list[Micros]:
    """When it became true: last known false, now true."""
    found, last = [], None
    for note in noted:
        if note.truth is True and last is False:
            found.append(note.at)
        last = last if note.truth is None else note.truth
    return found


def share(noted: list[Noted], needed: int) -> float | None:
    """At which share of the readings it was true."""
    known = [note.truth for note in noted if note.brought is not None and note.truth is not None]
    return None if len(known) < max(1, needed) else known.count(True) / len(known)


def in_a_row(noted: list[Noted], number: int, metrics: frozenset[str]) -> bool:
    """Whether the last so many readings that brought one of `metrics` (any, if there are none) found it true."""
    known = [
        note.truth
        for note in noted
        if note.brought and note.truth is not None and (note.brought & metrics or not metrics)
    ]
    return len(known) >= number and all(known[-number:])


@dataclass(slots=True)
class Match:
    """How far a sequence has come: so many steps are `passed`, the last of them at `since`."""

    source: Source
    passed: int = 0
    since: Micros = 0
    first: bool | None = None  # the first step's condition when it was last known

    @property
    def is_done(self) -> bool:
        """Every step is passed."""
        return self.passed == len(self.source.steps)

    def due(self) -> Micros | None:
        """When the step that is waited for runs out."""
        if self.passed == 0 or self.is_done:
            return None
        return self.since + self.source.steps[self.passed].within

    def run_out(self, at: Micros) -> None:
        """Its time has passed."""
        if self.source.steps[self.passed].wanted:
            self.passed = 0
        else:
            self.passed, self.since = self.passed + 1, at

    def record(self, at: Micros, event: Event | None, judge: Judge) -> None:
        """A record has come."""
        begins = self._begins(event, judge)
        last = self.source.steps[-1]
        if self.is_done:
            if last.wanted:
                assert self.source.until is not None
                if judge(self.source.until) is True:
                    self.passed = 0
                return
            if not happens(last, event, judge):
                return
            self.passed = 0
        elif self.passed:
            step = self.source.steps[self.passed]
            if not happens(step, event, judge):
                return
            if step.wanted:
                self.passed, self.since = self.passed + 1, at
                return
            self.passed = 0
        if begins:
            self.passed, self.since = 1, at

    def _begins(self, event: Event | None, judge: Judge) -> bool:
        watched = self.source.steps[0].watched
        if isinstance(watched, EventMatch):
            return is_such(event, watched)
        before, now = self.first, judge(watched)
        self.first = before if now is None else now
        return before is False and now is True


def happens(step: Step, event: Event | None, judge: Judge) -> bool:
    """Whether the thing of a later step happens with this record."""
    if isinstance(step.watched, EventMatch):
        return is_such(event, step.watched)
    return judge(step.watched) is True
