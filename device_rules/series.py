"""The series of a rule's own tests: `"18x30"` is thirty times 18, `"20+0.5x10"` a ramp of ten values,
`_` a value that is missing, `stale` one that the device declares unknown. Also checks tests as written.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from device_rules.durations import parse_span
from device_rules.fault import Severity
from device_rules.model import TestText
from device_rules.reading import Value
from device_rules.tree import Kind
from device_rules.vocabulary import KINDS, PRESENCES, Vocabulary
from device_rules.yaml_file import Path, nearest

MISSING = None
STALE = math.nan
LONGEST = 20_000
OUTCOMES = ("raise", "clear", "severity", "unstable")

_RAMP = re.compile(r"^(?P<first>-?\d+(?:\.\d+)?)(?P<step>[+-]\d+(?:\.\d+)?)x(?P<times>\d{1,5})$")
_TIMES = re.compile(r"^(?P<word>.+?)x(?P<times>\d{1,5})$")

Sample: TypeAlias = Value | None


class Run(NamedTuple):
    """One part of a series: `first`, so many times, each later one `step` more (None: as it is)."""

    first: Sample
    times: int
    step: float | None = None


def parse_runs(text: str, kind: Kind) -> Iterator[Run]:
    """The parts of a series. Raises ValueError with a remedy."""
    total = 0
    for part in text.split():
        ramp = _RAMP.match(part) if kind is Kind.NUMBER else None
        times = _TIMES.match(part)
        word, count = (times["word"], int(times["times"])) if times else (part, 1)
        total += count
        if total > LONGEST:
            raise ValueError(f"a series has at most {LONGEST} samples")
        yield (
            Run(float(ramp["first"]), count, float(ramp["step"])) if ramp else Run(_sample(word, kind), count)
        )


def parse_series(text: str, kind: Kind) -> list[Sample]:
    """The samples of a series. Raises ValueError with a remedy."""
    samples: list[Sample] = []
    for first, times, step in parse_runs(text, kind):
        if step is None or not isinstance(first, float):
            samples += [first] * times
        else:
            samples += [round(first + step * number, 9) for number in range(times)]
    return samples


def _sample(word: str, kind: Kind) -> Sample:
    if word == "_":
        return MISSING
    if word == "stale":
        return STALE
    if kind is Kind.TEXT:
        return word
    if kind is Kind.BOOL and word in {"true", "false"}:
        return word == "true"
    try:
        if kind is Kind.NUMBER:
            return float(word)
    except ValueError:
        pass
    raise ValueError(f'`{word}` is not a {kind}. Write series like "18x30", "20+0.5x10", "_x5" or "stale"')


def check_test(test: TestText, words: Vocabulary) -> Iterator[tuple[Path, str]]:
    """What is wrong with a test as written, each with its path inside the test."""
    for name, given in test.given.items():
        if what := _given_problem(name, given, words):
            yield ("given", name), what
    if test.expect == "none":
        return
    if not isinstance(test.expect, list):
        yield ("expect",), "expect is `none` or a list like [{at: 20m, raise: major}]"
        return
    for number, expected in enumerate(test.expect):
        if what := _expect_problem(expected):
            yield ("expect", number), what


def _given_problem(name: str, given: object, words: Vocabulary) -> str:
    try:
        if name == "every":
            parse_span(given)
        elif name == "attributes":
            return _attributes_problem(given, words)
        elif name == "presence":
            return _value_problem(name, str(given), PRESENCES)
        elif name == "events":
            parse_series(str(given), Kind.TEXT)
        elif name in words.metrics:
            metric = words.metrics[name]
            if isinstance(given, str):
                return _value_problem(name, given, metric.values, KINDS[metric.type])
        else:
            return f"unknown metric `{name}`.{nearest(name, [*words.metrics, 'every', 'presence', 'events', 'attributes'])}"
    except ValueError as wrong:
        return str(wrong)
    return ""


def _value_problem(name: str, text: str, allowed: tuple[str, ...], kind: Kind = Kind.TEXT) -> str:
    for run in parse_runs(text, kind):
        if allowed and isinstance(run.first, str) and run.first not in allowed:
            return f"`{name}` is never `{run.first}`.{nearest(run.first, allowed)}"
    return ""


def _attributes_problem(given: object, words: Vocabulary) -> str:
    if not isinstance(given, dict):
        return "attributes are given as a mapping, like {max_supply: 80}"
    unknown = [name for name in given if name not in words.attributes]
    return f"unknown attribute `{unknown[0]}`.{nearest(unknown[0], words.attributes)}" if unknown else ""


def _expect_problem(expected: object) -> str:
    if not isinstance(expected, dict) or "at" not in expected or len(expected) != 2:
        return "each expectation is like {at: 20m, raise: major}, {at: 1h, clear: true} or {at: 1h, severity: critical}"
    try:
        parse_span(expected["at"])
    except ValueError as wrong:
        return str(wrong)
    outcome = next(key for key in expected if key != "at")
    if outcome not in OUTCOMES:
        return f"unknown outcome `{outcome}`.{nearest(outcome, OUTCOMES)}"
    if outcome in {"raise", "severity"} and expected[outcome] not in set(Severity):
        return f"`{expected[outcome]}` is not a severity.{nearest(expected[outcome], list(Severity))}"
    return ""
