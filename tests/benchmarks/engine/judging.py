"""CPU for judging alone: ten stateful rules, open faults, many rules in the book, a long window, ticks.

Records are built before the clock starts, in chunks as the hub's judge gets them. Time is CPU of this process.
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from device_rules import BookError, Engine, FaultChange, Reading, Record, RuleBook, Tick
from tests.benchmarks.engine.figures import Figure, middle, number, ratio
from tests.benchmarks.engine.workload import (
    CHUNK,
    EVERY,
    LASTING,
    MINUTE,
    NUMBERS,
    RARE,
    SECOND,
    START,
    TROUBLES,
    Street,
    Values,
    describe,
    ten_rules,
)

GOAL_1K, GOAL_100K = 0.45, 0.9  # µs of CPU per message
GOAL_BOOK, GOAL_WINDOW = 1.5, 3.0  # times
GOAL_IDLE_TICK, GOAL_FULL_TICK = 0.5, 1.0  # ms, s
MANY = 100_000
QUIET = {1_000: "0.06–0.12 on a quiet machine", MANY: "its memory is elsewhere"}  # of which the goals speak
WELL: Values = {**{name: mean for name, (mean, _) in NUMBERS.items()}, "state": "on"}


class Judging(Protocol):
    """Whoever is told records."""

    def judge(self, record: Record) -> list[FaultChange]: ...


def cpu(engine: Judging, records: Iterable[Record]) -> tuple[float, int]:
    """Seconds of CPU for judging, and how many fault changes came of it."""
    judge, changes = engine.judge, 0
    began = time.process_time()
    for record in records:
        if found := judge(record):
            changes += len(found)
    return time.process_time() - began, changes


def peopled(book: RuleBook, names: Sequence[str]) -> Engine:
    """An engine that knows these devices."""
    engine = Engine([book])
    for name in names:
        engine.judge(describe(name, book.model))
    return engine


class Yardstick:
    """Looks the device up, calls something, and does nothing: what the machine is worth at this moment."""

    def __init__(self, names: Sequence[str]) -> None:
        self._known: dict[str, list[FaultChange]] = {name: [] for name in names}

    def judge(self, record: Record) -> list[FaultChange]:
        """Nothing."""
        return self._known[record.device]  # type: ignore[union-attr]

    def run(self, street: Street, messages: int) -> float:
        """µs of CPU per message."""
        spent = 0.0
        for chunk in street.chunks(messages):
            readings = [record for record in chunk if isinstance(record, Reading)]
            spent += cpu(self, readings)[0]
        return spent / messages * 1e6


class Line:
    """One configuration under measure: an engine and the messages that go on and on."""

    def __init__(self, book: RuleBook, street: Street, warm: int) -> None:
        self.street, self.engine = street, peopled(book, street.names)
        self.changes = self.messages = 0
        self.run(warm)
        self.changes = self.messages = 0

    def run(self, messages: int) -> float:
        """µs of CPU per message for the next so many."""
        spent = 0.0
        for chunk in self.street.chunks(messages):
            took, changes = cpu(self.engine, chunk)
            spent += took
            self.changes += changes
        self.messages += messages
        return spent / messages * 1e6


def mute_rules(book: RuleBook) -> list[str]:
    """The rules of which no trouble raises a fault: as long as there are any, the figures mean nothing."""
    mute = []
    for rule, script in TROUBLES.items():
        engine, raised, at = peopled(book, [rule]), set(), START
        for changed in [{}, {}, *script, {}]:
            at += EVERY
            records: list[Record] = [Tick(at, START)]
            if changed is not None:
                records.append(Reading(rule, at, at, {**WELL, **changed}))
            raised |= {one.rule for record in records for one in engine.judge(record)}
        if rule not in raised:
            mute.append(rule)
    return mute


def ten_stateful(rounds: int, messages: int) -> list[Figure]:
    """Ten rules of ten kinds over a thousand and over a hundred thousand devices, in turn."""
    book = ten_rules()
    mute = mute_rules(book)
    streets = [
        Street(1_000),
        Street(MANY, RARE // 2),
    ]  # of so many devices few have come to the end of their trouble
    lines = {len(it.names): Line(book, it, 2 * max(len(it.names), messages // 4)) for it in streets}
    costs: dict[int, list[float]] = {count: [] for count in lines}
    sticks = {count: (Yardstick(line.street.names), Street(count)) for count, line in lines.items()}
    for count, (_, street) in sticks.items():
        street.names = lines[count].street.names  # the very same ones, as for the engine
    nothing: dict[int, list[float]] = {count: [] for count in lines}
    for _ in range(rounds):
        for count, (stick, street) in sticks.items():
            nothing[count].append(stick.run(street, messages // 2))
        for count, line in lines.items():
            costs[count].append(line.run(messages))
    figures = [
        middle(f"looking one of {count:,} devices up and doing nothing", each, note=QUIET[count])
        for count, each in nothing.items()
    ]
    for (count, line), goal in zip(lines.items(), (GOAL_1K, GOAL_100K), strict=True):
        rate = f"{line.changes / line.messages * 1e4:.1f} fault changes per 10,000"
        note = f"these never raise: {', '.join(mute)}" if mute else rate
        one = middle(f"ten rules, {count:,} devices", costs[count], goal=goal, note=note)
        figures.append(replace(one, sound=not mute))
    return figures


def trouble_stream(street: Street, rule: str) -> Iterator[list[Record]]:
    """Every device in this one trouble for good."""
    for changed in itertools.cycle(LASTING[rule]):
        made: list[Record] = []
        for record in street.chunk(len(street.names)):
            if isinstance(record, Reading):
                made.append(
                    Reading(record.device, record.received, record.effective, {**record.values, **changed})
                )
            else:
                made.append(record)
        yield made


def open_fault(book: RuleBook, rule: str, messages: int) -> tuple[float, float]:
    """µs per message with (about) that fault open at every device, and the share of devices that have it."""
    street = Street(200)
    engine = peopled(book, street.names)
    cpu(engine, street.chunk(600))
    stream = trouble_stream(street, rule)
    for _ in range(40):
        cpu(engine, next(stream))
    spent = sum(cpu(engine, next(stream))[0] for _ in range(messages // 200))
    open_at = sum(any(one.rule == rule for one in engine.open_faults(name)) for name in street.names)
    return spent / (messages // 200 * 200) * 1e6, open_at / 200


def open_faults(messages: int) -> list[Figure]:
    """What an open fault costs, rule by rule."""
    book = ten_rules()
    street = Street(200)
    well = Line(book, street, 600).run(messages)
    figures = [Figure("no fault open, 200 devices", well, "µs")]
    for rule in LASTING:
        cost, share = open_fault(book, rule, messages)
        note = f"{cost - well:+.2f} µs" + (
            "" if share > 0.95 else f"; open at {share:.0%} of the devices only"
        )
        figures.append(Figure(f"`{rule}` open at every device", cost, "µs", note=note))
    return figures


def wide_book(rules: int) -> RuleBook:
    """So many rules of which one looks at the metric that changes."""
    others = max(1, (rules + 2) // 4)
    metrics = "\n".join(f"  other_{n}: {{every: on_change}}" for n in range(others))
    told = [
        f"  - {{id: rule-{n}, title: t, severity: minor, when: other_{n // 4} > {50 + n % 4}, for: 5m}}"
        for n in range(rules - 1)
    ]
    head = "model: bench/wide\nversion: 1\nexpect_every: 10s\nmetrics:\n  seen: {}\n"
    first = "rules:\n  - {id: watched, title: t, severity: minor, when: seen > 50, for: 5m}\n"
    return RuleBook.parse(f"{head}{metrics}\n{first}" + "\n".join(told) + "\n", f"{rules} rules")


class Wide:
    """A hundred devices that report one metric, of a book with so many rules."""

    def __init__(self, rules: int) -> None:
        self.names = [f"wide-{n}" for n in range(100)]
        book = wide_book(rules)
        self.engine, self.turn = peopled(book, self.names), 1
        everything: Values = dict.fromkeys(book.metrics, 20.0)
        cpu(self.engine, [Reading(name, START, START, everything) for name in self.names])
        self.run(5_000)

    def run(self, messages: int) -> float:
        """µs of CPU per message."""
        spent = 0.0
        for _ in range(messages // 1_000):
            moments = [START + (self.turn + n) * EVERY for n in range(10)]
            self.turn += 10
            records = [
                Reading(name, at, at, {"seen": 20.0 + at % 7}) for at in moments for name in self.names
            ]
            spent += cpu(self.engine, records)[0]
        return spent / (messages // 1_000 * 1_000) * 1e6


def book_size(rounds: int, messages: int) -> list[Figure]:
    """One rule looks at what changes; around it stand none, 9, 99 and 999 others."""
    lines: dict[int, Wide] = {}
    figures: list[Figure] = []
    for rules in (1, 10, 100, 1_000):
        try:
            lines[rules] = Wide(rules)
        except BookError as error:
            figures.append(
                Figure(f"{rules:,} rules in the book", float("inf"), "µs", note=f"refused: {str(error)[:90]}")
            )
    costs: dict[int, list[float]] = {rules: [] for rules in lines}
    for _ in range(rounds):
        for rules, line in lines.items():
            costs[rules].append(line.run(messages))
    told = [
        middle(f"{rules:,} rules in the book, one looks at what changed", each)
        for rules, each in costs.items()
    ]
    pairs = list(zip(costs.get(1_000, [float("inf")]), costs[1], strict=False))
    return [*told, *figures, ratio("1,000 rules against 1", pairs, GOAL_BOOK)]


WINDOW = """
model: bench/window
version: 1
expect_every: 1s
metrics: {{power: {{}}}}
rules:
  - {{id: high, title: t, severity: minor, when: "{condition}"}}
