"""What an agent reads when she asks why a rule is raised, or why it is not, and what would change that."""

import json

import pytest

from device_rules.explain import as_json
from device_rules.explain_words import distance, worth
from tests.device_rules.house import MINUTE, START, House, told

COLD = """
- id: cold
  title: It is cold
  severity: major
  when: mode == "on" and temp < 15
  for: 20m
  clear: temp > 18
  clear_for: 5m
  unless: [dead]
  levels: [{severity: critical, when: temp < 8}]
- {id: dead, title: It is dead, severity: minor, when: load > 5}
"""


def test_a_device_that_was_never_heard_is_unknown():
    house = House(COLD)
    assert house.why(0, "cold").state == "unknown"
    assert house.text(0, "cold") == told("""
        It is cold (cold): not raised: it cannot be known
          unknown: mode == "on" and temp < 15
            unknown: mode == "on" (has not been seen yet)
            unknown: temp < 15 (has not been seen yet)
          It is raised when: mode == "on" (not known now) and temp < 15 (not known now), for 20m.
          Nothing has been heard of this device yet.
    """)


def test_a_rule_that_does_not_hold_says_by_how_much_and_what_is_missing():
    house = House(COLD)
    house.send(0, mode="off", temp=20.5, load=0.0)
    assert house.text(0.5, "cold") == told("""
        It is cold (cold): not raised: the condition does not hold
          no: mode == "on" and temp < 15
            no: mode == "on" (is off, 30s ago)
            no: temp < 15 (is 20.5 °C, 30s ago; 5.5 °C too high)
          It is raised when: mode == "on" (it is off) and temp < 15 (5.5 °C too high), for 20m.
    """)


def test_a_pending_rule_tells_how_long_it_has_held_and_when_it_will_be_raised():
    house = House(COLD, zone="Europe/Berlin")
    house.keep(0, 10, mode="on", temp=10.0)
    assert house.text(9.5, "cold") == told("""
        It is cold (cold): pending: the condition holds, but not for long enough yet
          yes: mode == "on" and temp < 15
            yes: mode == "on" (is on, 30s ago)
            yes: temp < 15 (is 10 °C, 30s ago)
          It has held for 9m30s of 20m.
          It is raised at 01:20 if that stays so.
    """)


def test_a_value_that_is_not_believed_is_told_with_its_range_and_the_time_it_may_still_take():
    house = House(COLD)
    house.keep(0, 10, mode="on", temp=10.0)
    house.send(10, temp=99.0)
    assert house.text(10.5, "cold") == told("""
        It is cold (cold): pending: the condition held, but cannot be known at the moment
          unknown: mode == "on" and temp < 15
            yes: mode == "on" (is on, 1m30s ago)
            unknown: temp < 15 (is not believed: 99 °C, 30s ago, is outside -40 to 60 °C)
          It has held for 10m of 20m, and was not known for 30s (at most 5m).
          It goes on when: temp < 15 (not known now).
    """)


def test_a_value_that_has_worn_off_tells_how_old_it_is_and_how_long_it_counts():
    house = House(COLD)
    house.send(0, mode="on", temp=10.0)
    assert "unknown: temp < 15 (was last seen 10m ago; that counts for 3m)" in house.text(10, "cold")
    assert 'unknown: mode == "on" (is not known: the device was last heard 10m ago)' in house.text(10, "cold")
    assert house.engine.values("thing")["temp"] == (10.0, START)  # people still see what was last known


def test_a_raised_fault_tells_what_would_clear_it_and_what_makes_it_worse_or_better():
    house = House(COLD)
    house.keep(0, 40, mode="on", temp=10.0)
    assert house.text(39.5, "cold").splitlines()[0] == "It is cold (cold): raised, major, for 39m30s"
    assert house.text(39.5, "cold").splitlines()[4:] == [
        "  It becomes critical when: temp < 8 (2 °C too high).",
        "  It clears when: temp > 18 (8 °C too low), for 5m.",
    ]
    house.keep(40, 44, mode="on", temp=6.0)
    assert "It is no longer critical when: temp >= 8 (2 °C too low), for 5m." in house.text(43, "cold")


def test_an_all_clear_under_way_tells_how_far_it_is():
    house = House(COLD)
    house.keep(0, 40, mode="on", temp=7.0)
    house.keep(40, 44, mode="on", temp=19.0)
    assert house.text(43.5, "cold") == told("""
        It is cold (cold): raised, critical, for 43m30s
          no: mode == "on" and temp < 15
            yes: mode == "on" (is on, 30s ago)
            no: temp < 15 (is 19 °C, 30s ago; 4 °C too high)
          It is no longer critical at 00:45 UTC if that stays so.
          The all-clear has held for 3m30s of 5m.
          It clears at 00:45 UTC if that stays so.
    """)


