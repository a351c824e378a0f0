"""Small real values for the contract suites."""

from typing import Any

from device_rules.fault import ChangeKind, Evidence, FaultChange, Leaf, Severity
from hub.domain.case import Case, CaseState, Step
from hub.domain.contact import Direction, Message, MessageClass, Phrase
from hub.domain.customer import Channel
from hub.domain.effects import CommandDevice
from hub.domain.ids import CaseId, DeviceId, Moment, SiteId

T0 = 1_795_280_400_000_000
EVIDENCE = Evidence("heatpump", "icing", 3, Leaf("coil < -12 °C", True, "coil", -14.5, -12.0, "°C", T0))


def change(number: int = 0, **over: Any) -> FaultChange:
    kind = [ChangeKind.RAISED, ChangeKind.SEVERITY, ChangeKind.CLEARED][number]
    values: dict[str, Any] = {
        "fault": "f1",
        "device": "hp1",
        "rule": "icing",
        "kind": kind,
        "severity": Severity.MAJOR,
        "at": T0 + number,
        "start": T0 - 60,
        "number": number,
        "evidence": EVIDENCE,
    }
    return FaultChange(**values | over)


def case(name: str = "case_1", **over: Any) -> Case:
    values: dict[str, Any] = {
        "id": CaseId(name),
        "device": DeviceId("hp1"),
        "site": SiteId("home"),
        "family": "icing",
        "rule": "icing",
        "severity": Severity.MAJOR,
        "state": CaseState.HELD,
        "opened": Moment(T0),
        "ladder": (Step(Channel.SMS, 7_200_000_000), Step(Channel.AGENT, 0)),
    }
    return Case(**values | over)


def message(name: str = "msg_1", **over: Any) -> Message:
    values: dict[str, Any] = {
        "id": name,
        "contact": "contact_1",
        "case": "case_1",
        "customer": "ada",
        "address": "ada-sms",
        "channel": Channel.SMS,
        "kind": MessageClass.FIRST,
        "direction": Direction.OUT,
        "at": T0,
        "phrases": (Phrase("plays/heatpump/icing/opening", {"device": "Wärmepumpe"}),),
        "question": True,
        "expires": T0 + 3_600_000_000,
    }
    return Message(**values | over)


def order(name: str = "cmd_1", **over: Any) -> CommandDevice:
    values: dict[str, Any] = {
        "id": name,
        "case": "case_1",
        "device": "hp1",
        "name": "restart",
        "args": {"gently": True, "after": 2.5, "who": "hub"},
        "expires": T0 + 60_000_000,
        "repeatable": False,
    }
    return CommandDevice(**values | over)
