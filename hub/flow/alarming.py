"""Alarming: somebody tells of danger. They are answered with what is safe to do, and our people know at once.

In every state, on every voice, with and without an open case; for whoever has said stop, and for strangers, too. It asks nothing
and commands no device.
"""

from __future__ import annotations

import structlog

from device_rules.fault import Severity
from hub.domain import danger
from hub.domain.because import Because
from hub.domain.case import Case, CaseState
from hub.domain.conversation import Conversation, Heard, Intent, Reply
from hub.domain.device import Device
from hub.domain.effects import Note
from hub.domain.ids import CaseId, DeviceId, FaultId, Moment, SiteId, case_id
from hub.domain.passages import DangerTold
from hub.flow.desk_calls import alert_supervisor
from hub.flow.onward import onward
from hub.flow.placing import Place
from hub.flow.speaking_first import devices_of
from hub.flow.visit import Visit

FAMILY = "danger"
NO_DEVICE = DeviceId("no device")
"""What the desk reads where a person has none, or is known by their number alone."""

log = structlog.get_logger(__name__)


def tells_danger(visit: Visit) -> bool:
    """Whether this turn tells of danger."""
    return visit.turn.kind is Heard.TEXT and visit.turn.meaning.intent is Intent.DANGER


async def alarm(visit: Visit, there: Place | None) -> tuple[CaseId, Reply]:
    """The case, which is a safety matter from here on, and what is said. Told again, it is said again."""
    case = there.case if there is not None else await _opened(visit)
    talk = there.talk if there is not None else await visit.tx.talks.get(case.id)
    talk = talk or Conversation(case.id, visit.customer, language=visit.turn.language)
    await visit.tx.talks.save(danger.left(talk, visit.turn, visit.now))
    await visit.tx.messages.answered(case.id)
    case = await onward(visit.tx, case, DangerTold(str(visit.turn.channel)), visit.now, visit.ctx)
    kind = visit.turn.meaning.slot
    note = Note(case.id, case.device, "talk.danger", Because.DANGER_TOLD, {"kind": kind})
    await visit.tx.facts.add(note, visit.now)
    await alert_supervisor(visit.tx, case, visit.now)
    log.error("danger_told", case=case.id, kind=kind, channel=str(visit.turn.channel))
    return case.id, danger.sentence(kind, await _number(visit, case.site))


async def _number(visit: Visit, site: SiteId | None) -> str:
    """The emergency number where the device stands, else where we are at home."""
    policy = visit.ctx.policy
    found = await visit.tx.people.site(site) if site is not None else None
    country = (found.country if found is not None else "") or policy.country
    return danger.number_of(visit.turn.meaning.slot, country, policy.emergency)


async def _opened(visit: Visit) -> Case:
    """A case for the device that their words name, else their first one; for the person alone, where there is no device."""
    devices = await devices_of(visit)
    device = _meant(visit, devices)
    open_one = await _open_one(visit, device)
    if open_one is not None:
        return open_one
    case = Case(
        id=case_id(FaultId(f"danger:{visit.customer}:{visit.turn.channel}:{visit.turn.key}")),
        device=device.id if device is not None else NO_DEVICE,
        site=device.site if device is not None else None,
        family=FAMILY if device is not None else f"{FAMILY}:{visit.customer}",
        rule="",
        severity=Severity.SAFETY,
        state=CaseState.TALKING,
        opened=visit.now,
        acknowledged=Moment(visit.now),
        acknowledged_by=str(visit.turn.channel),
        asked_by_customer=True,
    )
    await visit.tx.cases.save(case)
    return case


async def _open_one(visit: Visit, device: Device | None) -> Case | None:
    """A case of theirs that is open already: nobody's danger is told of twice in two tickets."""
    family = FAMILY if device is not None else f"{FAMILY}:{visit.customer}"
    return await visit.tx.cases.open_for(device.id if device is not None else NO_DEVICE, family)


def _meant(visit: Visit, devices: list[Device]) -> Device | None:
    words = visit.turn.text.casefold()
    named = (each for each in devices if each.name and each.name.casefold() in words)
    return next(named, devices[0] if devices else None)
