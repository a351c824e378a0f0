"""Under a book with many metrics that are sent on change only what a reading brings is looked at, and nothing is missed."""

from dataclasses import replace
from functools import lru_cache
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_rules import Describe, Engine, Event, Presence, PresenceState, Reading, RuleBook, Tick
from device_rules.quiet import source_of
from tests.promises import tried

SECOND = 1_000_000
START = 1_767_225_600 * SECOND
ODD = [True, float("nan"), 1e9, "else", 7, "", "\U0010ffff\U0010ffff"]
HEAD = """
model: test/wide
version: {version}
expect_every: 60s
metrics:
  temp: {{range: [-40, 120]}}
  flag: {{type: bool}}
{metrics}
attributes: {{limit: {{default: 50}}, most: {{}}}}
rules:
- {{id: silent, title: t, severity: minor, silent_for: 4m}}
"""
KINDS = {
    "n": ("{range: [-5, 90], every: on_change}", [1.0, 1.0, 1.0, 20.0, 40.0, 60.0]),
    "i": ("{type: int, every: on_change}", [1.0, 1.0, 20.0, 40.0, 60.0]),
    "w": ("{type: enum, values: [on, off, eco], every: on_change}", ["on", "on", "on", "off", "eco"]),
    "b": ("{type: bool, every: on_change}", [False, False, False, True]),
    "t": ("{type: text, every: on_change}", ["x", "x", "y"]),
}


class Maker:
    """A book of so many metrics, and what its device sends."""

    def __init__(self, seed):
        self.random = Random(seed)
        self.metrics = [f"{kind}{n}" for n in range(self.random.randint(3, 24)) for kind in KINDS]

    def one(self, kinds="nni"):
        return self.random.choice([name for name in self.metrics if name[0] in kinds])

    def held(self):
        """A condition of what is sent on change."""
        numbers = [f"{self.one()} > {self.random.choice([30, 50])}", f"{self.one()} + {self.one()} >= 60"]
        words = [f'{self.one("w")} == "off"', f'not ({self.one("t")} == "x")', self.one("b")]
        apart = [f"{self.one()} > attr.limit", f"{self.one()} < attr.most - 30", 'presence == "offline_lost"']
        return self.random.choice([*numbers, *numbers, *words, *words, *apart])

    def plain(self):
        """A condition of latest values."""
        other = [
            "temp > 30",
            "temp < 0",
            "flag",
            "hour() >= 1",
            "abs(temp - prev(temp)) > 5",
            "temp > attr.limit",
        ]
        one, more = self.held(), self.random.choice([self.held(), self.held(), *other])
        return self.random.choice(
            [one, one, f"({one}) and ({more})", f"({one}) or ({more})", f"({one}) and {self.held()}"]
        )

    def rule(self, number):
        when = f"when: '{self.plain()}'"
        forms = [
            *[when] * 8,
            f"{when}, for: 2m",
            f"{when}, for: 1m, clear: 'temp < 25', unless: [silent]",
            f"when: '{self.held()}', consecutive: {self.random.choice([2, 3])}",
            f"count: '2 of {self.held()} within 10m'",
            f"sequence: ['{self.held()}', 'not ({self.held()}) within 5m']",
            f"when: 'share({self.held()}, 10m) > 0.3', needs: {{coverage: 20%}}",
            f"when: 'avg(temp, 5m) > 25 and {self.held()}', needs: {{coverage: 40%}}",
            f'{when}, schedule: {{days: [thu, fri], from: "00:20", to: "01:00"}}',
        ]
        return f"- {{id: r{number}, title: t, severity: minor, {self.random.choice(forms)}}}"

    def book(self, version, rules):
        metrics = "\n".join(f"  {name}: {KINDS[name[0]][0]}" for name in self.metrics)
        return RuleBook.parse(HEAD.format(version=version, metrics=metrics) + "\n".join(rules) + "\n")

    def books(self):
        """A book, and its next version."""
        sound = []
        while len(sound) < 24:
            rule = self.rule(len(sound))
            try:
                self.book(1, [rule])
            except ValueError:
                continue
            sound.append(rule)
        return self.book(1, sound[:20]), self.book(2, sound[4:])

    def everything(self):
        return {"temp": 20.0, "flag": False, **{name: KINDS[name[0]][1][0] for name in self.metrics}}


@lru_cache(maxsize=16)
def made(seed):
    maker = Maker(seed)
    return maker, maker.books()


def closely(book):
    assert book.plan.quick
    assert book.plan.wide
    return replace(book, plan=replace(book.plan, quick=False))


def brought(maker, random, kind):
    """The values of a reading: a few of many, or all."""
    values = {"temp": random.choice([20.0] * 6 + [27.0, 32.0, 130.0]), "flag": random.random() < 0.1}
    if kind == "all":
        return values | {name: random.choice(KINDS[name[0]][1]) for name in maker.metrics}
    for name in random.sample(maker.metrics, random.choice([0, 1, 1, 2, 3])):
        values[name] = random.choice(ODD if random.random() < 0.06 else KINDS[name[0]][1])
    if kind == "part":
        del values[random.choice(["temp", "flag"])]
    return values | ({"unheard": 1.0} if random.random() < 0.1 else {})


def happening(maker, random, kind, now):
    """The record of one kind."""
    if kind == "event":
        return Event("d", now, now, "reboot")
    if kind == "presence":
        return Presence("d", now, now, random.choice(list(PresenceState)))
    if kind == "describe":
        given = {"limit": random.choice([10.0, 50.0]), "most": random.choice([20.0, 31.5])}
        return Describe("d", now, now, "test/wide", random.choice(["1", "2"]), given)
    if kind == "reload":
        return kind
    lag = random.choice([0] * 9 + [45, 700, -20])
    return Reading("d", now, now - lag * SECOND, brought(maker, random, kind), late=lag > 300)


