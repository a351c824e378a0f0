"""`[[mqtt.mapping]]`: a maker's own JSON, of which docs/mapping.md tells. What the words do is hub/ingest/decoders/mapping.py."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from hub.settings.part import Part
from hub.settings.slips import Slip

Unit = Literal[
    "", "°C", "bar", "W", "kWh", "V", "A", "s",
    "°F", "K", "kPa", "hPa", "mbar", "psi", "kW", "mW", "Wh", "mV", "mA", "ms",
]  # fmt: skip


def a_path(text: str) -> str:
    """Where a value stands in JSON, such as `sensors[0].t`. Raises Slip."""
    if re.fullmatch(r"(\$\.?)?([^.\[\]]+|\[\d+\])(\.[^.\[\]]+|\[\d+\])*", text) is None:
        raise Slip("it is not a path", "Write it like sensors[0].temperature.")
    return text


def no_or_path(text: str) -> str:
    """A path, or empty. Raises Slip."""
    return a_path(text) if text else text


def a_topic(text: str) -> str:
    """A topic with `{device_id}` in it. Raises Slip."""
    if text.count("{device_id}") != 1 or "#" in text:
        raise Slip("it does not say where the device's id stands", "Write it like acme/{device_id}/state.")
    return text


def a_word(value: object) -> object:
    """Text, a number, or true or false. Raises Slip."""
    if not isinstance(value, str | int | float):
        raise Slip("it is no single value", "Write text in quotes, a number, true or false.")
    return value


def as_table(value: object) -> object:
    """A path alone is a table with this path."""
    return {"path": value} if isinstance(value, str) else value


Where = Annotated[str, AfterValidator(a_path)]
MaybeWhere = Annotated[str, AfterValidator(no_or_path)]
Topic = Annotated[str, AfterValidator(a_topic)]
Word = Annotated[Any, AfterValidator(a_word)]


class MetricPart(Part):
    """Where the values of a metric stand, and what turns them into those that books use."""

    path: Where
    scale: float = 1.0
    offset: float = 0.0
    unit: Unit = ""
    values: dict[str, Word] = Field(default_factory=dict)


class PresencePart(Part):
    """Where and how the maker's devices say that they are there."""

    topic: Topic
    online: Word = "online"
    offline: Word = "offline"
    path: MaybeWhere = ""


class EventsPart(Part):
    """Where the maker's devices tell what has happened."""

    topic: Topic
    name: Where = "event"


class Mapping_(Part):  # noqa: N801 - `Mapping` is the typing name
    """A maker's own JSON: which topic, which path is which metric, which unit, which time."""

    topic: Topic
    model: str = ""
    metrics: dict[str, Annotated[MetricPart, BeforeValidator(as_table)]] = Field(default_factory=dict)
    time: MaybeWhere = ""
    time_format: Literal["", "auto", "iso", "s", "ms", "us"] = ""
    presence: PresencePart | None = None
    events: EventsPart | None = None

    def written(self) -> dict[str, Any]:
        """As it was written, for the decoder."""
        return self.model_dump(exclude_unset=True)
