"""The edges of windows: the first observation, the last one that fits, and what was kept of them."""

import pytest

from device_rules.hold import NEVER
from device_rules.source import MOST_EXACT, Source
from device_rules.windows import thaw, window_of
from device_rules.windows.fold import fold, fold_plainly

SECOND = 1_000_000
MINUTE = 60 * SECOND


def window(form, span=MINUTE, expected=0, **more):
    return window_of(Source("x", form, 0, span=span, expected=expected, **more))


@pytest.mark.parametrize("expected", [0, 100_000])
@pytest.mark.parametrize(
    ("form", "one", "two"),
    [
        ("avg", 4.0, 3.0), ("min", 4.0, 2.0), ("max", 4.0, 4.0), ("sum", 4.0, 6.0), ("count", 1.0, 2.0),
        ("stddev", None, 1.0), ("first", 4.0, 4.0), ("delta", None, -2.0), ("increase", None, 0.0), ("rate", None, -2.0),
        ("changes", 0.0, 1.0),
    ],
)  # fmt: skip
def test_what_one_observation_is_worth_and_what_two_are(form, one, two, expected):
    kept = window(form, expected=expected)
    assert kept.value(0) == (0.0 if form == "count" else None)
    assert kept.told(0, 4.0) == one
    assert kept.value(0) == one
    assert kept.told(SECOND, 2.0) == two
    assert thaw(Source("x", form, 0, span=MINUTE, expected=expected), kept.freeze()).value(SECOND) == two


def test_sums_are_plain_whatever_the_version_of_python():
    numbers = [0.1] * 10 + [1e16, 1.0, -1e16]
    assert fold(numbers) == fold_plainly(numbers) == 0.0
    assert fold_plainly([1.0, 2.5]) == 3.5


def test_an_observation_leaves_exactly_when_its_window_has_passed():
    kept = window("count")
    kept.push(5, 1.0)
    assert kept.due() == 5 + MINUTE
    assert (kept.value(4 + MINUTE), kept.value(5 + MINUTE)) == (1.0, 0.0)
    assert kept.due() == NEVER


def test_a_window_keeps_so_many_observations_and_no_more():
    kept = window("sum")
    for at in range(MOST_EXACT + 3):
        kept.push(at, 1.0)
    assert kept.value(MOST_EXACT + 3) == MOST_EXACT


def test_a_long_window_holds_two_hundred_and_fifty_six_buckets():
    kept = window("count", span=256 * SECOND, expected=100_000)
    for second in range(300):
        kept.push(second * SECOND, 1.0)
    assert kept.value(299 * SECOND) == 256.0
    assert kept.value(300 * SECOND - 1) == 256.0
    assert kept.value(300 * SECOND) == 255.0
    assert kept.value(554 * SECOND) == 1.0
    assert kept.value(555 * SECOND) == 0.0


@pytest.mark.parametrize("expected", [0, 100_000])
@pytest.mark.parametrize("form", ["avg", "min", "max", "share", "quantile"])
def test_nothing_observed_is_worth_nothing_whatever_is_asked_for(form, expected):
    kept = window(form, expected=expected, needed=0, argument=0.5)
    assert kept.value(0) is None
    kept.push(0, True)
    assert kept.value(0) == 1.0
    assert kept.value(MINUTE + SECOND) is None
