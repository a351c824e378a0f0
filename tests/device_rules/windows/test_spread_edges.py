"""Long windows tell how far observations lie apart to the last bit, from the second one on."""

from device_rules.source import Source
from device_rules.windows import window_of

LONG = {"span": 256_000_000, "expected": 100_000}


def test_two_equal_observations_do_not_lie_apart_at_all():
    for value in (0.1, 1e-17, 1e300):
        window = window_of(Source("x", "stddev", 0, **LONG))
        assert window.told(0, value) is None
        assert window.told(1, value) == 0.0
