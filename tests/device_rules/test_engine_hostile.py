"""Devices that send what no decent device would: nothing breaks, nothing is lost, and nobody else notices. Found by fuzzing."""

import math

import pytest

from device_rules import (
    BookError,
    Describe,
    Engine,
    Event,
    Presence,
    PresenceState,
    Reading,
    RuleBook,
    Tick,
    as_text,
)
from tests.device_rules.conftest import MINUTE, START, book_of, spell

RULES = """
- {id: hot, title: t, severity: major, when: temp > 30, for: 3m}
- {id: jump, title: t, severity: minor, when: temp - prev(temp) > 5}
- {id: errors, title: t, severity: minor, when: "count(event.error, 10m) >= 2"}
"""
NONSENSE = [
    None,
    [],
    [1.0],
    {},
    {"a": {"b": 1}},
    b"x",
    10**400,
    -(10**400),
    math.nan,
    math.inf,
    -math.inf,
    2**70,
    (1,),
]


def engine_of(rules=RULES, **attributes):
    engine = Engine([book_of(rules)])
    engine.judge(Describe("thing", START, START, "test/thing", attributes=attributes))
    engine.judge(Tick(START, START - 10**12))
    return engine


def restarted(engine, rules=RULES):
    fresh = Engine([book_of(rules)])
    blob = engine.snapshot("thing")
    assert fresh.restore("thing", blob)
    assert fresh.snapshot("thing") == blob
    return fresh


@pytest.mark.parametrize("value", NONSENSE, ids=lambda value: str(value)[:12])
def test_what_is_no_value_makes_its_metric_unknown_and_can_be_kept(value):
    engine = engine_of()
    for minute in range(4):
        engine.judge(
            Reading("thing", START + minute * MINUTE, START + minute * MINUTE, {"temp": 40.0, "load": 1.0})
        )
    engine.judge(
        Reading(
            "thing", START + 4 * MINUTE, START + 4 * MINUTE, {"temp": value, "load": value, "mode": value}
        )
    )
    assert set(engine.values("thing")) <= {"temp", "load"}
    engine = restarted(engine)
    assert engine.why("thing", "hot", START + 5 * MINUTE).state == "raised"
    engine.judge(Event("thing", START + 5 * MINUTE, START + 5 * MINUTE, "error", {"code": value, 7: value}))
    restarted(engine)


@pytest.mark.parametrize("value", NONSENSE, ids=lambda value: str(value)[:12])
def test_a_reading_that_waits_for_others_can_be_kept_whatever_it_says(value):
    engine = Engine([RuleBook.parse(WAITING)])
    engine.judge(Describe("thing", START, START, "test/thing"))
    engine.judge(Reading("thing", START, START, {"temp": value}))
    blob = engine.snapshot("thing")
    fresh = Engine([RuleBook.parse(WAITING)])
    assert fresh.restore("thing", blob)


WAITING = """\
model: test/thing
version: 1
expect_every: 60s
reorder: 5s
metrics: {temp: {}}
rules: [{id: hot, title: t, severity: major, when: temp > 30}]
"""


def test_a_reading_with_a_nan_that_comes_twice_is_absorbed_like_any_other():
    engine = engine_of()
    for minute, temp in enumerate([10.0, 11.0]):
        engine.judge(
            Reading("thing", START + minute * MINUTE, START + minute * MINUTE, {"temp": temp, "load": 1.0})
        )
    at = START + 2 * MINUTE
    engine.judge(Reading("thing", at, at, {"temp": 20.0, "load": float("nan")}))
    engine.judge(Reading("thing", at, at, {"temp": 20.0, "load": float("nan")}))
    why = engine.why("thing", "jump", at)
    assert why.state == "raised"
    assert restarted(engine).judge(Reading("thing", at, at, {"temp": 20.0, "load": float("nan")})) == []


def test_an_event_with_a_nan_that_comes_twice_counts_once():
    engine = engine_of()
    engine.judge(Reading("thing", START, START, {"temp": 10.0}))
    for _ in range(3):
        engine.judge(Event("thing", START + MINUTE, START + MINUTE, "error", {"load": float("nan")}))
        engine = restarted(engine)
    assert engine.open_faults("thing") == []
    engine.judge(Event("thing", START + 2 * MINUTE, START + 2 * MINUTE, "error", {"load": float("nan")}))
    assert [fault.rule for fault in engine.open_faults("thing")] == ["errors"]


@pytest.mark.parametrize(
    "value", [one for one in NONSENSE if one != 2**70], ids=lambda value: str(value)[:12]
)
def test_an_attribute_that_is_no_value_leaves_the_default(value):
    engine = engine_of(
        "- {id: hot, title: t, severity: major, when: temp > attr.limit}", limit=value, other=value
    )
    engine.judge(Reading("thing", START, START, {"temp": 51.0}))
    assert [fault.rule for fault in engine.open_faults("thing")] == ["hot"]
    restarted(engine, "- {id: hot, title: t, severity: major, when: temp > attr.limit}")


def test_a_device_with_a_limit_of_true_is_not_taken_for_one_with_a_limit_of_one():
    engine = Engine([book_of("- {id: hot, title: t, severity: major, when: temp > attr.limit}")])
    for device, limit in (("one", 1.0), ("true", True)):
        engine.judge(Describe(device, START, START, "test/thing", attributes={"limit": limit}))
        engine.judge(Reading(device, START, START, {"temp": 20.0}))
    assert len(engine.open_faults("one")) == 1
    assert engine.open_faults("true") == []


