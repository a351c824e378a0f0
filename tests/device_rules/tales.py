"""Books of every form, and made-up stories of devices, for promises that hold whatever happens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st
from msgspec import structs

from device_rules import (
    Describe,
    Engine,
    Event,
    FaultChange,
    Presence,
    PresenceState,
    Reading,
    Record,
    RuleBook,
    Tick,
)

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
START = 1_767_225_600 * SECOND  # a Thursday, one in the morning in Berlin
DEVICES = ("ada", "ben")
HEAD = """
model: test/thing
version: 1
expect_every: 60s
{more}
metrics:
  temp: {{range: [-40, 120]}}
  load: {{}}
  mode: {{type: enum, values: [on, off], every: on_change}}
  flag: {{type: bool}}
  total: {{kind: counter}}
attributes: {{limit: {{default: 50}}, most: {{}}}}
rules:
"""
RULES = {
    "limits": """
- {id: heavy, title: t, severity: minor, when: load > 5 and mode == "on", for: 1m, clear_for: 2m}
- {id: hot, title: t, severity: major, when: temp > 30, for: 3m, clear: temp < 25, unless: [heavy]}
- {id: own, title: t, severity: minor, when: temp > attr.limit or load > attr.most}
- {id: jump, title: t, severity: info, when: temp > 33, clear_for: 1m, levels: [{severity: critical, when: load > 8},
    {severity: safety, when: temp > 40}]}
- {id: strict, title: t, severity: minor, when: flag or temp > 35, for: 2m, needs: {max_gap: 90s, coverage: 50%}}
""",
    "windows": """
- {id: mean, title: t, severity: major, when: 'avg(temp, 5m) > 30', for: 1m, needs: {coverage: 40%}}
- {id: high, title: t, severity: major, when: 'max(load, 10m) > 8', needs: {coverage: 20%}, unless: [mean]}
- {id: spread, title: t, severity: minor, when: 'stddev(temp, 10m) > 7', clear_for: 1m, needs: {coverage: 30%}}
- {id: long, title: t, severity: major, when: 'sum(load, 10h) > 40', clear: load < 2}
- {id: step, title: t, severity: info, when: abs(temp - prev(temp)) > 15}
- {id: grows, title: t, severity: info, when: 'increase(total, 10m) > 4', levels: [{severity: major, when: temp > 33}]}
- {id: soon, title: t, severity: info, when: 'forecast(temp, 10m, 5m) > 60', needs: {coverage: 60%}}
- {id: stuck, title: t, severity: info, when: 'stuck(temp, 6m) and temp > 31'}
""",
    "forms": """
- {id: often, title: t, severity: major, count: 2 of temp > 30 within 10m}
- {id: row, title: t, severity: major, when: load > 5, consecutive: 3}
- {id: boots, title: t, severity: major, count: 2 of event.reboot within 10m, clear_for: 2m}
- {id: left, title: t, severity: major, sequence: [flag, not mode == "off" within 5m]}
- {id: after, title: t, severity: minor, sequence: [event.reboot, temp > 30 within 3m], clear: temp < 30}
- {id: shared, title: t, severity: major, when: 'share(temp > 30, 10m) > 0.3', for: 1m, needs: {coverage: 20%},
    unless: [boots]}
""",
    "hours": """
- {id: early, title: t, severity: major, when: 'hour() >= 2 and load > 5', for: 1m}
- {id: shop, title: t, severity: minor, when: load > 5, schedule: {days: [thu, fri], from: "01:20", to: "02:00"}}
- {id: night, title: t, severity: minor, when: temp > 30, for: 2m, schedule: {from: "22:00", to: "01:30"},
    maintenance: ignored}
- {id: plain, title: t, severity: minor, when: temp > 35, for: 1m}
""",
    "silence": """
