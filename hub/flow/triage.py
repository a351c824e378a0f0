"""Triage: a fault becomes a case, joins one, or opens one again. Never contacts anybody: that is `outreach`.

FaultChanged → Case. One episode of one fault belongs to exactly one case, whatever is redelivered. The fault of a
whole group of devices (`group:…`) opens a case without a customer, and people at the desk have it from the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from device_rules.fault import ChangeKind, FaultChange, Severity
from device_rules.groups import is_group
from hub.domain.because import Because
from hub.domain.case import Case, CaseState, Step
from hub.domain.conversation import Conversation
from hub.domain.device import Device
from hub.domain.effects import Note
from hub.domain.events import FaultChanged
from hub.domain.ids import CaseId, CustomerId, DeviceId, FaultId, Moment, SiteId, case_id
from hub.domain.ladder import recipients
from hub.domain.packet import AFTER, BEFORE, Findings, PacketPart, build, seal
from hub.domain.passages import FaultJoined, FaultOpened, HoldOver, PersonWanted, Reopened, SeverityChanged
from hub.domain.play import Play
from hub.domain.policy import Policy
from hub.flow import incident
from hub.flow.context import Context
from hub.flow.healing import healing, try_alone
from hub.flow.knowing import worst
from hub.flow.onward import onward
from hub.flow.resolve import fault_cleared
from hub.flow.snooze import disturbed
from hub.ports import Tx, Window

log = structlog.get_logger(__name__)

PATIENCE = 0.05  # real seconds that a packet waits for the log: its customer waits too


async def fault_changed(tx: Tx, event: FaultChanged, now: Moment, ctx: Context) -> None:
    """Raised: find or open its case. Severity: the case follows. Cleared: see `resolve`."""
    change = event.change
    if change.shadow or event.known_before_live:
        await _listed(tx, change, Because.SHADOW_RULE if change.shadow else Because.KNOWN_AT_GO_LIVE, now)
        return
    match change.kind:
        case ChangeKind.RAISED:
            await _raised(tx, change, now, ctx)
        case ChangeKind.SEVERITY:
            await _severity(tx, change, now, ctx)
        case ChangeKind.UNSTABLE:
            await _unstable(tx, change, now)
        case ChangeKind.CLEARED:
            await fault_cleared(tx, change, now, ctx)


async def look(event: FaultChanged, ctx: Context, within: float) -> Window | None:
    """What the log has around a fault that may open a case, as far as it is found `within` real seconds. Read before the
    transaction: nobody waits for it there."""
    change = event.change
    if change.kind is not ChangeKind.RAISED or change.shadow or event.known_before_live:
        return None
    return await _window(change, ctx, within)


async def _window(change: FaultChange, ctx: Context, within: float = PATIENCE) -> Window:
    if is_group(change.device):
        return Window()  # it sends nothing itself
    span = (change.start - BEFORE, change.at + AFTER)
    return await ctx.log.window(change.device, span, within=within)


async def _raised(tx: Tx, change: FaultChange, now: Moment, ctx: Context) -> None:
    fault = FaultId(change.fault)
    if await tx.cases.case_of_fault(fault) is not None:
        return  # seen before: absorbed
    raised = await _look_up(tx, change, ctx)
    case = await tx.cases.open_for(raised.device_id, raised.family)
    if case is not None:
        await _join(tx, case, raised, now, ctx)
    else:
        case = await _begin(tx, raised, now, ctx)
    await incident.noticed(tx, change, case, now, ctx)


async def _join(tx: Tx, case: Case, raised: _Raised, now: Moment, ctx: Context) -> None:
    """The device's open case has one more fault. At the desk, after the device was well, the case starts anew: see `street`."""
    change = raised.change
    anew = not is_group(case.device) and worst(await tx.cases.faults(case.id)) is None
    await tx.cases.join(case.id, FaultId(change.fault))
    await _tell(tx, case.id, change)
    ladder = raised.ladder(change.severity, ctx.policy)
    joined = await onward(tx, case, FaultJoined(change.severity, anew, ladder), now, ctx)
    await disturbed(tx, case, joined, now)
    if case.state is CaseState.WITH_AGENT and joined.state is CaseState.HELD:
        await _again(tx, joined, raised, now, ctx)
        await _without_hold(tx, joined, now, ctx)


