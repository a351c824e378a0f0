"""The town: faults of a fleet, a site or a cohort, from what the partitions counted."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from device_rules.fault import ChangeKind
from device_rules.groups import ROUND, DeviceKey
from device_rules.groups_town import Town
from device_rules.reading import HOUR, MINUTE, Count, Tally
from device_rules.rule import Group
from tests.device_rules.towns import START, Streets, grouped, told

COHORT = Group(("firmware", "region"), 0.2, 10)
BOOK = grouped(cold=COHORT)
OLD, NEW = "group:cohort:acme/pump|2.3.0|DE", "group:cohort:acme/pump|2.3.1|DE"


def streets(book=BOOK, partitions: int = 2, devices: int = 20) -> Streets:
    """Half of the devices have the new firmware; one of them is in each partition in turn."""
    made = Streets((book,), partitions)
    for number in range(devices):
        firmware = "2.3.1" if number % 2 else "2.3.0"
        key = DeviceKey("acme/pump", f"d{number:03}", f"home-{number // 4}", firmware, "DE")
        made.enter(key, number // 2 % partitions)
    made.say(False, made.members)
    return made


def new(made: Streets) -> list[str]:
    """The devices with the new firmware."""
    return [name for name, (_, member) in made.members.items() if member.key.firmware == "2.3.1"]


def test_a_firmware_that_lets_many_freeze_is_one_fault_of_its_cohort():
    made = streets(devices=60)
    assert made.run(3) == []
    made.say(True, new(made)[:6])  # six of thirty are 20 %
    began = made.now + ROUND
    (raised,) = made.run(10)
    assert (raised.device, raised.rule, raised.kind) == (NEW, "cold", ChangeKind.RAISED)
    assert (raised.start, raised.at) == (began, began + 3 * ROUND)
    assert raised.title == ("6 of 30 acme/pump with firmware 2.3.1 in DE: The house is not getting warm")
    assert raised.evidence.notes == ("6 of 30 known devices, 20 %, threshold 20 %.",)
    assert (raised.evidence.when.value, raised.evidence.when.threshold) == (20.0, 20.0)
    assert raised.evidence.when.parts[0].text == "room < 15"
    assert raised.play == ""


def test_it_ends_when_enough_of_them_are_warm_again_and_keeps_the_name_it_was_raised_under():
    made = streets(devices=60)
    made.say(True, new(made)[:9])
    (raised,) = made.run(5)
    made.say(False, new(made)[:7])
    (cleared,) = made.run(10)
    assert (cleared.fault, cleared.kind, cleared.number) == (raised.fault, ChangeKind.CLEARED, 1)
    assert cleared.title == raised.title
    assert cleared.evidence.notes == ("2 of 30 known devices, 6.7 %, threshold 20 %.",)


def test_just_below_the_share_is_not_a_fault():
    made = streets(devices=60)
    made.say(True, new(made)[:5])
    assert made.run(20) == []


def test_devices_of_which_nothing_is_known_count_neither_way():
    made = streets(devices=60)
    made.say(None, new(made)[10:])
    made.say(True, new(made)[:2])
    (raised,) = made.run(5)
    assert raised.evidence.notes == (
        "2 of 10 known devices, 20 %, threshold 20 %; of 20 more it is not known.",
    )


def test_when_the_fleet_falls_silent_nothing_is_raised_and_nothing_is_cleared():
    made = streets(devices=60)
    made.say(True, new(made))
    made.run(2)
    made.say(None, new(made)[9:])  # nine are too few to tell
    assert made.run(60) == []
    made.say(True, new(made))
    (raised,) = made.run(10)
    assert raised.at - raised.start == 3 * ROUND
    made.say(None, new(made))
    assert made.run(60) == []


def test_a_cohort_that_has_become_too_small_is_over():
    made = streets(devices=60)
    made.say(True, new(made))
    made.run(5)
    for name in new(made)[:21]:
        _, member = made.members[name]
        made.move(name, member.key._replace(firmware="2.4.0"))
    kinds = [(change.device, change.kind) for change in made.run(12)]
    assert (NEW, ChangeKind.CLEARED) in kinds
    assert ("group:cohort:acme/pump|2.4.0|DE", ChangeKind.RAISED) in kinds


def test_a_device_without_a_region_belongs_to_no_cohort_of_a_region():
    made = Streets((BOOK,))
    for number in range(30):
        made.enter(DeviceKey("acme/pump", f"d{number}", firmware="1"))
    made.say(True, made.members)
    assert made.run(10) == []


def test_a_hub_that_was_down_for_an_hour_has_not_seen_the_fault_for_an_hour():
    book = replace(
        BOOK,
        rules=tuple(
            told(rule, need=msgspec.structs.replace(rule.need, known=30 * MINUTE)) for rule in BOOK.rules
        ),
    )
    made = streets(book)
    made.say(True, made.members)
    made.run(6)
    made.now += HOUR
    assert made.run(30) == []
    assert {change.device for change in made.run(200)} == {OLD, NEW}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_which_partition_is_faster_makes_no_difference(order):
    one, other = streets(partitions=3), streets(partitions=3)
    behind: dict[int, list[Tally]] = {number: [] for number in order}
    for step in range(70):
        for made in (one, other):
            made.say(step % 30 > 12, new(made)[step % 2 :])
        one.run()
        other.now += ROUND
        for tally in other.tallies():
            behind[tally.partition].append(tally)
    found = [change for number in order for tally in behind[number] for change in other.town.judge(tally)[0]]
    assert found == one.changes
    assert {change.kind for change in found} >= {ChangeKind.RAISED, ChangeKind.CLEARED}


def test_restarts_of_the_town_and_tallies_that_come_twice_change_nothing():
    plain, shaken = streets(), streets()
    seen: list[Tally] = []
    for step in range(100):
        for made in (plain, shaken):
            made.say(step % 30 > 12, new(made)[step % 2 :])
        plain.run()
        shaken.run()
        if step % 7 == 0:
            shaken.restart_town()
        if step % 5 == 0:
            seen = [msgspec.structs.replace(tally) for tally in (*seen[-3:], Tally(shaken.now, 1))]
            assert [shaken.town.judge(tally) for tally in seen] == [([], [])] * len(seen)
    assert shaken.changes == plain.changes
    assert len(plain.changes) >= 4


def test_a_town_that_stops_between_two_partitions_goes_on_there():
    made = streets()
    made.say(True, new(made))
    for _ in range(6):
        made.now += ROUND
        for tally in made.tallies():
            made.changes += made.town.judge(tally)[0]
            made.restart_town()
    assert [change.device for change in made.changes] == [NEW]


def test_a_partition_that_restarts_counts_its_devices_again_and_nobody_twice():
    made = streets(devices=60)
    made.say(True, new(made)[:6])
    made.run(5)
    lost = made.censuses[0] = type(made.censuses[0])(made.books)
    for name, (partition, member) in list(made.members.items()):
        if partition == 0:
            again = lost.enter(member.key)
            for number, truth in enumerate(member.truths):
                lost.watch(again, number, truth)
            made.members[name] = 0, again
    assert made.run(3) == []
    made.say(False, new(made)[:2])
    (cleared,) = made.run(10)
    assert cleared.evidence.notes == ("4 of 30 known devices, 13.3 %, threshold 20 %.",)


def test_what_a_partition_does_not_have_any_more_after_a_restart_is_gone():
    town = Town([BOOK], 1)
    town.judge(Tally(START, whole=True, counts=(Count(NEW, "cold", 50, 50, 50),)))
    town.judge(Tally(START + ROUND, whole=True))
    found = [town.judge(Tally(START + step * ROUND)) for step in range(2, 20)]
    assert all(changes == [] for changes, _ in found)


def test_while_the_whole_fleet_is_away_no_cohort_is_said_to_be_cold():
    fleet = Group(("fleet",), 0.5, 10)
    book = grouped(cold=COHORT, offline_all=fleet)
    book = replace(
        book,
        rules=tuple(told(rule, unless=("offline-all",) if rule.id == "cold" else ()) for rule in book.rules),
    )
    made = streets(book)
    made.say(True, made.members, 0)
    (away,) = made.run(1)
    assert (away.device, away.rule) == ("group:fleet:acme/pump", "offline-all")
    made.say(True, made.members, 1)
    assert made.run(20) == []
    made.say(False, made.members, 0)
    after = made.run(20)
    assert [change.kind for change in after] == [ChangeKind.CLEARED, ChangeKind.RAISED, ChangeKind.RAISED]
    assert after[1].at > after[0].at


def test_a_rule_on_trial_says_so_in_its_faults():
    book = replace(BOOK, rules=tuple(told(rule, shadow=True) for rule in BOOK.rules))
    made = streets(book)
    made.say(True, made.members)
    assert all(change.shadow for change in made.run(5))


def test_a_changed_rule_keeps_the_fault_and_a_removed_one_closes_it():
    made = streets(devices=60)
    made.say(True, new(made))
    (raised,) = made.run(5)
    changed = replace(BOOK, version=4, rules=tuple(told(rule, fingerprint="other") for rule in BOOK.rules))
    made.books = (changed,)
    made.restart_town()
    made.say(False, new(made))
    (cleared,) = made.run(10)
    assert (cleared.fault, cleared.kind, cleared.evidence.book) == (raised.fault, ChangeKind.CLEARED, 4)

    made = streets(devices=60)
    made.say(True, new(made))
    (raised,) = made.run(5)
    made.books = (grouped(),)
    made.restart_town()
    (closed,) = made.run(1)
    assert (closed.fault, closed.kind) == (raised.fault, ChangeKind.CLEARED)
    assert closed.evidence.notes == ("The rule that raised it is no longer in the book.",)
    made.restart_town()
    assert made.run(5) == []


def test_a_snapshot_of_another_kind_is_refused():
    town = Town([BOOK])
    for blob in (
        b"",
        b"nonsense",
        msgspec.msgpack.encode((99, [])),
        msgspec.msgpack.encode((99, [{}, {}, {}, {}])),
    ):
        assert not town.restore(NEW, blob)
