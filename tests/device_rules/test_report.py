"""What an engine tells about itself: its devices, its faults, and what they take of the memory."""

import gc
import time
import tracemalloc

import pytest

from device_rules import Describe, Engine, Reading, RuleBook, Tick
from device_rules.report import RuleReport, together
from device_rules.report_bytes import weigh

MINUTE = 60_000_000
START = 1_767_225_600_000_000
SIMPLE = """
- {id: hot, title: Hot, severity: minor, when: temp > 50, for: 10m}
- {id: busy, title: Busy, severity: minor, when: load > 7}
- {id: both, title: Both, severity: minor, when: "temp > 40 and load > 5", for: 5m}
- {id: quiet, title: Quiet, severity: minor, silent_for: 15m}
"""
AVERAGE = '- {id: warm, title: Warm, severity: minor, when: "avg(temp, 1h) > 60"}\n'


def engine_of(book, devices, minutes, **values):
    engine = Engine([book])
    names = [f"device-{number:06}" for number in range(devices)]
    for name in names:
        engine.judge(Describe(name, START, START, "test/thing"))
    for minute in range(minutes):
        for number, name in enumerate(names):
            at = START + minute * MINUTE + number
            engine.judge(
                Reading(
                    name,
                    at,
                    at,
                    {"temp": 20.0 + minute / 7, "load": 1.0, "mode": "on", "flag": False} | values,
                )
            )
        engine.judge(Tick(START + minute * MINUTE + devices, 0))
    return engine


def test_a_report_counts_devices_faults_and_what_waits(make_book):
    engine = engine_of(make_book(SIMPLE), 10, 3)
    for number, values in enumerate(({"load": 9.0}, {"load": 9.0}, {"temp": 60.0})):
        at = START + 3 * MINUTE
        whole = {"temp": 20.0, "load": 1.0, "mode": "on", "flag": False}
        engine.judge(Reading(f"device-{number:06}", at, at, whole | values))
    report = engine.report()
    model = report.models["test/thing"]
    assert (report.devices, report.quiet, report.ward, report.open_faults) == (10, 7, 3, 2)
    assert model.rules["busy"] == RuleReport(raised=2)
    assert model.rules["hot"] == RuleReport(pending=1)
    assert (model.pending, model.waiting, model.counted, model.derived) == (1, 10, 0, 0)


def test_an_empty_engine_has_a_report_as_well(make_book):
    report = Engine([make_book(SIMPLE)]).report()
    assert (report.devices, report.state_bytes, report.open_faults) == (0, 0, 0)
    assert report.models["test/thing"].rules["hot"] == RuleReport()


def test_devices_that_are_counted_in_groups_are_told(make_book):
    rule = "- {id: many, title: Many, severity: minor, when: temp > 50, share_of: fleet, fraction: 20%, at_least: 5}"
    report = engine_of(make_book(SIMPLE + rule), 4, 2).report()
    assert report.models["test/thing"].counted == 4
    assert "many" not in report.models["test/thing"].rules  # its faults are the group's


def test_the_reports_of_several_engines_add_up(make_book):
    book = make_book(SIMPLE)
    whole = together([engine_of(book, 3, 2).report(), engine_of(book, 4, 2, load=9.0).report()])
    assert (whole.devices, whole.quiet, whole.open_faults) == (7, 3, 4)


@pytest.mark.parametrize("values", [{}, {"load": 9.0}], ids=["quiet", "in the ward"])
@pytest.mark.parametrize("rules", [SIMPLE, SIMPLE + AVERAGE], ids=["simple", "with a window"])
def test_the_bytes_that_are_told_are_about_those_that_are_taken(make_book, rules, values):
    book = make_book(rules)
    gc.collect()
    tracemalloc.start()
    try:
        engine = engine_of(book, 2_000, 2, **values)
        gc.collect()
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert engine.report().state_bytes == pytest.approx(taken, rel=0.35)


def test_no_device_takes_more_than_its_book_says(make_book):
    book = make_book(SIMPLE + AVERAGE)
    engine = engine_of(book, 1, 70, temp=70.0, load=9.0)
    assert {fault.rule for fault in engine.open_faults("device-000000")} >= {"hot", "busy", "both", "warm"}
    most = engine.report().models["test/thing"].most_bytes
    assert weigh(engine._devices["device-000000"])[0] < most < 200_000


def test_asking_for_a_report_changes_nothing(make_book):
    engine = engine_of(make_book(SIMPLE), 3, 2)
    before = [engine.snapshot(f"device-00000{number}") for number in range(3)]
    engine.report()
    assert engine.changed() == set()
    assert [engine.snapshot(f"device-00000{number}") for number in range(3)] == before


def test_a_report_on_many_devices_is_quick(make_book):
    engine = Engine([make_book(SIMPLE)])
    for number in range(20_000):
        engine.judge(Describe(f"d{number}", START, START, "test/thing"))
    begun = time.process_time()
    assert engine.report().devices == 20_000
    assert time.process_time() - begun < 0.2


def test_a_book_without_devices_tells_what_one_would_take_at_most():
    text = "model: a/b\nversion: 1\nexpect_every: 60s\nmetrics: {t: {}}\nrules:\n"
    simple = RuleBook.parse(text + "- {id: r, title: T, severity: minor, when: t > 1}")
    long = RuleBook.parse(text + '- {id: r, title: T, severity: minor, when: "avg(t, 1h) > 1"}')
    assert Engine([simple]).report().models["a/b"].most_bytes < 10_000
    assert Engine([long]).report().models["a/b"].most_bytes > 50_000
