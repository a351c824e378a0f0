"""A recording is judged as if the hub had listened: time passes in it, and disorder in a file is nobody's fault."""

from __future__ import annotations

from collections.abc import Iterable

from device_rules import ChangeKind, Describe, Engine, Event, Reading, RuleBook, Tick
from device_rules.backtest import Backtest, Turn, backtest
from device_rules.reading import HOUR, MINUTE, SECOND, Record

BOOK = RuleBook.parse(
    """
model: acme/boiler
version: 1
expect_every: 60s
metrics: {temp: {range: [-40, 150]}}
rules:
  - {id: hot, title: Too hot, severity: major, when: temp > 85, for: 5m, clear: temp < 80, clear_for: 2m}
  - {id: quiet, title: Gone quiet, severity: minor, silent_for: 15m}
"""
)
START = 1_767_225_600 * SECOND


def at(minutes: float) -> int:
    return START + round(minutes * MINUTE)


def reading(device: str, minute: float, temp: float = 60.0) -> Reading:
    return Reading(device, at(minute), at(minute), {"temp": temp})


def steadily(device: str, minutes: range, temp: float = 60.0) -> list[Record]:
    return [reading(device, minute, temp) for minute in minutes]


def told(turns: Iterable[Turn]) -> list[tuple[str, str, str, float]]:
    return [
        (turn.change.device, turn.change.rule, str(turn.change.kind), (turn.change.at - START) / MINUTE)
        for turn in turns
    ]


def judged(*recordings: list[Record]) -> tuple[list[tuple[str, str, str, float]], Backtest]:
    judging = Backtest([BOOK])
    turns = [turn for records in recordings for turn in judging.feed(records)]
    return told([*turns, *judging.finish()]), judging


def test_a_device_that_gets_hot_in_a_recording_raises_and_clears_at_its_own_moments() -> None:
    hot = [*steadily("b", range(10)), *steadily("b", range(10, 20), 90), *steadily("b", range(20, 30))]

    turns, judging = judged(hot)

    assert turns == [("b", "hot", "raised", 15), ("b", "hot", "cleared", 22)]
    assert judging.counts.readings == 30
    assert (judging.counts.first, judging.counts.last) == (at(0), at(29))