@pytest.mark.parametrize("far", [2**62 - 1, 2**62, 2**62 + MINUTE])
def test_the_end_of_time_is_reached_at_once(far):
    rules = (
        RULES + "- {id: door, title: t, severity: minor, sequence: [load > 3, not mode == 'off' within 2m]}\n"
    )
    engine = engine_of(rules)
    engine.judge(Reading("thing", START, START, {"temp": 40.0, "load": 5.0, "mode": "on"}))
    engine.judge(Reading("thing", START + 1, far, {"temp": 40.0, "load": 1.0}))
    engine.judge(Presence("thing", far, far, PresenceState.OFFLINE_LOST))
    engine.judge(Tick(far, START))
    assert engine.why("thing", "door", far).rule == "door"


def test_faults_that_are_closed_together_are_closed_in_the_same_order_after_a_restart():
    rules = "\n".join(
        f"- {{id: r{number}, title: t, severity: major, when: {name} > 30}}"
        for number, name in enumerate(["load", "temp"])
    )
    told = []
    for restart in (False, True):
        engine = engine_of(rules)
        engine.judge(Reading("thing", START, START, {"temp": 40.0}))
        engine.judge(Reading("thing", START + MINUTE, START + MINUTE, {"load": 40.0}))
        engine = restarted(engine, rules) if restart else engine
        told.append(list(map(spell, engine.judge(Describe("thing", START + 2 * MINUTE, START, "no/such")))))
    assert told[0] == told[1] == ["cleared r0 major at 2m", "cleared r1 major at 2m"]


def test_half_a_character_is_refused_where_it_stands():
    with pytest.raises(BookError, match="half a character") as refused:
        book_of("- {id: hot, title: t, severity: major, when: 'mode == \"\\ud800\"'}")
    str(refused.value).encode()


def test_a_file_that_ends_too_soon_is_wrong_on_its_last_line():
    with pytest.raises(BookError, match=r"^book.yaml:2: a rule book begins"):
        RuleBook.parse("# nothing\n---\n")


@pytest.mark.parametrize("given", ["{a: 1}", "[1, 2]", "null"])
def test_a_test_in_a_book_gives_series_or_values_and_nothing_else(given):
    test = f"tests: [{{name: x, given: {{temp: {given}}}, expect: none}}]"
    with pytest.raises(BookError, match="`temp` is a series"):
        book_of(f"- {{id: hot, title: t, severity: major, when: temp > 30, {test}}}")


def test_a_restart_after_hours_raises_nothing_in_hindsight():
    rules = "- {id: lost, title: t, severity: major, when: presence == 'offline_lost', for: 90m, "
    rules += "schedule: {from: '01:00', to: '01:30'}}"
    told = []
    for restart in (False, True):
        engine = engine_of(rules)
        engine.judge(Presence("thing", START + MINUTE, START + MINUTE, PresenceState.OFFLINE_LOST))
        engine.judge(Reading("thing", START + MINUTE, START + MINUTE, {"temp": 1.0}))
        engine.judge(Presence("thing", START + 2 * MINUTE, START + 2 * MINUTE, PresenceState.OFFLINE_LOST))
        for minute in (59, 61, 89, 91, 93, 100):
            engine.judge(Tick(START + minute * MINUTE, START - 10**12))
        engine = restarted(engine, rules) if restart else engine
        told.append(list(map(spell, engine.judge(Tick(START + 110 * MINUTE, START - 10**12)))))
    assert told == [[], []]


@pytest.mark.parametrize("value", NONSENSE, ids=lambda value: str(value)[:12])
def test_what_is_no_value_is_explained_and_so_is_a_moment_that_never_comes(value):
    rules = "- {id: hot, title: t, severity: major, when: 'temp > 30 or missing(load, 5m)'}"
    engine = engine_of(rules)
    engine.judge(Reading("thing", START, START, {"temp": value, "load": value}))
    for now in (START, START + MINUTE, -(2**62), 2**62):
        assert "temp" in as_text(engine.why("thing", "hot", now))


def test_what_comes_long_after_its_moment_has_worn_off_long_ago():
    engine = engine_of("- {id: hot, title: t, severity: major, when: temp > 30, for: 5m}")
    engine.judge(Reading("thing", START, START, {"load": 1.0}))
    engine.judge(Tick(START + 10 * MINUTE, START - 10**12))
    engine.judge(Reading("thing", START + 10 * MINUTE, START, {"temp": 40.0}))
    assert engine.judge(Tick(START + 20 * MINUTE, START - 10**12)) == []


@pytest.mark.parametrize("value", [*NONSENSE, 3], ids=lambda value: str(value)[:12])
def test_a_device_whose_metric_nobody_asks_about_can_be_kept_whatever_it_says(value):
    engine = engine_of("- {id: hot, title: t, severity: major, when: temp > 30}")
    for minute in range(4):
        at = START + minute * MINUTE
        said = {"temp": 20.0, "load": 1.0 if minute < 2 else value, "mode": "on", "flag": False}
        engine.judge(Reading("thing", at, at, said))
    restarted(engine, "- {id: hot, title: t, severity: major, when: temp > 30}")
    assert "load" not in engine.values("thing") or engine.values("thing")["load"][0] in {1.0, value}


def test_what_python_finds_ugly_is_said_to_nobody_and_means_what_it_says():
    assert book_of("- {id: hot, title: t, severity: major, when: temp > 3or load > 3}").rules[
        0
    ].when.text == ("temp > 3or load > 3")
