"""What was never kept of a long window is refused."""

import pytest

from device_rules.source import Source
from device_rules.windows import thaw, window_of

SECOND = 1_000_000
LONG = {"span": 256 * SECOND, "expected": 100_000}


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
