"""The ladder in a rehearsal: step after step until nobody is left, as `outreach` takes them, with the gate's real answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from hub.domain.asked import Decision, Verdict
from hub.domain.because import Because
from hub.domain.case import CaseState, Step, To
from hub.domain.customer import Channel
from hub.domain.effects import WakeAt
from hub.domain.ids import Moment
from hub.domain.ladder import SPREAD, agent_comes_last, digest_until, informed_is_enough, release_at, urgent
from hub.domain.passages import AgentNeeded, Contacted, Informed, LadderEnded, Passage
from hub.flow.rehearsal_ledger import Ledger
from hub.flow.rehearsal_speech import Matter, Speech, Terms


class Stage(Protocol):
    """What a step needs of the rehearsal."""

    terms: Terms
    speech: Speech
    ledger: Ledger

    def onward(self, matter: Matter, event: Passage, now: Moment) -> None: ...
    def wake(self, effect: WakeAt) -> None: ...


def take_step(stage: Stage, matter: Matter, now: Moment, *, alone: bool = False) -> None:
    """Take the next step that may and can reach somebody; when none is left, the case goes to an agent.

    Each case is rehearsed by itself: what `bundle` would tell in one message is counted as several, so that there are
    never more contacts than were foretold.
    """
    reasons: list[Because] = []
    while matter.case.state is CaseState.CONTACTING and not agent_comes_last(matter.case):
        step = matter.case.ladder[matter.case.step]
        if step.channel is Channel.AGENT:
            if step.to is not To.SUPERVISOR:
                stage.onward(matter, AgentNeeded(Because.LADDER_STEP), now)
            _skip(matter)
            if step.wait > 0:
                token = str(matter.case.step)
                stage.wake(WakeAt(matter.case.id, "step", Moment(now + step.wait), token))
                return
            continue
        due = None if alone or step.channel not in stage.terms.policy.channels else _digest(stage, matter)
        if due is not None and due > now:
            stage.wake(WakeAt(matter.case.id, "bundle", due, str(matter.case.step)))
            return
        decision = _try(stage, matter, step, now)
        if decision.verdict is Verdict.ALLOW:
            stage.onward(matter, Contacted(matter.case.step), now)
            return
        if decision.verdict is Verdict.HOLD:
            _wait(stage, matter, decision, now)
            return
        reasons.append(decision.because)
        _skip(matter)
    if matter.case.state is CaseState.CONTACTING:
        _nobody_left(stage, matter, reasons, now)


def _digest(stage: Stage, matter: Matter) -> Moment | None:
    return digest_until(matter.case, stage.terms.policy) if matter.case.site is not None else None


def _try(stage: Stage, matter: Matter, step: Step, now: Moment) -> Decision:
    if step.channel not in stage.terms.policy.channels:
        return _denied(Because.CHANNEL_ABSENT)
    best: Decision | None = None
    asked = stage.ledger.told(matter.case.id, matter.case.opened) if step.to is To.SECOND else {}
    for person in (each for each in matter.home.people if each.customer.id not in asked):
        attempt = stage.speech.attempt(matter, step, person, now)
        decision = attempt.decision
        if decision.verdict is Verdict.ALLOW:
            matter.talk, matter.spoken, matter.draft = attempt.talk, now, None
            stage.ledger.sent(matter.case, attempt.message, now)
            return decision
        stage.ledger.stopped(matter.case, f"{matter.case.step}:{person.customer.id}", decision)
        if best is None or (best.verdict is Verdict.DENY and decision.verdict is Verdict.HOLD):
            best = decision
    if best is None:
        best = _denied(Because.NO_CUSTOMER)
        stage.ledger.stopped(matter.case, "nobody", best)
    return best


def _denied(because: Because) -> Decision:
    return Decision(Verdict.DENY, because, None, (), "")


def _skip(matter: Matter) -> None:
    matter.case = replace(matter.case, step=matter.case.step + 1)


def _wait(stage: Stage, matter: Matter, decision: Decision, now: Moment) -> None:
    assert decision.until is not None
    many = decision.because in SPREAD
    due = release_at(matter.case, decision.until, stage.terms.policy) if many else decision.until
    stage.wake(WakeAt(matter.case.id, "release", due, str(matter.case.step)))
    if urgent(matter.case) and matter.case.needs_agent is None:
        stage.onward(matter, AgentNeeded(decision.because), now)


def _nobody_left(stage: Stage, matter: Matter, reasons: list[Because], now: Moment) -> None:
    told = [each for each in dict.fromkeys(reasons) if each is not Because.CHANNEL_ABSENT]
    because = (
        Because.LADDER_ENDED if stage.ledger.told(matter.case.id, Moment(0)) else Because.CANNOT_BE_CONTACTED
    )
    if because is Because.CANNOT_BE_CONTACTED and told == [Because.NO_CUSTOMER]:
        because = Because.NO_CUSTOMER
    stage.ledger.answered(matter.case.id)
    enough = because is Because.LADDER_ENDED and informed_is_enough(matter.case)
    stage.onward(matter, Informed() if enough else LadderEnded(because), now)
