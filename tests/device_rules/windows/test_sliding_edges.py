"""A device may be quiet while windows of its metrics remember something: these always rest."""

import pytest

from device_rules.source import Source
from device_rules.windows import window_of


def window(form, expected):
    return window_of(Source("x", form, 0, span=60_000_000, expected=expected))


@pytest.mark.parametrize("expected", [0, 100_000])
@pytest.mark.parametrize(
    "form", ["avg", "sum", "count", "min", "stddev", "first", "delta", "changes", "last", "stuck", "events"]
)
def test_a_window_of_a_metric_always_rests(form, expected):
    kept = window(form, expected)
    assert kept.resting
    kept.push(0, 1.0)
    assert kept.resting
