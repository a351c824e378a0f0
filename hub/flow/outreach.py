"""Outreach: takes the steps of a case's ladder, one after the other, until somebody answers or nobody is left.

Woke(hold, step, bundle, release, settle, expire) and MessageFailed → messages in the outbox, or an agent. The gate decides
each message; what it holds is judged again from the start when the hold is over, together with the fault. What several
faults of one household have to say leaves as one message: see `bundle`.
"""

from __future__ import annotations

from dataclasses import replace

import structlog

from hub.domain.because import Because
from hub.domain.case import Case, CaseState, Step, To
from hub.domain.customer import Channel
from hub.domain.effects import Note, WakeAt
from hub.domain.gate import Decision, Verdict
from hub.domain.ids import CaseId, CustomerId, Moment
from hub.domain.ladder import (
    SPREAD,
    agent_comes_last,
    informed_is_enough,
    recipients,
    release_at,
    second_contacts,
    still_allowed,
    urgent,
    why_ended,
)
from hub.domain.passages import AgentNeeded, Contacted, Informed, LadderEnded
from hub.flow.attempts import attempt_at
from hub.flow.bundle import company, post_all
from hub.flow.carry import carry_out
from hub.flow.context import Context
from hub.flow.desk_calls import alert_supervisor
from hub.flow.incident_hold import waits
from hub.flow.onward import onward
from hub.flow.saying import say as say
from hub.ports import Tx

log = structlog.get_logger(__name__)

FLEET = CaseId("fleet")  # no case has this id: it only names the alarm's wake


async def take_step(tx: Tx, case: Case, now: Moment, ctx: Context) -> None:
    """Take the next step that may and can reach somebody; when none is left, the case goes to an agent, with reasons.

    A first message may wait a little for others to the same household: then the case wakes again by `bundle`.
    """
    await _take(tx, case, now, ctx, alone=False)


async def take_step_alone(tx: Tx, case: Case, now: Moment, ctx: Context) -> None:
    """As `take_step`, when it has waited for company long enough."""
    await _take(tx, case, now, ctx, alone=True)


async def _take(tx: Tx, case: Case, now: Moment, ctx: Context, *, alone: bool) -> None:
    reasons: list[Because] = []
    case = await _at_home(tx, case, now)
    if await waits(tx, case, now):
        return
    while case.state is CaseState.CONTACTING and not agent_comes_last(case):
        step = case.ladder[case.step]
        if step.channel is Channel.AGENT:
            case = await _desk(tx, case, reasons, now, ctx)
            if step.wait > 0:
                await tx.wakes.put(WakeAt(case.id, "step", Moment(now + step.wait), token=str(case.step)))
                return
            continue
        due = None if alone else await company(tx, case, step, now, ctx)
        if due is not None:
            await _gather(tx, case, due, now)
            return
        decision = await _try(tx, case, step, now, ctx)
        if decision.verdict is not Verdict.DENY:
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


async def _desk(tx: Tx, case: Case, reasons: list[Because], now: Moment, ctx: Context) -> Case:
    """A step that turns to our own people: the hub goes on, and they know why they are needed."""
    if case.ladder[case.step].to is To.SUPERVISOR:
        await alert_supervisor(tx, case, now)
        return await _skip(tx, case)
    because = Because.LADDER_STEP
    if reasons and why_ended(await tx.messages.of_case(case.id)) is Because.CANNOT_BE_CONTACTED:
        because = Because.CANNOT_BE_CONTACTED
    return await _skip(tx, await onward(tx, case, AgentNeeded(because), now, ctx))


async def _gather(tx: Tx, case: Case, due: Moment, now: Moment) -> None:
    await tx.wakes.put(WakeAt(case.id, "bundle", due, token=str(case.step)))
    note = Note(case.id, case.device, "step.waits", Because.WAITS_FOR_COMPANY, {"until": due})
    await tx.facts.add(note, now)


async def _try(tx: Tx, case: Case, step: Step, now: Moment, ctx: Context) -> Decision:
    """Ask the people at the site in order; the first who may be asked is. Else the mildest refusal counts: a hold.

    The second contact person is asked when the step says so, or when nobody at home can be.
    """
    if step.channel not in ctx.policy.channels:
        return await _not_possible(tx, case, step, Because.CHANNEL_ABSENT, now)
    home, second = await _people(tx, case, now)
    if step.to is To.SECOND:
        decision = await _first_of(tx, case, second, now, ctx)
        return decision or await _not_possible(tx, case, step, Because.NO_SECOND_CONTACT, now)
    best = await _first_of(tx, case, home, now, ctx)
    if best is None or best.verdict is Verdict.DENY:
        rest = [each for each in second if each not in home]
        best = await _first_of(tx, case, rest, now, ctx) or best
    return best or await _not_possible(tx, case, step, Because.NO_CUSTOMER, now)


async def _people(tx: Tx, case: Case, now: Moment) -> tuple[list[CustomerId], list[CustomerId]]:
    """Who is asked at home, and who comes second: nobody whom we have asked about this already."""
    residents = await tx.people.residents(case.site, now) if case.site else []
    asked = {
        each.customer
        for each in await tx.messages.contacts_of(case.id)
        if each.step.startswith("step:") and each.at >= case.opened
    }
    return recipients(residents), second_contacts(residents, asked)


async def _first_of(
    tx: Tx, case: Case, people: list[CustomerId], now: Moment, ctx: Context
) -> Decision | None:
    best: Decision | None = None
    for customer in people:
        attempt = await attempt_at(tx, case, customer, now, ctx)
        if attempt.decision.verdict is Verdict.ALLOW:
            told = await post_all(tx, attempt, now, ctx)
            for each, number in told:
                await onward(tx, each, Contacted(number), now, ctx)
            return attempt.decision
        if best is None or (best.verdict is Verdict.DENY and attempt.decision.verdict is Verdict.HOLD):
            best = attempt.decision
    return best


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
    await carry_out(tx, (WakeAt(case.id, "release", due, token=str(case.step)),), now, ctx)
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
    """The end of a ladder says what was in the way and what is still allowed; a minor fault that was told is watched on."""
    told = [each for each in dict.fromkeys(reasons) if each not in NOBODY_THERE]
    because = why_ended(await tx.messages.of_case(case.id))
    if because is Because.CANNOT_BE_CONTACTED and told == [Because.NO_CUSTOMER]:
        because = Because.NO_CUSTOMER
    data = {"reasons": [str(each) for each in told], "allowed": list(still_allowed(told))}
    await tx.facts.add(Note(case.id, case.device, "contact.ended", because, data), now)
    await tx.messages.answered(case.id)
    enough = because is Because.LADDER_ENDED and informed_is_enough(case)
    await onward(tx, case, Informed() if enough else LadderEnded(because), now, ctx)


NOBODY_THERE = (Because.CHANNEL_ABSENT, Because.NO_SECOND_CONTACT)
"""Reasons that tell about the ladder, not about whether somebody may be contacted."""
