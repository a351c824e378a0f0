"""The life of one rule on one device: idle, pending, raised, cleared; its severity; and its unrest.

Told the truths of the rule's conditions at a moment of the device's own time, it answers the steps that
hold from then on. It never looks at a value, a clock or another rule: what it must know of those comes
in a `View`. Three things happen here and nowhere else:

- a raise waits while its parent is raised or the device is worked on (and then for a fresh observation),
  outside the rule's hours, or while it rests on late readings;
- severity goes up at once and comes down only after the level has been known false for `clear_for`;
- four turns within an hour make the fault *unstable*: it stays one episode and says nothing more until
  an hour has been calm. Turns are raises, clears and repeated ups; a severity that is worse than any
  before is told even then, since that is not flapping.
"""

from __future__ import annotations

import msgspec

from device_rules.compile import Truths
from device_rules.fault import ChangeKind, Severity
from device_rules.hold import NEVER, Hold, held
from device_rules.reading import HOUR, Micros
from device_rules.rule import Rule

UNREST = 4  # turns within an hour


class View(msgspec.Struct, frozen=True, gc=False):
    """What an episode must know besides truths: the moment, and what may hold a raise back.

    `closed` says that the rule's hours are over for now. `proof` is when the rule's newest observation was
    made; `since` is when a silence began, else None. `asked` says that something its `when` looks at has
    arrived: nothing begins without.
    """

    at: Micros
    late: bool = False
    inhibited: bool = False
    closed: bool = False
    proof: Micros = 0
    since: Micros | None = None
    asked: bool = True


class Fault(msgspec.Struct, array_like=True, gc=False):
    """What the world has been told: one open episode. `number` counts its changes, `worst` its severities.

    `told` is the moment of the last change. A device that sends what it kept while it was away speaks of
    moments before that; no change is told as having happened before the one before it.
    """

    start: Micros
    raised: Micros
    told: Micros
    severity: Severity
    worst: Severity
    number: int = 0


class Step(msgspec.Struct, frozen=True, gc=False):
    """One change to tell, with the hold that brought it about (None for a severity)."""

    kind: ChangeKind
    at: Micros
    start: Micros
    severity: Severity
    number: int
    hold: Hold | None = None


