"""Attending: an agent's taking does not hold for ever, and what is urgent is not left lying at the desk.

Woke(confirm, lapse, unattended) → a reminder, the case back to all agents, a supervisor who knows. Writes to no customer.
"""

from __future__ import annotations

from hub.domain.because import Because
from hub.domain.case import Case, CaseState
from hub.domain.effects import Note, WakeAt
from hub.domain.ids import CaseId, Moment, UserId
from hub.domain.move import confirm_wake
from hub.domain.passages import AgentLapsed
from hub.flow.context import Context
from hub.flow.desk_calls import alert_supervisor
from hub.flow.onward import onward
from hub.ports import Tx

SOME = 100


async def ask_agent(tx: Tx, case: Case, now: Moment, ctx: Context) -> None:
    """The agent who took it has been quiet: remind them, and wait a little longer."""
    if case.agent is None or case.state is not CaseState.WITH_AGENT:
        return
    until = Moment(now + ctx.policy.agent_release)
    await tx.wakes.put(WakeAt(case.id, "lapse", until))
    data = {"by": case.agent, "until": until}
    await tx.facts.add(Note(case.id, case.device, "agent.reminded", Because.AGENT_REMINDED, data), now)


async def agent_lapsed(tx: Tx, case: Case, now: Moment, ctx: Context) -> None:
    """Nobody has confirmed it: the case needs somebody again."""
    await onward(tx, case, AgentLapsed(), now, ctx)


async def agent_left(tx: Tx, user: UserId, now: Moment, ctx: Context) -> list[CaseId]:
    """Whoever had them is no longer at the desk: each of their cases needs somebody again. Answers which."""
    back: list[CaseId] = []
    after = ""
    while cases := await tx.cases.listed("mine", after, SOME, user):
        after = cases[-1].id
        for each in cases:
            case = await tx.cases.get(each.id, lock=True)
            if case is not None and case.agent == user:
                await onward(tx, case, AgentLapsed(Because.AGENT_LEFT), now, ctx)
                back.append(case.id)
    return back


async def unattended(tx: Tx, case: Case, now: Moment, ctx: Context) -> None:
    """Urgent, and still nobody has it."""
    if case.agent is None and case.needs_agent is not None:
        await alert_supervisor(tx, case, now)


async def still_here(tx: Tx, case: Case, now: Moment, ctx: Context) -> None:
    """The agent did something about the case: their taking holds on from here."""
    if case.agent is None:
        return
    await tx.wakes.forget(case.id, ("lapse",))
    for wake in confirm_wake(case, now, ctx.policy):
        if isinstance(wake, WakeAt):
            await tx.wakes.put(wake)
