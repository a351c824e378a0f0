"""Knowing: the facts that a turn of a conversation may use, read from the store. Never guesses: stale values are left out."""

from __future__ import annotations

from device_rules.fault import Severity
from device_rules.reading import MINUTE, PresenceState
from hub.domain.case import Case
from hub.domain.contact import Phrase
from hub.domain.conversation import Knowledge
from hub.domain.device import Device, DeviceState
from hub.domain.ids import Moment
from hub.domain.ladder import recipients
from hub.domain.play import Play
from hub.domain.site import Role
from hub.domain.wording import live
from hub.flow.context import Context
from hub.ports import FaultRow, Tx

FRESH = 15 * MINUTE  # a claim ("it is still heating") rests on nothing older
AWAKE = (PresenceState.ONLINE, PresenceState.SLEEPING)


async def knowledge_of(tx: Tx, case: Case, now: Moment, ctx: Context) -> Knowledge:
    """What is known about `case` and its device at `now`."""
    device = await tx.devices.get(case.device)
    return await _knowledge(tx, case, (device, await tx.cases.faults(case.id)), now, ctx)


async def known_of(tx: Tx, case: Case, now: Moment, ctx: Context) -> tuple[Knowledge, Play | None]:
    """The knowledge about `case` and its play, read together."""
    device, faults = await tx.devices.get(case.device), await tx.cases.faults(case.id)
    return await _knowledge(tx, case, (device, faults), now, ctx), _play(device, faults, ctx)


async def _knowledge(
    tx: Tx, case: Case, about: tuple[Device | None, list[FaultRow]], now: Moment, ctx: Context
) -> Knowledge:
    device, faults = about
    state = await tx.devices.state(case.device)
    values = fresh_values(state, now)
    site = await tx.people.site(case.site) if case.site is not None else None
    heard = state is not None and (state.presence in AWAKE or bool(values))
    return Knowledge(
        device=case.device,
        device_name=(device.name or device.model) if device else case.device,
        title=title_of(faults),
        fault_open=bool(still_open(faults)) if faults else case.state.open,
        told=not faults and case.asked_by_customer and case.state.open,
        live={
            name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in values.items()
        },
        brand=ctx.policy.brand,
        phone=ctx.policy.phone,
        values=values,
        heard=heard,
        zone=site.zone if site is not None else ctx.policy.zone,
        severity=worst(faults),
        country=(site.country if site is not None else "") or ctx.policy.country,
        emergency=ctx.policy.emergency,
        answers=ctx.policy.answers,
        needs=case.needs_agent,
        taken=case.agent is not None,
        theirs=await _theirs(tx, case, now),
    )


async def _theirs(tx: Tx, case: Case, now: Moment) -> bool:
    """Whether it is talked about with somebody who lives there."""
    talk = await tx.talks.get(case.id)
    if talk is None or talk.customer is None or case.site is None:
        return True
    here = await tx.people.residents(case.site, now)
    return not any(
        each.customer == talk.customer and each.role is Role.SECOND_CONTACT for each in here
    ) or talk.customer in recipients(here)


def fresh_values(state: DeviceState | None, now: Moment) -> dict[str, float | str | bool]:
    """The device's metrics that are fresh enough to rest a claim on."""
    if state is None:
        return {}
    return {name: value for name, (value, at) in state.values.items() if now - at <= FRESH}


def still_open(faults: list[FaultRow]) -> list[FaultRow]:
    """The faults that telemetry has not cleared."""
    return [fault for fault in faults if fault.cleared is None]


def worst(faults: list[FaultRow]) -> Severity | None:
    """The worst severity of the open faults."""
    return max((fault.severity for fault in still_open(faults)), key=lambda each: each.rank, default=None)


def title_of(faults: list[FaultRow]) -> str:
    """What is wrong, in the rule's words; the worst open fault speaks for all."""
    ordered = sorted(faults, key=lambda each: (each.cleared is not None, -each.severity.rank, each.raised))
    return ordered[0].change.title if ordered else ""


async def play_of(tx: Tx, case: Case, ctx: Context) -> Play | None:
    """The guided fix of `case`: that of its first fault whose play is known for the device's model."""
    return _play(await tx.devices.get(case.device), await tx.cases.faults(case.id), ctx)


def _play(device: Device | None, faults: list[FaultRow], ctx: Context) -> Play | None:
    for fault in sorted(faults, key=lambda each: each.raised):
        model = device.model if device else fault.change.evidence.model
        play = ctx.plays.get((model, fault.change.play))
        if play is not None:
            return play
    return None


async def how_is(tx: Tx, device: Device, now: Moment, ctx: Context) -> tuple[Phrase, ...]:
    """How a device is. Silence is not evidence: one that is not heard is not said to be well."""
    state = await tx.devices.state(device.id)
    faults = await tx.faults.open_of(device.id)
    name, values = {"device": device.name or device.model}, fresh_values(state, now)
    if still_open([fault for fault in faults if not fault.change.shadow]):
        return (Phrase("asked.device_fault", name),)
    if state is None or not (state.presence in AWAKE or values):
        return (Phrase("asked.device_unheard", name),)
    play = next((play for (model, _), play in ctx.plays.items() if model == device.model), None)
    return (Phrase("asked.device_fine", name), *live(play, values))


async def other_trouble(tx: Tx, case: Case) -> bool:
    """Whether the device of `case` has a fault that is about something else."""
    own = {fault.change.fault for fault in await tx.cases.faults(case.id)}
    every = await tx.faults.open_of(case.device)
    return any(not fault.change.shadow and fault.change.fault not in own for fault in every)
