"""The edges of the engine: who is told, woken, kept and let go, to the microsecond. Each of these once went unnoticed."""

import pytest

from device_rules import Describe, Engine, Event, Presence, PresenceState, Reading, RuleBook, Tick
from tests.device_rules.conftest import HEAD, MINUTE, START, book_of

SECOND = 1_000_000
SINCE = START - 10**13
OTHER = HEAD.replace("test/thing", "test/other").format(version=1)
WHOLE = {"temp": 20.0, "load": 1.0, "mode": "on", "flag": False}


def engine_of(rules, *more, model="test/thing"):
    engine = Engine([book_of(rules), *more])
    engine.judge(Tick(START, SINCE))
    engine.judge(Describe("thing", START, START, model))
    return engine


def reading(at, **values):
    return Reading("thing", at, at, values)


def kinds(changes):
    return [f"{change.kind} {change.rule}" for change in changes]


def test_when_a_device_was_last_heard_can_be_asked_whether_all_is_well_or_not():
    engine = engine_of("- {id: hot, title: t, severity: major, when: temp > 30}")
    assert engine.last_received("thing") is None
    engine.judge(Reading("thing", START + 7, START + 5, {"temp": 40.0}))
    assert engine.last_received("thing") == START + 7
    for minute in range(1, 4):
        engine.judge(Reading("thing", START + minute * MINUTE, START + minute * MINUTE, WHOLE))
    assert engine.last_received("thing") == START + 3 * MINUTE
    assert engine.last_received("nobody") is None


def test_nothing_is_said_of_a_device_that_was_never_described():
    engine = engine_of("- {id: hot, title: t, severity: major, when: temp > 30}")
    assert engine.judge(Event("nobody", START, START, "reboot")) == []
    assert engine.judge(Presence("nobody", START, START, PresenceState.ONLINE)) == []
    assert engine.judge(Reading("nobody", START, START, {"temp": 40.0})) == []


def test_a_device_that_becomes_another_model_is_not_silent_as_what_it_was():
    quiet = "- {id: quiet, title: t, severity: minor, silent_for: 5m}"
    other = RuleBook.parse(OTHER + "  - {id: hot, title: t, severity: major, when: temp > 30}\n")
    engine = engine_of(quiet, other)
    engine.judge(reading(START, temp=1.0))
    engine.judge(Describe("thing", START + MINUTE, START + MINUTE, "test/other"))
    assert engine.judge(Tick(START + 20 * MINUTE, SINCE)) == []
    engine.judge(Describe("thing", START + 21 * MINUTE, START + 21 * MINUTE, "no/such"))
    engine.judge(Describe("thing", START + 22 * MINUTE, START + 22 * MINUTE, "test/thing"))
    engine.judge(reading(START + 23 * MINUTE, temp=1.0))
    assert kinds(engine.judge(Tick(START + 28 * MINUTE, SINCE))) == ["raised quiet"]


def test_a_device_that_is_restored_over_itself_is_woken_once():
    engine = engine_of("- {id: hot, title: t, severity: major, when: temp > 30, for: 2m}")
    blob = engine.snapshot("thing")
    engine.judge(reading(START, temp=40.0))
    pending = engine.snapshot("thing")
    assert engine.restore("thing", blob)
    assert engine.judge(Tick(START + 150 * SECOND, SINCE)) == []
    assert engine.restore("thing", pending)
    assert kinds(engine.judge(Tick(START + 151 * SECOND, SINCE))) == ["raised hot"]


def test_after_a_book_has_changed_every_device_of_its_model_is_to_be_kept_anew():
    engine = engine_of("- {id: hot, title: t, severity: major, when: temp > 30, for: 2m}")
    engine.judge(reading(START, temp=40.0))
    engine.mark()
    engine.reload(book_of("- {id: hot, title: t, severity: major, when: temp > 30, for: 2m}", version=2))
    assert engine.changed() == {"thing"}
    engine.snapshot("thing")
    assert engine.changed() == set()
    assert kinds(engine.judge(Tick(START + 2 * MINUTE, SINCE))) == ["raised hot"]
    with pytest.raises(KeyError):
        engine.reload(RuleBook.parse(OTHER + "  - {id: hot, title: t, severity: major, when: temp > 30}\n"))