- {id: quiet, title: t, severity: minor, silent_for: 4m}
- {id: habit, title: t, severity: major, silent_for: learned}
- {id: deaf, title: t, severity: info, when: 'missing(load, 5m)'}
- {id: lost, title: t, severity: minor, when: presence == "offline_lost", for: 2m}
- {id: hot, title: t, severity: major, when: temp > 30, for: 2m, unless: [quiet, deaf]}
""",
}
MORE = {"hours": "maintenance: flag"}


def book(name: str, more: str = "") -> RuleBook:
    """One of the books, with more in its head if so wished."""
    return RuleBook.parse(HEAD.format(more=MORE.get(name, "") + "\n" + more) + RULES[name])


BOOKS = {name: book(name) for name in RULES}
PATIENT = {f"{name}, waiting": book(name, "reorder: 5s") for name in RULES}
EVERY = BOOKS | PATIENT

names = st.sampled_from(list(EVERY))
TEMPS = [20.0, 20.0, 27.0, 32.0, 36.0, 45.0]
whole = st.fixed_dictionaries(
    {
        "temp": st.sampled_from([45.0, *TEMPS]),
        "load": st.sampled_from([1.0, 1.0, 6.0, 9.0]),
        "mode": st.sampled_from(["on", "off"]),
        "flag": st.sampled_from([False, False, True]),
        "total": st.sampled_from([1.0, 2.0, 5.0, 0.0]),
    }
)
some = st.fixed_dictionaries(
    {},
    optional={
        "temp": st.sampled_from([*TEMPS, float("nan"), 500.0]),
        "load": st.sampled_from([1.0, 6.0, 9.0]),
        "mode": st.sampled_from(["on", "off", "else"]),
        "flag": st.booleans(),
        "other": st.just(1.0),
    },
)
KINDS = (
    ["whole"] * 8
    + ["some"] * 3
    + ["tick", "tick", "presence", "presence", "event", "event", "down", "describe"]
)
steps = st.tuples(
    st.sampled_from(KINDS),
    st.sampled_from([1, 10, 30, 60, 60, 60, 120, 400]),  # seconds since the record before
    st.sampled_from(DEVICES),
    whole,
    some,
    st.sampled_from([0, 0, 0, 0, 1, 7, 45, 700, -20]),  # how far the reading is behind, in seconds
    st.sampled_from(list(PresenceState)),
    st.sampled_from([1, 1, 1, 3, 5, 24]),  # how many such readings come one after the other
)
moves = st.lists(steps, min_size=16, max_size=30)
ZONE = "Europe/Berlin"


def begun(device: str) -> Describe:
    """A device is there."""
    return Describe(device, START, START, "test/thing", zone=ZONE)


def story(moved: Iterable[Any], steady: bool = False) -> list[Record]:
    """A log: made-up records in the order in which they were received, with a tick after each.

    If `steady`, what devices say is never behind, and the hub is never away.
    """
    now, since = START, START
    log: list[Record] = [begun(device) for device in DEVICES]
    for kind, pause, device, all_of_it, some_of_it, lag, state, times in moved:
        sent = 0 if steady else lag * SECOND
        for number in range(times if kind == "whole" else 1):
            now += pause * SECOND
            match kind:
                case "whole" | "some":
                    values = all_of_it if kind == "whole" else some_of_it
                    retained = kind == "some" and lag == 7 and pause == 10
                    log.append(
                        Reading(device, now, now - sent, values, late=sent > 5 * MINUTE, retained=retained)
                    )
                case "presence":
                    log.append(Presence(device, now, now, state, retained=lag == 7))
                case "event":
                    log.append(Event(device, now, now, "reboot"))
                case "describe":
                    own = {"limit": 10.0 * times, "most": 20.0}
                    log.append(Describe(device, now, now, "test/thing", "2", own, zone=ZONE))
                case "down" if not steady:
                    since = now
            if number % 2 == 0:
                log.append(Tick(now + SECOND // 2, since))
    return log


def moment_of(record: Record) -> int:
    """The hub's moment of a record."""
    return record.now if isinstance(record, Tick) else getattr(record, "received", 0)


def end_of(log: Iterable[Record]) -> int:
    """The hub's last moment of a log."""
    return max(map(moment_of, log))


def judge(name: str, log: Iterable[Record], engine: Engine | None = None) -> list[FaultChange]:
    """What follows from a log, by the book of that name."""
    engine = engine or Engine([EVERY[name]])
    return [change for record in log for change in engine.judge(record)]


def woken(name: str, log: Iterable[Record]) -> list[Record]:
    """The log with a tick at every moment at which the engine wants one before the next record."""
    engine, full, since = Engine([EVERY[name]]), [], START
    for record in log:
        while (wake := engine.next_wake()) is not None and wake <= moment_of(record):
            full.append(Tick(max(wake, START), since))
            engine.judge(full[-1])
        since = record.listening_since if isinstance(record, Tick) else since
        full.append(record)
        engine.judge(record)
    return full


def by_moment(change: FaultChange) -> tuple[str, int, str, int]:
    """The order of changes that does not depend on the records with which they were told."""
    return change.device, change.at, change.rule, change.number


heard = st.lists(st.tuples(whole, st.booleans(), st.integers(0, 4)), min_size=4, max_size=30)
"""What a device says every half minute, whether it reboots then, and which of its last words comes once more."""


def diary(said: Iterable[Any], echo: bool = False) -> list[Record]:
    """The log of a device that is heard every half minute; with an echo, older words are received again between."""
    log: list[Record] = [begun("ada")]
    told: list[Any] = []
    for number, (values, reboots, back) in enumerate(said):
        at = START + number * 30 * SECOND
        if echo and 0 < back <= len(told):
            log.append(structs.replace(told[-back], received=at - 7 * SECOND))
        told.append(Reading("ada", at, at, values))
        if reboots:
            told.append(Event("ada", at + SECOND, at + SECOND, "reboot"))
        log += told[-2 if reboots else -1 :]
    return [*log, Tick(at + 3 * HOUR, START)]
