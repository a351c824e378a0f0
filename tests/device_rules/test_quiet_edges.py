"""The edges of being quiet: what is read quickly is judged as if it were not, and who is quiet is looked at closely in time."""

import pytest

from device_rules import Describe, Engine, Event, Presence, PresenceState, Reading, RuleBook, Tick
from tests.device_rules.conftest import MINUTE, START

SINCE = START - 10**13
SECOND = 1_000_000
HEAD = """\
model: test/thing
version: {version}
expect_every: 60s
metrics:
  temp: {{range: [0, 100]{gap}}}
  load: {{}}
{more}rules:
"""
MODE = "  mode: {type: enum, values: [on, off], every: on_change}\n"


def book_of(rules, more="", gap="", version=1):
    lines = "".join(f"  - {line}\n" for line in rules)
    return RuleBook.parse(HEAD.format(version=version, gap=gap, more=more) + lines)


class Life:
    """One device that is quiet after three calm minutes."""

    def __init__(self, *rules, more="", **calm):
        self.book, self.calm, self.minute = book_of(rules, more), {"temp": 20.0, "load": 1.0, **calm}, 0
        self.engine = Engine([self.book])
        self.engine.judge(Tick(START, SINCE))
        self.engine.judge(Describe("thing", START, START, "test/thing"))
        for _ in range(3):
            assert self.send() == []
        assert self.quiet

    @property
    def quiet(self):
        return self.engine._devices["thing"].ward is None

    def judge(self, record):
        return [f"{change.kind} {change.rule}" for change in self.engine.judge(record)]

    def send(self, **values):
        return self.only(**self.calm | values)

    def only(self, **values):
        self.minute += 1
        at = START + self.minute * MINUTE
        return self.judge(Reading("thing", at, at, values))

    def tick(self, minutes):
        self.minute += minutes
        return self.judge(Tick(START + self.minute * MINUTE, SINCE))

    def presence(self, state):
        at = START + self.minute * MINUTE + 1
        return self.judge(Presence("thing", at, at, PresenceState(state)))


def test_a_book_that_only_looks_back_is_read_quickly_too():
    life = Life("{id: jump, title: t, severity: minor, when: temp - prev(temp) > 5}")
    assert life.send(temp=24.0) == []
    assert life.send(temp=30.0) == ["raised jump"]


def test_presence_counts_while_the_device_is_quiet():
    life = Life('{id: away, title: t, severity: minor, when: presence == "sleeping" and temp > 30}')
    assert life.presence("sleeping") == []
    assert life.send() == []
    assert life.send() == []
    assert life.quiet
    assert life.send(temp=40.0) == ["raised away"]


def test_a_count_that_is_asked_in_two_ways_is_known_for_both():
    life = Life(
        '{id: often, title: t, severity: minor, when: "times(load > 5, 10m) >= 3"}',
        '{id: never, title: t, severity: minor, when: "times(load > 5, 10m) < 1 and temp > 30"}',
    )
    assert life.send(temp=40.0) == ["raised never"]


@pytest.mark.parametrize("kept_in_between", [False, True])
def test_a_count_that_was_left_alone_for_long_still_counts_every_time(kept_in_between):
    life = Life('{id: often, title: t, severity: minor, when: "times(load > 5, 10m) >= 3"}')
    for load in (1.0, 9.0, 9.0, 1.0, 1.0, 9.0):
        assert life.send(load=load) == []
        assert life.quiet
        if kept_in_between:
            assert life.engine.restore("thing", life.engine.snapshot("thing"))
            assert life.quiet
    assert life.send(load=8.0) == []  # it is true still: no other time
    assert life.send(load=2.0) == []
    assert life.send(load=8.0) == ["raised often"]


def test_what_was_before_the_last_reading_is_kept_with_a_quiet_device():
    life = Life("{id: jump, title: t, severity: minor, when: temp - prev(temp) > 5}", more=MODE, mode="on")
    assert life.send(temp=21.0) == life.send(temp=22.0) == []
    assert life.engine.restore("thing", life.engine.snapshot("thing"))
    assert life.quiet
    assert life.engine._devices["thing"].mementos()[1] == (21.0,)
    assert life.engine.values("thing")["temp"][0] == 22.0
    assert life.send(temp=28.0) == ["raised jump"]


@pytest.mark.parametrize("temp", [1e9, float("nan"), float("inf"), 100.5, -1.0])
def test_what_is_not_believed_is_not_counted(temp):
    life = Life('{id: once, title: t, severity: minor, when: "times(temp > 50 or temp < 5, 10m) >= 1"}')
    assert life.send(temp=temp) == []
    assert life.send(temp=60.0) == ["raised once"]


