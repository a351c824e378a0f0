"""Devices with wrong clocks: slow, ahead, in 1970, set by hand, or catching up after an outage."""

import itertools
import random

from hypothesis import given
from hypothesis import strategies as st

from device_rules.reading import DAY, HOUR, MINUTE, SECOND
from hub.ingest.clocks import DeviceClocks, Quality

NOW = 1_795_280_400 * SECOND


def hear(clocks: DeviceClocks, skew: int, count: int = 60, start: int = NOW, every: int = 10 * SECOND):
    """A device whose clock is wrong by `skew` reports; answers (true time, effective, late) of each."""
    jitter = random.Random(skew)
    found = []
    for n in range(count):
        true = start + n * every
        received = true + jitter.randrange(50_000, 400_000)
        found.append((true, *clocks.date("d", true + skew, received)))
    return found


def worst(found) -> int:
    return max(abs(effective - true) for true, effective, _ in found)


def test_a_device_without_a_time_is_dated_by_its_arrival():
    assert DeviceClocks().date("d", None, NOW) == (NOW, False)


def test_a_device_with_a_good_clock_is_good_after_ten_readings():
    clocks = DeviceClocks()
    hear(clocks, 0, 9)
    assert clocks.quality("d") is Quality.LEARNING
    assert worst(hear(clocks, 0, start=NOW + 90 * SECOND)) < SECOND
    assert clocks.quality("d") is Quality.GOOD


def test_a_device_that_is_ten_minutes_slow_or_an_hour_ahead_is_dated_right_and_never_late():
    for skew in (-10 * MINUTE, HOUR, 23 * HOUR, -23 * HOUR):
        clocks = DeviceClocks()
        found = hear(clocks, skew)
        assert worst(found) < SECOND
        assert not any(late for _, _, late in found)
        assert clocks.quality("d") is Quality.OFFSET


def test_a_device_in_1970_is_dated_by_its_arrival():
    clocks = DeviceClocks()
    assert worst(hear(clocks, -NOW + 4 * SECOND)) < SECOND
    assert clocks.quality("d") is Quality.BROKEN


def test_learning_the_offset_shifts_no_duration():
    clocks = DeviceClocks()
    times = [effective for _, effective, _ in hear(clocks, -10 * MINUTE, 40)]
    steps = [after - before for before, after in itertools.pairwise(times)]
    assert all(9 * SECOND < step < 11 * SECOND for step in steps)


def test_one_wild_time_among_the_first_ten_does_not_spoil_the_day():
    clocks = DeviceClocks()
    hear(clocks, 0, 5)
    clocks.date("d", NOW + 20 * HOUR, NOW + 50 * SECOND)
    found = hear(clocks, 0, start=NOW + MINUTE)
    assert worst(found) < SECOND
    assert not any(late for _, _, late in found)


def test_a_time_from_the_future_or_from_last_week_is_not_believed():
    clocks = DeviceClocks()
    hear(clocks, 0)
    for wrong in (6 * MINUTE, -25 * HOUR, 300 * DAY):
        assert clocks.date("d", NOW + HOUR + wrong, NOW + HOUR) == (NOW + HOUR, False)


def test_what_a_device_kept_during_an_outage_is_dated_when_it_happened_and_marked_late():
    clocks = DeviceClocks()
    hear(clocks, -10 * MINUTE)
    back = NOW + 3 * HOUR
    for n in range(60):  # all at once, as a device empties its buffer
        happened = back - HOUR + n * MINUTE - 30 * SECOND
        effective, late = clocks.date("d", happened - 10 * MINUTE, back + n * 1000)
        assert abs(effective - happened) < SECOND
        assert late == (back - happened > 5 * MINUTE)


def test_what_a_device_kept_and_sends_bit_by_bit_is_not_taken_for_a_clock_that_was_set():
    for every, pace in ((10 * SECOND, SECOND), (MINUTE, 20 * SECOND), (SECOND, SECOND // 10)):
        clocks = DeviceClocks()
        hear(clocks, 0)
        back = NOW + 3 * HOUR
        for n in range(60):
            happened = back - HOUR + n * every
            effective, late = clocks.date("d", happened, back + n * pace)
            assert late
            assert abs(effective - happened) < SECOND


def test_a_clock_that_was_set_is_learned_again_whichever_way_it_moved():
    for before, after in ((0, -HOUR), (-HOUR, 0), (0, 2 * HOUR), (10 * MINUTE, -2 * DAY // 3)):
        clocks = DeviceClocks()
        hear(clocks, before)
        hear(clocks, after, 20, start=NOW + HOUR)
        found = hear(clocks, after, start=NOW + 2 * HOUR)
        assert worst(found) < SECOND
        assert not any(late for _, _, late in found)


def test_a_network_that_has_become_slower_is_followed_after_a_while():
    clocks = DeviceClocks()
    for n in range(3 * 60):
        at = NOW + n * MINUTE
        lag = SECOND if n < 60 else 20 * SECOND
        effective, late = clocks.date("d", at - lag, at)
        assert not late
    assert effective == at  # the quickest way of two hours ago no longer counts


def test_a_restart_learns_from_the_log_what_was_known():
    clocks, again = DeviceClocks(), DeviceClocks()
    for n in range(30):
        clocks.date("d", NOW - HOUR + n * SECOND, NOW + n * SECOND)
        again.recall("d", NOW - HOUR + n * SECOND, NOW + n * SECOND)
    assert clocks.date("d", NOW, NOW + 2 * HOUR) == again.date("d", NOW, NOW + 2 * HOUR) == (NOW + HOUR, True)


@given(st.lists(st.tuples(st.integers(-3 * DAY, 3 * DAY), st.integers(0, 10**9)), max_size=60))
def test_whatever_a_clock_says_nothing_is_dated_far_into_the_future(times):
    clocks, now = DeviceClocks(), NOW
    for off, step in times:
        now += step
        effective, _ = clocks.date("d", now + off, now)
        assert now - BEHIND_AT_MOST <= effective <= now + 5 * MINUTE


BEHIND_AT_MOST = DAY + 5 * MINUTE
