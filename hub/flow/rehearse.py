"""Rehearse: what would have come of a recording's faults. Folds them through the street and the gate, sends nothing.

The decisions are those of the hub itself: `street.step_on`, `ladder`, `talk` and `gate.decide`. Only their surroundings
are smaller here: no store, no outbox, no clock. Nobody answers in a rehearsal, and no agent closes a case: it shows the
most that a book can ask of people. A test holds it against the arrows.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from device_rules.backtest import Turn
from device_rules.fault import ChangeKind, FaultChange, Severity
from device_rules.groups import is_group
from hub.domain import effects as e
from hub.domain.because import Because
from hub.domain.case import Case, CaseState, Step
from hub.domain.conversation import Conversation
from hub.domain.ids import CaseId, DeviceId, FaultId, Moment, case_id
from hub.domain.ladder import urgent
from hub.domain.passages import (
    Expired,
    FaultJoined,
    FaultOpened,
    HoldOver,
    Passage,
    PersonWanted,
    Recovered,
    Reopened,
    SeverityChanged,
    StepDue,
)
from hub.domain.play import Play
from hub.domain.street import step_on
from hub.flow.rehearsal_ledger import Ledger
from hub.flow.rehearsal_people import Home
from hub.flow.rehearsal_speech import Matter, Pending, Speech, Terms
from hub.flow.rehearsal_steps import take_step


@dataclass(slots=True)
class Rehearsal:
    """One recording rehearsed: told its turns in the order of `now`, then `finish`ed; the ledger holds what came of it."""

    terms: Terms
    homes: Mapping[str, Home]
    ledger: Ledger = field(default_factory=Ledger)
    matters: dict[CaseId, Matter] = field(default_factory=dict)
    _faults: dict[FaultId, Matter] = field(default_factory=dict)
    _open: dict[tuple[DeviceId, str], Matter] = field(default_factory=dict)
    _last: dict[tuple[DeviceId, str], Matter] = field(default_factory=dict)
    _wakes: dict[tuple[CaseId, str], tuple[int, str]] = field(default_factory=dict)
    _due: list[tuple[int, int, CaseId, str]] = field(default_factory=list)
    _posted: list[tuple[int, int, Pending]] = field(default_factory=list)
    _count: int = 0
    told: Callable[[int], None] = field(default=lambda moment: None)
    speech: Speech = field(init=False)

    def __post_init__(self) -> None:
        self.speech = Speech(self.terms, self.ledger)

    def tell(self, turn: Turn) -> None:
        """One fault change: first everything that is due by then."""
        now, change = Moment(turn.now), turn.change
        self.pass_time(now)
        if change.shadow:
            self.ledger.rule(change.rule).shadow += change.kind is ChangeKind.RAISED
            return
        match change.kind:
            case ChangeKind.RAISED:
                self._raised(turn, now)
            case ChangeKind.SEVERITY:
                self._severity(change, now)
            case ChangeKind.CLEARED:
                self._cleared(change, now)
            case ChangeKind.UNSTABLE:
                pass  # one episode still: nobody is told twice

    def finish(self, end: Moment) -> Ledger:
        """Time passes up to the end of the recording."""
        self.pass_time(end)
        return self.ledger

    def pass_time(self, until: Moment) -> None:
        """Everything due by `until`, each at its own moment."""
        while self._due or self._posted:
            wake = self._due[0][0] if self._due else until + 1
            post = self._posted[0][0] if self._posted else until + 1
            if min(wake, post) > until:
                return
            self.told(min(wake, post))
            if post < wake:
                due, _, pending = heapq.heappop(self._posted)
                self.post(pending, Moment(due))
            else:
                due, _, case, name = heapq.heappop(self._due)
                if self._wakes.get((case, name), (0, ""))[0] == due:
                    _, token = self._wakes.pop((case, name))
                    self._woke(self.matters[case], name, token, Moment(due))

    # what a fault does

    def _raised(self, turn: Turn, now: Moment) -> None:
        change = turn.change
        home = self.homes[change.device]
        play = self.terms.plays.get((home.device.model, change.play))
        family = play.family if play else change.rule
        there = self._open.get((home.device.id, family))
        before = self._last.get((home.device.id, change.rule))
        if there is not None and there.case.state.open:
            self._joins(there, turn)
            self.ledger.rule(change.rule).joined += 1
            self.onward(there, FaultJoined(change.severity), now)
        elif before is not None and self._same_matter(before.case, home, now):
            self._reopens(before, turn, now)
        else:
            self._opens(turn, home, (play, family), now)

    def _opens(self, turn: Turn, home: Home, fix: tuple[Play | None, str], now: Moment) -> None:
        change, (play, family) = turn.change, fix
        case = Case(
            id=case_id(FaultId(change.fault)),
            device=home.device.id,
            site=home.site,
            family=family,
            rule=change.rule,
            severity=change.severity,
            state=CaseState.HELD,
            opened=now,
        )
        owner = home.people[0].customer if home.people else None
        language = owner.language if owner else "en"
        talk = Conversation(
            case.id, owner.id if owner else None, play=play.id if play else "", language=language
        )
        matter = Matter(case, home, play, talk, change.title, turn.values)
        self.matters[case.id] = matter
        self._open[case.device, family] = self._last[case.device, change.rule] = matter
        account = self.ledger.rule(change.rule)
        account.cases += 1
        self._joins(matter, turn)
        self.onward(matter, FaultOpened(self._ladder(matter, change)), now)
        if play is not None and play.self_heal:
            account.commands += 1
            self._heals(matter, play, now)
        self._without_hold(matter, now)

    def _ladder(self, matter: Matter, change: FaultChange) -> tuple[Step, ...]:
        own = matter.play.ladder if matter.play else ()
        return self.terms.policy.ladder_of(change.severity, (matter.home.device.model, change.rule), own)

    def _heals(self, matter: Matter, play: Play, now: Moment) -> None:
        """A safe command has its time before anybody is asked."""
        if not urgent(matter.case):
            policy, severity = self.terms.policy, matter.case.severity
            wait = max(play.heal_wait or policy.heal_waits[severity], policy.hold_downs[severity])
            self.wake(e.WakeAt(matter.case.id, "hold", Moment(now + wait)))

    def _reopens(self, matter: Matter, turn: Turn, now: Moment) -> None:
        self.ledger.rule(turn.change.rule).reopened += 1
        talk = matter.talk
        matter.talk = Conversation(
            talk.case, talk.customer, play=talk.play, channel=talk.channel, language=talk.language
        )
        matter.values, matter.draft = turn.values, None
        self._open[matter.case.device, matter.case.family] = matter
        self._joins(matter, turn)
        self.onward(matter, Reopened(turn.change.severity, self._ladder(matter, turn.change)), now)
        self._without_hold(matter, now)

    def _joins(self, matter: Matter, turn: Turn) -> None:
        fault = FaultId(turn.change.fault)
        self._faults[fault] = matter
        matter.faults[fault] = turn.change.severity
        matter.since[fault] = Moment(turn.now)

    def _same_matter(self, before: Case, home: Home, now: Moment) -> bool:
        if before.state.open or before.closed is None or now - before.closed > self.terms.policy.reopen:
            return False
        return before.site == home.site and before.state is not CaseState.MERGED

    def _without_hold(self, matter: Matter, now: Moment) -> None:
        case = matter.case
        if is_group(case.device):
            if case.severity is not Severity.INFO:
                self.onward(matter, PersonWanted(Because.GROUP_FAULT), now)
        elif self.terms.policy.hold_downs[case.severity] <= 0 and (case.id, "hold") not in self._wakes:
            self.onward(matter, HoldOver(), now)

    def _severity(self, change: FaultChange, now: Moment) -> None:
        matter = self._faults.get(FaultId(change.fault))
        if matter is None:
            return
        matter.faults[FaultId(change.fault)] = change.severity
        self._follow(matter, now)

    def _follow(self, matter: Matter, now: Moment) -> None:
        worst = matter.worst
        if worst is not None and worst is not matter.case.severity:
            self.onward(matter, SeverityChanged(worst), now)

    def _cleared(self, change: FaultChange, now: Moment) -> None:
        fault = FaultId(change.fault)
        matter = self._faults.pop(fault, None)
        if matter is None:
            return
        del matter.faults[fault]
        if matter.spoken < matter.since.pop(fault):
            self.ledger.rule(change.rule).healed += 1
        if matter.worst is not None:
            self._follow(matter, now)
            return
        self.onward(matter, Recovered(), now)
        if not matter.case.state.open:
            self.ledger.answered(matter.case.id)

    # what time does

    def _woke(self, matter: Matter, name: str, token: str, now: Moment) -> None:
        case = matter.case
        if not case.state.open or (
            name in ("step", "release", "bundle") and token not in ("", str(case.step))
        ):
            return
        match name:
            case "hold" if matter.faults:
                self.onward(matter, HoldOver(), now)
            case "step":
                self.onward(matter, StepDue(), now)
            case "release" | "bundle":
                take_step(self, matter, now, alone=name == "bundle")
            case "expire":
                self.onward(matter, Expired(bool(matter.faults)), now)
                self.ledger.answered(case.id)
            case _:
                pass

    # what the street answers

    def onward(self, matter: Matter, event: Passage, now: Moment) -> None:
        """One step of a case on the street, with its effects."""
        move = step_on(matter.case, event, now, self.terms.policy)
        if move is None:
            return
        before, matter.case = matter.case, move.case
        if move.case.needs_agent is not None and before.needs_agent is None and not matter.agent:
            matter.agent = True
            self.ledger.rule(move.case.rule).agents[move.case.needs_agent] += 1
        for effect in move.effects:
            self._carry(matter, effect, now)

    def _carry(self, matter: Matter, effect: e.Effect, now: Moment) -> None:
        match effect:
            case e.WakeAt():
                self.wake(effect)
            case e.ForgetWakes():
                for key in [(effect.case, name) for name in effect.names] or self._all(effect.case):
                    self._wakes.pop(key, None)
            case e.TakeStep():
                take_step(self, matter, now)
            case e.HandOn():
                for pending in self.speech.last_words(matter, now):
                    self.post(pending, now)
                self.ledger.answered(matter.case.id)
            case _:
                pass  # what asks leaves at once here, so nothing of it is pending; the rest is what people do

    def wake(self, effect: e.WakeAt) -> None:
        """Come back to the case at its due moment; an earlier wake of that name is out of date."""
        self._count += 1
        self._wakes[effect.case, effect.name] = (effect.due, effect.token)
        heapq.heappush(self._due, (effect.due, self._count, effect.case, effect.name))

    def _all(self, case: CaseId) -> list[tuple[CaseId, str]]:
        return [key for key in self._wakes if key[0] == case]

    def post(self, pending: Pending, now: Moment) -> None:
        """Ask the gate about what waits in the outbox; held again, it waits on."""
        later = self.speech.deliver(self.matters[pending.case], pending, now)
        if later is not None:
            self._count += 1
            heapq.heappush(self._posted, (later, self._count, pending))


def rehearse(
    turns: list[Turn],
    homes: Mapping[str, Home],
    terms: Terms,
    end: Moment,
    told: Callable[[int], None] = lambda moment: None,
) -> Ledger:
    """What would have come of `turns` (in any order) up to `end`; `told` hears how far it has come (UTC µs)."""
    rehearsal = Rehearsal(terms, homes, told=told)
    for turn in sorted(turns, key=lambda each: (each.now, each.change.device, each.change.number)):
        rehearsal.tell(turn)
    return rehearsal.finish(end)