def test_what_is_sent_on_change_keeps_its_moment_while_the_device_is_quiet():
    life = Life("{id: hot, title: t, severity: minor, when: temp > 30}", more=MODE, mode="on")
    for _ in range(5):
        assert life.only(temp=20.0, load=1.0) == []
    assert life.quiet
    assert life.engine.values("thing") == {
        "temp": (20.0, START + 8 * MINUTE),
        "load": (1.0, START + 8 * MINUTE),
        "mode": ("on", START + 3 * MINUTE),
    }


def test_what_holds_while_a_quiet_device_is_heard_is_unknown_once_it_is_not():
    rules = ('{id: lost, title: t, severity: minor, when: mode == "on" and presence == "offline_lost"}',)
    life = Life(*rules, more=MODE, mode="on")
    life.minute += 10
    assert life.presence("offline_lost") == []
    life = Life(*rules, more=MODE, mode="on")
    life.minute += 2
    assert life.presence("offline_lost") == ["raised lost"]


def test_a_metric_that_never_came_is_not_missing_and_one_that_is_stays_so_while_others_come():
    rule = "{id: gone, title: t, severity: minor, when: 'missing(temp, 5m)'}"
    life = Life(rule)
    for _ in range(4):
        assert life.only(load=1.0) == []
    assert life.tick(1) == ["raised gone"]
    for _ in range(5):
        assert life.only(load=1.0) == []
        assert life.tick(1) == []
    engine = Engine([book_of([rule])])
    engine.judge(Describe("thing", START, START, "test/thing"))
    for minute in range(20):
        at = START + minute * MINUTE
        assert engine.judge(Reading("thing", at, at, {"load": 1.0})) == []
        assert engine.judge(Tick(at, SINCE)) == []


def test_a_value_is_still_known_when_a_new_version_lets_it_hold_longer():
    life = Life("{id: hot, title: t, severity: minor, when: temp > 30}")
    life.send(temp=31.0)
    blob = life.engine.snapshot("thing")
    fresh = Engine(
        [book_of(["{id: hot, title: t, severity: minor, when: temp > 30}"], gap=", max_gap: 9m", version=2)]
    )
    assert fresh.restore("thing", blob)
    assert fresh.values("thing")["temp"] == (31.0, START + 4 * MINUTE)


def test_of_two_devices_of_one_second_the_one_that_is_due_first_is_woken_first():
    engine = Engine([book_of(["{id: hot, title: t, severity: minor, when: temp > 30, for: 1m}"])])
    for device, after in (("late", 900_000), ("soon", 100_000)):
        engine.judge(Describe(device, START, START, "test/thing"))
        engine.judge(Reading(device, START + after, START + after, {"temp": 40.0}))
    assert engine.next_wake() == START + MINUTE + 100_000
    told = engine.judge(Tick(START + MINUTE + 100_000, SINCE))
    assert [change.device for change in told] == ["soon"]
    assert engine.next_wake() == START + MINUTE + 900_000


def test_readings_that_wait_are_taken_in_their_own_order():
    text = HEAD.format(version=1, gap="", more="").replace(
        "expect_every: 60s", "expect_every: 60s\nreorder: 5s"
    )
    engine = Engine(
        [RuleBook.parse(text + "  - {id: jump, title: t, severity: minor, when: temp - prev(temp) > 5}\n")]
    )
    engine.judge(Describe("thing", START, START, "test/thing"))
    for after, temp in ((3, 30.0), (1, 10.0), (2, 20.0)):
        at = START + after * SECOND
        assert engine.judge(Reading("thing", START + 3 * SECOND, at, {"temp": temp})) == []
    assert engine.next_wake() == START + 6 * SECOND
    told = engine.judge(Tick(START + 60_000_000, SINCE))
    assert [(change.at, change.kind) for change in told] == [(START + 2 * SECOND, "raised")]
    assert engine.values("thing")["temp"] == (30.0, START + 3 * SECOND)


def test_a_count_of_counts_is_read_quickly_too():
    life = Life("{id: calm, title: t, severity: minor, count: '1 of count(event.reboot, 5m) > 0 within 3m'}")
    assert life.send() == []
    at = START + life.minute * MINUTE + 1
    assert life.judge(Event("thing", at, at, "reboot")) == ["raised calm"]


def test_what_is_not_believed_enters_no_window_either():
    life = Life('{id: mean, title: t, severity: minor, when: "avg(temp, 5m) > 50"}')
    for _ in range(5):
        assert life.send() == []
    assert life.send(temp=1e9) == []
    for _ in range(5):
        assert life.send() == []
    assert [life.send(temp=99.0) for _ in range(2)] == [[], ["raised mean"]]
