"""The life of the fault of one rule on one device: pending, raised, unstable, cleared (18, 23 to 27).

It is told what is true at a moment, and answers what happened. It never asks a clock nor reads a record.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from device_rules.fault import Severity
from device_rules.reading import HOUR, Micros
from device_rules.rule import Rule
from tests.reference.timer import Timer, due, look

MOST_TURNS = 4

LATER: Micros = 2**62


@dataclass(frozen=True, slots=True)
class Truths:
    """What the conditions of a rule are at a moment, and what holds a raise back.

    `began` is when the condition began if it begins now. `late`: the last record was. `held_back`: a parent is raised, or there is maintenance. `newest` is
    the own time of the newest observation that would be proof, None when none is asked for.
    """

    when: bool | None
    clear: bool | None
    levels: tuple[bool | None, ...]
    began: Micros
    late: bool = False
    held_back: bool = False
    closed: bool = False
    newest: Micros | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened."""

    kind: str
    severity: Severity
    at: Micros
    start: Micros
    number: int


@dataclass(slots=True)
class Fault:
    """What has been told of an episode."""

    start: Micros
    last: Micros
    severity: Severity
    worst: Severity
    number: int = 0
    unstable: bool = False


@dataclass(slots=True)
class Life:
    """Of one rule on one device. `up` says whether the rule is raised, told or not (while unstable)."""

    rule: Rule
    pending: Timer | None = None
    calm: Timer | None = None
    better: list[Timer | None] = field(default_factory=list)
    on: list[bool] = field(default_factory=list)
    up: bool = False
    severity: Severity = Severity.INFO
    fault: Fault | None = None
    recent: list[Micros] = field(default_factory=list)  # the turns of the last hour
    last_turn: Micros = 0
    back_until: Micros | None = None  # a raise was held back until then

    @property
    def is_asleep(self) -> bool:
        """No episode: neither pending nor raised."""
        return self.pending is None and self.fault is None

    def judge(self, at: Micros, now: Truths) -> list[Step]:
        """Everything that happens at a moment."""
        steps: list[Step] = []
        self.recent = [turn for turn in self.recent if turn > at - HOUR]
        self._calmed(at, steps)
        if self.up:
            self._raised(at, now, steps)
        if not self.up:
            self._waiting(at, now, steps)
        return steps

    def dues(self) -> list[Micros]:
        """The moments at which time alone may change something."""
        found = [due(self.calm, self.rule.calm)] if self.up else [due(self.pending, self.rule.need)]
        if self.up:
            found += [due(timer, self.rule.calm) for timer in self.better]
        if self.fault is not None and self.fault.unstable:
            found.append(self.last_turn + HOUR)
        return [moment for moment in found if moment is not None]

    # -- not raised ------------------------------------------------------------------------------
    def _waiting(self, at: Micros, now: Truths, steps: list[Step]) -> None:
        pending = look(self.pending, at, now.when, self.rule.need.blind)
        if pending is not self.pending:
            self.pending, self.back_until = pending, None
            if pending is not None:
                pending.start = now.began
        if pending is None:
            return
        if now.held_back:
            self.back_until = LATER
            return
        if self.back_until == LATER:
            self.back_until = at - 1  # it ends now: what is observed at this moment is fresh
        if now.when is not True or pending.known < self.rule.need.known:
            return
        if self._may_raise(now):
            self._raise(at, now, steps)

    def _may_raise(self, now: Truths) -> bool:
        if self.back_until is not None and now.newest is not None and now.newest <= self.back_until:
            return False
        return not now.closed and not (now.late and self.rule.rests_on_readings)

    def _raise(self, at: Micros, now: Truths, steps: list[Step]) -> None:
        assert self.pending is not None
        start = self.pending.start
        self.pending, self.calm, self.back_until, self.up = None, None, None, True
        self.on = [truth is True for truth in now.levels]
        self.better = [None for _ in now.levels]
        self.severity = self.rule.severity_with(self.on)
        if self.fault is None:
            self.fault = Fault(start, max(at, start), self.severity, self.severity)
            steps.append(Step("raised", self.severity, self.fault.last, start, 0))
        self._turn(at, steps)
        self._tell_severity(at, steps)

    # -- raised ----------------------------------------------------------------------------------
    def _raised(self, at: Micros, now: Truths, steps: list[Step]) -> None:
        self.calm = look(self.calm, at, now.clear, self.rule.calm.blind)
        if self.calm is not None and now.clear is True and self.calm.known >= self.rule.calm.known:
            self.up, self.calm = False, None
            if not self._turn(at, steps):
                self._tell(at, "cleared", steps)
                self.fault = None
            return
        for number, truth in enumerate(now.levels):
            self._level(at, number, truth, now.late)
        self._change_severity(at, steps)

    def _level(self, at: Micros, number: int, truth: bool | None, late: bool) -> None:
        if not self.on[number]:
            self.on[number] = truth is True and not (late and self.rule.rests_on_readings)
            self.better[number] = None
            return
        against = None if truth is None else not truth
        timer = look(self.better[number], at, against, self.rule.calm.blind)
        if timer is not None and against is True and timer.known >= self.rule.calm.known:
            self.on[number], timer = False, None
        self.better[number] = timer

    def _change_severity(self, at: Micros, steps: list[Step]) -> None:
        """The worst level that is on, told unless the fault is unstable; going up again is a turn."""
        assert self.fault is not None
        severity, before = self.rule.severity_with(self.on), self.severity
        self.severity = severity
        if severity.rank > before.rank and severity.rank <= self.fault.worst.rank:
            self._turn(at, steps)
        self._tell_severity(at, steps)

    def _tell_severity(self, at: Micros, steps: list[Step]) -> None:
        assert self.fault is not None
        fault = self.fault
        worse = self.severity.rank > fault.worst.rank
        if self.severity is not fault.severity and (worse or not fault.unstable):
            fault.severity = self.severity
            fault.worst = self.severity if worse else fault.worst
            self._tell(at, "severity", steps)

    # -- turns -----------------------------------------------------------------------------------
    def _turn(self, at: Micros, steps: list[Step]) -> bool:
        """Note a raise or a clear; true when the fault is unstable, so that it is not told."""
        assert self.fault is not None
        self.recent.append(at)
        self.last_turn = at
        if not self.fault.unstable and len(self.recent) >= MOST_TURNS:
            self.fault.unstable = True
            self._tell(at, "unstable", steps)
        return self.fault.unstable

    def _calmed(self, at: Micros, steps: list[Step]) -> None:
        if self.fault is None or not self.fault.unstable or at < self.last_turn + HOUR:
            return
        self.fault.unstable = False
        if not self.up:
            self._tell(at, "cleared", steps)
            self.fault = None
        else:
            self._tell_severity(at, steps)

    def _tell(self, at: Micros, kind: str, steps: list[Step]) -> None:
        assert self.fault is not None
        fault = self.fault
        fault.number += 1
        fault.last = max(fault.last, at)
        steps.append(Step(kind, fault.severity, fault.last, fault.start, fault.number))
