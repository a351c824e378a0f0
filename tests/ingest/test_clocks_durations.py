"""Whatever a device's clock does, what must last ten minutes lasts ten minutes: from its message to the fault."""

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from device_rules import Describe, Engine, Reading, RuleBook, Tick
from device_rules.reading import HOUR, MINUTE, SECOND
from hub.ingest.clocks import DeviceClocks
from tests.promises import tried

NOON = 1_795_280_400 * SECOND
EVERY = 30 * SECOND
LASTS = 10 * MINUTE
BOOK = RuleBook.parse("""
model: test/thing
version: 1
expect_every: 30s
metrics: {temp: {}}
rules:
- {id: hot, title: t, severity: minor, when: temp > 30, for: 10m, clear_for: 10m}
""")


def told(clock, begins, running):
    """When a device is found hot, and when it is found well: hub time since each began (µs).

    It is `running` when it gets hot at `begins`, for half an hour; `clock` says what it takes the time for.
    """
    clocks, engine, latency = DeviceClocks(), Engine([BOOK]), random.Random(running)
    engine.judge(Describe("d", 0, 0, "test/thing"))
    found = {}
    ends = begins + HOUR // 2
    for now in range(begins - running, ends + HOUR // 2, EVERY):
        received = now + latency.randrange(50_000, 400_000)
        sent = clock(now)
        effective, late = clocks.date("d", sent, received)
        if now < begins - HOUR:
            continue  # the engine looks at the last hour of it
        for tick in range(now - EVERY + 10 * SECOND, now, 10 * SECOND):
            for change in engine.judge(Tick(tick, begins - running)):
                found.setdefault(str(change.kind), tick)
        temp = 40.0 if begins <= now < ends else 20.0
        for change in engine.judge(Reading("d", received, effective, {"temp": temp}, sent=sent, late=late)):
            found.setdefault(str(change.kind), received)
    return found.get("raised", 0) - begins, found.get("cleared", 0) - ends


def right(moments):
    return all(abs(moment - LASTS) <= EVERY + SECOND for moment in moments)


begun = st.integers(20, 26 * 60).map(lambda minutes: minutes * MINUTE)
CLOCKS = {
    "one that is right": lambda now: now,
    "one that is ten minutes slow": lambda now: now - 10 * MINUTE,
    "one that is ten minutes ahead": lambda now: now + 10 * MINUTE,
    "one that is hours ahead": lambda now: now + 7 * HOUR,
    "one that was never set": lambda now: now - NOON + HOUR,
    "none": lambda now: None,
    "one that tells the seconds": lambda now: now // SECOND * SECOND,
    "one that tells the minutes": lambda now: now // MINUTE * MINUTE,
    "one that loses a second a day": lambda now: now - (now - NOON) // 86_400,
    "one that is one percent slow": lambda now: now - (now - NOON) // 100,
    "one that is one percent fast": lambda now: now + (now - NOON) // 100,
}


@pytest.mark.parametrize("clock", CLOCKS)
@tried(8)
@given(begun)
@example(500 * MINUTE)
def test_ten_minutes_are_ten_minutes_by_any_clock(clock, running):
    assert right(told(CLOCKS[clock], NOON, running))


jumps = st.lists(
    st.tuples(
        st.sampled_from(range(-31, 59, 6)),
        st.sampled_from([-3, -1, 1, 2, 5]),
        st.sampled_from([HOUR, 4 * MINUTE]),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda jump: jump[0],
)


@tried(60)
@given(jumps)
def test_a_clock_that_is_set_forward_or_back_by_hours_shifts_no_duration(moved):
    def clock(now):
        return now + sum(by * unit for minute, by, unit in moved if now >= NOON + minute * MINUTE)

    late = (
        2 * EVERY
    )  # of a clock that was set back as it began, the third reading is the first to be believed
    assert all(-EVERY <= moment - LASTS <= EVERY + SECOND + late for moment in told(clock, NOON, HOUR))


@tried(30)
@given(st.integers(0, 10**6), st.sampled_from([3, 10, 40]))
def test_a_clock_that_tells_nonsense_now_and_then_shifts_no_duration(seed, often):
    wild = random.Random(seed)

    def clock(now):
        return now + (wild.randrange(-2000, 2000) * HOUR if wild.randrange(often) == 0 else 0)

    assert right(told(clock, NOON, HOUR))
