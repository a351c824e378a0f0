"""Households have their turns in the order in which they may be told: a few first, then the others at the pace."""

from __future__ import annotations

from device_rules.reading import HOUR, MINUTE
from hub.domain.ids import Moment
from hub.flow.incident_turns import Course

NOON = Moment(12 * HOUR)


def test_the_first_few_are_told_at_once_and_the_others_one_after_the_other_when_that_has_gone_well() -> None:
    turns = Course(2, 6, None, 10 * MINUTE).turns([NOON] * 4)
    assert turns == [NOON, NOON, NOON + 20 * MINUTE, NOON + 30 * MINUTE]


def test_where_the_first_may_be_told_only_later_everything_is_later() -> None:
    later = Moment(NOON + HOUR)
    assert Course(1, 6, None, 10 * MINUTE).turns([later, later]) == [later, later + 20 * MINUTE]


def test_whoever_has_quiet_hours_has_a_turn_when_they_are_over() -> None:
    morning = Moment(NOON + 5 * HOUR)
    turns = Course(1, 6, None, 10 * MINUTE).turns([NOON, NOON, morning])
    assert turns == [NOON, NOON + 20 * MINUTE, morning]


def test_an_incident_that_tells_everybody_goes_on_from_where_its_pace_stands() -> None:
    assert Course(0, 6, NOON, 10 * MINUTE).turns([NOON, NOON]) == [NOON + 10 * MINUTE, NOON + 20 * MINUTE]
