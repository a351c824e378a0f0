"""Long windows to the last bit, and what was never kept of them."""

import pytest

from device_rules.source import Source
from device_rules.windows import thaw, window_of

SECOND = 1_000_000
LONG = {"span": 256 * SECOND, "expected": 100_000}


def test_two_equal_observations_do_not_lie_apart_at_all():
    for value in (0.1, 1e-17, 1e300):
        window = window_of(Source("x", "stddev", 0, **LONG))
        assert window.told(0, value) is None
        assert window.told(1, value) == 0.0


@pytest.mark.parametrize("counts", [[0, 1, 1], [1, 0, 1], [1, 1, 0], [-1, 1, 2]])
def test_a_bucket_that_holds_nothing_was_never_kept(counts):
    source = Source("x", "count", 0, **LONG)
    window = window_of(source)
    for second in range(3):
        window.push(second * SECOND, 1.0)
    steps, kept = window.freeze()
    assert kept == [1, 1, 1]
    assert thaw(source, [steps, kept]).value(2 * SECOND) == 3.0
    again = window_of(source)
    with pytest.raises(ValueError, match="other buckets"):
        again.thaw([steps, counts])
