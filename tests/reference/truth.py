"""What a condition says: true, false, or None for unknown (docs/rules-exactly.md, 9). Never keeps anything."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, TypeAlias

from device_rules.reading import Value
from device_rules.tree import Abs, All, AnyOf, Arith, Choice, Compare, Const, Member, Node, Not, Ref, Silent

Look: TypeAlias = Callable[[int], Value | None]
"""The value in a slot, None when it is unknown."""

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}


def value_of(node: Node, look: Look) -> Any:
    """What `node` is, with the values that `look` finds."""
    match node:
        case Const():
            return node.value
        case Ref() | Silent():
            return look(node.slot)
        case Compare() | Arith():
            return _of_two(node.op, value_of(node.left, look), value_of(node.right, look))
        case All():
            return both([value_of(part, look) for part in node.parts])
        case AnyOf():
            return opposite(both([opposite(value_of(part, look)) for part in node.parts]))
        case Not():
            return opposite(value_of(node.part, look))
    return _of_one(node, look)


def _of_one(node: Member | Choice | Abs, look: Look) -> Any:
    if isinstance(node, Choice):
        chosen = value_of(node.condition, look)
        return None if chosen is None else value_of(node.yes if chosen else node.no, look)
    known = value_of(node.item if isinstance(node, Member) else node.part, look)
    if known is None:
        return None
    return abs(known) if isinstance(node, Abs) else (known in node.options) == node.inside


def _of_two(op: str, left: Any, right: Any) -> Any:
    if left is None or right is None:
        return None
    if op == "/":
        return None if right == 0 else left / right
    return OPERATORS[op](left, right)


def both(truths: list[bool | None]) -> bool | None:
    """False if any is, else unknown if any is, else true."""
    if False in truths:
        return False
    return None if None in truths else True


def opposite(truth: bool | None) -> bool | None:
    """Not; unknown stays unknown."""
    return None if truth is None else not truth