def test_a_rule_that_begins_with_a_description_is_woken_for_its_end():
    engine = engine_of("- {id: hot, title: t, severity: major, when: load > 3 or temp > attr.limit, for: 2m}")
    engine.judge(reading(START, temp=40.0, load=5.0))
    engine.judge(reading(START + SECOND, load=1.0, temp=40.0))
    engine.judge(Tick(START + 30 * SECOND, SINCE))
    engine.judge(Describe("thing", START + MINUTE, START + MINUTE, "test/thing", attributes={"limit": 30.0}))
    engine.judge(reading(START + 61 * SECOND, temp=40.0))
    assert engine.next_wake() is not None
    assert kinds(engine.judge(Tick(START + 181 * SECOND, SINCE))) == ["raised hot"]


def test_a_device_may_be_heard_at_the_first_of_all_moments():
    engine = Engine([book_of("- {id: hot, title: t, severity: major, when: temp > 30}")])
    engine.judge(Describe("thing", 0, 0, "test/thing"))
    assert kinds(engine.judge(Reading("thing", 0, 0, {"temp": 40.0}))) == ["raised hot"]


def test_asking_what_a_well_device_said_leaves_it_as_it_is():
    engine = engine_of("- {id: hot, title: t, severity: major, when: temp > 30}")
    for minute in range(3):
        engine.judge(reading(START + minute * MINUTE, **WHOLE))
    assert engine.values("thing")["temp"] == (20.0, START + 2 * MINUTE)
    engine.snapshot("thing")
    assert engine._devices["thing"].ward is None


def test_a_learned_silence_is_waited_for_as_soon_as_it_is_learned():
    engine = Engine([book_of("- {id: quiet, title: t, severity: minor, silent_for: learned}")])
    engine.judge(Describe("thing", START, START, "test/thing"))
    for minute in range(22):
        engine.judge(reading(START + minute * MINUTE, temp=1.0))
    wake = engine.next_wake()
    assert wake is not None
    assert wake <= START + 24 * MINUTE
    assert kinds(engine.judge(Tick(START + 24 * MINUTE, SINCE))) == ["raised quiet"]


def test_what_a_retained_reading_told_wears_off_like_anything_else():
    engine = engine_of(
        "- {id: both, title: t, severity: major, when: 'temp > 30 and count(event.reboot, 1h) >= 1'}"
    )
    engine.judge(Reading("thing", START, START, {"temp": 40.0}, sent=START, retained=True))
    assert engine.judge(Event("thing", START + 4 * MINUTE, START + 4 * MINUTE, "reboot")) == []
    engine.judge(
        Reading("thing", START + 5 * MINUTE, START + 5 * MINUTE, {"temp": 40.0}, sent=1, retained=True)
    )
    assert kinds(engine.judge(Event("thing", START + 6 * MINUTE, START + 6 * MINUTE, "reboot"))) == [
        "raised both"
    ]


def waiting():
    text = HEAD.replace("expect_every: 60s", "expect_every: 60s\nreorder: 5s").format(version=1)
    engine = Engine([RuleBook.parse(text + "  - {id: hot, title: t, severity: major, when: temp > 30}\n")])
    engine.judge(Describe("thing", START, START, "test/thing"))
    engine.judge(reading(START, temp=1.0))
    engine.judge(Tick(START + MINUTE, SINCE))
    return engine


@pytest.mark.parametrize(("microsecond", "told"), [(-1, []), (0, ["raised hot"])])
def test_a_reading_waits_for_others_exactly_as_long_as_its_model_says(microsecond, told):
    engine = waiting()
    engine.judge(reading(START + MINUTE, temp=40.0))
    assert engine.next_wake() == START + MINUTE + 5 * SECOND
    assert kinds(engine.judge(Tick(START + MINUTE + 5 * SECOND + microsecond, SINCE))) == told