class Episode(msgspec.Struct, array_like=True, gc=False):
    """The state of one rule on one device; absent while there is nothing to remember."""

    pending: Hold | None = None
    raised: bool = False
    clearing: Hold | None = None
    levels: list[bool] = []
    falling: list[Hold | None] = []
    grade: Severity = Severity.INFO
    fault: Fault | None = None
    turns: list[Micros] = []
    unstable: bool = False
    held_back: Micros = 0
    waits_for: str = ""

    def step(self, rule: Rule, truths: Truths, view: View) -> list[Step]:
        """Move on to `view.at`, from where on the conditions are worth `truths`."""
        steps: list[Step] = []
        if self.unstable and view.at >= self.turns[-1] + HOUR:
            self._rest(view.at, steps)
        elif self.turns and not self.unstable:
            self.turns = [turn for turn in self.turns if turn > view.at - HOUR]
        if not self.raised:
            self._wait(rule, truths, view, steps)
        if self.raised:
            self._watch(rule, truths, view, steps)
        return steps

    def due(self, rule: Rule) -> Micros:
        """The next moment at which time alone changes something here."""
        due = NEVER
        if self.pending is not None:
            due = self.pending.due(rule.need)
        if self.clearing is not None:
            due = min(due, self.clearing.due(rule.calm))
        for hold in self.falling:
            if hold is not None:
                due = min(due, hold.due(rule.calm))
        if self.turns and (self.unstable or not self.raised):
            due = min(due, self.turns[-1] + HOUR)
        return due

    @property
    def idle(self) -> bool:
        """Nothing to remember."""
        return not self.raised and self.fault is None and self.pending is None and not self.turns

    @property
    def asleep(self) -> bool:
        """Only its turns are remembered: nothing is to be done until it begins again."""
        return not self.raised and self.fault is None and self.pending is None

    def _wait(self, rule: Rule, truths: Truths, view: View, steps: list[Step]) -> None:
        """Not raised: sum the known truth, and raise unless something holds it back."""
        began = self.pending is None
        if began and self.fault is None and not view.asked:
            return
        self.pending = held(self.pending, truths[0], view.at, rule.need)
        self.waits_for = ""
        self._hold_back(view, began)
        if began and self.pending is not None and view.since is not None:
            self.pending.start = view.since
        if self.pending is None or not self.pending.fulfilled(rule.need):
            return
        if view.inhibited or (self.held_back and view.proof <= self.held_back):
            self.waits_for = "parent" if view.inhibited else "proof"
        elif view.closed:
            self.waits_for = "hours"
        elif view.late:
            self.waits_for = "news"
        else:
            self._raise(rule, truths, view, steps)

    def _hold_back(self, view: View, began: bool) -> None:
        """Note until when it is held back; what was observed at that very moment is fresh."""
        if view.inhibited:
            self.held_back = NEVER
        elif began:
            self.held_back = 0
        elif self.held_back == NEVER:
            self.held_back = view.at - 1

    def _raise(self, rule: Rule, truths: Truths, view: View, steps: list[Step]) -> None:
        hold, self.pending, self.raised, self.held_back = self.pending, None, True, 0
        assert hold is not None
        if len(truths) > 2 or self.levels:
            self.levels = [truth is True for truth in truths[2:]]
            self.falling = [None] * len(self.levels)
        self.grade = rule.severity_with(self.levels)
        self.turns = [*self.turns, view.at]
        if self.fault is not None:
            self._tell(view.at, steps)
            return
        at = max(view.at, hold.start)
        self.fault = Fault(hold.start, at, at, self.grade, self.grade)
        steps.append(Step(ChangeKind.RAISED, at, hold.start, self.grade, 0, hold))
        if len(self.turns) >= UNREST:
            self._unrest(at, steps)

    def _watch(self, rule: Rule, truths: Truths, view: View, steps: list[Step]) -> None:
        """Raised: sum the known all-clear, and follow the levels."""
        self.clearing = held(self.clearing, truths[1], view.at, rule.calm)
        if self.clearing is not None and self.clearing.fulfilled(rule.calm):
            self._clear(view.at, steps)
            return
        if self.levels:
            for number, truth in enumerate(truths[2:]):
                self._level(number, truth, view, rule)
        grade = rule.severity_with(self.levels)
        if grade is not self.grade:
            if grade.rank > self.grade.rank and self.fault and grade.rank <= self.fault.worst.rank:
                self.turns = [*self.turns, view.at]
            self.grade = grade
        self._tell(view.at, steps)

    def _level(self, number: int, truth: bool | None, view: View, rule: Rule) -> None:
        if truth:
            self.levels[number] = self.levels[number] or not view.late
            self.falling[number] = None
        elif self.levels[number]:
            hold = held(self.falling[number], None if truth is None else True, view.at, rule.calm)
            gone = hold is not None and hold.fulfilled(rule.calm)
            self.levels[number], self.falling[number] = not gone, None if gone else hold

    def _tell(self, at: Micros, steps: list[Step]) -> None:
        """Tell the severity if it differs from what was told, as far as unrest allows."""
        fault = self.fault
        if fault is None or self.grade is fault.severity:
            return
        worse_than_ever = self.grade.rank > fault.worst.rank
        if not worse_than_ever and (self.unstable or len(self.turns) >= UNREST):
            if not self.unstable:
                self._unrest(at, steps)
            return
        fault.severity = self.grade
        if worse_than_ever:
            fault.worst = self.grade
        steps.append(_next(fault, ChangeKind.SEVERITY, at))

    def _clear(self, at: Micros, steps: list[Step]) -> None:
        hold, self.clearing, self.raised = self.clearing, None, False
        self.levels, self.falling = [], []
        self.turns = [*self.turns, at]
        if self.unstable or self.fault is None:
            return
        if len(self.turns) >= UNREST:
            self._unrest(at, steps)
            return
        steps.append(_next(self.fault, ChangeKind.CLEARED, at, hold))
        self.fault = None

    def _unrest(self, at: Micros, steps: list[Step]) -> None:
        assert self.fault is not None
        self.unstable = True
        steps.append(_next(self.fault, ChangeKind.UNSTABLE, at))

    def _rest(self, at: Micros, steps: list[Step]) -> None:
        """An hour without a turn: the fault is stable again, as what it has become."""
        self.unstable, self.turns = False, []
        if self.fault is None:
            return
        if not self.raised:
            steps.append(_next(self.fault, ChangeKind.CLEARED, at))
            self.fault = None
        else:
            self._tell(at, steps)

    def renewed(self, rule: Rule) -> Episode:
        """This episode under a changed rule: a raised fault keeps its id, every timer starts anew."""
        if self.fault is None:
            return Episode()
        rank = self.fault.severity.rank
        return Episode(
            raised=True,
            levels=[severity.rank <= rank for severity in rule.levels],
            falling=[None] * len(rule.levels),
            grade=self.fault.severity,
            fault=self.fault,
            turns=self.turns,
            unstable=self.unstable,
        )


def _next(fault: Fault, kind: ChangeKind, at: Micros, hold: Hold | None = None) -> Step:
    fault.number += 1
    fault.told = max(at, fault.told)
    return Step(kind, fault.told, fault.start, fault.severity, fault.number, hold)
