"""Promises that hold for every story a device can tell and for every form of rule, tried on many made-up ones."""

from functools import cache

import yaml
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from device_rules import Engine, Evidence, Leaf, RuleBook, Tick
from tests.device_rules.tales import (
    BOOKS,
    DEVICES,
    EVERY,
    HEAD,
    MINUTE,
    MORE,
    RULES,
    START,
    by_moment,
    diary,
    end_of,
    heard,
    judge,
    moment_of,
    moves,
    names,
    story,
    woken,
)
from tests.promises import tried

NONE = Evidence("", "", 0, Leaf(""))
cuts = st.dictionaries(st.integers(2, 120), st.sets(st.sampled_from(DEVICES)), max_size=5)


def whys(engine, name, now):
    return [engine.why(device, rule.id, now) for device in DEVICES for rule in EVERY[name].rules]


def open_faults(engine):
    return [engine.open_faults(device) for device in DEVICES]


@tried(50)
@given(names, moves, cuts)
def test_snapshots_and_restarts_at_any_point_change_nothing(name, moved, cuts):
    log, plain, engine, since = story(moved), Engine([EVERY[name]]), Engine([EVERY[name]]), START
    for number, record in enumerate(log):
        if number in cuts:
            fresh = Engine([EVERY[name]]) if len(cuts[number]) == len(DEVICES) else engine
            for device in cuts[number]:
                blob = engine.snapshot(device)
                assert fresh.restore(device, blob)
                assert fresh.snapshot(device) == blob
            engine, now = fresh, end_of(log[: number + 1])
            assert engine.judge(Tick(0, since)) == []  # a new engine must hear since when the hub listens
            assert whys(engine, name, now) == whys(plain, name, now)
        since = record.listening_since if isinstance(record, Tick) else since
        assert engine.judge(record) == plain.judge(record)
        assert open_faults(engine) == open_faults(plain)


@tried(40)
@given(names, moves)
def test_a_device_kept_and_restored_after_every_record_is_judged_as_if_nothing_were(name, moved):
    log, told, engine = story(moved[:12]), [], Engine([EVERY[name]])
    for record in log:
        told += engine.judge(record)
        for device in DEVICES:
            if engine.model(device):
                assert engine.restore(device, engine.snapshot(device))
    assert told == judge(name, log)


@tried(50)
@given(names, moves, st.data())
def test_records_delivered_twice_change_nothing(name, moved, data):
    log = story(moved)
    doubled = []
    for number, record in enumerate(log):
        doubled.append(record)
        again = data.draw(st.integers(0, 12))
        if again < 3 and number >= again:
            doubled.append(log[number - again])
    assert judge(name, doubled) == judge(name, log)


@tried(50)
@given(names.filter(lambda name: "silence" not in name), heard)
def test_what_is_received_again_later_changes_nothing_of_a_device_that_is_heard_anyway(name, said):
    twice, once = judge(name, diary(said, echo=True)), judge(name, diary(said))
    assert [structs.replace(change, evidence=NONE) for change in twice] == [
        structs.replace(change, evidence=NONE) for change in once
    ]  # but for when the device was last heard, which people are told


@tried(50)
@given(names, moves, st.lists(st.tuples(st.integers(0, 150), st.floats(0, 1)), max_size=30))
def test_ticks_beyond_those_that_are_wanted_change_nothing(name, moved, places):
    log = woken(name, story(moved))
    more, since = [], START
    for number, record in enumerate(log):
        before = end_of(log[:number]) if number else START
        shares = sorted(share for place, share in places if place == number)
        more += [Tick(round(before + share * (moment_of(record) - before)), since) for share in shares]
        since = record.listening_since if isinstance(record, Tick) else since
        more.append(record)
    assert judge(name, more) == judge(name, log)


@tried(50)
@given(names.filter(lambda name: "silence" not in name), moves)
def test_a_device_that_keeps_time_is_judged_the_same_with_ticks_or_without(name, moved):
    log = story(moved, steady=True)
    end = Tick(end_of(log) + 3 * MINUTE, START)
    without = [record for record in log if not isinstance(record, Tick)]
    assert sorted(judge(name, [*without, end]), key=by_moment) == sorted(
        judge(name, [*log, end]), key=by_moment
    )


@tried(50)
@given(names, moves)
def test_nothing_is_raised_or_cleared_but_on_what_is_known(name, moved):
    restless = set()
    for change in judge(name, story(moved)):
        if change.kind == "unstable":
            restless.add(change.fault)  # these clear by calm alone
        elif change.kind == "raised" or (change.kind == "cleared" and change.fault not in restless):
            assert change.evidence.when.truth is True


@tried(50)
@given(names, moves)
def test_every_fault_is_one_episode_with_steps_in_order(name, moved):
    numbers, open_now, last = {}, {}, {}
    for change in judge(name, story(moved)):
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


@tried(40)
@given(names, moves)
def test_devices_are_judged_each_by_itself(name, moved):
    log = story(moved)
    together = judge(name, log)
    for device in DEVICES:
        alone = [record for record in log if isinstance(record, Tick) or record.device == device]
        assert [change for change in together if change.device == device] == judge(name, alone)


@cache
def alone(name, rule):
    """The book with one rule only, and with those that hold it back."""
    rules = yaml.safe_load(RULES[name])
    of = {each["id"]: each for each in rules}
    wanted = {rule, *of[rule].get("unless", ())}
    text = yaml.safe_dump([each for each in rules if each["id"] in wanted], sort_keys=False)
    return RuleBook.parse(HEAD.format(more=MORE.get(name, "")) + text)


@tried(40)
@given(st.sampled_from(sorted(BOOKS)), moves)
def test_rules_are_judged_each_by_itself_but_for_those_that_hold_it_back(name, moved):
    log = story(
        moved, steady=True
    )  # own time that steps back by an hour makes rules forget turns as they are asked
    together = judge(name, log)
    for rule in BOOKS[name].rules:
        engine = Engine([alone(name, rule.id)])
        told = [change for record in log for change in engine.judge(record) if change.rule == rule.id]
        assert [change for change in together if change.rule == rule.id] == told
