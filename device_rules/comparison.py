"""What may be compared with what: kinds, units, the words of an enum, the range of a number.

A comparison that can never change is a mistake of the author, so it is refused when the book is loaded.
"""

from __future__ import annotations

import ast
import math

from device_rules.reading import Value
from device_rules.tree import Abs, Arith, Choice, Compare, Const, Kind, Member, Node, Ref
from device_rules.yaml_file import nearest

ORDERING = {"<", "<=", ">", ">="}
OFFLINE = 'Write "offline_lost" (it vanished) or "offline_clean" (it said goodbye)'
MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


class Wrong(ValueError):
    """A condition that cannot be used; the text says what was found and what to write."""


def constant(value: object) -> Const:
    """A written value; numbers are floats, as metrics are. Raises Wrong."""
    if isinstance(value, bool):
        return Const(str(value), Kind.BOOL, value)
    if isinstance(value, str):
        return Const(repr(value), Kind.TEXT, value)
    if isinstance(value, int | float) and abs(value) < 1e300 and math.isfinite(value):
        return Const(f"{value:g}", Kind.NUMBER, float(value))
    raise Wrong(f"`{value!r}`"[:80] + " is not a number, text or truth that a condition can use")


def unit_of(node: Node) -> str:
    """The unit of a number, "" when it has none or any."""
    return node.unit if isinstance(node, Ref | Arith | Choice | Abs) else ""


def same_unit(text: str, left: Node, right: Node) -> None:
    """Refuse to mix degrees and watts. Raises Wrong."""
    one, other = unit_of(left), unit_of(right)
    if one and other and one != other:
        raise Wrong(f"`{text[:60]}` mixes {one} (`{left.text}`) and {other} (`{right.text}`)")


def comparison(text: str, op: str, left: Node, right: Node) -> Compare:
    """`left op right`, if the two can be compared at all. Raises Wrong."""
    if left.kind is not right.kind:
        raise Wrong(f"`{text}` compares a {left.kind} (`{left.text}`) with a {right.kind} (`{right.text}`)")
    if left.kind is not Kind.NUMBER and op in ORDERING:
        raise Wrong(f"`{text}`: {left.kind} has no order; use ==, != or in")
    same_unit(text, left, right)
    if isinstance(left, Const) and isinstance(right, Const):
        raise Wrong(f"`{text}` compares two constants and never changes")
    for one, other, way in ((left, right, op), (right, left, MIRRORED[op])):
        if isinstance(other, Const):
            possible(text, one, way, other.value)
    return Compare(text, op, left, right)


def possible(text: str, node: Node, op: str, value: Value) -> None:
    """Refuse a comparison that the values or the range of what is compared can never change. Raises Wrong."""
    if isinstance(node, Ref) and node.values and value not in node.values:
        if node.text == "presence" and str(value).lower().startswith(("off", "disc", "gone", "lost")):
            raise Wrong(f"`{text}`: `presence` is never {value!r}. {OFFLINE}")
        raise Wrong(f"`{text}`: `{node.text}` is never {value!r}.{nearest(value, node.values)}")
    span = (0.0, math.inf) if isinstance(node, Abs) else node.range if isinstance(node, Ref) else None
    if span is None or not isinstance(value, float):
        return
    low, high = span
    always = {"<": high < value, "<=": high <= value, ">": low > value, ">=": low >= value}
    never = {"<": low >= value, "<=": low > value, ">": high <= value, ">=": high < value}
    outside = op in {"==", "!="} and not low <= value <= high
    if always.get(op) or never.get(op) or outside:
        unit = unit_of(node)
        most = (
            f"ranges from {low:g} to {high:g} {unit}" if high < math.inf else f"is never below {low:g} {unit}"
        )
        raise Wrong(f"`{text}` never changes: `{node.text}` {most}".rstrip())


def member(text: str, item: Node, right: ast.expr, inside: bool) -> Member:
    """`item in (…)` over constants of the item's kind. Raises Wrong."""
    if not isinstance(right, ast.List | ast.Tuple | ast.Set) or not right.elts:
        raise Wrong(f'`{text}`: write the choices behind `in` as a list, like ["heat", "cool"]')
    options: list[Value] = []
    for element in right.elts:
        option = constant(_literal(element, text))
        if option.kind is not item.kind:
            raise Wrong(f"`{text}` looks for a {option.kind} (`{option.text}`) in place of a {item.kind}")
        possible(text, item, "==", option.value)
        options.append(option.value)
    return Member(text, item, tuple(options), inside)


def _literal(element: ast.expr, text: str) -> object:
    try:
        return ast.literal_eval(element)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        raise Wrong(f"`{text}`: only constants may stand behind `in`") from None
