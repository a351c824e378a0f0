"""What a product owner reads after a backtest: episodes, flaps, false alarms, and the time line."""

from __future__ import annotations

from device_rules import RuleBook
from device_rules.backtest import Turn
from device_rules.fault import ChangeKind, Evidence, FaultChange, Leaf, Severity
from device_rules.reading import DAY, HOUR, MINUTE, SECOND
from hub.cli.backtest_words import advice, span
from hub.flow.rehearsal_episodes import episodes_of
from hub.flow.rehearsal_ledger import Ledger
from hub.flow.rehearsal_report import Figures, Judged, differences, outcome_of
from hub.flow.rehearsal_time import scale_of

MONDAY = 1_767_571_200 * SECOND  # 5 January 2026
TEXT = """
model: acme/boiler
version: 1
expect_every: 60s
metrics: {temp: {range: [-40, 150]}}
rules:
  - {id: hot, title: Too hot, severity: major, when: temp > 85, for: 5m, clear_for: 5m}
  - {id: cold, title: Too cold, severity: minor, when: temp < -20, for: 5m}
"""
BOOK = RuleBook.parse(TEXT)


def turn(
    fault: str, kind: ChangeKind, minute: float, device: str = "b", severity: Severity = Severity.MAJOR
) -> Turn:
    at = MONDAY + round(minute * MINUTE)
    evidence = Evidence(BOOK.model, "hot", 1, Leaf(""))
    return Turn(at, FaultChange(fault, device, "hot", kind, severity, at, at, 0, evidence), {})


def episode(fault: str, begin: float, end: float | None, device: str = "b") -> list[Turn]:
    ending = [turn(fault, ChangeKind.CLEARED, end, device)] if end is not None else []
    return [turn(fault, ChangeKind.RAISED, begin, device), *ending]


def figures(turns: list[Turn], length: int = DAY) -> Figures:
    judged = Judged(episodes_of(turns), Ledger(), MONDAY, MONDAY + length)
    return next(each for each in outcome_of(BOOK, judged).rules if each.rule == "hot")


def test_an_episode_lasts_from_its_raise_to_its_end_and_one_that_is_open_to_the_end_of_the_recording() -> (
    None
):
    found = figures([*episode("f1", 0, 30), *episode("f2", 100, 200, "c"), *episode("f3", 600, None, "d")])

    assert (found.episodes, found.devices, found.open) == (3, 3, 1)
    assert found.median_clear == 65 * MINUTE
    assert [(each.device, each.lasted, each.open) for each in found.longest] == [
        ("d", DAY - 10 * HOUR, True),
        ("c", 100 * MINUTE, False),
        ("b", 30 * MINUTE, False),
    ]


def test_what_comes_back_within_an_hour_is_counted_as_a_flap() -> None:
    found = figures([*episode("f1", 0, 30), *episode("f2", 60, 90), *episode("f3", 200, 230)])

    assert found.again == 1


def test_what_is_over_within_twice_clear_for_may_have_been_a_false_alarm() -> None:
    short = [each for number in range(6) for each in episode(f"f{number}", 200 * number, 200 * number + 9)]

    found = figures([*short, *episode("long", 1300, 1311)])

    assert found.brief == 6
    assert any("false alarms" in line for line in advice(found))


def test_the_worst_severity_of_an_episode_counts() -> None:
    worse = turn("f1", ChangeKind.SEVERITY, 5, severity=Severity.SAFETY)
    better = turn("f1", ChangeKind.SEVERITY, 9, severity=Severity.MAJOR)

    found = figures([*episode("f1", 0, None), worse, better, turn("f1", ChangeKind.UNSTABLE, 12)])

    assert found.severities == {"safety": 1}
    assert found.unstable == 1


def test_a_device_that_is_most_of_the_trouble_is_named() -> None:
    found = figures(
        [each for number in range(4) for each in episode(f"f{number}", 90 * number, 90 * number + 20)]
    )
    other = figures([*episode("f1", 0, 20, "b"), *episode("f2", 0, 20, "c"), *episode("f3", 0, 20, "d")])

    assert found.top == [("b", 4)]
    assert not any("look at that device" in line for line in advice(other))


def test_short_recordings_are_shown_by_the_hour_and_long_ones_by_the_day_or_week() -> None:
    day, month, year = (scale_of(MONDAY, MONDAY + length) for length in (DAY, 30 * DAY, 400 * DAY))

    assert (day.unit, len(day.spans), day.spans[0]) == ("hour", 25, "2026-01-05 00:00")
    assert (month.unit, len(month.spans), month.span_of(MONDAY + DAY + 1)) == ("day", 31, "2026-01-06")
    assert (year.unit, year.spans[:2], year.span_of(MONDAY + 13 * DAY)) == (
        "week",
        ("2026-01-05", "2026-01-12"),
        "2026-01-12",
    )


def test_rules_are_told_apart_as_new_changed_gone_and_the_same() -> None:
    other = RuleBook.parse(TEXT.replace("temp > 85", "temp > 80").replace("id: cold", "id: frozen"))
    judged = Judged([], Ledger(), MONDAY, MONDAY + DAY)

    found = differences((other, outcome_of(other, judged)), (BOOK, outcome_of(BOOK, judged)))
    same = differences((BOOK, outcome_of(BOOK, judged)), (BOOK, outcome_of(BOOK, judged)))

    assert {each.rule: each.state for each in found} == {"frozen": "new", "hot": "changed", "cold": "gone"}
    assert {each.state for each in same} == {"same"}


def test_a_span_is_told_by_its_two_largest_units() -> None:
    assert [span(each) for each in (None, 0, 90 * SECOND, HOUR, 3 * DAY + 2 * HOUR + MINUTE)] == [
        "–",
        "0s",
        "1m 30s",
        "1h",
        "3d 2h",
    ]
