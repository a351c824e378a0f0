"""Carrying out: every effect that the pure core can want, done within the transaction. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import assert_never

from hub.domain import effects as e
from hub.domain.because import Because
from hub.domain.case import Case, CaseState
from hub.domain.contact import MessageClass, MessageStatus
from hub.domain.customer import COME_TO_US
from hub.domain.events import TicketWanted, Woke
from hub.domain.ids import CaseId, ContactId, CustomerId, Moment
from hub.flow import booking, proving
from hub.flow.consent_home import asked_second, speaks_for
from hub.flow.context import Context
from hub.flow.saying import say
from hub.ports import Tx


async def carry_out(tx: Tx, effects: Iterable[e.Effect], now: Moment, ctx: Context) -> None:
    """Do all `effects`, in order."""
    for effect in effects:
        await _carry(tx, effect, now, ctx)


async def _carry(tx: Tx, effect: e.Effect, now: Moment, ctx: Context) -> None:
    match effect:
        case e.WakeAt() | e.ForgetWakes() | e.TakeStep():
            await _wakes(tx, effect, now)
        case e.Say():
            await say(tx, effect, now, ctx)
        case e.Send() | e.CommandDevice():
            await _send(tx, effect, now)
        case e.CancelPending() | e.CancelCommands():
            await _stop(tx, effect, now)
        case e.Suppress() | e.Unsuppress():
            await _consent(tx, effect, now, ctx)
        case e.BookSlot() | e.CancelBooking() | e.AskProof() | e.SpeakLanguage():
            await _wish(tx, effect, now, ctx)
        case e.HandOn() | e.Note():
            await _pass_on(tx, effect, now)
        case _:
            assert_never(effect)


async def _pass_on(tx: Tx, effect: e.HandOn | e.Note, now: Moment) -> None:
    if isinstance(effect, e.HandOn):
        await tx.inbox.put(effect.key, effect.event, now)
    else:
        await tx.facts.add(effect, now)


_Wish = e.BookSlot | e.CancelBooking | e.AskProof | e.SpeakLanguage


async def _wish(tx: Tx, effect: _Wish, now: Moment, ctx: Context) -> None:
    match effect:
        case e.BookSlot():
            await booking.hold(tx, effect, now, ctx)
        case e.CancelBooking():
            await booking.cancel(tx, effect, now)
        case e.AskProof():
            await proving.ask(tx, effect, now, ctx)
        case e.SpeakLanguage():
            person = await tx.people.customer(effect.customer)
            if person is not None:
                await tx.people.change_customer(replace(person, language=effect.language))


async def _wakes(tx: Tx, effect: e.WakeAt | e.ForgetWakes | e.TakeStep, now: Moment) -> None:
    match effect:
        case e.WakeAt():
            await tx.wakes.put(effect)
        case e.ForgetWakes():
            await tx.wakes.forget(effect.case, effect.names)
        case e.TakeStep():
            await tx.inbox.put(effect.case, Woke(effect.case, "release", str(effect.step)), now)


async def _send(tx: Tx, effect: e.Send | e.CommandDevice, now: Moment) -> None:
    if isinstance(effect, e.CommandDevice):
        await tx.outbox.put(effect, now)
        data = {"command": effect.id, "name": effect.name, "args": dict(effect.args)}
        await tx.facts.add(
            e.Note(effect.case, effect.device, "command.wanted", Because.CUSTOMER_ANSWERED, data), now
        )
    elif await tx.messages.add(effect.message):
        await tx.outbox.put(effect.message, effect.due)


async def _stop(tx: Tx, effect: e.CancelPending | e.CancelCommands, now: Moment) -> None:
    if isinstance(effect, e.CancelPending):
        await _cancel(tx, effect, now)
    else:
        await _call_off(tx, effect, now)


async def _cancel(tx: Tx, effect: e.CancelPending, now: Moment, only: CustomerId | None = None) -> None:
    """`only` what goes to this person."""
    cancelled = await tx.outbox.cancel(effect.case, effect.kinds, only)
    stopped: set[ContactId] = set()
    for each in cancelled:
        message = await tx.messages.get(each)
        if message is not None:
            cancelled_one = replace(message, status=MessageStatus.CANCELLED, because=effect.because)
            await tx.messages.update(cancelled_one)
            stopped.add(message.contact)
    if cancelled:
        data = {"messages": list(cancelled)}
        await tx.facts.add(e.Note(effect.case, None, "message.cancelled", effect.because, data), now)
        await _told_alone(tx, effect.case, stopped, now)


async def _told_alone(tx: Tx, case: CaseId, stopped: set[ContactId], now: Moment) -> None:
    """What was to be told with others was stopped for one of them: the others take their next step at once."""
    for contact in await tx.messages.contacts_of(case):
        for other in contact.cases if contact.id in stopped else ():
            waiting = await tx.cases.get(other) if other != case else None
            if waiting is not None and waiting.state is CaseState.CONTACTING:
                await tx.inbox.put(other, Woke(other, "step", str(waiting.step)), now)


async def _call_off(tx: Tx, effect: e.CancelCommands, now: Moment) -> None:
    gone = await tx.errands.call_off(effect.case, now)
    if gone:
        data = {"commands": list(gone)}
        await tx.facts.add(e.Note(effect.case, None, "command.called_off", effect.because, data), now)


async def _consent(tx: Tx, effect: e.Suppress | e.Unsuppress, now: Moment, ctx: Context) -> None:
    """Stop means stop: nothing pending goes to this person any more, and the faults they were asked about reach an agent.
    What others of the household are asked goes on."""
    if isinstance(effect, e.Unsuppress):
        await tx.people.unsuppress(effect.customer, now, str(effect.because))
        for case in await tx.cases.of_customer(effect.customer, now):
            why = case.needs_agent is Because.SUPPRESSED  # that nobody wrote to them, and is so no more
            if why and await speaks_for(tx, case, effect.customer, now):
                wanted = TicketWanted(case.id, Because.START_SAID.name, effect.customer)
                await tx.inbox.put(case.id, wanted, now)
        return
    elsewhere = effect.channel not in COME_TO_US
    if effect.channel is not None and elsewhere and not ctx.policy.revoke_all:
        await tx.people.stop_channel(effect.customer, effect.channel, now, str(effect.because))
    else:
        await tx.people.suppress(effect.customer, now, str(effect.because))
    for case in await tx.cases.of_customer(effect.customer, now):
        await _said_stop(tx, case, effect, now)


async def _said_stop(tx: Tx, case: Case, effect: e.Suppress, now: Moment) -> None:
    """One of a household's open cases after one of them has said stop (or was erased)."""
    kinds = tuple(kind for kind in MessageClass if kind is not MessageClass.COMPLIANCE)
    await _cancel(tx, e.CancelPending(case.id, effect.because, kinds), now, effect.customer)
    data = {"customer": effect.customer}
    await tx.facts.add(e.Note(case.id, case.device, "contact.stopped", effect.because, data), now)
    if await asked_second(tx, case, effect.customer, now):
        await tx.messages.answered(case.id)
        await tx.inbox.put(case.id, Woke(case.id, "step", str(case.step)), now)
    elif await speaks_for(tx, case, effect.customer, now):
        because = Because.ERASED if effect.because is Because.ERASED else Because.SUPPRESSED
        await tx.inbox.put(case.id, TicketWanted(case.id, because.name, effect.customer), now)
