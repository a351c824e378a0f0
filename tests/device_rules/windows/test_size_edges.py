"""The bound follows how a window keeps what it is told: one by one, or in buckets."""

import pytest

from device_rules.source import MOST_EXACT, Source
from device_rules.windows import most_bytes


def bound(form, expected):
    return most_bytes(Source("x", form, 0, span=60_000_000, expected=expected))


@pytest.mark.parametrize("form", ["events", "times"])
def test_what_is_counted_by_itself_has_no_buckets_however_much_is_expected(form):
    assert bound(form, 100 * MOST_EXACT) == bound(form, 1)


@pytest.mark.parametrize("form", ["avg", "sum", "min", "max", "stddev", "share"])
def test_a_window_is_kept_in_buckets_from_one_more_on_than_it_keeps_one_by_one(form):
    assert bound(form, MOST_EXACT) == bound(form, 1)
    assert bound(form, MOST_EXACT + 1) == bound(form, 100 * MOST_EXACT) != bound(form, 1)
