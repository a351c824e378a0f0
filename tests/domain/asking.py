"""A question to the gate that nothing speaks against, for tests to spoil one thing at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from device_rules.fault import Severity
from hub.clock import micros
from hub.domain.case import Case, CaseState
from hub.domain.contact import Direction, Message, MessageClass
from hub.domain.customer import Address, Basis, BasisKind, Channel, Customer, Purpose
from hub.domain.gate import Asked, History, Switches
from hub.domain.ids import AddressId, CaseId, ContactId, CustomerId, DeviceId, MessageId, Moment, SiteId

EVENING = Moment(micros("2026-11-21T17:00:00Z"))  # 18:00 in Berlin
NIGHT = Moment(micros("2026-11-21T22:30:00Z"))
ADA = CustomerId("ada")


def case(**changes: Any) -> Case:
    plain = Case(
        id=CaseId("case_1"),
        device=DeviceId("hp-1"),
        site=SiteId("kiel"),
        family="icing",
        rule="icing-up",
        severity=Severity.MAJOR,
        state=CaseState.CONTACTING,
        opened=Moment(EVENING - 60_000_000),
    )
    return replace(plain, **changes)


def message(kind: MessageClass = MessageClass.FIRST, **changes: Any) -> Message:
    plain = Message(
        id=MessageId("msg_1"),
        contact=ContactId("contact_1"),
        case=CaseId("case_1"),
        customer=ADA,
        address=AddressId("ada-sms"),
        channel=Channel.SMS,
        kind=kind,
        direction=Direction.OUT,
        at=EVENING,
        question=True,
    )
    return replace(plain, **changes)


def basis(**changes: Any) -> Basis:
    return replace(Basis(ADA, Purpose.SERVICE, Channel.SMS, BasisKind.CONTRACT, Moment(1)), **changes)


def asked(kind: MessageClass = MessageClass.FIRST, **changes: Any) -> Asked:
    """An evening in Berlin, Ada has a contract, nothing was said yet."""
    plain = Asked(
        message=message(kind),
        customer=Customer(ADA),
        address=Address(AddressId("ada-sms"), ADA, Channel.SMS, "+4915550100001"),
        case=case(),
        bases=(basis(),),
        suppressed=False,
        zones=("Europe/Berlin",),
        history=History(),
        switches=Switches(),
        text="Nordwarm: Ada, your heat pump is icing up. Reply 1 for what to do. Reply STOP to end.",
    )
    return replace(plain, **changes)
