"""Handover: what people at the desk do with a case, each in the transaction of their request; and what makes a case theirs.

TicketWanted → needs an agent. An agent's words pass the same gate as everybody's. Raises BadInput for a case that is not
there or a wish that its state does not allow.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from hub.domain import talk as core
from hub.domain.agent import Closing
from hub.domain.because import Because
from hub.domain.case import Case, CaseState
from hub.domain.contact import MessageClass
from hub.domain.customer import Channel
from hub.domain.effects import Note
from hub.domain.events import TicketWanted
from hub.domain.gate import Decision, Verdict
from hub.domain.ids import CaseId, CustomerId, Moment, UserId, derive
from hub.domain.ladder import address_for, recipients
from hub.domain.passages import AgentClosed, AgentReleased, AgentTook, Passage, PersonWanted
from hub.domain.wording import as_message
from hub.flow.attending import still_here
from hub.flow.context import Context
from hub.flow.knowing import known_of, still_open
from hub.flow.onward import onward
from hub.flow.saying import Draft, send
from hub.flow.visit import after_session
from hub.ports import BadInput, Tx

NOTE = "agent.note"


@dataclass(frozen=True, slots=True)
class By:
    """Who did it, and when."""

    user: UserId
    now: Moment


async def ticket_wanted(tx: Tx, event: TicketWanted, now: Moment, ctx: Context) -> Because:
    """The case needs an agent; the robot is quiet from here on."""
    because = Because.__members__.get(event.because.upper(), Because.CUSTOMER_WANTS_PERSON)
    case = await tx.cases.get(CaseId(event.case), lock=True)
    if case is not None:
        await onward(tx, case, PersonWanted(because, event.who), now, ctx)
        await tx.messages.answered(case.id)
        await _where_it_stood(tx, case, because, now)
    return because


async def _where_it_stood(tx: Tx, case: Case, because: Because, now: Moment) -> None:
    """What the desk takes over: the step, what was answered and tried, and where the person is. What the device does from
    here on follows in the timeline by itself."""
    talk = await tx.talks.get(case.id)
    if talk is None:
        return
    state = await tx.devices.state(case.device)
    data = {
        "step": talk.step,
        "tried": list(talk.tried),
        "channel": str(talk.channel or ""),
        "values": {name: value for name, (value, _) in state.values.items()} if state else {},
    }
    await tx.facts.add(Note(case.id, case.device, "talk.handed_over", because, data), now)


async def take(tx: Tx, case: CaseId, by: By, ctx: Context) -> Case:
    """An agent takes the case: acknowledged, and nothing that asks leaves any more."""
    taken = await _walk(tx, await case_to_change(tx, case), AgentTook(by.user), by.now, ctx)
    await tx.messages.answered(case)
    return taken


async def hand_back(tx: Tx, case: CaseId, by: By, ctx: Context) -> Case:
    """The agent hands the case back to the hub, which goes on where it was.

    When nobody may be asked any more (somebody said STOP, say), it needs an agent again, with that reason.
    """
    found = await case_to_change(tx, case)
    talk = await tx.talks.get(case)
    if talk is not None and talk.with_person:
        await tx.talks.save(replace(talk, with_person=False))
    back = await _walk(tx, found, AgentReleased(by.user), by.now, ctx)
    if back.state is not CaseState.TALKING:
        return back
    refused = await _ask_again(tx, back, by.now, ctx)
    if refused is None:
        return back
    if talk is not None:
        await tx.talks.save(talk)
    return await onward(tx, back, PersonWanted(refused), by.now, ctx)


async def _ask_again(tx: Tx, case: Case, now: Moment, ctx: Context) -> Because | None:
    """The conversation goes on where it stood: its question is put once more. Why not, when nobody may be asked."""
    talk = await tx.talks.get(case.id)
    if talk is None or talk.customer is None:
        return Because.CANNOT_BE_CONTACTED if case.ladder else Because.ONLY_LISTED
    knowledge, play = await known_of(tx, case, now, ctx)
    again, said, _ = core.remind(talk, play, knowledge, now)
    if not said.say:
        stopped = await tx.people.suppressed(talk.customer) is not None
        return Because.SUPPRESSED if stopped else None
    await tx.talks.save(again)
    channel = talk.channel if talk.channel in ctx.policy.channels else Channel.SMS
    draft = Draft(
        case.id,
        talk.customer,
        channel or Channel.SMS,
        MessageClass.TURN,
        f"back:{now}",
        as_message(said),
        question=said.ask is not None,
    )
    decision = await send(tx, draft, now, ctx)
    return decision.because if decision.verdict is Verdict.DENY else None


async def reply(tx: Tx, case: CaseId, by: By, text: str, ctx: Context) -> Decision:
    """Write to the customer as an agent. The gate's answer: allowed, held until morning, or refused with its reason."""
    found = await case_to_change(tx, case)
    customer, channel = await whom(tx, found, by.now)
    talk = await tx.talks.get(case)
    signed = await _signed(tx, by, text, ctx)
    draft = Draft(
        found.id,
        customer,
        channel,
        MessageClass.AGENT,
        derive("words", by.user, by.now, text),
        text=signed,
        written_by=by.user,
        after=after_session(talk, by.now),
    )
    decision = await send(tx, draft, by.now, ctx)
    if decision.verdict is not Verdict.DENY:
        data = {"by": by.user, "channel": str(channel)}
        await tx.facts.add(Note(found.id, found.device, "agent.wrote", Because.AGENT_WROTE, data), by.now)
        await still_here(tx, found, by.now, ctx)
    return decision


