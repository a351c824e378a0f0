"""The shape of a rule book as written: what keys there are, of which type, and what they mean.

Pydantic checks the shape; `book.py` checks the meaning (names, units, comparisons) and compiles it.
It never judges anything.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from device_rules.durations import PATTERN, parse_span
from device_rules.fault import Severity
from device_rules.reading import MINUTE, Micros

ON_CHANGE = 0
"""The `every` of a metric that is sent only when it changes."""

NOT_BUILT_KEYS: dict[str, str] = {
    "count": "counting happenings within a window",
    "within": "counting happenings within a window",
    "consecutive": "so many readings in a row",
    "sequence": "one thing after another",
    "share_of": "a share of the fleet, a site or a cohort",
    "any": "conditions over the devices of a site",
    "schedule": "rules that sleep at certain hours",
    "maintenance": "maintenance windows",
    "reorder": "putting readings back into order",
    "late_limit": "a limit of lateness per model",
}
"""Keys that `rules.md` plans and this version refuses by name."""


def _span(text: object) -> Micros:
    if text == "learned":
        raise ValueError(
            "`learned` is not built yet (spans learned from the device itself); write one like 15m"
        )
    return parse_span(text)


def _every(text: object) -> Micros:
    return ON_CHANGE if text == "on_change" else _span(text)


def _coverage(text: object) -> float:
    share = text
    if isinstance(text, str) and text.endswith("%"):
        try:
            share = float(text[:-1]) / 100
        except ValueError:
            share = None
    if isinstance(share, int | float) and not isinstance(share, bool) and 0.1 <= share <= 1:
        return float(share)
    raise ValueError(f"`{text}` is not a coverage. Write a share from 10% to 100%, like 80%")


Span = Annotated[int, BeforeValidator(_span), WithJsonSchema({"type": "string", "pattern": PATTERN})]
Every = Annotated[
    int, BeforeValidator(_every), WithJsonSchema({"type": "string", "pattern": f"{PATTERN}|^on_change$"})
]
Coverage = Annotated[
    float,
    BeforeValidator(_coverage),
    WithJsonSchema({"type": ["string", "number"], "examples": ["80%", 0.8]}),
]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
RuleId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
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
    values: list[str] = []
    title: str = ""


class AttributeText(Shape):
    """A constant of one device, from the registry; `default` where the registry says nothing."""

    type: Type = "float"
    unit: str = Field("", max_length=16)
    values: list[str] = []
    default: float | str | bool | None = None


class NeedsText(Shape):
    """How much evidence a rule wants."""

    coverage: Coverage = 0.8
    max_gap: Span | None = None


class LevelText(Shape):
    """A worse severity while the rule is raised."""

    severity: Severity = Field(strict=False)
    when: Condition


class TestText(Shape):
    """A rule's own test: what the device sends and what must come of it."""

    __test__ = False
    name: str = Field(min_length=1)
    given: dict[str, Any]
    expect: Any


class RuleText(Shape):
    """One rule as written."""

    id: RuleId
    title: str = Field(min_length=1)
    severity: Severity = Field(strict=False)
    when: Condition | None = None
    silent_for: Span | None = None
    for_: Span = Field(0, alias="for")
    clear: Condition | None = None
    clear_for: Span | None = None
    unless: list[RuleId] = []
    needs: NeedsText = NeedsText()
    levels: list[LevelText] = Field([], max_length=4)
    packet: list[Name] = []
    play: str = ""
    shadow: bool = False
    tests: list[TestText] = []

    @property
    def calm_for(self) -> Micros:
        """`clear_for`, or its default: `for`, but at least 1 and at most 15 minutes."""
        if self.clear_for is not None:
            return self.clear_for
        return min(max(self.for_, MINUTE), 15 * MINUTE)


class BookText(Shape):
    """A rule book as written: one file, one model."""

    model: str = Field(min_length=1, max_length=200)
    version: int = Field(ge=1)
    expect_every: Span
    metrics: dict[Name, MetricText] = Field(min_length=1, max_length=500)
    attributes: dict[Name, AttributeText] = {}
    rules: list[RuleText] = Field(max_length=200)


def shape_at(path: tuple[str | int, ...]) -> type[Shape] | None:
    """The part of the book that `path` stands in, so that an unknown key there can be named."""
    match path:
        case ():
            return BookText
        case ("metrics", _):
            return MetricText
        case ("attributes", _):
            return AttributeText
        case ("rules", int()):
            return RuleText
        case ("rules", int(), "needs"):
            return NeedsText
        case ("rules", int(), "levels", int()):
            return LevelText
        case ("rules", int(), "tests", int()):
            return TestText
    return None


def keys_of(shape: type[Shape]) -> list[str]:
    """The keys one may write in that part."""
    return [field.alias or name for name, field in shape.model_fields.items()]