async def _begin(tx: Tx, raised: _Raised, now: Moment, ctx: Context) -> Case:
    """The case that ended is opened again, if it is the same matter; else a new one."""
    before = await tx.cases.last_for(raised.device_id, raised.change.rule)
    if before is not None and await _same_matter(tx, before, raised.site, now, ctx):
        return await _reopen(tx, before, raised, now, ctx)
    return await _open(tx, raised, now, ctx)


@dataclass(frozen=True, slots=True)
class _Raised:
    """A raised fault with what is registered about its device at the time of the fault."""

    change: FaultChange
    device: Device | None
    site: SiteId | None
    play: Play | None

    @property
    def device_id(self) -> DeviceId:
        return DeviceId(self.change.device)

    @property
    def family(self) -> str:
        return self.play.family if self.play else self.change.rule

    def ladder(self, severity: Severity, policy: Policy) -> tuple[Step, ...]:
        """The rule's own ladder, the play's, or that of the severity."""
        model = self.device.model if self.device else self.change.evidence.model
        return policy.ladder_of(severity, (model, self.change.rule), self.play.ladder if self.play else ())


async def _look_up(tx: Tx, change: FaultChange, ctx: Context) -> _Raised:
    device = await tx.devices.get(DeviceId(change.device))
    model = device.model if device else change.evidence.model
    site = await tx.devices.site_at(DeviceId(change.device), Moment(change.at))
    return _Raised(change, device, site, ctx.plays.get((model, change.play)))


async def _open(tx: Tx, raised: _Raised, now: Moment, ctx: Context) -> Case:
    change, play = raised.change, raised.play
    case = Case(
        id=case_id(FaultId(change.fault)),
        device=raised.device_id,
        site=raised.site,
        family=raised.family,
        rule=change.rule,
        severity=change.severity,
        state=CaseState.HELD,
        opened=now,
    )
    await _tell(tx, case.id, change)
    ladder = raised.ladder(change.severity, ctx.policy)
    fresh, case = case, await onward(tx, case, FaultOpened(ladder), now, ctx)
    if (
        case == fresh
    ):  # nothing changed about it: mere information has no ladder. It must be there all the same
        await tx.cases.save(case)
    await tx.cases.join(case.id, FaultId(change.fault))
    owner = await _begin_talk(tx, case, play, now)
    await _seal(tx, await _findings(tx, case, raised, owner, ctx), (), now)
    if play is not None and play.self_heal:
        await try_alone(tx, case, play, now, ctx)
    await _without_hold(tx, case, now, ctx)
    return case


async def _without_hold(tx: Tx, case: Case, now: Moment, ctx: Context) -> None:
    """No hold-down: the first step is due in this very moment. A group has no customer: a person looks at it, unless
    it is mere information."""
    if is_group(case.device):
        if case.severity is not Severity.INFO:
            await onward(tx, case, PersonWanted(Because.GROUP_FAULT), now, ctx)
    elif ctx.policy.hold_downs[case.severity] <= 0 and not await healing(tx, case):
        await onward(tx, case, HoldOver(), now, ctx)


async def _tell(tx: Tx, case: CaseId, change: FaultChange) -> None:
    note = Note(case, DeviceId(change.device), "fault.raised", Because.FAULT_RAISED, _fault_data(change))
    await tx.facts.add(note, Moment(change.at))


async def _same_matter(tx: Tx, before: Case, site: SiteId | None, now: Moment, ctx: Context) -> bool:
    """Whether a fault that comes back belongs to the case that ended: soon after, same home, same people."""
    if before.state.open or before.closed is None or now - before.closed > ctx.policy.reopen:
        return False
    if before.site != site or before.state is CaseState.MERGED:
        return False
    talk = await tx.talks.get(before.id)
    if talk is None or talk.customer is None or site is None:
        return True
    return talk.customer in recipients(await tx.people.residents(site, now))