async def _signed(tx: Tx, by: By, text: str, ctx: Context) -> str:
    """What an agent wrote, with who they are before it. An empty text stays empty: the lint refuses it."""
    user = await tx.house.user(by.user)
    who = f"{ctx.policy.brand}, {user.name}" if user else ctx.policy.brand
    return f"{who}: {text.strip()}" if text.strip() else ""


async def confirm(tx: Tx, case: CaseId, by: By, ctx: Context) -> Case:
    """The agent still has it: their taking holds on. Raises BadInput when it is not theirs."""
    found = await case_to_change(tx, case)
    if found.agent != by.user:
        raise BadInput(case, "you have not taken this ticket", "Take it first")
    await still_here(tx, found, by.now, ctx)
    await tx.facts.add(
        Note(found.id, found.device, "agent.confirmed", Because.AGENT_TOOK, {"by": by.user}), by.now
    )
    return found


async def note(tx: Tx, case: CaseId, by: By, text: str) -> None:
    """An internal note: seen by the desk, never by the customer."""
    found = await case_to_change(tx, case)
    data = {"by": by.user, "text": text}
    await tx.facts.add(Note(found.id, found.device, NOTE, Because.AGENT_WROTE, data), by.now)


async def close(tx: Tx, case: CaseId, by: By, closing: Closing, ctx: Context) -> Case:
    """Close a case with a reason. It counts as proved only if telemetry agrees; whoever was contacted is told."""
    found = await case_to_change(tx, case)
    faults = await tx.cases.faults(case)
    proved = bool(faults) and not still_open(faults)
    closed = await _walk(tx, found, AgentClosed(by.user, closing, proved), by.now, ctx)
    await tx.messages.answered(case)
    return closed


async def case_to_change(tx: Tx, case: CaseId) -> Case:
    """The case, held until the transaction ends. Raises BadInput when there is none."""
    found = await tx.cases.get(case, lock=True)
    if found is None:
        raise BadInput(case, "there is no such ticket", "Look for it by name, serial number or device")
    return found


async def _walk(tx: Tx, case: Case, event: Passage, now: Moment, ctx: Context) -> Case:
    after = await onward(tx, case, event, now, ctx)
    if after is case:
        raise BadInput(
            case.id, f"this cannot be done while the case is {case.state}", "Load the ticket again"
        )
    return after


async def whom(tx: Tx, case: Case, now: Moment) -> tuple[CustomerId, Channel]:
    """The person the case is talked about with, else who would be asked first; the channel they used last, else a text."""
    talk = await tx.talks.get(case.id)
    people = [talk.customer] if talk is not None and talk.customer is not None else []
    if not people and case.site is not None:
        people = recipients(await tx.people.residents(case.site, now))
    if not people:
        raise BadInput(case.id, "nobody is known for this device", "Import its owner, or write a letter")
    addresses = await tx.people.addresses(people[0])
    used = talk.channel if talk is not None else None
    if used is not None and used is not Channel.VOICE and address_for(addresses, used) is not None:
        return people[0], used
    return people[0], Channel.SMS