@pytest.mark.parametrize(("microsecond", "told"), [(-1, []), (0, ["raised hot"])])
def test_a_reading_waits_no_longer_once_a_later_one_has_come(microsecond, told):
    engine = waiting()
    engine.judge(reading(START + MINUTE, temp=40.0))
    assert kinds(engine.judge(reading(START + MINUTE + 5 * SECOND + microsecond, load=1.0))) == told


MISSING = "- {id: gone, title: t, severity: minor, when: 'missing(temp, 5m)'}"


@pytest.mark.parametrize(("microsecond", "told"), [(-1, []), (0, ["raised gone"])])
def test_a_metric_is_missing_when_it_was_not_received_for_exactly_so_long(microsecond, told):
    engine = engine_of(MISSING)
    engine.judge(reading(START + MINUTE, temp=1.0))
    engine.judge(reading(START + 2 * MINUTE, temp=float("nan")))
    engine.judge(reading(START + 3 * MINUTE, load=1.0))
    assert kinds(engine.judge(Tick(START + 7 * MINUTE + microsecond, SINCE))) == told
    engine.judge(Tick(START + 7 * MINUTE, SINCE))
    engine.judge(reading(START + 8 * MINUTE, temp=1.0))
    assert kinds(engine.judge(Tick(START + 9 * MINUTE, SINCE))) == ["cleared gone"]


def test_a_metric_that_comes_back_does_not_ask_the_rules_that_look_at_others():
    rules = MISSING + "\n- {id: late, title: t, severity: minor, when: 'mode == \"on\" and hour() >= 1'}"
    engine = engine_of(rules)
    for minute in range(58):
        engine.judge(reading(START + minute * MINUTE, load=1.0))
    engine.judge(reading(START + 58 * MINUTE, temp=1.0, mode="on"))
    engine.judge(reading(START + 59 * MINUTE, load=1.0))
    for minute in range(60, 64):
        assert engine.judge(reading(START + minute * MINUTE, load=1.0)) == []
    assert kinds(engine.judge(Tick(START + 64 * MINUTE, SINCE))) == ["raised gone"]
    assert engine.judge(Event("thing", START + 64 * MINUTE + 1, START, "reboot")) == []
    assert kinds(engine.judge(reading(START + 65 * MINUTE, mode="on"))) == ["raised late"]


def test_a_window_is_unknown_while_its_metric_is_even_when_that_is_the_first_of_the_book():
    engine = engine_of("- {id: both, title: t, severity: major, when: 'count(temp, 5m) >= 1 and load > 3'}")
    engine.judge(reading(START, temp=1.0, load=1.0))
    assert engine.judge(reading(START + MINUTE, temp=float("nan"), load=5.0)) == []
    assert kinds(engine.judge(reading(START + 2 * MINUTE, temp=1.0))) == ["raised both"]


def test_what_is_counted_in_a_row_may_itself_be_a_count_of_the_same_reading():
    engine = engine_of(
        "- {id: often, title: t, severity: minor, when: 'times(load > 5, 1h) >= 2', consecutive: 2}"
    )
    told = [
        kinds(engine.judge(reading(START + minute * MINUTE, load=load)))
        for minute, load in enumerate([1.0, 6.0, 1.0, 6.0, 6.0])
    ]
    assert told == [[], [], [], [], ["raised often"]]


SEQUENCE = """
- {id: chain, title: t, severity: minor, sequence: ['load > 5', '(temp > 30) within 5m'], clear: load < 1}
- {id: late, title: t, severity: minor, when: 'mode == "on" and hour() >= 1'}
"""


def test_an_event_that_nobody_counts_is_a_record_at_which_a_sequence_goes_on():
    engine = engine_of(SEQUENCE)
    engine.judge(reading(START, load=2.0, temp=40.0))
    assert engine.judge(reading(START + MINUTE, load=6.0)) == []
    assert kinds(engine.judge(Event("thing", START + 2 * MINUTE, START, "whatever"))) == ["raised chain"]


