"""`/api/v1/tickets`: the case as an agent sees it, and what an agent may do with it.

The actions are the console's (`hub/web/acts.py`), and so pass the same gate.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Annotated, Literal, TypeVar

import structlog
from fastapi import APIRouter, Depends
from pydantic import Field

from hub.domain.agent import Closing
from hub.domain.asked import Decision
from hub.domain.case import Case
from hub.domain.ids import CaseId, Moment
from hub.ports import Tx
from hub.web import acts
from hub.web.access import KeyFirst, Scope, Visitor, needs
from hub.web.acts import Done, Wish
from hub.web.api import shapes, written
from hub.web.api.nouns import House, missing
from hub.web.api.pages import Wanted, page
from hub.web.console.gaps import ODD, Gaps
from hub.web.console.gathering import thing
from hub.web.console.who import whom
from hub.web.door import Door
from hub.web.when import machine

log = structlog.get_logger()
router = APIRouter(prefix="/api/v1/tickets", tags=["tickets"], route_class=KeyFirst)
Agent = Annotated[Visitor, Depends(needs(Scope.TICKETS))]
READ = [Depends(needs(Scope.READ))]
Row = TypeVar("Row")
Shown = TypeVar("Shown")
View = Literal["all", "open", "hub", "waiting", "needs_agent", "with_agent", "resolved"]


class Action(shapes.Shape):
    """What every action may carry."""

    version: int | None = Field(
        default=None, description="The version you have seen; refused (409) when it is older."
    )


class Text(Action):
    """Words to the customer, or for colleagues."""

    text: str = Field(min_length=1, max_length=1200)


class Resolve(Action):
    """Why the ticket is closed."""

    closing: Closing


class DecisionOut(shapes.Shape):
    """What the gate said."""

    verdict: str
    because: str
    sentence: str
    until: shapes.Time | None
    stages: list[str]


class Acted(shapes.Shape):
    """The case after an action, and the gate's answer when words were to be sent."""

    case: shapes.CaseOut
    decision: DecisionOut | None


@router.get("", dependencies=READ)
async def tickets(house: House, want: Wanted, view: View = "all") -> shapes.Page[shapes.TicketOut]:
    """Tickets, newest first."""
    async with house.store.reading() as tx:
        found = await tx.cases.listed(
            "unassigned" if view == "needs_agent" else view, want.after, want.limit + 1
        )
        told = {case.id: await _listed(tx, case, house) for case in found[: want.limit]}
    return page(found, want, lambda case: case.id, lambda case: told[case.id])


@router.get("/{ticket}", dependencies=READ)
async def ticket(house: House, ticket: str) -> shapes.TicketFull:
    """One ticket with everything: faults with evidence, packet, thread and timeline."""
    async with house.store.reading() as tx:
        case = await tx.cases.shown(CaseId(ticket))
        if case is None:
            raise missing("ticket")
        short, gaps = await _listed(tx, case, house), Gaps(case.id)
        return shapes.TicketFull(
            **short.model_dump(),
            faults=await _all("faults", gaps, tx.cases.faults(case.id), written.fault_out),
            packet=await _all("packet", gaps, tx.cases.packet(case.id), written.part_out),
            messages=await _all("messages", gaps, tx.messages.of_case(case.id), written.message_out),
            timeline=await _all("timeline", gaps, tx.facts.of_case(case.id), written.fact_out),
            unreadable=gaps.found,
        )


async def _all(
    name: str, gaps: Gaps, reading: Awaitable[Iterable[Row]], shape: Callable[[Row], Shown]
) -> list[Shown]:
    """All rows in their shape; none where they cannot be read, which is said by `name`."""

    async def read() -> list[Shown]:
        return [shape(row) for row in await reading]

    return await gaps.read(name, read(), [])


async def _listed(tx: Tx, case: Case, house: Door) -> shapes.TicketOut:
    """A ticket of the list; one whose household cannot be read is told without it, and hides no other."""
    try:
        return await _ticket(tx, case, house)
    except ODD as error:
        log.error("ticket cannot be told", case=case.id, error=type(error).__name__)
        return _told(case, house)


def _told(case: Case, house: Door) -> shapes.TicketOut:
    """What the case itself says of its ticket."""
    return shapes.TicketOut(
        id=case.id, status=case.status, severity=case.severity, title="", device=case.device, device_name="",
        customer=None, customer_name="", site=case.site, since=machine(case.opened),
        opened=machine(case.opened), closed=written.when(case.closed),
        needs_agent=case.needs_agent.agent if case.needs_agent else None, agent=case.agent,
        closing=case.closing, proved=case.proved, version=case.version,
        url=f"{house.public_url}/console/tickets/{case.id}",
    )  # fmt: skip


async def _ticket(tx: Tx, case: Case, house: Door) -> shapes.TicketOut:
    customer, _ = await whom(tx, case, Moment(house.clock.now()))
    first = min(await tx.cases.faults(case.id), key=lambda row: row.change.start, default=None)
    about = await thing(tx, case)
    return _told(case, house).model_copy(
        update={
            "title": first.change.title if first else "",
            "device_name": about.device.name,
            "customer": customer,
            "customer_name": await tx.people.name(customer) if customer else "",
            "since": machine(first.change.start if first else case.opened),
        }
    )


@router.post("/{ticket}/take")
async def take(house: House, visitor: Agent, ticket: str, wish: Action | None = None) -> Acted:
    """Take the ticket: nothing that asks the customer leaves any more."""
    return await _acted(acts.take(house, Wish(CaseId(ticket), visitor, wish.version if wish else None)))


@router.post("/{ticket}/offer-steps")
async def offer_steps(house: House, visitor: Agent, ticket: str, wish: Action | None = None) -> Acted:
    """Tell the customer how to go on with the guided fix. It passes the gate."""
    return await _acted(
        acts.offer_steps(house, Wish(CaseId(ticket), visitor, wish.version if wish else None))
    )


@router.post("/{ticket}/hand-back")
async def hand_back(house: House, visitor: Agent, ticket: str, wish: Action | None = None) -> Acted:
    """Hand it back: the hub goes on where it was."""
    return await _acted(acts.hand_back(house, Wish(CaseId(ticket), visitor, wish.version if wish else None)))


@router.post("/{ticket}/reply")
async def reply(house: House, visitor: Agent, ticket: str, wish: Text) -> Acted:
    """Write to the customer, through the gate: it may be held until morning or refused, and says why."""
    return await _acted(acts.reply(house, Wish(CaseId(ticket), visitor, wish.version), wish.text))


@router.post("/{ticket}/note")
async def note(house: House, visitor: Agent, ticket: str, wish: Text) -> Acted:
    """Write an internal note."""
    return await _acted(acts.note(house, Wish(CaseId(ticket), visitor, wish.version), wish.text))


@router.post("/{ticket}/resolve")
async def resolve(house: House, visitor: Agent, ticket: str, wish: Resolve) -> Acted:
    """Close it with a reason; `proved` says whether telemetry agrees."""
    return await _acted(acts.resolve(house, Wish(CaseId(ticket), visitor, wish.version), wish.closing))


async def _acted(doing: Awaitable[Done]) -> Acted:
    done = await doing
    return Acted(
        case=written.case_out(done.case), decision=_decision(done.decision) if done.decision else None
    )


def _decision(decision: Decision) -> DecisionOut:
    return DecisionOut(
        verdict=decision.verdict, because=str(decision.because), sentence=decision.because.agent,
        until=written.when(decision.until), stages=list(decision.stages),
    )  # fmt: skip
