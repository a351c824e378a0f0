"""Woken: a due moment has come, or a message will not be read. Looks at the case as it is now and lets it go on.

A wake that is out of date changes nothing: the case's state and step decide, not the wake.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from hub.domain.because import Because
from hub.domain.case import Case, CaseState
from hub.domain.contact import Message, MessageClass
from hub.domain.effects import WakeAt
from hub.domain.events import MessageFailed, Woke
from hub.domain.ids import CaseId, MessageId, Moment
from hub.domain.passages import AgentNeeded, Expired, HoldOver, StepDue, TalkStalled
from hub.flow.attending import agent_lapsed, ask_agent, unattended
from hub.flow.booking import due
from hub.flow.context import Context
from hub.flow.converse import check_over, command_over, watched
from hub.flow.incident_life import woke as incident_woke
from hub.flow.knowing import still_open
from hub.flow.onward import onward
from hub.flow.outreach import take_step, take_step_alone
from hub.flow.thread import unsent_question
from hub.ports import Tx

WakeStep = Callable[[Tx, Case, Moment, Context], Awaitable[object]]
ASKING = (MessageClass.FIRST, MessageClass.REMINDER, MessageClass.SAFETY)


async def woke(tx: Tx, event: Woke, now: Moment, ctx: Context) -> None:
    """Go on with the case, if it is still open and the wake is not out of date. Talk's own wakes go to `converse`."""
    talks = TALK_WAKES.get(event.name)
    if talks is not None:
        await talks(tx, event, now, ctx)
        return
    case = await tx.cases.get(CaseId(event.case), lock=True)
    if case is None or not case.state.open or event.name not in WAKES:
        return
    if event.name in STEPS and event.token not in ("", str(case.step)):
        return
    await WAKES[event.name](tx, case, now, ctx)


async def _hold(tx: Tx, case: Case, now: Moment, ctx: Context) -> None:
    if still_open(await tx.cases.faults(case.id)):
        await onward(tx, case, HoldOver(), now, ctx)


async def _step(tx: Tx, case: Case, now: Moment, ctx: Context) -> None:
    await onward(tx, case, StepDue(), now, ctx)


async def _settle(tx: Tx, case: Case, now: Moment, ctx: Context) -> None:
    """The customer answered and then was silent; who asked for time has it."""
    talk = await tx.talks.get(case.id)
    if talk is not None and talk.paused_until is not None and talk.paused_until > now:
        await tx.wakes.put(WakeAt(case.id, "settle", Moment(talk.paused_until + ctx.policy.patience)))
        return
    if await unsent_question(tx, case.id):
        await tx.wakes.put(WakeAt(case.id, "settle", Moment(now + ctx.policy.patience)))
        return
    await onward(tx, case, TalkStalled(), now, ctx)


async def _expire(tx: Tx, case: Case, now: Moment, ctx: Context) -> None:
    fault_open = bool(still_open(await tx.cases.faults(case.id)))
    await onward(tx, case, Expired(fault_open), now, ctx)
    await tx.messages.answered(case.id)


TALK_WAKES: Mapping[str, Callable[[Tx, Woke, Moment, Context], Awaitable[object]]] = {
    "check": check_over,
    "command": command_over,
    "watch": watched,
    "visit": due,
    "callback": due,
    "incident": incident_woke,
}
WAKES: Mapping[str, WakeStep] = {
    "hold": _hold,
    "step": _step,
    "release": take_step,
    "bundle": take_step_alone,
    "settle": _settle,
    "expire": _expire,
    "confirm": ask_agent,
    "lapse": agent_lapsed,
    "unattended": unattended,
}
STEPS = ("step", "release", "bundle")


async def message_failed(tx: Tx, event: MessageFailed, now: Moment, ctx: Context) -> None:
    """A message will not be read: the ladder goes on at once; a turn that fails goes to a person; doubt is shown."""
    case = await tx.cases.get(CaseId(event.case), lock=True)
    message = await tx.messages.get(MessageId(event.message))
    if case is None or message is None or not case.state.open:
        return
    because = _because(event.because)
    if because is Because.IN_DOUBT or message.kind is MessageClass.TURN:
        await onward(tx, case, AgentNeeded(because), now, ctx)
    elif message.kind in ASKING:
        for each in await _told_of(tx, case, message):
            await _next_after_failure(tx, each, message, now, ctx)


async def _told_of(tx: Tx, case: Case, message: Message) -> list[Case]:
    """Every case that the message told of: it may have been one for several."""
    about = [each for each in await tx.messages.contacts_of(case.id) if each.id == message.contact]
    others = [
        await tx.cases.get(each, lock=True) for each in (about[0].cases if about else ()) if each != case.id
    ]
    return [case, *(each for each in others if each is not None)]


async def _next_after_failure(tx: Tx, case: Case, message: Message, now: Moment, ctx: Context) -> None:
    if await _newest_step(tx, case, message):
        await tx.wakes.forget(case.id, ("step",))
        await tx.messages.answered(case.id)
        await onward(tx, case, StepDue(), now, ctx)


async def _newest_step(tx: Tx, case: Case, message: Message) -> bool:
    """Whether `message` is what the case waits for; an older one that fails late changes nothing."""
    if case.state is not CaseState.CONTACTING:
        return False
    steps = [each for each in await tx.messages.contacts_of(case.id) if each.step.startswith("step:")]
    return bool(steps) and max(steps, key=lambda each: (each.at, each.step)).id == message.contact


def _because(text: str) -> Because:
    """A reason by its name, as events carry it."""
    return Because.__members__.get(text.upper(), Because.CARRIER_REFUSED)
