"""What an agent reads about a fault of many devices at once."""

import pytest

from device_rules import Describe, Reading, RuleBook, Tick, as_text
from device_rules.whole import Whole
from tests.device_rules.house import told

SECOND = 1_000_000
START = 1_767_225_600 * SECOND
FLEET = "group:fleet:acme/pump"
BOOK = RuleBook.parse("""
model: acme/pump
version: 1
expect_every: 10s
metrics:
  room: {unit: "°C"}
rules:
  - {id: cold, title: It is cold everywhere, severity: major, when: room < 15, share_of: fleet,
     fraction: 20%, at_least: 4, for: 30s, clear_for: 1m}
""")


def fleet_after(seconds, cold, devices=10, silent=0):
    whole = Whole([BOOK])
    for number in range(devices):
        whole.judge(Describe(f"d{number}", START, START, BOOK.model))
    for second in range(10, seconds + 10, 10):
        now = START + second * SECOND
        for number in range(devices - silent):
            room = 10.0 if number < cold else 20.0
            whole.judge(Reading(f"d{number}", now - 5 * SECOND, now - 5 * SECOND, {"room": room}))
        whole.judge(Tick(now, START))
    return whole


def test_a_share_that_is_not_reached_tells_the_counts():
    assert as_text(fleet_after(60, cold=1, silent=2).town.why(FLEET, "cold")) == told("""
        It is cold everywhere (cold): not raised: the condition does not hold
          no: share of acme/pump >= 20 % (1 of 8 known devices, 12.5 %; of 2 more it is not known)
          It is raised when: 20 % of at least 4 known devices say yes, for 30s.
          Every device is asked: room < 15
    """)


def test_a_group_that_fails_tells_how_long_and_what_would_clear_it():
    assert as_text(fleet_after(20, cold=3).town.why(FLEET, "cold")).splitlines()[2:4] == [
        "  It has held for 10s of 30s.",
        "  It is raised at 00:00:40 UTC if that stays so.",
    ]
    assert as_text(fleet_after(90, cold=3).town.why(FLEET, "cold")) == told("""
        It is cold everywhere (cold): raised, major, for 1m20s
          yes: share of acme/pump >= 20 % (3 of 10 known devices, 30 %)
          It clears when: fewer than 20 % say yes, for 1m.
          Every device is asked: room < 15
    """)


def test_too_few_known_devices_leave_it_unknown():
    why = fleet_after(60, cold=1, devices=5, silent=2).town.why(FLEET, "cold")
    assert (why.state, why.when.unknown) == ("unknown", "not_told")
    assert why.when.said.endswith("of 2 more it is not known; it takes 4 devices")


def test_one_device_of_the_group_tells_what_it_says_itself():
    why = fleet_after(60, cold=1).engine.why("d0", "cold", START + 60 * SECOND)
    assert (why.state, why.when.truth) == ("counted", True)
    assert "This rule counts all devices of the model" in as_text(why)


def test_an_unknown_group_or_rule_is_a_key_error():
    town = fleet_after(10, cold=0).town
    for group, rule in (
        (FLEET, "nonsense"),
        ("group:fleet:other/model", "cold"),
        ("group:site:acme/pump|x", "cold"),
    ):
        with pytest.raises(KeyError):
            town.why(group, rule)
