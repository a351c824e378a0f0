"""Outreach: takes the steps of a case's ladder, one after the other, until somebody answers or nobody is left.

Woke(hold, step, release, settle, expire) and MessageFailed → messages in the outbox, or an agent. The gate decides each
message; what it holds is judged again from the start when the hold is over, together with the fault.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import structlog

from hub.domain import talk as core
from hub.domain.because import Because
from hub.domain.case import Case, CaseState, Step
from hub.domain.contact import Contact, Message
from hub.domain.conversation import Conversation
from hub.domain.customer import Channel
from hub.domain.effects import Note, WakeAt
from hub.domain.gate import Decision, Verdict
from hub.domain.ids import CaseId, CustomerId, Moment
from hub.domain.ladder import (
    SPREAD,
    agent_comes_last,
    kind_of,
    recipients,
    release_at,
    still_allowed,
    urgent,
    why_ended,
)
from hub.domain.passages import AgentNeeded, Contacted, LadderEnded
from hub.domain.wording import as_message
from hub.flow.carry import carry_out
from hub.flow.context import Context
from hub.flow.knowing import known_of
from hub.flow.onward import onward
from hub.flow.saying import Draft, compose, judge, noted, post
from hub.flow.saying import say as say
from hub.ports import Tx

log = structlog.get_logger(__name__)

FLEET = CaseId("fleet")  # no case has this id: it only names the alarm's wake
RELEVANT = 4 * 3_600_000_000  # a first message is worth delivering for at least so long


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One step towards one person, ready to leave if the gate lets it."""

    message: Message
    contact: Contact
    talk: Conversation
    decision: Decision


async def take_step(tx: Tx, case: Case, now: Moment, ctx: Context) -> None:
    """Take the next step that may and can reach somebody; when none is left, the case goes to an agent, with reasons."""
    reasons: list[Because] = []
    case = await _at_home(tx, case, now)
    while case.state is CaseState.CONTACTING and not agent_comes_last(case):
        step = case.ladder[case.step]
        if step.channel is Channel.AGENT:
            case = await onward(tx, case, AgentNeeded(Because.LADDER_STEP), now, ctx)
            case = await _skip(tx, case)
            continue
        decision = await _try(tx, case, step, now, ctx)
        if decision.verdict is Verdict.ALLOW:
            await onward(tx, case, Contacted(case.step), now, ctx)
            return
        if decision.verdict is Verdict.HOLD:
            await _wait(tx, case, decision, now, ctx)
            return
        reasons.append(decision.because)
        case = await _skip(tx, case)
    if case.state is CaseState.CONTACTING:
        await _nobody_left(tx, case, reasons, now, ctx)


async def _at_home(tx: Tx, case: Case, now: Moment) -> Case:
    """The case goes with its device: when that stands elsewhere now, the people there are the ones to ask."""
    site = await tx.devices.site_at(case.device, now)
    if site == case.site:
        return case
    moved = replace(case, site=site, version=case.version + 1)
    await tx.cases.save(moved)
    data = {"from": case.site, "to": site}
    await tx.facts.add(Note(case.id, case.device, "case.moved", Because.OWNER_CHANGED, data), now)
    return moved


async def _try(tx: Tx, case: Case, step: Step, now: Moment, ctx: Context) -> Decision:
    """Ask the people at the site in order; the first who may be asked is. Else the mildest refusal counts: a hold."""
    if step.channel not in ctx.policy.channels:
        return await _not_possible(tx, case, step, Because.CHANNEL_ABSENT, now)
    people = recipients(await tx.people.residents(case.site, now)) if case.site else []
    best: Decision | None = None
    for customer in people:
        attempt = await _attempt(tx, case, (step, customer), now, ctx)
        if attempt.decision.verdict is Verdict.ALLOW:
            await _send(tx, attempt, now)
            return attempt.decision
        if best is None or (best.verdict is Verdict.DENY and attempt.decision.verdict is Verdict.HOLD):
            best = attempt.decision
    return best or await _not_possible(tx, case, step, Because.NO_CUSTOMER, now)


