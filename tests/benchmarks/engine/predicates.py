"""Ten predicates that every engine can say, and the messages that all of them see.

They are written once, as data: each peer spells them in its own language, ours as rules that raise at once.
`truths` is the plain answer against which everybody is checked.
"""

from __future__ import annotations

import json
import operator
import random
from collections.abc import Sequence
from pathlib import Path

from device_rules import RuleBook, Value
from tests.benchmarks.engine.workload import Values, healthy

Test = tuple[str, str, Value]
PREDICATES: tuple[tuple[Test, ...], ...] = (  # every tuple is a conjunction
    (("temp", ">", 85.0),),
    (("volt", "<", 200.0),),
    (("vib", ">", 4.5),),
    (("flow", "<", 0.2), ("state", "==", "on")),
    (("rpm", ">", 1300.0),),
    (("temp", "<", 20.0),),
    (("amp", ">", 12.0),),
    (("press", ">", 9.0),),
    (("hum", ">", 95.0),),
    (("rpm", "<", 100.0), ("amp", ">", 1.0), ("state", "==", "on")),
)
BREACHES: tuple[Values, ...] = (
    {"temp": 90.0}, {"volt": 190.0}, {"vib": 6.0}, {"flow": 0.05}, {"rpm": 1500.0},
    {"temp": 10.0}, {"amp": 15.0}, {"press": 9.5}, {"hum": 97.0}, {"rpm": 20.0},
    {"flow": 0.05, "state": "off"}, {"temp": 85.0}, {"rpm": 20.0, "amp": 0.5},
)  # fmt: skip
ASK = {">": operator.gt, "<": operator.lt, "==": operator.eq}
SAMPLE = 600
CORPUS = 9_973  # of which one breaches something; prime, so that it is another device every time


def truths(values: Values) -> str:
    """A digit per predicate."""
    return "".join(
        str(int(all(ASK[sign](values[name], bound) for name, sign, bound in tests))) for tests in PREDICATES
    )


def sample() -> list[Values]:
    """Messages of which every second one breaches something, one thing at most (see docs/benchmarks.md)."""
    rng = random.Random(7)
    return [
        healthy(rng) | (BREACHES[number // 2 % len(BREACHES)] if number % 2 else {})
        for number in range(SAMPLE)
    ]


def corpus() -> list[Values]:
    """What is timed."""
    rng = random.Random(8)
    return [healthy(rng) | (BREACHES[0] if number == CORPUS // 2 else {}) for number in range(CORPUS)]


def spelled(tests: Sequence[Test]) -> str:
    """A predicate in our language."""
    return " and ".join(f"{name} {sign} {json.dumps(bound)}" for name, sign, bound in tests)


def same_book() -> RuleBook:
    """The ten predicates as ten rules that raise at once."""
    rules = "\n".join(
        f"  - {{id: rule-{number}, title: t, severity: minor, when: '{spelled(tests)}'}}"
        for number, tests in enumerate(PREDICATES)
    )
    metrics = "{temp: {}, volt: {}, amp: {}, vib: {}, rpm: {}, flow: {}, press: {}, hum: {}, "
    head = f'model: bench/same\nversion: 1\nexpect_every: 10s\nmetrics: {metrics}state: {{type: enum, values: ["on", "off"]}}}}\n'
    return RuleBook.parse(f"{head}rules:\n{rules}\n", "the same predicates")


def write(folder: Path) -> None:
    """Put predicates, sample with its truths, and corpus where the peers read them."""
    checked = sample()
    data = {
        "predicates": PREDICATES,
        "sample": checked,
        "truths": [truths(values) for values in checked],
        "corpus": corpus(),
    }
    (folder / "messages.json").write_text(json.dumps(data))
