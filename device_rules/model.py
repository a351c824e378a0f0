"""The shape of a rule book as written: what keys there are, of which type, and what they mean.

Pydantic checks the shape; `book.py` checks the meaning (names, units, comparisons) and compiles it.
It never judges anything.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from device_rules.durations import MILLISECOND, PATTERN, parse_span, spell_span
from device_rules.fault import Severity
from device_rules.reading import DAY, HOUR, MINUTE, SECOND, Micros
from device_rules.yaml_file import nearest

MOST_METRICS = 2_000
MOST_RULES = 2_000
ON_CHANGE = 0
"""The `every` of a metric that is sent only when it changes."""

LEARNED = -1
"""The `silent_for` of a rule that learns it from the device."""
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = get_args(Day)
Part = Literal["model", "firmware", "region"]
"""What a cohort can be told apart by."""
LATEST: Micros = 5 * SECOND
"""A longer `reorder` would hold every fault back by as much."""


def _span(text: object) -> Micros:
    if text == "learned":
        raise ValueError("only `silent_for` can be learned; write a span like 15m")
    return parse_span(text)


def _some_span(text: object) -> Micros:
    span = _span(text)
    if span < MILLISECOND:
        raise ValueError(f"`{text}`: it takes some time; write a span like 60s")
    return span


def _or_word(text: object, word: str) -> None:
    """Raises ValueError for what is nearly `word`."""
    near = nearest(str(text).lower().replace("-", "_"), [word])
    if isinstance(text, str) and "Did you mean" in near:
        raise ValueError(f"`{text}` is neither a span of time nor `{word}`.{near}")


def _every(text: object) -> Micros:
    if text != "on_change":
        _or_word(text, "on_change")
    return ON_CHANGE if text == "on_change" else _some_span(text)


def _silence(text: object) -> Micros:
    if text == "learned":
        return LEARNED
    _or_word(text, "learned")
    return parse_span(text)


def _reorder(text: object) -> Micros:
    span = _span(text)
    if span > LATEST:
        raise ValueError(f"`{text}`: readings wait for each other at most {spell_span(LATEST)}")
    return span


def _hour(text: object) -> Micros:
    found = re.fullmatch(r"([01]\d|2[0-4]):([0-5]\d)", text) if isinstance(text, str) else None
    if found is None or (found[1] == "24" and found[2] != "00"):
        raise ValueError(f'`{text}` is not a time of day; write it like "08:00"')
    return int(found[1]) * HOUR + int(found[2]) * MINUTE


def _percent(text: object) -> float | None:
    share = text
    if isinstance(text, str) and text.endswith("%"):
        try:
            share = float(Decimal(text[:-1]) / 100)
        except ArithmeticError:
            return None
    return float(share) if isinstance(share, int | float) and not isinstance(share, bool) else None


def _coverage(text: object) -> float:
    share = _percent(text)
    if share is not None and 0.1 <= share <= 1:
        return share
    raise ValueError(f"`{text}` is not a coverage. Write a share from 10% to 100%, like 80%")


def _fraction(text: object) -> float:
    share = _percent(text)
    if share is not None and 0 < share <= 1:
        return share
    raise ValueError(f"`{text}` is not a share. Write one above 0 and up to 100%, like 20%")


Span = Annotated[int, BeforeValidator(_span), WithJsonSchema({"type": "string", "pattern": PATTERN})]
Every = Annotated[
    int, BeforeValidator(_every), WithJsonSchema({"type": "string", "pattern": f"{PATTERN}|^on_change$"})
]
Coverage = Annotated[
    float,
    BeforeValidator(_coverage),
    WithJsonSchema({"type": ["string", "number"], "examples": ["80%", 0.8]}),
]
_SHARE = WithJsonSchema({"type": ["string", "number"], "examples": ["20%", 0.2]})
_SPAN_OR = {"type": "string", "pattern": f"{PATTERN}|^learned$"}
Fraction = Annotated[float, BeforeValidator(_fraction), _SHARE]
SomeSpan = Annotated[int, BeforeValidator(_some_span), WithJsonSchema({"type": "string", "pattern": PATTERN})]
Silence = Annotated[int, BeforeValidator(_silence), WithJsonSchema(_SPAN_OR)]
Reorder = Annotated[int, BeforeValidator(_reorder), WithJsonSchema({"type": "string", "pattern": PATTERN})]
Hour = Annotated[
    int,
    BeforeValidator(_hour),
    WithJsonSchema({"type": "string", "pattern": "^([01][0-9]|2[0-4]):[0-5][0-9]$"}),
]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
RuleId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
Word = Annotated[str, Field(min_length=1, max_length=100)]
Condition = Annotated[str, Field(min_length=1, max_length=2000)]
Type = Literal["float", "int", "bool", "enum", "text"]


class Shape(BaseModel):
    """What all parts of a book share: no unknown keys, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=False, strict=True)


