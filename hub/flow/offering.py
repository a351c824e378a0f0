"""Offering the steps: somebody at the desk lets the customer go on with the guided fix, in one line, which passes the gate like
everything that an agent writes. The ticket stays with the desk until the customer takes it up.
"""

from __future__ import annotations

from hub.domain.because import Because
from hub.domain.contact import MessageClass, Phrase
from hub.domain.danger import STEP as DANGER
from hub.domain.effects import Note
from hub.domain.gate import Decision, Verdict
from hub.domain.ids import CaseId
from hub.flow.attending import still_here
from hub.flow.context import Context
from hub.flow.handover import By, case_to_change, whom
from hub.flow.knowing import known_of
from hub.flow.saying import Draft, send
from hub.flow.visit import after_session
from hub.ports import BadInput, Tx


async def offer_steps(tx: Tx, case: CaseId, by: By, ctx: Context) -> Decision:
    """Tell the customer how to go on with the steps. The gate's answer. Raises BadInput where there are none to go on with."""
    found = await case_to_change(tx, case)
    talk = await tx.talks.get(case)
    knowledge, play = await known_of(tx, found, by.now, ctx)
    stands = talk is not None and talk.with_person and talk.step != DANGER
    if play is None or not stands or not knowledge.fault_open:
        raise BadInput(case, "there are no steps to go on with", "Write to the customer in your own words")
    customer, channel = await whom(tx, found, by.now)
    user = await tx.house.user(by.user)
    told = {"agent": user.name if user else ctx.policy.brand, "device": knowledge.device_name}
    draft = Draft(
        found.id,
        customer,
        channel,
        MessageClass.AGENT,
        f"offer:{by.now}",
        (Phrase("steps.offer", told),),
        written_by=by.user,
        after=after_session(talk, by.now),
    )
    decision = await send(tx, draft, by.now, ctx)
    if decision.verdict is not Verdict.DENY:
        data = {"by": by.user, "channel": str(channel)}
        await tx.facts.add(
            Note(found.id, found.device, "agent.offered_steps", Because.AGENT_WROTE, data), by.now
        )
        await still_here(tx, found, by.now, ctx)
    return decision
