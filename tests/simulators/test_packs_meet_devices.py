"""The packs' rules, told what the simulated devices report: each fault is raised once, and cleared by its repair."""

from pathlib import Path

import pytest

import device_rules
from device_rules import ChangeKind, Describe, Engine, Event, Presence, PresenceState, Reading, RuleBook, Tick
from hub.clock import SECOND, micros
from simulators.devices import Fridge, HeatPump, Router, Washer

START = micros("2026-11-21T08:00:00Z")
PACKS = Path(device_rules.__file__).parent / "packs"


def as_heard(values):
    """Numbers as the hub's decoders give them."""
    return {
        name: float(value) if isinstance(value, int) and not isinstance(value, bool) else value
        for name, value in values.items()
    }


class Day:
    """A device's day at its own pace, judged as it is told; `faults` holds (rule, kind, minute)."""

    def __init__(self, body) -> None:
        books = [RuleBook.parse(path.read_text(), str(path)) for path in sorted(PACKS.glob("*/rules.yaml"))]
        self.body, self.now = body, START
        self.engine = Engine(books)
        self.faults: list[tuple[str, ChangeKind, int]] = []
        self.tell(Describe(body.id, START, START, body.model))

    def tell(self, record) -> None:
        for change in self.engine.judge(record):
            self.faults.append((change.rule, change.kind, (change.at - START) // (60 * SECOND)))

    def hours(self, hours: float, heard: bool = True) -> None:
        for _ in range(int(hours * 3600 * SECOND) // self.body.every):
            self.now += self.body.every
            self.body.step(self.body.every / SECOND)
            self.tell(Tick(self.now, START))
            if heard:
                self.tell(Reading(self.body.id, self.now, self.now, as_heard(self.body.read()), self.now))
                for event in self.body.events():
                    self.tell(Event(self.body.id, self.now, self.now, event["event"]))

    def presence(self, state: PresenceState) -> None:
        self.tell(Presence(self.body.id, self.now, self.now, state))

    def told(self) -> list[tuple[str, ChangeKind]]:
        return [(rule, kind) for rule, kind, _ in self.faults]


@pytest.mark.parametrize(
    "body", [HeatPump("hp-1"), Fridge("fr-1"), Router("ro-1"), Washer("wa-1")], ids=lambda body: body.model
)
def test_a_healthy_device_has_a_quiet_day(body):
    day = Day(body)
    day.hours(24)
    assert day.faults == []


def test_a_washing_machine_washes_three_times_a_day_and_nobody_hears_of_it():
    washer = Washer("wa-1", target_temp=60)
    day = Day(washer)
    for _ in range(3):
        washer.start()
        day.hours(4)
    assert washer.phase == "done"
    assert day.faults == []


@pytest.mark.parametrize(
    ("body", "broken", "hours", "mended", "rule"),
    [
        (HeatPump("hp-1"), "stick_defrost", 4, "clear_snow", "icing-up"),
        (HeatPump("hp-1"), "open_windows", 1.5, "close_windows", "not-heating"),
        (HeatPump("hp-1"), "lose_water", 1, "refill_water", "low-pressure"),
        (HeatPump("hp-1"), "stick_flow", 1.5, "booted", "overheating"),
        (Fridge("fr-1"), "leave_door_open", 0.5, "close_door", "door-open"),
        (Fridge("fr-1"), "stall_compressor", 6, "booted", "too-warm"),
        (Router("ro-1"), "line_fault", 0.5, "booted", "line-unstable"),
        (Router("ro-1"), "leak_memory", 3, "booted", "memory-full"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_fault_is_raised_once_and_cleared_by_its_repair(body, broken, hours, mended, rule):
    day = Day(body)
    day.hours(1)
    body.happenings()[broken]()
    day.hours(hours)
    assert day.told() == [(rule, ChangeKind.RAISED)]
    getattr(body, mended, body.happenings().get(mended))()
    day.hours(4)
    assert day.told() == [(rule, ChangeKind.RAISED), (rule, ChangeKind.CLEARED)]


@pytest.mark.parametrize(
    "body", [HeatPump("hp-1"), Fridge("fr-1"), Router("ro-1")], ids=lambda body: body.model
)
def test_a_device_that_falls_silent_is_noticed_and_welcomed_back(body):
    day = Day(body)
    day.hours(1)
    day.hours(1, heard=False)
    day.hours(1)
    assert day.told() == [("offline", ChangeKind.RAISED), ("offline", ChangeKind.CLEARED)]


def test_a_defrost_from_afar_proves_that_a_cleared_heat_pump_is_well_within_half_an_hour():
    pump = HeatPump("hp-1", ice=1.1, defrost_age=110)
    pump.stick_defrost()
    day = Day(pump)
    day.hours(1)
    assert day.faults[0][0] == "icing-up"
    assert not pump.obey("defrost", {}).ok
    pump.clear_snow()
    assert pump.obey("defrost", {}).ok
    day.hours(0.5)
    assert day.told()[-1] == ("icing-up", ChangeKind.CLEARED)


@pytest.mark.parametrize(
    ("broken", "mended", "rule"),
    [
        ("close_tap", "open_tap", "no-water"),
        ("clog_filter", "clean_filter", "not-draining"),
        ("spring_leak", "mop_up", "leak"),
        ("lopside", "spread", "unbalanced"),
        ("jam_lock", "free_lock", "door-stuck"),
    ],
)
def test_a_wash_that_fails_is_told_once_and_mended_it_goes_on(broken, mended, rule):
    washer = Washer("wa-1")
    day = Day(washer)
    day.hours(0.5)
    washer.happenings()[broken]()
    washer.start()
    day.hours(2)
    assert day.told() == [(rule, ChangeKind.RAISED)]
    washer.happenings()[mended]()
    day.hours(3)
    assert day.told() == [(rule, ChangeKind.RAISED), (rule, ChangeKind.CLEARED)]
    assert washer.phase == "done"


def test_a_wash_that_stays_cold_is_told_and_is_over_with_the_heating():
    washer = Washer("wa-1", target_temp=60)
    washer.cold = True
    day = Day(washer)
    washer.start()
    day.hours(4)
    assert day.told() == [("not-heating", ChangeKind.RAISED), ("not-heating", ChangeKind.CLEARED)]


def test_a_washing_machine_that_is_off_is_silent_and_that_is_all_right():
    washer = Washer("wa-1")
    day = Day(washer)
    washer.start()
    day.hours(3)
    day.presence(PresenceState.OFFLINE_LOST)
    day.hours(48, heard=False)
    assert day.faults == []


def test_a_washing_machine_that_breaks_off_in_the_midst_of_a_wash_is_missed():
    washer = Washer("wa-1")
    day = Day(washer)
    washer.start()
    day.hours(0.5)
    day.presence(PresenceState.OFFLINE_LOST)
    day.hours(1, heard=False)
    assert [(rule, kind) for rule, kind, _ in day.faults] == [("quiet-mid-wash", ChangeKind.RAISED)]
    day.presence(PresenceState.ONLINE)
    day.hours(0.5)
    assert day.told()[-1] == ("quiet-mid-wash", ChangeKind.CLEARED)
