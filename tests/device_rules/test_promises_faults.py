"""Faults begin and end on what is known, can always be explained, are as bad as they are, and end when all is well."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from device_rules import Engine, Reading, RuleBook, Severity, Tick
from tests.device_rules.tales import (
    DEVICES,
    EVERY,
    HEAD,
    HOUR,
    MINUTE,
    SECOND,
    START,
    begun,
    end_of,
    judge,
    moment_of,
    moves,
    names,
    story,
)
from tests.promises import tried

WELL = {"temp": 5.0, "load": 0.0, "mode": "off", "flag": False, "total": 2.0}
NAN = float("nan")
NONSENSE = {"temp": NAN, "load": "much", "mode": "else", "flag": 5.0, "total": NAN}


@tried(40)
@given(names, moves)
def test_every_open_fault_can_be_explained_at_any_moment(name, moved):
    engine, told = Engine([EVERY[name]]), {}
    for record in story(moved):
        for change in engine.judge(record):
            told[change.fault] = change
            if change.kind == "cleared":
                del told[change.fault]
        now, seen = moment_of(record), set()
        for device in DEVICES:
            for fault in engine.open_faults(device):
                why = engine.why(device, fault.rule, now)
                seen.add(fault.fault)
                assert (why.state, why.severity, why.start) == ("raised", fault.severity, fault.start)
                assert told[fault.fault].severity == fault.severity
                assert told[fault.fault].number == fault.number
                assert fault.unstable or why.clear is not None
        assert seen == set(told)


def well_again(log):
    """All is well with every device for an hour and a half, then nothing is heard for long, then all is well again."""
    now, since = end_of(log), max(each.listening_since for each in log if isinstance(each, Tick))
    for pause, times in ((MINUTE, 90), (11 * HOUR, 1), (MINUTE, 40)):
        for _ in range(times):
            yield Tick(now + pause - SECOND, since)
            now += pause
            yield from (Reading(device, now, now, WELL) for device in DEVICES)


@tried(40)
@given(names, moves)
def test_when_all_is_well_for_long_enough_every_fault_is_over_and_the_device_is_quiet(name, moved):
    log, engine = story(moved), Engine([EVERY[name]])
    open_now = Counter()
    for change in [*judge(name, log, engine), *judge(name, well_again(log), engine)]:
        open_now[change.fault] += {"raised": 1, "cleared": -1}.get(change.kind, 0)
    assert not +open_now
    for device in DEVICES:
        assert engine.open_faults(device) == []
        assert engine._devices[device].ward is None or not EVERY[name].plan.quick or EVERY[name].reorder


@tried(40)
@given(names.filter(lambda name: "silence" not in name), moves)
def test_a_device_that_says_nothing_to_be_believed_raises_nothing(name, moved):
    log = [
        structs.replace(each, values=NONSENSE) if isinstance(each, Reading) else each for each in story(moved)
    ]
    assert {change.rule for change in judge(name, log)} <= {"boots"}  # of events, and these are known


@tried(40)
@given(names.filter(lambda name: "limits" in name or "windows" in name), moves, st.integers(10, 60))
def test_when_nothing_can_be_believed_any_more_no_fault_begins_and_none_ends(name, moved, cut):
    log, engine = story(moved), Engine([EVERY[name]])
    before = judge(name, log[:cut], engine)
    restless = {change.fault for change in before if change.kind == "unstable"}
    start = max([end_of(log[:cut]), *(each.effective for each in log[:cut] if isinstance(each, Reading))])
    start += 30 * SECOND
    after = [Reading(device, start, start, NONSENSE) for device in DEVICES]
    for each in log[cut:]:
        moment = moment_of(each) + 30 * SECOND
        if isinstance(each, Reading):
            after.append(Reading(each.device, moment, moment, NONSENSE))
        elif isinstance(each, Tick):
            after.append(Tick(moment, START))
    for change in judge(name, [*after, Tick(start + 5 * HOUR, START)], engine):
        restless |= {change.fault} if change.kind == "unstable" else set()
        assert change.at <= start or change.fault in restless


HOT = RuleBook.parse(
    HEAD.format(more="")
    + "- {id: hot, title: t, severity: minor, when: temp > 30, for: 3m, clear: temp < 25, clear_for: 3m}"
)


def first(kind, temps):
    """When a fault was first raised or cleared on a device with such a temperature every minute (None: nothing said)."""
    engine = Engine([HOT])
    engine.judge(begun("ada"))
    for number, temp in enumerate(temps):
        now = START + number * MINUTE
        changes = engine.judge(Tick(now, START))
        if temp is not None:
            changes = changes + engine.judge(Reading("ada", now, now, {"temp": temp}))
        for change in changes:
            if change.kind == kind:
                return change.at
    return START + 10**15


losses = st.lists(st.sampled_from(["", "", "nan", "lost"]), min_size=40, max_size=40)


def spoilt(temps, losses, which):
    """The same, where some of those that are `which` were lost or not to be believed."""
    worse = {"nan": NAN, "lost": None}
    return [worse.get(loss, temp) if which(temp) else temp for temp, loss in zip(temps, losses, strict=False)]


@tried(100)
@given(st.lists(st.sampled_from([40.0, 40.0, 40.0, 27.0, 20.0]), min_size=5, max_size=40), losses)
def test_what_is_not_known_can_only_put_off_that_a_fault_is_raised(temps, losses):
    assert first("raised", spoilt(temps, losses, lambda temp: temp > 30)) >= first("raised", temps)


@tried(100)
@given(st.lists(st.sampled_from([20.0, 20.0, 20.0, 27.0, 40.0]), min_size=5, max_size=40), losses)
def test_what_is_not_known_can_only_put_off_that_a_fault_clears(temps, losses):
    hot = [40.0] * 5
    put_off = first("cleared", hot + spoilt(temps, losses, lambda temp: temp < 25))
    assert put_off >= first("cleared", hot + temps)


@tried(40)
@given(names, moves)
def test_when_all_falls_silent_nothing_clears_and_nothing_but_silence_begins(name, moved):
    log, engine = story(moved), Engine([EVERY[name]])
    restless = {change.fault for change in judge(name, log, engine) if change.kind == "unstable"}
    now, since = end_of(log), max(each.listening_since for each in log if isinstance(each, Tick))
    worn_off = now + 181 * SECOND + 20 * SECOND  # and no device is further ahead
    for minute in range(1, 400):
        for change in engine.judge(Tick(now + minute * MINUTE, since)):
            if change.at > worn_off and change.fault not in restless:
                assert change.kind in {"raised", "unstable"}
                assert change.rule in {"quiet", "habit", "deaf", "lost"}


STAIRS = RuleBook.parse(
    HEAD.format(more="")
    + "- {id: hot, title: t, severity: minor, when: flag, clear_for: 2m, levels: [{severity: major, when: temp > 30},"
    " {severity: critical, when: temp > 40}, {severity: safety, when: load > 8}]}"
)
LEVELS = {
    Severity.MAJOR: lambda said: said["temp"] > 30,
    Severity.CRITICAL: lambda said: said["temp"] > 40,
    Severity.SAFETY: lambda said: said["load"] > 8,
}
climbs = st.lists(
    st.tuples(
        st.sampled_from([20, 60, 100]),
        st.fixed_dictionaries(
            {
                "temp": st.sampled_from([20.0, 20.0, 35.0, 45.0]),
                "load": st.sampled_from([1.0, 1.0, 1.0, 9.0]),
                "flag": st.sampled_from([True, True, True, True, False]),
            }
        ),
    ),
    min_size=3,
    max_size=30,
)


def expected(said, raised, now):
    """The severity by the rule of the book, from what was said since the fault was raised (moments and values)."""
    worst = Severity.MINOR
    for severity, holds in LEVELS.items():
        last, gone = False, None
        for moment, values in said:
            if gone is not None and moment - gone >= 2 * MINUTE:
                last = False
            if holds(values):
                last, gone = True, None
            elif last and gone is None and moment >= raised:
                gone = moment
        on = last and (gone is None or now - gone < 2 * MINUTE)
        worst = max(worst, severity if on else worst, key=lambda each: each.rank)
    return worst


@tried(100)
@given(climbs)
def test_a_fault_is_always_as_bad_as_the_worst_level_that_is_on(steps):
    engine, said, now = Engine([STAIRS]), [], START
    engine.judge(begun("ada"))
    for pause, values in steps:
        for moment in range(now + SECOND, now + pause * SECOND, 9 * SECOND):
            engine.judge(Tick(moment, START))
            check(engine, said, moment)
        now += pause * SECOND
        said.append((now, values))
        engine.judge(Reading("ada", now, now, {**values, "mode": "on", "total": 1.0}))
        check(engine, said, now)


def check(engine, said, now):
    for fault in engine.open_faults("ada"):
        if not fault.unstable:
            since = [each for each in said if each[0] >= fault.raised]
            assert fault.severity is expected(since, fault.raised, now)
