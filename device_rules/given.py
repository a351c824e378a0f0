"""What a rule's own test gives besides its series: where and when it plays, and what the device reports.

Checks tests as written and reads the words of `given`; `rehearsal.py` plays them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from device_rules.durations import MILLISECOND, parse_span
from device_rules.fault import Severity
from device_rules.model import TestText
from device_rules.reading import SECOND, Micros, Value
from device_rules.series import parse_runs
from device_rules.tree import Kind
from device_rules.vocabulary import KINDS, PRESENCES, Vocabulary
from device_rules.windows.calendar import zone_of
from device_rules.yaml_file import Path, nearest

START: Micros = 1_767_225_600 * SECOND  # 1 January 2026, 00:00 UTC; any moment would do
OUTCOMES = ("raise", "clear", "severity", "unstable")
BESIDE = ("every", "presence", "events", "attributes", "zone", "start", "others")
"""What `given` knows besides the metrics; a metric of such a name goes first."""
MOST_OTHERS = 200
WHO = ("devices", "firmware", "site", "region")
"""What is said of other devices in a test beside their series: how many they are, and where."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EVENT = re.compile(r"(?P<name>[^()+\s]+)(?:\((?P<data>[^()\s]*)\))?")


def start_of(given: Mapping[str, Any]) -> Micros:
    """When the test begins: the local time `start` in its `zone`. Raises ValueError with a remedy."""
    if "start" not in given:
        return START
    written = str(given["start"])
    try:
        local = datetime.strptime(written, "%Y-%m-%d %H:%M")  # noqa: DTZ007 - the zone comes next
    except ValueError:
        local = datetime.min  # noqa: DTZ901 - refused below
    if not 1980 <= local.year <= 2100:
        raise ValueError(f'`{written[:40]}` is not a moment; write the local time like "2026-01-05 07:55"')
    return (local.replace(tzinfo=zone_of(zone_in(given))) - _EPOCH) // timedelta(microseconds=1)


def every_in(written: object) -> Micros:
    """The time between two samples. Raises ValueError with a remedy."""
    every = parse_span(written)
    if every < MILLISECOND:
        raise ValueError(f"`{written}`: samples follow each other in some time; write a span like 60s")
    return every


def zone_in(given: Mapping[str, Any]) -> str:
    """The zone in which the test plays, an IANA name; UTC when it names none. Raises ValueError."""
    zone = str(given.get("zone", "UTC"))
    if zone_of(zone) is UTC:
        raise ValueError(f"`{zone[:40]}` is not a zone; write one like Europe/Berlin")
    return zone


def events_in(word: str) -> list[tuple[str, dict[str, Value]]]:
    """`reboot+error(code=E42,n=3)` as names with their data. Raises ValueError with a remedy."""
    found = list(_EVENT.finditer(word))
    if "+".join(match[0] for match in found) != word:
        raise ValueError(f"`{word[:60]}` is not an event. Write events like reboot, error(code=E42) or a+b")
    return [
        (match["name"], dict(map(_pair, filter(None, (match["data"] or "").split(","))))) for match in found
    ]


def _pair(written: str) -> tuple[str, Value]:
    key, sign, value = written.partition("=")
    if not key or not sign:
        raise ValueError(f"`{written[:60]}`: what an event says is written like code=E42")
    if value in {"true", "false"}:
        return key, value == "true"
    try:
        return key, float(value)
    except ValueError:
        return key, value


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
        if name in words.metrics:
            metric = words.metrics[name]
            if isinstance(given, str):
                return _value_problem(name, given, metric.values, KINDS[metric.type])
            return (
                "" if isinstance(given, int | float) else f'`{name}` is a series like "18x30", or one value'
            )
        if name in BESIDE:
            return _beside_problem(name, given, words)
    except ValueError as wrong:
        return str(wrong)
    return f"unknown metric `{name}`.{nearest(name, [*words.metrics, *BESIDE])}"


def _beside_problem(name: str, given: object, words: Vocabulary) -> str:
    match name:
        case "presence":
            return _value_problem(name, str(given), PRESENCES)
        case "attributes":
            return _attributes_problem(given, words)
        case "others":
            return _others_problem(given, words)
    CHECKS[name](given)
    return ""


def _value_problem(name: str, text: str, allowed: tuple[str, ...], kind: Kind = Kind.TEXT) -> str:
    for run in parse_runs(text, kind):
        if allowed and isinstance(run.first, str) and run.first not in allowed:
            return f"`{name}` is never `{run.first}`.{nearest(run.first, allowed)}"
    return ""


def _others_problem(given: object, words: Vocabulary) -> str:
    count = 0
    for other in given if isinstance(given, list) else [given]:
        if not isinstance(other, dict):
            return 'others are like {devices: 30, firmware: "2.3.1", room: "18x30"}, or a list of these'
        many = other.get("devices", 1)
        if not isinstance(many, int) or isinstance(many, bool) or many < 1:
            return "`devices` says how many others they are, like 30"
        count += many
        for name in other.keys() - set(WHO):
            if name in {"every", "start", "others"}:
                return f"`{name}` is said once, beside `others`"
            if what := _given_problem(name, other[name], words):
                return what
    return f"a test has at most {MOST_OTHERS} other devices" if count > MOST_OTHERS else ""


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


def _check_events(given: object) -> None:
    for run in parse_runs(str(given), Kind.TEXT):
        if isinstance(run.first, str):
            events_in(run.first)


CHECKS: Mapping[str, Callable[[Any], object]] = {
    "every": every_in,
    "events": _check_events,
    "zone": lambda given: zone_in({"zone": given}),
    "start": lambda given: start_of({"start": given}),
}
