"""The list of tickets: views with live counts, one line per ticket, and what the search box finds.

Reads only. A line says who, which device, what, since when, and why it stands where it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

from hub.domain.case import Case, CaseState, TicketStatus
from hub.domain.ids import CaseId, Moment, UserId
from hub.ports import Tx
from hub.web.console.gaps import ODD
from hub.web.console.gathering import thing
from hub.web.console.known import called
from hub.web.console.speech import STATUS, closing_word, plain, upper
from hub.web.console.who import about
from hub.web.when import Watch

log = structlog.get_logger()
PAGE = 50
KEPT = {"needs_agent": "unassigned"}  # what the store calls a view


@dataclass(frozen=True, slots=True)
class Want:
    """What the list was asked for: a view from `after` on, or a `text` to find."""

    view: str
    after: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """A view of the list, with how many tickets it holds."""

    key: str
    label: str
    count: int
    active: bool = False
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class TicketLine:
    """One line of the list."""

    id: CaseId
    severity: str
    what: str
    device: str
    who: str
    where: str
    status: str
    status_word: str
    reason: str
    since: str
    lasting: str


# key → name, what it holds, what it says when it is empty
VIEWS: Mapping[str, tuple[str, str, str]] = {
    "needs_agent": (
        "Needs an agent",
        "somebody is waiting for a person",
        "Nobody is waiting for a person. The hub has the rest in hand.",
    ),
    "mine": ("Mine", "tickets that you have taken", "You have no ticket. Take one with t."),
    "with_agent": ("With an agent", "taken by somebody", "No agent has a ticket."),
    "waiting": ("Waiting for the customer", "asked, not answered yet", "No customer owes us an answer."),
    "hub": ("Handled by the hub", "no agent is needed", "Everything is quiet: no fault is open."),
    "resolved_today": ("Resolved today", "closed since midnight", "Nothing has been closed today."),
    "all": ("All", "every ticket, newest first", "There has never been a ticket."),
}


async def cases(tx: Tx, want: Want, visitor: UserId, today: Moment) -> list[Case]:
    """The cases of a view: one more than a page, to know whether there is another."""
    return await tx.cases.listed(KEPT.get(want.view, want.view), want.after, PAGE + 1, visitor, today)


def views(active: str, counts: Mapping[str, int]) -> list[View]:
    """The views beside the list."""
    return [
        View(key, name, counts[KEPT.get(key, key)], key == active, key == "needs_agent")
        for key, (name, _, _) in VIEWS.items()
    ]


async def lines(tx: Tx, cases: Sequence[Case], watch: Watch) -> list[TicketLine]:
    """The lines of the list. A ticket that cannot be told stands there all the same, and hides no other."""
    names = {user.id: user.name for user in await tx.house.users()}
    found = []
    for case in cases:
        try:
            found.append(await line(tx, case, names, watch))
        except ODD as error:
            log.error("ticket cannot be told", case=case.id, error=type(error).__name__)
            found.append(_odd(case, watch))
    return found


def _odd(case: Case, watch: Watch) -> TicketLine:
    """What can be said of a ticket whose household or device cannot be read."""
    return TicketLine(
        id=case.id,
        severity=case.severity.value,
        what=plain(case.rule).capitalize() or "A question",
        device=upper(case.device),
        who="",
        where="",
        status=case.status.value,
        status_word=STATUS[case.status],
        reason="Something of its household cannot be read: tell who runs the hub",
        since=watch.at(case.opened),
        lasting=watch.lasting(case.opened),
    )


async def line(tx: Tx, case: Case, names: Mapping[UserId, str], watch: Watch) -> TicketLine:
    """One line: who, which device, what, since when."""
    where = await thing(tx, case)
    faults = await tx.cases.faults(case.id)
    first = min(faults, key=lambda fault: fault.change.start, default=None)
    begun = first.change.start if first else case.opened
    return TicketLine(
        id=case.id,
        severity=case.severity.value,
        what=(first.change.title if first else "") or plain(case.rule).capitalize() or "A question",
        device=upper(where.device.name or where.device.id),
        who=await about(tx, case, Moment(watch.now)),
        where=where.site.label if where.site else "",
        status=case.status.value,
        status_word=STATUS[case.status],
        reason=_reason(case, names, watch),
        since=watch.at(begun),
        lasting=watch.lasting(begun) if case.state.open else f"closed {watch.at(case.closed)}",
    )


def _reason(case: Case, names: Mapping[UserId, str], watch: Watch) -> str:
    if case.status is TicketStatus.RESOLVED:
        over = closing_word(case.closing) if case.closing else "works again" if case.proved else "over"
        return over if case.proved else f"{over}, not proved"
    if case.status is TicketStatus.WITH_AGENT and case.agent:
        return called(case.agent, names)
    if case.status is TicketStatus.WAITING:
        return f"Asked {watch.at(case.contacted)}"
    return case.needs_agent.agent.rstrip(".") if case.needs_agent else DOING.get(case.state, "")


DOING: Mapping[CaseState, str] = {
    CaseState.HELD: "Watching: it may heal by itself",
    CaseState.CONTACTING: "Reaching out",
    CaseState.TALKING: "In conversation",
    CaseState.RECOVERING: "Checking whether it worked",
}


async def search(tx: Tx, text: str, now: Moment) -> list[Case]:
    """Tickets by their id, by a person's name, number or address, by a device's serial or name, by a site's label."""
    found: dict[CaseId, Case] = {}
    exact = await tx.cases.get(CaseId(text))
    if exact is not None:
        found[exact.id] = exact
    for customer in await tx.people.find(text):
        for case in await tx.cases.of_customer(customer, now, open_only=False):
            found.setdefault(case.id, case)
    for device in await tx.devices.find(text):
        for case in await tx.cases.of_device(device.id):
            found.setdefault(case.id, case)
    return sorted(found.values(), key=lambda case: (not case.state.open, -case.opened))[:PAGE]
