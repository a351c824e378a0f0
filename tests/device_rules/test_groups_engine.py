"""Groups from readings on: what devices send becomes one fault of their cohort, and what the others do counts for one."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec
import pytest

from device_rules import Describe, Engine, Reading, RuleBook, Tick
from device_rules.fault import ChangeKind, FaultChange
from device_rules.groups_town import Town
from device_rules.reading import SECOND, Event, Presence, PresenceState, Record, Standing, Tally
from device_rules.whole import Whole

START = 1_795_280_400_000_000  # a whole ten seconds
BOOK = RuleBook.parse("""
model: acme/pump
version: 1
expect_every: 10s
maintenance: mode == "service"
metrics:
  room: {type: float, unit: "°C", range: [0, 51.2]}
  mode: {type: enum, values: [heat, service], every: on_change}
rules:
  - id: cold-cohort
    title: The house is not getting warm
    severity: major
    when: avg(room, 1m) < 15
    share_of: cohort(firmware)
    fraction: 20%
    at_least: 10
    for: 30s
    clear_for: 1m
  - id: coldest
    title: Colder than nearly all others
    severity: minor
    when: room < fleet(room, "p5") - 2
    for: 1m
    clear_for: 1m
  - id: all-cold
    title: Every other pump here is cold as well
    severity: minor
    when: room < 15 and all(site.devices, room < 15)
    clear_for: 1m