class MetricText(Shape):
    """A measured value that devices of this model report."""

    type: Type = "float"
    unit: str = Field("", max_length=16)
    range: tuple[float, float] | None = Field(None, strict=False)
    every: Every | None = None
    max_gap: Span | None = None
    kind: Literal["gauge", "counter"] = "gauge"
    values: list[Word] = Field([], max_length=500)
    title: str = Field("", max_length=200)


class AttributeText(Shape):
    """A constant of one device, from the registry; `default` where the registry says nothing."""

    type: Type = "float"
    unit: str = Field("", max_length=16)
    values: list[Word] = Field([], max_length=500)
    default: float | str | bool | None = None


class NeedsText(Shape):
    """How much evidence a rule wants."""

    coverage: Coverage = 0.8
    max_gap: Span | None = None


class LevelText(Shape):
    """A worse severity while the rule is raised."""

    severity: Severity = Field(strict=False)
    when: Condition


class ScheduleText(Shape):
    """When a rule may raise: on these days, from one time of day to another, where the device is."""

    days: list[Day] = Field(list(DAYS), min_length=1)
    from_: Hour = Field(0, alias="from", validate_default=False)
    to: Hour = Field(DAY, validate_default=False)


class TestText(Shape):
    """A rule's own test: what the device sends and what must come of it."""

    __test__ = False
    name: str = Field(min_length=1, max_length=300)
    given: dict[str, Any]
    expect: Any


class RuleText(Shape):
    """One rule as written."""

    id: RuleId
    title: str = Field(min_length=1, max_length=200)
    severity: Severity = Field(strict=False)
    when: Condition | None = None
    silent_for: Silence | None = None
    count: Condition | None = None
    sequence: list[Condition] | None = Field(None, min_length=2, max_length=8)
    consecutive: int | None = Field(None, ge=2, le=1000)
    share_of: str | None = Field(None, max_length=100)
    fraction: Fraction | None = None
    at_least: int | None = Field(None, ge=1, le=1_000_000)
    for_: Span = Field(0, alias="for")
    clear: Condition | None = None
    clear_for: Span | None = None
    unless: list[RuleId] = Field([], max_length=100)
    needs: NeedsText = NeedsText()
    levels: list[LevelText] = Field([], max_length=4)
    schedule: ScheduleText | None = None
    maintenance: Literal["ignored"] | None = None
    packet: list[Name] = Field([], max_length=100)
    play: str = Field("", max_length=200)
    shadow: bool = False
    tests: list[TestText] = Field([], max_length=100)

    @property
    def calm_for(self) -> Micros:
        """`clear_for`, or its default: `for`, but at least 1 and at most 15 minutes."""
        if self.clear_for is not None:
            return self.clear_for
        return min(max(self.for_, MINUTE), 15 * MINUTE)


class BookText(Shape):
    """A rule book as written: one file, one model."""

    model: str = Field(min_length=1, max_length=200)
    version: int = Field(ge=1, le=1_000_000_000)
    expect_every: SomeSpan
    reorder: Reorder = 0
    late_limit: Span = 5 * MINUTE
    maintenance: Condition | None = None
    metrics: dict[Name, MetricText] = Field(min_length=1, max_length=MOST_METRICS)
    attributes: dict[Name, AttributeText] = Field({}, max_length=MOST_METRICS)
    rules: list[RuleText] = Field(max_length=MOST_RULES)


def shape_at(path: tuple[str | int, ...]) -> type[Shape] | None:
    """The part of the book that `path` stands in, so that an unknown key there can be named."""
    steps = tuple("#" if isinstance(step, int) else step for step in path)
    return _SHAPES.get((steps[0], "*") if len(steps) == 2 and steps[1] != "#" else steps)


_SHAPES: dict[tuple[str, ...], type[Shape]] = {
    (): BookText,
    ("metrics", "*"): MetricText,
    ("attributes", "*"): AttributeText,
    ("rules", "#"): RuleText,
    ("rules", "#", "needs"): NeedsText,
    ("rules", "#", "schedule"): ScheduleText,
    ("rules", "#", "levels", "#"): LevelText,
    ("rules", "#", "tests", "#"): TestText,
}


def keys_of(shape: type[Shape]) -> list[str]:
    """The keys one may write in that part."""
    return [field.alias or name for name, field in shape.model_fields.items()]