"""


class Seconds:
    """Twenty devices that report every second, under one rule."""

    def __init__(self, condition: str, filled: int) -> None:
        book = RuleBook.parse(WINDOW.format(condition=condition), condition)
        self.names = [f"second-{n}" for n in range(20)]
        self.engine, self.turn = peopled(book, self.names), 0
        self.run(filled * len(self.names))

    def run(self, messages: int) -> float:
        """µs of CPU per message."""
        spent, each = 0.0, CHUNK // len(self.names)
        for _ in range(messages // CHUNK):
            records: list[Record] = []
            for at in range(START + self.turn * SECOND, START + (self.turn + each) * SECOND, SECOND):
                power = 1_000.0 + at // SECOND * 37 % 101
                records += [Reading(name, at, at, {"power": power}) for name in self.names]
            self.turn += each
            spent += cpu(self.engine, records)[0]
        return spent / (messages // CHUNK * CHUNK) * 1e6


def window(rounds: int, messages: int) -> list[Figure]:
    """An hour's sliding average of a metric that comes every second, against a threshold on it."""
    try:
        average = Seconds("avg(power, 1h) > 2000", 3_700)
    except BookError as error:
        note = f"refused: {str(error)[:90]}"
        return [Figure("avg over 1 h at 1 Hz against a threshold", float("inf"), "×", GOAL_WINDOW, note=note)]
    threshold = Seconds("power > 2000", 100)
    pairs = [(average.run(messages), threshold.run(messages)) for _ in range(rounds)]
    at = START + (average.turn - 1) * SECOND
    known = average.engine.why(average.names[0], "high", at).when.truth is not None
    one = ratio("avg over 1 h at 1 Hz against a threshold", pairs, GOAL_WINDOW)
    return [
        middle("avg(power, 1h) > 2000, window full", [average for average, _ in pairs]),
        middle("power > 2000", [plain for _, plain in pairs]),
        replace(one, sound=known, note=one.note if known else "the average is unknown: it is not judged"),
    ]


