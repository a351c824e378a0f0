"""What pauses a device is used to make: known from the twentieth on, the longest of the last sixty-four, within bounds."""

import pytest

from device_rules.reading import DAY
from device_rules.windows.cadence import Cadence


def after(*pauses):
    cadence = Cadence()
    for pause in pauses:
        cadence.push(pause)
    return cadence


def test_twenty_pauses_are_a_habit_and_nineteen_are_not():
    assert after(*[5] * 19).limit(1) is None
    assert after(*[5] * 20).limit(1) == 15


def test_a_silence_is_at_least_twice_what_is_expected_and_at_most_a_week():
    assert after(*[5] * 20).limit(7) == 15
    assert after(*[5] * 20).limit(8) == 16
    assert after(*[3 * DAY] * 20).limit(1) == 7 * DAY
    assert after(*[2 * DAY] * 20).limit(1) == 6 * DAY


def test_the_longest_pause_counts_until_its_block_of_eight_has_gone():
    cadence = after(*[1] * 7, 100, *[1] * 56)
    assert (cadence.limit(1), len(cadence.longest), cadence.number) == (300, 8, 64)
    cadence.push(2)
    assert (cadence.limit(1), len(cadence.longest), cadence.number) == (6, 8, 57)
    for _ in range(7):
        cadence.push(1)
    assert cadence.number == 64
    cadence = after(100, *[1] * 7, *[2] * 8, *[1] * 48)
    cadence.push(1)
    assert cadence.longest == [2, 1, 1, 1, 1, 1, 1, 1]


def test_a_block_keeps_its_longest_pause_in_whatever_order_they_came():
    assert after(3, 9, 4).longest == [9]
    assert after(*[1] * 8, 2).longest == [1, 2]


@pytest.mark.parametrize("number", [0, 1, 7, 8, 9, 63, 64, 65, 100])
def test_what_was_kept_is_taken_back(number):
    cadence = after(*range(1, number + 1))
    again = Cadence.thaw(cadence.freeze())
    assert (again.number, again.longest) == (cadence.number, cadence.longest)


@pytest.mark.parametrize(
    "state", [[], [-1], [1], [0, 1], [65, *[1] * 9], [64, *[1] * 7], [9, 1], [1.0, 1], "x", None, [True, 1]]
)
def test_what_never_was_kept_is_refused(state):
    with pytest.raises(ValueError, match=r"\w"):
        Cadence.thaw(state)
