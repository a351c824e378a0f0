"""The edges of one device's life: what is kept of it, what asks its rules, and what it says twice in one moment."""

import pytest

from device_rules import Describe, Engine, PresenceState, Reading, RuleBook, Tick
from device_rules.derived import fresh_windows, thawed
from device_rules.echoes import MOST, Echoes
from device_rules.episode import Episode, Fault, View
from device_rules.fault import Severity
from device_rules.hold import Hold, Span
from device_rules.reading import HOUR, Presence, Standing
from tests.device_rules.conftest import HEAD, MINUTE, START, book_of

SINCE = START - 10**13
HOT = "- {id: hot, title: t, severity: major, when: temp > 30}"
WHOLE = {"temp": 20.0, "load": 1.0, "mode": "on", "flag": False}


def engine_of(rules):
    engine = Engine([book_of(rules)])
    engine.judge(Tick(START, SINCE))
    engine.judge(Describe("thing", START, START, "test/thing"))
    return engine


def send(engine, minute, **values):
    at = START + minute * MINUTE
    return [f"{change.kind} {change.rule}" for change in engine.judge(Reading("thing", at, at, values))]


def test_the_report_counts_the_devices_of_a_model():
    engine = engine_of(HOT)
    send(engine, 1, temp=40.0)
    report = engine.report()
    assert (report.devices, report.models["test/thing"].open_faults) == (1, 1)


def test_a_device_that_is_of_no_known_model_any_more_need_not_be_kept():
    engine = engine_of(HOT)
    assert engine.changed() == {"thing"}
    engine.judge(Describe("thing", START + 1, START, "test/unknown"))
    assert engine.changed() == set()


def test_a_device_that_is_kept_often_is_noted_once():
    engine = engine_of(HOT)
    for minute in range(1, 5):
        send(engine, minute, temp=40.0 + minute)
        engine.snapshot("thing")
        assert engine._changed == []
    assert engine.changed() == set()


def test_a_reading_of_a_device_that_was_away_asks_the_rules_that_look_at_presence():
    engine = engine_of("- {id: busy, title: t, severity: minor, when: presence == 'online' and load > 5}")
    at = START + MINUTE
    engine.judge(Presence("thing", at, at, PresenceState.OFFLINE_LOST))
    assert send(engine, 1, load=6.0) == ["raised busy"]
    engine = engine_of("- {id: busy, title: t, severity: minor, when: presence == 'online' and load > 5}")
    send(engine, 1, load=6.0)
    engine.judge(Presence("thing", at + 1, at + 1, PresenceState.OFFLINE_LOST))
    assert send(engine, 2, temp=20.0) == ["raised busy"]


def test_a_quiet_device_that_is_heard_again_asks_only_the_rules_that_look_at_what_it_says():
    engine = engine_of(
        "- {id: over, title: t, severity: minor, when: mode == 'on' and attr.limit > 60}\n" + HOT
    )
    for minute in range(1, 4):
        assert send(engine, minute, **WHOLE) == []
    assert engine.report().quiet == 1
    at = START + 3 * MINUTE + 1
    assert engine.judge(Describe("thing", at, at, "test/thing", attributes={"limit": 70})) == []
    assert send(engine, 4, temp=21.0) == []
    assert send(engine, 5, mode="on") == ["raised over"]


@pytest.mark.parametrize("minutes", [6, 7])
def test_a_metric_that_is_missing_is_missing_after_a_restart_too(minutes):
    engine = engine_of("- {id: gone, title: t, severity: minor, when: 'missing(load, 5m)'}")
    send(engine, 1, load=1.0)
    send(engine, 2, temp=1.0)
    fresh = Engine([book_of("- {id: gone, title: t, severity: minor, when: 'missing(load, 5m)'}")])
    assert fresh.restore("thing", engine.snapshot("thing"))
    told = fresh.judge(Tick(START + minutes * MINUTE, SINCE))
    assert [(change.rule, change.at) for change in told] == [("gone", START + 6 * MINUTE)]


def test_a_value_that_is_not_believed_leaves_the_one_before_for_people_to_see():
    engine = engine_of(HOT)
    send(engine, 1, temp=20.0)
    send(engine, 2, temp=float("nan"))
    assert engine.values("thing") == {"temp": (20.0, START + 2 * MINUTE)}


def test_a_quiet_device_whose_book_has_a_new_metric_is_looked_at_closely():
    engine = engine_of(HOT)
    for minute in range(1, 4):
        send(engine, minute, **WHOLE)
    assert engine.report().quiet == 1
    blob = engine.snapshot("thing")
    more = HEAD.replace("  load:", "  extra: {{}}\n  load:").format(version=2)
    fresh = Engine([RuleBook.parse(more + "  " + HOT)])
    assert fresh.restore("thing", blob)
    assert (fresh.report().quiet, fresh.report().ward) == (0, 1)


