"""A rule that could never clear and a level that would always be on are refused while the author looks on."""

import pytest

from device_rules import BookError, RuleBook

HEAD = """\
model: a/b
version: 1
expect_every: 60s
metrics:
  temp: {unit: "°C", range: [-40, 200]}
  power: {unit: W}
attributes:
  limit: {default: 5}
rules:
  - id: hot
    title: Hot
    severity: major
"""


def told(*keys):
    """What is said of a rule with these keys; "" when it is sound."""
    try:
        RuleBook.parse(HEAD + "".join(f"    {key}\n" for key in keys), "b.yaml")
    except BookError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("when", "clear", "meant"),
    [
        ("temp > 100", "temp > 120", "temp < 100"),
        ("temp > 100", "temp > 100", "temp < 100"),
        ("temp >= 100", "temp > 100", "temp < 100"),
        ("temp < 5", "temp <= 4", "temp > 5"),
        ("100 < temp", "120 < temp", "temp < 100"),
        ("temp > 100", "temp == 150", "temp < 100"),
        ("temp > 100", "110 < temp < 120", "temp < 100"),
        ("temp == 100", "temp == 100", "temp != 100"),
    ],
)
def test_a_fault_that_would_never_clear_is_refused_with_the_likely_meaning(when, clear, meant):
    said = told(f"when: {when}", f"clear: {clear}")
    assert said.startswith("b.yaml:14: rules[0].clear: `clear` can only hold while `when` holds too")
    assert said.endswith(f"this fault would never clear. Did you mean `{meant}`?")


@pytest.mark.parametrize(
    ("when", "clear"),
    [
        ("temp > 100", "temp < 90"),
        ("temp > 100", "temp > 90"),
        ("temp > 100", "temp >= 100"),
        ("temp > 100", "power > 120"),
        ("temp > 100 and power > 5", "temp > 120"),
        ("100 < temp < 120", "temp > 110"),
        ("temp > attr.limit", "temp > 120"),
        ("temp != 5", "temp == 5"),
    ],
)
def test_a_clear_that_can_hold_without_when_is_sound(when, clear):
    assert told(f"when: {when}", f"clear: {clear}") == ""


def test_a_level_that_is_always_on_is_refused():
    weaker = told("when: temp > 100", "levels: [{severity: critical, when: temp > 90}]")
    assert "b.yaml:14: rules[0].levels[0].when: `temp > 90` holds whenever `temp > 100` does" in weaker
    assert "always be on" in told("when: temp > 100", "levels: [{severity: critical, when: temp > 100}]")
    assert told("when: temp > 100", "levels: [{severity: critical, when: temp > 110}]") == ""
    assert told("when: temp > 100", "levels: [{severity: critical, when: power > 9}]") == ""


def test_two_levels_of_one_severity_are_refused():
    levels = "levels: [{severity: critical, when: temp > 110}, {severity: critical, when: power > 9}]"
    assert "rules[0].levels[1].severity: two levels are critical" in told("when: temp > 100", levels)


def test_a_rule_that_holds_itself_back_is_told_so_once():
    said = told("when: temp > 100", "unless: [hot]")
    assert said == "b.yaml:14: rules[0].unless[0]: `hot` cannot hold itself back; leave it out"