def test_a_rule_that_is_held_back_names_its_parent_and_then_waits_for_something_fresh():
    house = House(COLD)
    house.keep(0, 30, mode="on", temp=10.0, load=9.0)
    assert house.why(29.5, "cold").state == "inhibited"
    assert house.text(29.5, "cold").splitlines()[-2:] == [
        "  It has held for 20m of 20m.",
        "  It is held back while this is raised: dead.",
    ]
    house.send(30, load=1.0)
    assert "waits for a fresh observation" in house.text(31.5, "cold")


def test_a_device_that_is_worked_on_is_held_back():
    house = House(COLD)
    house.send(0, mode="service", load=9.0)
    assert house.text(0.5, "dead") == told("""
        It is dead (dead): held back while the device is worked on
          yes: load > 5 (is 9, 30s ago)
          It is held back while the device is worked on.
    """)


def test_a_rule_outside_its_hours_tells_when_they_begin():
    rules = (
        '- {id: shop, title: Open, severity: minor, when: load > 3, schedule: {days: [mon], from: "08:00"}}'
    )
    house = House(rules, zone="Europe/Berlin")
    house.send(0, load=4.0)
    assert house.text(0.5, "shop").splitlines()[-1] == (
        "  It is outside its hours: it is raised from Mon 08:00 on at the earliest."
    )
    assert house.why(0.5, "shop").opens_at == START + (4 * 24 + 7) * 60 * MINUTE


def test_a_fault_that_comes_and_goes_tells_until_when_nothing_is_told():
    house = House(COLD)
    for minute in range(16):
        house.send(minute, load=9.0 if minute % 4 < 2 else 0.0)
    assert house.text(15.5, "dead").splitlines()[2:] == [
        "  For now it has cleared again.",
        "  It comes and goes (8 turns within an hour): no change is told until an hour has been calm, "
        "at 01:15 UTC if nothing turns before.",
    ]


def test_late_readings_are_told_as_what_a_raise_waits_for():
    house = House(COLD)
    for minute in range(30):
        house.send(minute, late=True, mode="on", temp=10.0)
    assert (
        house.text(29.5, "cold").splitlines()[0].endswith("pending: the condition holds, but the raise waits")
    )
    assert "waits for one that is not late" in house.text(29.5, "cold")


def test_asking_changes_nothing():
    house = House(COLD)
    house.keep(0, 10, mode="on", temp=10.0)
    before = house.engine.snapshot("thing")
    house.engine.why("thing", "cold", house.at(500))
    assert house.engine.snapshot("thing") == before
    assert house.engine.changed() == set()


def test_an_unknown_rule_or_device_is_a_key_error():
    house = House(COLD)
    with pytest.raises(KeyError):
        house.why(0, "nonsense")
    with pytest.raises(KeyError):
        house.engine.why("stranger", "cold", START)


def test_a_program_gets_every_key_every_time():
    house = House(COLD)
    empty = as_json(house.why(0, "cold"))
    house.keep(0, 40, mode="on", temp=7.0)
    full = json.loads(json.dumps(as_json(house.why(39.5, "cold"))))
    assert empty.keys() == full.keys()
    assert empty["when"].keys() == full["when"]["parts"][1].keys() == full["clear"].keys()
    assert full["when"]["parts"][1] == {
        "text": "temp < 15",
        "truth": True,
        "said": "is 7 °C, 30s ago",
        "metric": "temp",
        "value": 7.0,
        "threshold": 15.0,
        "unit": "°C",
        "away": 8.0,
        "observed": house.at(39),
        "unknown": "",
        "facts": {},
        "parts": [],
    }
    assert (full["state"], full["severity"], full["clears_when"]) == (
        "raised",
        "critical",
        "temp > 18 (11 °C too low)",
    )
    assert full["calming"] == {"held": 0, "needed": 5 * MINUTE, "blind": 0, "blind_most": 75_000_000}
    assert empty["when"]["parts"][0]["unknown"] == "never_seen"


def test_a_text_in_place_of_a_number_is_told_as_a_text():
    house = House(COLD)
    house.send(0, mode="on", temp="150", load=0.0)
    assert 'temp < 15 (is not believed: the text "150", 30s ago, is not a number)' in house.text(0.5, "cold")


@pytest.mark.parametrize("value", [10**400, -(10**400), 1e308, float("inf"), float("nan")])
def test_a_number_beyond_all_measure_can_be_explained(value):
    house = House(COLD)
    house.send(0, mode="on", temp=value, load=0.0)
    assert "not raised: it cannot be known" in house.text(0.5, "cold")
    assert worth(value)
    assert distance("<", value, 15.0, "°C") is not None
