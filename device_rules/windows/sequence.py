"""`sequence: [A, B within w, not C within w]`: one match at a time, by 21 of `docs/rules-exactly.md`.

It is told at each record, for each step, whether its thing is so now; deadlines pass by `value`.
"""

from __future__ import annotations

from typing import TypeAlias

from device_rules.hold import NEVER
from device_rules.reading import Micros, Value
from device_rules.source import EventMatch, Source
from device_rules.windows.happenings import truth_of
from device_rules.windows.state import Observed, State, parts, whole

Truths: TypeAlias = tuple[bool | None, ...]
"""Per step: the known truth of its condition, None while unknown; of an event, True at its record, else False."""


class Sequence:
    """`passed` counts the steps that the match has passed (0: there is none), the last of them at `since`."""

    __slots__ = ("begins_with_event", "last", "over", "passed", "since", "steps")

    def __init__(self, source: Source) -> None:
        self.steps = source.steps
        self.begins_with_event = isinstance(source.steps[0].watched, EventMatch)
        self.last: bool | None = False if self.begins_with_event else None  # of the first step's thing
        self.passed = 0
        self.since: Micros = 0
        self.over = False  # the record that is about to be told has ended the match

    def happen(self, at: Micros, truths: Truths) -> None:
        """A record of the device came at `at`; whatever was due by then is done first."""
        self.value(at)
        if self.passed:
            self._go_on(at, truths)
        self._look_at_first(at, truths[0])
        self.over = False

    def _go_on(self, at: Micros, truths: Truths) -> None:
        """Whether the thing of the next step (of the last one, when all are passed) is so now."""
        complete = self.passed == len(self.steps)
        step = -1 if complete else self.passed
        if not truths[step]:
            return
        if not self.steps[step].wanted:
            self.passed = 0
        elif not complete:
            self.passed += 1
            self.since = at

    def _look_at_first(self, at: Micros, truth: bool | None) -> None:
        """Begin a match, if there is none and the first thing has just become so."""
        if truth is None:
            return
        if truth and self.last is False and not self.passed and not self.over:
            self.passed = 1
            self.since = at
        if not self.begins_with_event:
            self.last = truth

    def cleared(self) -> None:
        """The record that is told next finds the rule's `clear` known true.

        So what ends with something that happens is over, and that record begins nothing.
        """
        if self.passed == len(self.steps) and self.steps[-1].wanted:
            self.passed = 0
            self.over = True

    def push(self, at: Micros, value: Observed) -> None:
        """The same as `happen`: `value` holds the truths of all steps."""
        self.happen(at, value)

    def told(self, at: Micros, value: Observed) -> Value | None:
        """`happen`, then whether all steps are passed."""
        self.happen(at, value)
        return self.passed == len(self.steps)

    def value(self, at: Micros) -> Value | None:
        """Whether all steps are passed at `at`."""
        while NEVER > (due := self.due()) <= at:
            if self.steps[self.passed].wanted:
                self.passed = 0
            else:
                self.passed += 1
                self.since = due
        return self.passed == len(self.steps)

    def due(self) -> Micros:
        """When the time of the step that is waited for runs out."""
        if 0 < self.passed < len(self.steps):
            return self.since + self.steps[self.passed].within
        return NEVER

    @property
    def resting(self) -> bool:
        """No match, and the first thing was known not to be so."""
        return self.passed == 0 and self.last is False

    def freeze(self) -> State:
        return [self.passed, self.since if self.passed else 0, self.last]

    def thaw(self, state: State) -> None:
        """Take the state of another one into this fresh one. Raises ValueError for another shape."""
        passed, since, last = parts(state, 3)
        if not 0 <= whole(passed) <= len(self.steps):
            raise ValueError("a match of more steps")
        self.passed, self.since, self.last = passed, whole(since), truth_of(last)