def test_a_sequence_that_goes_on_asks_no_rule_that_looks_at_something_else():
    engine = engine_of(SEQUENCE)
    engine.judge(reading(START + 59 * MINUTE, mode="on", load=2.0))
    assert engine.judge(reading(START + 61 * MINUTE, load=6.0)) == []
    assert engine.judge(reading(START + 62 * MINUTE, load=2.0)) == []
    assert kinds(engine.judge(reading(START + 63 * MINUTE, mode="on"))) == ["raised late"]


def test_a_device_that_only_comes_and_goes_is_lost_twice():
    engine = engine_of("- {id: lost, title: t, severity: minor, when: presence == 'offline_lost'}")
    told = []
    for minute, state in enumerate(["online", "offline_lost", "online", "online", "offline_lost"]):
        at = START + minute * MINUTE
        told += kinds(engine.judge(Tick(at, SINCE)))
        told += kinds(engine.judge(Presence("thing", at, at, PresenceState(state))))
    assert told == ["raised lost", "cleared lost", "raised lost"]


def test_a_retained_reading_replaces_only_what_is_older_and_only_when_it_has_a_date():
    engine = engine_of("- {id: hot, title: t, severity: major, when: temp > 30}")

    def retained(at, temp, sent):
        engine.judge(Reading("thing", at, at, {"temp": temp}, sent=sent, retained=True))
        return engine.values("thing")["temp"]

    assert retained(START, 10.0, None) == (10.0, START)
    assert retained(START + MINUTE, 11.0, None) == (10.0, START)
    assert retained(START + MINUTE, 12.0, 1) == (12.0, START + MINUTE)
    assert retained(START + MINUTE, 13.0, 1) == (12.0, START + MINUTE)
    assert retained(START + SECOND, 14.0, 1) == (12.0, START + MINUTE)


def test_devices_are_worked_on_and_their_faults_wait(make_book):
    book = RuleBook.parse(
        HEAD.replace("attributes:", "maintenance: mode == 'off'\nattributes:").format(version=1)
        + "  - {id: hot, title: t, severity: major, when: temp > 30}\n"
        + "  - {id: all, title: t, severity: major, when: temp > 30, maintenance: ignored}\n"
    )
    engine = Engine([book])
    engine.judge(Describe("thing", START, START, "test/thing"))
    assert kinds(engine.judge(reading(START, temp=40.0, mode="off"))) == ["raised all"]
    assert kinds(engine.judge(reading(START + MINUTE, mode="on"))) == []
    assert kinds(engine.judge(reading(START + 2 * MINUTE, temp=40.0))) == ["raised hot"]


def test_a_device_that_is_well_under_its_new_limit_is_woken_in_time_for_the_all_clear():
    engine = engine_of(
        "- {id: hot, title: t, severity: major, when: temp > attr.limit + 5, clear: temp < attr.limit, clear_for: 1m}"
    )
    assert kinds(engine.judge(reading(START, temp=60.0))) == ["raised hot"]
    engine.judge(Describe("thing", START + SECOND, START, "test/thing", attributes={"limit": 70.0}))
    wake = engine.next_wake()
    assert wake is not None
    assert wake <= START + 61 * SECOND
    assert kinds(engine.judge(Tick(START + 61 * SECOND, SINCE))) == ["cleared hot"]


def test_an_event_that_only_a_level_counts_is_counted_once_however_often_it_is_delivered(scene):
    stage = scene("""
    - {id: hot, title: t, severity: minor, when: temp > 30, levels: [{severity: critical, when: "count(event.reboot, 1h) >= 2"}]}
    """)
    stage.send(0, temp=40.0)
    stage.event(1)
    stage.judge(Event("thing", START + MINUTE, START + MINUTE, "reboot"))
    stage.send(2, temp=40.0)
    assert stage.told == ["raised hot minor at 0s"]