def test_a_recording_says_the_same_as_the_engine_that_is_told_by_hand() -> None:
    records = [reading("b", minute, 60 + 30 * (minute // 40 % 2)) for minute in range(600)]
    engine, by_hand = Engine([BOOK]), []
    engine.judge(Describe("b", START, START, BOOK.model))
    for record in records:
        while (wake := engine.next_wake()) is not None and wake <= record.received:
            by_hand += engine.judge(Tick(wake, START))
        by_hand += engine.judge(record)

    turns = list(backtest([BOOK], records))

    assert [(turn.change.fault, turn.change.kind, turn.change.at) for turn in turns] == [
        (change.fault, change.kind, change.at) for change in by_hand
    ]
    assert len(turns) > 10


def test_batches_of_any_size_give_the_same() -> None:
    records: list[Record] = [
        reading(f"b{number}", minute, 60 + 30 * ((minute + number) // 9 % 2))
        for minute in range(120)
        for number in range(3)
    ]

    whole, _ = judged(records)
    pieces, _ = judged(*(records[start : start + 7] for start in range(0, len(records), 7)))

    assert whole == pieces
    assert whole


def test_a_device_that_falls_silent_while_others_speak_is_missed_at_the_moment_itself() -> None:
    others = [record for minute in range(60) for record in steadily("b", range(minute, minute + 1))]

    turns, _ = judged([reading("lost", 0), *others, reading("lost", 60)])

    assert turns == [("lost", "quiet", "raised", 15)]


def test_nobody_is_called_silent_because_the_recording_has_a_gap() -> None:
    fleet = [f"b{number}" for number in range(25)]
    before = [reading(device, minute) for minute in range(5) for device in fleet]
    after = [reading(device, 300 + minute) for minute in range(20) for device in fleet]

    turns, judging = judged(before, after)

    assert turns == []
    assert judging.counts.pauses == 1
    assert judging.counts.paused == at(300) - at(4)


def test_a_single_device_that_pauses_is_silent_for_it_is_the_only_witness() -> None:
    turns, judging = judged(steadily("b", range(5)), steadily("b", range(60, 70)))

    assert turns[0][1:3] == ("quiet", "raised")
    assert judging.counts.pauses == 0


def test_an_export_device_by_device_is_judged_as_if_all_had_spoken_at_once() -> None:
    hot = [*steadily("b", range(10), 90), *steadily("b", range(10, 100))]
    cool = steadily("a", range(100))
    mixed = sorted([*hot, *cool], key=lambda record: (record.received, record.device))  # type: ignore[union-attr]

    together, _ = judged(mixed)
    apart, judging = judged(cool, hot)

    assert apart == together == [("b", "hot", "raised", 5), ("b", "hot", "cleared", 12)]
    assert (judging.counts.runs, judging.counts.devices) == (2, 2)
    assert judging.counts.last == at(99)


def test_a_device_keeps_its_fault_from_one_part_of_an_export_to_the_next() -> None:
    january = [*steadily("a", range(300)), *steadily("b", range(300), 90)]
    february = [*steadily("a", range(300, 310)), *steadily("b", range(300, 310))]

    turns, judging = judged(january, february)

    assert turns == [("b", "hot", "raised", 5), ("b", "hot", "cleared", 302)]
    assert judging.counts.older == 0


def test_a_reading_older_than_the_last_of_its_device_is_history_only() -> None:
    turns, judging = judged(
        [*steadily("b", range(10)), reading("b", 3.5, 149), *steadily("b", range(10, 20))]
    )

    assert turns == []
    assert (judging.counts.older, judging.counts.late) == (1, 1)


def test_readings_of_one_moment_in_two_lines_are_judged_and_not_called_older() -> None:
    twice: list[Record] = [
        each
        for minute in range(20)
        for each in (reading("b", minute, 90), Reading("b", at(minute), at(minute), {"flow": 1.0}))
    ]

    turns, judging = judged(twice)

    assert turns == [("b", "hot", "raised", 5)]
    assert judging.counts.older == 0


def test_small_disorder_between_devices_shifts_nothing() -> None:
    records: list[Record] = []
    for minute in range(20):
        records += [reading("a", minute + 0.5), reading("b", minute, 90)]

    turns, judging = judged(records)

    assert turns == [("b", "hot", "raised", 5)]
    assert judging.counts.older == 0


def test_a_device_that_was_described_keeps_what_was_said_about_it() -> None:
    stranger = Describe("other", START, START, "acme/kettle")

    turns, judging = judged([stranger, *steadily("other", range(30), 140)])

    assert turns == []
    assert judging.counts.devices == 1


def test_a_device_of_another_model_is_counted_as_a_stranger() -> None:
    judging = Backtest([BOOK], lambda device, moment: None)

    judging.feed(steadily("b", range(30), 140))

    assert judging.counts.strangers == 1


def test_the_ticks_of_a_log_make_time_pass_and_no_others() -> None:
    judging = Backtest([BOOK], ticking=False)
    ticks: list[Record] = [Tick(at(minute), START) for minute in range(1, 40)]

    turns = judging.feed([reading("b", 0), *ticks, *ticks[-3:], Event("b", at(40), at(40), "reboot")])

    assert told(turns)[0] == ("b", "quiet", "raised", 15)
    assert judging.counts.events == 1
    assert judging.counts.last == 0
    judging.finish()
    assert judging.counts.last == at(40)


def test_a_log_that_begins_with_a_tick_begins_with_its_first_reading_and_not_in_1970() -> None:
    judging = Backtest([BOOK], ticking=False)

    judging.feed([Tick(at(0), START), reading("b", 1), Tick(at(2), START), reading("b", 3)])
    judging.finish()

    assert (judging.counts.first, judging.counts.last) == (at(1), at(3))


def test_a_turn_carries_what_the_device_measured_and_no_evidence() -> None:
    [turn, *_] = backtest([BOOK], steadily("b", range(20), 90))

    assert turn.change.kind is ChangeKind.RAISED
    assert turn.values == {"temp": 90.0}
    assert turn.change.evidence.when.text == ""
    assert turn.now - turn.change.at < HOUR


def test_what_a_fleet_has_in_common_is_found_in_a_recording() -> None:
    book = RuleBook.parse(
        """
model: acme/boiler
version: 1
expect_every: 60s
metrics: {temp: {range: [-40, 150]}}
rules:
  - {id: all-hot, title: Many are hot, severity: major, when: temp > 85, for: 2m, share_of: fleet, fraction: 0.5, at_least: 10}
"""
    )
    records = [
        reading(f"b{number:02}", minute, 90 if minute >= 10 and number < 12 else 60)
        for minute in range(20)
        for number in range(20)
    ]

    turns = list(backtest([book], records))

    assert [(turn.change.device, turn.change.rule, turn.change.kind) for turn in turns] == [
        ("group:fleet:acme/boiler", "all-hot", ChangeKind.RAISED)
    ]
    assert 10 <= (turns[0].change.at - START) / MINUTE <= 13
