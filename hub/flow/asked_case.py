"""Cases that a person opens by asking: the device that they mean, the case that ended a short while ago, and a new one.

It opens and reads; what is answered is for `speaking_first.py` and `appointments_first.py`.
"""

from __future__ import annotations

from device_rules.fault import Severity
from device_rules.reading import HOUR
from hub.domain.because import Because
from hub.domain.case import Case, CaseState
from hub.domain.device import Device
from hub.domain.effects import Note, WakeAt
from hub.domain.ids import CaseId, FaultId, Moment, case_id
from hub.domain.move import settle_wake
from hub.flow.carry import carry_out
from hub.flow.visit import Visit

FAMILY = "asked"
STEP = "asked"
REOPEN = 72 * HOUR
"""A reply within this time of closing opens the case again (conversation.md)."""
ASKED = "anything_wrong"
"""The wake that remembers, for as long as a session, that a person was asked whether something is wrong all the same."""


def memory(visit: Visit) -> CaseId:
    """Where it is remembered that this person was asked something while no case of theirs is open."""
    return CaseId(f"hello:{visit.customer}")


async def remember_asking(visit: Visit) -> None:
    """They were asked whether a person shall get back to them; a yes within an hour is an answer to it."""
    wake = WakeAt(memory(visit), ASKED, Moment(visit.now + HOUR))
    await carry_out(visit.tx, (wake,), visit.now, visit.ctx)


async def devices_of(visit: Visit) -> list[Device]:
    """The person's devices, site by site."""
    sites = await visit.tx.people.sites_of(visit.customer, visit.now)
    return [device for site in sites for device in await visit.tx.devices.at_site(site.id)]


def meant(visit: Visit, devices: list[Device]) -> Device:
    """The device that their words name, else the first."""
    words = visit.turn.text.casefold()
    return next((each for each in devices if each.name and each.name.casefold() in words), devices[0])


async def just_ended(visit: Visit) -> Case | None:
    """The case that ended last, if that is a short while ago and they knew of it."""
    every = await visit.tx.cases.of_customer(visit.customer, visit.now, open_only=False)
    ended = [
        case
        for case in every
        if case.state in (CaseState.RESOLVED, CaseState.EXPIRED)
        and case.closed is not None
        and visit.now - case.closed <= REOPEN
        and (case.contacted is not None or case.asked_by_customer)
    ]
    return max(ended, key=lambda case: case.closed or 0, default=None)


async def open_case(visit: Visit, device: Device) -> Case:
    """A case that the person opened; acknowledged from the first moment, for they are here."""
    now = visit.now
    case = Case(
        id=case_id(FaultId(f"asked:{visit.customer}:{visit.turn.channel}:{visit.turn.key}")),
        device=device.id,
        site=device.site,
        family=FAMILY,
        rule="",
        severity=Severity.MINOR,
        state=CaseState.TALKING,
        opened=now,
        acknowledged=now,
        acknowledged_by=str(visit.turn.channel),
        asked_by_customer=True,
    )
    await visit.tx.cases.save(case)
    effects = (
        Note(case.id, device.id, "case.asked", Because.CUSTOMER_ASKED),
        WakeAt(case.id, "expire", Moment(now + visit.ctx.policy.expiry)),
        settle_wake(case, now, visit.ctx.policy),
    )
    await carry_out(visit.tx, effects, now, visit.ctx)
    return case
