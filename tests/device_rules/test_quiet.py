"""A device of which all is well is read quickly. That changes nothing of what is found."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_rules import Describe, Engine, Event, Presence, PresenceState, Reading, RuleBook, Tick
from device_rules.quiet import source_of
from tests.promises import tried

SECOND = 1_000_000
START = 1_767_225_600 * SECOND
HEAD = """
model: test/thing
version: 1
expect_every: 60s
metrics:
  temp: {range: [-40, 120]}
  load: {}
  mode: {type: enum, values: [on, off], every: on_change}
  flag: {type: bool}
  name: {type: text, every: on_change}
  total: {kind: counter, every: on_change}
attributes: {limit: {default: 50}, most: {}}
rules:
- {id: quiet, title: t, severity: minor, silent_for: 4m}
"""
RULES = {
    "limits": """
- {id: hot, title: t, severity: major, when: temp > 30, for: 2m, clear: temp < 25, unless: [quiet]}
- {id: cold, title: t, severity: minor, when: temp < 0 or load >= 9, for: 1m}
- {id: own, title: t, severity: minor, when: temp > attr.limit or load > attr.most}
- {id: compound, title: t, severity: minor, when: 'mode == "off" and flag and not name == "x"', for: 1m}
- {id: strict, title: t, severity: minor, when: temp > 35, for: 2m, needs: {max_gap: 90s, coverage: 50%}}
- {id: lost, title: t, severity: minor, when: 'presence == "offline_lost"'}
""",
    "windows": """
- {id: mean, title: t, severity: major, when: 'avg(temp, 5m) > 30', for: 1m, needs: {coverage: 40%}}
- {id: high, title: t, severity: major, when: 'max(load, 10m) > 8', needs: {coverage: 20%}}
- {id: long, title: t, severity: major, when: 'avg(load, 20h) > 5', needs: {coverage: 10%}}
- {id: jump, title: t, severity: info, when: abs(temp - prev(temp)) > 15}
- {id: grows, title: t, severity: info, when: 'increase(total, 10m) > 4'}
- {id: stuck, title: t, severity: info, when: 'stuck(temp, 6m) and temp < 31'}
- {id: deaf, title: t, severity: info, when: 'missing(load, 5m)'}
""",
    "forms": """
- {id: often, title: t, severity: major, count: 2 of temp > 30 within 10m}
- {id: row, title: t, severity: major, when: load > 5, consecutive: 3}
- {id: boots, title: t, severity: major, count: 2 of event.reboot within 10m}
- {id: open, title: t, severity: major, sequence: [flag, not mode == "off" within 5m]}
- {id: shared, title: t, severity: major, when: 'share(temp > 30, 10m) > 0.3', needs: {coverage: 20%}}
- {id: early, title: t, severity: major, when: 'hour() >= 1 and load > 5', for: 1m}
- {id: hours, title: t, severity: minor, when: load > 5, schedule: {days: [thu, fri], from: "00:20", to: "01:00"}}
""",
}

whole = st.fixed_dictionaries(
    {
        "temp": st.sampled_from([20.0, 20.0, 20.0, 27.0, 32.0, 36.0, 130.0, True]),
        "load": st.sampled_from([1.0, 1.0, 6.0, 9.0, 7.0]),
        "mode": st.sampled_from(["on", "on", "off", "else"]),
        "flag": st.sampled_from([False, False, True]),
        "name": st.sampled_from(["x", "y"]),
        "total": st.sampled_from([1.0, 2.0, 5.0, 0.0]),
    }
)
some = st.fixed_dictionaries({}, optional={"temp": st.sampled_from([20.0, 36.0]), "load": st.just(6.0)})
moves = st.lists(
    st.tuples(
        st.sampled_from(
            ["whole"] * 6 + ["most"] * 4 + ["some", "tick", "tick", "presence", "event", "down", "describe"]
        ),
        st.sampled_from([1, 30, 60, 60, 60, 60, 60, 120, 400]),
        whole,
        some,
        st.sampled_from([0, 0, 0, 0, 1, 45, 700, -20]),
        st.sampled_from(list(PresenceState)),
        st.sampled_from([1, 1, 3, 8]),
    ),
    min_size=4,
    max_size=30,
)


def story(steps):
    """A log of one device, with a tick every minute."""
    now, since, log = START, START, [Describe("d", START, START, "test/thing")]
    for kind, pause, all_of_it, some_of_it, lag, state, times in steps:
        for _ in range(times if kind in {"whole", "most"} else 1):
            now += pause * SECOND
            sent = now - lag * SECOND
            if kind in {"whole", "some"}:
                log.append(
                    Reading("d", now, sent, all_of_it if kind == "whole" else some_of_it, late=lag > 300)
                )
            elif kind == "presence":
                log.append(Presence("d", now, now, state))
            elif kind == "event":
                log.append(Event("d", now, now, "reboot"))
            elif kind == "describe":
                log.append(Describe("d", now, now, "test/thing", "2", {"limit": 10.0 * times, "most": 20.0}))
            since = now if kind == "down" else since
            log.append(Tick(now + SECOND // 2, since))
    return log


def both(rules):
    book = RuleBook.parse(HEAD + rules)
    assert book.plan.quick
    return book, replace(book, plan=replace(book.plan, quick=False))


BOOKS = {name: both(rules) for name, rules in RULES.items()}


@pytest.mark.parametrize("name", BOOKS)
@tried(50)
@given(moves, st.integers(1, 60))
def test_a_quiet_device_is_judged_as_one_that_is_looked_at_closely(name, steps, cut):
    quick, close = BOOKS[name]
    one, other = Engine([quick]), Engine([close])
    for number, record in enumerate(story(steps)):
        if number == cut:
            blob, one = one.snapshot("d"), Engine([quick])
            assert one.restore("d", blob)
            assert one.snapshot("d") == blob
        assert one.judge(record) == other.judge(record), (number, record)
    now = START + 10**11
    assert one.open_faults("d") == other.open_faults("d")
    for rule in quick.rules:
        assert one.why("d", rule.id, now) == other.why("d", rule.id, now)


@pytest.mark.parametrize("name", BOOKS)
def test_a_device_of_which_all_is_well_takes_the_quick_way(name):
    quick, _ = BOOKS[name]
    engine = Engine([quick])
    engine.judge(Describe("d", START, START, "test/thing"))
    values = {"load": 1.0, "mode": "on", "flag": False, "name": "x", "total": 1.0}
    for minute in range(1, 20):
        at = START + minute * 60 * SECOND
        engine.judge(Reading("d", at, at, {"temp": 20.0 + minute % 2, **values}))
        assert (engine._devices["d"].ward is None) == (minute > 1)


def test_an_engineer_can_read_what_was_generated():
    text = source_of(BOOKS["limits"][0])
    assert "0.0 <= v0 <= 30.0" in text
    assert compile(text, "book", "exec")
