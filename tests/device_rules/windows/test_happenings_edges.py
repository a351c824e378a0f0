"""What watches conditions must hear that they are false, too, where that counts."""

import pytest

from device_rules.source import Source
from device_rules.windows import window_of


def window(form, expected):
    return window_of(Source("x", form, 0, span=60_000_000, expected=expected))


@pytest.mark.parametrize("expected", [0, 100_000])
def test_a_share_never_rests_for_what_was_false_counts_too(expected):
    kept = window("share", expected)
    kept.push(0, True)
    assert not kept.resting
    assert kept.value(0) == 1.0
    kept.push(1, False)
    assert not kept.resting
    assert kept.value(1) == 0.5
