"""The diagnostic packet: an allow-list, frozen, chained, honest about what is missing."""

from __future__ import annotations

import json
from dataclasses import replace

from device_rules.fault import ChangeKind, Evidence, FaultChange, Leaf, Severity
from device_rules.reading import MINUTE, Event, Presence, PresenceState, Reading, Record
from hub.domain.device import Device, DeviceState
from hub.domain.ids import CaseId, CustomerId, DeviceId, Moment
from hub.domain.packet import POINTS, Findings, build, clock, seal, wanted_metrics
from tests.domain.asking import EVENING, case

LEAF = Leaf(
    "coil_temp < -10 and mode == 'heat'",
    True,
    parts=(
        Leaf("coil_temp < -10", True, "coil_temp", -14.0, -10.0, "°C", EVENING),
        Leaf("mode == 'heat'", True, "mode", "heat", "heat"),
    ),
)
CHANGE = FaultChange(
    fault="f" * 20,
    device="hp-1",
    rule="icing-up",
    kind=ChangeKind.RAISED,
    severity=Severity.MAJOR,
    at=EVENING,
    start=EVENING - 20 * MINUTE,
    number=0,
    evidence=Evidence("nordwarm/heatpump-x1", "icing-up", 7, LEAF),
    title="The heat pump is icing up",
    packet=("room_temp", "supply_temp"),
)


def readings(count: int, lag: int = 0) -> list[Record]:
    step = 60 * MINUTE // count
    return [
        Reading("hp-1", at + lag, at, {"coil_temp": -float(n), "room_temp": 20.0, "secret": 1.0}, sent=at)
        for n, at in enumerate(range(EVENING - 60 * MINUTE, EVENING, step))
    ]


def findings(**changes: object) -> Findings:
    device = Device(DeviceId("hp-1"), "nordwarm/heatpump-x1", "garden heat pump", "SN-4471", "3.2", EVENING)
    state = DeviceState(
        device.id, PresenceState.ONLINE, values={"rssi": (-61.0, EVENING), "battery": (80.0, EVENING)}
    )
    plain = Findings(case(), CHANGE, device, state, CustomerId("ada"), readings(60), [])
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_the_metrics_that_matter_are_those_the_rule_lists_and_those_it_looked_at() -> None:
    assert wanted_metrics(CHANGE) == ["room_temp", "supply_temp", "coil_temp", "mode"]


def test_a_packet_answers_what_which_since_when_and_what_is_missing() -> None:
    body = build(findings(), EVENING)
    assert body["device"]["serial"] == "SN-4471" and body["device"]["firmware"] == "3.2"
    assert body["trigger"]["evidence"]["when"]["parts"][0]["value"] == -14.0
    assert len(body["window"]["coil_temp"]) == 60
    assert body["connectivity"]["radio"] == {"rssi": -61.0}
    assert body["connectivity"]["power"] == {"battery": 80.0}
    assert "samples:supply_temp" in body["completeness"]["missing"]
    assert "samples:coil_temp" in body["completeness"]["got"]
    json.dumps(body)


def test_what_is_not_on_the_list_does_not_leave() -> None:
    body = json.dumps(build(findings(), EVENING))
    assert "secret" not in body


def test_a_device_that_nobody_registered_still_has_a_packet() -> None:
    body = build(findings(device=None, state=None, owner=None, records=[]), EVENING)
    assert body["device"] == {"id": "hp-1", "model": "nordwarm/heatpump-x1", "registered": False}
    assert set(body["completeness"]["missing"]) >= {"registration", "live_state", "owner", "firmware"}


def test_a_long_window_is_thinned_and_keeps_its_ends() -> None:
    body = build(findings(records=readings(3600)), EVENING)
    samples = body["window"]["coil_temp"]
    assert len(samples) == POINTS
    assert samples[0][0] == EVENING - 60 * MINUTE and samples[-1][1] == -3599.0


def test_presence_reboots_and_events_are_in_it() -> None:
    records: list[Record] = [
        Presence("hp-1", EVENING, EVENING, PresenceState.OFFLINE_LOST, "keep-alive", "last will"),
        Event("hp-1", EVENING, EVENING, "reboot", {"reason": "watchdog"}),
        Event("hp-1", EVENING, EVENING, "error", {"code": "E42"}),
    ]
    body = build(findings(records=records), EVENING)
    assert body["connectivity"]["history"][0]["reason"] == "keep-alive"
    assert [each["name"] for each in body["events"]] == ["reboot", "error"]
    assert [each["data"]["reason"] for each in body["reboots"]] == ["watchdog"]


def test_past_cases_say_what_fixed_them() -> None:
    old = case(id=CaseId("case_0"), closed=EVENING, closing="replaced", proved=True)
    healed = case(id=CaseId("case_9"), closed=EVENING, proved=True)
    body = build(findings(past=[old, healed, case()]), EVENING)
    assert [each["closing"] for each in body["past_cases"]] == ["replaced", "recovered"]


def test_the_quality_of_the_devices_clock_is_told() -> None:
    assert clock([])["quality"] == "absent"
    assert clock(readings(10))["quality"] == "good"
    slow = clock(readings(10, lag=10 * MINUTE))
    assert slow["quality"] == "offset" and slow["lag"] == 10 * MINUTE


def test_parts_are_chained_so_that_none_can_be_changed_unseen() -> None:
    first = seal(CaseId("case_1"), 0, EVENING, {"a": 1})
    second = seal(CaseId("case_1"), 1, Moment(EVENING + 1), {"b": 2}, before=first.sha256)
    forged = seal(CaseId("case_1"), 0, EVENING, {"a": 2})
    assert first.sha256 != forged.sha256
    assert seal(CaseId("case_1"), 1, EVENING, {"b": 2}, before=forged.sha256).sha256 != second.sha256
    assert seal(CaseId("case_1"), 0, EVENING, {"a": 1}).sha256 == first.sha256
