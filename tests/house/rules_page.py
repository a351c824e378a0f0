"""The reference of the rule language, made from its tables: functions, forms, keys, limits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from device_rules import RuleBook, Severity
from device_rules import limits as bounds
from device_rules.durations import PATTERN, spell_span
from device_rules.functions import ABS, FUNCTIONS, Function
from device_rules.grammar import DEEPEST, LONGEST
from device_rules.language import MOST_NODES, OPERATORS
from device_rules.meanings import FORMS, GIVEN, KEYS, OTHERS, OUTCOMES, SERIES, UNKNOWN
from device_rules.model import (
    MOST_METRICS,
    MOST_RULES,
    AttributeText,
    BookText,
    LevelText,
    MetricText,
    NeedsText,
    RuleText,
    ScheduleText,
    Shape,
    TestText,
)
from device_rules.source import BUCKETS, MOST_EXACT
from device_rules.vocabulary import PRESENCES
from device_rules.yaml_file import LARGEST

PARTS: Mapping[str, tuple[type[Shape], str]] = {
    "The keys of a book": (BookText, ""),
    "A metric": (MetricText, "Below `metrics:`, by its name."),
    "An attribute": (AttributeText, "Below `attributes:`, by its name; a column `attr.NAME` of devices.csv fills it."),
    "A rule": (RuleText, "In the list `rules:`. Each has exactly one of `when`, `silent_for`, `count` and `sequence`."),
    "needs": (NeedsText, "Below `needs:` of a rule."),
    "A level": (LevelText, "In the list `levels:` of a rule."),
    "schedule": (ScheduleText, "Below `schedule:` of a rule."),
    "A test": (TestText, "In the list `tests:` of a rule."),
}  # fmt: skip
MANY = {
    "a condition": "conditions",
    "a name": "names",
    "text": "words",
    "keys of its own": "keys of their own",
}
SIMPLE = {"array": "`[low, high]`", "number": "a number", "boolean": "`true` or `false`", None: "see below"}
SPANNED = {"reorder", "late_limit", "for"}


def reference_page() -> str:
    """The whole page."""
    return "\n".join([*_head(), *_functions(), *_forms(), *_keys(), *_given(), *_limits()])


def _head() -> Iterator[str]:
    yield from [
        "# Rules: a reference",
        "",
        "Every function, form and key. This page is made from the tables that the engine itself reads. How to begin is in the",
        "[guide](rules-guide.md), what everything means to the microsecond in [what rules mean, exactly](rules-exactly.md).",
        "",
        "## Conditions",
        "",
        "- Values: metrics by their names, `attr.NAME`, numbers, text in quotes, `true` and `false`, and `presence`",
        f"  ({', '.join(PRESENCES)}).",
        f"- Operators: `{'` `'.join(OPERATORS.values())}`, chains like `1 < pressure < 3`, `and` `or` `not`,",
        '  `in ["off", "heat"]`, `not in`, `x if condition else y`, `' + ABS + "`.",
        "- Spans: `90s`, `20m`, `1h30m`, `7d`; nothing is longer than a year.",
        '- Events: `event.reboot`, `event["door-opened"]`, `event.error(code="E42")`; they are counted, like',
        "  `count(event.reboot, 1h)`.",
        f"- Severities, from the mildest: {', '.join(f'`{one}`' for one in Severity)}.",
        "",
    ]


def _functions() -> Iterator[str]:
    yield from [
        "## Functions",
        "",
        "A function is unknown while its metric is. `share`, `times` and counts of events are unknown while the device is not",
        "heard. One that is *filled* is also unknown until so much of its window was observed as the rule's `coverage` says.",
        "",
        "| function | what it is | answer | unknown with | filled | example |",
        "|---|---|---|---|---|---|",
    ]
    for name, function in FUNCTIONS.items():
        cells = [
            " or ".join(f"`{one}`" for one in function.signature.split(" or ")),
            function.meaning + ("; of any metric" if not function.numbers else ""),
            _answer(function),
            UNKNOWN.get(name) or _fewer(function.least),
            "yes" if function.filled else "–",
            f"`{function.example}`",
        ]
        yield f"| {' | '.join(cells)} |"
    yield ""


def _answer(function: Function) -> str:
    if function.answers == "same":
        return "as the metric"
    if function.answers != "number":
        return "true or false"
    return {"same": "number, in the metric's unit", "/s": "number, in its unit per second", "": "number"}[
        function.unit
    ]


def _fewer(least: int) -> str:
    return "no observation" if least == 1 else f"fewer than {least} observations"


def _forms() -> Iterator[str]:
    yield from [
        "## Forms of a whole rule",
        "",
        "| form | the fault is raised when | example |",
        "|---|---|---|",
    ]
    for name, form in FORMS.items():
        yield f"| `{name}` | {form.meaning} | {', '.join(f'`{line}`' for line in form.example)} |"
    yield ""


def _keys() -> Iterator[str]:
    schema = RuleBook.schema()
    for title, (shape, where) in PARTS.items():
        part = schema if shape is BookText else schema["$defs"][shape.__name__]
        yield from [f"## {title}", ""]
        if where:
            yield from [where, ""]
        yield from ["| key | meaning | written as | without it |", "|---|---|---|---|"]
        for key, said in KEYS[shape.__name__].items():
            facts = part["properties"][key]
            left_out = "needed" if key in part.get("required", ()) else said.otherwise or _default(key, facts)
            yield f"| `{key}` | {said.meaning} | {_written(facts, schema)} | {left_out} |"
        yield ""


def _default(key: str, facts: Mapping[str, Any]) -> str:
    value = facts["default"]
    if key in SPANNED:
        return f"`{spell_span(value)}`"
    if key == "coverage":
        return f"`{value:.0%}`"
    if value in ("", None, [], {}):
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _written(facts: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """How a value is written, in a few words."""
    if "anyOf" in facts:
        return " or ".join(_written(one, schema) for one in facts["anyOf"] if one.get("type") != "null")
    if "$ref" in facts:
        named = schema["$defs"][facts["$ref"].rsplit("/", 1)[1]]
        return "a severity" if "enum" in named else "keys of its own"
    if "enum" in facts or "const" in facts:
        return ", ".join(f"`{one}`" for one in facts.get("enum", [facts.get("const")]))
    if "examples" in facts:
        return "a share, like " + " or ".join(f"`{one}`" for one in facts["examples"])
    return _kind(facts, schema)


def _kind(facts: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    match facts.get("type"):
        case "array" if "items" in facts:
            inner = _written(facts["items"], schema)
            return f"a list of {MANY.get(inner, inner)}"
        case "object":
            return "words with their values" if facts.get("additionalProperties") is True else "keys by name"
        case "string":
            return _string(facts)
        case "integer":
            return f"{facts['minimum']:,} to {facts['maximum']:,}"
    return SIMPLE[facts.get("type")]


def _string(facts: Mapping[str, Any]) -> str:
    pattern = facts.get("pattern", "")
    if pattern.startswith(PATTERN):
        word = re.search(r"\|\^(\w+)\$", pattern)
        return f"a span or `{word[1]}`" if word else "a span"
    if pattern:
        return '`"08:00"`' if ":" in pattern else "a name"
    return "a condition" if facts.get("maxLength") == LONGEST else "text"


def _given() -> Iterator[str]:
    tables: tuple[tuple[str, str, Mapping[str, str]], ...] = (
        ("Beside its series, `given` knows:", "word", GIVEN),
        ("`others` are `{devices: 30, room: \"18x30\"}`, or a list of these, each with series of its own and:", "word", OTHERS),
        ("A series is one sample for each `every`. A value that is none is sent with every sample.", "series", SERIES),
        ("`expect` lists moments from the beginning of the test, like `{at: 20m, raise: major}`:", "outcome", OUTCOMES),
    )  # fmt: skip
    for title, heading, rows in tables:
        yield from [title, "", f"| {heading} | meaning |", "|---|---|"]
        yield from (f"| `{word}` | {meaning} |" for word, meaning in rows.items())
        yield ""


def _limits() -> Iterator[str]:
    yield from [
        "## Limits",
        "",
        "| what | at most |",
        "|---|---|",
        f"| a file | {LARGEST // 1024 // 1024} MB |",
        f"| metrics, attributes, rules | {MOST_METRICS:,}, {MOST_METRICS:,}, {MOST_RULES:,} |",
        f"| a condition | {LONGEST:,} characters, {MOST_NODES} parts, nested {DEEPEST} deep |",
        f"| all conditions of a book | {bounds.LONGEST_CONDITIONS:,} characters |",
        f"| different functions of time | {bounds.MOST_SOURCES:,} |",
        f"| readings that one window expects | {bounds.MOST_EXPECTED:,}; beyond {MOST_EXACT} it is kept in {BUCKETS} buckets |",
        f"| what a book keeps of one device | {bounds.MOST_STATE // 1024:,} KB, as estimated when it is loaded |",
        "",
    ]
