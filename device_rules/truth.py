"""Three-valued truth, plainly: what a condition is worth while some of its values are unknown.

A list of values stands for a device: `values[slot]` is the value, or None while it is unknown. This is
the reference that the compiled conditions are tested against; it also draws the tree of evidence. It
runs only when somebody asks why, never per reading.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence

import msgspec

from device_rules.fault import Leaf
from device_rules.reading import SECOND, Value
from device_rules.tree import (
    Abs,
    All,
    AnyOf,
    Arith,
    Choice,
    Compare,
    Const,
    Member,
    Node,
    Not,
    Ref,
    Silent,
    leaves,
)

Values = Sequence[Value | None]
COMPARISONS: dict[str, Callable[[Value, Value], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def value_of(node: Node, values: Values) -> Value | None:
    """What `node` is worth, None while that is unknown."""
    match node:
        case Const():
            return node.value
        case Ref() | Silent():
            return values[node.slot]
        case Arith():
            return _reckon(node.op, value_of(node.left, values), value_of(node.right, values))
        case Abs():
            inner = value_of(node.part, values)
            return None if inner is None or isinstance(inner, str) else abs(inner)
        case Choice():
            condition = value_of(node.condition, values)
            return None if condition is None else value_of(node.yes if condition else node.no, values)
    return _truth(node, values)


def _truth(node: Node, values: Values) -> bool | None:
    match node:
        case Compare():
            left, right = value_of(node.left, values), value_of(node.right, values)
            return None if left is None or right is None else COMPARISONS[node.op](left, right)
        case Member():
            item = value_of(node.item, values)
            return None if item is None else (item in node.options) is node.inside
        case All() | AnyOf():
            return _join([truth_of(part, values) for part in node.parts], isinstance(node, AnyOf))
        case Not():
            part = truth_of(node.part, values)
            return None if part is None else not part
    return None


def truth_of(node: Node, values: Values) -> bool | None:
    """Whether `node`, of kind BOOL, is true, false or unknown (None)."""
    value = value_of(node, values)
    return None if value is None else bool(value)


def _join(parts: list[bool | None], decisive: bool) -> bool | None:
    """`false and unknown` is false, `true or unknown` is true: the decisive value beats the unknown one."""
    if decisive in parts:
        return decisive
    return None if None in parts else not decisive


def _reckon(op: str, left: Value | None, right: Value | None) -> float | None:
    if left is None or right is None or isinstance(left, str) or isinstance(right, str):
        return None
    match op:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
    return left / right if right else None


class Sight(msgspec.Struct, frozen=True, gc=False):
    """A device's values at one moment (`now`, its own time), with when each was observed (0: never)."""

    values: Values
    observed: Sequence[int]
    now: int


def leaf_of(node: Node, sight: Sight) -> Leaf:
    """The condition tree as it stood: every comparison with its value, threshold, unit and time."""
    if isinstance(node, Silent):  # of these there are very many at once
        heard, silent = sight.observed[node.slot], sight.values[node.slot]
        silence = (sight.now - heard) / SECOND if heard else None
        truth = None if silent is None else bool(silent)
        return Leaf(node.text, truth, "silence", silence, node.span / SECOND, "s", heard or None)
    truth = truth_of(node, sight.values)
    match node:
        case Compare():
            return _comparison(node, truth, sight)
        case All() | AnyOf():
            return Leaf(node.text, truth, parts=tuple(leaf_of(part, sight) for part in node.parts))
        case Not():
            return Leaf(node.text, truth, parts=(leaf_of(node.part, sight),))
        case Choice():
            parts = tuple(leaf_of(part, sight) for part in (node.condition, node.yes, node.no))
            return Leaf(node.text, truth, parts=parts)
    return _single(node, truth, sight)


def _single(node: Node, truth: bool | None, sight: Sight) -> Leaf:
    seen = _observed(node, sight)
    first = _first(node)
    value = value_of(first, sight.values) if first else None
    threshold = ", ".join(map(str, node.options)) if isinstance(node, Member) else None
    return Leaf(node.text, truth, first.text if first else "", value, threshold, observed=seen)


def _comparison(node: Compare, truth: bool | None, sight: Sight) -> Leaf:
    """The side that was measured is the value; the other one, written or computed, is the threshold."""
    turned = not any(isinstance(leaf, Ref) and leaf.measured for leaf in leaves(node.left))
    shown, other = (node.right, node.left) if turned else (node.left, node.right)
    first = _first(shown)
    return Leaf(
        text=node.text,
        truth=truth,
        metric=first.text if first else "",
        value=value_of(shown, sight.values),
        threshold=value_of(other, sight.values),
        unit=getattr(shown, "unit", ""),
        observed=_observed(node, sight),
    )


def _first(node: Node) -> Ref | None:
    """What was measured there, if anything was."""
    refs = [leaf for leaf in leaves(node) if isinstance(leaf, Ref)]
    return next((ref for ref in refs if ref.measured), refs[0] if refs else None)


def _observed(node: Node, sight: Sight) -> int | None:
    """When the oldest of the measured values it rests on was seen; None when one of them never was."""
    moments = [
        sight.observed[leaf.slot] for leaf in leaves(node) if isinstance(leaf, Silent) or leaf.measured
    ]
    return min(moments) or None if moments else None
