"""Stuck is who has been seen, and has stayed as it was: a window that saw nothing is kept like any other."""

from device_rules.source import Source
from device_rules.windows import thaw, window_of

MINUTE = 60_000_000


def test_what_was_never_seen_is_not_stuck_and_can_be_kept():
    source = Source("x", "stuck", 0, span=MINUTE)
    fresh = window_of(source)
    again = thaw(source, fresh.freeze())
    assert again.value(10 * MINUTE) is None
    assert again.freeze() == fresh.freeze() == [None, 0, False]
    assert again.told(0, 1.0) is False
    assert again.told(MINUTE, 1.0) is True