""")


def settings(number: int) -> tuple[str, str, str]:
    """A device, its firmware and its site: three live together."""
    return f"d{number:02}", "2.3.1" if number % 2 else "2.3.0", f"home-{number // 3}"


def described(number: int, at: int = START, firmware: str = "") -> Describe:
    name, made, site = settings(number)
    return Describe(name, at, at, BOOK.model, firmware or made, site=site, zone="Europe/Berlin")


def fleet(devices: int, seconds: int, room) -> Iterator[Record]:
    """Every device says every ten seconds how warm it is; `room(number, second)` is None when it says nothing."""
    yield from (described(number) for number in range(devices))
    for second in range(1, seconds + 1):
        now = START + second * SECOND
        for number in range(devices):
            if second % 10 == number % 10 and (warm := room(number, second)) is not None:
                yield Reading(f"d{number:02}", now, now, {"room": warm})
        yield Tick(now, START)


def run(records) -> list[FaultChange]:
    whole = Whole([BOOK])
    return [change for record in records for change in whole.judge(record)]


def of(changes: list[FaultChange], rule: str) -> list[tuple[str, ChangeKind]]:
    return [(change.device, change.kind) for change in changes if change.rule == rule]


def freezing(number: int, second: int) -> float:
    """From the third to the tenth minute, a third of the new firmware is cold."""
    return 10.0 if number % 6 == 1 and 180 <= second < 600 else 20.0 + number / 10


COHORT = "group:cohort:acme/pump|2.3.1|"


def test_a_third_of_one_firmware_freezes_and_that_is_one_fault_and_it_ends():
    changes = run(fleet(40, 900, freezing))
    assert of(changes, "cold-cohort") == [(COHORT, ChangeKind.RAISED), (COHORT, ChangeKind.CLEARED)]
    raised = next(change for change in changes if change.rule == "cold-cohort")
    assert raised.title == "7 of 20 acme/pump with firmware 2.3.1: The house is not getting warm"
    assert (raised.at - raised.start) == 30 * SECOND
    assert 180 * SECOND < raised.start - START <= 250 * SECOND  # the average of a minute had to fall


def test_devices_that_fall_silent_are_not_known_and_clear_nothing():
    changes = run(fleet(40, 1500, lambda number, second: freezing(number, 300) if second < 600 else None))
    assert of(changes, "cold-cohort") == [(COHORT, ChangeKind.RAISED)]


def test_who_is_being_worked_on_does_not_count():
    service = [
        Event(f"d{number:02}", START, START, "x") for number in range(1)
    ]  # an event is no reading: nothing is known of it yet
    modes = [
        Reading(f"d{number:02}", START + 1, START + 1, {"mode": "service", "room": 20.0})
        for number in range(40)
    ]
    records = list(fleet(40, 900, freezing))
    changes = run([*records[:40], *service, *modes, *records[40:]])
    assert of(changes, "cold-cohort") == []


def test_a_device_that_is_colder_than_nearly_all_others_is_found():
    changes = run(
        fleet(40, 600, lambda number, second: 16.0 if number == 7 and second > 200 else 20.0 + number / 10)
    )
    assert of(changes, "coldest") == [("d07", ChangeKind.RAISED)]
    leaf = changes[0].evidence.when
    assert (leaf.value, leaf.threshold) == (16.0, pytest.approx(18.2))


def test_a_home_where_all_the_others_are_cold_too():
    def room(number: int, second: int) -> float:
        return (
            10.0
            if (100 < second < 300 and number in (0, 1)) or (200 < second < 300 and number == 2)
            else 20.0
        )

    changes = run(fleet(6, 600, room))
    found = of(changes, "all-cold")
    assert sorted(found[:3]) == [(f"d0{number}", ChangeKind.RAISED) for number in range(3)]
    assert sorted(found[3:]) == [(f"d0{number}", ChangeKind.CLEARED) for number in range(3)]


@dataclass
class Parts:
    """The same in several partitions, each with its log, and the town: anything may be restarted."""

    partitions: int
    engines: list[Engine] = field(init=False)
    town: Town = field(init=False)
    changes: list[FaultChange] = field(default_factory=list)
    kept: dict[int, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.engines = [Engine([BOOK]) for _ in range(self.partitions)]
        self.town = Town([BOOK], self.partitions)

    def judge(self, record: Record) -> None:
        everywhere = isinstance(record, Tick)
        mine = range(self.partitions) if everywhere else [int(record.device[1:]) % self.partitions]
        for number in mine:
            self.changes += self.engines[number].judge(record)
        for number in mine:
            for tally in self.engines[number].tallies():
                self._tell(msgspec.structs.replace(tally, partition=number))

    def _tell(self, tally: Tally) -> None:
        changes, standings = self.town.judge(tally)
        self.changes += changes
        for standing in standings:
            for engine in self.engines:
                self.changes += engine.judge(standing)

    def restart(self, number: int) -> None:
        """One partition goes down and comes back with what it had kept."""
        old, new = self.engines[number], Engine([BOOK])
        if old.groups_changed:
            self.kept[number] = old.snapshot_groups()
        new.restore_groups(self.kept.get(number, b""))
        for device in range(number, 40, self.partitions):
            name = settings(device)[0]
            if old.model(name) is None:
                continue
            assert new.restore(name, old.snapshot(name))
        self.engines[number] = new


def wild(number: int, second: int) -> float | None:
    """Something of everything."""
    if number == 13 and second // 200 % 2:
        return 3.0
    dice = random.Random(number * 100_003 + second // 60)
    return None if dice.random() < 0.2 else dice.choice([9.0, 14.0, 18.0, 25.0])


def ordered(changes: list[FaultChange]) -> list[FaultChange]:
    return sorted(changes, key=lambda change: (change.at, change.device, change.rule, change.number))


def test_partitions_and_restarts_make_no_difference():
    records = list(fleet(40, 1200, wild))
    records.insert(9_00, described(3, START + 300 * SECOND, "2.4.0"))
    records.insert(
        9_01, Presence("d05", START + 300 * SECOND, START + 300 * SECOND, PresenceState.OFFLINE_LOST)
    )
    plain = run(records)
    assert {change.rule for change in plain} == {"cold-cohort", "coldest", "all-cold"}
    for partitions in (1, 3):
        parts, shaken = Parts(partitions), Parts(partitions)
        for step, record in enumerate(records):
            parts.judge(record)
            shaken.judge(record)
            if step % 97 == 0:
                shaken.restart(step // 97 % partitions)
        assert ordered(parts.changes) == ordered(plain)
        assert ordered(shaken.changes) == ordered(plain)


def test_a_device_that_moves_house_hears_its_new_neighbours_only():
    whole = Whole([BOOK])
    for record in fleet(6, 120, lambda number, second: 10.0 if number < 3 else 20.0):
        whole.judge(record)
    now = START + 120 * SECOND
    assert whole.engine.why("d00", "all-cold", now).state == "raised"
    moved = msgspec.structs.replace(described(0, now), site="home-1")
    whole.judge(moved)
    leaf = whole.engine.why("d00", "all-cold", now).when.parts[1]
    assert leaf.truth is None
    whole.judge(Tick(now + 10 * SECOND, START))
    assert whole.engine.why("d00", "all-cold", now + 10 * SECOND).when.parts[1].truth is False


def test_a_device_of_another_model_is_counted_no_more():
    whole = Whole([BOOK])
    for record in fleet(40, 300, freezing):
        whole.judge(record)
    changes = []
    for number in range(40):
        now = START + 300 * SECOND
        changes += whole.judge(Describe(f"d{number:02}", now, now, "acme/fridge"))
    for second in range(310, 400, 10):
        changes += whole.judge(Tick(START + second * SECOND, START))
    assert of(changes, "cold-cohort") == [(COHORT, ChangeKind.CLEARED)]


def test_what_others_counted_is_nothing_to_a_whole_fleet():
    whole = Whole([BOOK])
    assert whole.judge(Tally(START)) == whole.judge(Standing(START, BOOK.model)) == []
