"""What people and programs may do with a ticket, for the console and for the API alike: one transaction each.

Refuses a wish that rests on an older version of the ticket than there is. Sends nothing itself: an agent's words pass
the gate like everybody's.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from hub.domain.agent import Closing
from hub.domain.asked import Decision, Verdict
from hub.domain.case import Case
from hub.domain.ids import CaseId, Moment
from hub.flow import handover, offering, switching
from hub.flow.handover import By
from hub.ports import Tx
from hub.web.access import Visitor
from hub.web.door import Door
from hub.web.problems import Problem


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wants something done with which ticket, and which version of it they have seen (None: any)."""

    ticket: CaseId
    visitor: Visitor
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """The ticket after it, and the gate's answer when something was to be sent."""

    case: Case
    decision: Decision | None = None


Act = Callable[[Tx, CaseId, By], Awaitable[Decision | None]]


async def perform(house: Door, wish: Wish, act: Act) -> Done:
    """Does `act` unless the ticket has changed since it was seen. Raises 404 and 409."""
    async with house.store.transaction() as tx:
        case = await tx.cases.get(wish.ticket, lock=True)
        if case is None:
            raise Problem(404, "There is no such ticket.")
        if wish.seen is not None and wish.seen != case.version:
            problem = "The ticket changed while you were looking at it."
            raise Problem(409, problem, "Read what is new, then do it again.", version=case.version)
        decision = await act(tx, case.id, By(wish.visitor.id, Moment(house.clock.now())))
        return Done(await tx.cases.get(case.id) or case, decision)


async def take(house: Door, wish: Wish) -> Done:
    """An agent takes the ticket; somebody else's only when they know that it is."""

    async def act(tx: Tx, case: CaseId, by: By) -> None:
        await handover.take(tx, case, by, house.ctx)

    return await perform(house, wish, act)


async def hand_back(house: Door, wish: Wish) -> Done:
    """The hub goes on where it was."""

    async def act(tx: Tx, case: CaseId, by: By) -> None:
        await handover.hand_back(tx, case, by, house.ctx)

    return await perform(house, wish, act)


async def reply(house: Door, wish: Wish, text: str) -> Done:
    """Writes to the customer, through the gate."""

    async def act(tx: Tx, case: CaseId, by: By) -> Decision:
        return await handover.reply(tx, case, by, _words(text), house.ctx)

    return await perform(house, wish, act)


async def offer_steps(house: Door, wish: Wish) -> Done:
    """Tells the customer how to go on with the guided fix, through the gate."""

    async def act(tx: Tx, case: CaseId, by: By) -> Decision:
        return await offering.offer_steps(tx, case, by, house.ctx)

    return await perform(house, wish, act)


async def note(house: Door, wish: Wish, text: str) -> Done:
    """Writes an internal note."""

    async def act(tx: Tx, case: CaseId, by: By) -> None:
        await handover.note(tx, case, by, _words(text))

    return await perform(house, wish, act)


async def resolve(house: Door, wish: Wish, closing: Closing) -> Done:
    """Closes the ticket with a reason."""

    async def act(tx: Tx, case: CaseId, by: By) -> None:
        await handover.close(tx, case, by, closing, house.ctx)

    return await perform(house, wish, act)


async def pause(house: Door, visitor: Visitor, paused: bool, why: str) -> None:
    """Stops all contacts, or lets them run again."""
    async with house.store.transaction() as tx:
        await switching.pause(tx, visitor.id, paused, why.strip(), Moment(house.clock.now()))


def _words(text: str) -> str:
    words = text.strip()
    if not words:
        raise Problem(422, "There are no words to send.", "Write something first.")
    return words


def said(decision: Decision | None, otherwise: str) -> tuple[str, str]:
    """What became of it, for the person who did it: a sentence and its tone."""
    if decision is None:
        return otherwise, ""
    match decision.verdict:
        case Verdict.ALLOW:
            return "Sent on its way.", ""
        case Verdict.HOLD:
            return f"Held for now: {decision.because.agent}", ""
        case _:
            return f"Not sent: {decision.because.agent}", "bad"