def fallen_silent(devices: int, readings: int) -> tuple[float, float, int]:
    """Devices that sent so many readings and then nothing: ms of a tick with nothing due, s of the one with all due,
    and how many faults it raised. After their second reading they are quiet."""
    street = Street(devices)
    engine = peopled(ten_rules(), street.names)
    at = START + MINUTE
    for turn in range(readings):
        at = START + MINUTE + turn * EVERY
        for first in range(0, devices, CHUNK):
            names = street.names[first : first + CHUNK]
            cpu(engine, [Reading(name, at, at, healthy_at(street, n)) for n, name in enumerate(names)])
    cpu(engine, [Tick(at + SECOND, START)])
    each = [cpu(engine, [Tick(at + SECOND + n * SECOND // 10, START)])[0] for n in range(1, 101)]
    took, raised = cpu(engine, [Tick(at + 6 * MINUTE, START)])
    return statistics.median(each) * 1e3, took, raised


def ticks(rounds: int, devices: int = MANY) -> list[Figure]:
    """A tick when nothing is due, and one when every device's silence comes true at once."""
    idle: list[float] = []
    full: list[float] = []
    quiet: list[float] = []
    raised = raised_quiet = 0
    for _ in range(rounds):
        nothing_due, took, raised = fallen_silent(devices, 1)
        idle.append(nothing_due)
        full.append(took)
        _, took, raised_quiet = fallen_silent(devices, 3)
        quiet.append(took)
    return [
        middle(f"a tick, {devices:,} devices, nothing due", idle, "ms", GOAL_IDLE_TICK),
        middle(
            f"a tick, all {devices:,} devices due",
            full,
            "s",
            GOAL_FULL_TICK,
            f"{number(raised)} faults raised",
        ),
        middle(
            f"{devices:,} quiet devices that fall silent, all due at one tick",
            quiet,
            "s",
            note=f"three readings before; {number(raised_quiet)} faults raised",
        ),
    ]


def healthy_at(street: Street, number_: int) -> Values:
    """Values of a device that is well."""
    return dict(street.pool[number_ % len(street.pool)])
