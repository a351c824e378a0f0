"""Time alone does what is due, to the second and at its own moment; the order in which readings come does not matter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_rules import Describe, Engine, Event, Presence, PresenceState, Reading, RuleBook, Tick
from tests.device_rules.tales import (
    HOUR,
    MINUTE,
    PATIENT,
    SECOND,
    START,
    ZONE,
    begun,
    by_moment,
    end_of,
    judge,
    moves,
    names,
    story,
    whole,
)
from tests.promises import tried

SLOW = """
model: test/slow
version: 1
expect_every: 1h
metrics:
  temp: {}
  load: {every: 60s, max_gap: 10m}
  flag: {type: bool}
rules:
- """
HOT = "{id: hot, title: t, severity: minor, when: temp > 30"


def reading(second, **values):
    return Reading("ada", at(second), at(second), values)


def event(second, name="reboot"):
    return Event("ada", at(second), at(second), name)


def at(second):
    return START + round(second * SECOND)


LOST = Presence("ada", at(4), at(4), PresenceState.OFFLINE_LOST)
DEADLINES = {
    "for": (HOT + ", for: 90s}", [reading(7.25, temp=40.0)], ["raised minor at 97.25"]),
    "clear_for": (
        HOT + ", clear_for: 2m}",
        [reading(0, temp=40.0), reading(10.5, temp=20.0)],
        ["raised minor at 0", "cleared minor at 130.5"],
    ),
    "a level": (
        HOT + ", clear_for: 3m, levels: [{severity: critical, when: temp > 50}]}",
        [reading(0, temp=60.0), reading(10, temp=40.0)],
        ["raised critical at 0", "severity minor at 190"],
    ),
    "silent_for": (
        "{id: quiet, title: t, severity: minor, silent_for: 70m}",
        [reading(5, temp=20.0), event(6.12)],
        ["raised minor at 4206.12"],
    ),
    "a learned silence": (
        "{id: quiet, title: t, severity: minor, silent_for: learned}",
        [reading(60 * number, temp=20.0) for number in range(22)],
        ["raised minor at 8460"],
    ),
    "missing": (
        "{id: deaf, title: t, severity: minor, when: 'missing(load, 5m)'}",
        [reading(3.5, load=1.0), reading(200, temp=20.0)],
        ["raised minor at 303.5"],
    ),
    "a sequence": (
        "{id: left, title: t, severity: minor, sequence: [flag, not event.closed within 5m]}",
        [reading(1, flag=False), reading(2.75, flag=True)],
        ["raised minor at 302.75"],
    ),
    "an event that leaves its window": (
        "{id: boots, title: t, severity: minor, count: 2 of event.reboot within 10m, clear_for: 0s}",
        [reading(0, temp=20.0), event(1.5), event(100)],
        ["raised minor at 100", "cleared minor at 601.5"],
    ),
    "a value that leaves its window": (
        "{id: mean, title: t, severity: minor, when: 'avg(load, 5m) > 30', clear_for: 0s, needs: {coverage: 10%}}",
        [reading(0.5, load=60.0), reading(60, load=10.0)],
        ["raised minor at 0.5", "cleared minor at 300.5"],
    ),
    "hours that begin": (
        HOT + ", schedule: {from: '01:20', to: '02:00'}}",
        [reading(5, temp=40.0)],
        ["raised minor at 1200"],
    ),
    "rest after unrest": (
        HOT + ", clear_for: 0s}",
        [reading(10 * number, temp=20.0 + 20 * (number % 2)) for number in range(1, 5)],
        [
            "raised minor at 10",
            "cleared minor at 20",
            "raised minor at 30",
            "unstable minor at 40",
            "cleared minor at 3640",
        ],
    ),
    "presence": (
        "{id: lost, title: t, severity: minor, when: presence == 'offline_lost', for: 2m}",
        [reading(3, temp=20.0), LOST],
        ["raised minor at 124"],
    ),
    "a condition that wears off": (
        "{id: deaf, title: t, severity: minor, when: 'missing(load, 15m)', clear: 'load < 30', clear_for: 3m}",
        [reading(0, load=10.0)],
        ["raised minor at 900"],
    ),
}


def ticks(start, end, every):
    return [Tick(moment, START) for moment in range(start, end, every)] + [Tick(end, START)]


@pytest.mark.parametrize("every", [SECOND, MINUTE, HOUR, 5 * HOUR], ids=["1s", "1m", "1h", "once"])
@pytest.mark.parametrize("deadline", DEADLINES)
def test_time_alone_does_what_is_due_at_its_own_moment(deadline, every):
    rule, log, expected = DEADLINES[deadline]
    engine, last = Engine([RuleBook.parse(SLOW + rule)]), end_of(log)
    engine.judge(Describe("ada", START, START, "test/slow", zone=ZONE))
    told = []
    for record in [*log, *ticks(last + 370_000, last + 5 * HOUR, every)]:
        told += engine.judge(record)
    assert [f"{each.kind} {each.severity} at {(each.at - START) / SECOND:g}" for each in told] == expected


@tried(40)
@given(names, moves)
def test_when_nothing_more_is_heard_it_does_not_matter_how_often_the_clock_ticks(name, moved):
    log = story(moved)
    start, since = end_of(log), max(each.listening_since for each in log if isinstance(each, Tick))
    told = []
    for every in (7 * SECOND, MINUTE, HOUR, 4 * HOUR):
        more = [Tick(tick.now, since) for tick in ticks(start + SECOND, start + 4 * HOUR, every)]
        told.append(sorted(judge(name, [*log, *more]), key=by_moment))
    assert told[1:] == told[:-1]


sent = st.lists(
    st.tuples(
        st.sampled_from([200_000, SECOND, 2 * SECOND, 30 * SECOND, MINUTE]), whole, st.integers(0, 4_999)
    ),
    min_size=3,
    max_size=30,
)


def on_its_way(said, reordered):
    """Readings on their way: each up to five seconds, so that one may overtake another; with a tick now and then."""
    moment, log = START, [begun("ada")]
    for pause, values, delay in said:
        moment += pause
        received = moment + (delay * 1000 if reordered else 0)
        log.append(Reading("ada", received, moment, values))
    log += [Tick(now, START) for now in range(START, moment, 13 * SECOND)]
    log.sort(key=lambda record: record.now if isinstance(record, Tick) else record.received)
    return [*log, Tick(moment + 3 * HOUR, START)], moment + 2 * HOUR


@tried(80)
@given(st.sampled_from([name for name in PATIENT if "silence" not in name]), sent)
def test_readings_that_overtake_each_other_on_their_way_change_nothing(name, said):
    (log, until), (mixed, _) = on_its_way(said, False), on_its_way(said, True)
    found, expected = judge(name, mixed), judge(name, log)
    assert [change for change in found if change.at < until] == [
        change for change in expected if change.at < until
    ]


def test_a_device_that_has_become_another_model_is_woken_by_its_old_book_no_more():
    books = [
        RuleBook.parse(SLOW + HOT + ", for: 90s}"),
        RuleBook.parse(SLOW.replace("slow", "other") + HOT + "}"),
    ]
    engine = Engine(books)
    engine.judge(Describe("ada", START, START, "test/slow"))
    assert judge("", [reading(0, temp=40.0)], engine) == []
    assert engine.judge(Describe("ada", at(30), at(30), "test/other")) == []
    assert judge("", ticks(at(31), at(600), 30 * SECOND), engine) == []


def test_an_event_comes_after_the_readings_that_waited_for_long_enough():
    engine = Engine([PATIENT["forms, waiting"]])
    log = [begun("ada"), reading(0, temp=20.0), reading(1, temp=20.0), event(8), reading(9, temp=45.0)]
    told = judge("", [*log, Tick(at(20), START)], engine)
    assert [(change.rule, change.at) for change in told] == [("after", at(9))]
