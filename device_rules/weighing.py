"""Comparisons of one value with numbers, weighed against each other: does the one follow from the other?

Used when a book is loaded, to refuse what can never clear and levels that are always on. What it cannot read as
a plain range of one value it has no opinion of; it never refuses what it does not fully understand.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from device_rules.comparison import MIRRORED
from device_rules.model import RuleText
from device_rules.rule import Rule
from device_rules.tree import All, Compare, Const, Node, Ref
from device_rules.yaml_file import Path


@dataclass(frozen=True, slots=True)
class Stretch:
    """The numbers of the value `name` in `slot` from `low` to `high`; an `open` end does not belong to it."""

    name: str
    slot: int
    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False

    def within(self, other: Stretch) -> bool:
        """Whether every number of this one is one of the other's."""
        below = self.low < other.low or (self.low == other.low and other.low_open and not self.low_open)
        above = self.high > other.high or (self.high == other.high and other.high_open and not self.high_open)
        return self.slot == other.slot and not below and not above


def stretch_of(node: Node) -> Stretch | None:
    """The numbers for which a plain comparison (or a chain like 20 < temp < 30) holds; None for all else."""
    if isinstance(node, All):
        parts = [stretch_of(part) for part in node.parts]
        known = [part for part in parts if part is not None]
        alike = len(known) == len(parts) and len({part.slot for part in known}) == 1
        return _overlap(known) if alike else None
    if not isinstance(node, Compare):
        return None
    for one, other, op in ((node.left, node.right, node.op), (node.right, node.left, MIRRORED[node.op])):
        if isinstance(one, Ref) and isinstance(other, Const) and isinstance(other.value, float):
            return _ray(one, op, other.value)
    return None


def _ray(one: Ref, op: str, edge: float) -> Stretch | None:
    if op in {"<", "<="}:
        return Stretch(one.text, one.slot, high=edge, high_open=op == "<")
    if op in {">", ">="}:
        return Stretch(one.text, one.slot, low=edge, low_open=op == ">")
    return Stretch(one.text, one.slot, edge, edge) if op == "==" else None


def _overlap(parts: list[Stretch]) -> Stretch:
    low, high = max(part.low for part in parts), min(part.high for part in parts)
    low_open = any(part.low_open for part in parts if part.low == low)
    high_open = any(part.high_open for part in parts if part.high == high)
    return Stretch(parts[0].name, parts[0].slot, low, high, low_open, high_open)


def weighed(rule: Rule, text: RuleText) -> Iterator[tuple[Path, str]]:
    """What of `clear` and the levels cannot mean anything beside `when`, each with its path inside the rule."""
    raised = stretch_of(rule.when)
    if raised is None:
        return
    yield from _clear(rule, text, raised)
    for number, node in enumerate(rule.conditions[2:]):
        level = stretch_of(node)
        if level is not None and raised.within(level):
            yield (
                ("levels", number, "when"),
                f"`{node.text}` holds whenever `{rule.when.text}` does, so this level would always be on; "
                "write a condition that only the worse case meets",
            )


def _clear(rule: Rule, text: RuleText, raised: Stretch) -> Iterator[tuple[Path, str]]:
    written = rule.clear.parts[0] if text.clear is not None and isinstance(rule.clear, All) else None
    calm = stretch_of(written) if written is not None else None
    if calm is None or not calm.within(raised):
        return
    edge, way = (raised.low, "<") if raised.low > -math.inf else (raised.high, ">")
    way = "!=" if raised.low == raised.high else way
    yield (
        ("clear",),
        "`clear` can only hold while `when` holds too, and `when` outweighs it: this fault would never clear. "
        f"Did you mean `{raised.name} {way} {edge:g}`?",
    )
