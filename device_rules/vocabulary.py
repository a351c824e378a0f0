"""What the conditions of a book may speak of, and the slot in which each value is kept.

Metrics, attributes, `presence`, and one answer per rule that asks about silence. A rule with its own
`max_gap` gets its own slots for the metrics it looks at, since for it they wear off at another time.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable

from device_rules.language import Names
from device_rules.model import ON_CHANGE, AttributeText, BookText, MetricText
from device_rules.reading import Micros, PresenceState, Value
from device_rules.rule import FOREVER, WHILE_HEARD, Metric, Slot
from device_rules.tree import Kind, Ref
from device_rules.yaml_file import Path

KINDS = {"float": Kind.NUMBER, "int": Kind.NUMBER, "bool": Kind.BOOL, "enum": Kind.TEXT, "text": Kind.TEXT}
PRESENCES = tuple(state.value for state in PresenceState)
RESERVED = {"attr", "presence", "true", "false", "null", "every", "attributes"}

Complain = Callable[[Path, str], None]


class Vocabulary:
    """The names of one book. Mistakes go to `complain` with their path."""

    def __init__(self, draft: BookText, complain: Complain) -> None:
        self.draft, self.complain = draft, complain
        self.slots: list[Slot] = []
        self.metrics = {name: self._metric(name, text) for name, text in draft.metrics.items()}
        for metric in self.metrics.values():
            self.slot(Slot(metric.name, "metric", metric.max_gap))
        self.attributes = {name: self._attribute(name, text) for name, text in draft.attributes.items()}

    def slot(self, slot: Slot) -> int:
        """The place of `slot` among a device's values."""
        if slot not in self.slots:
            self.slots.append(slot)
        return self.slots.index(slot)

    def names(self, gap: Micros | None = None, only: frozenset[str] = frozenset()) -> Names:
        """The names as a rule sees them; the metrics in `only` wear off after `gap`."""
        plain = {
            "presence": Ref(
                "presence", Kind.TEXT, self.slot(Slot("presence", "presence", FOREVER)), "", PRESENCES
            )
        }
        for name, metric in self.metrics.items():
            wears_off = gap is not None and name in only and metric.max_gap != WHILE_HEARD
            own = gap if gap is not None and wears_off else metric.max_gap
            slot = self.slot(Slot(name, "metric", own))
            plain[name] = Ref(name, KINDS[metric.type], slot, metric.unit, metric.values, metric.range)
        return Names(plain, self.attributes)

    def _metric(self, name: str, text: MetricText) -> Metric:
        path: Path = ("metrics", name)
        if keyword.iskeyword(name) or name in RESERVED:
            self.complain(path, f"`{name}` is a word of the language; call the metric something else")
        self._check(path, text)
        every = self.draft.expect_every if text.every is None else text.every
        gap = WHILE_HEARD if every == ON_CHANGE else 3 * every
        return Metric(
            name=name,
            type=text.type,
            unit=text.unit,
            range=text.range,
            every=every or None,
            max_gap=gap if text.max_gap is None else text.max_gap,
            kind=text.kind,
            values=tuple(text.values),
            title=text.title,
        )

    def _check(self, path: Path, text: MetricText) -> None:
        number = text.type in {"float", "int"}
        if (text.type == "enum") != bool(text.values):
            self.complain(path, "an enum needs `values: […]`, and nothing else has them")
        if text.range is not None and not (number and text.range[0] < text.range[1]):
            self.complain(
                (*path, "range"), "a range is for a number and goes from low to high, like [-40, 120]"
            )
        if text.kind == "counter" and not number:
            self.complain((*path, "kind"), "only a number can be a counter")
        if text.max_gap == 0:
            self.complain((*path, "max_gap"), "an observation must hold for some time; write a span like 3m")

    def _attribute(self, name: str, text: AttributeText) -> Ref:
        path: Path = ("attributes", name)
        if (text.type == "enum") != bool(text.values):
            self.complain(path, "an enum needs `values: […]`, and nothing else has them")
        if text.default is not None and fitting(text, text.default) is None:
            self.complain((*path, "default"), f"`{text.default}` is not a value of type {text.type}")
        slot = self.slot(Slot(name, "attribute", FOREVER))
        return Ref(f"attr.{name}", KINDS[text.type], slot, text.unit, tuple(text.values), measured=False)


def fitting(text: AttributeText, value: object) -> Value | None:
    """An attribute's value as the engine keeps it; None when it is of the wrong type."""
    kind = KINDS[text.type]
    if kind is Kind.NUMBER and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if abs(value) < 1e300 else None
    if kind is Kind.BOOL and isinstance(value, bool):
        return value
    if kind is Kind.TEXT and isinstance(value, str) and (not text.values or value in text.values):
        return value
    return None
