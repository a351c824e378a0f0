"""Which windows must hear every look, and which keep nothing of a condition that is false."""

import pytest

from device_rules.source import Source
from device_rules.windows import thaw, window_of

MINUTE = 60_000_000


def window(form, expected=0, **more):
    return window_of(Source("x", form, 0, span=256 * MINUTE, expected=expected, **more))


@pytest.mark.parametrize("expected", [0, 100_000])
@pytest.mark.parametrize(
    "form", ["avg", "sum", "count", "min", "stddev", "first", "delta", "changes", "last", "stuck", "events"]
)
def test_a_window_of_a_metric_always_rests(form, expected):
    kept = window(form, expected=expected)
    assert kept.resting
    kept.push(0, 1.0)
    assert kept.resting


@pytest.mark.parametrize("expected", [0, 100_000])
def test_a_share_never_rests_for_what_was_false_counts_too(expected):
    kept = window("share", expected=expected)
    kept.push(0, True)
    assert not kept.resting
    assert kept.value(0) == 1.0
    kept.push(1, False)
    assert not kept.resting
    assert kept.value(1) == 0.5


def test_what_was_never_seen_is_not_stuck_and_can_be_kept():
    source = Source("x", "stuck", 0, span=MINUTE)
    fresh = window_of(source)
    again = thaw(source, fresh.freeze())
    assert again.value(10 * MINUTE) is None
    assert again.freeze() == fresh.freeze() == [None, 0, False]
    assert again.told(0, 1.0) is False
    assert again.told(MINUTE, 1.0) is True
