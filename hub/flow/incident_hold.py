"""What an incident holds back: asked by the gate for every first message and reminder. It reads, and changes nothing.

Also a fault that explains others: while the gateway that a device is heard through has an open fault, nobody is told of
the faults that followed from it. Both are asked anew each time, so nothing stays held by mistake.
"""

from __future__ import annotations

from dataclasses import dataclass

from device_rules.fault import Severity
from device_rules.reading import HOUR, MINUTE
from hub.domain.because import Because
from hub.domain.case import Case
from hub.domain.contact import Message, MessageClass, MessageStatus
from hub.domain.device import Device
from hub.domain.effects import Note, WakeAt
from hub.domain.ids import DeviceId, Moment
from hub.domain.incident import IncidentState
from hub.domain.incident_life import held_until
from hub.domain.policy import Policy
from hub.domain.receipts import LOST
from hub.flow.knowing import still_open
from hub.ports import Tx
from hub.ports.incidents import Standing

HELD = (MessageClass.FIRST, MessageClass.REMINDER)
LOOK = 6 * HOUR  # an incident that speaks wakes its cases itself; this is for the day when it forgets
CHILD_LOOK = 5 * MINUTE
SLACK = 10 * MINUTE  # a child may notice before its gateway's own rule does
GATEWAY = "gateway"  # the attribute that names a device's gateway


@dataclass(frozen=True, slots=True)
class Brakes:
    """Until when an incident (or a gateway's fault) holds a message back and why, and from when on pacing lets it leave."""

    hold: Moment | None = None
    because: Because = Because.INCIDENT_HOLD
    pace: Moment | None = None


async def brakes(tx: Tx, message: Message, case: Case | None, now: Moment, policy: Policy) -> Brakes:
    """For the gate: what holds `message` back. Safety waits for nothing."""
    if case is None or message.kind not in HELD or case.severity is Severity.SAFETY:
        return Brakes()
    standing = await tx.incidents.of_case(case.id)
    if standing is not None and speaks(standing, message):
        return Brakes(pace=_pace(standing, now))
    until = None if standing is None else _hold(standing, now)
    if standing is not None and until is not None:
        return Brakes(until, _because(standing))
    return Brakes(await behind_gateway(tx, case, now, policy), Because.BEHIND_GATEWAY)


def _because(standing: Standing) -> Because:
    """Why its contacts wait: for a decision, or, where that has been taken, for their turn in it."""
    return Because.INCIDENT_TURN if standing.incident.state.sending else Because.INCIDENT_HOLD


async def waits(tx: Tx, case: Case, now: Moment) -> bool:
    """For the ladder: whether an incident holds the case back just now; then the case looks again when that may be over.
    The gate would say the same; asking it thousands of times what is known before would cost more than the storm."""
    if case.severity is Severity.SAFETY:
        return False
    standing = await tx.incidents.of_case(case.id)
    until = None if standing is None else _hold(standing, now)
    if standing is None or until is None:
        return False
    await tx.wakes.put(WakeAt(case.id, "release", until))
    await tx.facts.add(_why(case, standing, until), now)
    return True


def _why(case: Case, standing: Standing, until: Moment) -> Note:
    """It waits for a decision, and until when at most; or, where that has been taken, for its turn in the incident."""
    data: dict[str, object] = {"incident": standing.incident.id}
    if not standing.incident.state.sending:
        data["until"] = until
    return Note(case.id, case.device, "incident.holds", _because(standing), data)


def speaks(standing: Standing, message: Message) -> bool:
    """Whether `message` is the incident's own."""
    return message.written_by == standing.incident.id


def _pace(standing: Standing, now: Moment) -> Moment | None:
    """An incident that has stopped sends nothing that still waits in the outbox."""
    stopped = standing.incident.state in (IncidentState.HALTED, IncidentState.CANDIDATE)
    return Moment(max(standing.incident.hold_until, now + MINUTE)) if stopped else None


def _hold(standing: Standing, now: Moment) -> Moment | None:
    """A household that the incident could not reach is left to the ladder of the one case it was about."""
    lost = standing.status in LOST or standing.status is MessageStatus.CANCELLED
    if lost and standing.told is not None and standing.told.case == standing.member.case:
        return None
    return held_until(standing.incident, standing.member, now, LOOK)


async def behind_gateway(tx: Tx, case: Case, now: Moment, policy: Policy) -> Moment | None:
    """When to look again, if the fault of the case's gateway explains that of the case."""
    device = await tx.devices.get(case.device)
    if device is None:
        return None
    mine = still_open(await tx.cases.faults(case.id))
    began = min((row.change.start for row in mine), default=None)
    if began is None:
        return None
    for gateway in await gateways_of(tx, device, policy):
        for row in await tx.faults.open_of(gateway):
            grave = row.severity.rank >= Severity.MAJOR.rank and not row.change.shadow
            if grave and row.change.start <= began + SLACK:
                return Moment(now + CHILD_LOOK)
    return None


async def gateways_of(tx: Tx, device: Device, policy: Policy) -> list[DeviceId]:
    """What the device is heard through: the gateway it names, and the gateways (by model) of its site."""
    named = device.attributes.get(GATEWAY)
    found = [DeviceId(named)] if isinstance(named, str) and named and named != device.id else []
    models = policy.incidents.gateways
    if models and device.site is not None and device.model not in models:
        found += [each.id for each in await tx.devices.at_site(device.site) if each.model in models]
    return list(dict.fromkeys(found))
