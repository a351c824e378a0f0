"""Resolve: a fault has cleared, or a case has ended. Whoever was contacted is told once that it is over, and only they.

FaultChanged(cleared) → Recovered; CaseEnded → recovery messages. Never closes a case as fixed without telemetry.
"""

from __future__ import annotations

from dataclasses import replace

from device_rules.fault import FaultChange
from hub.domain import talk as core
from hub.domain.because import Because
from hub.domain.case import Case
from hub.domain.contact import Direction, Message, MessageClass, MessageStatus, Phrase
from hub.domain.conversation import Heard, Knowledge, Turn
from hub.domain.customer import Channel
from hub.domain.effects import Note
from hub.domain.events import CaseEnded
from hub.domain.ids import CaseId, CustomerId, DeviceId, FaultId, Moment
from hub.domain.passages import Recovered, SeverityChanged
from hub.domain.spoken_date import moment_words
from hub.domain.wording import as_message
from hub.flow.booking import remind_after_all, with_booked
from hub.flow.context import Context
from hub.flow.incident import incident_tells
from hub.flow.knowing import knowledge_of, play_of, worst
from hub.flow.near import still_near
from hub.flow.onward import onward
from hub.flow.saying import Draft, send
from hub.flow.visit import after_session
from hub.ports import Tx

REACHED = (
    MessageStatus.SENDING,
    MessageStatus.ACCEPTED,
    MessageStatus.SENT,
    MessageStatus.DELIVERED,
    MessageStatus.READ,
    MessageStatus.IN_DOUBT,
    MessageStatus.HEARD,
)


async def fault_cleared(tx: Tx, change: FaultChange, now: Moment, ctx: Context) -> None:
    """One fault of a case has cleared; when it was the last one, the case is resolved and proved."""
    found = await tx.cases.case_of_fault(FaultId(change.fault))
    case = await tx.cases.get(found, lock=True) if found else None
    if case is None:
        return
    data = {"fault": change.fault, "rule": change.rule, "title": change.title}
    await tx.facts.add(
        Note(case.id, DeviceId(change.device), "fault.cleared", Because.DEVICE_RECOVERED, data),
        Moment(change.at),
    )
    left = worst(await tx.cases.faults(case.id))
    if left is None:
        await _over(tx, case, now, ctx)
    elif left is not case.severity:
        await onward(tx, case, SeverityChanged(left), now, ctx)


async def _over(tx: Tx, case: Case, now: Moment, ctx: Context) -> None:
    over = await onward(tx, case, Recovered(), now, ctx)
    if over.state.open:
        return
    await tx.messages.answered(case.id)
    if over.contacted is None:
        await _hang_up(tx, case.id)


async def case_ended(tx: Tx, event: CaseEnded, now: Moment, ctx: Context) -> None:
    """Tell everyone who was contacted, once, and end the conversation."""
    case = await tx.cases.get(CaseId(event.case), lock=True)
    if case is None or case.state.open:
        return  # opened again meanwhile: it is not over
    await remind_after_all(tx, case.id, now)
    if await incident_tells(tx, case, now):
        await _end_talk(tx, case.id)
        return
    phrases = await _last_words(tx, case, now, ctx)
    talk = await tx.talks.get(case.id)
    near = talk is not None and await still_near(tx, talk, now, ctx)
    for customer, channel in (await told(tx, case, now, ctx)).items():
        mine = talk if talk is not None and talk.customer == customer else None
        at_once = near and channel is Channel.VOICE  # the hub may speak up there by itself
        draft = Draft(
            case.id,
            customer,
            channel,
            MessageClass.RECOVERY,
            f"over:{case.opened}",
            phrases=phrases,
            after=None if at_once else after_session(mine, now),
        )
        await send(tx, draft, now, ctx)
    await _end_talk(tx, case.id)


async def _end_talk(tx: Tx, case: CaseId) -> None:
    await tx.messages.answered(case)
    await _hang_up(tx, case)


async def _last_words(tx: Tx, case: Case, now: Moment, ctx: Context) -> tuple[Phrase, ...]:
    knowledge = replace(await knowledge_of(tx, case, now, ctx), fault_open=not case.proved)
    knowledge = await with_booked(tx, case, knowledge)
    talk = await tx.talks.get(case.id)
    person = (
        await tx.people.customer(talk.customer) if talk is not None and talk.customer is not None else None
    )
    language = person.language if person is not None else "en"
    device = {"device": knowledge.device_name}
    if not case.proved:
        return (Phrase("frame.hello"), Phrase("closed_by_agent", device), *_still(knowledge, language, now))
    if talk is not None and not talk.ended:
        talk = replace(talk, language=language) if person is not None else talk
        turn = Turn(Heard.RECOVERED, talk.channel or Channel.SMS, key=f"recovered:{case.closed}")
        _, reply, _ = core.tell(talk, turn, await play_of(tx, case, ctx), knowledge, now)
        phrases = as_message(reply, MessageClass.RECOVERY)
        if phrases:
            return phrases
    return (
        Phrase("frame.hello"),
        Phrase("recovered.other" if knowledge.other_trouble else "recovered", device),
    )


def _still(known: Knowledge, language: str, now: Moment) -> tuple[Phrase, ...]:
    """That an appointment stands although our team has closed the matter."""
    starts = [each.slot.starts for each in known.booked if each.slot.starts > now]
    return tuple(
        Phrase("booking.still", moment_words(each, known.zone or "UTC", language, now))
        for each in sorted(starts)[:1]
    )


async def told(tx: Tx, case: Case, now: Moment, ctx: Context) -> dict[CustomerId, Channel]:
    """Who knows from us that this case is open, and the channel to tell them on: the one they used last, if it can be
    sent on.

    What was said before the case was opened again does not count for whoever has been told since that it was over.
    Who does not live with the device any more hears nothing more of it.
    """
    site = await tx.devices.site_at(case.device, now)
    here = {each.customer for each in await tx.people.residents(site, now)} if site else set()
    found: dict[CustomerId, Channel] = {}
    messages = sorted(await tx.messages.of_case(case.id), key=lambda each: each.at)
    know_it_ended = {each.customer for each in messages if each.kind is MessageClass.RECOVERY}
    for message in messages:
        past = message.at < case.opened and message.customer in know_it_ended
        hidden = past or message.kind in (MessageClass.COMPLIANCE, MessageClass.RECOVERY)
        if hidden or message.customer not in here or not _reached(message):
            continue
        sendable = message.channel in ctx.policy.channels
        found[message.customer] = message.channel if sendable else found.get(message.customer, Channel.SMS)
    return found


def _reached(message: Message) -> bool:
    return message.direction is Direction.IN or message.status in REACHED


async def _hang_up(tx: Tx, case: CaseId) -> None:
    talk = await tx.talks.get(case)
    if talk is not None and not talk.ended:
        await tx.talks.save(replace(talk, ended=True))
