"""Tests that stand in a book: the series notation, and that a failing one says what it expected and got."""

import math

import pytest

from device_rules.rehearsal import run_tests
from device_rules.series import parse_series
from device_rules.tree import Kind

RULE = """
- id: hot
  title: t
  severity: major
  when: temp > 30
  for: 5m
  clear_for: 2m
  levels: [{{severity: critical, when: temp > 50}}]
  tests:
    - {{name: x, given: {given}, expect: {expect}}}
- {{id: lost, title: t, severity: minor, when: presence == "offline_lost" and temp < attr.limit}}
- {{id: quiet, title: t, severity: minor, silent_for: 5m}}
"""


@pytest.mark.parametrize(
    ("text", "samples"),
    [
        ("18x3", [18, 18, 18]),
        ("20+0.5x4", [20, 20.5, 21, 21.5]),
        ("20-2x3 7", [20, 18, 16, 7]),
        ("1 _ 2", [1, None, 2]),
        ("_x2 -3", [None, None, -3]),
    ],
)
def test_a_series_is_written_short(text, samples):
    assert parse_series(text, Kind.NUMBER) == samples


def test_series_of_words_truths_and_what_is_stale():
    assert parse_series("heatx2 off", Kind.TEXT) == ["heat", "heat", "off"]
    assert parse_series("true falsex2", Kind.BOOL) == [True, False, False]
    assert math.isnan(parse_series("stale", Kind.NUMBER)[0])


def outcome(make_book, given, expect):
    [result] = run_tests(make_book(RULE.format(given=given, expect=expect)))
    return result


@pytest.mark.parametrize(
    ("given", "expect"),
    [
        ('{temp: "40x10"}', "[{at: 5m, raise: major}]"),
        ('{temp: "40x10 60x5 20x10"}', "[{at: 5m, raise: major}, {at: 10m, severity: critical}, {at: 17m, clear: true}]"),
        ('{temp: "20x10"}', "none"),
        ("{temp: 40}", "[{at: 5m, raise: major}]"),
        ('{every: 30s, temp: "40x20"}', "[{at: 5m, raise: major}]"),
        ('{temp: "40x3 stalex20"}', "none"),
        ('{temp: "40x3 _x20"}', "none"),
        ('{temp: "40x9 20x3 40x8 20x3"}', "[{at: 5m, raise: major}, {at: 11m, clear: true}, {at: 17m, raise: major}, {at: 22m, unstable: true}]"),
    ],
)  # fmt: skip
def test_a_test_that_holds_passes(make_book, given, expect):
    result = outcome(make_book, given, expect)
    assert result.passed, str(result)
    assert str(result) == "passed: hot: x"


def test_a_test_that_fails_says_what_was_expected_and_what_came(make_book):
    result = outcome(make_book, '{temp: "40x10 20x10"}', "[{at: 6m, raise: major}]")
    assert not result.passed
    assert str(result) == (
        "FAILED: hot: x\n  expected: raise major at 6m\n  got:      raise major at 5m, then clear at 12m"
    )


def test_a_test_that_expects_nothing_says_so(make_book):
    result = outcome(make_book, '{temp: "20x10"}', "[{at: 6m, raise: major}]")
    assert "got:      nothing" in str(result)


def test_presence_and_attributes_can_be_given(make_book):
    rule = """
    - id: lost
      title: t
      severity: minor
      when: presence == "offline_lost" and temp < attr.limit
      tests:
        - name: lost while below its own limit
          given: {attributes: {limit: 80}, temp: "70x3 _x7", presence: "onlinex5 offline_lostx5"}
          expect: [{at: 5m, raise: minor}]
    """
    [result] = run_tests(make_book(rule.replace("70x3 _x7", "70x4 _x6")))
    assert result.passed, str(result)