async def _reopen(tx: Tx, case: Case, raised: _Raised, now: Moment, ctx: Context) -> Case:
    change = raised.change
    await tx.cases.join(case.id, FaultId(change.fault))
    await _again(tx, case, raised, now, ctx)
    await _tell(tx, case.id, change)
    ladder = raised.ladder(change.severity, ctx.policy)
    case = await onward(tx, case, Reopened(change.severity, ladder), now, ctx)
    await _without_hold(tx, case, now, ctx)
    return case


async def _again(tx: Tx, case: Case, raised: _Raised, now: Moment, ctx: Context) -> None:
    """Its conversation begins again, and the packet gets a part with what is there now."""
    talk = await tx.talks.get(case.id)
    if talk is not None:
        again = Conversation(
            case.id, talk.customer, play=talk.play, channel=talk.channel, language=talk.language
        )
        await tx.talks.save(again)
    owner = talk.customer if talk is not None else None
    parts = await tx.cases.packet(case.id)
    await _seal(tx, await _findings(tx, case, raised, owner, ctx), parts, now)


async def _severity(tx: Tx, change: FaultChange, now: Moment, ctx: Context) -> None:
    case = await _case_of(tx, change)
    if case is None:
        return
    severity = worst(await tx.cases.faults(case.id))
    if severity is not None and severity is not case.severity:
        changed = await onward(tx, case, SeverityChanged(severity), now, ctx)
        await disturbed(tx, case, changed, now)


async def _unstable(tx: Tx, change: FaultChange, now: Moment) -> None:
    case = await _case_of(tx, change)
    if case is not None:
        note = Note(case.id, case.device, "fault.unstable", Because.UNSTABLE, _fault_data(change))
        await tx.facts.add(note, now)


async def _case_of(tx: Tx, change: FaultChange) -> Case | None:
    found = await tx.cases.case_of_fault(FaultId(change.fault))
    return await tx.cases.get(found, lock=True) if found else None


async def _listed(tx: Tx, change: FaultChange, because: Because, now: Moment) -> None:
    """Counted and shown, but nobody is contacted."""
    await tx.facts.add(
        Note(None, DeviceId(change.device), f"fault.{change.kind}", because, _fault_data(change)), now
    )
    log.info("fault_listed", device=change.device, rule=change.rule, because=str(because))


def _fault_data(change: FaultChange) -> dict[str, str | int]:
    return {
        "fault": change.fault,
        "rule": change.rule,
        "title": change.title,
        "severity": str(change.severity),
        "start": change.start,
    }


async def _begin_talk(tx: Tx, case: Case, play: Play | None, now: Moment) -> CustomerId | None:
    """One conversation per case, with the person who is asked first."""
    people = recipients(await tx.people.residents(case.site, now)) if case.site else []
    customer = await tx.people.customer(people[0]) if people else None
    language = customer.language if customer else "en"
    who = customer.id if customer else None
    await tx.talks.save(Conversation(case.id, who, play=play.id if play else "", language=language))
    return who


async def _findings(tx: Tx, case: Case, raised: _Raised, owner: CustomerId | None, ctx: Context) -> Findings:
    """What the hub itself has: the device may be dead in a minute."""
    change = raised.change
    siblings = await tx.devices.at_site(case.site) if case.site else []
    seen = ctx.looked or await _window(change, ctx)
    return Findings(
        case=case,
        change=change,
        device=raised.device,
        state=await tx.devices.state(case.device),
        owner=owner,
        records=seen.records,
        past=await tx.cases.of_device(case.device),
        siblings=[each.id for each in siblings if each.id != case.device],
        whole=seen.whole,
    )


async def _seal(tx: Tx, found: Findings, parts: Sequence[PacketPart], now: Moment) -> None:
    """A new part of the packet, chained to those before; parts never change."""
    before = parts[-1].sha256 if parts else ""
    await tx.cases.add_packet(seal(found.case.id, len(parts), now, build(found, now), before))