def test_a_count_that_other_metrics_do_not_touch_is_not_asked_when_these_come():
    engine = engine_of(
        "- {id: late, title: t, severity: minor, when: 'times(mode == \"on\", 1h) >= 1 and hour() >= 1'}"
    )
    send(engine, 57, mode="off")
    send(engine, 59, mode="on")
    assert send(engine, 61, temp=20.0) == []
    assert send(engine, 62, mode="on") == ["raised late"]


def test_what_is_said_twice_of_one_moment_is_heard_once():
    echoes = Echoes()
    echoes.begin({"temp": 1.0})
    assert [echoes.repeats({"temp": 2.0}, {"temp"}) for _ in range(2)] == [False, True]


def test_so_many_different_readings_of_one_moment_are_heard_and_no_more():
    engine = engine_of(HOT)
    for number in range(MOST + 3):
        send(engine, 1, temp=float(number))
    assert engine.values("thing")["temp"][0] == MOST - 1


def test_the_moment_of_a_derived_value_in_the_evidence_is_that_of_its_metric():
    engine = engine_of("- {id: warm, title: t, severity: minor, when: 'count(temp, 5m) >= 1 and load > 5'}")
    send(engine, 1, temp=40.0)
    at = START + 2 * MINUTE
    (change,) = engine.judge(Reading("thing", at, at, {"load": 6.0}))
    assert [leaf.observed for leaf in change.evidence.when.parts] == [START + MINUTE, at]


def test_an_hour_of_calm_is_over_to_the_microsecond_and_what_it_ends_as_is_told_first():
    rule = book_of("- {id: hot, title: t, severity: major, when: temp > 30, clear_for: 0s}").rules[0]
    for after, told in ((-1, []), (0, ["severity", "cleared"])):
        fault = Fault(0, 0, 0, Severity.MINOR, Severity.MAJOR)
        episode = Episode(raised=True, grade=Severity.MAJOR, fault=fault, turns=[1, 2, 3, 4], unstable=True)
        steps = episode.step(rule, (False, True), View(4 + HOUR + after))
        assert [str(step.kind) for step in steps] == told


def test_a_hold_that_was_unknown_before_may_be_unknown_only_for_the_rest():
    assert Hold(0, 10, None, 5, 3).due(Span(100, 20)) == 10 + 20 - 3 + 1


def test_a_rule_that_waits_for_news_says_so():
    rule = book_of(HOT).rules[0]
    episode = Episode()
    assert episode.step(rule, (True, False), View(1, late=True)) == []
    assert episode.waits_for == "news"


def test_two_truths_may_be_compared():
    engine = engine_of("- {id: odd, title: t, severity: minor, when: flag == (temp > 30), clear_for: 0s}")
    told = [send(engine, at, flag=True, temp=temp) for at, temp in ((1, 20.0), (2, 40.0), (3, 20.0))]
    assert told == [[], ["raised odd"], ["cleared odd"]]


def test_a_window_that_was_kept_in_another_shape_begins_anew():
    rules = "- {id: often, title: t, severity: minor, when: 'count(temp, 5m) >= 2'}"
    sources = book_of(rules).sources
    (fresh,) = fresh_windows(book_of(rules).plan)
    for kept in ({sources[0].text: "nonsense"}, {}):
        (window,) = thawed(sources, kept)
        assert (type(window), window.value(START)) == (type(fresh), fresh.value(START))


FLEET = """
model: test/thing
version: 1
expect_every: 60s
metrics:
  temp: {range: [0, 100]}
  load: {}
rules:
  - {id: warmest, title: t, severity: minor, when: 'temp > fleet(temp, "p95") and load > 5'}
  - {id: fleet, title: t, severity: minor, when: 'fleet(temp, "p95") > 50 and load > 5'}
"""


def test_what_the_fleet_says_is_as_old_as_the_value_that_it_is_compared_with():
    book = RuleBook.parse(FLEET)
    engine = Engine([book])
    engine.judge(Tick(START, SINCE))
    engine.judge(Describe("thing", START, START, "test/thing"))
    send(engine, 1, temp=70.0)
    engine.judge(Standing(START + MINUTE + 1, "test/thing", fleet={'fleet(temp, "p95")': 60.0}))
    at = START + 2 * MINUTE
    changes = engine.judge(Reading("thing", at, at, {"load": 6.0}))
    assert {change.rule: [leaf.observed for leaf in change.evidence.when.parts] for change in changes} == {
        "warmest": [START + MINUTE, at],
        "fleet": [START + MINUTE, at],
    }
