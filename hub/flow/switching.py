"""Switching: pause all contacts, choose how far messages may go, and go live without harming anybody.

Each function runs in the transaction of whoever switches. Nothing is sent here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from device_rules.reading import HOUR
from hub.domain.because import Because
from hub.domain.case import Case, CaseState
from hub.domain.customer import Channel
from hub.domain.effects import Note
from hub.domain.gate import Decision, Mode, Switches, Verdict
from hub.domain.ids import CaseId, CustomerId, DeviceId, Moment, UserId
from hub.domain.ladder import recipients
from hub.domain.passages import WentLive
from hub.flow.attempts import weighed
from hub.flow.context import Context
from hub.flow.onward import onward
from hub.flow.pausing import release_held
from hub.ports import BadInput, Tx

PAGE = 200
UNHEARD = "Fetch it from the carrier first: beforehand catch-up"


@dataclass(frozen=True, slots=True)
class Known:
    """One open case that was there before going live: who would be contacted over which channel, and when (None: nothing is due), or
    why the gate would not let it ("": it would); `passing` when that is so for now only."""

    case: CaseId
    device: DeviceId
    rule: str
    severity: str
    customer: CustomerId | None
    due: Moment | None
    channel: Channel | None = None
    refused: str = ""
    passing: bool = False


@dataclass(frozen=True, slots=True)
class GoLiveList:
    """Open cases at go-live. `soon` are those who would have been contacted within the next hour."""

    at: Moment
    known: tuple[Known, ...]

    @property
    def soon(self) -> tuple[Known, ...]:
        """Whom the hub would contact within the next hour if it did not list them instead."""
        return tuple(each for each in self.known if _within(each.due, self.at) and not each.refused)


def _within(due: Moment | None, at: Moment) -> bool:
    return due is not None and due <= at + HOUR


async def pause(tx: Tx, user: UserId, paused: bool, why: str, now: Moment) -> Switches:
    """Stop all contacts at once, or let them run again. What waits is judged again when it is due.

    Raises BadInput while the STOPs since a restored backup have not been heard.
    """
    before = await tx.house.switches(lock=True)
    if not paused and before.unheard_since is not None:
        raise BadInput("contacts", "what customers wrote since the backup has not been heard yet", UNHEARD)
    switches = replace(
        before,
        paused=paused,
        paused_because=why if paused else "",
        paused_by=user if paused else "",
        paused_since=now if paused else None,
    )
    await tx.house.set_switches(switches)
    because = Because.PAUSED if paused else Because.RESUMED
    await tx.facts.add(
        Note(None, None, "house.paused" if paused else "house.resumed", because, {"by": user, "why": why}),
        now,
    )
    if not paused:
        await release_held(tx, now)
    return switches


async def set_mode(tx: Tx, mode: Mode, now: Moment) -> Switches:
    """Choose `paper` or `test-numbers`; `live` is reached by `go_live` only."""
    if mode is Mode.LIVE:
        raise ValueError("going live lists who would be contacted first: use go_live")
    switches = replace(await tx.house.switches(lock=True), mode=mode, live_since=None)
    await tx.house.set_switches(switches)
    await tx.facts.add(Note(None, None, "house.mode", Because.MODE_PAPER, {"mode": str(mode)}), now)
    return switches


async def would_contact(tx: Tx, now: Moment, ctx: Context) -> GoLiveList:
    """Who would be contacted if sending were live now. Changes nothing."""
    return GoLiveList(now, tuple([await _known(tx, case, now, ctx) async for case in _waiting(tx)]))


async def go_live(tx: Tx, now: Moment, ctx: Context) -> GoLiveList:
    """Sending goes live; every case that is already open is listed, and nobody is contacted about it."""
    listed = await would_contact(tx, now, ctx)
    switches = await tx.house.switches(lock=True)
    if switches.mode is Mode.LIVE:
        return replace(listed, known=())
    for each in listed.known:
        case = await tx.cases.get(each.case, lock=True)
        if case is not None:
            await onward(tx, case, WentLive(), now, ctx)
    await tx.house.set_switches(replace(switches, mode=Mode.LIVE, live_since=now))
    await tx.facts.add(Note(None, None, "house.live", Because.GO_LIVE, {"known": len(listed.known)}), now)
    return listed


async def _waiting(tx: Tx) -> AsyncIterator[Case]:
    """Open cases that no person has yet."""
    after = ""
    while page := await tx.cases.page("open", after, PAGE):
        for case in page:
            if case.state.open and case.state is not CaseState.WITH_AGENT:
                yield case
        after = page[-1].id


async def _known(tx: Tx, case: Case, now: Moment, ctx: Context) -> Known:
    wakes = [wake.due for wake in await tx.wakes.of_case(case.id) if wake.name in ("hold", "step", "release")]
    people = recipients(await tx.people.residents(case.site, now)) if case.site else []
    due = min(wakes, default=None)
    known = Known(case.id, case.device, case.rule, str(case.severity), people[0] if people else None, due)
    if not people:
        return replace(known, refused=Because.NO_CUSTOMER.agent)
    return await _weighed(tx, (case, people), known, max(now, due or now), ctx)


async def _weighed(
    tx: Tx, whom: tuple[Case, list[CustomerId]], known: Known, at: Moment, ctx: Context
) -> Known:
    """`known` with the first person the gate lets through, or why it lets none. Reads only."""
    case, people = whom
    steps = range(case.step, len(case.ladder))
    step = next((n for n in steps if case.ladder[n].channel in ctx.policy.channels - {Channel.AGENT}), None)
    if step is None:
        return replace(known, refused=Because.CHANNEL_ABSENT.agent)
    why: Decision | None = None
    for customer in people:
        attempt = await weighed(tx, replace(case, step=step), customer, at, ctx)
        decision, channel = attempt.decision, attempt.message.channel
        if decision.verdict is Verdict.ALLOW:
            return replace(known, customer=customer, channel=channel)
        if decision.verdict is Verdict.HOLD and known.due is not None:
            return replace(known, customer=customer, channel=channel, due=decision.until or known.due)
        if why is None or not _passes(why):
            why = decision
    assert why is not None  # there are people
    return replace(known, refused=why.because.agent, passing=_passes(why))


LASTING = frozenset(
    {
        Because.SUPPRESSED,
        Because.NO_BASIS,
        Because.NO_ADDRESS,
        Because.ADDRESS_UNHEALTHY,
        Because.PREFERENCE_OFF,
        Because.TEXT_REFUSED,
    }
)
"""Refusals that stay until somebody changes what is known of a person."""


def _passes(decision: Decision) -> bool:
    """Whether time alone ends what the gate says."""
    return decision.verdict is Verdict.HOLD or decision.because not in LASTING
