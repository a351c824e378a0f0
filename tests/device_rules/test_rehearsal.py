"""Tests that stand in a book: the series notation, and that a failing one says what it expected and got."""

import math

import pytest

from device_rules import BookError
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


def results(make_book, rule):
    return run_tests(make_book(rule))


def test_events_are_said_at_their_moments_with_what_they_say(make_book):
    rule = """
    - id: boots
      title: t
      severity: minor
      count: 3 of reboot within 10m
      clear_for: 1m
      tests:
        - name: three within ten minutes, then none
          given: {temp: "20x30", events: "_x5 reboot _x3 reboot reboot"}
          expect: [{at: 10m, raise: minor}, {at: 16m, clear: true}]
        - name: two at one moment that say something else
          given: {temp: "20x9", events: "_ reboot(n=1)+reboot(n=2) reboot"}
          expect: [{at: 2m, raise: minor}]
        - name: the same one said twice at one moment
          given: {temp: "20x9", events: "_ reboot+reboot reboot"}
          expect: none
        - name: a single word is said once
          given: {temp: "20x9", events: reboot}
          expect: none
    - id: code
      title: t
      severity: minor
      when: count(event.error(code="E42", hard=True, n=3), 10m) >= 1
      clear_for: 1m
      tests:
        - name: only the hard one of this code
          given: {temp: "20x5", events: "error(code=E42) error(code=E4,hard=true,n=3) error(code=E42,hard=true,n=3)"}
          expect: [{at: 2m, raise: minor}]
    """
    for result in results(make_book, rule):
        assert result.passed, str(result)


def test_a_test_plays_where_and_when_it_says(make_book):
    rule = """
    - id: night
      title: t
      severity: minor
      when: temp > 30 and hour() >= 22
      clear_for: 1m
      tests:
        - name: after ten in Berlin
          given: {zone: Europe/Berlin, start: "2026-07-05 21:50", temp: "40x30"}
          expect: [{at: 10m, raise: minor}]
        - name: after ten in London, which is before
          given: {zone: Europe/London, start: "2026-07-05 21:40", temp: "40x30"}
          expect: [{at: 20m, raise: minor}]
        - name: without a zone it is UTC, without a start the first of January
          given: {temp: "40x30"}
          expect: none
        - name: a Monday
          given: {start: "2026-01-05 21:59", temp: "40x3"}
          expect: [{at: 1m, raise: minor}]
    """
    for result in results(make_book, rule):
        assert result.passed, str(result)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("{zone: Berlin}", "given.zone: `Berlin` is not a zone; write one like Europe/Berlin"),
        ('{start: "5 January"}', 'given.start: `5 January` is not a moment; write the local time like "2026-01-05 07:55"'),
        ('{start: "0001-01-01 00:00"}', "is not a moment"),
        ("{every: 0s}", "samples follow each other in some time"),
        ("{every: 5}", "`5` is not a span of time"),
        ('{events: "reboot("}', "given.events: `reboot(` is not an event. Write events like reboot, error(code=E42) or a+b"),
        ('{events: "reboot++boot"}', "is not an event"),
        ('{events: "error(E42)"}', "`E42`: what an event says is written like code=E42"),
        ("{strat: x}", "unknown metric `strat`. Did you mean `start`?"),
        ("{others: 30}", "others are like {devices: 30"),
        ("{others: {devices: 0}}", "`devices` says how many others they are"),
        ("{others: [{devices: 150}, {devices: 51}]}", "a test has at most 200 other devices"),
        ("{others: {every: 5s}}", "`every` is said once, beside `others`"),
        ("{others: {tmp: 5}}", "unknown metric `tmp`. Did you mean `temp`?"),
    ],
)  # fmt: skip
def test_what_a_test_cannot_give_is_told(make_book, given, told):
    rule = f"- {{id: r, title: t, severity: minor, when: temp > 3, tests: [{{name: x, given: {given}, expect: none}}]}}"
    with pytest.raises(BookError, match=r"rules\[0\]\.tests\[0\]") as caught:
        make_book(rule)
    assert told in str(caught.value)


def test_a_rule_about_a_group_is_tried_on_a_group(make_book):
    rule = """
    - id: all-warm
      title: t
      severity: major
      when: temp > 30
      share_of: cohort(model, firmware)
      fraction: 50%
      at_least: 4
      for: 1m
      clear_for: 1m
      tests:
        - name: two of four
          given: {temp: "40x10 20x10", others: [{devices: 1, temp: "40x20"}, {devices: 2, temp: "20x20"}]}
          expect: [{at: 1m10s, raise: major}, {at: 11m10s, clear: true}]
        - name: one of them has another firmware
          given: {temp: 40, others: [{firmware: "2", temp: "40x20"}, {devices: 2, temp: "20x20"}]}
          expect: none
        - name: three are too few
          given: {temp: 40, others: {devices: 2, temp: "40x20"}}
          expect: none
    """
    for result in results(make_book, rule):
        assert result.passed, str(result)


def test_a_rule_that_looks_at_the_others_at_home_is_tried_with_others(make_book):
    rule = """
    - id: alone
      title: t
      severity: major
      when: temp > 30 and any(site.devices, temp < 10)
      clear_for: 1m
      tests:
        - name: another one at home is cold
          given: {temp: "40x5", others: {temp: "20x2 5x3"}}
          expect: [{at: 2m10s, raise: major}]
        - name: what happens next door is nobody's business, and the others' faults are not this one's
          given: {temp: "5x5", others: [{site: next, temp: "40x5"}, {site: next, temp: "5x5"}]}
          expect: none
    """
    for result in results(make_book, rule):
        assert result.passed, str(result)