async def _attempt(tx: Tx, case: Case, to: tuple[Step, CustomerId], now: Moment, ctx: Context) -> _Attempt:
    step, customer = to
    person = await tx.people.customer(customer)
    language = person.language if person else "en"
    before = await tx.talks.get(case.id) or Conversation(case.id, customer)
    if before.customer != customer:
        before = Conversation(case.id, customer, play=before.play, language=language)
    knowledge, play = await known_of(tx, case, now, ctx)
    speak = core.begin if before.asked is None else core.remind
    talk, reply, _ = speak(replace(before, channel=step.channel), play, knowledge, now)
    kind = kind_of(case)
    draft = Draft(
        case.id,
        customer,
        step.channel,
        kind,
        f"step:{case.step}",
        phrases=as_message(reply, kind),
        question=reply.ask is not None,
        expires=Moment(now + max(step.wait, RELEVANT)),
    )
    message, contact = await compose(tx, draft, now)
    decision = await judge(tx, message, now, ctx)
    if decision.verdict is not Verdict.ALLOW:
        await noted(tx, message, decision, now)
    return _Attempt(message, contact, talk, decision)


async def _send(tx: Tx, attempt: _Attempt, now: Moment) -> None:
    await post(tx, attempt.message, attempt.contact, now)
    await tx.talks.save(attempt.talk)


async def _not_possible(tx: Tx, case: Case, step: Step, because: Because, now: Moment) -> Decision:
    """A step that asks nobody: nobody is there, or the channel is not set up."""
    data = {"step": case.step, "channel": str(step.channel)}
    await tx.facts.add(Note(case.id, case.device, "step.skipped", because, data), now)
    return Decision(Verdict.DENY, because, None, (), "")


async def _skip(tx: Tx, case: Case) -> Case:
    after = replace(case, step=case.step + 1, version=case.version + 1)
    await tx.cases.save(after)
    return after


async def _wait(tx: Tx, case: Case, decision: Decision, now: Moment, ctx: Context) -> None:
    """Held: nothing is pending, the step is taken again from the start at the end of the hold."""
    assert decision.until is not None
    many = decision.because in SPREAD
    due = release_at(case, decision.until, ctx.policy) if many else decision.until
    await carry_out(tx, (WakeAt(case.id, "release", due),), now, ctx)
    if decision.because is Because.CAP_FLEET:
        await _alarm(tx, decision.until, now, ctx)
    if urgent(case) and case.needs_agent is None:
        await onward(tx, case, AgentNeeded(decision.because), now, ctx)


async def _alarm(tx: Tx, until: Moment, now: Moment, ctx: Context) -> None:
    """Call the operator once per pause, however many cases wait in it: the alarm's own wake remembers that it rang."""
    if await tx.wakes.of_case(FLEET):
        return
    await tx.wakes.put(WakeAt(FLEET, "alarm", until))
    cap = ctx.policy.caps.fleet_hour
    data = {"cap": cap, "until": until}
    await tx.facts.add(Note(None, None, "fleet.cap_reached", Because.CAP_FLEET, data), now)
    log.error("fleet_cap_reached", cap=cap)


async def _nobody_left(tx: Tx, case: Case, reasons: list[Because], now: Moment, ctx: Context) -> None:
    told = [each for each in dict.fromkeys(reasons) if each is not Because.CHANNEL_ABSENT]
    because = why_ended(await tx.messages.of_case(case.id))
    if because is Because.CANNOT_BE_CONTACTED and told == [Because.NO_CUSTOMER]:
        because = Because.NO_CUSTOMER
    data = {"reasons": [str(each) for each in told], "allowed": list(still_allowed(told))}
    await tx.facts.add(Note(case.id, case.device, "contact.ended", because, data), now)
    await tx.messages.answered(case.id)
    await onward(tx, case, LadderEnded(because), now, ctx)