def story(maker, random, length):
    """A log of one device: first everything, then mostly little; "reload" stands for the next version of the book."""
    now, since, log = START, START, [Describe("d", START, START, "test/wide")]
    for number in range(length):
        now += random.choice([1, 30, 60, 60, 60, 60, 60, 120, 400]) * SECOND
        kind = random.choice(
            ["few"] * 14 + ["all", "part", "event", "presence", "describe", "reload", "pause", "pause"]
        )
        if number < 2:
            log.append(Reading("d", now, now, maker.everything()))
        elif kind != "pause":
            log.append(happening(maker, random, kind, now))
        since = now if kind == "pause" and random.random() < 0.5 else since
        log.append(Tick(now + SECOND // 2, since))
    return log


def judged(engine, record, books):
    if record == "reload":
        engine.reload(books[1])
        return []
    return engine.judge(record)


@tried(150)
@given(st.integers(0, 14), st.integers(0, 10**9), st.integers(4, 40), st.integers(1, 60))
def test_a_wide_quiet_device_is_judged_as_one_that_is_looked_at_closely(seed, salt, length, cut):
    maker, books = made(seed)
    close = [closely(book) for book in books]
    now, one, other = books[0], Engine([books[0]]), Engine([close[0]])
    for number, record in enumerate(story(maker, Random(salt), length)):
        if number == cut:
            blob, one = one.snapshot("d"), Engine([now])
            assert one.restore("d", blob)
            assert one.snapshot("d") == blob
        assert judged(one, record, books) == judged(other, record, close), (number, record)
        now = books[1] if record == "reload" else now
    later = START + 10**11
    assert one.values("d") == other.values("d")
    assert one.open_faults("d") == other.open_faults("d")
    for rule in now.rules:
        assert one.why("d", rule.id, later) == other.why("d", rule.id, later)


def quiet_engine(maker, book):
    engine = Engine([book])
    engine.judge(Describe("d", START, START, "test/wide"))
    for minute in (1, 2):
        at = START + minute * 60 * SECOND
        assert engine.judge(Reading("d", at, at, maker.everything())) == []
    device = engine._devices["d"]
    assert device.ward is None
    return engine, device


LIMITS = [
    "- {id: far, title: t, severity: minor, when: n0 > 50}",
    "- {id: off, title: t, severity: minor, when: 'w0 == \"off\"'}",
]


def test_what_is_brought_is_written_where_it_lies_and_the_rest_is_left_alone():
    maker = Maker(1)
    book = maker.book(1, LIMITS)
    engine, device = quiet_engine(maker, book)
    before, heard = device.values, START + 2 * 60 * SECOND
    at = START + 3 * 60 * SECOND
    assert engine.judge(Reading("d", at, at, {"temp": 21.0, "flag": True, "n0": 50.0, "w1": "eco"})) == []
    assert device.values is before
    told = engine.values("d")
    assert {name: told[name] for name in ("temp", "n0", "w1", "n1")} == {
        "temp": (21.0, at),
        "n0": (50.0, at),
        "w1": ("eco", at),
        "n1": (1.0, heard),
    }
    assert engine.judge(Reading("d", at + SECOND, at + SECOND, maker.everything())) == []
    assert device.values is not before
    assert engine.values("d")["n1"] == (1.0, at + SECOND)


@pytest.mark.parametrize(
    ("values", "raised"),
    [({"n0": 50.5}, ["far"]), ({"n1": 50.5}, []), ({"w0": "off"}, ["off"]), ({"n0": 99.0}, [])],
)
def test_what_is_brought_is_asked_about(values, raised):
    maker = Maker(1)
    engine, _ = quiet_engine(maker, maker.book(1, LIMITS))
    at = START + 3 * 60 * SECOND
    told = engine.judge(Reading("d", at, at, {"temp": 20.0, "flag": False, **values}))
    assert [change.rule for change in told] == raised


def test_an_engineer_can_read_what_was_generated_for_a_wide_book():
    text = source_of(Maker(1).book(1, LIMITS))
    assert "'n0': (2, 0, None, -inf, 50.0, ())" in text
    assert "return not v4 == 'off'" in text
    assert compile(text, "book", "exec")


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("when: n0 > 50 or n1 > 50", {"n1": 1.0}),
        ("when: n0 > 50 or temp > 50", {}),
        ("when: n0 > 50 or n1 > attr.limit", {"n1": 1.0}),
        ("when: n0 > 50, consecutive: 2", {}),
    ],
)
def test_a_rule_of_a_new_version_begins_with_whatever_it_looks_at(rule, values):
    maker = Maker(1)
    engine, _ = quiet_engine(maker, maker.book(1, ["- {id: high, title: t, severity: minor, when: n0 > 80}"]))
    at, calm = START + 3 * 60 * SECOND, {"temp": 20.0, "flag": False}
    assert engine.judge(Reading("d", at, at, {**calm, "n0": 60.0})) == []
    engine.reload(maker.book(2, [f"- {{id: new, title: t, severity: minor, {rule}}}"]))
    for later in (at + SECOND, at + 2 * SECOND):
        engine.judge(Reading("d", later, later, calm | values))
    assert [fault.rule for fault in engine.open_faults("d")] == ["new"]
