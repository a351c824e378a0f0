"""Promises that hold for every story a device can tell, tried on many made-up ones."""

from hypothesis import given, settings
from hypothesis import strategies as st

from device_rules import Describe, Engine, Event, Presence, PresenceState, Reading, Tick
from tests.device_rules.conftest import book_of

SECOND = 1_000_000
START = 1_767_225_600 * SECOND
DEVICES = ("ada", "ben")
BOOK = book_of("""
- {id: hot, title: t, severity: major, when: temp > 30, for: 3m, clear: temp < 25, clear_for: 2m, unless: [quiet, heavy]}
- {id: heavy, title: t, severity: minor, when: load > 5 and mode == 'on', for: 1m}
- {id: jump, title: t, severity: info, when: temp > 40, levels: [{severity: critical, when: load > 8}]}
- {id: quiet, title: t, severity: minor, silent_for: 4m}
- {id: lost, title: t, severity: minor, when: presence == 'offline_lost', for: 2m}
- {id: strict, title: t, severity: minor, when: flag or temp > 35, for: 2m, needs: {max_gap: 90s, coverage: 50%}}
""")

values = st.fixed_dictionaries(
    {},
    optional={
        "temp": st.sampled_from([20.0, 27.0, 32.0, 36.0, 45.0, float("nan")]),
        "load": st.sampled_from([1.0, 6.0, 9.0]),
        "mode": st.sampled_from(["on", "off"]),
        "flag": st.booleans(),
        "other": st.just(1.0),
    },
)
states = st.sampled_from(list(PresenceState))
moves = st.lists(
    st.tuples(
        st.sampled_from(["reading"] * 8 + ["tick", "tick", "presence", "event", "down"]),
        st.sampled_from([1, 10, 30, 60, 60, 60, 120, 400]),  # seconds since the record before
        st.sampled_from(DEVICES),
        values,
        st.sampled_from([0, 0, 0, 1, 7, 45, 700, -20]),  # lag
        states,
        st.booleans(),
        st.sampled_from([1, 1, 3, 6]),  # how many such readings come one after the other
    ),
    min_size=5,
    max_size=40,
)


def story(steps):
    """A log: made-up records in the order in which they were received, with a tick after each."""
    now, since = START, START
    log = [Describe(device, now, now, "test/thing") for device in DEVICES]
    for kind, pause, device, said, lag, state, odd, times in steps:
        if kind == "reading":
            flags = {"late": lag > 300, "retained": odd and pause == 10}
            for _ in range(times):
                now += pause * SECOND
                log.append(Reading(device, now, now - lag * SECOND, said, **flags))
            continue
        now += pause * SECOND
        if kind == "presence":
            log.append(Presence(device, now, now, state, retained=odd))
        elif kind == "event":
            log.append(Event(device, now, now, "reboot"))
        else:
            since = now if kind == "down" else since
            log.append(Tick(now, since))
        log.append(Tick(now + SECOND // 2, since))
    return log


def judge(log, engine=None):
    engine = engine or Engine([BOOK])
    return [change for record in log for change in engine.judge(record)]


@settings(max_examples=80, deadline=None, derandomize=True)
@given(moves, st.sets(st.integers(0, 120), max_size=4))
def test_snapshots_and_restarts_at_any_point_change_nothing(steps, cuts):
    log, told, engine = story(steps), [], Engine([BOOK])
    for number, record in enumerate(log):
        if number in cuts:
            fresh = Engine([BOOK])
            for device in DEVICES:
                if engine.model(device):
                    blob = engine.snapshot(device)
                    assert fresh.restore(device, blob)
                    assert fresh.snapshot(device) == blob
            engine = fresh
        told += engine.judge(record)
    assert told == judge(log)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(moves, st.data())
def test_records_delivered_twice_change_nothing(steps, data):
    log = story(steps)
    doubled = []
    for number, record in enumerate(log):
        doubled.append(record)
        again = data.draw(st.integers(0, 12))
        if again < 3 and number >= again:
            doubled.append(log[number - again])
    assert judge(doubled) == judge(log)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(moves)
def test_nothing_is_raised_or_cleared_but_on_what_is_known(steps):
    restless = set()
    for change in judge(story(steps)):
        if change.kind == "unstable":
            restless.add(change.fault)  # these clear by calm alone
        elif change.kind == "raised" or (change.kind == "cleared" and change.fault not in restless):
            assert change.evidence.when.truth is True


@settings(max_examples=80, deadline=None, derandomize=True)
@given(moves)
def test_every_fault_is_one_episode_with_steps_in_order(steps):
    numbers, open_now, last = {}, {}, {}
    for change in judge(story(steps)):
        key = (change.device, change.rule)
        assert change.number == numbers.get(change.fault, -1) + 1
        assert (change.kind == "raised") == (change.number == 0)
        assert open_now.get(key, change.fault) == change.fault
        assert last.get(change.fault, change.start) <= change.at
        last[change.fault] = change.at
        numbers[change.fault] = change.number
        open_now[key] = change.fault
        if change.kind == "cleared":
            del open_now[key]


@settings(max_examples=50, deadline=None, derandomize=True)
@given(moves)
def test_devices_are_judged_each_by_itself(steps):
    log = story(steps)
    together = judge(log)
    for device in DEVICES:
        alone = [record for record in log if isinstance(record, Tick) or record.device == device]
        assert [change for change in together if change.device == device] == judge(alone)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(moves)
def test_when_all_falls_silent_nothing_clears_and_only_silence_is_raised(steps):
    log, engine = story(steps), Engine([BOOK])
    restless = {change.fault for change in judge(log, engine) if change.kind == "unstable"}
    now = max(record.now if isinstance(record, Tick) else record.received for record in log)
    last = max((record.effective for record in log if isinstance(record, Reading | Event)), default=0)
    for minute in range(1, 400):
        for change in engine.judge(Tick(now + minute * 60 * SECOND, START)):
            if change.at > last + 181 * SECOND and change.rule != "lost" and change.fault not in restless:
                assert change.rule == "quiet"
                assert change.kind in {"raised", "unstable"}
